// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A page of code of the program's own making, which it calls for ever and maps
 * anew when it is told to: what was written there from outside is gone then. Told
 * 2 it has no page until it is told 1.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* incq (%rdi); ret */
static const unsigned char code[] = { 0x48, 0xff, 0x07, 0xc3 };

volatile long counter;
volatile long do_remap;
void *page;

static void map_anew(void)
{
	page = mmap(page, sysconf(_SC_PAGESIZE),
		    PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS | (page ? MAP_FIXED : 0), -1, 0);
	if (page == MAP_FAILED)
		exit(2);
	memcpy(page, code, sizeof(code));
}

__attribute__((noinline)) void round_begins(void)
{
	__asm__ volatile("");
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 200000 };

	map_anew();
	for (;;) {
		round_begins();
		if (page)
			((void (*)(volatile long *))page)(&counter);
		if (do_remap == 2) {
			munmap(page, sysconf(_SC_PAGESIZE));
			page = NULL;
			do_remap = 0;
		} else if (do_remap) {
			map_anew();
			do_remap = 0;
		}
		nanosleep(&pause, NULL);
	}
}
