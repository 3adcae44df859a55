// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * exactness WHAT: programs that notice what a debugger does to them.
 *	parent		a parent that says what it hears of its child, which counts
 *	queue		counts queued signals, and whether they came in order
 *	send PID N	queues N signals to PID
 *	many THREADS N	threads that call tick() N times each; exit status 0 when
 *			every call has counted
 *	calls		one blocking system call after the other; says when one
 *			came back early
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUEUE_SIGNAL SIGRTMIN

volatile long counter;
volatile long counts[64];
volatile long handled;
volatile long out_of_order;
volatile int go;
static long calls_each;

__attribute__((noinline)) void tick(long nr)
{
	counts[nr]++;
	__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
}

static void say_ready(int pid)
{
	printf("ready %d %p\n", pid, (void *)&counter);
	fflush(stdout);
}

static void count_for_ever(void)
{
	for (;;) {
		tick(0);
		usleep(500);
	}
}

static volatile sig_atomic_t nr_sigchld;

static void on_sigchld(int signo)
{
	(void)signo;
	nr_sigchld++;
}

/* Waits as a shell does, for stops and continues as well. */
static int be_parent(void)
{
	struct sigaction action = { .sa_handler = on_sigchld };
	int status, ended = 0, events = 0;
	pid_t child;

	sigaction(SIGCHLD, &action, NULL);
	child = fork();
	if (!child)
		count_for_ever();
	say_ready(child);
	while (!ended) {
		if (waitpid(child, &status, WUNTRACED | WCONTINUED) < 0)
			continue;
		events++;
		ended = WIFEXITED(status) || WIFSIGNALED(status);
	}
	printf("parent: %d events, %d SIGCHLD, last status %x\n", events,
	       (int)nr_sigchld, status);
	return 0;
}

static void on_queued(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	if (info->si_value.sival_int != handled)
		out_of_order++;
	handled++;
}

static int be_queue(void)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_RESTART };

	action.sa_sigaction = on_queued;
	sigaction(QUEUE_SIGNAL, &action, NULL);
	say_ready(getpid());
	count_for_ever();
	return 0;
}

static int send_queued(int pid, int nr)
{
	union sigval value;
	int i;

	for (i = 0; i < nr; i++) {
		value.sival_int = i;
		if (sigqueue(pid, QUEUE_SIGNAL, value))
			return 2;
	}
	return 0;
}

static void *call_tick(void *arg)
{
	long i;

	for (i = 0; i < calls_each; i++)
		tick((long)arg);
	return NULL;
}

__attribute__((noinline)) void all_done(void)
{
	go = 0;
}

static int be_many(long nr_threads)
{
	pthread_t threads[64];
	long nr;

	for (nr = 0; nr < nr_threads; nr++)
		if (pthread_create(&threads[nr], NULL, call_tick, (void *)nr))
			return 3;
	for (nr = 0; nr < nr_threads; nr++)
		pthread_join(threads[nr], NULL);
	all_done();
	for (nr = 0; nr < nr_threads; nr++)
		if (counts[nr] != calls_each)
			return 1;
	return counter != nr_threads * calls_each;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#define CALL_MS 1000

static int call_nanosleep(void)
{
	const struct timespec time = { .tv_sec = CALL_MS / 1000 };

	return nanosleep(&time, NULL);
}

static int call_poll(void)
{
	return poll(NULL, 0, CALL_MS);
}

static int call_select(void)
{
	struct timeval time = { .tv_sec = CALL_MS / 1000 };

	return select(0, NULL, NULL, NULL, &time);
}

static int pipe_ends[2];

static void *write_late(void *arg)
{
	(void)arg;
	call_nanosleep();
	return write(pipe_ends[1], "x", 1) == 1 ? arg : NULL;
}

static int call_read(void)
{
	pthread_t thread;
	char c;
	int ret;

	if (pipe(pipe_ends) ||
	    pthread_create(&thread, NULL, write_late, NULL))
		return -1;
	ret = read(pipe_ends[0], &c, 1) == 1 ? 0 : -1;
	pthread_join(thread, NULL);
	return ret;
}

static sem_t semaphore;

static void *post_late(void *arg)
{
	call_nanosleep();
	sem_post(&semaphore);
	return arg;
}

static int call_sem_wait(void)
{
	pthread_t thread;
	int ret;

	sem_init(&semaphore, 0, 0);
	if (pthread_create(&thread, NULL, post_late, NULL))
		return -1;
	ret = sem_wait(&semaphore);
	pthread_join(thread, NULL);
	return ret;
}

static void make_call(const char *name, int (*call)(void))
{
	long start = now_ms();
	int ret;

	counter++;
	ret = call();
	if (ret)
		printf("call %s failed: %s\n", name, strerror(errno));
	else if (now_ms() - start < CALL_MS - 20)
		printf("call %s came back early\n", name);
	else
		printf("call %s came back in time\n", name);
	fflush(stdout);
}

static int be_calls(void)
{
	say_ready(getpid());
	make_call("nanosleep", call_nanosleep);
	make_call("poll", call_poll);
	make_call("select", call_select);
	make_call("read", call_read);
	make_call("sem_wait", call_sem_wait);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "parent"))
		return be_parent();
	if (!strcmp(what, "queue"))
		return be_queue();
	if (!strcmp(what, "send") && argc > 3)
		return send_queued(atoi(argv[2]), atoi(argv[3]));
	if (!strcmp(what, "calls"))
		return be_calls();
	calls_each = argc > 3 ? atol(argv[3]) : 1;
	if (!strcmp(what, "many") && argc > 3)
		return be_many(atol(argv[2]));
	return 4;
}
