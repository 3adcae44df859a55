// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spin THREADS [NAP_US]: threads that do nothing but call tick(), as fast as
 * they can or with naps in between, each with a counter of its own besides the
 * common one, which may miss some. At the lowest priority, so that whoever
 * watches gets a turn. Not atomic: QEMU 7.2 itself dies when two processors run
 * and one makes a locked access in a page with a watchpoint.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

volatile long counter;
volatile long counts[64];
static unsigned int nap_us;

__attribute__((noinline)) void tick(long nr)
{
	counts[nr]++;
	counter++;
}

static void *spin(void *arg)
{
	for (;;) {
		tick((long)arg);
		if (nap_us)
			usleep(nap_us);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	long nr_threads = argc > 1 ? atol(argv[1]) : 1;
	pthread_t thread;
	long nr;

	nap_us = argc > 2 ? atoi(argv[2]) : 0;
	if (nice(19) == -1)
		return 2;
	for (nr = 1; nr < nr_threads && nr < 64; nr++)
		if (pthread_create(&thread, NULL, spin, (void *)nr))
			return 2;
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	spin(NULL);
	return 0;
}
