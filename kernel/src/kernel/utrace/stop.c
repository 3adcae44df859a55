// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: stop, resume, interrupt, step.
 *
 * The only file that touches a task's state, its TIF_* and JOBCTL_* bits.
 *
 * A thread that is held sleeps in TASK_TRACED with JOBCTL_HELD, never with
 * JOBCTL_TRACED: wait(2) and ptrace(2) do not see it, /proc shows "t", SIGKILL
 * wakes it, the freezers take it as frozen and the hung-task detector leaves it
 * alone. JOBCTL_UTRACE means "come to get_signal(), somebody wants you".
 *
 * Single-step is armed by the thread itself, last thing before user mode, from
 * what all engines and ptrace want: user_enable_single_step() reads user code
 * and may sleep, and is only safe on current.
 */
#include <linux/build_bug.h>
#include <linux/cgroup.h>
#include <linux/export.h>
#include <linux/ptrace.h>
#include <linux/resume_user_mode.h>
#include <linux/sched/signal.h>
#include <trace/events/utrace.h>

#include "utrace.h"

static_assert(PT_STEP > PT_EXITKILL && PT_STEP > PT_SUSPEND_SECCOMP);

static void count_stops_locked(struct utrace *utrace, bool *hold, bool *inner)
{
	struct utrace_engine *engine;

	*hold = false;
	*inner = false;
	list_for_each_entry(engine, &utrace->engines, entry) {
		if (!engine->stopped || engine->detached)
			continue;
		*hold = true;
		*inner |= utrace_has_answered(engine);
	}
}

/**
 * utrace_update_hold_locked() - hold or release the task as engines want it
 * @utrace: The tracing state; its lock is held.
 *
 * A thread that sleeps in the hold is woken if it is not held any more. The
 * test of JOBCTL_HELD is essential: ptrace_stop() sleeps in the same state, and
 * its sleepers are the ptracer's. Clearing the bit here makes a later look by
 * utrace_stop_locked() see a thread that runs, which it soon does.
 */
void utrace_update_hold_locked(struct utrace *utrace)
{
	struct task_struct *task = utrace->task;
	unsigned long flags;
	bool hold, inner;

	lockdep_assert_held(&utrace->lock);
	count_stops_locked(utrace, &hold, &inner);
	if ((hold == utrace->hold && inner == utrace->hold_inner) ||
	    !lock_task_sighand(task, &flags))
		return;
	WRITE_ONCE(utrace->hold, hold);
	utrace->hold_inner = inner;
	if (!(utrace->inner ? inner : hold)) {
		utrace->settled = false;
		if (task_is_held(task)) {
			task->jobctl &= ~JOBCTL_HELD;
			wake_up_state(task, __TASK_TRACED);
		}
	}
	unlock_task_sighand(task, &flags);
}

/**
 * utrace_stop_locked() - an engine wants the task to stop
 * @utrace: The tracing state; its lock is held.
 * @engine: The engine.
 *
 * A thread that is stopped passes a hold before anything else, whatever wakes
 * it. A running one is left to TIF_NOTIFY_RESUME: JOBCTL_UTRACE would break its
 * system call at the next recalc_sigpending(). So is one that stands at the exit
 * of a system call, which is on its way to user mode; ptrace_resume() may have
 * looked whether it is traced before it was, so the flag is set here, before
 * siglock lets it go.
 *
 * A callback that has returned UTRACE_STOP is an answer, and holds wherever the
 * event is, also when the engine asks once more before the thread sleeps. That
 * it does not sleep yet is all that -EINPROGRESS says then; utrace_hold() makes
 * the promised report before it does.
 *
 * Return: 0 if the task stands still, -EINPROGRESS if it is to come by,
 * -ESRCH if it is past that.
 */
int utrace_stop_locked(struct utrace *utrace, struct utrace_engine *engine)
{
	struct task_struct *task = utrace->task;
	unsigned long flags;
	bool answered = utrace_has_answered(engine);
	bool on_its_way;
	int ret = 0;

	lockdep_assert_held(&utrace->lock);
	engine->stopped = true;
	engine->resume = UTRACE_RESUME;
	if (!lock_task_sighand(task, &flags))
		return -ESRCH;
	on_its_way = utrace->hold && utrace->settled;
	WRITE_ONCE(utrace->hold, true);
	if (task_is_held(task) || on_its_way) {
		/* The hold goes on, or comes before any callback. */
	} else if ((task->jobctl & (JOBCTL_STOPPED | JOBCTL_TRACED)) &&
		   !utrace->jctl && !__fatal_signal_pending(task)) {
		utrace->settled = true;
	} else {
		utrace->settled = false;
		utrace->report = true;
		ret = -EINPROGRESS;
	}
	engine->unanswered = ret && !answered;
	utrace->hold_inner |= !engine->unanswered;
	set_notify_resume(task);
	unlock_task_sighand(task, &flags);
	return ret;
}

