// SPDX-License-Identifier: GPL-2.0-or-later
/* A ptracer that holds a thread, until it is killed. */
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "holder.h"

/**
 * hold() - be the ptracer of a thread, and stop it
 * @tid: the thread
 *
 * Says "holds PID", its own, when it does.
 *
 * Return: 2: it could not.
 */
int hold(pid_t tid)
{
	int status;

	if (ptrace(PTRACE_SEIZE, tid, 0, 0) ||
	    ptrace(PTRACE_INTERRUPT, tid, 0, 0) ||
	    waitpid(tid, &status, __WALL) != tid || !WIFSTOPPED(status))
		return 2;
	printf("holds %d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}
