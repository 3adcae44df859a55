// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: the round of callbacks, and the events that are made of one round.
 *
 * Everything here runs in the context of the traced task. The list of engines
 * is walked under utrace.lock, which is dropped for each callback; meanwhile
 * utrace.reporting keeps the engine in the list, so that the walk goes on from
 * it. An engine that is attached during a round comes last in it.
 */
#include <linux/binfmts.h>
#include <linux/entry-common.h>
#include <linux/ptrace.h>
#include <linux/resume_user_mode.h>
#include <linux/uprobes.h>
#include <asm/syscall.h>
#include <trace/events/utrace.h>

#include "utrace.h"

/*
 * Did this engine ask for the step that has just been made? One that asks now
 * means the next one.
 */
static bool claims_step(const struct utrace_engine *engine)
{
	return engine->armed && utrace_engine_steps(engine);
}

/*
 * A report that was asked for (REPORT, HANDLER) has no event bit of its own: it
 * goes to engines that quiesce or look at signals.
 */
static unsigned long wanted_events(const struct utrace_report *report)
{
	if (report->event)
		return report->event;
	if (!report->call)
		return UTRACE_EVENT(QUIESCE);
	return UTRACE_EVENT(QUIESCE) | UTRACE_EVENT_SIGNAL_ALL;
}

static bool wants_report(const struct utrace_report *report,
			 const struct utrace_engine *engine)
{
	if (engine->detached)
		return false;
	if (report->claimed && claims_step(engine))
		return true;
	return engine->flags & wanted_events(report);
}

/**
 * utrace_begin_callback_locked() - a callback to this engine is about to run
 * @utrace: The tracing state; its lock is held and dropped by the caller.
 * @engine: The engine.
 */
void utrace_begin_callback_locked(struct utrace *utrace,
				  struct utrace_engine *engine)
{
	lockdep_assert_held(&utrace->lock);
	utrace->reporter = current;
	utrace->asked = false;
	WRITE_ONCE(utrace->reporting, engine);
}

/**
 * utrace_end_callback_locked() - the callback is back
 * @utrace: The tracing state; its lock is held.
 *
 * wq_has_sleeper() orders the store before the look at the queue; the waiter in
 * utrace_barrier() queues itself before it looks at reporting.
 */
void utrace_end_callback_locked(struct utrace *utrace)
{
	lockdep_assert_held(&utrace->lock);
	utrace->nr_callbacks++;
	WRITE_ONCE(utrace->reporting, NULL);
	if (wq_has_sleeper(&utrace->barrier))
		wake_up_all(&utrace->barrier);
}

static u32 join_action(const struct utrace_report *report, u32 ret)
{
	return report->action | min(report->resume, utrace_resume_action(ret));
}

/*
 * Makes the callbacks to one engine: quiesce, then the event's. The later one's
 * word counts. Between the two the engine may be detached or lose the event.
 */
static bool call_engine(struct utrace_report *report,
			struct utrace_engine *engine, bool claimed, u32 *ret)
{
	const struct utrace_engine_ops *ops = engine->ops;
	u32 action = report->action | report->resume;
	bool called = false;

	if ((READ_ONCE(engine->flags) & UTRACE_EVENT(QUIESCE)) &&
	    ops->report_quiesce) {
		*ret = ops->report_quiesce(action, engine, current,
					   report->event);
		*ret = report->action | utrace_resume_action(*ret);
		called = true;
		if (utrace_resume_action(*ret) == UTRACE_DETACH)
			return true;
		action = join_action(report, *ret);
	}
	if (!report->call || READ_ONCE(engine->detached))
		return called;
	if (claimed || (READ_ONCE(engine->flags) & wanted_events(report)))
		called |= report->call(report, engine, action, ret);
	return called;
}

static void note_wish(struct utrace *utrace, struct utrace_engine *engine,
		      enum utrace_resume_action resume)
{
	if (WARN_ON_ONCE(resume > UTRACE_DETACH))
		resume = UTRACE_RESUME;
	if (resume == UTRACE_DETACH)
		engine->detached = true;
	if (engine->detached || utrace->asked)
		return;
	engine->stopped = resume == UTRACE_STOP;
	engine->unanswered = false;
	engine->resume = engine->stopped ? UTRACE_RESUME : resume;
	if (resume == UTRACE_REPORT || resume == UTRACE_INTERRUPT)
		utrace_request_locked(utrace, resume == UTRACE_INTERRUPT);
}

