// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of a session: finding one, by number, by thread or by what has
 * become of it. Nothing is changed here. Callers hold session.cmd_lock, which
 * keeps processes and threads; the lists are read under session.lock, because
 * they may become longer at any time.
 */
#include <linux/list.h>

#include "session.h"

/**
 * session_process() - the first process that the client knows
 * @session: the session
 *
 * Context: session.cmd_lock held: it keeps the process.
 * Return: the process or NULL.
 */
struct gdb_process *session_process(struct gdb_session *session)
{
	struct gdb_process *process, *found = NULL;

	spin_lock(&session->lock);
	list_for_each_entry(process, &session->processes, entry)
		if (!process->is_hidden) {
			found = process;
			break;
		}
	spin_unlock(&session->lock);
	return found;
}

/**
 * session_next_process() - go through all processes, hidden ones too
 * @session: the session
 * @process: the one before, or NULL: begin
 *
 * Context: session.cmd_lock held: it keeps the processes, but not from becoming
 * more.
 * Return: the process or NULL: that was the last.
 */
struct gdb_process *session_next_process(struct gdb_session *session,
					 struct gdb_process *process)
{
	struct list_head *next;

	spin_lock(&session->lock);
	next = process ? process->entry.next : session->processes.next;
	spin_unlock(&session->lock);
	return next == &session->processes ?
		       NULL :
		       list_entry(next, struct gdb_process, entry);
}

/**
 * session_next_thread() - the thread after this one, of all processes
 * @session: the session
 * @thread: one of its threads; NULL for the first
 *
 * Context: session.lock held, for as long as the thread is looked at.
 * Return: the thread, or NULL at the end.
 */
struct gdb_thread *session_next_thread(struct gdb_session *session,
				       struct gdb_thread *thread)
{
	struct gdb_process *process = thread ? thread->process : NULL;

	lockdep_assert_held(&session->lock);
	if (thread && !list_is_last(&thread->entry, &process->threads))
		return list_next_entry(thread, entry);
	process = list_prepare_entry(process, &session->processes, entry);
	list_for_each_entry_continue(process, &session->processes, entry)
		if (!list_empty(&process->threads))
			return list_first_entry(&process->threads,
						struct gdb_thread, entry);
	return NULL;
}

/**
 * session_find_process() - a process by its number
 * @session: the session
 * @pid: as the session's pid namespace numbers it
 *
 * Context: session.cmd_lock held: it keeps the process.
 * Return: the process, or NULL: the client knows none with this number.
 */
struct gdb_process *session_find_process(struct gdb_session *session, pid_t pid)
{
	struct gdb_process *process, *found = NULL;

	spin_lock(&session->lock);
	list_for_each_entry(process, &session->processes, entry)
		if (process->pid == pid && !process->is_hidden) {
			found = process;
			break;
		}
	spin_unlock(&session->lock);
	return found;
}

static struct gdb_process *process_of_tid(struct gdb_session *session,
					  pid_t tid)
{
	struct gdb_process *found = NULL;
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	session_for_each_thread(session, thread)
		if (thread->tid == tid && thread->state != THREAD_DEAD &&
		    !thread->process->is_hidden && !found)
			found = thread->process;
	spin_unlock(&session->lock);
	return found;
}

/**
 * session_selected() - the process of a thread that the client has named
 * @session: the session
 * @selection: what it has named
 *
 * Context: session.cmd_lock held: it keeps the process.
 * Return: the process; when it is gone or none was named, any; or NULL.
 */
struct gdb_process *session_selected(struct gdb_session *session,
				     const struct gdb_selection *selection)
{
	struct gdb_process *process = NULL;

	if (selection->pid > 0)
		process = session_find_process(session, selection->pid);
	else if (selection->tid > 0)
		process = process_of_tid(session, selection->tid);
	return process ?: session_process(session);
}

static bool shares_memory(const struct gdb_process *process)
{
	struct gdb_process *other;

	lockdep_assert_held(&process->session->lock);
	list_for_each_entry(other, &process->session->processes, entry)
		if (other != process && !other->is_guest && !other->is_gone &&
		    other->breakpoints == process->breakpoints)
			return true;
	return false;
}

/**
 * session_shares_memory() - is another process, which is debugged, in its memory?
 * @process: the process
 *
 * Context: session.cmd_lock held.
 * Return: whether.
 */
bool session_shares_memory(struct gdb_process *process)
{
	bool shares;

	spin_lock(&process->session->lock);
	shares = shares_memory(process);
	spin_unlock(&process->session->lock);
	return shares;
}

/* Will the client be told of the fork that made this process? */
static bool is_announced(struct gdb_process *child)
{
	struct gdb_session *session = child->session;
	struct gdb_thread *thread;

	if (session->event.child == child->pid)
		return true;
	session_for_each_thread(session, thread)
		if (thread->state != THREAD_DEAD &&
		    (thread->pending.child == child->pid ||
		     thread->note.event.child == child->pid))
			return true;
	return false;
}

/**
 * session_useless() - a process that nobody needs any more
 * @session: the session
 *
 * That is a guest in memory that is no more debugged, and a child whose parent
 * died or was left before the client was told of it.
 *
 * Context: session.cmd_lock held: it keeps the process.
 * Return: a process to be left, or NULL.
 */
struct gdb_process *session_useless(struct gdb_session *session)
{
	struct gdb_process *process, *found = NULL;

	spin_lock(&session->lock);
	list_for_each_entry(process, &session->processes, entry) {
		if (!process->is_hidden ||
		    (process->is_guest ? !list_empty(&process->threads) &&
						 shares_memory(process) :
					 is_announced(process)))
			continue;
		found = process;
		break;
	}
	spin_unlock(&session->lock);
	return found;
}
