// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * jobctl target: three threads that do nothing but count, with an instruction
 * that is executed out of line when a breakpoint is on it.
 * jobctl ptracer PID: stops one as a ptracer does, until it is killed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

volatile long counter;

void count(void);

/* In no function, so that there is one of it. */
__asm__(".text\n"
	".globl count\n"
	".type count, @function\n"
	"count:\n"
	"	lock addq $1, counter(%rip)\n"
	"	jmp count\n"
	".size count, . - count\n");

static void *work(void *arg)
{
	count();
	return arg;
}

static int be_target(void)
{
	pthread_t thread;
	int i;

	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (i = 1; i < 3; i++)
		if (pthread_create(&thread, NULL, work, NULL))
			return 2;
	work(NULL);
	return 0;
}

static int be_ptracer(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0) ||
	    ptrace(PTRACE_INTERRUPT, pid, 0, 0) ||
	    waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return 2;
	printf("holds %d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	return argc > 2 ? be_ptracer(atoi(argv[2])) : be_target();
}
