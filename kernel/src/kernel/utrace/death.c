// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: exit, death, reap.
 *
 * The only file that sets utrace.stage and utrace.reap_due. The order of
 * report_death and report_reap does not depend on exit_state or tasklist_lock:
 * the stage decides, under utrace.lock.
 *
 *	ALIVE --utrace_exiting()--> EXITING --utrace_report_death()-->
 *	DEATH_RUNNING --callbacks done--> DEAD --utrace_release_task()--> REAPED
 *
 * A reaper that comes before DEAD leaves reap_due and goes on; the dying thread
 * makes the report_reap callbacks when its report_death ones are done. It may:
 * it runs, so its task_struct is there, and nobody else looks at the list.
 */
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <trace/events/utrace.h>

#include "utrace.h"

static bool call_exit(struct utrace_report *report,
		      struct utrace_engine *engine, u32 action, u32 *ret)
{
	if (!engine->ops->report_exit)
		return false;
	*ret = engine->ops->report_exit(action, engine, current,
					report->orig_code, &report->code);
	return true;
}

/*
 * The parent reads signal->group_exit_code when the whole group exits by
 * exit_group(2) or a signal. It is rewritten only if it is still the code that
 * the engines were shown: another thread's may have been first.
 */
static void change_group_code(long old, long new)
{
	struct signal_struct *signal = current->signal;

	spin_lock_irq(current_siglock());
	if ((signal->flags & SIGNAL_GROUP_EXIT) &&
	    signal->group_exit_code == old)
		signal->group_exit_code = new;
	spin_unlock_irq(current_siglock());
}

long __utrace_report_exit(long code)
{
	struct utrace *utrace = utrace_of(current);
	struct utrace_report report = {
		.event = UTRACE_EVENT(EXIT),
		.call = call_exit,
		.orig_code = code,
		.code = code,
	};

	if (utrace->oops)
		return code;
	if (task_utrace_events(current, UTRACE_EVENT(EXIT))) {
		utrace_make_report(utrace, &report);
		if (report.code != code)
			change_group_code(code, report.code);
	}
	spin_lock_irq(current_siglock());
	utrace_hold(utrace, UTRACE_HOLD_EXIT);
	/* Nothing that waits from here on is to be broken off. */
	utrace->exiting = true;
	current->jobctl &= ~JOBCTL_UTRACE;
	recalc_sigpending();
	spin_unlock_irq(current_siglock());
	return report.code;
}

void __utrace_mark_oops(void)
{
	utrace_of(current)->oops = true;
}

/*
 * Without a struct utrace the caller has left a mark instead, so that a first
 * attach from here on knows that these hooks have passed: see
 * utrace_get_or_create().
 */
void __utrace_exiting(struct task_struct *task)
{
	struct utrace *utrace = utrace_of(task);

	if (WARN_ON_ONCE(!utrace))
		return;
	spin_lock(&utrace->lock);
	utrace->stage = UTRACE_EXITING;
	spin_unlock(&utrace->lock);
}

static u32 death_callback(struct utrace_engine *engine,
			  struct task_struct *task, bool group_dead, int signal)
{
	const struct utrace_engine_ops *ops = engine->ops;
	unsigned long flags = READ_ONCE(engine->flags);

	if ((flags & UTRACE_EVENT(QUIESCE)) && ops->report_quiesce)
		ops->report_quiesce(UTRACE_RESUME, engine, task,
				    UTRACE_EVENT(DEATH));
	if (!(READ_ONCE(engine->flags) & UTRACE_EVENT(DEATH)) ||
	    !ops->report_death)
		return UTRACE_RESUME;
	return ops->report_death(engine, task, group_dead, signal);
}

