// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session's state machine: who runs, who stops, whose event it is.
 *
 * Everything here is done under session.lock in a few instructions. What has
 * to follow (send a stop reply, step over a breakpoint) is returned to the
 * caller.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "session.h"
#include "trace.h"

/* A thread that has not come after this time is told to be stopped anyway. */
#define STOP_LIMIT_MS 1000

/**
 * session_kick() - wake the session's thread
 * @session: the session
 * @work: why
 *
 * Context: any.
 */
void session_kick(struct gdb_session *session, enum session_work work)
{
	set_bit(work, &session->work);
	set_bit(WORK_LOOK, &session->work);
	wake_up(&session->wait);
}

static void stop_timer_expired(struct timer_list *timer)
{
	struct gdb_session *session = from_timer(session, timer, stop_timer);

	session_kick(session, WORK_STOP_LATE);
}

/**
 * session_wait_for_work() - sleep until somebody kicks
 * @session: the session
 *
 * Context: the session's thread.
 * Return: whether to go on; false: the device was closed.
 */
bool session_wait_for_work(struct gdb_session *session)
{
	wait_event_idle(session->wait,
			test_and_clear_bit(WORK_LOOK, &session->work));
	return !test_bit(WORK_END, &session->work);
}

static int alloc_buffers(struct gdb_session *session)
{
	session->tx_buf = kvmalloc(LINK_BUF_SIZE, GFP_KERNEL_ACCOUNT);
	session->scratch = kvmalloc(LINK_PACKET_MAX, GFP_KERNEL_ACCOUNT);
	if (!session->tx_buf || !session->scratch)
		return -ENOMEM;
	packet_tx_init(&session->tx, session->tx_buf, LINK_BUF_SIZE);
	return link_init(&session->link, &session->wait, &session->work);
}

static void init_fields(struct gdb_session *session)
{
	mutex_init(&session->cmd_lock);
	spin_lock_init(&session->lock);
	INIT_LIST_HEAD(&session->processes);
	INIT_LIST_HEAD(&session->notes);
	helper_init(&session->helper);
	init_waitqueue_head(&session->wait);
	init_completion(&session->ended);
	timer_setup(&session->stop_timer, stop_timer_expired, 0);
	session->cred = get_current_cred();
	session->owner = get_pid(task_tgid(current));
	session->pid_ns = get_pid_ns(task_active_pid_ns(current));
	tracepoint_session_init(session);
}

static void free_session(struct gdb_session *session)
{
	helper_exit(&session->helper);
	tracepoint_session_exit(session);
	kvfree(session->scratch);
	kvfree(session->threads_xml);
	kvfree(session->tx_buf);
	put_pid_ns(session->pid_ns);
	put_pid(session->owner);
	put_cred(session->cred);
	mutex_destroy(&session->cmd_lock);
	kfree(session);
}

/**
 * session_create() - make a session for the caller
 * @main: the session's thread; it ends when session_wait_for_work() says so,
 *	and leaves all processes before
 *
 * Context: task; may sleep. The caller's credentials and pid namespace are
 * those of the session.
 * Return: the session or -ENOMEM or another error of starting a thread.
 */
struct gdb_session *session_create(int (*main)(void *session))
{
	struct gdb_session *session;
	struct task_struct *task;
	int ret;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		return ERR_PTR(-ENOMEM);
	init_fields(session);
	ret = alloc_buffers(session);
	if (ret)
		goto free;
	task = kthread_create(main, session, "gdbstub/%d",
			      task_tgid_nr(current));
	ret = PTR_ERR_OR_ZERO(task);
	if (ret)
		goto exit_link;
	session->task = get_task_struct(task);
	wake_up_process(task);
	return session;
exit_link:
	link_exit(&session->link);
free:
	free_session(session);
	return ERR_PTR(ret);
}

/* How long the session's thread may wait for the target's memory at its end. */
#define END_LIMIT_MS 3000

/**
 * session_destroy() - end a session and free it
 * @session: nobody else knows it any more
 *
 * The session's thread leaves all processes. It may be in the middle of a
 * memory access that waits for the target's user fault handler; SIGKILL breaks
 * that off. It is repeated because the thread takes the first one as what it
 * is and goes on.
 *
 * Context: task; may sleep; a caller that is being killed too.
 */
