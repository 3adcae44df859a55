// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * actions THREADS: a program to do everything with that a user of a debugger
 * does. The main thread works in rounds until "finish" is set, then exits with
 * status 3; the other threads tick along.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct point {
	int x;
	int y;
};

volatile long counter;
volatile int finish;
volatile int total;
volatile int handled;
volatile int raise_now;
struct point point = { 11, 22 };
const char *text = "some text";
double ratio = 1.5;

__attribute__((noinline)) int square(int x)
{
	int result = x * x;

	return result;
}

__attribute__((noinline)) int work(int n)
{
	int sum = 0;
	int i;

	for (i = 0; i < n; i++)
		sum += square(i);	/* loop body */
	total = sum;			/* after the loop */
	return sum;
}

__attribute__((noinline)) void round_done(void)
{
	counter++;
}

__attribute__((noinline)) void worker_tick(long nr)
{
	/* Not atomic, see spin.c: there is a watchpoint in this page. */
	counter += nr > 0;
}

static void *worker(void *arg)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	while (!finish) {
		worker_tick((long)arg);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static void on_signal(int signo)
{
	handled += signo == SIGUSR1;
}

static void run_round(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	work(5);
	if (raise_now)
		raise(SIGUSR1);
	round_done();
	nanosleep(&pause, NULL);
}

int main(int argc, char **argv)
{
	long nr_threads = argc > 1 ? atol(argv[1]) : 1;
	pthread_t threads[64];
	long i;

	signal(SIGUSR1, on_signal);
	for (i = 1; i < nr_threads && i < 64; i++)
		if (pthread_create(&threads[i], NULL, worker, (void *)i))
			return 2;
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	while (!finish)
		run_round();
	for (i = 1; i < nr_threads && i < 64; i++)
		pthread_join(threads[i], NULL);
	return 3;
}
