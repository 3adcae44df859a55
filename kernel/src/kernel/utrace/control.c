// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: what a tracer asks of a task from outside its callbacks.
 *
 * Each call locks the engine's struct utrace, notes the wish in the engine, and
 * lets stop.c make the task come. The task's own state is never touched here.
 */
#include <linux/export.h>
#include <linux/ptrace.h>
#include <linux/resume_user_mode.h>

#include "utrace.h"

/* Is the callback that ran at the @seen-th end of one still running? */
static bool is_reporting(struct utrace *utrace, struct utrace_engine *engine,
			 unsigned int seen)
{
	return READ_ONCE(utrace->reporting) == engine &&
	       READ_ONCE(utrace->nr_callbacks) == seen;
}

static int wait_for_callback(struct utrace *utrace,
			     struct utrace_engine *engine, unsigned int seen)
{
	wait_queue_head_t *queue = &utrace->barrier;

	return wait_event_interruptible(*queue,
					!is_reporting(utrace, engine, seen));
}

/* Does this engine's callback run just now, in another context than ours? */
static bool callback_runs_elsewhere(struct utrace *utrace,
				    struct utrace_engine *engine)
{
	return utrace->reporting == engine && utrace->reporter != current;
}

/*
 * Too late: newly setting what the end of the task has passed, or clearing what
 * may be on its way.
 */
static bool is_too_late(const struct utrace *utrace, unsigned long old,
			unsigned long events)
{
	const unsigned long end = UTRACE_EVENT(DEATH) | UTRACE_EVENT(QUIESCE);
	unsigned long cleared = old & ~events;

	if (utrace->stage == UTRACE_ALIVE)
		return false;
	if ((events & ~old & end) || (cleared & UTRACE_EVENT(DEATH)))
		return true;
	return (utrace->stage == UTRACE_REAPED || utrace->reap_due) &&
	       (cleared & UTRACE_EVENT(REAP));
}

/**
 * utrace_set_events() - choose the events an engine gets
 * @task: What the engine is attached to.
 * @engine: The engine; the caller owns a reference.
 * @events: UTRACE_EVENT() bits; they replace the old mask.
 *
 * After 0, no callback for an event that was cleared is running or will be
 * made. On a running task a newly set event may be missed once if it is
 * happening at this moment.
 *
 * Context: Task context, callbacks included, interrupts on. Does not sleep: the
 * caller may hold a plain spinlock.
 * Return:
 * * 0: done.
 * * -EINPROGRESS: done, and a callback to this engine may be running, which may
 *   be one that was just disabled: utrace_barrier() waits for it.
 * * -EALREADY: nothing was changed. DEATH or QUIESCE is newly set on a task at
 *   its end, or DEATH or REAP is cleared when its report may have begun.
 * * -EINVAL: there is no such event.
 * * -ESRCH: the engine is detached.
 */
int utrace_set_events(struct task_struct *task, struct utrace_engine *engine,
		      unsigned long events)
{
	struct utrace *utrace;
	unsigned long old;
	int ret = 0;

	if (events & ~UTRACE_EVENT_ALL)
		return -EINVAL;
	utrace = utrace_lock_engine(task, engine);
	if (!utrace)
		return -ESRCH;
	old = engine->flags;
	if (engine->detached) {
		ret = -ESRCH;
	} else if (is_too_late(utrace, old, events)) {
		ret = -EALREADY;
	} else {
		WRITE_ONCE(engine->flags, events);
		utrace_update_flags_locked(utrace);
		if ((old & ~events) && callback_runs_elsewhere(utrace, engine))
			ret = -EINPROGRESS;
	}
	utrace_unlock_engine(utrace);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_set_events);

/**
 * utrace_set_syscalls() - choose the system calls that an engine hears of
 * @task: What the engine is attached to.
 * @engine: The engine; the caller owns a reference.
 * @syscalls: A bitmap of UTRACE_NR_SYSCALLS bits, by the number that
 *	syscall_get_nr() gives; it is copied. NULL: all calls.
 *
 * Says which calls report_syscall_entry and report_syscall_exit are made for, if
 * they are in the mask at all; without this, for all. It is there for the speed
 * of the other calls. What is not in the bitmap may come all the same: when
 * another engine wants it, or the number is not below UTRACE_NR_SYSCALLS. The
 * exit of a call whose entry was reported is reported, whatever became of its
 * number. A call that the task is about to make at this moment may be missed
 * once, or come once more.
 *
 * Context: As utrace_set_events().
 * Return:
 * * 0: done.
 * * -ESRCH: the engine is detached.
 */
