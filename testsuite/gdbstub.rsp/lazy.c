// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lazy: calls tick() with a page of memory that is not there, again and again.
 * A thread of its own brings the page (userfaultfd), as soon as serve is set.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "../lib/uffd.h"

volatile long counter;
volatile long asked;
volatile long signals;
volatile long serve;

__attribute__((noinline)) void tick(void)
{
	counter++;
}

static void note(int signo)
{
	(void)signo;
	signals++;
}

static void *bring(void *arg)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	(void)arg;
	while (uffd_wait()) {
		asked++;
		while (!serve)
			nanosleep(&nap, NULL);
		uffd_bring(7);
	}
	exit(3);
}

static void prepare(void)
{
	pthread_t thread;

	uffd_prepare();
	if (pthread_create(&thread, NULL, bring, NULL))
		exit(2);
	signal(SIGUSR1, note);
}

int main(void)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	prepare();
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		madvise((void *)PAGE_AT, PAGE_LEN, MADV_DONTNEED);
		tick();
		nanosleep(&nap, NULL);
	}
}
