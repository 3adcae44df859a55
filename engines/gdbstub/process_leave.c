// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a process is left, clean and running; and what becomes of threads that run
 * on in memory that is still debugged, as guests.
 */
#include <linux/jiffies.h>
#include <linux/sched/mm.h>
#include <linux/wait.h>

#include "displace.h"
#include "process.h"
#include "session.h"
#include "step.h"

/* How long a leave looks for threads that cannot come to the user boundary. */
#define LEAVE_LIMIT_MS 10000

/*
 * A signal that was shown to the client and not yet passed on or discarded by
 * it: the program gets it when the client goes away without a word. A detach
 * delivers it only if the client's user lets such signals through.
 */
static void keep_parked_signal(struct gdb_thread *thread, bool is_detach)
{
	const struct gdb_client *client = &thread->process->session->client;
	int signo = thread->shown;

	if (!signo || thread->state != THREAD_STOPPED)
		return;
	thread->shown = 0;
	if (!thread->has_siginfo || thread->siginfo.si_signo != signo)
		return;
	if (is_detach &&
	    (client->has_program_signals ? !test_bit(signo, client->program) :
					   signo == SIGTRAP))
		return;
	/* It was resumed with one, and stopped for this one before it took that. */
	if (thread->inject)
		thread_give_injected(thread, false);
	thread->inject = signo;
}

/**
 * process_keep_signals_locked() - give back the signals that the client was shown
 * @process: it is let go, or its client is gone
 * @is_detach: the client said so
 *
 * It may be long ago: other threads may have been resumed, and have stopped,
 * since. A thread that has one may arrive at its stop at any time. One that has done so
 * before this has its signal kept here; one that comes later finds that it does
 * not stop, and keeps it itself (take_signal()). So there must be nothing in
 * between: who calls this releases the threads before it drops the lock.
 *
 * Context: session.lock held, and session.cmd_lock, which keeps threads stopped;
 * or the process's only thread, in its exec: none is stopped then.
 */
void process_keep_signals_locked(struct gdb_process *process, bool is_detach)
{
	struct gdb_thread *thread;

	lockdep_assert_held(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		keep_parked_signal(thread, is_detach);
}

/**
 * process_begin_leave_locked() - the first step of process_leave()
 * @process: the process
 * @is_detach: the client said so
 *
 * From here on its threads are not counted. A step that is under way in it has
 * no end; the others that are held for it run.
 *
 * Context: session.lock held; else as process_keep_signals_locked().
 */
void process_begin_leave_locked(struct gdb_process *process, bool is_detach)
{
	struct breakpoint_table *table = process->breakpoints;
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	process_keep_signals_locked(process, is_detach);
	nonstop_forget(&process->note);
	list_for_each_entry(thread, &process->threads, entry) {
		nonstop_forget(&thread->note);
		thread->held = false;
		roster_uncount(thread);
		if (table->stepper == thread)
			step_over_release(session, table);
	}
	roster_all_came(process);
	WRITE_ONCE(process->is_leaving, true);
}

/*
 * What was proven once stays so: one that was asleep, and was not poked since, may
 * be in user mode by now and not come by for long.
 */
static bool look_for_pass(struct gdb_thread *thread)
{
	bool passed = thread_has_passed(thread);

	if (passed)
		WRITE_ONCE(thread->passed, true);
	return passed;
}

/*
 * The text is clean: from here on, what a thread does at the user boundary
 * proves something, and no thread is added. One that has nothing to do there is
 * not woken: it is held, or sleeps, until it is detached. So a client that leaves
 * a thread at the entry of an execve() leaves it before that has begun.
 */
static void poke_all(struct gdb_process *process)
{
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	WRITE_ONCE(process->is_lifted, true);
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->inject || thread->waits_for_memory ||
		    !look_for_pass(thread))
			thread_release(thread);
	}
	spin_unlock(&process->session->lock);
}

/*
 * One that stands still is put back from here, before it runs again; a freezer's
 * or a fault's sleep can be broken off. It was poked before it was seen to sleep,
 * so it is in no system call that would be broken off, nor comes to one.
 */
static void fetch(struct gdb_thread *thread)
	__must_hold(&thread->process->session->lock)
{
	struct gdb_session *session = thread->process->session;
	struct utrace_examiner exam;

	lockdep_assert_held(&session->lock);
	if (utrace_control(thread->task, thread->engine, UTRACE_STOP)) {
		thread_interrupt(thread);
		return;
	}
	spin_unlock(&session->lock);
	if (!thread_examine_begin(thread, &exam))
		thread_examine_end(thread, &exam);
	spin_lock(&session->lock);
	thread_release(thread);
}

/*
 * Who stands in a slot is not poked awake. A thread may come to stand there at any
 * time until it has passed, so this is done again while there are such. No thread
 * is added any more, and session.cmd_lock keeps those that are there.
 */
