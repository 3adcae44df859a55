// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lazy: calls tick() with a page of memory that is not there, again and again.
 * A thread of its own brings the page (userfaultfd), as soon as serve is set.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE_AT 0x10000000UL
#define PAGE_LEN 4096UL

volatile long counter;
volatile long asked;
volatile long signals;
volatile long serve;

static int uffd;

__attribute__((noinline)) void tick(void)
{
	counter++;
}

static void note(int signo)
{
	(void)signo;
	signals++;
}

static void *bring(void *arg)
{
	static char page[PAGE_LEN] __attribute__((aligned(4096))) = { 7 };
	const struct timespec nap = { .tv_nsec = 1000000 };
	struct uffdio_copy copy = {
		.dst = PAGE_AT,
		.src = (unsigned long)page,
		.len = PAGE_LEN,
	};
	struct uffd_msg msg;

	(void)arg;
	while (read(uffd, &msg, sizeof(msg)) == sizeof(msg)) {
		asked++;
		while (!serve)
			nanosleep(&nap, NULL);
		/* It may be there: who asked has gone and come again. */
		copy.copy = 0;
		ioctl(uffd, UFFDIO_COPY, &copy);
	}
	exit(3);
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
	signal(SIGUSR1, note);
}

int main(void)
{
	const struct timespec nap = { .tv_nsec = 1000000 };

	prepare();
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		madvise((void *)PAGE_AT, PAGE_LEN, MADV_DONTNEED);
		tick();
		nanosleep(&nap, NULL);
	}
}
