// SPDX-License-Identifier: GPL-2.0-only
/*
 * All-stop: one event stops all threads of all processes, and is told when the
 * last of them has come.
 *
 * session.state and session.event are written here, under session.lock, in a few
 * instructions; roster.c does so where a process makes them true by coming or
 * going. What has to follow (send a stop reply, step over a breakpoint) is
 * returned to the caller. Where a thread's event or arrival is the same for
 * non-stop, it is taken here and handed to nonstop.c.
 */
#include <linux/ptrace.h>
#include <linux/sched/signal.h>

#include "session.h"
#include "trace.h"

/* A thread that has not come after this time is told to be stopped anyway. */
#define STOP_LIMIT_MS 1000

/* A process whose end, when it comes, makes a stop meaningless. */
static bool is_ending(const struct gdb_process *process)
{
	return !process->is_gone &&
	       (process->is_leaving || process_is_dying(process));
}

/* Is the stop's process ending, or all when it is none in particular? */
static bool is_overtaken(struct gdb_session *session)
{
	struct gdb_process *process;
	bool ending = false;

	lockdep_assert_held(&session->lock);
	list_for_each_entry(process, &session->processes, entry) {
		if (process->is_guest)
			continue;
		ending = is_ending(process);
		if (process->pid == session->event.pid)
			return ending;
		if (!ending && !session->event.pid)
			return false;
	}
	return ending && !session->event.pid;
}

/**
 * allstop_complete() - is the stop complete with this?
 * @session: the session
 *
 * A packet may wait for a stop that the client is not owed a reply for: then
 * nobody but the session's thread has something to do.
 *
 * Context: session.lock held.
 * Return: whether: then the caller reports it.
 */
bool allstop_complete(struct gdb_session *session)
{
	lockdep_assert_held(&session->lock);
	if (session->state != SESSION_STOPPING || session->nr_running ||
	    is_overtaken(session))
		return false;
	session->state = SESSION_STOPPED;
	timer_delete(&session->stop_timer);
	if (!session->reply_owed)
		session_kick(session, WORK_LOOK);
	return true;
}

/**
 * allstop_no_resumed() - is all gone that the client resumed?
 * @session: the session
 *
 * Others wait for the client.
 *
 * Context: session.lock held.
 * Return: whether: that is the stop, and the caller reports it.
 */
bool allstop_no_resumed(struct gdb_session *session)
{
	struct gdb_process *process;
	bool waits = false;

	if (session->state != SESSION_RUNNING || session->nr_running ||
	    session->non_stop)
		return false;
	list_for_each_entry(process, &session->processes, entry)
		waits |= !process->is_guest && process->nr_threads &&
			 !is_ending(process);
	if (!waits)
		return false;
	memset(&session->event, 0, sizeof(session->event));
	session->event.kind = STOP_NO_RESUMED;
	session->state = SESSION_STOPPED;
	return true;
}

/**
 * allstop_ask_stop() - ask a thread to stop
 * @session: the session
 * @thread: counted as running
 *
 * One that stands still already, for job control or for another thread's step,
 * makes no callback: it counts as arrived. So does one that waits for its
 * vfork's child: it may have to wait for the client to let that run.
 *
 * Context: session.lock held.
 */
void allstop_ask_stop(struct gdb_session *session, struct gdb_thread *thread)
{
	lockdep_assert_held(&session->lock);
	if (utrace_control(thread->task, thread->engine, UTRACE_STOP) &&
	    !thread_waits_for_vfork(thread)) {
		thread_interrupt(thread);
		return;
	}
	roster_set_state(thread, THREAD_STOPPED);
	if (session->event.any_thread && !session->event.tid &&
	    !thread->process->is_hidden) {
		session->event.pid = thread->process->pid;
		session->event.tid = thread->tid;
	}
}

static void bound_stop(struct gdb_session *session)
{
	mod_timer(&session->stop_timer,
		  jiffies + msecs_to_jiffies(STOP_LIMIT_MS));
}