static void fetch_from_slots(struct gdb_process *process)
{
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		if (thread_sleeps_inside(thread))
			fetch(thread);
	spin_unlock(&process->session->lock);
}

static bool all_passed(struct gdb_process *process)
{
	struct gdb_thread *thread;
	bool passed = true;

	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		passed &= look_for_pass(thread);
	spin_unlock(&process->session->lock);
	return passed;
}

/* Also when its last thread has ended: others may share it. */
static struct mm_struct *text_mm_get(struct gdb_process *process)
{
	struct mm_struct *mm = process_mm_get(process);

	return mm ?: breakpoint_mm_get(process->breakpoints);
}

static void lift_text(struct gdb_process *process)
{
	struct mm_struct *mm = text_mm_get(process);

	breakpoint_lift_all(process->breakpoints, mm);
	if (mm)
		mmput(mm);
}

/* No thread is sent into an area any more, and none is in one. */
static void unmap_areas(struct gdb_process *process)
{
	struct mm_struct *mm = text_mm_get(process);

	if (!mm)
		return;
	breakpoint_outline_unmap(process->breakpoints, mm,
				 displace_is_inside_any, process);
	mmput(mm);
}

static struct gdb_thread *take_thread(struct gdb_process *process)
{
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	thread = list_first_entry_or_null(&process->threads, struct gdb_thread,
					  entry);
	if (thread)
		process_remove_thread_locked(thread);
	spin_unlock(&process->session->lock);
	return thread;
}

/*
 * A ptracer holds it at a stop of its own, or job control does, so it has not come
 * for its signal. That is in the queue before the thread can go on without an
 * engine: a SIGCONT or a stop that comes then does to it what it does to others.
 */
static void give_injected(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;

	spin_lock(&session->lock);
	if (thread->inject && thread->state != THREAD_DEAD)
		thread_give_injected(thread, false);
	spin_unlock(&session->lock);
}

/**
 * process_leave() - stop tracing a process, whatever it is doing
 * @process: the process; afterwards it has no threads
 * @is_detach: the client said so
 *
 * Its text is as it was, its debug registers are free, every thread runs on,
 * and none is killed by a trap that the tracing caused:
 *
 * 1. is_leaving is set: from here on the callbacks stop nobody, write no
 *    breakpoint, and swallow every trap of ours.
 * 2. All breakpoints are lifted. Between 1 and the end of 2 a thread can still
 *    execute one, so a callback in that time proves nothing, and a thread that
 *    is born is still traced.
 * 3. is_lifted is set, and threads that may have a trap of ours behind them, or
 *    have a signal to get, are poked; held ones of these run. Each is waited for
 *    until thread_has_passed(). Who comes by detaches its engine itself; who is
 *    stopped in a slot is fetched from there.
 * 4. The areas of displaced instructions are unmapped and all engines are
 *    detached; so those run that were held until now.
 *
 * The wait of step 3 depends on nothing but the threads' way through the kernel
 * to their user boundary; one that sleeps need not come, and one that job control,
 * another tracer or a cgroup's freezer stops has acted on its trap before. It is
 * bounded for the sake of threads that the freezer of a suspend keeps from it, and
 * of a clone() that waits for memory which nobody brings.
 *
 * A guest that has no threads any more leaves the text as it is, which is that
 * of a process that is debugged.
 *
 * Context: task; may sleep; session.cmd_lock held.
 */
void process_leave(struct gdb_process *process, bool is_detach)
{
	unsigned long limit = jiffies + msecs_to_jiffies(LEAVE_LIMIT_MS);
	bool owns_text = !session_shares_memory(process);
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	process_begin_leave_locked(process, is_detach);
	spin_unlock(&process->session->lock);
	if (owns_text)
		lift_text(process);
	watch_remove_all(process);
	poke_all(process);
	while (!all_passed(process) && time_before(jiffies, limit)) {
		fetch_from_slots(process);
		wait_event_timeout(process->wait, all_passed(process), 1);
	}
	if (owns_text)
		unmap_areas(process);
	while ((thread = take_thread(process))) {
		give_injected(thread);
		thread_detach(thread);
		/* One that became a guest has those of its days as a thread. */
		watch_remove_thread(thread);
		thread_free(thread);
	}
}

/*
 * From here on it is helped over breakpoints, and else left alone. Nothing is told
 * of it: a child that it has made is let go, see session_useless().
 */
static void make_guest(struct gdb_thread *thread)
{
	lockdep_assert_held(&thread->process->session->lock);
	roster_uncount(thread);
	nonstop_forget(&thread->note);
	memset(&thread->pending, 0, sizeof(thread->pending));
	thread->guest = true;
	thread->resume = RESUME_CONTINUE;
	thread->over_wanted |= thread->reported_break;
	thread_release(thread);
}

