// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes system calls: rounds of one getppid() among many getpid(), a number
 * that no system call has, and a handler's return. With an argument a second
 * thread makes getuid() calls all the time.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NO_SUCH_CALL 123456789

volatile long counter;
volatile long frequent;
static volatile long handled;

static void handle(int signo)
{
	handled += signo;
}

__attribute__((noinline)) void round_begins(void)
{
	counter++;
}

static void *call_getuid(void *arg)
{
	for (;;)
		syscall(SYS_getuid);
	return arg;
}

static void make_round(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		syscall(SYS_getpid);
		frequent++;
	}
	syscall(SYS_getppid);
	syscall(NO_SUCH_CALL);
	raise(SIGUSR1);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	(void)argv;
	signal(SIGUSR1, handle);
	if (argc > 1 && pthread_create(&thread, NULL, call_getuid, NULL))
		return 1;
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		round_begins();
		make_round();
	}
}