/**
 * allstop_all_asked() - the last thread of an attached process was asked to stop
 * @session: the session
 *
 * Attaching to many threads takes longer than the last of them need.
 *
 * Context: session.lock held.
 */
void allstop_all_asked(struct gdb_session *session)
{
	lockdep_assert_held(&session->lock);
	if (session->state == SESSION_STOPPING)
		bound_stop(session);
}

/* Ask everybody but one thread to stop. */
static void begin_stop(struct gdb_session *session, struct gdb_thread *but)
{
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	session->state = SESSION_STOPPING;
	session_for_each_thread(session, thread)
		if (thread != but && thread_is_counted(thread))
			allstop_ask_stop(session, thread);
	if (session->nr_running > !!but)
		bound_stop(session);
}

/**
 * allstop_newborn() - a thread is born into a stop that is not complete
 * @thread: counted as running
 *
 * Context: session.lock held.
 */
void allstop_newborn(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;

	bound_stop(session);
	allstop_ask_stop(session, thread);
}

static void make_exit_event(struct gdb_process *process)
{
	process->session->event = (struct stop_event){
		.kind = STOP_EXITED,
		.pid = process->pid,
		.status = process->status,
	};
}

/*
 * One that was let go lives on: of the words for an end this one claims least.
 */
static int status_of(const struct gdb_process *process)
{
	return process_is_dying(process) ?
		       process->leader->signal->group_exit_code :
		       0;
}

/**
 * session_process_died() - the last thread of a process is dead, or let go
 * @process: the process; if it is dead, its leader's exit code is final
 *
 * That is an event as others are. A stop that is about this process is about
 * its end now; after another one's it is told next.
 *
 * Context: session.lock held.
 * Return: whether the client is to be told of a stop.
 */
bool session_process_died(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	bool is_first = session->state == SESSION_RUNNING;

	process->is_gone = true;
	process->status = status_of(process);
	/* Before its first stop no client knows it: the opener is told. */
	if ((process->record_owed && !session->reply_owed) ||
	    process->is_hidden || process->is_killed) {
		process->was_told = true;
		return allstop_complete(session) || allstop_no_resumed(session);
	}
	process->record_owed = false;
	if (session->non_stop) {
		nonstop_process_died(process);
		return true;
	}
	if (is_first)
		begin_stop(session, NULL);
	if (is_first || session->event.pid == process->pid ||
	    !session->event.pid)
		make_exit_event(process);
	return allstop_complete(session) || session->state == SESSION_STOPPED;
}

static void fill_regs(struct stop_event *event, struct pt_regs *regs)
{
	event->has_regs = true;
	event->is_64bit = regs->cs == __USER_CS;
	event->fp = regs->bp;
	event->sp = regs->sp;
	event->pc = regs->ip;
}

/* What is kept when another event was first. The others come again. */
static bool is_kept(enum stop_kind kind)
{
	switch (kind) {
	case STOP_STEP:
	case STOP_HWBREAK:
	case STOP_WATCH:
	case STOP_AWATCH:
	case STOP_SYSCALL_ENTRY:
	case STOP_SYSCALL_RETURN:
	case STOP_EXEC:
	case STOP_FORK:
	case STOP_VFORK:
	case STOP_VFORK_DONE:
	case STOP_LAUNCHED:
		return true;
	default:
		return false;
	}
}

/* A fork that is not told leaves a process behind: it is not forgotten. */
static void keep_event(struct gdb_thread *thread,
		       const struct stop_event *event)
{
	if (is_kept(event->kind) && !thread->pending.child)
		thread->pending = *event;
}

/* It did not arrive with an earlier one, and has met it again. */
static void forget_untold(struct gdb_thread *thread,
			  const struct stop_event *event)
{
	if (!is_kept(event->kind))
		thread->is_untold = false;
}

/**
 * session_take_event() - session_event() for who holds the lock
 * @thread: the current thread
 * @event: what, with pid and tid
 *
 * Context: session.lock held; the thread's callback.
 * Return: as session_event().
 */
