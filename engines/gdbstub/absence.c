// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time between two clients. One that has defined tracepoints may go and
 * come back: its definitions, what was collected, and the process that it is
 * about stay in the session for the next client; an experiment goes on if it
 * was told to (QTDisconnected), and ends else. A client that has defined none
 * leaves nothing behind.
 *
 * What becomes of the process when its client goes without a word depends on
 * whose it is. One that was attached to has its own work to do, and runs on:
 * a network that fails must not stop a service. It stays in the session only
 * for what a next client would miss, an experiment that goes on or frames. One
 * that was started for the client waits as the client has left it.
 *
 * Nothing else of the client stays: its breakpoints, watchpoints and catches are
 * gone, and until there is another one no event stops a thread
 * (session_trace.is_alone). The end of the process ends this like any session
 * without a client, and so does the close of the device.
 */
#include <linux/sched/mm.h>

#include "absence.h"
#include "session.h"

/* Is there anything that the next client of a running process would miss? */
static bool is_missed(struct gdb_session *session, struct trace_set *set)
{
	bool missed;

	mutex_lock(&set->lock);
	missed = set->buffer.used ||
		 (session->trace.goes_on && set->is_running);
	mutex_unlock(&set->lock);
	return missed;
}

/**
 * absence_process() - what stays in the session when its client goes
 * @session: the session
 *
 * Context: session.cmd_lock held.
 * Return: the process, or NULL: nothing stays.
 */
struct gdb_process *absence_process(struct gdb_session *session)
{
	struct trace_set *set = tracepoint_set(session);
	struct gdb_process *process = NULL;

	if (!set || (list_empty(&set->points) && list_empty(&set->vars)))
		return NULL;
	if (set->pid)
		process = session_find_process(session, set->pid);
	process = process ?: session_process(session);
	if (!process || READ_ONCE(process->is_gone) ||
	    READ_ONCE(process->may_not_trace) || process_is_dying(process) ||
	    READ_ONCE(process->execs_left) ||
	    !(process->is_launched || is_missed(session, set)))
		return NULL;
	return process;
}

/**
 * absence_after_detach() - does a detach leave the process in the session?
 * @process: the process
 *
 * One that goes on with an experiment is not let go, if the client has no other
 * process: to that one the detach is as good as the end of the connection.
 *
 * Context: session.cmd_lock held.
 * Return: whether.
 */
bool absence_after_detach(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	struct trace_set *set = tracepoint_set(session);

	return session->trace.goes_on && set && READ_ONCE(set->is_running) &&
	       absence_process(session) == process &&
	       session_next_process(session, NULL) == process &&
	       !session_next_process(session, process);
}

static void forget_event(struct gdb_session *session)
{
	memset(&session->event, 0, sizeof(session->event));
	session->event.any_thread = true;
}

/*
 * Steps, and what was to be told when the client resumes the thread; and a
 * child, which is not in the session any more, is news for nobody.
 */
static void forget_wishes(struct gdb_session *session)
{
	struct gdb_process *process;
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	if (session->event.child)
		forget_event(session);
	list_for_each_entry(process, &session->processes, entry)
		nonstop_forget(&process->note);
	session_for_each_thread(session, thread) {
		nonstop_forget(&thread->note);
		memset(&thread->pending, 0, sizeof(thread->pending));
		thread->resume = RESUME_CONTINUE;
		WRITE_ONCE(thread->stop_wanted, false);
	}
}

/* A stop in which nothing happened: the next client asks what there is. */
static void stay_stopped(struct gdb_session *session)
{
	session->state = SESSION_STOPPED;
	forget_event(session);
}

static void run_on(struct gdb_session *session)
{
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	session->state = SESSION_RUNNING;
	timer_delete(&session->stop_timer);
	session_for_each_thread(session, thread) {
		if (thread->state != THREAD_STOPPED || thread->guest)
			continue;
		thread->over_wanted |= thread->reported_break;
		thread->reported_break = false;
		roster_set_state(thread, THREAD_RUNNING);
		thread_release(thread);
	}
}

/* Does a stopped process run when its client goes, or wait for the next one? */
static bool runs_on_alone(const struct gdb_process *process, bool is_detach)
{
	return is_detach || !process->is_launched;
}

/*
 * In all-stop threads are as the session is. In non-stop those that were
 * stopped one by one run on with the others, unless all were.
 *
 * A stop may be half done. Threads that have arrived are let go with the others,
 * with the signals that they were to tell of; one that was asked and has not
 * arrived finds a session that runs, and does not stop. A thread that stays
 * stopped keeps its signal for the next client. Non-stop ends in the same go as
 * the client's wishes are forgotten, so that a thread that dies next leaves no
 * note that nobody reads.
 */
static void leave_threads(struct gdb_process *process, bool is_detach)
{
	bool runs_on = runs_on_alone(process, is_detach);
	struct gdb_session *session = process->session;

	spin_lock(&session->lock);
	session->trace.is_alone = true;
	if (runs_on || session->non_stop)
		process_keep_signals_locked(process, is_detach);
	forget_wishes(session);
	if (runs_on || (session->non_stop && session->nr_running))
		run_on(session);
	else if (session->non_stop)
		stay_stopped(session);
	session->non_stop = false;
	spin_unlock(&session->lock);
}

static void forget_stops(struct gdb_process *process)
{
	struct mm_struct *mm = process_mm_get(process);
	const struct syscall_filter none = {};

	process_catch_syscalls(process, &none);
	watch_remove_all(process);
	if (!mm)
		return;
	breakpoint_remove_all(process->breakpoints, mm, BREAKPOINT_CLIENT);
	mmput(mm);
}

/**
 * absence_begin() - the client is gone
 * @process: from absence_process(); the client knows no other any more
 * @is_detach: it said so
 *
 * Context: session.cmd_lock held; may sleep.
 */
void absence_begin(struct gdb_process *process, bool is_detach)
{
	struct gdb_session *session = process->session;

	trace_frame_deselect(session);
	if (!session->trace.goes_on)
		tracepoint_stop(session, tracepoint_set(session),
				TRACE_DISCONNECTED, 0, NULL);
	tracepoint_tidy(session);
	/* From here on nothing stops a thread, also not what is lifted next. */
	leave_threads(process, is_detach);
	forget_stops(process);
}

/**
 * absence_end() - there is a client again
 * @session: with or without a process that waits for one
 *
 * What runs is stopped; what the client asks until then waits for that. First the
 * stop begins, and then events count again: one in between would be the stop's,
 * and be forgotten by the other, with its signal.
 *
 * Context: session.cmd_lock held.
 * Return: whether the stop is complete at once: the caller reports it.
 */
bool absence_end(struct gdb_session *session)
{
	bool was_alone, runs, done;

	spin_lock(&session->lock);
	was_alone = session->trace.is_alone;
	runs = session->state == SESSION_RUNNING;
	spin_unlock(&session->lock);
	done = was_alone && runs && session_stop_all(session);
	spin_lock(&session->lock);
	session->trace.is_alone = false;
	spin_unlock(&session->lock);
	return done;
}
