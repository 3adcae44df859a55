// SPDX-License-Identifier: GPL-2.0-or-later
/* 16 MB that are all there. */
#include <string.h>
#include <unistd.h>

char memory[1 << 24];

int main(void)
{
	memset(memory, 'x', sizeof(memory));
	for (;;)
		pause();
}
