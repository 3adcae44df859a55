// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the first letter of the argument says:
 *	f	fork; the child calls child_work() and exits with 5, the parent
 *		calls parent_work() and exits with 6
 *	v	the same with vfork, in the parent's memory
 *	x	the same with vfork, and the child executes "c"
 *	c	call child_work() and exit with 5
 *	m N	fork N times; the children exit at once
 *	b	fork; both count for ever
 *	g	as f when go is set, beside a thread that counts for ever
 *	w	the same, and what forks is the child of a vfork
 *	e	f and v in turns, for ever
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

volatile long counter;
volatile long worked;
volatile long go;

__attribute__((noinline)) void start(void)
{
	counter++;
}

__attribute__((noinline)) void child_work(void)
{
	counter += 100;
	worked++;
}

__attribute__((noinline)) void parent_work(void)
{
	counter += 10000;
}

static int be_parent(pid_t child)
{
	int status;

	parent_work();
	if (waitpid(child, &status, 0) != child)
		return 2;
	/* Nobody else sees what it died of; a shell would say it so. */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGTRAP)
		_exit(128 + SIGTRAP);
	return WIFEXITED(status) && WEXITSTATUS(status) == 5 ? 6 : 3;
}

static int be_fork(void)
{
	pid_t child = fork();

	if (child)
		return be_parent(child);
	child_work();
	_exit(5);
}

static int be_vfork(char *program, int does_exec)
{
	pid_t child = vfork();

	if (child)
		return be_parent(child);
	if (does_exec)
		execl(program, program, "c", NULL);
	else
		child_work();
	_exit(5);
}

static int be_many(int nr)
{
	pid_t child;
	int i;

	for (i = 0; i < nr; i++) {
		child = i % 2 ? fork() : vfork();
		if (!child)
			_exit(5);
		if (be_parent(child) != 6)
			return 3;
	}
	return 6;
}

static int be_both(void)
{
	fork();
	for (;;)
		start();
}

static void *count(void *arg)
{
	for (;;) {
		start();
		usleep(1000);
	}
	return arg;
}

static void wait_beside(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, count, NULL))
		exit(2);
	while (!go)
		usleep(1000);
}

/* In the memory of a process that waits: no more than system calls. */
static int be_fork_in_vfork(void)
{
	pid_t child = vfork();
	int status;

	if (child)
		return be_parent(child);
	child = (pid_t)syscall(SYS_fork);
	if (!child)
		child_work();
	else if (waitpid(child, &status, 0) != child || status != 5 << 8)
		_exit(3);
	_exit(5);
}

int main(int argc, char **argv)
{
	char what = argc > 1 ? argv[1][0] : 'f';

	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	start();
	switch (what) {
	case 'f':
		return be_fork();
	case 'v':
		return be_vfork(argv[0], 0);
	case 'x':
		return be_vfork(argv[0], 1);
	case 'm':
		return be_many(argc > 2 ? atoi(argv[2]) : 0);
	case 'b':
		return be_both();
	case 'g':
		wait_beside();
		return be_fork();
	case 'w':
		wait_beside();
		return be_fork_in_vfork();
	case 'e':
		while (be_fork() == 6 && be_vfork(argv[0], 0) == 6)
			;
		return 3;
	default:
		child_work();
		return 5;
	}
}
