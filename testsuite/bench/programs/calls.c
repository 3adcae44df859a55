// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * calls 1 [read | pipe]: when the debugger has written nr_calls and then go, it
 * makes so many system calls, and then one that is rare. They are the cheapest
 * that there is, reads of 4 KiB from /dev/zero, or by turns a write to a pipe
 * and a read from it of one byte.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

volatile long nr_calls;
volatile int go;

__attribute__((noinline)) void getpgid_made(void)
{
	__asm__ volatile("");
}

static int zero;
static int ends[2];
static char block[4096];

static void cheapest(void)
{
	syscall(SYS_getppid);
}

static void read_block(void)
{
	syscall(SYS_read, zero, block, sizeof(block));
}

static void pass_byte(void)
{
	static long turn;

	if (turn++ % 2)
		syscall(SYS_read, ends[0], block, 1);
	else
		syscall(SYS_write, ends[1], block, 1);
}

static void (*call_of(int argc, char **argv))(void)
{
	if (argc > 2 && !strcmp(argv[2], "read"))
		return read_block;
	if (argc > 2 && !strcmp(argv[2], "pipe"))
		return pass_byte;
	return cheapest;
}

int main(int argc, char **argv)
{
	void (*call)(void) = call_of(argc, argv);

	zero = open("/dev/zero", O_RDONLY);
	if (zero < 0 || pipe(ends) < 0)
		return 2;
	for (;;) {
		while (!go)
			usleep(10000);
		go = 0;
		for (long i = 0; i < nr_calls; i++)
			call();
		syscall(SYS_getpgid, 0);
		getpgid_made();
	}
}