void session_destroy(struct gdb_session *session)
{
	session_kick(session, WORK_END);
	while (!wait_for_completion_timeout(&session->ended,
					    msecs_to_jiffies(END_LIMIT_MS)))
		send_sig(SIGKILL, session->task, 1);
	kthread_stop(session->task);
	put_task_struct(session->task);
	timer_shutdown_sync(&session->stop_timer);
	link_exit(&session->link);
	free_session(session);
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

/* A process whose end, when it comes, makes a stop meaningless. */
static bool is_ending(const struct gdb_process *process)
{
	return process->is_leaving ||
	       (!process->is_gone && process_is_dying(process));
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

/* Whether the stop is complete with this: then the caller reports it. */
static bool complete_stop(struct gdb_session *session)
{
	lockdep_assert_held(&session->lock);
	if (session->state != SESSION_STOPPING || session->nr_running ||
	    is_overtaken(session))
		return false;
	session->state = SESSION_STOPPED;
	timer_delete(&session->stop_timer);
	return true;
}

/* All that the client resumed are gone; others wait for it. */
static bool note_no_resumed(struct gdb_session *session)
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
		timer_delete(&session->stop_timer);
	} else {
		done = complete_stop(session) || note_no_resumed(session);
	}
	spin_unlock(&session->lock);
	return done;
}

/**
 * session_ask_stop() - ask a thread to stop
 * @session: the session
 * @thread: counted as running
 *
 * One that stands still already, for job control or for another thread's step,
 * makes no callback: it counts as arrived. So does one that waits for its
 * vfork's child: it may have to wait for the client to let that run.
 *
 * Context: session.lock held.
 */
void session_ask_stop(struct gdb_session *session, struct gdb_thread *thread)
{
	lockdep_assert_held(&session->lock);
	if (utrace_control(thread->task, thread->engine, UTRACE_STOP) &&
	    !thread_waits_for_vfork(thread)) {
		thread_interrupt(thread);
		return;
	}
	thread->state = THREAD_STOPPED;
	session->nr_running--;
	if (session->event.any_thread && !session->event.tid &&
	    !thread->process->is_hidden) {
		session->event.pid = thread->process->pid;
		session->event.tid = thread->tid;
	}
}

/* Ask everybody but one thread to stop. */
static void begin_stop(struct gdb_session *session, struct gdb_thread *but)
{
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	session->state = SESSION_STOPPING;
	session_for_each_thread(session, thread)
		if (thread != but && thread_is_counted(thread))
			session_ask_stop(session, thread);
	if (session->nr_running > !!but)
		mod_timer(&session->stop_timer,
			  jiffies + msecs_to_jiffies(STOP_LIMIT_MS));
}

/* A newborn counts as running. Does it have to stop, or wait for a step? */
static void count_newborn(struct gdb_session *session,
			  struct gdb_thread *thread)
{
	lockdep_assert_held(&session->lock);
	thread_update_events(thread);
	if (!thread->guest)
		thread->process->nr_threads++;
	if (thread_is_counted(thread))
		session->nr_running++;
	if (session->non_stop && thread_is_counted(thread))
		nonstop_newborn(thread);
	if (session->state == SESSION_STOPPING && thread_is_counted(thread)) {
		mod_timer(&session->stop_timer,
			  jiffies + msecs_to_jiffies(STOP_LIMIT_MS));
		session_ask_stop(session, thread);
	} else if (session->state == SESSION_STOPPED ||
		   thread->process->breakpoints->stepper) {
		thread_poke(thread);
	}
}

/**
 * session_thread_born() - take a thread into its process
 * @thread: from thread_attach()
 *
 * When it has to stop, or wait for a step, it is poked: one that has not run
 * does not get to user mode before.
 *
 * Context: task.
 * Return: whether; false: the process is being left and its text is clean: the
 * thread needs no tracing, and is still the caller's.
 */
bool session_thread_born(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	bool taken;

	spin_lock(&session->lock);
	taken = !process->is_lifted;
	if (taken) {
		process_add_thread_locked(thread);
		count_newborn(session, thread);
	}
	spin_unlock(&session->lock);
	return taken;
}

