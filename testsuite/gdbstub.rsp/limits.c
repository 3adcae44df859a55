// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * limits tick: calls tick() for ever, on the first processor.
 * limits calls N: calls tick() N times, and then touch() for ever.
 * limits late: sleeps for a millisecond at a time there; prints by how many it
 * woke too late, as a rule.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAPS 15

volatile long counter;
char room[0x20000];

__attribute__((noinline)) void tick(void)
{
	counter++;
}

__attribute__((noinline)) void touch(void)
{
	counter++;
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static long usually_late_ms(void)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	long late[NAPS], begin;
	int i;

	for (i = 0; i < NAPS; i++) {
		begin = now_us();
		nanosleep(&nap, NULL);
		late[i] = (now_us() - begin) / 1000 - 1;
	}
	qsort(late, NAPS, sizeof(late[0]), compare);
	return late[NAPS / 2];
}

int main(int argc, char **argv)
{
	cpu_set_t first;
	long calls;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (argc < 2 || sched_setaffinity(0, sizeof(first), &first))
		return 2;
	if (!strcmp(argv[1], "late")) {
		printf("late %ld\n", usually_late_ms());
		return 0;
	}
	memset(room, 7, sizeof(room));
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	if (argc > 2) {
		for (calls = atol(argv[2]); calls; calls--)
			tick();
		for (;;)
			touch();
	}
	for (;;)
		tick();
}
