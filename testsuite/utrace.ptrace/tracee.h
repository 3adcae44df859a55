/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tracee with an engine beside its ptracer: none, idle, all (one that wants
 * every event) or held (one that holds it, where a tracee can be held).
 */
#ifndef TRACEE_H
#define TRACEE_H

#include "beside.h"

#define SLOT 1

static const char *beside = "none";

/* First in main(): BESIDE, the page for all processes, and word to the test. */
static UNUSED void set_out(int argc, char **argv)
{
	if (argc > 1)
		beside = argv[1];
	make_shared();
	say("ready %d %p", getpid(), (void *)&shared->counter);
}

static UNUSED pid_t make_tracee(int (*work)(void *))
{
	pid_t pid = start(work, NULL);

	counts(PATIENCE_MS);
	if (strcmp(beside, "none"))
		engine_attach(SLOT, pid,
			      !strcmp(beside, "idle") ? 0 :
			      !strcmp(beside, "all")  ? EVENTS_ALL :
							EVENT_QUIESCE);
	if (!strcmp(beside, "held") && !engine_holds(SLOT))
		say("the engine does not hold the tracee");
	return pid;
}

/* In a state where the engine has to let go for the state to come about. */
static UNUSED void release(void)
{
	if (!strcmp(beside, "held"))
		engine_control(SLOT, RESUME);
}

static UNUSED void drop_tracee(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
		;
	if (strcmp(beside, "none"))
		engine_drop(SLOT);
}

static UNUSED void interrupt_tracee(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) ||
	    next_status(pid, &status, PATIENCE_MS) ||
	    status >> 16 != PTRACE_EVENT_STOP)
		say("INTERRUPT did not stop the tracee");
}

static UNUSED pid_t make_stopped(int (*work)(void *))
{
	pid_t pid = make_tracee(work);

	REQ(SEIZE, pid, 0, 0);
	interrupt_tracee(pid);
	return pid;
}

/* As the kernel is called: the C library takes a PEEK's result for itself. */
static UNUSED void ask(const char *name, long req, pid_t pid,
		       unsigned long addr, const void *data)
{
	long ret = syscall(SYS_ptrace, req, pid, addr, data);

	say("%s: %s", name, error_name(ret < 0 ? errno : 0));
}

#endif /* TRACEE_H */
