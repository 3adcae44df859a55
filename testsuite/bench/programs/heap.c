// SPDX-License-Identifier: GPL-2.0-or-later
/* 64 MB that are all there. */
#include <string.h>
#include <unistd.h>

char memory[1 << 26];

int main(void)
{
	memset(memory, 'x', sizeof(memory));
	for (;;)
		pause();
}
