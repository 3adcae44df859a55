// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unborn tid|pidfd: when go is set, makes a process by clone(), which writes the
 * child's number, or a descriptor of it, into a page that a thread has to bring
 * (userfaultfd). That says "asked" and does so when nobody has had a breakpoint on
 * child_work() for a while. The child calls that. Says how it ended.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/uffd.h"

#define BREAKPOINT 0xcc

/* In ms: the time from the last breakpoint to the page. */
#define PATIENCE 300

volatile long long counter;
volatile long long go;

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
	const volatile unsigned char *text = (void *)child_work;
	int clean = 0;

	(void)arg;
	if (!uffd_wait())
		exit(3);
	printf("asked\n");
	fflush(stdout);
	while (clean < PATIENCE) {
		nap();
		clean = *text == BREAKPOINT ? 0 : clean + 1;
	}
	uffd_bring(0);
	return NULL;
}

static void prepare(void)
{
	pthread_t thread;

	uffd_prepare();
	if (pthread_create(&thread, NULL, bring, NULL))
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
