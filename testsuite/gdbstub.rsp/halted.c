// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For 32 bits, where the instruction at over is executed in its place when a
 * breakpoint is on it. Three threads execute it all the time: the main one, and two
 * in a thread group of their own in the same memory, clone_pid.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK_LEN 65536

#define SHARED (CLONE_VM | CLONE_FILES | CLONE_FS)

volatile long long counter;
volatile long long others[2];
volatile long long clone_pid;

static char stacks[2][STACK_LEN] __attribute__((aligned(16)));

void count(volatile long long *number);

/* In no function, so that there is one of it. */
__asm__(".text\n"
	".globl count, over\n"
	".type count, @function\n"
	"count:\n"
	"	mov 4(%esp), %eax\n"
	"over:\n"
	"	lock addl $1, (%eax)\n"
	"	jmp over\n"
	".size count, . - count\n");

static int be_second(void *arg)
{
	count(&others[1]);
	return arg != NULL;
}

static int be_first(void *arg)
{
	if (clone(be_second, stacks[1] + STACK_LEN,
		  SHARED | CLONE_SIGHAND | CLONE_THREAD, NULL) < 0)
		_exit(2);
	clone_pid = syscall(SYS_getpid);
	count(&others[0]);
	return arg != NULL;
}

int main(void)
{
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	if (clone(be_first, stacks[0] + STACK_LEN, SHARED, NULL) < 0)
		return 2;
	count(&counter);
	return 0;
}