int utrace_set_syscalls(struct task_struct *task, struct utrace_engine *engine,
			const unsigned long *syscalls)
{
	struct utrace *utrace = utrace_lock_engine(task, engine);
	int ret = 0;

	if (!utrace)
		return -ESRCH;
	if (engine->detached) {
		ret = -ESRCH;
	} else {
		engine->has_syscalls = syscalls;
		if (syscalls)
			bitmap_copy(engine->syscalls, syscalls,
				    UTRACE_NR_SYSCALLS);
		utrace_update_flags_locked(utrace);
	}
	utrace_unlock_engine(utrace);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_set_syscalls);

/*
 * An engine leaves. While its callback runs elsewhere it stays in the list,
 * marked; who makes the callback removes it then.
 */
static int detach_locked(struct utrace *utrace, struct utrace_engine *engine)
{
	/* Reaped in parallel or not: report_death comes, or came, first. */
	if ((utrace->stage == UTRACE_EXITING ||
	     utrace->stage == UTRACE_DEATH_RUNNING) &&
	    (engine->flags & UTRACE_EVENT(DEATH)))
		return -EALREADY;
	if (utrace->stage == UTRACE_REAPED || utrace->reap_due)
		return -ESRCH;
	engine->stopped = false;
	engine->resume = UTRACE_RESUME;
	if (utrace->reporting == engine) {
		engine->detached = true;
		WRITE_ONCE(engine->flags, 0);
		utrace_update_flags_locked(utrace);
		utrace_update_hold_locked(utrace);
		return utrace->reporter == current ? 0 : -EINPROGRESS;
	}
	utrace_engine_remove_locked(utrace, engine);
	utrace_update_hold_locked(utrace);
	/* The task drops the single-step that it may have armed for us. */
	if (utrace->stage == UTRACE_ALIVE)
		set_notify_resume(utrace->task);
	return 0;
}

static int check_step(const struct utrace_engine *engine, bool block)
{
	if (!engine->stopped)
		return -EAGAIN;
	if (block ? !arch_has_block_step() && !arch_has_single_step() :
		    !arch_has_single_step())
		return -EOPNOTSUPP;
	return 0;
}

/* Lifts this engine's stop and notes what the task shall do instead. */
static void resume_locked(struct utrace *utrace, struct utrace_engine *engine,
			  enum utrace_resume_action action)
{
	engine->stopped = false;
	engine->unanswered = false;
	engine->resume = action;
	if (action == UTRACE_REPORT || action == UTRACE_INTERRUPT)
		utrace_request_locked(utrace, action == UTRACE_INTERRUPT);
	utrace_update_hold_locked(utrace);
	/* For the task to arm or disarm single-step. */
	set_notify_resume(utrace->task);
}

static int control_locked(struct utrace *utrace, struct utrace_engine *engine,
			  enum utrace_resume_action action)
{
	int ret;

	if (engine->detached)
		return -ESRCH;
	if (action == UTRACE_DETACH)
		return detach_locked(utrace, engine);
	if (utrace->stage != UTRACE_ALIVE)
		return -ESRCH;
	if (action == UTRACE_SINGLESTEP || action == UTRACE_BLOCKSTEP) {
		ret = check_step(engine, action == UTRACE_BLOCKSTEP);
		if (ret)
			return ret;
	}
	if (utrace->reporting == engine)
		utrace->asked = utrace->reporter != current;
	if (action == UTRACE_STOP)
		return utrace_stop_locked(utrace, engine);
	resume_locked(utrace, engine, action);
	return 0;
}

/**
 * utrace_control() - ask a task to stop, run, step or report
 * @task: What the engine is attached to.
 * @engine: The engine; the caller owns a reference.
 * @action: What to do, see &enum utrace_resume_action.
 *
 * When a callback to this engine is running meanwhile, this call is the later
 * word: what the callback returns does not undo it. A call that the callback
 * itself makes after that is later still: it undoes the other one, and what the
 * callback returns counts again.
 *
 * UTRACE_STOP: 0 if the task is stopped already, for tracing or for job
 * control, or on its way into such a stop from another; it stays there and
 * makes no callback. Else -EINPROGRESS, and a report_quiesce or report_signal
 * comes soon, whose return value decides; an engine without these callbacks has
 * its stop all the same. This holds also for a task that is about to stop
 * because a callback said so but does not sleep yet. A system call that blocks
 * is not broken off; UTRACE_INTERRUPT does that.
 *
 * UTRACE_SINGLESTEP, UTRACE_BLOCKSTEP: only on a task that this engine holds.
 *
 * UTRACE_DETACH: After 0 no callback comes any more. The task runs on unless
 * another engine or ptrace holds it, and no single-step is left behind.
 *
 * Context: Task context, callbacks included, interrupts on. Does not sleep: the
 * caller may hold a plain spinlock.
 * Return:
 * * 0: done.
 * * -EINPROGRESS: for UTRACE_STOP, the task does not stand still yet. For
 *   UTRACE_DETACH, a callback to this engine is running: utrace_barrier() waits
 *   for it.
 * * -EALREADY: DETACH, and report_death is coming or running. When it is over,
 *   and the task is not reaped, DETACH succeeds.
 * * -EAGAIN: stepping a task that this engine does not hold.
 * * -EOPNOTSUPP: the machine cannot step.
 * * -EINVAL: there is no such action.
 * * -ESRCH: the engine is detached, the task is being reaped, or it is dead and
 *   @action is not DETACH.
 */
