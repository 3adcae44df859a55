// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scenario BESIDE NUMBER: one of the scenarios of PTRACE_SEIZE and its
 * relatives, as a transcript. What is on the tracee beside ptrace:
 *	none	nothing
 *	idle	an engine without events
 *	all	an engine with all events
 *	hold	one that holds the tracee now and again
 *	gdb	whatever comes before this process gets SIGUSR1
 */
#include "beside.h"

#define SLOT 1

static pid_t tracee;

static int seize(void)
{
	return REQ(SEIZE, tracee, 0, 0);
}

/* A running process is seized, and its tracer leaves. */
static int trace_running(void *arg)
{
	(void)arg;
	seize();
	say_no_wait(tracee);
	say_counter_runs("seized");
	return 0;
}

static void scenario_running(void)
{
	run_tracer(trace_running, NULL);
	say_counter_runs("left");
}

/* A stopped one. */
static int trace_stopped(void *arg)
{
	(void)arg;
	seize();
	say_wait(tracee);
	say_siginfo(tracee);
	say_counter("stopped");
	REQ(CONT, tracee, 0, 0);
	say_counter_runs("continued");
	return 0;
}

static void scenario_stopped(void)
{
	int status;

	kill(tracee, SIGSTOP);
	waitpid(tracee, &status, WUNTRACED);
	say("the parent sees: stopped by %d", WSTOPSIG(status));
	run_tracer(trace_stopped, NULL);
	say_state("left", tracee, "T");
	say_counter("left");
	kill(tracee, SIGCONT);
	say_counter_runs("SIGCONT");
}

/* SIGSTOP up to the group stop. */
static void stop_group(void)
{
	kill(tracee, SIGSTOP);
	say_wait(tracee);
	REQ(CONT, tracee, 0, SIGSTOP);
	say_wait(tracee);
	say_siginfo(tracee);
}

/* SIGCONT up to where the tracee runs. */
static void continue_group(void)
{
	kill(tracee, SIGCONT);
	say_wait(tracee);
	say_siginfo(tracee);
	REQ(CONT, tracee, 0, 0);
	say_wait(tracee);
	REQ(CONT, tracee, 0, SIGCONT);
	say_counter_runs("SIGCONT delivered");
}

static int trace_stops(void *listening)
{
	int i;

	seize();
	for (i = 0; i < 3; i++) {
		stop_group();
		if (!*(bool *)listening) {
			REQ(CONT, tracee, 0, 0);
			say_counter_runs("continued");
		} else {
			REQ(LISTEN, tracee, 0, 0);
			say_no_wait(tracee);
			say_siginfo(tracee);
			say_counter("listening");
		}
		continue_group();
	}
	return 0;
}

static void scenario_cont(void)
{
	bool listening = false;

	run_tracer(trace_stops, &listening);
	say_counter_runs("left");
}

static void scenario_listen(void)
{
	bool listening = true;

	run_tracer(trace_stops, &listening);
	say_counter_runs("left");
}

/* INTERRUPT to a listening tracee. */
static int trace_interrupt(void *arg)
{
	int i;

	(void)arg;
	seize();
	stop_group();
	for (i = 0; i < 3; i++) {
		REQ(LISTEN, tracee, 0, 0);
		say_no_wait(tracee);
		say_siginfo(tracee);
		REQ(INTERRUPT, tracee, 0, 0);
		say_wait(tracee);
		say_siginfo(tracee);
		say_counter("trapped again");
	}
	REQ(LISTEN, tracee, 0, 0);
	continue_group();
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	say_siginfo(tracee);
	REQ(LISTEN, tracee, 0, 0);
	say_counter("listening without a group stop");
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_no_wait(tracee);
	say_counter_runs("continued");
	return 0;
}

static void scenario_interrupt(void)
{
	run_tracer(trace_interrupt, NULL);
	say_counter_runs("left");
}

static void (*const scenarios[])(void) = {
	scenario_running, scenario_stopped,   scenario_cont,
	scenario_listen,  scenario_interrupt,
};

static pid_t come_beside(const char *beside)
{
	static int slot = SLOT;

	if (strcmp(beside, "idle") && strcmp(beside, "all") &&
	    strcmp(beside, "hold"))
		return 0;
	engine_attach(SLOT, tracee,
		      !strcmp(beside, "idle") ? 0 :
		      !strcmp(beside, "all")  ? EVENTS_ALL :
						EVENT_QUIESCE);
	return strcmp(beside, "hold") ? 0 : start(hold_at_random, &slot);
}

static void await_start(const char *beside)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	printf("ready %d %p %d\n", tracee, (void *)&shared->counter, getpid());
	fflush(stdout);
	if (!strcmp(beside, "gdb"))
		sigwait(&set, &sig);
}

int main(int argc, char **argv)
{
	unsigned int n = argc == 3 ? atoi(argv[2]) - 1 : 99;
	const char *beside = argc == 3 ? argv[1] : "";
	sigset_t set;
	pid_t holder;

	if (n >= sizeof(scenarios) / sizeof(*scenarios))
		return 2;
	make_shared();
	tracee = start(count_for_ever, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	counts(PATIENCE_MS);
	await_start(beside);
	holder = come_beside(beside);
	scenarios[n]();
	if (holder) {
		kill(holder, SIGKILL);
		waitpid(holder, NULL, 0);
	}
	finish("the tracee", tracee);
	if (engines >= 0)
		engine_drop(SLOT);
	say("end");
	return 0;
}
