// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: ptrace as an engine (CONFIG_UTRACE_PTRACE).
 *
 * There is at most one of these engines on a task. It is always the last in the
 * order of callbacks, and no other tracer can find it, nor does it make
 * exec unsafe by itself: its task's tracer does. Every stop is ptrace_stop(),
 * made within a callback of this engine. Others need not wait for it: nobody
 * comes after it in the round, and a barrier waits for its own engine only.
 *
 * System calls come in the round that all engines have. Every other stop is a
 * round of its own for this engine alone, begun where ptrace has always made the
 * stop: after a child was started, behind what the engines decided on a signal,
 * after a core dump was waited for. The code there tells ptrace_stop() to this
 * file, which begins the round and calls it back.
 *
 * The mask has the system calls, and belongs to the ptracer, which sets it
 * whenever it resumes the task. A ptracer that detaches or dies does so under
 * tasklist_lock, where no engine can be detached. The engine leaves in the next
 * callback that finds nobody.
 */
#include <linux/err.h>
#include <linux/ptrace.h>
#include <linux/thread_info.h>
#include <linux/utrace_ptrace.h>
#include <trace/events/utrace.h>

#include "utrace.h"

#define PTRACE_SYSCALL_WORK \
	(SYSCALL_WORK_SYSCALL_TRACE | SYSCALL_WORK_SYSCALL_EMU)

static void set_events_locked(struct utrace *utrace,
			      struct utrace_engine *engine,
			      unsigned long events)
{
	WRITE_ONCE(engine->flags, events);
	utrace_update_flags_locked(utrace);
}

/*
 * Nobody wants this: the ptracer left, or there is a new one that has not
 * resumed the task yet. The walk takes a detached engine out of the list.
 */
static u32 not_wanted(struct utrace_engine *engine, u32 action)
{
	struct utrace *utrace = utrace_of(current);

	spin_lock(&utrace->lock);
	set_events_locked(utrace, engine, 0);
	if (!current->ptrace) {
		engine->detached = true;
		WRITE_ONCE(utrace->ptrace, NULL);
	}
	spin_unlock(&utrace->lock);
	return UTRACE_RESUME | action;
}

static u32 ptrace_syscall_entry(u32 action, struct utrace_engine *engine,
				struct task_struct *task, struct pt_regs *regs)
{
	unsigned long work = READ_ONCE(current_thread_info()->syscall_work);

	action = utrace_syscall_action(action);
	if (!(work & PTRACE_SYSCALL_WORK))
		return not_wanted(engine, action);
	utrace_of(task)->ptrace_told = true;
	if (ptrace_report_syscall_entry(regs) ||
	    (work & SYSCALL_WORK_SYSCALL_EMU))
		action = UTRACE_SYSCALL_ABORT;
	return UTRACE_RESUME | action;
}

static u32 ptrace_syscall_exit(u32 action, struct utrace_engine *engine,
			       struct task_struct *task, struct pt_regs *regs)
{
	unsigned long work = READ_ONCE(current_thread_info()->syscall_work);

	if (!(work & SYSCALL_WORK_SYSCALL_TRACE))
		return not_wanted(engine, 0);
	utrace_of(task)->ptrace_told = true;
	ptrace_report_syscall_exit(regs, 0);
	return UTRACE_RESUME;
}

const struct utrace_engine_ops utrace_ptrace_ops = {
	.report_syscall_entry = ptrace_syscall_entry,
	.report_syscall_exit = ptrace_syscall_exit,
};

/* The next round begins anew. */
unsigned long __utrace_told_ptrace(void)
{
	struct utrace *utrace = utrace_of(current);

	if (!utrace || !utrace->ptrace_told)
		return 0;
	utrace->ptrace_told = false;
	return PTRACE_SYSCALL_WORK;
}

/*
 * Is there an engine to make current's stop, and does it not make it already?
 * Only current takes the engine away, and only current is its reporter, so both
 * are read without the lock. A thread that dies of an oops may hold the lock.
 */
static bool has_stop_to_make(const struct utrace *utrace)
{
	return utrace && !utrace->oops && READ_ONCE(utrace->ptrace) &&
	       READ_ONCE(utrace->reporting) != utrace->ptrace;
}

static void begin_stop(struct utrace *utrace)
{
	spin_lock(&utrace->lock);
	utrace_begin_callback_locked(utrace, utrace->ptrace);
	spin_unlock(&utrace->lock);
}

