// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the first letter of the argument says:
 *	e	exit with status 42
 *	a	abort
 *	s	SIGUSR1 to itself, handled, again and again
 *	f	a store to address 8
 *	t	three threads; the main one waits for the others and they for
 *		"done"
 *	x	execute itself with "e"
 *	p	run in a loop
 * All but x first call start().
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

volatile long counter;
volatile long counts[3];
volatile int done;
volatile long handled;
volatile long handled_value;

__attribute__((noinline)) void start(void)
{
	counter++;
}

__attribute__((noinline)) void step_here(void)
{
	long i;

	for (i = 0; i < 50; i++)
		counter += i;
}

static void handle(int signo, siginfo_t *info, void *context)
{
	(void)context;
	handled += signo;
	handled_value = info->si_value.sival_int;
}

static void *work(void *arg)
{
	long nr = (long)arg;

	while (!done)
		counts[nr]++;
	return NULL;
}

static void run_threads(void)
{
	pthread_t threads[2];
	long nr;

	for (nr = 0; nr < 2; nr++)
		pthread_create(&threads[nr], NULL, work, (void *)(nr + 1));
	start();
	for (nr = 0; nr < 2; nr++)
		pthread_join(threads[nr], NULL);
	exit(7);
}

static void run_signals(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO };
	union sigval value = { .sival_int = 1234 };

	action.sa_sigaction = handle;
	sigaction(SIGUSR1, &action, NULL);
	for (;;) {
		sigqueue(getpid(), SIGUSR1, value);
		start();
		usleep(100);
	}
}

int main(int argc, char **argv)
{
	char what = argc > 1 ? argv[1][0] : 'e';

	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	if (what == 'x') {
		execl(argv[0], argv[0], "e", NULL);
		return 2;
	}
	if (what == 's')
		run_signals();
	start();
	if (what == 't')
		run_threads();
	step_here();
	if (what == 'a')
		abort();
	if (what == 'f')
		*(volatile long *)8 = counter;
	while (what == 'p')
		counter++;
	return 42;
}