/**
 * process_make_guest() - leave a process whose memory another one still uses
 * @process: shares its breakpoints with a process that is debugged
 * @is_detach: the client said so
 *
 * It runs on and is helped over the breakpoints, until it executes another
 * program, ends, or the other one is left.
 *
 * Context: session.cmd_lock held; may sleep.
 */
void process_make_guest(struct gdb_process *process, bool is_detach)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	watch_remove_all(process);
	spin_lock(&session->lock);
	process_keep_signals_locked(process, is_detach);
	process->is_guest = true;
	process->is_hidden = true;
	list_for_each_entry(thread, &process->threads, entry)
		if (thread->state != THREAD_DEAD)
			make_guest(thread);
	spin_unlock(&session->lock);
}

/**
 * process_has_new_guest() - a thread of it became a guest
 * @process: the process
 *
 * Context: session.lock held.
 */
void process_has_new_guest(struct gdb_process *process)
{
	lockdep_assert_held(&process->session->lock);
	process->has_new_guests = true;
	session_kick(process->session, WORK_LOOK);
}

/**
 * process_lose_clones() - an exec leaves the clones behind
 * @process: the current thread's, which is no clone
 *
 * They run on, in the memory that the process has left, and are the client's
 * threads no more. One that such a clone is just making becomes a guest like its
 * maker, in session_thread_born(): whoever has session.lock second sees what the
 * first has done. Their debug registers are freed by process_clean_guests(),
 * since threads are kept by session.cmd_lock alone.
 *
 * Context: report_exec.
 */
void process_lose_clones(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state == THREAD_DEAD || thread->guest ||
		    !thread_is_clone(thread))
			continue;
		process->nr_threads--;
		make_guest(thread);
		process_has_new_guest(process);
	}
	spin_unlock(&session->lock);
}

/**
 * process_clean_guests() - free the debug registers of who became a guest
 * @process: the process
 *
 * Context: task; may sleep; session.cmd_lock held: it keeps the threads.
 */
void process_clean_guests(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	if (!READ_ONCE(process->has_new_guests))
		return;
	mutex_lock(&process->watch_lock);
	spin_lock(&session->lock);
	process->has_new_guests = false;
	list_for_each_entry(thread, &process->threads, entry) {
		if (!thread->guest)
			continue;
		spin_unlock(&session->lock);
		watch_remove_thread(thread);
		spin_lock(&session->lock);
	}
	spin_unlock(&session->lock);
	mutex_unlock(&process->watch_lock);
}

/**
 * process_leave_guest_locked() - a guest is not needed any more
 * @thread: the guest, in its process's list; its text is its own again
 *
 * As with a process that is left, it may have a trap behind it: it is let go when it
 * has passed, see thread_has_passed(). One that sleeps has, and one that does not comes
 * by, without a limit: it is in the way of nobody.
 *
 * Context: session.lock held.
 */
void process_leave_guest_locked(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;

	lockdep_assert_held(&process->session->lock);
	WRITE_ONCE(thread->is_left, true);
	process->has_left_guests = true;
	thread_release(thread);
}

/**
 * process_leave_guests() - an exec has left the memory in which the guests are
 * @process: the current thread's; has a table of its own, which is empty
 *
 * Context: report_exec.
 */
void process_leave_guests(struct gdb_process *process)
{
	struct breakpoint_table *table = process->breakpoints;
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	if (table->stepper)
		step_over_release(session, table);
	list_for_each_entry(thread, &process->threads, entry)
		if (thread->state != THREAD_DEAD && thread->guest)
			process_leave_guest_locked(thread);
	spin_unlock(&session->lock);
	session_kick(session, WORK_LOOK);
}

static struct gdb_thread *take_left_guest(struct gdb_process *process)
{
	struct gdb_thread *thread, *found = NULL;
	bool has_more = false;

	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry) {
		if (!thread->is_left || thread->state == THREAD_DEAD)
			continue;
		has_more = true;
		if (!look_for_pass(thread))
			continue;
		found = thread;
		break;
	}
	process->has_left_guests = has_more;
	if (found)
		process_remove_thread_locked(found);
	spin_unlock(&process->session->lock);
	return found;
}

/**
 * process_drop_guests() - let those go that process_leave_guests() has left
 * @process: the process
 *
 * Context: task; may sleep; session.cmd_lock held.
 */
void process_drop_guests(struct gdb_process *process)
{
	struct gdb_thread *thread;

	while (READ_ONCE(process->has_left_guests) &&
	       (thread = take_left_guest(process))) {
		give_injected(thread);
		thread_detach(thread);
		watch_remove_thread(thread);
		thread_free(thread);
	}
}
