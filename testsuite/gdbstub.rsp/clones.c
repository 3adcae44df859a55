// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes a clone that shares the memory and is no thread of the thread group. What
 * the first letter of the argument says:
 *	w	the clone calls clone_work() and exits with 5; the main thread
 *		waits for that, calls main_work() and exits with 6
 *	l	both count for ever
 *	e	the main thread ends with 7 when the clone has begun, which goes
 *		on for ever
 *	x	the main thread executes "g"; the clone calls clone_work() a
 *		hundred thousand times and exits with 5
 *	y	the same, and the clone goes on for ever
 *	s	the main thread executes "g"; the clone makes clones one after the
 *		other, for ever, which call clone_work() and exit with 5
 *	c	the clone executes "q"; the rest is as in w
 *	g	wait for a child, call main_work() and exit with 6
 *	q	exit with 5
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 100000

volatile long counter;
volatile int begun;

static char stack[65536] __attribute__((aligned(16)));
static char *program;

__attribute__((noinline)) void clone_work(void)
{
	counter++;
}

__attribute__((noinline)) void main_work(void)
{
	counter += 10000;
}

static int run_short(void *arg)
{
	(void)arg;
	clone_work();
	_exit(5);
}

static void make_clones(void)
{
	static char stacks[2][16384] __attribute__((aligned(16)));
	int i;

	for (i = 0;; i ^= 1) {
		if (clone(run_short, stacks[i] + sizeof(stacks[i]),
			  CLONE_VM | CLONE_FILES, NULL) < 0)
			_exit(2);
		waitpid(-1, NULL, __WALL);
	}
}

static int run_clone(void *arg)
{
	char what = *(char *)arg;
	long i, rounds = what == 'x' ? ROUNDS : 1;

	clone_work();
	begun = 1;
	if (what == 's')
		make_clones();
	for (i = 1; i < rounds || strchr("ley", what); i++)
		clone_work();
	if (what == 'c')
		execl(program, program, "q", NULL);
	_exit(5);
}

static int wait_for_clone(void)
{
	int status;

	if (waitpid(-1, &status, __WALL) < 0)
		return 2;
	main_work();
	return WIFEXITED(status) && WEXITSTATUS(status) == 5 ? 6 : 3;
}

int main(int argc, char **argv)
{
	char *what = argc > 1 ? argv[1] : "w";

	program = argv[0];
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	if (*what == 'g')
		return wait_for_clone();
	if (*what == 'q')
		return 5;
	if (clone(run_clone, stack + sizeof(stack), CLONE_VM | CLONE_FILES,
		  what) < 0)
		return 2;
	while (*what == 'l')
		counter++;
	while (!begun)
		usleep(1);
	if (strchr("xys", *what))
		execl(program, program, "g", NULL);
	return *what == 'e' ? 7 : wait_for_clone();
}
