// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two threads that run for ever and count the SIGUSR1 and the SIGUSR2 that they
 * get. With an argument the first one blocks SIGUSR1 before begun() and unblocks it
 * after; with "raises" for a second it sends itself a SIGUSR2 in between, with
 * "waits" it takes the SIGUSR1 by sigwait() and sends itself another one.
 */
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

volatile long handled;
volatile long handled_others;
volatile long turns;

static void handle(int signo)
{
	(void)signo;
	handled++;
}

static void handle_other(int signo)
{
	(void)signo;
	handled_others++;
}

__attribute__((noinline)) void begun(void)
{
	turns++;
}

__attribute__((noinline)) void ended(void)
{
	turns++;
}

static void *work(void *arg)
{
	for (;;)
		turns++;
	return arg;
}

int main(int argc, char **argv)
{
	sigset_t set;
	struct sigaction action = { .sa_handler = handle };
	struct sigaction other = { .sa_handler = handle_other };
	pthread_t thread;
	int signo;

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &other, NULL);
	if (pthread_create(&thread, NULL, work, NULL))
		return 2;
	/* A thread that has just begun has all signals blocked. */
	while (!turns)
		;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (argc > 1)
		pthread_sigmask(SIG_BLOCK, &set, NULL);
	begun();
	if (argc > 2 && !strcmp(argv[2], "raises"))
		raise(SIGUSR2);
	if (argc > 2 && !strcmp(argv[2], "waits") && !sigwait(&set, &signo))
		raise(signo);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	ended();
	work(argv);
	return 0;
}