static void report_to_engine(struct utrace *utrace,
			     struct utrace_report *report,
			     struct utrace_engine *engine)
	__must_hold(&utrace->lock)
{
	bool claimed = report->claimed && claims_step(engine);
	u32 held, ret = 0;
	bool called;

	/* The step was made: the wish is fulfilled. */
	if (claimed)
		engine->resume = UTRACE_RESUME;
	utrace_begin_callback_locked(utrace, engine);
	spin_unlock(&utrace->lock);
	called = call_engine(report, engine, claimed, &ret);
	spin_lock(&utrace->lock);
	utrace_end_callback_locked(utrace);
	if (!called)
		return;
	trace_utrace_report(utrace->task, engine, report->event, ret);
	note_wish(utrace, engine, utrace_resume_action(ret));
	/*
	 * A later engine that says nothing of it has not taken the signal; one
	 * that has it delivered has.
	 */
	held = utrace_is_no_signal(ret) ? report->action & UTRACE_SIGNAL_HOLD :
					  0;
	report->action = (ret & ~UTRACE_RESUME_MASK) | held;
	report->resume = min(report->resume, utrace_resume_action(ret));
}

/**
 * utrace_make_report() - call every engine that wants an event
 * @utrace: current's tracing state.
 * @report: What to report; its @resume and @action carry what engines choose.
 *
 * Afterwards utrace.hold says whether the task is to be held; where, is for the
 * caller to see to.
 *
 * Context: current is the traced task; no locks; may sleep.
 */
void utrace_make_report(struct utrace *utrace, struct utrace_report *report)
{
	struct utrace_engine *engine, *next;
	bool is_told;

	might_sleep();
	utrace_take_back_step(utrace);
	report->resume = UTRACE_RESUME;
	spin_lock(&utrace->lock);
	/*
	 * All that asked for this step have left. To the others its trap is not
	 * told: they would take it for a signal of the program's own. A round is
	 * made instead, as one of them may have left all to its report_signal.
	 */
	is_told = !report->claimed || utrace_is_armed_locked(utrace);
	if (!is_told)
		utrace_request_locked(utrace, false);
	engine = list_first_entry(&utrace->engines, typeof(*engine), entry);
	while (!list_entry_is_head(engine, &utrace->engines, entry)) {
		if (is_told && wants_report(report, engine))
			report_to_engine(utrace, report, engine);
		next = list_next_entry(engine, entry);
		if (engine->detached)
			utrace_engine_remove_locked(utrace, engine);
		engine = next;
	}
	utrace_update_hold_locked(utrace);
	spin_unlock(&utrace->lock);
	/* A stop, a report or a change of stepping is for __utrace_resume(). */
	if (report->resume != UTRACE_RESUME || utrace->stepping)
		set_thread_flag(TIF_NOTIFY_RESUME);
}

/**
 * utrace_report_due() - was a report before user mode asked for
 * @utrace: current's tracing state.
 *
 * Context: current is the traced task. Without the lock a request that comes at
 * this moment may be missed; it has set TIF_NOTIFY_RESUME or JOBCTL_UTRACE, so
 * the task comes by again.
 * Return: true if one was.
 */
bool utrace_report_due(struct utrace *utrace)
{
	return READ_ONCE(utrace->report) || READ_ONCE(utrace->poked);
}

/**
 * utrace_report_requests() - make a round if one was asked for
 * @utrace: current's tracing state.
 *
 * An interrupt is not answered here but by a report_signal.
 *
 * Context: current is the traced task, at the user boundary; no locks.
 */
void utrace_report_requests(struct utrace *utrace)
{
	struct utrace_report report = {};

	if (utrace_report_due(utrace) && utrace_take_requests(utrace, false))
		utrace_make_report(utrace, &report);
}

