// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * jobctl target: three threads that do nothing but count, each its own, with an
 * instruction at over that is executed out of line when a breakpoint is on it, or
 * in its place in a program of 32 bits.
 * jobctl ptracer PID: stops one as a ptracer does, until it is killed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lib/holder.h"

#define THREADS 3

#ifdef __i386__
#define LOAD "mov 4(%esp), %eax"
#define ADD "lock addl $1, (%eax)"
#else
#define LOAD ""
#define ADD "lock addq $1, (%rdi)"
#endif

volatile long counts[THREADS];

void count(volatile long *counter);

/* In no function, so that there is one of it. */
__asm__(".text\n"
	".globl count, over\n"
	".type count, @function\n"
	"count:\n"
	LOAD "\n"
	"over:\n"
	ADD "\n"
	"	jmp over\n"
	".size count, . - count\n");

static void *work(void *arg)
{
	count(arg);
	return NULL;
}

static int be_target(void)
{
	pthread_t thread;
	int i;

	printf("ready %d %p\n", getpid(), (void *)counts);
	fflush(stdout);
	for (i = 1; i < THREADS; i++)
		if (pthread_create(&thread, NULL, work, (void *)&counts[i]))
			return 2;
	work((void *)counts);
	return 0;
}

int main(int argc, char **argv)
{
	return argc > 2 ? hold(atoi(argv[2])) : be_target();
}
