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
	helper_init(&session->helper);
	init_waitqueue_head(&session->wait);
	init_completion(&session->ended);
	timer_setup(&session->stop_timer, stop_timer_expired, 0);
	session->cred = get_current_cred();
	session->owner = get_pid(task_tgid(current));
	session->pid_ns = get_pid_ns(task_active_pid_ns(current));
}

static void free_session(struct gdb_session *session)
{
	helper_exit(&session->helper);
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
 * session_process() - the process of a session
 * @session: the session
 *
 * Context: session.cmd_lock held: it keeps the process.
 * Return: the process or NULL.
 */
struct gdb_process *session_process(struct gdb_session *session)
{
	return list_first_entry_or_null(&session->processes, struct gdb_process,
					entry);
}

/**
 * session_add_process() - take a process into the session
 * @session: has none
 * @process: has no threads
 *
 * With execs_left, the process runs until it has made these; else a stop
 * begins, which is complete when its threads, added from here on, have come.
 * It cannot be complete before session_all_born().
 *
 * Context: session.cmd_lock held.
 * Return: 0 or -EBUSY: there is a process.
 */
int session_add_process(struct gdb_session *session,
			struct gdb_process *process)
{
	if (!list_empty(&session->processes))
		return -EBUSY;
	spin_lock(&session->lock);
	list_add_tail(&process->entry, &session->processes);
	session->nr_running = 1;
	session->record_owed = true;
	memset(&session->event, 0, sizeof(session->event));
	session->event.any_thread = true;
	session->state = process->execs_left ? SESSION_RUNNING :
					       SESSION_STOPPING;
	spin_unlock(&session->lock);
	return 0;
}

/**
 * session_drop_process() - take a process out of the session
 * @session: the session
 * @process: afterwards the caller's to free; process_leave() was called
 *
 * Context: session.cmd_lock held.
 */
void session_drop_process(struct gdb_session *session,
			  struct gdb_process *process)
{
	spin_lock(&session->lock);
	list_del_init(&process->entry);
	session->state = SESSION_IDLE;
	session->nr_running = 0;
	session->record_owed = false;
	spin_unlock(&session->lock);
	timer_delete(&session->stop_timer);
}

/* Whether the stop is complete with this: then the caller reports it. */
static bool complete_stop(struct gdb_session *session,
			  struct gdb_process *process)
{
	lockdep_assert_held(&session->lock);
	if (session->state != SESSION_STOPPING || session->nr_running ||
	    process->is_leaving || process_is_dying(process))
		return false;
	session->state = SESSION_STOPPED;
	timer_delete(&session->stop_timer);
	return true;
}

/*
 * Ask a thread to stop. One that stands still already, for job control or for
 * another thread's step, makes no callback: it counts as arrived.
 */
static void ask_stop(struct gdb_session *session, struct gdb_thread *thread)
{
	lockdep_assert_held(&session->lock);
	if (utrace_control(thread->task, thread->engine, UTRACE_STOP)) {
		thread_interrupt(thread);
		return;
	}
	thread->state = THREAD_STOPPED;
	session->nr_running--;
	if (session->event.any_thread && !session->event.tid)
		session->event.tid = thread->tid;
}

/* Ask everybody but one thread to stop. */
static void begin_stop(struct gdb_session *session, struct gdb_process *process,
		       struct gdb_thread *but)
{
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	session->state = SESSION_STOPPING;
	list_for_each_entry(thread, &process->threads, entry)
		if (thread != but && !thread->guest &&
		    thread->state == THREAD_RUNNING)
			ask_stop(session, thread);
	if (session->nr_running > !!but)
		mod_timer(&session->stop_timer,
			  jiffies + msecs_to_jiffies(STOP_LIMIT_MS));
}

/**
 * session_thread_born() - take a thread into its process
 * @thread: from thread_attach()
 *
 * It counts as running. When it has to stop, or wait for a step, it is poked:
 * one that has not run does not get to user mode before.
 *
 * Context: task.
 * Return: whether; false: the process is being left and its text is clean: the
 * thread needs no tracing, and is still the caller's.
 */
bool session_thread_born(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;

	spin_lock(&session->lock);
	if (process->is_lifted) {
		spin_unlock(&session->lock);
		return false;
	}
	list_add_tail(&thread->entry, &process->threads);
	thread_update_events(thread);
	if (!thread->guest) {
		process->nr_threads++;
		session->nr_running++;
	}
	if (session->state == SESSION_STOPPING && !thread->guest) {
		mod_timer(&session->stop_timer,
			  jiffies + msecs_to_jiffies(STOP_LIMIT_MS));
		ask_stop(session, thread);
	} else if (session->state == SESSION_STOPPED || process->stepper) {
		thread_poke(thread);
	}
	spin_unlock(&session->lock);
	return true;
}

/**
 * session_all_born() - all threads of an attached process are in the session
 * @session: the session
 *
 * Takes back the one running thread that session_add_process() counted.
 *
 * Context: session.cmd_lock held.
 * Return: whether the stop is complete with this: the caller reports it.
 */
bool session_all_born(struct gdb_session *session)
{
	struct gdb_process *process = session_process(session);
	bool done;

	spin_lock(&session->lock);
	session->nr_running--;
	done = complete_stop(session, process);
	spin_unlock(&session->lock);
	return done;
}

static void note_exit(struct gdb_process *process)
{
	struct gdb_session *session = process->session;

	process->is_gone = true;
	process->status = process->leader->signal->group_exit_code;
	/* Before its first stop no client knows it: the opener is told. */
	if (session->record_owed && !session->reply_owed)
		process->was_told = true;
	memset(&session->event, 0, sizeof(session->event));
	session->event.kind = STOP_EXITED;
	session->event.status = process->status;
	session->state = SESSION_STOPPED;
	session->record_owed = false;
	timer_delete(&session->stop_timer);
}

/* All that the client resumed are gone; the others wait for it. */
static bool note_no_resumed(struct gdb_process *process)
{
	struct gdb_session *session = process->session;

	if (session->state != SESSION_RUNNING || session->nr_running ||
	    !process->nr_threads || process_is_dying(process))
		return false;
	memset(&session->event, 0, sizeof(session->event));
	session->event.kind = STOP_NO_RESUMED;
	session->state = SESSION_STOPPED;
	return true;
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
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	bool tell = false;

	spin_lock(&session->lock);
	if (!thread->guest) {
		process->nr_threads--;
		if (thread->state == THREAD_RUNNING)
			session->nr_running--;
		if (process->is_leaving)
			tell = false;
		else if (group_dead)
			note_exit(process);
		else
			tell = complete_stop(session, process) ||
			       note_no_resumed(process);
		tell |= group_dead && !process->is_leaving;
	}
	WRITE_ONCE(thread->state, THREAD_DEAD);
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
	case STOP_LAUNCHED:
		return true;
	default:
		return false;
	}
}