/* A ptracer that detached in the stop, or died, has left for good. */
static void end_stop(struct utrace *utrace, unsigned long event)
{
	struct utrace_engine *engine = utrace->ptrace;

	spin_lock(&utrace->lock);
	utrace_end_callback_locked(utrace);
	trace_utrace_report(utrace->task, engine, event, UTRACE_RESUME);
	if (!current->ptrace)
		utrace_engine_remove_locked(utrace, engine);
	spin_unlock(&utrace->lock);
}

/* What the engines before this one were told of it. */
static unsigned long event_of(int exit_code)
{
	switch (exit_code >> 8) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_VFORK_DONE:
		return UTRACE_EVENT(CLONE);
	case PTRACE_EVENT_EXEC:
		return UTRACE_EVENT(EXEC);
	case PTRACE_EVENT_EXIT:
		return UTRACE_EVENT(EXIT);
	case PTRACE_EVENT_SECCOMP:
		return UTRACE_EVENT(SYSCALL_ENTRY);
	default:
		return UTRACE_EVENT(SIGNAL);
	}
}

int __utrace_ptrace_notify(int exit_code, unsigned long message)
{
	struct utrace *utrace = utrace_of(current);
	int signr;

	if (!has_stop_to_make(utrace))
		return -1;
	begin_stop(utrace);
	signr = ptrace_notify(exit_code, message);
	end_stop(utrace, event_of(exit_code));
	return signr;
}

/*
 * siglock is dropped on both sides of ptrace_stop(). What comes in between is
 * as if it came before the stop or in it: SIGKILL and a ptracer that leaves are
 * what ptrace_stop() looks for first; a SIGCONT takes back JOBCTL_STOP_DEQUEUED,
 * which the caller has set before, as it does in the stop.
 */
bool __utrace_ptrace_signal(int *signr, kernel_siginfo_t *info)
	__must_hold(&current->sighand->siglock)
{
	struct utrace *utrace = utrace_of(current);

	lockdep_assert_held(current_siglock());
	if (!has_stop_to_make(utrace))
		return false;
	spin_unlock_irq(current_siglock());
	begin_stop(utrace);
	*signr = utrace_ptrace_stop_signal(*signr, info);
	end_stop(utrace, UTRACE_EVENT(SIGNAL));
	spin_lock_irq(current_siglock());
	return true;
}

static bool make_trap(struct utrace *utrace)
	__must_hold(&current->sighand->siglock)
{
	lockdep_assert_held(current_siglock());
	if (!has_stop_to_make(utrace))
		return false;
	spin_unlock_irq(current_siglock());
	begin_stop(utrace);
	utrace_ptrace_stop_trap();
	end_stop(utrace, UTRACE_EVENT(JCTL));
	spin_lock_irq(current_siglock());
	return true;
}

/*
 * The same for a trap. A SIGCONT that comes in between does not take the trap
 * back; it may turn a group stop into its end, and so it would in the stop.
 */
bool __utrace_ptrace_trap(void)
{
	return make_trap(utrace_of(current));
}

/*
 * Anybody may come here who may trace the task, also two at a time. An engine
 * that a former ptracer has left is used anew. It may be leaving at this moment:
 * then the first resume makes another.
 */
void __utrace_ptrace_attach(struct task_struct *task)
{
	struct utrace *utrace = utrace_get_or_create(task);
	struct utrace_engine *engine;

	if (IS_ERR(utrace) || READ_ONCE(utrace->ptrace))
		return;
	engine = utrace_engine_create(&utrace_ptrace_ops, NULL, current_cred());
	if (!engine)
		return;
	spin_lock(&utrace->lock);
	if (utrace->stage == UTRACE_ALIVE && !utrace->ptrace) {
		utrace_engine_add_locked(utrace, engine);
		WRITE_ONCE(utrace->ptrace, engine);
	} else {
		utrace_engine_put(engine);
	}
	spin_unlock(&utrace->lock);
	utrace_engine_put(engine);
}

void __utrace_ptrace_events(struct task_struct *task)
{
	unsigned long work = READ_ONCE(task_thread_info(task)->syscall_work);
	struct utrace *utrace = utrace_of(task);
	struct utrace_engine *engine;
	unsigned long events = 0;

	if (!utrace || !utrace->ptrace) {
		__utrace_ptrace_attach(task);
		utrace = utrace_of(task);
	}
	engine = utrace ? utrace->ptrace : NULL;
	if (work & PTRACE_SYSCALL_WORK)
		events |= UTRACE_EVENT(SYSCALL_ENTRY);
	if (work & SYSCALL_WORK_SYSCALL_TRACE)
		events |= UTRACE_EVENT(SYSCALL_EXIT);
	if (!engine || engine->flags == events)
		return;
	spin_lock(&utrace->lock);
	set_events_locked(utrace, engine, events);
	spin_unlock(&utrace->lock);
}