bool session_take_event(struct gdb_thread *thread,
			const struct stop_event *event)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;

	lockdep_assert_held(&session->lock);
	/* Nobody is there to be told. */
	if (session->trace.is_alone)
		return false;
	if (session->non_stop && thread_is_counted(thread) &&
	    nonstop_event(thread, event)) {
		forget_untold(thread, event);
		return true;
	}
	if (session->non_stop || session->state != SESSION_RUNNING ||
	    !thread_is_counted(thread)) {
		keep_event(thread, event);
		return false;
	}
	session->event = *event;
	begin_stop(session, thread);
	forget_untold(thread, event);
	return true;
}

/**
 * session_event() - a thread has something to tell
 * @thread: the current thread
 * @event: what; its pid and tid are filled in here
 *
 * The first event makes the stop. One that is not the first is kept in
 * thread.pending and told when the client resumes the thread; or, when it can
 * be made to happen again, it is up to the caller to arrange for that: the pc
 * is on the breakpoint, the signal goes back to the queue.
 *
 * Context: the thread's callback.
 * Return: whether the event is the stop's.
 */
bool session_event(struct gdb_thread *thread, const struct stop_event *event)
{
	struct gdb_session *session = thread->process->session;
	struct stop_event full = *event;
	bool first;

	full.pid = thread->process->pid;
	full.tid = thread->tid;
	spin_lock(&session->lock);
	first = session_take_event(thread, &full);
	spin_unlock(&session->lock);
	trace_gdbstub_event(full.tid, full.kind, full.signo, first);
	return first;
}

/**
 * session_wants_stop() - must this thread stop at the user boundary?
 * @thread: the current thread
 *
 * Context: the thread's callback.
 * Return: whether; session_arrive() decides.
 */
bool session_wants_stop(struct gdb_thread *thread)
{
	return !thread->guest &&
	       (READ_ONCE(thread->state) == THREAD_STOPPED ||
		READ_ONCE(thread->stop_wanted) ||
		READ_ONCE(thread->process->session->state) != SESSION_RUNNING);
}

/* The event's thread has come: its registers can be told with the event. */
static void note_thread(struct stop_event *event, struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;

	if (event->any_thread && !process->is_hidden &&
	    (!event->pid || event->pid == process->pid) &&
	    (!event->tid || thread->task == process->leader)) {
		event->pid = process->pid;
		event->tid = thread->tid;
	}
	if (event->tid == thread->tid)
		fill_regs(event, current_pt_regs());
}

/* The signal that it stopped for is on its queue again, as before the stop. */
static void unshow_signal(struct gdb_thread *thread)
{
	int inject = thread->inject;

	if (!thread->shown || !thread->has_siginfo)
		return;
	thread->inject = thread->shown;
	thread_give_injected(thread, false);
	thread->inject = inject;
	thread->shown = 0;
	thread->has_siginfo = false;
}

/* It meets again what it stopped for, when it is resumed. */
static void untell(struct gdb_thread *thread)
{
	unshow_signal(thread);
	thread->reported_break = false;
}

/*
 * Whoever asked the thread to come, all under session.lock, is heard with this.
 * If that was during this callback, utrace would take it for the later word and
 * let the thread go on where it is to be held: into the system call, say. What
 * is asked from here on, to resume it, is the later word again.
 *
 * Return: whether there is something to be told with it.
 */
static bool stop_here(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;

	utrace_control(current, thread->engine, UTRACE_RESUME);
	roster_set_state(thread, THREAD_STOPPED);
	if (session->non_stop) {
		fill_regs(&thread->note.event, current_pt_regs());
		nonstop_note(thread);
		return true;
	}
	if (thread->is_untold)
		untell(thread);
	note_thread(&session->event, thread);
	return allstop_complete(session);
}

/**
 * session_arrive() - a thread is at the user boundary and can stop
 * @thread: the current thread
 * @is_last: set to whether the stop is complete with it, or in non-stop told:
 *	the caller reports it
 *
 * Context: the thread's callback.
 * Return: whether it stops; false: the session runs (again).
 */
