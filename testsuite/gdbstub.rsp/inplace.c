// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For 32 bits, where the instruction at over is executed in its place when a
 * breakpoint is on it. The main thread executes it all the time; another one does
 * when go is set, and adds to a page that a process has to bring (userfaultfd), which
 * does so when serve is set.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "../lib/uffd.h"

#define SHARED_AT 0x20000000UL
#define STACK_LEN 65536

#define THREAD (CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD)

volatile long long counter;
volatile long long go;

/* The process has a copy of what is not shared. */
#define serve (*(volatile int *)SHARED_AT)

static char stack[STACK_LEN] __attribute__((aligned(16)));

void add(volatile void *number);

/* In no function, so that there is one of it. */
__asm__(".text\n"
	".globl add, over\n"
	".type add, @function\n"
	"add:\n"
	"	mov 4(%esp), %eax\n"
	"over:\n"
	"	lock addl $1, (%eax)\n"
	"	ret\n"
	".size add, . - add\n");

static void nap(void)
{
	const struct timespec pause = { .tv_nsec = 100000 };

	nanosleep(&pause, NULL);
}

static void bring(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (uffd_wait()) {
		while (!serve)
			nap();
		uffd_bring(0);
	}
	_exit(3);
}

static void prepare(void)
{
	pid_t pid;

	uffd_prepare();
	if (mmap((void *)SHARED_AT, PAGE_LEN, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		exit(2);
	pid = fork();
	if (pid < 0)
		exit(2);
	if (!pid)
		bring();
}

static int add_lazily(void *arg)
{
	for (;;) {
		while (!go)
			nap();
		go = 0;
		madvise((void *)PAGE_AT, PAGE_LEN, MADV_DONTNEED);
		add((volatile void *)PAGE_AT);
	}
	return arg != NULL;
}

int main(void)
{
	prepare();
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	if (clone(add_lazily, stack + STACK_LEN, THREAD, NULL) < 0)
		return 2;
	for (;;)
		add(&counter);
}
