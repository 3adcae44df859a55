// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unborn tid|pidfd: when go is set, makes a process by clone(), which writes the
 * child's number, or a descriptor of it, into a page that a thread has to bring
 * (userfaultfd). That says "asked" and does so when nobody has had a breakpoint on
 * child_work() for a while. The child calls that. Says how it ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE_AT 0x10000000UL
#define PAGE_LEN 4096UL
#define BREAKPOINT 0xcc

/* In ms: the time from the last breakpoint to the page. */
#define PATIENCE 300

volatile long long counter;
volatile long long go;

static int uffd;

__attribute__((noinline)) void child_work(void)
{
	counter++;
}

static void nap(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	nanosleep(&pause, NULL);
}

static void *bring(void *arg)
{
	static char page[PAGE_LEN] __attribute__((aligned(4096)));
	const volatile unsigned char *text = (void *)child_work;
	struct uffdio_copy copy = {
		.dst = PAGE_AT,
		.src = (unsigned long)page,
		.len = PAGE_LEN,
	};
	struct uffd_msg msg;
	int clean = 0;

	(void)arg;
	if (read(uffd, &msg, sizeof(msg)) != sizeof(msg))
		exit(3);
	printf("asked\n");
	fflush(stdout);
	while (clean < PATIENCE) {
		nap();
		clean = *text == BREAKPOINT ? 0 : clean + 1;
	}
	ioctl(uffd, UFFDIO_COPY, &copy);
	return NULL;
}

static void prepare(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = {
		.range = { .start = PAGE_AT, .len = PAGE_LEN },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	pthread_t thread;

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) ||
	    mmap((void *)PAGE_AT, PAGE_LEN, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED ||
	    ioctl(uffd, UFFDIO_REGISTER, &area) ||
	    pthread_create(&thread, NULL, bring, NULL))
		exit(2);
}

int main(int argc, char **argv)
{
	bool is_pidfd = argc > 1 && !strcmp(argv[1], "pidfd");
	unsigned long flags = is_pidfd ? CLONE_PIDFD : CLONE_PARENT_SETTID;
	int status = 0;
	pid_t pid;

	prepare();
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	while (!go) {
		counter++;
		nap();
	}
	pid = syscall(SYS_clone, flags | SIGCHLD, 0, PAGE_AT, 0, 0);
	if (!pid) {
		child_work();
		_exit(7);
	}
	waitpid(pid, &status, 0);
	printf("ended %x, number %s\n", status,
	       is_pidfd || *(volatile int *)PAGE_AT == pid ? "right" : "wrong");
	fflush(stdout);
	for (;;) {
		counter++;
		nap();
	}
}
