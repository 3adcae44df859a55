// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shortlived CHAINS: threads that make another one, come by a place and end, in
 * CHAINS chains in which the next one waits for the end of the one before, and
 * as many in which none waits for any. There are always about twice as many.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

volatile unsigned long counter;
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
static pthread_attr_t detached;

void come_by(void);

__attribute__((noinline)) void come_by(void)
{
	asm volatile("nop" : : : "memory");
	__atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED);
}

static void make(const pthread_attr_t *attr, void *(*next)(void *), void *arg)
{
	pthread_t thread;

	while (pthread_create(&thread, attr, next, arg))
		usleep(1000);
}

struct link {
	pthread_t before;
	int is_first;
};

static void *joins(void *arg)
{
	struct link *link = arg;

	if (!link->is_first)
		pthread_join(link->before, NULL);
	link->before = pthread_self();
	link->is_first = 0;
	make(NULL, joins, link);
	come_by();
	return NULL;
}

static void *is_alone(void *arg)
{
	pthread_mutex_lock(&making);
	make(&detached, is_alone, arg);
	come_by();
	pthread_mutex_unlock(&making);
	return NULL;
}

int main(int argc, char **argv)
{
	int chains = argc > 1 ? atoi(argv[1]) : 8;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < chains; i++) {
		struct link *link = calloc(1, sizeof(*link));

		link->is_first = 1;
		make(NULL, joins, link);
		make(&detached, is_alone, NULL);
	}
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;)
		sleep(1);
}