/**
 * session_all_born() - all threads of an attached process are in the session
 * @process: the process
 *
 * Takes back the one running thread that session_add_process() counted.
 *
 * Context: session.cmd_lock held.
 * Return: whether the stop is, or in non-stop may be, complete with this: the
 * caller reports it.
 */
bool session_all_born(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	bool done;

	spin_lock(&session->lock);
	process->is_coming = false;
	session->nr_running--;
	done = session->non_stop || complete_stop(session);
	spin_unlock(&session->lock);
	return done;
}

static void make_exit_event(struct gdb_process *process)
{
	process->session->event = (struct stop_event){
		.kind = STOP_EXITED,
		.pid = process->pid,
		.status = process->status,
	};
}

static void note_end(struct gdb_process *process)
{
	struct gdb_session *session = process->session;

	process->note.event = (struct stop_event){
		.kind = STOP_EXITED,
		.pid = process->pid,
		.status = process->status,
	};
	list_add_tail(&process->note.entry, &session->notes);
}

/*
 * The last thread of a process died. That is an event as others are. A stop
 * that is about this process is about its end now; after another one's it is
 * told next. Return: whether the client is to be told of a stop.
 */
static bool note_exit(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	bool is_first = session->state == SESSION_RUNNING;

	process->is_gone = true;
	process->status = process->leader->signal->group_exit_code;
	/* Before its first stop no client knows it: the opener is told. */
	if ((process->record_owed && !session->reply_owed) ||
	    process->is_hidden) {
		process->was_told = true;
		return complete_stop(session) || note_no_resumed(session);
	}
	process->record_owed = false;
	if (session->non_stop) {
		note_end(process);
		return true;
	}
	if (is_first)
		begin_stop(session, NULL);
	if (is_first || session->event.pid == process->pid ||
	    !session->event.pid)
		make_exit_event(process);
	return complete_stop(session) || session->state == SESSION_STOPPED;
}

/*
 * Of a thread of a process that goes on. Its note keeps it until that is told.
 */
static bool note_thread_exit(struct gdb_thread *thread)
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

static bool note_death(struct gdb_thread *thread, bool group_dead)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;

	if (thread_is_counted(thread))
		session->nr_running--;
	list_del_init(&thread->note.entry);
	WRITE_ONCE(thread->state, THREAD_DEAD);
	if (thread->guest)
		return false;
	process->nr_threads--;
	if (process->is_leaving) {
		process->is_gone |= group_dead;
		return false;
	}
	if (group_dead)
		return note_exit(process);
	return note_thread_exit(thread) || complete_stop(session) ||
	       note_no_resumed(session);
}

/**
 * session_thread_died() - a thread is dead
 * @thread: the thread; not to be used by the caller afterwards, except to wake
 *	process.wait from its callback
 * @group_dead: it was the last one
 *
 * Context: report_death.
 * Return: whether the client is to be told of a stop.
 */
bool session_thread_died(struct gdb_thread *thread, bool group_dead)
{
	struct gdb_session *session = thread->process->session;
	bool tell;

	spin_lock(&session->lock);
	tell = note_death(thread, group_dead);
	spin_unlock(&session->lock);
	return tell;
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

static bool take_event(struct gdb_thread *thread,
		       const struct stop_event *event)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;

	lockdep_assert_held(&session->lock);
	if (session->non_stop && thread_is_counted(thread) &&
	    nonstop_event(thread, event))
		return true;
	if (session->non_stop || session->state != SESSION_RUNNING ||
	    !thread_is_counted(thread)) {
		keep_event(thread, event);
		return false;
	}
	session->event = *event;
	begin_stop(session, thread);
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
	first = take_event(thread, &full);
	spin_unlock(&session->lock);
	trace_gdbstub_event(full.tid, full.kind, full.signo, first);
	return first;
}

