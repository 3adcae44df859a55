// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kept target: two threads; says what SIGUSR1 its first one is given.
 * kept send PID VALUE: sends it one.
 * kept ptracer PID: stops it as a ptracer does, until it is killed.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/holder.h"

static volatile long counter;
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
		if (!value)
			continue;
		printf("given %d code %d from %d\n", value, code, sender);
		fflush(stdout);
		value = 0;
	}
}

static int be_sender(pid_t pid, int number)
{
	union sigval sent = { .sival_int = number };

	printf("sender %d\n", getpid());
	return sigqueue(pid, SIGUSR1, sent) ? 2 : 0;
}

int main(int argc, char **argv)
{
	if (argc > 3)
		return be_sender(atoi(argv[2]), atoi(argv[3]));
	if (argc > 2)
		return hold(atoi(argv[2]));
	return be_target();
}
