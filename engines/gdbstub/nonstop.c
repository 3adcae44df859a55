// SPDX-License-Identifier: GPL-2.0-only
/*
 * Non-stop: each thread stops and is resumed by itself.
 *
 * A thread with an event, or one that the client asks to stop, wants to stop
 * (gdb_thread.stop_wanted). When it has come to the user boundary it is
 * THREAD_STOPPED, and its note goes into session.notes. The client is sent one
 * notification when there is a note and it does not know; it asks for the
 * notes, one after the other, until it is told that there are no more
 * (session.notified). A note keeps its event until the thread runs again, for a
 * client that asks for everything anew.
 *
 * All functions are called with session.lock held, but for those that say
 * otherwise.
 */
#include <linux/lockdep.h>
#include <linux/sched/signal.h>

#include "session.h"

static void queue_note(struct gdb_session *session, struct stop_note *note)
{
	lockdep_assert_held(&session->lock);
	list_del(&note->entry);
	list_add_tail(&note->entry, &session->notes);
}

/**
 * nonstop_forget() - nothing is to be told of a thread or process any more
 * @note: its note
 *
 * The event goes with its place in the list: a child that it tells of would be
 * held for ever (session_useless()).
 *
 * Context: session.lock held.
 */
void nonstop_forget(struct stop_note *note)
{
	list_del_init(&note->entry);
	memset(&note->event, 0, sizeof(note->event));
}

static void set_event(struct gdb_thread *thread, const struct stop_event *event)
{
	thread->note.event = *event;
	thread->note.event.pid = thread->process->pid;
	thread->note.event.tid = thread->tid;
	WRITE_ONCE(thread->stop_wanted, true);
}

/**
 * nonstop_begin() - the client has chosen non-stop
 * @session: nothing runs in it
 *
 * What is stopped stays so; the stop that was the session's is its thread's.
 *
 * Context: session.lock held.
 */
void nonstop_begin(struct gdb_session *session)
{
	struct stop_event none = {};
	struct gdb_process *process;
	struct gdb_thread *thread;

	session->non_stop = true;
	nonstop_set_read(session, false);
	list_for_each_entry(process, &session->processes, entry)
		process->is_starting = false;
	if (session->state == SESSION_STOPPED)
		session->state = SESSION_RUNNING;
	session_for_each_thread(session, thread)
		if (thread->state == THREAD_STOPPED)
			set_event(thread, session->event.tid == thread->tid ?
						  &session->event :
						  &none);
}

/**
 * nonstop_event() - a thread has something to tell
 * @thread: the thread, counted as running
 * @event: what
 *
 * Context: session.lock held.
 * Return: whether it is the thread's stop; false: it is about to stop for
 * something else.
 */
bool nonstop_event(struct gdb_thread *thread, const struct stop_event *event)
{
	if (thread->stop_wanted && thread->note.event.kind != STOP_NONE)
		return false;
	set_event(thread, event);
	return true;
}

/**
 * nonstop_note() - a thread has stopped: that is to be told
 * @thread: the thread; no more running
 *
 * Context: session.lock held.
 */
void nonstop_note(struct gdb_thread *thread)
{
	if (!thread->is_quiet && !thread->process->is_hidden &&
	    !thread->process->is_starting)
		queue_note(thread->process->session, &thread->note);
	thread->is_quiet = false;
}

/**
 * nonstop_ask_stop() - have a thread stop
 * @thread: the thread, counted as running
 *
 * Context: session.lock held.
 */
void nonstop_ask_stop(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;
	struct stop_event none = {};

	if (!thread->stop_wanted)
		set_event(thread, &none);
	allstop_ask_stop(session, thread);
	if (thread->state != THREAD_STOPPED)
		return;
	nonstop_note(thread);
	session_kick(session, WORK_LOOK);
}

/**
 * nonstop_newborn() - does a new thread stop before it runs?
 * @thread: counted as running
 *
 * It does in a child whose fork is told, in a process that is being attached
 * to until all of it has stopped, and when the client wants to know of each
 * thread.
 *
 * Context: session.lock held.
 */
void nonstop_newborn(struct gdb_thread *thread)
{
	struct stop_event created = { .kind = STOP_CREATED };
	struct gdb_process *process = thread->process;
	/* Its creator was attached to, and has not come to stop yet. */
	bool is_starting = process->is_coming || process->is_starting;

	if (process->execs_left)
		return;
	if (process->is_hidden)
		thread->is_quiet = true;
	else if (process->session->client.thread_events && !is_starting)
		set_event(thread, &created);
	else if (!is_starting)
		return;
	nonstop_ask_stop(thread);
}