/*
 * Is the task past the last place where it may be asked to come by? The kernel
 * sets PF_POSTCOREDUMP for each that exits, before PTRACE_EVENT_EXIT; with an
 * engine it is so from report_exit on.
 */
static bool is_past_exit(const struct utrace *utrace)
{
	const struct task_struct *task = utrace->task;

	return utrace->exiting ||
	       (task->flags & (PF_EXITING | PF_POSTCOREDUMP)) ||
	       (task->signal->flags & SIGNAL_GROUP_EXIT);
}

/**
 * utrace_request_locked() - ask for a report before user mode
 * @utrace: The tracing state; its lock is held.
 * @interrupt: Break off a system call that blocks.
 *
 * On a held thread the request waits until the release. A thread that exits or
 * dumps core does not come to the user boundary any more, and is not disturbed
 * in what it waits for.
 */
void utrace_request_locked(struct utrace *utrace, bool interrupt)
{
	struct task_struct *task = utrace->task;
	unsigned long flags;

	lockdep_assert_held(&utrace->lock);
	if (!interrupt) {
		utrace->report = true;
	} else if (lock_task_sighand(task, &flags)) {
		utrace->interrupt = true;
		if (!is_past_exit(utrace)) {
			task->jobctl |= JOBCTL_UTRACE;
			signal_wake_up(task, false);
		}
		unlock_task_sighand(task, &flags);
	}
	set_notify_resume(task);
}

/**
 * utrace_route_to_boundary() - make current pass get_signal() before user mode
 *
 * Context: current; no locks.
 */
void utrace_route_to_boundary(void)
{
	spin_lock_irq(current_siglock());
	current->jobctl |= JOBCTL_UTRACE;
	set_thread_flag(TIF_SIGPENDING);
	spin_unlock_irq(current_siglock());
}

/**
 * utrace_poke() - make the current thread report before it returns to user mode
 *
 * For handlers of hardware events, such as a debug exception: nothing is locked
 * or allocated. The report is report_quiesce with event 0 to every engine that
 * has QUIESCE set.
 *
 * Context: Any, NMI included. Without an engine on current nothing happens.
 */
void utrace_poke(void)
{
	struct utrace *utrace = utrace_of(current);

	if (!utrace)
		return;
	WRITE_ONCE(utrace->poked, true);
	/* Pairs with the clearing of the flag in resume_user_mode_work(). */
	smp_mb__before_atomic();
	set_thread_flag(TIF_NOTIFY_RESUME);
}
EXPORT_SYMBOL_GPL(utrace_poke);

/*
 * May current go to sleep in a hold? SIGKILL and its equivalents win; at the
 * boundary ptrace traps and, for the ptracer to see it, group stop go first.
 */
static bool may_hold(const struct utrace *utrace, enum utrace_hold_kind kind)
{
	const struct signal_struct *signal = current->signal;

	if (!(kind == UTRACE_HOLD_BOUNDARY ? utrace->hold : utrace->hold_inner))
		return false;
	if (__fatal_signal_pending(current))
		return false;
	if (kind == UTRACE_HOLD_EXIT)
		return !utrace->killed;
	if ((signal->flags & SIGNAL_GROUP_EXIT) || signal->group_exec_task)
		return false;
	if (kind == UTRACE_HOLD_INNER)
		return true;
	if (current->jobctl & JOBCTL_TRAP_MASK)
		return false;
	return !(current->ptrace && (current->jobctl & JOBCTL_STOP_PENDING));
}

/*
 * One sleep. set_special_state() under siglock closes the race with a release,
 * a SIGKILL or a trap that comes now: each takes siglock to wake us, and finds
 * us in the state that it wakes.
 */
static void sleep_held(struct utrace *utrace, enum utrace_hold_kind kind)
	__must_hold(&current->sighand->siglock)
{
	bool group_stopped;

	trace_utrace_stop(current, kind);
	set_special_state(TASK_TRACED);
	current->jobctl |= JOBCTL_HELD;
	/* The stop that it joins when it is let go may be another one. */
	utrace->stop_told = false;
	utrace->settled = true;
	utrace->inner = kind != UTRACE_HOLD_BOUNDARY;
	group_stopped = utrace_settle_group_stop();
	spin_unlock_irq(current_siglock());
	if (group_stopped)
		utrace_notify_group_stop();
	cgroup_enter_frozen();
	schedule();
	cgroup_leave_frozen(true);
	trace_utrace_resume(current, kind);
	spin_lock_irq(current_siglock());
	current->jobctl &= ~JOBCTL_HELD;
	utrace->inner = false;
}

