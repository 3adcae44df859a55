// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kept target: two threads; says what SIGUSR1 its first one is given.
 * kept send PID VALUE: sends it one.
 * kept ptracer PID: stops it as a ptracer does, until it is killed.
 * kept listener PID: lets it stop for job control as if there were no ptracer, and
 * looks at that anew when it gets SIGUSR1.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/holder.h"

static volatile long counter;
static volatile sig_atomic_t given;
static volatile sig_atomic_t value;
static volatile sig_atomic_t code;
static volatile sig_atomic_t sender;

static void handle(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)context;
	code = info->si_code;
	sender = info->si_pid;
	value = info->si_value.sival_int;
	given = 1;
}

static void *idle(void *arg)
{
	for (;;)
		usleep(1000);
	return arg;
}

static int be_target(void)
{
	struct sigaction action = {
		.sa_sigaction = handle,
		.sa_flags = SA_SIGINFO,
	};
	pthread_t thread;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (pthread_create(&thread, NULL, idle, NULL))
		return 2;
	sigaction(SIGUSR1, &action, NULL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		counter++;
		usleep(1000);
		if (!given)
			continue;
		printf("given %d code %d from %d\n", value, code, sender);
		fflush(stdout);
		given = 0;
	}
}

static int be_sender(pid_t pid, int number)
{
	union sigval sent = { .sival_int = number };

	printf("sender %d\n", getpid());
	return sigqueue(pid, SIGUSR1, sent) ? 2 : 0;
}

static void ask(int signo)
{
	given = signo;
}

/* Says how often it was shown a group stop; of all else it makes nothing. */
static int be_listener(pid_t pid)
{
	int status, ret, shown = 0;

	signal(SIGUSR1, ask);
	if (ptrace(PTRACE_SEIZE, pid, 0, 0))
		return 2;
	printf("holds %d\n", getpid());
	fflush(stdout);
	while ((ret = waitpid(pid, &status, __WALL | WNOHANG)) >= 0) {
		if (!ret && given) {
			given = 0;
			ptrace(PTRACE_INTERRUPT, pid, 0, 0);
		} else if (!ret) {
			usleep(1000);
		} else if (status >> 8 == (SIGSTOP | PTRACE_EVENT_STOP << 8)) {
			ptrace(PTRACE_LISTEN, pid, 0, 0);
			printf("listens %d\n", ++shown);
			fflush(stdout);
		} else {
			ptrace(PTRACE_CONT, pid, 0,
			       status >> 16 ? 0 : WSTOPSIG(status));
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 3)
		return be_sender(atoi(argv[2]), atoi(argv[3]));
	if (argc > 2 && !strcmp(argv[1], "listener"))
		return be_listener(atoi(argv[2]));
	if (argc > 2)
		return hold(atoi(argv[2]));
	return be_target();
}
