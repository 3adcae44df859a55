// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two threads, each with its own thread-local variable: its address is in
 * addresses[] when stop_here() is called.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

__thread long local = 5;
volatile long *addresses[2];
volatile long tids[2];
volatile long counter;

__attribute__((noinline)) void stop_here(void)
{
	counter++;
}

static void *work(void *arg)
{
	addresses[1] = &local;
	tids[1] = gettid();
	for (;;)
		usleep(1000);
	return arg;
}

int main(void)
{
	pthread_t thread;

	addresses[0] = &local;
	tids[0] = gettid();
	if (pthread_create(&thread, NULL, work, NULL))
		return 1;
	while (!tids[1])
		usleep(1000);
	for (;;)
		stop_here();
}
