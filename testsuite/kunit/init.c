// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The only program of the kernel that check-kunit boots: loads the module whose
 * tests run meanwhile, and turns the machine off.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	int fd = open("/gdbstub_kunit.ko", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		perror("gdbstub_kunit.ko");
	/* The console is behind the kernel's log by some lines. */
	sleep(1);
	reboot(RB_AUTOBOOT);
	return 1;
}
