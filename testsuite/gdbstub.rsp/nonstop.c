// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nonstop NR: NR threads count, each calling tick() now and then. The first
 * calls begun(), and makes a thread that ends at once for each that is asked
 * for in more.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

volatile long counter;
volatile int more;

__attribute__((noinline)) void tick(void)
{
	__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
}

__attribute__((noinline)) void begun(void)
{
	counter++;
}

static void *work(void *arg)
{
	for (;;) {
		tick();
		usleep(1000);
	}
	return arg;
}

static void *end(void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	int nr = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t thread;

	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	while (nr-- > 0)
		if (pthread_create(&thread, NULL, work, NULL))
			return 2;
	begun();
	for (;;) {
		if (more > 0) {
			more--;
			pthread_create(&thread, NULL, end, NULL);
			pthread_join(thread, NULL);
		}
		usleep(1000);
	}
}
