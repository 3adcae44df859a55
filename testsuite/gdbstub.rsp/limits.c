// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * limits tick: calls tick() for ever, on the first processor.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

volatile long counter;
char room[0x20000];

__attribute__((noinline)) void tick(void)
{
	counter++;
}

int main(int argc, char **argv)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (argc < 2 || sched_setaffinity(0, sizeof(first), &first))
		return 2;
	memset(room, 7, sizeof(room));
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;)
		tick();
}
