// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When the debugger has written nr_calls and then go, it makes so many system
 * calls that are cheap, and then one that is rare.
 */
#include <sys/syscall.h>
#include <unistd.h>

volatile long nr_calls;
volatile int go;

__attribute__((noinline)) void getpgid_made(void)
{
	__asm__ volatile("");
}

int main(void)
{
	for (;;) {
		while (!go)
			usleep(10000);
		go = 0;
		for (long i = 0; i < nr_calls; i++)
			syscall(SYS_getppid);
		syscall(SYS_getpgid, 0);
		getpgid_made();
	}
}