bool session_arrive(struct gdb_thread *thread, bool *is_last)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	bool stops = true;

	*is_last = false;
	spin_lock(&session->lock);
	if (process->is_leaving || thread->guest) {
		stops = false;
	} else if (thread->state == THREAD_RUNNING) {
		stops = thread->stop_wanted ||
			session->state != SESSION_RUNNING;
		if (stops)
			*is_last = stop_here(thread);
		thread->is_untold = false;
	}
	spin_unlock(&session->lock);
	return stops;
}

static bool is_launching(struct gdb_session *session)
{
	struct gdb_process *process;

	list_for_each_entry(process, &session->processes, entry)
		if (process->execs_left)
			return true;
	return false;
}

/* Of the process that the client looked at last, if any of it runs. */
static pid_t interrupted_pid(struct gdb_session *session)
{
	pid_t wanted = session->client.general.pid;
	struct gdb_thread *thread;

	session_for_each_thread(session, thread)
		if (thread->process->pid == wanted && thread_is_counted(thread))
			return wanted;
	return 0;
}

/* A stop for a ^C is under way: another one is the same. */
static bool is_interrupting(const struct gdb_session *session)
{
	return session->state == SESSION_STOPPING &&
	       session->event.kind == STOP_SIGNAL && session->event.any_thread;
}

/**
 * session_interrupt() - the client sent ^C
 * @session: the session
 *
 * The client may send it before it has read that all have stopped, and resume
 * without a look at what it has sent: commands of a breakpoint do, and a
 * watchpoint in software does at each step. So one that comes while nothing runs
 * is for the next time that something does.
 *
 * Context: session.cmd_lock held.
 * Return: whether the stop is complete at once: the caller reports it.
 */
bool session_interrupt(struct gdb_session *session)
{
	bool done = false;

	spin_lock(&session->lock);
	if (session->state == SESSION_RUNNING && !is_launching(session)) {
		memset(&session->event, 0, sizeof(session->event));
		session->event.kind = STOP_SIGNAL;
		session->event.signo = SIGINT;
		session->event.any_thread = true;
		session->event.pid = interrupted_pid(session);
		begin_stop(session, NULL);
		done = allstop_complete(session);
	} else if (session->state != SESSION_RUNNING) {
		session->interrupt_kept |= session->state != SESSION_IDLE &&
					   !is_interrupting(session);
	}
	spin_unlock(&session->lock);
	return done;
}

/*
 * All-stop has no notes. What was not told is an event that lost against the stop
 * of all: it is kept for when the thread is resumed, or happens again then. One that
 * has not arrived has its signal or breakpoint in hand, and sees to that itself
 * when it does (stop_here()).
 */
static void turn_note(struct gdb_thread *thread)
{
	struct stop_note *note = &thread->note;
	bool is_queued = !list_empty(&note->entry);
	bool comes = thread->stop_wanted && thread_is_counted(thread);

	/* The client may change them until then. */
	note->event.has_regs = false;
	if (is_queued || comes)
		keep_event(thread, &note->event);
	if (is_queued && thread->state == THREAD_STOPPED)
		untell(thread);
	thread->is_untold = comes && !is_kept(note->event.kind);
	nonstop_forget(note);
	WRITE_ONCE(thread->stop_wanted, false);
}

/**
 * session_stop_all() - the client has chosen all-stop, or has just come
 * @session: was non-stop, or nobody's
 *
 * The stop that begins is none in particular. Packets wait for it. If the
 * process has ended in this moment, that is the stop already.
 *
 * Context: session.cmd_lock held.
 * Return: whether it is complete at once: the caller reports it.
 */
bool session_stop_all(struct gdb_session *session)
{
	struct gdb_process *process;
	struct gdb_thread *thread;
	bool done;

	spin_lock(&session->lock);
	session->non_stop = false;
	nonstop_set_read(session, false);
	session->reply_owed = false;
	list_for_each_entry(process, &session->processes, entry)
		nonstop_forget(&process->note);
	session_for_each_thread(session, thread)
		turn_note(thread);
	if (session->state == SESSION_RUNNING) {
		memset(&session->event, 0, sizeof(session->event));
		session->event.any_thread = true;
		begin_stop(session, NULL);
	}
	done = allstop_complete(session);
	spin_unlock(&session->lock);
	return done;
}