/*
 * At the boundary get_signal() makes a report that is due before it holds.
 * Elsewhere there is nothing between the event and the sleep, and whoever was
 * told -EINPROGRESS in that time would wait for the report until the release.
 */
static bool report_before_sleep(struct utrace *utrace,
				enum utrace_hold_kind kind)
	__must_hold(&current->sighand->siglock)
{
	if (kind == UTRACE_HOLD_BOUNDARY || utrace->settled ||
	    !utrace_report_due(utrace))
		return false;
	spin_unlock_irq(current_siglock());
	utrace_report_requests(utrace);
	spin_lock_irq(current_siglock());
	return true;
}

/**
 * utrace_hold() - sleep while engines hold current
 * @utrace: current's tracing state.
 * @kind: Where this is.
 *
 * In an inner hold JOBCTL_UTRACE is dropped at the end unless a system call is
 * to be broken off: it would break the one that is about to start.
 *
 * Context: siglock held at entry and at return, dropped in between; no other
 * lock.
 */
void utrace_hold(struct utrace *utrace, enum utrace_hold_kind kind)
{
	lockdep_assert_held(current_siglock());
	while (may_hold(utrace, kind)) {
		if (report_before_sleep(utrace, kind))
			continue;
		sleep_held(utrace, kind);
		/* Released and asked to stop again: it comes by first. */
		if (!utrace->settled)
			break;
	}
	if (kind != UTRACE_HOLD_BOUNDARY && !utrace->interrupt)
		current->jobctl &= ~JOBCTL_UTRACE;
	set_thread_flag(TIF_NOTIFY_RESUME);
	utrace_recalc_sigpending();
}

void __utrace_hold_trap(void)
{
	struct utrace *utrace = utrace_of(current);
	bool exits = current->flags & PF_POSTCOREDUMP;

	/* In its exit it has, or may have, ended its process itself. */
	if (utrace->hold_inner)
		utrace_hold(utrace,
			    exits ? UTRACE_HOLD_EXIT : UTRACE_HOLD_INNER);
}

void __utrace_hold_vfork(void)
{
	spin_lock_irq(current_siglock());
	__utrace_hold_trap();
	spin_unlock_irq(current_siglock());
}

/*
 * Without the lock: a stop that holds here is an answer of the thread itself, or
 * was asked for while it stood in a trap of ptrace, and that is over.
 *
 * Signals that passed the thread over while it slept, and those that were taken
 * by siblings, are sorted out before the call starts: a stale TIF_SIGPENDING
 * would break it.
 */
bool __utrace_syscall_hold(void)
{
	struct utrace *utrace = utrace_of(current);

	if (!utrace || !READ_ONCE(utrace->hold_inner))
		return __fatal_signal_pending(current);
	spin_lock_irq(current_siglock());
	if (utrace->hold_inner) {
		utrace_hold(utrace, UTRACE_HOLD_INNER);
		recalc_sigpending();
	}
	spin_unlock_irq(current_siglock());
	return __fatal_signal_pending(current);
}

static void count_steps_locked(struct utrace *utrace, bool *single, bool *block)
{
	struct utrace_engine *engine;

	lockdep_assert_held(&utrace->lock);
	*single = false;
	*block = false;
	list_for_each_entry(engine, &utrace->engines, entry) {
		*single |= engine->resume == UTRACE_SINGLESTEP;
		*block |= engine->resume == UTRACE_BLOCKSTEP;
	}
}

/* Notes whose the next trap of a step is. */
static void note_steppers_locked(struct utrace *utrace, bool is_trap_pending)
{
	struct utrace_engine *engine;

	lockdep_assert_held(&utrace->lock);
	list_for_each_entry(engine, &utrace->engines, entry)
		engine->armed = utrace_engine_steps(engine) ||
				(engine->armed && is_trap_pending);
}

/**
 * utrace_wants_step() - does an engine want current to step
 * @utrace: current's tracing state.
 *
 * Context: current; no locks.
 * Return: true if one does.
 */
bool utrace_wants_step(struct utrace *utrace)
{
	bool single, block;

	spin_lock(&utrace->lock);
	count_steps_locked(utrace, &single, &block);
	spin_unlock(&utrace->lock);
	return single || block;
}

/* A trap that a step has made and that was not dequeued yet is still ours. */
static bool is_trap_pending(void)
{
	return sigismember(&current->pending.signal, SIGTRAP);
}

/**
 * utrace_is_armed_locked() - is one there whose the armed step is
 * @utrace: The tracing state; its lock is held.
 *
 * All that asked for it may have left since, and others have come, whose wishes
 * are not armed yet: a step into a system call ends when the call does.
 *
 * Return: true if there is.
 */