int utrace_control(struct task_struct *task, struct utrace_engine *engine,
		   enum utrace_resume_action action)
{
	struct utrace *utrace;
	int ret;

	if ((unsigned int)action > UTRACE_DETACH)
		return -EINVAL;
	utrace = utrace_lock_engine(task, engine);
	if (!utrace)
		return -ESRCH;
	ret = control_locked(utrace, engine, action);
	utrace_unlock_engine(utrace);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_control);

/**
 * utrace_barrier() - wait until no callback to an engine is running
 * @task: What the engine is, or was, attached to.
 * @engine: The engine; the caller owns a reference.
 *
 * After 0 or -ESRCH, no callback that was disabled before the call, by
 * utrace_set_events() or UTRACE_DETACH, is running: a module may unload. For an
 * engine that UTRACE_DETACH came too late for, only -ESRCH says that its
 * report_death and report_reap are over.
 *
 * Context: Task context, may sleep, no lock held that a callback takes.
 * Return:
 * * 0: no callback is running.
 * * -ESRCH: the same, and the engine is fully detached.
 * * -ERESTARTSYS: a signal came while waiting.
 * * -EDEADLK: the caller is the callback that it would wait for.
 */
int utrace_barrier(struct task_struct *task, struct utrace_engine *engine)
{
	struct utrace *utrace = utrace_lock_engine(task, engine);
	unsigned int seen;
	int ret = 0;

	if (!utrace)
		return -ESRCH;
	seen = utrace->nr_callbacks;
	if (utrace->reporting == engine) {
		/* The task keeps the structure that we sleep on. */
		get_task_struct(utrace->task);
		ret = utrace->reporter == current ? -EDEADLK : 1;
	}
	utrace_unlock_engine(utrace);
	if (!ret)
		return 0;
	if (ret > 0)
		ret = wait_for_callback(utrace, engine, seen);
	put_task_struct(utrace->task);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_barrier);

/**
 * utrace_set_events_pid() - utrace_set_events() through a struct pid
 * @pid: The thread's pid; the caller owns a reference.
 * @engine: The engine; the caller owns a reference.
 * @events: The new mask.
 *
 * After an execve() by another thread than the leader a pid may lead to
 * another task than the one that the engine is attached to: -ESRCH.
 *
 * Context: As utrace_set_events().
 * Return: As utrace_set_events(); -ESRCH also when no thread has the pid.
 */
int utrace_set_events_pid(struct pid *pid, struct utrace_engine *engine,
			  unsigned long events)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	int ret;

	if (!task)
		return -ESRCH;
	ret = utrace_set_events(task, engine, events);
	put_task_struct(task);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_set_events_pid);

/**
 * utrace_control_pid() - utrace_control() through a struct pid
 * @pid: The thread's pid; the caller owns a reference.
 * @engine: The engine; the caller owns a reference.
 * @action: What to do.
 *
 * Context: As utrace_control().
 * Return: As utrace_control(); -ESRCH also when no thread has the pid.
 */
int utrace_control_pid(struct pid *pid, struct utrace_engine *engine,
		       enum utrace_resume_action action)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	int ret;

	if (!task)
		return -ESRCH;
	ret = utrace_control(task, engine, action);
	put_task_struct(task);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_control_pid);

/**
 * utrace_barrier_pid() - utrace_barrier() through a struct pid
 * @pid: The thread's pid; the caller owns a reference.
 * @engine: The engine; the caller owns a reference.
 *
 * Context: As utrace_barrier().
 * Return: As utrace_barrier(); -ESRCH also when no thread has the pid.
 */
int utrace_barrier_pid(struct pid *pid, struct utrace_engine *engine)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	int ret;

	if (!task)
		return -ESRCH;
	ret = utrace_barrier(task, engine);
	put_task_struct(task);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_barrier_pid);

#ifdef CONFIG_UTRACE_KUNIT_TEST
#include "control_test.c"
#endif
