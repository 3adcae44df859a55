// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * loop [THREADS]: threads that count in tick(), each its own and all one
 * counter, for ever; the main thread is one of them. What else is in here is
 * for tests to look at and to change.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64

#ifndef NAP_US
#define NAP_US 200
#endif

volatile long counter;
volatile long counts[THREADS_MAX];
volatile long value = 0x1122334455667788;
volatile int quit;
volatile int nap_us = NAP_US;
char bytes[256];

/* A page with no page before it and none behind it. */
char *lone_page;

__attribute__((noinline)) void tick(long nr)
{
	counts[nr]++;
	__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
}

__attribute__((noinline)) long touch(void)
{
	value += 1;
	return value;
}

static void *work(void *arg)
{
	const struct timespec pause = { .tv_nsec = nap_us * 1000L };
	long nr = (long)arg;

	while (!quit) {
		tick(nr);
		if (!nr)
			touch();
		if (nap_us)
			nanosleep(&pause, NULL);
	}
	return NULL;
}

static void make_memory(void)
{
	long page = sysconf(_SC_PAGESIZE);
	int i;

	lone_page = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (lone_page == MAP_FAILED)
		exit(2);
	munmap(lone_page, page);
	lone_page += page;
	munmap(lone_page + page, page);
	for (i = 0; i < 256; i++)
		bytes[i] = (char)i;
	for (i = 0; i < page; i++)
		lone_page[i] = (char)(i * 7);
}

int main(int argc, char **argv)
{
	long nr_threads = argc > 1 ? atol(argv[1]) : 1;
	pthread_t thread;
	long nr;

	make_memory();
	for (nr = 1; nr < nr_threads && nr < THREADS_MAX; nr++)
		if (pthread_create(&thread, NULL, work, (void *)nr))
			return 2;
	printf("ready %d %p %p\n", getpid(), (void *)&counter,
	       (void *)lone_page);
	fflush(stdout);
	work(NULL);
	return quit;
}
