// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * threads NUMBER [FILE]: a process of so many threads. All sleep but the first,
 * which looks at the clock each millisecond: on SIGUSR1 it writes into FILE for
 * how many microseconds it did not come to do so, at most, since the last time.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t asked;

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void ask(int signr)
{
	asked = signr;
}

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void answer(const char *path, long us)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return;
	fprintf(file, "%ld\n", us);
	fclose(file);
}

static void watch(const char *path)
{
	const struct timespec ms = { .tv_nsec = 1000000 };
	long longest = 0, last = now_us(), now;

	for (;; last = now) {
		nanosleep(&ms, NULL);
		now = now_us();
		if (now - last > longest)
			longest = now - last;
		if (!asked)
			continue;
		asked = 0;
		if (path)
			answer(path, longest);
		longest = 0;
		now = now_us();
	}
}

int main(int argc, char **argv)
{
	int nr = argc > 1 ? atoi(argv[1]) : 1;
	pthread_attr_t attr;
	pthread_t thread;

	signal(SIGUSR1, ask);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (int i = 1; i < nr; i++) {
		if (pthread_create(&thread, &attr, sleeper, NULL)) {
			perror("pthread_create");
			return 1;
		}
	}
	watch(argc > 2 ? argv[2] : NULL);
}