/* One that runs, of the process that the client looked at last if it can be. */
static struct gdb_thread *find_running(struct gdb_session *session)
{
	struct gdb_thread *thread, *found = NULL;

	session_for_each_thread(session, thread)
		if (thread_is_counted(thread) && !thread->stop_wanted &&
		    (!found ||
		     (thread->process->pid == session->client.general.pid &&
		      found->process != thread->process)))
			found = thread;
	return found;
}

/**
 * nonstop_interrupt() - the client sent vCtrlC
 * @session: the session
 *
 * Context: any; takes session.lock.
 * Return: whether there is something to be told now.
 */
bool nonstop_interrupt(struct gdb_session *session)
{
	struct stop_event event = { .kind = STOP_SIGNAL, .signo = SIGINT };
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	thread = find_running(session);
	if (thread) {
		set_event(thread, &event);
		nonstop_ask_stop(thread);
	}
	spin_unlock(&session->lock);
	return thread;
}

/* It has something to tell from before, which comes first. */
static bool tell_pending(struct gdb_thread *thread)
{
	struct stop_event *pending = &thread->pending;

	if (pending->kind == STOP_STEP && thread->resume == RESUME_CONTINUE)
		pending->kind = STOP_NONE;
	if (pending->kind == STOP_NONE)
		return false;
	set_event(thread, pending);
	memset(pending, 0, sizeof(*pending));
	nonstop_note(thread);
	return true;
}

/**
 * nonstop_resume() - let the threads that are marked for it run
 * @session: the session
 *
 * A stop that the client was not told of yet stands.
 *
 * Context: any; takes session.lock.
 */
void nonstop_resume(struct gdb_session *session)
{
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	session_for_each_thread(session, thread) {
		if (!thread->is_resumed)
			continue;
		thread->is_resumed = false;
		if (thread->state != THREAD_STOPPED ||
		    !list_empty(&thread->note.entry) || tell_pending(thread))
			continue;
		thread->stop_wanted = false;
		roster_set_state(thread, THREAD_RUNNING);
		thread_release(thread);
	}
	spin_unlock(&session->lock);
}

/**
 * nonstop_take() - the next note
 * @session: the session
 * @event: set to it
 *
 * Context: session.lock held.
 * Return: whether there is one; it is no more to be told.
 */
bool nonstop_take(struct gdb_session *session, struct stop_event *event)
{
	struct stop_note *note;

	note = list_first_entry_or_null(&session->notes, struct stop_note,
					entry);
	if (!note)
		return false;
	list_del_init(&note->entry);
	*event = note->event;
	/* The client may change them from now on. */
	note->event.has_regs = false;
	return true;
}

/**
 * nonstop_set_notified() - the client is sent a notification
 * @session: the session
 * @notified: what of
 *
 * Packets that the client sends before it has read the notification do not know
 * of it. So the stop stands against an action of such a packet, and a child is
 * not listed: gdb would take it for a process that came in by itself.
 *
 * Context: session.lock held.
 */
void nonstop_set_notified(struct gdb_session *session,
			  const struct stop_event *notified)
{
	lockdep_assert_held(&session->lock);
	session->notified = true;
	session->unread_tid = notified->tid;
	session->unread_child = notified->child;
}

/**
 * nonstop_set_read() - the client has read all that it was sent
 * @session: the session
 * @has_more: it knows that it has to ask for more
 *
 * Context: session.lock held.
 */
void nonstop_set_read(struct gdb_session *session, bool has_more)
{
	lockdep_assert_held(&session->lock);
	session->notified = has_more;
	session->tells_one = false;
	session->unread_tid = 0;
	session->unread_child = 0;
}

static struct gdb_process *find_starting(struct gdb_session *session)
{
	struct gdb_process *process;

	list_for_each_entry(process, &session->processes, entry)
		if (process->is_starting)
			return process;
	return NULL;
}

/**
 * nonstop_started() - the client's vRun or vAttach is about to be answered
 * @session: the session
 * @event: set to the stop of a program that was launched
 *
 * Context: session.lock held.
 * Return: whether that is the answer; false: it was an attach: what is stopped
 * is to be told after it.
 */
bool nonstop_started(struct gdb_session *session, struct stop_event *event)
{
	struct gdb_process *process = find_starting(session);
	struct gdb_thread *thread;
	bool is_told = false;

	if (!process)
		return false;
	process->is_starting = false;
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state != THREAD_STOPPED)
			continue;
		if (process->is_launched && !is_told)
			*event = thread->note.event;
		else
			queue_note(session, &thread->note);
		is_told = process->is_launched;
	}
	return is_told;
}