/**
 * session_fork() - a thread has made a process
 * @thread: the current thread
 * @child: the child's only thread, from thread_attach(); in its process's list
 * @kind: STOP_FORK or STOP_VFORK
 *
 * The child comes into the session and the fork is an event in one go, so that
 * nobody finds a child of which nothing will be told. It stops before it runs.
 *
 * Context: the thread's report_clone.
 * Return: whether; false: the parent is being left: the child is still the
 * caller's.
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
	taken = !process->is_leaving && !thread->guest;
	if (taken) {
		list_add_tail(&child->process->entry, &session->processes);
		count_newborn(session, child);
		take_event(thread, &event);
	}
	spin_unlock(&session->lock);
	return taken;
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
	thread->state = THREAD_STOPPED;
	session->nr_running--;
	if (session->non_stop) {
		fill_regs(&thread->note.event, current_pt_regs());
		nonstop_note(thread);
		return true;
	}
	note_thread(&session->event, thread);
	return complete_stop(session);
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
	}
	spin_unlock(&session->lock);
	return stops;
}

/**
 * session_hold_for_step() - must this thread wait for another one's step?
 * @thread: the current thread, about to go to user mode
 *
 * Context: the thread's callback.
 * Return: whether; it is poked when the step is done.
 */
bool session_hold_for_step(struct gdb_thread *thread)
{
	struct breakpoint_table *table = thread->process->breakpoints;
	struct gdb_session *session = thread->process->session;
	bool hold;

	if (!READ_ONCE(table->stepper))
		return false;
	spin_lock(&session->lock);
	hold = table->stepper && table->stepper != thread;
	thread->held = hold;
	spin_unlock(&session->lock);
	return hold;
}

/**
 * session_release_step() - a step over a breakpoint is done, or called off
 * @session: the session
 * @table: the text in which it was
 *
 * Context: session.lock held.
 */
void session_release_step(struct gdb_session *session,
			  struct breakpoint_table *table)
{
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	table->stepper = NULL;
	session_for_each_thread(session, thread) {
		if (!thread->held || thread->process->breakpoints != table)
			continue;
		thread->held = false;
		if (thread->state != THREAD_DEAD)
			thread_poke(thread);
	}
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

/**
 * session_interrupt() - the client sent ^C
 * @session: the session
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
		done = complete_stop(session);
	}
	spin_unlock(&session->lock);
	return done;
}

/**
 * session_stop_all() - the client has chosen all-stop
 * @session: was non-stop
 *
 * The stop that begins is none in particular. Packets wait for it.
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
	session->notified = false;
	session->reply_owed = false;
	list_for_each_entry(process, &session->processes, entry)
		list_del_init(&process->note.entry);
	session_for_each_thread(session, thread) {
		list_del_init(&thread->note.entry);
		WRITE_ONCE(thread->stop_wanted, false);
	}
	memset(&session->event, 0, sizeof(session->event));
	session->event.any_thread = true;
	if (session->state == SESSION_RUNNING)
		begin_stop(session, NULL);
	done = complete_stop(session);
	spin_unlock(&session->lock);
	return done;
}

/**
 * session_stop_late() - a stop took too long: go on without those that miss
 * @session: the session
 *
 * They are in an uninterruptible sleep. When they wake they stop before user
 * mode all the same; until then their registers cannot be read.
 *
 * Context: session.cmd_lock held.
 * Return: whether the stop is complete with this: the caller reports it.
 */
bool session_stop_late(struct gdb_session *session)
{
	struct gdb_thread *thread;
	bool done = false;

	spin_lock(&session->lock);
	if (session->state == SESSION_STOPPING && !is_overtaken(session)) {
		session_for_each_thread(session, thread)
			if (thread_is_counted(thread))
				session_ask_stop(session, thread);
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

static void run_marked(struct gdb_session *session)
{
	struct gdb_thread *thread;

	session->state = SESSION_RUNNING;
	session_for_each_thread(session, thread) {
		if (thread->state != THREAD_STOPPED || !thread->is_resumed)
			continue;
		thread->state = THREAD_RUNNING;
		session->nr_running++;
	}
	session_for_each_thread(session, thread) {
		if (thread->state != THREAD_RUNNING || !thread->is_resumed)
			continue;
		thread->is_resumed = false;
		if (thread->inject)
			thread_interrupt(thread);
		else
			thread_poke(thread);
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
