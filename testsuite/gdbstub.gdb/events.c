// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * events WHAT: programs to which things happen.
 *	fork		a child that calls child_work() and exits with 5; then
 *			parent_work()
 *	vfork		the same with vfork and exec of "exit"
 *	exec		execute itself with "exit"
 *	threadexec	the same from a thread that is not the first
 *	threads		threads that come and go, each calling thread_work() once
 *	exit		call exit_work() and exit with 9
 *	crash		SIGSEGV in crash_work()
 *	leaderexit	the first thread ends, another goes on and exits with 6
 *	loop		count
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

volatile long counter;
volatile int child_status;
volatile long *nowhere;
static char **saved_argv;

__attribute__((noinline)) int child_work(void)
{
	counter++;
	return 5;
}

__attribute__((noinline)) void parent_work(void)
{
	counter++;
}

__attribute__((noinline)) void thread_work(long nr)
{
	__atomic_fetch_add(&counter, nr > 0, __ATOMIC_RELAXED);
}

__attribute__((noinline)) void exit_work(void)
{
	counter++;
}

__attribute__((noinline)) void crash_work(void)
{
	*nowhere = 1;
}

static void execute(void)
{
	execl(saved_argv[0], saved_argv[0], "exit", NULL);
	_exit(2);
}

static int wait_for_child(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		return 2;
	child_status = status;
	parent_work();
	return WIFEXITED(status) ? 0 : 1;
}

static int be_fork(void)
{
	pid_t child = fork();

	if (!child)
		_exit(child_work());
	return wait_for_child(child);
}

static int be_vfork(void)
{
	pid_t child = vfork();

	if (!child)
		execute();
	return wait_for_child(child);
}

static void *exec_thread(void *arg)
{
	execute();
	return arg;
}

static void *short_thread(void *arg)
{
	thread_work((long)arg);
	return NULL;
}

static int be_threads(void)
{
	pthread_t thread;
	long nr;

	for (nr = 1; nr <= 30; nr++)
		if (pthread_create(&thread, NULL, short_thread, (void *)nr) ||
		    pthread_join(thread, NULL))
			return 2;
	parent_work();
	return counter != 31;
}

static void *last_thread(void *arg)
{
	usleep(200000);
	exit_work();
	exit(arg ? 6 : 7);
}

static void count_for_ever(void)
{
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		parent_work();
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "exit";
	pthread_t thread;

	saved_argv = argv;
	if (!strcmp(what, "fork"))
		return be_fork();
	if (!strcmp(what, "vfork"))
		return be_vfork();
	if (!strcmp(what, "exec"))
		execute();
	if (!strcmp(what, "threads"))
		return be_threads();
	if (!strcmp(what, "crash"))
		crash_work();
	if (!strcmp(what, "loop"))
		count_for_ever();
	if (!strcmp(what, "threadexec") || !strcmp(what, "leaderexit")) {
		pthread_create(&thread, NULL, *what == 't' ? exec_thread :
			       last_thread, argv);
		if (*what == 'l')
			pthread_exit(NULL);
		pause();
	}
	exit_work();
	return 9;
}
