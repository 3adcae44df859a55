// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * turned: calls tick() and sends itself a signal, again and again, and counts the
 * signals that did not come.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

volatile long counter;
volatile long lost;
volatile long ticks;

__attribute__((noinline)) void tick(void)
{
	ticks++;
}

static void note(int signo)
{
	(void)signo;
	counter++;
}

int main(void)
{
	long before;

	signal(SIGUSR1, note);
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		tick();
		before = counter;
		raise(SIGUSR1);
		if (counter == before)
			lost++;
	}
}