/**
 * session_event() - a thread has something to tell
 * @thread: the current thread
 * @event: what; its tid and registers are filled in here
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
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	struct stop_event full = *event;
	bool first;

	full.tid = thread->tid;
	spin_lock(&session->lock);
	first = session->state == SESSION_RUNNING &&
		thread->state == THREAD_RUNNING && !process->is_leaving;
	if (first) {
		session->event = full;
		begin_stop(session, process, thread);
	} else if (is_kept(event->kind)) {
		thread->pending = full;
	}
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
		READ_ONCE(thread->process->session->state) != SESSION_RUNNING);
}

/* The event's thread has come: its registers can be told with the event. */
static void note_thread(struct stop_event *event, struct gdb_thread *thread)
{
	if (event->any_thread &&
	    (!event->tid || thread->task == thread->process->leader))
		event->tid = thread->tid;
	if (event->tid == thread->tid)
		fill_regs(event, current_pt_regs());
}

/**
 * session_arrive() - a thread is at the user boundary and can stop
 * @thread: the current thread
 * @is_last: set to whether the stop is complete with it: the caller reports it
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
	if (process->is_leaving) {
		stops = false;
	} else if (thread->state == THREAD_RUNNING) {
		stops = session->state != SESSION_RUNNING;
		if (stops) {
			thread->state = THREAD_STOPPED;
			session->nr_running--;
			note_thread(&session->event, thread);
			*is_last = complete_stop(session, process);
		}
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
	struct gdb_process *process = thread->process;
	bool hold;

	if (!READ_ONCE(process->stepper))
		return false;
	spin_lock(&process->session->lock);
	hold = process->stepper && process->stepper != thread;
	thread->held = hold;
	spin_unlock(&process->session->lock);
	return hold;
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
	struct gdb_process *process = session_process(session);
	bool done = false;

	if (!process)
		return false;
	spin_lock(&session->lock);
	if (session->state == SESSION_RUNNING && !process->execs_left) {
		memset(&session->event, 0, sizeof(session->event));
		session->event.kind = STOP_SIGNAL;
		session->event.signo = SIGINT;
		session->event.any_thread = true;
		begin_stop(session, process, NULL);
		done = complete_stop(session, process);
	}
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
	struct gdb_process *process = session_process(session);
	struct gdb_thread *thread;
	bool done = false;

	spin_lock(&session->lock);
	if (process && session->state == SESSION_STOPPING &&
	    !process_is_dying(process)) {
		list_for_each_entry(thread, &process->threads, entry)
			if (!thread->guest && thread->state == THREAD_RUNNING)
				ask_stop(session, thread);
		session->state = SESSION_STOPPED;
		done = true;
	}
	spin_unlock(&session->lock);
	return done;
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
	struct gdb_process *process = session_process(session);
	struct gdb_thread *thread;
	bool found = false;

	spin_lock(&session->lock);
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state != THREAD_STOPPED || !thread->is_resumed)
			continue;
		if (thread->pending.kind == STOP_STEP &&
		    thread->resume == RESUME_CONTINUE)
			thread->pending.kind = STOP_NONE;
		if (thread->pending.kind == STOP_NONE)
			continue;
		session->event = thread->pending;
		thread->pending.kind = STOP_NONE;
		found = true;
		break;
	}
	spin_unlock(&session->lock);
	return found;
}

/**
 * session_resume() - let the threads that are marked for it run
 * @session: STOPPED
 *
 * Threads that have not arrived are running already.
 *
 * Context: session.cmd_lock held.
 */
void session_resume(struct gdb_session *session)
{
	struct gdb_process *process = session_process(session);
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	session->state = SESSION_RUNNING;
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state != THREAD_STOPPED || !thread->is_resumed)
			continue;
		thread->state = THREAD_RUNNING;
		session->nr_running++;
	}
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state != THREAD_RUNNING || !thread->is_resumed)
			continue;
		thread->is_resumed = false;
		if (thread->inject)
			thread_interrupt(thread);
		else
			thread_poke(thread);
	}
	spin_unlock(&session->lock);
}