/* What is let go meanwhile is no news any more, and is freed soon. */
static struct stop_note *find_note(struct gdb_session *session,
				   const struct stop_event *event)
{
	struct gdb_process *process;
	struct gdb_thread *thread;

	list_for_each_entry(process, &session->processes, entry)
		if (process->pid == event->pid && !event->tid)
			return process->is_leaving ? NULL : &process->note;
	session_for_each_thread(session, thread)
		if (thread->tid == event->tid)
			return thread->guest || thread->process->is_leaving ?
				       NULL :
				       &thread->note;
	return NULL;
}

/**
 * nonstop_give_back() - a note that was taken could not be sent
 * @session: the session
 * @event: what nonstop_take() gave
 *
 * Context: session.lock held.
 */
void nonstop_give_back(struct gdb_session *session,
		       const struct stop_event *event)
{
	struct stop_note *note = find_note(session, event);

	nonstop_set_read(session, false);
	if (!note || !list_empty(&note->entry))
		return;
	note->event = *event;
	list_add(&note->entry, &session->notes);
}

/* All that is stopped is to be told. */
static void queue_all(struct gdb_session *session)
{
	struct gdb_process *process;
	struct gdb_thread *thread;

	list_for_each_entry(process, &session->processes, entry) {
		process->is_starting = false;
		if (process->is_gone && !process->was_told &&
		    !process->is_hidden)
			nonstop_process_died(process);
	}
	session_for_each_thread(session, thread)
		if (thread->state == THREAD_STOPPED && !thread->guest &&
		    !thread->process->is_hidden)
			queue_note(session, &thread->note);
}

/**
 * nonstop_first() - the client wants to hear of all that is stopped
 * @session: the session
 * @event: set to the first of that
 *
 * The first is the answer, and the client's next question is answered by saying
 * that this was all; of the others it is notified then. gdb 13.1 gives up with
 * an internal error when it is told of two in the answers: its
 * queued_stop_reply() marks an event for what is left, which wait() does not
 * expect before gdb listens to events.
 *
 * Context: session.lock held.
 * Return: whether anything is stopped.
 */
bool nonstop_first(struct gdb_session *session, struct stop_event *event)
{
	bool tell;

	queue_all(session);
	tell = nonstop_take(session, event);
	nonstop_set_read(session, tell);
	session->tells_one = tell;
	return tell;
}

/**
 * nonstop_next() - the client has read a note and asks for the next
 * @session: the session
 * @event: set to that
 *
 * Context: session.lock held.
 * Return: whether there is one to be told now; what there is else is the matter
 * of the next notification, for which the session's thread is woken.
 */
bool nonstop_next(struct gdb_session *session, struct stop_event *event)
{
	bool tell = !session->tells_one && nonstop_take(session, event);

	nonstop_set_read(session, tell);
	if (!tell && !list_empty(&session->notes))
		session_kick(session, WORK_LOOK);
	return tell;
}

/**
 * nonstop_is_held() - have all threads of a process stopped?
 * @process: the process
 *
 * Context: session.lock held.
 * Return: whether.
 */
bool nonstop_is_held(const struct gdb_process *process)
{
	const struct gdb_thread *thread;

	if (process->is_coming || process->execs_left)
		return false;
	list_for_each_entry(thread, &process->threads, entry)
		if (thread_is_counted(thread))
			return false;
	return process->nr_threads;
}

/**
 * nonstop_process_died() - the last thread of a process is dead: that is told
 * @process: the process; status is set
 *
 * Context: session.lock held.
 */
void nonstop_process_died(struct gdb_process *process)
{
	process->note.event = (struct stop_event){
		.kind = STOP_EXITED,
		.pid = process->pid,
		.status = process->status,
	};
	queue_note(process->session, &process->note);
}

/**
 * nonstop_thread_died() - a thread of a process that goes on is dead
 * @thread: the thread; its note keeps it until that is told
 *
 * Context: session.lock held.
 * Return: whether that is to be told.
 */
bool nonstop_thread_died(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;

	if (!session->client.thread_events || !session->non_stop ||
	    thread->process->is_hidden || process_is_dying(thread->process))
		return false;
	thread->note.event = (struct stop_event){
		.kind = STOP_THREAD_EXITED,
		.pid = thread->process->pid,
		.tid = thread->tid,
		.status = thread->task->exit_code,
	};
	list_add_tail(&thread->note.entry, &session->notes);
	return true;
}
