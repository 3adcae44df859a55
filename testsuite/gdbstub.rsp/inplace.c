// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For 32 bits, where the instruction at over is executed in its place when a
 * breakpoint is on it. The main thread executes it all the time; another one does
 * when go is set, and adds to a page that a process has to bring (userfaultfd), which
 * does so when serve is set.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE_AT 0x10000000UL
#define PAGE_LEN 4096UL
#define SHARED_AT 0x20000000UL
#define STACK_LEN 65536

#define THREAD (CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD)

volatile long long counter;
volatile long long go;

/* The process has a copy of what is not shared. */
#define serve (*(volatile int *)SHARED_AT)

static int uffd;
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
	static char page[PAGE_LEN] __attribute__((aligned(4096)));
	struct uffdio_copy copy = {
		.dst = PAGE_AT,
		.src = (unsigned long)page,
		.len = PAGE_LEN,
	};
	struct uffd_msg msg;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(uffd, &msg, sizeof(msg)) == sizeof(msg)) {
		while (!serve)
			nap();
		/* It may be there: who asked has gone and come again. */
		copy.copy = 0;
		ioctl(uffd, UFFDIO_COPY, &copy);
	}
	_exit(3);
}

static void *map(unsigned long at, int flags)
{
	return mmap((void *)at, PAGE_LEN, PROT_READ | PROT_WRITE,
		    flags | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void prepare(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = {
		.range = { .start = PAGE_AT, .len = PAGE_LEN },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	pid_t pid;

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) ||
	    map(PAGE_AT, MAP_PRIVATE) == MAP_FAILED ||
	    map(SHARED_AT, MAP_SHARED) == MAP_FAILED ||
	    ioctl(uffd, UFFDIO_REGISTER, &area))
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
