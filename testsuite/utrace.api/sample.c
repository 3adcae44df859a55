// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Stops itself, then makes a known number of system calls: 1000 that do
 * nothing, one to make a child, one to wait for it, one to exit. The child makes
 * 500 and exits.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static void make_calls(int n)
{
	while (n--)
		syscall(SYS_getppid);
}

int main(void)
{
	raise(SIGSTOP);
	make_calls(1000);
	if (!syscall(SYS_fork)) {
		make_calls(500);
		syscall(SYS_exit_group, 0);
	}
	syscall(SYS_wait4, -1, NULL, 0, NULL);
	syscall(SYS_exit_group, 0);
	return 0;
}