static bool take_requests_locked(struct utrace *utrace, bool interrupt)
{
	struct utrace_engine *engine;
	bool due;

	lockdep_assert_held(&utrace->lock);
	/* xchg(): utrace_poke() may come in an interrupt of ours. */
	due = xchg(&utrace->poked, false);
	due |= utrace->report;
	utrace->report = false;
	if (interrupt && utrace->interrupt) {
		due = true;
		spin_lock_irq(current_siglock());
		utrace->interrupt = false;
		spin_unlock_irq(current_siglock());
	}
	list_for_each_entry(engine, &utrace->engines, entry) {
		engine->unanswered = false;
		if (engine->resume == UTRACE_REPORT ||
		    engine->resume == UTRACE_INTERRUPT)
			engine->resume = UTRACE_RESUME;
	}
	utrace_update_hold_locked(utrace);
	return due;
}

/**
 * utrace_take_requests() - begin a round that answers all requests
 * @utrace: current's tracing state.
 * @interrupt: Those that want a report_signal, too.
 *
 * Return: whether there were any.
 */
bool utrace_take_requests(struct utrace *utrace, bool interrupt)
{
	bool due;

	spin_lock(&utrace->lock);
	due = take_requests_locked(utrace, interrupt);
	spin_unlock(&utrace->lock);
	return due;
}

/**
 * utrace_forget_requests() - drop what engines asked for that have left
 * @utrace: current's tracing state.
 *
 * Current came by for somebody and found nobody. An engine that was attached
 * since then may have asked for something itself: with one there, everything
 * stands and is answered.
 */
void utrace_forget_requests(struct utrace *utrace)
{
	spin_lock(&utrace->lock);
	if (!task_utraced(current))
		take_requests_locked(utrace, true);
	spin_unlock(&utrace->lock);
}

/*
 * The last stretch before user mode. An out-of-line step of a uprobe in progress
 * has the instruction pointer in its own area: nobody may look at that, and
 * get_signal() is held off until the step is done.
 */
static bool is_stepping_uprobe(void)
{
#ifdef CONFIG_UPROBES
	return current->utask && current->utask->active_uprobe;
#else
	return false;
#endif
}

void __utrace_resume(struct pt_regs *regs)
{
	struct utrace *utrace = utrace_of(current);

	/*
	 * Without registers this is KVM_RUN, in the middle of an ioctl: it
	 * returns -EINTR when a signal is pending, and the boundary comes then.
	 */
	if (!regs || is_stepping_uprobe()) {
		if (utrace_report_due(utrace) || READ_ONCE(utrace->hold) ||
		    utrace_wants_step(utrace))
			utrace_route_to_boundary();
		return;
	}
	/* One that was stopped in a trap is held before it makes callbacks. */
	if (!READ_ONCE(utrace->hold) || !utrace->settled)
		utrace_report_requests(utrace);
	if (READ_ONCE(utrace->hold)) {
		utrace_route_to_boundary();
		return;
	}
	utrace->parked = false;
	utrace_arm(utrace);
}

static bool call_clone(struct utrace_report *report,
		       struct utrace_engine *engine, u32 action, u32 *ret)
{
	if (!engine->ops->report_clone)
		return false;
	*ret = engine->ops->report_clone(action, engine, current,
					 report->clone_flags, report->child);
	return true;
}

void __utrace_report_clone(unsigned long clone_flags, struct task_struct *child)
{
	struct utrace *utrace = utrace_of(current);
	struct utrace_report report = {
		.event = UTRACE_EVENT(CLONE),
		.call = call_clone,
		.clone_flags = clone_flags,
		.child = child,
	};

	if (!task_utrace_events(current, UTRACE_EVENT(CLONE)))
		return;
	utrace->cloning = child;
	utrace_make_report(utrace, &report);
	utrace->cloning = NULL;
}

static bool call_exec(struct utrace_report *report,
		      struct utrace_engine *engine, u32 action, u32 *ret)
{
	if (!engine->ops->report_exec)
		return false;
	*ret = engine->ops->report_exec(action, engine, current,
					current->mm->binfmt, report->bprm,
					current_pt_regs());
	return true;
}

void __utrace_report_exec(struct linux_binprm *bprm)
{
	struct utrace_report report = {
		.event = UTRACE_EVENT(EXEC),
		.call = call_exec,
		.bprm = bprm,
	};

	if (task_utrace_events(current, UTRACE_EVENT(EXEC)))
		utrace_make_report(utrace_of(current), &report);
}

