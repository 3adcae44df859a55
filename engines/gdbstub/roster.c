// SPDX-License-Identifier: GPL-2.0-only
/*
 * The roster of a session: which processes and threads it has.
 *
 * They come and go here, under session.lock, and are counted: session.nr_running
 * is written in this file only. They are found here, too, by number, by thread
 * or by what has become of them. Who holds session.cmd_lock may keep a pointer
 * to what it has found; the lists are read under session.lock, because they may
 * become longer at any time.
 */
#include <linux/list.h>

#include "session.h"

/**
 * roster_set_state() - a thread runs, stops, or is dead
 * @thread: the thread; in its process's list
 * @state: what it is from here on
 *
 * Context: session.lock held.
 */
void roster_set_state(struct gdb_thread *thread, enum thread_state state)
{
	struct gdb_session *session = thread->process->session;

	lockdep_assert_held(&session->lock);
	session->nr_running -= thread_is_counted(thread);
	WRITE_ONCE(thread->state, state);
	session->nr_running += thread_is_counted(thread);
}

/**
 * roster_uncount() - a thread runs on, and the client does not wait for it
 * @thread: the thread; is about to become a guest, or its process to be left
 *
 * Context: session.lock held; with it held the caller makes that true.
 */
void roster_uncount(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;

	lockdep_assert_held(&session->lock);
	session->nr_running -= thread_is_counted(thread);
	if (thread->state == THREAD_STOPPED)
		WRITE_ONCE(thread->state, THREAD_RUNNING);
}

/**
 * roster_all_came() - no thread of an attached process is missing any more
 * @process: the process
 *
 * Takes back the one running thread that session_add_process() counted, once.
 *
 * Context: session.lock held.
 */
void roster_all_came(struct gdb_process *process)
{
	lockdep_assert_held(&process->session->lock);
	process->session->nr_running -= process->is_coming;
	process->is_coming = false;
}

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

static bool is_unheard(const struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	bool is_unheard;

	spin_lock(&session->lock);
	is_unheard = (process->is_hidden && !process->is_guest) ||
		     process->pid == session->unread_child;
	spin_unlock(&session->lock);
	return is_unheard;
}

/* Has it a copy of memory that the maker shares with this process? */
static bool is_of_memory(const struct gdb_process *child,
			 const struct gdb_process *process)
{
	struct gdb_process *maker;

	maker = session_find_process(process->session, child->maker);
	return maker &&
	       READ_ONCE(maker->breakpoints) == READ_ONCE(process->breakpoints);
}

/**
 * session_next_unheard() - the children that the client has not heard of
 * @process: their maker
 * @of_memory: also those of others in the maker's memory, by or with a vfork
 * @child: the one before, or NULL: begin
 *
 * Context: session.cmd_lock and fork_lock held.
 * Return: the child or NULL: that was the last.
 */
struct gdb_process *session_next_unheard(struct gdb_process *process,
					 bool of_memory,
					 struct gdb_process *child)
{
	while ((child = session_next_process(process->session, child)))
		if ((child->maker == process->pid ||
		     (of_memory && is_of_memory(child, process))) &&
		    is_unheard(child))
			break;
	return child;
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

/**
 * session_add_process() - take a process into the session
 * @session: its processes are held, or it has none
 * @process: has no threads
 *
 * With execs_left, the process runs until it has made these; else a stop
 * begins, which is complete when its threads, added from here on, have come.
 * It cannot be complete before session_all_born().
 *
 * In non-stop its threads stop one by one, beside what runs.
 *
 * Context: session.cmd_lock held.
 * Return: 0 or -EBUSY: the processes of the session run.
 */
int session_add_process(struct gdb_session *session,
			struct gdb_process *process)
{
	int ret = 0;

	spin_lock(&session->lock);
	if (!session->non_stop && (session->state == SESSION_RUNNING ||
				   session->state == SESSION_STOPPING)) {
		ret = -EBUSY;
		goto unlock;
	}
	list_add_tail(&process->entry, &session->processes);
	session->nr_running++;
	process->is_coming = true;
	process->record_owed = true;
	process->is_starting = session->link.file;
	memset(&session->event, 0, sizeof(session->event));
	session->event.any_thread = true;
	session->event.pid = process->pid;
	session->state = process->execs_left || session->non_stop ?
				 SESSION_RUNNING :
				 SESSION_STOPPING;
unlock:
	spin_unlock(&session->lock);
	return ret;
}

static bool is_idle(struct gdb_session *session)
{
	struct gdb_process *process;

	list_for_each_entry(process, &session->processes, entry)
		if (!process->is_guest)
			return false;
	return true;
}

/**
 * session_drop_process() - take a process out of the session
 * @session: the session
 * @process: afterwards the caller's to free; process_leave() was called
 *
 * Context: session.cmd_lock held.
 * Return: whether a stop of the others is complete with this: the caller
 * reports it.
 */
bool session_drop_process(struct gdb_session *session,
			  struct gdb_process *process)
{
	bool done = false;

