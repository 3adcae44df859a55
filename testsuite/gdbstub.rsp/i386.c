// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program of 32 bits (-m32). For ever: counts in tick(), makes the call getppid
 * by int 0x80 and by libc's way, and getpgid in between, which nobody wants to
 * see; raises SIGUSR1 with a value every tenth time.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

volatile long counter;
volatile long handled;
volatile long value = 0x11223344;

__attribute__((noinline)) void tick(void)
{
	counter++;
	value += 1;
}

static void handle(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	handled += info->si_value.sival_int == 0x55667788;
}

static long call_by_int80(long nr)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(nr) : "memory");
	return ret;
}

int main(void)
{
	const union sigval sent = { .sival_int = 0x55667788 };
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct sigaction action = { .sa_sigaction = handle,
				    .sa_flags = SA_SIGINFO };

	sigaction(SIGUSR1, &action, NULL);
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		tick();
		call_by_int80(SYS_getppid);
		getpgid(0);
		syscall(SYS_getppid);
		if (counter % 10 == 0)
			sigqueue(getpid(), SIGUSR1, sent);
		nanosleep(&pause, NULL);
	}
}
