// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: looking at the registers of a task that an engine holds.
 */
#include <linux/export.h>
#include <linux/hrtimer.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>

#include "utrace.h"

/* Every state that a stopped task may be in, the freezer's included. */
#define EXAMINE_STATES (__TASK_TRACED | __TASK_STOPPED | TASK_FROZEN)

/* How long to wait between two looks at a task that is about to stop. */
#define ARRIVAL_NS (100 * NSEC_PER_USEC)

/*
 * A callback has returned UTRACE_STOP, and the task does not sleep yet: it may
 * have been preempted on its way from there. Nothing but the hold lies before
 * it, unless it is killed.
 */
static bool is_on_its_way(const struct utrace *utrace,
			  const struct utrace_engine *engine)
{
	const struct task_struct *task = utrace->task;

	return task != current && utrace_has_answered(engine) &&
	       !utrace->killed && !utrace->exiting &&
	       !(task->signal->flags & SIGNAL_GROUP_EXIT) &&
	       !task->signal->group_exec_task;
}

/* Does the task sleep, or is it on its way there? */
static int find_asleep(const struct utrace *utrace,
		       const struct utrace_engine *engine)
{
	struct task_struct *task = utrace->task;
	unsigned long flags;
	int ret = 0;

	if (!lock_task_sighand(task, &flags))
		return -ESRCH;
	if (!(task->jobctl & (JOBCTL_HELD | JOBCTL_STOPPED | JOBCTL_TRACED)))
		ret = is_on_its_way(utrace, engine) ? -EINPROGRESS : -EAGAIN;
	unlock_task_sighand(task, &flags);
	return ret;
}

/*
 * Does the task stand still for this engine? -EINPROGRESS if it is about to.
 * Takes a reference on it, as the wait that follows may sleep.
 */
static int get_stopped_task(struct task_struct *task,
			    struct utrace_engine *engine)
{
	struct utrace *utrace = utrace_lock_engine(task, engine);
	int ret;

	if (!utrace)
		return -ESRCH;
	if (engine->detached || utrace->stage != UTRACE_ALIVE)
		ret = -ESRCH;
	else if (!engine->stopped)
		ret = -EINVAL;
	else
		ret = find_asleep(utrace, engine);
	if (!ret)
		get_task_struct(task);
	utrace_unlock_engine(utrace);
	return ret;
}

static int wait_for_arrival(struct task_struct *task,
			    struct utrace_engine *engine)
{
	ktime_t timeout;
	int ret;

	while ((ret = get_stopped_task(task, engine)) == -EINPROGRESS) {
		if (signal_pending(current))
			return -EAGAIN;
		timeout = ns_to_ktime(ARRIVAL_NS);
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_hrtimeout(&timeout, HRTIMER_MODE_REL);
	}
	return ret;
}

/*
 * From the one to the other the task is kept, whatever pointer to it the caller
 * has by then, and its stack: one that was killed gives that up before it is
 * reaped.
 */
static bool keep_stack(struct task_struct *task, struct utrace_examiner *exam)
{
	if (!try_get_task_stack(task))
		return false;
	exam->task = get_task_struct(task);
	return true;
}

static void drop_stack(struct utrace_examiner *exam)
{
	if (!exam->task)
		return;
	put_task_stack(exam->task);
	put_task_struct(exam->task);
	exam->task = NULL;
}

/**
 * utrace_prepare_examine() - wait until a stopped task is off its CPU
 * @task: What the engine is attached to.
 * @engine: The engine, which holds the task; the caller owns a reference.
 * @exam: Filled in for utrace_finish_examine().
 *
 * A task whose callback has returned UTRACE_STOP, or that utrace_control() said
 * to stand still, is waited for. After 0 the calls of &struct user_regset are
 * safe up to utrace_finish_examine(), which has to follow: the task's kernel
 * stack, where its registers are, is kept. What they say is good as long as the
 * task does not run again, which only SIGKILL (or its equivalent) and this
 * engine can bring about. That it did not is for utrace_finish_examine() to say.
 *
 * Context: Task context, may sleep.
 * Return:
 * * 0: the task stands still.
 * * -EAGAIN: it has not answered yet that it stops, it ran again, or a signal
 *   came while waiting for it.
 * * -EINVAL: the engine does not hold it.
 * * -ESRCH: it is dead, or the engine is detached.
 */
int utrace_prepare_examine(struct task_struct *task,
			   struct utrace_engine *engine,
			   struct utrace_examiner *exam)
{
	int ret;

	exam->task = NULL;
	exam->ncsw = 0;
	ret = wait_for_arrival(task, engine);
	if (ret)
		return ret;
	if (keep_stack(task, exam))
		exam->ncsw = wait_task_inactive(task, EXAMINE_STATES);
	if (!exam->ncsw)
		drop_stack(exam);
	put_task_struct(task);
	return exam->ncsw ? 0 : -EAGAIN;
}
EXPORT_SYMBOL_GPL(utrace_prepare_examine);

/**
 * utrace_finish_examine() - did the task stay put since the preparation
 * @task: What the engine is attached to.
 * @engine: The engine; the caller owns a reference.
 * @exam: What utrace_prepare_examine() filled in, when that said 0.
 *
 * To be called once for each examination, whatever came of it.
 *
 * Context: Task context, may sleep.
 * Return:
 * * 0: it did; what was read is good.
 * * -EAGAIN: it ran; throw away what was read.
 * * -EINVAL: the engine does not hold it any more.
 * * -ESRCH: it is dead, or the engine is detached.
 */
int utrace_finish_examine(struct task_struct *task,
			  struct utrace_engine *engine,
			  struct utrace_examiner *exam)
{
	int ret;

	drop_stack(exam);
	ret = get_stopped_task(task, engine);
	if (ret)
		return ret == -EINPROGRESS ? -EAGAIN : ret;
	if (wait_task_inactive(task, EXAMINE_STATES) != exam->ncsw)
		ret = -EAGAIN;
	put_task_struct(task);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_finish_examine);