	spin_lock(&session->lock);
	list_del_init(&process->entry);
	if (session->event.pid == process->pid)
		memset(&session->event, 0, sizeof(session->event));
	if (is_idle(session)) {
		session->state = SESSION_IDLE;
		session->interrupt_kept = false;
		timer_delete(&session->stop_timer);
	} else {
		done = allstop_complete(session) || allstop_no_resumed(session);
	}
	spin_unlock(&session->lock);
	return done;
}

/* Does its end have to do with the end of its process? */
static bool is_own(const struct gdb_thread *thread)
{
	return !thread->guest && !thread_is_clone(thread);
}

/*
 * A newborn counts as running, unless its callbacks were faster. Does it have to
 * stop, or wait for a step?
 */
static void count_newborn(struct gdb_session *session,
			  struct gdb_thread *thread)
{
	lockdep_assert_held(&session->lock);
	thread_update_events(thread);
	if (!thread->guest && thread->state != THREAD_DEAD)
		thread->process->nr_threads++;
	thread->process->nr_own += is_own(thread) && !thread->is_dying;
	if (thread_is_counted(thread))
		session->nr_running++;
	if (session->non_stop && thread_is_counted(thread))
		nonstop_newborn(thread);
	if (session->state == SESSION_STOPPING && thread_is_counted(thread))
		allstop_newborn(thread);
	else if (session->state == SESSION_STOPPED ||
		 thread->process->breakpoints->stepper)
		thread_poke(thread);
}

/**
 * session_thread_born() - take a thread into its process
 * @thread: from thread_attach()
 * @maker: the current thread that has made it, or NULL: it is attached to
 *
 * When it has to stop, or wait for a step, it is poked: one that has not run
 * does not get to user mode before. The child of a guest is a guest, also if its
 * maker has become one while it was made, by an exec of the process: in that
 * memory nothing is debugged any more. If the maker is about to be let go for that,
 * so is the child.
 *
 * Context: task.
 * Return: whether; false: the process is being left and its text is clean: the
 * thread needs no tracing, and is still the caller's.
 */
bool session_thread_born(struct gdb_thread *thread,
			 const struct gdb_thread *maker)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	bool taken;

	spin_lock(&session->lock);
	taken = !process->is_lifted;
	if (taken) {
		if (maker && maker->guest && !thread->guest) {
			thread->guest = true;
			process_has_new_guest(process);
		}
		/* What the client said to the one is said to both. */
		if (maker)
			thread->is_late = maker->is_late || maker->is_resumed;
		process_add_thread_locked(thread);
		count_newborn(session, thread);
		if (maker && maker->is_left)
			process_leave_guest_locked(thread);
	}
	spin_unlock(&session->lock);
	return taken;
}

/*
 * A process is over when its last thread ends. That need not be one that is
 * traced: the kernel's own workers for it (io_uring) are its threads as well, and
 * so is one that was left out since it was ending already or there was no memory
 * for it. When a process ends as a whole, such threads are about to, and the
 * status is what it is. Else they may live for long: see session_look_for_end().
 */
static bool is_over(const struct gdb_process *process)
{
	lockdep_assert_held(&process->session->lock);
	return !process->nr_own && !process->is_coming &&
	       process_is_dying(process);
}

/*
 * Two may find that it is over; the first to do so tells. To the client one that
 * may not be traced ends with session_lose_process(), whatever becomes of it.
 */
static bool take_end(struct gdb_process *process, bool is_end)
{
	bool is_first = is_end && !process->is_ended && !process->may_not_trace;

	process->is_ended |= is_first;
	return is_first;
}

static void push_exited(struct gdb_process *process)
{
	helper_push(&process->session->helper, GDBSTUB_RECORD_EXITED,
		    process->pid, process->leader->signal->group_exit_code);
}

/**
 * session_has_ended() - is a process gone, or about to be found so?
 * @process: the process
 *
 * Context: any; takes session.lock.
 * Return: whether; if so, session_look_for_end() makes it gone.
 */
bool session_has_ended(struct gdb_process *process)
{
	bool has_ended;

	spin_lock(&process->session->lock);
	has_ended = process->is_gone ||
		    (!process->is_ended && is_over(process));
	spin_unlock(&process->session->lock);
	return has_ended;
}

