// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A ptracer in a process of its own, which does one thing at a time:
 *
 *	z	seize
 *	i	seize, interrupt, wait for that stop and no other
 *	I	the same, without waiting
 *	w	wait for that stop
 *	l	listen
 *	g	wait for a stop for a signal that came
 *	c	go on to the entry of a system call, wait for that
 *	d	detach, with the signal of its stop
 *	n	has nothing else happened?
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "together.h"

static pid_t tracee;
static int last;

/* The stop that comes next, as waitpid(2) has it without its lowest byte. */
static int next_stop(long ms)
{
	long end = now_ms() + ms;
	int status;

	while (waitpid(tracee, &status, __WALL | WNOHANG) != tracee) {
		if (now_ms() > end)
			return -1;
		nap_ms(1);
	}
	return last = status >> 8;
}

static bool is_signal(int stop)
{
	return stop > 0 && stop < NSIG && stop != SIGTRAP;
}

/* A signal that was on its way may use up the interrupt: it goes its way. */
static bool is_interrupted(void)
{
	while (is_signal(next_stop(patience_ms(5000))))
		if (ptrace(PTRACE_CONT, tracee, NULL, (void *)(long)last) ||
		    ptrace(PTRACE_INTERRUPT, tracee, NULL, NULL))
			return false;
	return last >> 8 == PTRACE_EVENT_STOP;
}

static bool interrupt(void)
{
	return !ptrace(PTRACE_INTERRUPT, tracee, NULL, NULL) &&
	       is_interrupted();
}

static bool seize(void)
{
	return !ptrace(PTRACE_SEIZE, tracee, NULL,
		       (void *)PTRACE_O_TRACESYSGOOD);
}

static bool go_to_call(void)
{
	return interrupt() && !ptrace(PTRACE_SYSCALL, tracee, NULL, NULL) &&
	       next_stop(patience_ms(5000)) == (SIGTRAP | 0x80);
}

static bool detach(void)
{
	long signo = is_signal(last) ? last : 0;

	if (last < 0 && !interrupt())
		return false;
	return !ptrace(PTRACE_DETACH, tracee, NULL, (void *)signo);
}

static bool listen_to(void)
{
	bool done = !ptrace(PTRACE_LISTEN, tracee, NULL, NULL);

	/* Not one to detach from. */
	last = -1;
	return done;
}

static bool act(char what)
{
	switch (what) {
	case 'z':
		return seize();
	case 'i':
		return seize() && interrupt();
	case 'I':
		return seize() &&
		       !ptrace(PTRACE_INTERRUPT, tracee, NULL, NULL);
	case 'w':
		return is_interrupted();
	case 'l':
		return listen_to();
	case 'g':
		return next_stop(patience_ms(5000)) == SENT;
	case 'c':
		return go_to_call();
	case 'd':
		return detach();
	default:
		return next_stop(0) < 0;
	}
}

static void serve(int sock)
{
	struct {
		bool done;
		int last;
		int error;
	} answer;
	char what;

	while (read(sock, &what, 1) == 1) {
		memset(&answer, 0, sizeof(answer));
		errno = 0;
		answer.done = act(what);
		answer.error = errno;
		answer.last = last;
		if (write(sock, &answer, sizeof(answer)) < 0)
			break;
	}
	_exit(0);
}

/**
 * tracer_start() - start it; it does nothing yet
 * @tracer: filled in
 * @pid: whom it is to trace
 */
void tracer_start(struct tracer *tracer, pid_t pid)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("socketpair");
	fflush(stdout);
	tracer->pid = fork();
	if (!tracer->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pair[0]);
		tracee = pid;
		serve(pair[1]);
	}
	close(pair[1]);
	tracer->sock = pair[0];
}

/**
 * tracer_do() - have it do something
 * @tracer: the ptracer
 * @what: see above
 *
 * Return: whether that worked; else what did not is said.
 */
bool tracer_do(struct tracer *tracer, char what)
{
	struct pollfd fd = { .fd = tracer->sock, .events = POLLIN };
	struct {
		bool done;
		int last;
		int error;
	} answer = {};

	if (write(tracer->sock, &what, 1) != 1 ||
	    poll(&fd, 1, (int)patience_ms(8000)) != 1 ||
	    read(tracer->sock, &answer, sizeof(answer)) != sizeof(answer))
		wrong("the ptracer does not answer to '%c'", what);
	else if (!answer.done)
		wrong("the ptracer: '%c' does not work: stop %x, %s", what,
		      answer.last, strerror(answer.error));
	return answer.done;
}

/**
 * tracer_end() - it lets go
 * @tracer: the ptracer
 * @dies: not by a detach, but because it is killed
 */
void tracer_end(struct tracer *tracer, bool dies)
{
	if (!dies)
		tracer_do(tracer, 'd');
	kill(tracer->pid, SIGKILL);
	waitpid(tracer->pid, NULL, 0);
	close(tracer->sock);
	tracer->pid = 0;
}
