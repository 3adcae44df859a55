// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * As many threads as the argument says, each of which counts. The first does
 * nothing but call hit().
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 64

volatile long counts[THREADS_MAX][8];
volatile long hits;

__attribute__((noinline)) void hit(long i)
{
	hits += !!i;
}

static void *count(void *arg)
{
	long nr = (long)arg;

	for (;;) {
		counts[nr][0]++;
		if (!nr)
			hit(counts[nr][0]);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	long nr_threads = argc > 1 ? atol(argv[1]) : 1;
	pthread_t thread;

	for (long i = 1; i < nr_threads && i < THREADS_MAX; i++)
		if (pthread_create(&thread, NULL, count, (void *)i))
			return 1;
	count(NULL);
}
