// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No thread lives long, neither does the first one: each calls tick() a few
 * times, makes its successor and ends. Whom anybody looks at is about to die.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define CHAINS 3

volatile long counter;

__attribute__((noinline)) void tick(void)
{
	counter++;
}

static void *live(void *arg)
{
	pthread_attr_t detached;
	pthread_t next;
	int i;

	for (i = 0; i < 3; i++)
		tick();
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	while (pthread_create(&next, &detached, live, arg))
		usleep(100);
	return NULL;
}

int main(void)
{
	int i;

	if (nice(19) == -1)
		return 2;
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (i = 0; i < CHAINS; i++)
		live(NULL);
	pthread_exit(NULL);
}
