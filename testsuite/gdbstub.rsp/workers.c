// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workers HOW: has the kernel make a thread of this process that looks for
 * requests (io_uring with IORING_SETUP_SQPOLL), and ends: with exit_group(7) (x),
 * by SIGTERM (t), or with exit_group(7) of a thread while the main thread waits
 * (y). The kernel's thread ends at the same time, before or after the others. Or
 * both threads end alone (a): the kernel's one stays until it is killed.
 */
#include <linux/io_uring.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *end(void *how)
{
	if (*(char *)how == 'a')
		syscall(SYS_exit, 7);
	_exit(7);
}

int main(int argc, char **argv)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SQPOLL,
		.sq_thread_idle = 1,
	};
	char how = argc > 1 ? argv[1][0] : 'x';
	pthread_t thread;

	if (syscall(SYS_io_uring_setup, 4, &params) < 0)
		_exit(2);
	if (how == 't')
		raise(SIGTERM);
	if (how == 'y' && !pthread_create(&thread, NULL, end, &how))
		pause();
	if (how == 'a' && !pthread_create(&thread, NULL, end, &how))
		syscall(SYS_exit, 7);
	_exit(7);
}
