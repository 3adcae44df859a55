// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A page of memory that is not there until the program itself brings it
 * (userfaultfd): another thread, or another process that it has made.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uffd.h"

static int uffd;

/**
 * uffd_prepare() - have such a page at PAGE_AT
 *
 * The program ends with 2 when it cannot.
 */
void uffd_prepare(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = {
		.range = { .start = PAGE_AT, .len = PAGE_LEN },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0 || ioctl(uffd, UFFDIO_API, &api) ||
	    mmap((void *)PAGE_AT, PAGE_LEN, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) == MAP_FAILED ||
	    ioctl(uffd, UFFDIO_REGISTER, &area))
		exit(2);
}

/**
 * uffd_wait() - wait until somebody needs the page
 *
 * Return: whether; false: nobody will.
 */
bool uffd_wait(void)
{
	struct uffd_msg msg;

	return read(uffd, &msg, sizeof(msg)) == sizeof(msg);
}

/**
 * uffd_bring() - put the page there
 * @first: its first byte; the others are 0
 *
 * It may be there: who asked has gone and come again.
 */
void uffd_bring(char first)
{
	static char page[PAGE_LEN] __attribute__((aligned(4096)));
	struct uffdio_copy copy = {
		.dst = PAGE_AT,
		.src = (unsigned long)page,
		.len = PAGE_LEN,
	};

	page[0] = first;
	ioctl(uffd, UFFDIO_COPY, &copy);
}
