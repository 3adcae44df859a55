// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Eight threads that run for ever and handle what another one sends: a signal of
 * those that queue every half millisecond, until quit is set. sent and handled
 * are equal then, unless one was lost or came twice.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NR_THREADS 8

volatile long counter;
volatile long sent;
volatile long handled;
volatile long quit;

static void handle(int signo)
{
	(void)signo;
	__atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
}

static void *work(void *arg)
{
	const struct timespec pause = { .tv_nsec = 100000 };

	for (;;) {
		counter++;
		nanosleep(&pause, NULL);
	}
	return arg;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 500000 };
	struct sigaction action = { .sa_handler = handle };
	pthread_t thread;
	sigset_t set;
	int i;

	sigaction(SIGRTMIN, &action, NULL);
	for (i = 0; i < NR_THREADS; i++)
		if (pthread_create(&thread, NULL, work, NULL))
			return 2;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		if (!quit && !sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }))
			sent++;
		nanosleep(&pause, NULL);
	}
	return 0;
}
