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
 *	f	the main thread executes "g"; the clone makes a process after the
 *		other, a hundred, which call clone_work() and exit with 5; it
 *		exits with 5 if all of them did
 *	c	the clone executes "q"; the rest is as in w
 *	g	wait for a child, call main_work() and exit with 6
 *	q	exit with 5
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 100000

/* What a fork copies, so that it takes a while. */
#define BALLAST 0x4000000UL

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

static void make_processes(void)
{
	int i, status;

	for (i = 0; i < 100; i++) {
		pid_t pid = syscall(SYS_fork);

		if (!pid) {
			clone_work();
			_exit(5);
		}
		begun = 1;
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			_exit(2);
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 5)
			_exit(4);
	}
}

static int run_clone(void *arg)
{
	char what = *(char *)arg;
	long i, rounds = what == 'x' ? ROUNDS : 1;

	clone_work();
	begun = what != 'f';
	if (what == 's')
		make_clones();
	if (what == 'f')
		make_processes();
	for (i = 1; i < rounds || strchr("ley", what); i++)
		clone_work();
	if (what == 'c')
		execl(program, program, "q", NULL);
	_exit(5);
}

static void take_ballast(void)
{
	char *ballast = mmap(NULL, BALLAST, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ballast == MAP_FAILED)
		exit(2);
	madvise(ballast, BALLAST, MADV_NOHUGEPAGE);
	memset(ballast, 1, BALLAST);
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
	if (*what == 'f')
		take_ballast();
	if (clone(run_clone, stack + sizeof(stack), CLONE_VM | CLONE_FILES,
		  what) < 0)
		return 2;
	while (*what == 'l')
		main_work();
	while (!begun)
		usleep(1);
	if (strchr("xysf", *what))
		execl(program, program, "g", NULL);
	return *what == 'e' ? 7 : wait_for_clone();
}
