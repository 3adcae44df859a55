// SPDX-License-Identifier: GPL-2.0-or-later
/* A process of as many threads as its argument says, all of which sleep. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	int nr = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t thread;

	for (int i = 1; i < nr; i++) {
		if (pthread_create(&thread, NULL, sleeper, NULL)) {
			perror("pthread_create");
			return 1;
		}
	}
	sleeper(NULL);
}