bool utrace_is_armed_locked(const struct utrace *utrace)
{
	const struct utrace_engine *engine;

	lockdep_assert_held(&utrace->lock);
	list_for_each_entry(engine, &utrace->engines, entry)
		if (engine->armed)
			return true;
	return false;
}

/* At the end of a system call; a ptracer's step ends there, too. */
bool __utrace_drops_step(void)
{
	struct utrace *utrace = utrace_of(current);
	bool is_armed;

	spin_lock(&utrace->lock);
	is_armed = utrace_is_armed_locked(utrace);
	spin_unlock(&utrace->lock);
	return !is_armed && !(current->ptrace & (PT_STEP | PT_BLOCKSTEP));
}

#ifdef CONFIG_X86
/*
 * Before an instruction that loads the flags, x86 sets the trap flag without
 * noting that it did, as the instruction will overwrite it. Up to then the flag
 * would be taken for the program's own: it would show in registers and signal
 * frames, and trap when nobody steps any more. An instruction pointer that is
 * still there says that the instruction has not run.
 */
static bool take_back_step(struct utrace *utrace)
{
	struct pt_regs *regs = current_pt_regs();
	bool unused = utrace->armed_at &&
		      utrace->armed_at == instruction_pointer(regs);

	if (unused)
		regs->flags &= ~X86_EFLAGS_TF;
	utrace->armed_at = 0;
	return unused;
}

/**
 * utrace_take_back_step() - undo an arming that the thread has not used
 * @utrace: current's tracing state.
 *
 * It comes to utrace_arm() once more, which arms what is wanted then.
 *
 * Context: current, before callbacks and before a signal is acted on.
 */
void utrace_take_back_step(struct utrace *utrace)
{
	if (take_back_step(utrace))
		set_thread_flag(TIF_NOTIFY_RESUME);
}

static void arm_step(struct utrace *utrace, bool block)
{
	struct pt_regs *regs = current_pt_regs();
	bool was_set = regs->flags & X86_EFLAGS_TF;

	if (block)
		user_enable_block_step(current);
	else
		user_enable_single_step(current);
	if (!was_set && !test_thread_flag(TIF_FORCED_TF))
		utrace->armed_at = instruction_pointer(regs);
}
#else
static bool take_back_step(struct utrace *utrace)
{
	return false;
}

void utrace_take_back_step(struct utrace *utrace)
{
}

static void arm_step(struct utrace *utrace, bool block)
{
	if (block)
		user_enable_block_step(current);
	else
		user_enable_single_step(current);
}
#endif

/**
 * utrace_arm() - arm or disarm single-step as engines and ptrace want it
 * @utrace: current's tracing state.
 *
 * An engine that leaves after its wish was counted has set TIF_NOTIFY_RESUME,
 * and UTRACE_FLAG_STEPPING, set under the same lock as the count, makes current
 * come here once more to disarm.
 *
 * Context: current, last thing before user mode; no locks, may sleep.
 */
void utrace_arm(struct utrace *utrace)
{
	bool single, block, was_stepping, pending;

	spin_lock(&utrace->lock);
	count_steps_locked(utrace, &single, &block);
	was_stepping = utrace->stepping;
	pending = was_stepping && is_trap_pending();
	utrace->stepping = single || block || pending;
	if (utrace->stepping || was_stepping)
		note_steppers_locked(utrace, pending);
	if (utrace->stepping != was_stepping)
		utrace_update_flags_locked(utrace);
	spin_unlock(&utrace->lock);
	if (!single && !block && !was_stepping)
		return;
	single |= !!(current->ptrace & PT_STEP);
	block |= !!(current->ptrace & PT_BLOCKSTEP);
	/*
	 * Also before it is armed anew: after an instruction that loads the
	 * flags, x86 takes the trap flag that it sets next for the program's
	 * own, unless it finds itself disarmed, and would leave it behind.
	 * What is armed here again asks for no further visit: a thread that is
	 * preempted on its way out would come here for ever.
	 */
	take_back_step(utrace);
	user_disable_single_step(current);
	if (single || block)
		arm_step(utrace, !single && arch_has_block_step());
}

/*
 * A handler frame was set up, which has disarmed single-step. Whoever wants a
 * stop or a step sees the thread once more before its first instruction.
 */
bool __utrace_handler_step(int stepping)
{
	struct utrace *utrace = utrace_of(current);

	if (utrace_wants_step(utrace) || READ_ONCE(utrace->hold)) {
		utrace->handler = true;
		utrace_route_to_boundary();
	}
	set_thread_flag(TIF_NOTIFY_RESUME);
	return stepping && (current->ptrace & (PT_STEP | PT_BLOCKSTEP));
}

#ifdef CONFIG_UTRACE_KUNIT_TEST
#include "stop_test.c"
#endif