/**
 * session_look_for_end() - has a process ended with a thread that is not traced?
 * @process: the process
 *
 * All that were traced may have ended long before, each by itself: as long as a
 * worker of the kernel's is there, so is the process.
 *
 * Context: task; session.cmd_lock held.
 * Return: whether the client is to be told of a stop.
 */
bool session_look_for_end(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	bool tell;

	spin_lock(&session->lock);
	tell = take_end(process, is_over(process));
	spin_unlock(&session->lock);
	if (!tell)
		return false;
	push_exited(process);
	spin_lock(&session->lock);
	tell = session_process_died(process);
	spin_unlock(&session->lock);
	return tell;
}

/**
 * session_lose_process() - a process that may not be traced was left
 * @process: the process
 *
 * Context: session.cmd_lock held.
 * Return: whether the client is to be told of a stop.
 */
bool session_lose_process(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	bool tell;

	spin_lock(&session->lock);
	process->is_ended = true;
	process->nr_threads = 0;
	tell = session_process_died(process);
	spin_unlock(&session->lock);
	return tell;
}

/**
 * session_all_born() - all threads of an attached process are in the session
 * @process: the process
 *
 * Context: session.cmd_lock held.
 * Return: whether the stop is, or in non-stop may be, complete with this: the
 * caller reports it.
 */
bool session_all_born(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	bool done, ended;

	spin_lock(&session->lock);
	roster_all_came(process);
	ended = take_end(process, is_over(process));
	done = ended && session_process_died(process);
	done |= session->non_stop || allstop_complete(session);
	if (!done)
		allstop_all_asked(session);
	spin_unlock(&session->lock);
	if (ended)
		push_exited(process);
	return done;
}

/**
 * session_thread_ends() - a thread is about to be dead
 * @thread: the thread
 * @group_dead: it is the last of its thread group
 *
 * The opener is told of the end of its process here, before a client can be.
 *
 * Context: report_death.
 * Return: whether it is the end of its process, for session_thread_died().
 */
bool session_thread_ends(struct gdb_thread *thread, bool group_dead)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	bool is_end = false, is_told;

	spin_lock(&session->lock);
	thread->is_dying = true;
	if (is_own(thread)) {
		process->nr_own -= !list_empty(&thread->entry);
		is_end = take_end(process, group_dead || is_over(process));
	}
	is_told = is_end && !process->is_leaving;
	spin_unlock(&session->lock);
	if (is_told)
		push_exited(process);
	return is_end;
}

static bool note_death(struct gdb_thread *thread, bool is_end)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;

	nonstop_forget(&thread->note);
	thread->died_held = thread->state == THREAD_STOPPED && !thread->guest &&
			    process_is_dying(process);
	roster_set_state(thread, THREAD_DEAD);
	if (thread->guest)
		return false;
	process->nr_threads -= !list_empty(&thread->entry);
	if (process->is_leaving) {
		process->is_gone |= is_end;
		return false;
	}
	if (is_end)
		return session_process_died(process);
	return nonstop_thread_died(thread) || allstop_complete(session) ||
	       allstop_no_resumed(session);
}

/**
 * session_thread_died() - a thread is dead
 * @thread: the thread; not to be used by the caller afterwards, except to wake
 *	process.wait from its callback
 * @is_end: session_thread_ends() said so; false if it is dead to us alone
 *
 * Context: report_death, or report_exec of a thread that leaves its process.
 * Return: whether the client is to be told of a stop.
 */
bool session_thread_died(struct gdb_thread *thread, bool is_end)
{
	struct gdb_session *session = thread->process->session;
	bool tell;

	spin_lock(&session->lock);
	tell = note_death(thread, is_end);
	spin_unlock(&session->lock);
	return tell;
}

/**
 * session_fork() - a thread has made a process
 * @thread: the current thread
 * @child: the child's only thread, from thread_attach(); in its process's list
 * @kind: STOP_FORK or STOP_VFORK
 *
 * The child comes into the session and the fork is an event in one go, so that
 * nobody finds a child of which nothing will be told. It stops before it runs.
 * A client that has gone since the fork began hears of none.
 *
 * Context: the thread's report_clone.
 * Return: whether; false: the parent is being left, or its client is gone: the
 * child is still the caller's.
 */
bool session_fork(struct gdb_thread *thread, struct gdb_thread *child,
		  enum stop_kind kind)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	struct stop_event event = {
		.kind = kind,
		.pid = process->pid,
		.tid = thread->tid,
		.child = child->process->pid,
	};
	bool taken;

	spin_lock(&session->lock);
	taken = !process->is_leaving && !thread->guest &&
		!session->trace.is_alone;
	if (taken) {
		list_add_tail(&child->process->entry, &session->processes);
		count_newborn(session, child);
		session_take_event(thread, &event);
	}
	spin_unlock(&session->lock);
	return taken;
}