static bool call_syscall_entry(struct utrace_report *report,
			       struct utrace_engine *engine, u32 action,
			       u32 *ret)
{
	if (!engine->ops->report_syscall_entry)
		return false;
	*ret = engine->ops->report_syscall_entry(action, engine, current,
						 report->regs);
	return true;
}

/* No engine wants to hear of this system call. */
static bool is_of_no_interest(const struct utrace *utrace, struct pt_regs *regs)
{
	unsigned int nr = syscall_get_nr(current, regs);

	return nr < UTRACE_NR_SYSCALLS && !test_bit(nr, utrace->syscalls);
}

/**
 * syscall_trace_enter() - a task with work to do enters a system call
 * @regs: User registers.
 * @syscall: The number of the call.
 * @work: The system call work of current.
 *
 * Called by syscall_enter_from_user_mode_work(), as without CONFIG_UTRACE, where
 * nobody comes who has no work. Who has no other work than for engines, of which
 * none has named the call, and who does not watch the exit of one, is off again
 * after a dozen instructions: few more than there are in the way of others.
 *
 * Return: the number of the call to make, -1 for none.
 */
long syscall_trace_enter(struct pt_regs *regs, long syscall, unsigned long work)
{
	const struct utrace *utrace;

	if (work != SYSCALL_WORK_SYSCALL_UTRACE ||
	    (unsigned long)syscall >= UTRACE_NR_SYSCALLS)
		return __syscall_trace_enter(regs, syscall, work);
	/* Pairs with smp_mb__before_atomic() where the work bit was set. */
	smp_rmb();
	utrace = rcu_dereference_raw(current->utrace);
	if (test_bit(syscall, utrace->syscalls))
		return __syscall_trace_enter(regs, syscall, work);
	return syscall;
}

/*
 * Is the exit of this call to be looked at. An engine that names the call at
 * this moment has set the bit before, and it stays, or sets it afterwards; one
 * that leaves has cleared it, and it is not set again.
 */
static void watch_exit(struct utrace *utrace, struct pt_regs *regs)
{
	bool is_watched = test_syscall_work(SYSCALL_UTRACE_EXIT);

	if (is_watched != is_of_no_interest(utrace, regs))
		return;
	spin_lock(&utrace->lock);
	if (is_of_no_interest(utrace, regs))
		clear_syscall_work(SYSCALL_UTRACE_EXIT);
	else if (test_syscall_work(SYSCALL_UTRACE))
		set_syscall_work(SYSCALL_UTRACE_EXIT);
	spin_unlock(&utrace->lock);
}

bool __utrace_syscall_entry(struct pt_regs *regs)
{
	struct utrace *utrace = utrace_of(current);
	struct utrace_report report = {
		.event = UTRACE_EVENT(SYSCALL_ENTRY),
		.call = call_syscall_entry,
		.action = UTRACE_SYSCALL_RUN,
		.regs = regs,
	};

	watch_exit(utrace, regs);
	if (!task_utrace_events(current, UTRACE_EVENT(SYSCALL_ENTRY)))
		return false;
	utrace->syscall_told = !is_of_no_interest(utrace, regs);
	if (!utrace->syscall_told)
		return false;
	utrace_make_report(utrace, &report);
	return utrace_syscall_action(report.action) == UTRACE_SYSCALL_ABORT;
}

static bool call_syscall_exit(struct utrace_report *report,
			      struct utrace_engine *engine, u32 action,
			      u32 *ret)
{
	if (!engine->ops->report_syscall_exit)
		return false;
	*ret = engine->ops->report_syscall_exit(action, engine, current,
						report->regs);
	return true;
}

/*
 * Whoever is told that a thread stands still hears no more of it than its end:
 * one that was killed at the entry of a system call or in a vfork() passes the
 * exit of the call on its way. Without the lock: a release that comes at this
 * moment makes no difference to a thread that dies.
 */
static bool is_killed_in_hold(const struct utrace *utrace)
{
	return utrace_stands(utrace) && __fatal_signal_pending(current);
}

