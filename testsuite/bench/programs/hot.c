// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A loop that calls a function as often as the debugger says, again and again.
 * The debugger writes nr_calls and then go, which starts one round.
 */
#include <unistd.h>

volatile long nr_calls;
volatile int go;
volatile long sum;

__attribute__((noinline)) void hot(long i)
{
	sum += i;
}

int main(void)
{
	for (;;) {
		while (!go)
			usleep(10000);
		go = 0;
		for (long i = 0; i < nr_calls; i++)
			hot(i);
	}
}