/**
 * session_stop_late() - a stop took too long: go on without those that miss
 * @session: the session
 *
 * They are in an uninterruptible sleep. When they wake they stop before user
 * mode all the same; until then their registers cannot be read. A timer that
 * went while somebody else had session.cmd_lock, and was set again since, says
 * nothing.
 *
 * Context: session.cmd_lock held.
 * Return: whether the stop is complete with this: the caller reports it.
 */
bool session_stop_late(struct gdb_session *session)
{
	struct gdb_thread *thread;
	bool done = false;

	spin_lock(&session->lock);
	if (session->state == SESSION_STOPPING &&
	    !timer_pending(&session->stop_timer) && !is_overtaken(session)) {
		session_for_each_thread(session, thread)
			if (thread_is_counted(thread))
				allstop_ask_stop(session, thread);
		session->state = SESSION_STOPPED;
		done = true;
	}
	spin_unlock(&session->lock);
	return done;
}

/* A process that ended while another event was told. */
static bool take_pending_exit(struct gdb_session *session)
{
	struct gdb_process *process;

	list_for_each_entry(process, &session->processes, entry)
		if (process->is_gone && !process->was_told &&
		    !process->is_hidden) {
			make_exit_event(process);
			return true;
		}
	return false;
}

static bool take_pending_of(struct gdb_session *session,
			    struct gdb_thread *thread)
{
	if (thread->state != THREAD_STOPPED || !thread->is_resumed)
		return false;
	if (thread->pending.kind == STOP_STEP &&
	    thread->resume == RESUME_CONTINUE)
		thread->pending.kind = STOP_NONE;
	if (thread->pending.kind == STOP_NONE)
		return false;
	session->event = thread->pending;
	memset(&thread->pending, 0, sizeof(thread->pending));
	return true;
}

/**
 * session_take_pending() - tell an event that lost against another one
 * @session: STOPPED
 *
 * Looks at the threads that are marked for resumption. A step's end is dropped
 * when the client does not step that thread any more.
 *
 * Context: session.cmd_lock held.
 * Return: whether there is one: it is the stop's event, and nobody is resumed.
 */
bool session_take_pending(struct gdb_session *session)
{
	struct gdb_thread *thread;
	bool found;

	spin_lock(&session->lock);
	found = take_pending_exit(session);
	session_for_each_thread(session, thread)
		found = found || take_pending_of(session, thread);
	spin_unlock(&session->lock);
	return found;
}

/*
 * A thread that missed the stop may have come to it since it was marked, and
 * nobody else would let it go.
 */
static void run_marked(struct gdb_session *session)
{
	struct gdb_thread *thread;

	session->state = SESSION_RUNNING;
	session_for_each_thread(session, thread) {
		thread->is_resumed |= thread->is_late;
		thread->is_late = false;
		if (thread->state != THREAD_STOPPED || !thread->is_resumed)
			continue;
		roster_set_state(thread, THREAD_RUNNING);
	}
	session_for_each_thread(session, thread) {
		if (thread->state != THREAD_RUNNING || !thread->is_resumed)
			continue;
		thread->is_resumed = false;
		thread_release(thread);
	}
}

/**
 * session_resume() - let the threads that are marked for it run
 * @session: STOPPED
 *
 * Threads that have not arrived are running already. The client waits for a
 * stop reply from here on.
 *
 * Context: session.cmd_lock held.
 * Return: whether; false: a process has ended: that is to be told at once.
 */
bool session_resume(struct gdb_session *session)
{
	bool runs;

	spin_lock(&session->lock);
	session->reply_owed = true;
	runs = !take_pending_exit(session);
	if (runs)
		run_marked(session);
	spin_unlock(&session->lock);
	return runs;
}