void __utrace_syscall_exit(struct pt_regs *regs)
{
	struct utrace *utrace = utrace_of(current);
	struct utrace_report report = {
		.event = UTRACE_EVENT(SYSCALL_EXIT),
		.call = call_syscall_exit,
		.regs = regs,
	};

	if (task_utrace_events(current, UTRACE_EVENT(SYSCALL_EXIT)) &&
	    (utrace->syscall_told || !is_of_no_interest(utrace, regs)) &&
	    !is_killed_in_hold(utrace))
		utrace_make_report(utrace, &report);
	utrace->syscall_told = false;
}

static bool call_jctl(struct utrace_report *report,
		      struct utrace_engine *engine, u32 action, u32 *ret)
{
	if (!engine->ops->report_jctl)
		return false;
	*ret = engine->ops->report_jctl(action, engine, current, report->type,
					report->notify);
	return true;
}

static void report_jctl(struct utrace *utrace, int type, int notify)
{
	struct utrace_report report = {
		.event = UTRACE_EVENT(JCTL),
		.call = call_jctl,
		.type = type,
		.notify = notify,
	};

	if (task_utrace_events(current, UTRACE_EVENT(JCTL)))
		utrace_make_report(utrace, &report);
}

/*
 * The thread is about to sleep for job control. What was asked of it is answered
 * before, as nothing wakes it for that. utrace.jctl says meanwhile that it does
 * not stand still, so a stop asked for in this moment is answered here as well.
 *
 * The parent sees the stop by wait() meanwhile, and may end it. It is told of that
 * by another thread, and is not to be told of the stop after that.
 */
int __utrace_report_stopped(int notify) __must_hold(&current->sighand->siglock)
{
	struct utrace *utrace = utrace_of(current);

	lockdep_assert_held(current_siglock());
	utrace->jctl = true;
	spin_unlock_irq(current_siglock());
	if (!utrace->stop_told)
		report_jctl(utrace, CLD_STOPPED, notify);
	utrace->stop_told = false;
	for (;;) {
		utrace_report_requests(utrace);
		spin_lock_irq(current_siglock());
		if (!utrace_report_due(utrace))
			break;
		spin_unlock_irq(current_siglock());
	}
	utrace->jctl = false;
	utrace->settled = utrace->hold;
	/* An interrupt is answered by get_signal(); then it stops again. */
	if (utrace->interrupt && utrace_may_stop()) {
		current->jobctl &= ~JOBCTL_STOPPED;
		current->jobctl |= JOBCTL_STOP_PENDING;
		utrace->stop_told = true;
	}
	return current->signal->flags & SIGNAL_STOP_STOPPED ? notify : 0;
}

static void report_group_stop(struct utrace *utrace, int notify)
	__must_hold(&current->sighand->siglock)
{
	spin_unlock_irq(current_siglock());
	report_jctl(utrace, CLD_STOPPED, notify);
	spin_lock_irq(current_siglock());
}

/*
 * A ptraced thread is about to join a group stop by a trap. The parent is told
 * by whoever is the last to join, which may be another one by then. A thread
 * that stands still makes no callback: it got up for the trap alone, or lies down
 * after it.
 */
bool __utrace_report_trapping(void)
{
	struct utrace *utrace = utrace_of(current);
	int notify = 0;

	lockdep_assert_held(current_siglock());
	if (!(current->jobctl & JOBCTL_STOP_PENDING) || utrace_stands(utrace) ||
	    utrace->stop_told || utrace_is_in_ptrace(utrace))
		return true;
	if ((current->jobctl & JOBCTL_STOP_CONSUME) &&
	    current->signal->group_stop_count == 1)
		notify = CLD_STOPPED;
	report_group_stop(utrace, notify);
	return current->jobctl & JOBCTL_TRAP_MASK;
}

/* One that stands still makes no callback: the report waits for its release. */
void __utrace_report_continued(int notify)
{
	struct utrace *utrace = utrace_of(current);
	bool stands;

	spin_lock_irq(current_siglock());
	stands = utrace_stands(utrace);
	if (stands)
		utrace->continued = notify;
	spin_unlock_irq(current_siglock());
	if (!stands)
		report_jctl(utrace, CLD_CONTINUED, notify);
}

#ifdef CONFIG_UTRACE_KUNIT_TEST
#include "report_test.c"
#endif
