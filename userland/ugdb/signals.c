// SPDX-License-Identifier: GPL-2.0-or-later
/* The signals that end ugdb, and news of children, taken as events. */
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../lib/array.h"
#include "../lib/messages.h"
#include "signals.h"

static const int ending_signals[] = { SIGTERM, SIGINT, SIGHUP };
static const int ignored_signals[] = { SIGPIPE, SIGTTOU };

static struct sigaction inherited_actions[ARRAY_SIZE(ignored_signals)];
static sigset_t inherited_mask;

/* A shell starts its background jobs with SIGINT ignored: leave it so. */
static void block_signals(sigset_t *mask)
{
	struct sigaction action;

	sigemptyset(mask);
	sigaddset(mask, SIGCHLD);
	for (size_t i = 0; i < ARRAY_SIZE(ending_signals); i++) {
		sigaction(ending_signals[i], NULL, &action);
		if (action.sa_handler != SIG_IGN)
			sigaddset(mask, ending_signals[i]);
	}
	sigprocmask(SIG_BLOCK, mask, &inherited_mask);
}

int signals_open(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t mask;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(ignored_signals); i++)
		sigaction(ignored_signals[i], &ignore, &inherited_actions[i]);
	block_signals(&mask);
	fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		perror_msg_and_die("cannot make a signalfd");
	return fd;
}

int signals_take(int fd)
{
	struct signalfd_siginfo info;

	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

void signals_restore(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(ignored_signals); i++)
		sigaction(ignored_signals[i], &inherited_actions[i], NULL);
	sigprocmask(SIG_SETMASK, &inherited_mask, NULL);
}

void signals_die(int sig)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t mask;

	sigaction(sig, &standard, NULL);
	sigemptyset(&mask);
	sigaddset(&mask, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	exit(EXIT_FAILURE);
}
