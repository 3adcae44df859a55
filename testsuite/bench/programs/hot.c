// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A loop that calls functions as often as the debugger says, again and again,
 * in as many threads as the argument says. The debugger writes nr_calls and then
 * go, which starts one round of all threads.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

volatile long nr_calls;
volatile int go;
volatile long sum;
static double number = 1.5;
static pthread_barrier_t start;
static int nr_threads = 1;

__attribute__((noinline)) void hot(long i)
{
	sum += i;
}

/* Its instruction at the label is none that the stub emulates. */
__attribute__((noinline)) void hot_vector(long i)
{
	__asm__ volatile(".globl hot_vector_at\nhot_vector_at:\n"
			 "	mulsd %0, %%xmm0"
			 :
			 : "m"(number)
			 : "xmm0");
	sum += i;
}

/* 100,000 instructions in one line. */
__attribute__((noinline)) void long_line(void)
{
	for (long i = 0; i < 33333; i++) __asm__ volatile("");
	sum++;
}

__attribute__((noinline)) void round_done(void)
{
	sum++;
}

static void run_round(void)
{
	for (long i = 0; i < nr_calls; i++) {
		hot(i);
		hot_vector(i);
	}
}

static void *run(void *arg)
{
	for (;;) {
		pthread_barrier_wait(&start);
		run_round();
		pthread_barrier_wait(&start);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc > 1)
		nr_threads = atoi(argv[1]);
	pthread_barrier_init(&start, NULL, nr_threads);
	for (int i = 1; i < nr_threads; i++)
		if (pthread_create(&thread, NULL, run, NULL))
			return 1;
	for (;;) {
		while (!go)
			usleep(10000);
		go = 0;
		pthread_barrier_wait(&start);
		run_round();
		pthread_barrier_wait(&start);
		long_line();
		round_done();
	}
}
