// SPDX-License-Identifier: GPL-2.0-or-later
/* A thread that waits in the kernel until it gets a signal. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	puts("asleep");
	fflush(stdout);
	for (;;)
		pause();
}
