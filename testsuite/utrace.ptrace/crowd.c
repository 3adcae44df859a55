// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crowd THREADS ROUNDS: threads that go through numbered rounds as soon as
 * SIGUSR2 comes. In each round a thread calls tick() and writes "NN RRRRR", its
 * number and the round's, to nowhere. At the end the program says the sum that
 * the rounds come to, which is wrong when one was lost or was done twice.
 *
 * With 0 rounds it goes on until SIGUSR2 comes once more.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define NAP_NS 50000000

volatile long counter;
static volatile int done;
static long nr_rounds;
static int nowhere;
static long sums[MAX_THREADS], rounds[MAX_THREADS];
static pthread_barrier_t barrier;

__attribute__((noinline)) long tick(long nr, long round)
{
	__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
	return nr * 7 + round * 3;
}

static void *walk(void *arg)
{
	struct timespec nap = { 0, NAP_NS };
	long nr = (long)arg, round;
	char text[32];

	pthread_barrier_wait(&barrier);
	for (round = 1; nr_rounds ? round <= nr_rounds : !done; round++) {
		int len = snprintf(text, sizeof(text), "%02ld %05ld", nr,
				   round);

		sums[nr] += tick(nr, round);
		if (write(nowhere, text, len) != len)
			sums[nr] = -1;
		rounds[nr] = round;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
	}
	return NULL;
}

static int check(long nr_threads)
{
	long nr, round, right;
	int bad = 0;

	for (nr = 0; nr < nr_threads; nr++) {
		right = 0;
		for (round = 1; round <= rounds[nr]; round++)
			right += nr * 7 + round * 3;
		bad += right != sums[nr];
	}
	printf("%ld threads, %d wrong\n", nr_threads, bad);
	return bad;
}

int main(int argc, char **argv)
{
	long nr_threads = argc > 1 ? atol(argv[1]) : 1, nr;
	pthread_t threads[MAX_THREADS];
	sigset_t set;
	int sig;

	nr_rounds = argc > 2 ? atol(argv[2]) : 0;
	if (nr_threads < 1 || nr_threads > MAX_THREADS)
		return 2;
	nowhere = open("/dev/null", O_WRONLY);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_DUMPABLE, 1);
	pthread_barrier_init(&barrier, NULL, nr_threads + 1);
	for (nr = 0; nr < nr_threads; nr++)
		if (pthread_create(&threads[nr], NULL, walk, (void *)nr))
			return 2;
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	sigwait(&set, &sig);
	pthread_barrier_wait(&barrier);
	if (!nr_rounds) {
		sigwait(&set, &sig);
		done = 1;
	}
	for (nr = 0; nr < nr_threads; nr++)
		pthread_join(threads[nr], NULL);
	return check(nr_threads) ? 1 : 42;
}