static void make_death_reports(struct utrace *utrace, bool group_dead,
			       int signal) __must_hold(&utrace->lock)
{
	struct utrace_engine *engine, *next;
	u32 action;

	engine = list_first_entry(&utrace->engines, typeof(*engine), entry);
	while (!list_entry_is_head(engine, &utrace->engines, entry)) {
		if (engine->flags & UTRACE_EVENT(DEATH)) {
			utrace_begin_callback_locked(utrace, engine);
			spin_unlock(&utrace->lock);
			action = death_callback(engine, utrace->task,
						group_dead, signal);
			spin_lock(&utrace->lock);
			utrace_end_callback_locked(utrace);
			trace_utrace_report(utrace->task, engine,
					    UTRACE_EVENT(DEATH), action);
			if (utrace_resume_action(action) == UTRACE_DETACH)
				engine->detached = true;
		}
		next = list_next_entry(engine, entry);
		if (engine->detached)
			utrace_engine_remove_locked(utrace, engine);
		engine = next;
	}
}

/*
 * report_reap may not block, and the engine leaves the list whatever it does.
 * The loop takes the first one each time: nobody can attach any more.
 */
static void make_reap_reports(struct utrace *utrace) __must_hold(&utrace->lock)
{
	struct utrace_engine *engine;

	while (!list_empty(&utrace->engines)) {
		engine = list_first_entry(&utrace->engines, typeof(*engine),
					  entry);
		if ((engine->flags & UTRACE_EVENT(REAP)) &&
		    engine->ops->report_reap) {
			utrace_begin_callback_locked(utrace, engine);
			spin_unlock(&utrace->lock);
			engine->ops->report_reap(engine, utrace->task);
			spin_lock(&utrace->lock);
			utrace_end_callback_locked(utrace);
			trace_utrace_report(utrace->task, engine,
					    UTRACE_EVENT(REAP), UTRACE_DETACH);
		}
		utrace_engine_remove_locked(utrace, engine);
	}
}

/* A leader whose threads live on tells nobody yet: signal 0. */
void __utrace_note_death(struct task_struct *task, bool autoreap)
{
	struct utrace *utrace = utrace_of(task);

	if (!utrace)
		return;
	if (autoreap)
		utrace->death_signal = -1;
	else if (delay_group_leader(task))
		utrace->death_signal = 0;
	else
		utrace->death_signal = task->exit_signal;
}

/*
 * An engine that attached to a task without a struct utrace after
 * utrace_exiting() finds the stage DEAD, and there is nothing to report here.
 */
void __utrace_report_death(struct task_struct *task, bool group_dead)
{
	struct utrace *utrace = utrace_of(task);

	if (!utrace)
		return;
	spin_lock(&utrace->lock);
	if (utrace->stage == UTRACE_EXITING) {
		utrace->stage = UTRACE_DEATH_RUNNING;
		make_death_reports(utrace, group_dead, utrace->death_signal);
		utrace->stage = UTRACE_DEAD;
		if (utrace->reap_due) {
			utrace->stage = UTRACE_REAPED;
			make_reap_reports(utrace);
		}
	}
	spin_unlock(&utrace->lock);
}

/* cmpxchg() loop: a first attach may replace the mark that was seen. */
static struct utrace *mark_reaped(struct task_struct *task)
{
	struct utrace *seen;

	for (;;) {
		seen = rcu_access_pointer(task->utrace);
		if (seen > UTRACE_MARK_REAPED)
			return seen;
		if (cmpxchg((__force struct utrace **)&task->utrace, seen,
			    UTRACE_MARK_REAPED) == seen)
			return NULL;
	}
}

void __utrace_release_task(struct task_struct *task)
{
	struct utrace *utrace = mark_reaped(task);

	if (!utrace)
		return;
	spin_lock(&utrace->lock);
	if (utrace->stage < UTRACE_DEAD) {
		utrace->reap_due = true;
	} else if (utrace->stage == UTRACE_DEAD) {
		utrace->stage = UTRACE_REAPED;
		make_reap_reports(utrace);
	}
	spin_unlock(&utrace->lock);
}

#ifdef CONFIG_UTRACE_KUNIT_TEST
#include "death_test.c"
#endif
