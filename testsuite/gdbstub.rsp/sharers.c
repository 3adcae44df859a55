// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Has others in its memory before anybody attaches. What the first letter of the
 * argument says:
 *	l	a clone outside the thread group and a process that shares the
 *		memory; they and the main thread call work() for ever. When go is
 *		1 the process executes "p"
 *	v	a thread makes a child by vfork, which calls work() until go is 1
 *		and executes "q"; the main thread calls main_work() for ever
 *	s	a thread makes such a child after the other for ever, which does
 *		nothing for up to 40 ms, calls work() once and executes "q"; another
 *		thread the same without vfork, and for up to 400 ms; those that did
 *		not exit with 5 are counted in lost
 *	o	be the opener of a session: try to attach to itself, and to a
 *		process in its memory, and say the errno of each
 *	p	call work() for ever
 *	q	exit with 5
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"

/* counter and one of hits go up in work(). */
volatile long counter;
volatile long hits[3];
volatile long go;
volatile long lost;

static char stacks[3][65536] __attribute__((aligned(16)));
static char *program;

/* Breakpoints are on its first instruction, which is emulated, and on aside. */
__attribute__((noinline)) void work(int who)
{
	asm volatile(".globl aside\n"
		     "aside:	imul $3, %%eax, %%eax\n"
		     :
		     :
		     : "eax", "cc");
	hits[who]++;
	counter++;
}

__attribute__((noinline)) void main_work(void)
{
	hits[0]++;
	counter++;
}

static int execute(char *what)
{
	execl(program, program, what, NULL);
	_exit(3);
}

static int run_clone(void *arg)
{
	(void)arg;
	while (go >= 0)
		work(1);
	return 0;
}

static int run_process(void *arg)
{
	(void)arg;
	while (!go)
		work(2);
	return execute("p");
}

static int run_held(void *arg)
{
	(void)arg;
	while (!go)
		work(1);
	return execute("q");
}

static int run_short(void *arg)
{
	poll(NULL, 0, *(int *)arg);
	work(1);
	return execute("q");
}

/* With a stack of its own. */
static pid_t make_child(int (*run)(void *arg), int flags, int nr, void *arg)
{
	return clone(run, stacks[nr] + sizeof(stacks[nr]),
		     CLONE_VM | SIGCHLD | flags, arg);
}

static void *make_held(void *arg)
{
	int status = 0;

	(void)arg;
	waitpid(make_child(run_held, CLONE_VFORK, 0, NULL), &status, 0);
	printf("ended %x\n", status);
	fflush(stdout);
	return NULL;
}

static void *make_short(void *arg)
{
	int nr = *(int *)arg, status, ms = 0;
	pid_t pid;

	for (;;) {
		ms += nr == 1 ? 10 : 70;
		ms %= nr == 1 ? 50 : 410;
		pid = make_child(run_short, nr == 1 ? CLONE_VFORK : 0, nr, &ms);
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
		    WEXITSTATUS(status) != 5)
			__atomic_add_fetch(&lost, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static void start(void *(*run)(void *arg), void *arg)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, arg))
		exit(2);
}

static int run_sharers(void)
{
	pid_t one, other;

	one = clone(run_clone, stacks[0] + sizeof(stacks[0]),
		    CLONE_VM | CLONE_FILES, NULL);
	other = clone(run_process, stacks[1] + sizeof(stacks[1]),
		      CLONE_VM | SIGCHLD, NULL);
	printf("ready %d %p %d %d\n", getpid(), (void *)&counter, one, other);
	fflush(stdout);
	while (go >= 0)
		work(0);
	return 0;
}

static int run_paused(void *arg)
{
	(void)arg;
	return pause();
}

static void try_attach(pid_t pid)
{
	struct gdbstub_start start = {
		.size = sizeof(start),
		.sockfd = -1,
		.pidfd = (int)syscall(SYS_pidfd_open, pid, 0),
	};
	int device = open("/dev/gdbstub", O_RDWR);

	errno = 0;
	ioctl(device, GDBSTUB_START, &start);
	puts(strerror(errno));
	close(device);
	close(start.pidfd);
}

static int be_opener(void)
{
	pid_t child = make_child(run_paused, 0, 0, NULL);

	try_attach(getpid());
	try_attach(child);
	kill(child, SIGKILL);
	return 0;
}

int main(int argc, char **argv)
{
	static int numbers[] = { 1, 2 };
	char what = argc > 1 ? *argv[1] : 'l';

	program = argv[0];
	if (what == 'q')
		return 5;
	if (what == 'l')
		return run_sharers();
	if (what == 'o')
		return be_opener();
	if (what == 'v')
		start(make_held, NULL);
	if (what == 's') {
		start(make_short, &numbers[0]);
		start(make_short, &numbers[1]);
	}
	while (what == 'v' && !hits[1])
		usleep(1000);
	if (what != 'p') {
		printf("ready %d %p\n", getpid(), (void *)&counter);
		fflush(stdout);
	}
	for (;;)
		what == 'p' ? work(0) : main_work();
}
