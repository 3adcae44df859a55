// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * execs ROUNDS: attaches ROUNDS times to a child and leaves it, without a client.
 * The child (execs without an argument) executes itself all the time, from a
 * thread that is not its first. Says how often it got in.
 */
#include <fcntl.h>
#include <linux/types.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"

static void *execute(void *arg)
{
	execl("/proc/self/exe", "execs", NULL);
	return arg;
}

static void execute_for_ever(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, execute, NULL);
	for (;;)
		pause();
}

/* The close of the device lets it go. */
static int attach(int pidfd)
{
	struct gdbstub_start start = {
		.size = sizeof(start),
		.sockfd = -1,
		.pidfd = pidfd,
	};
	int device = open("/dev/gdbstub", O_RDWR);
	int got_in = !ioctl(device, GDBSTUB_START, &start);

	close(device);
	return got_in;
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 0;
	int attached = 0, pidfd;
	pid_t pid;

	if (!rounds)
		execute_for_ever();
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execute(NULL);
		_exit(2);
	}
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	for (int i = 0; i < rounds; i++)
		attached += attach(pidfd);
	kill(pid, SIGKILL);
	printf("attached %d\n", attached);
	return 0;
}
