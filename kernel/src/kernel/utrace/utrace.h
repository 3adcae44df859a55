/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of kernel/utrace/ share. Nobody else includes this.
 */
#ifndef _KERNEL_UTRACE_H
#define _KERNEL_UTRACE_H

#include <linux/lockdep.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/spinlock.h>
#include <linux/utrace.h>
#include <linux/utrace_hooks.h>
#include <linux/wait.h>

/**
 * enum utrace_stage - how far a task is on its way out
 * @UTRACE_ALIVE: Before the end of do_exit().
 * @UTRACE_EXITING: From utrace_exiting() on. DEATH and QUIESCE can no longer
 *	be newly set; who gets report_death is fixed.
 * @UTRACE_DEATH_RUNNING: report_death callbacks are being made.
 * @UTRACE_DEAD: They are all done.
 * @UTRACE_REAPED: report_reap callbacks are being made, or done.
 *
 * Only ever grows, under utrace.lock, and only in death.c.
 */
enum utrace_stage {
	UTRACE_ALIVE,
	UTRACE_EXITING,
	UTRACE_DEATH_RUNNING,
	UTRACE_DEAD,
	UTRACE_REAPED,
};

/**
 * struct utrace - the tracing state of one task
 *
 * Allocated when the first engine attaches, pointed to by task->utrace from
 * then on, freed by free_task(). An engine reaches it through its own RCU
 * pointer: that one is cleared before release_task() drops the task, so what
 * it leads to cannot be freed within a read-side section.
 */
struct utrace {
	/**
	 * @lock: Everything below that does not say otherwise. Never taken
	 * with siglock or with interrupts off, never held across a callback.
	 * Lock ordering: siglock nests inside this; tasklist_lock does not
	 * nest with it in either direction.
	 */
	spinlock_t lock;
	/** @task: Whose state it is. Constant; not a counted reference. */
	struct task_struct *task;
	/**
	 * @engines: The engines in the order of attaching. Under @lock; the
	 * engine that is @reporting stays in it until its callback is back.
	 */
	struct list_head engines;
	/**
	 * @ptrace: The engine that ptrace is, the last in the list, or NULL.
	 * Set under @lock by whoever may trace the task, cleared under it by the
	 * task itself, which reads it without; so does a ptracer while the task
	 * stands in a ptrace stop.
	 */
	struct utrace_engine *ptrace;
	/**
	 * @reporting: The engine whose callback is running. Written under
	 * @lock by who makes the callback; read without it by a barrier.
	 */
	struct utrace_engine *reporting;
	/** @reporter: Who makes that callback: the task, or its reaper. */
	struct task_struct *reporter;
	/**
	 * @asked: The last to call utrace_control() on @reporting while its
	 * callback ran was somebody else than that callback: that word is later
	 * than the callback's and prevails.
	 */
	bool asked;
	/** @cloning: The child in report_clone. Written by the task itself. */
	struct task_struct *cloning;
	/**
	 * @nr_callbacks: Callbacks that are back, for a barrier to tell the one
	 * it waits for from the next. Written under @lock.
	 */
	unsigned int nr_callbacks;
	/**
	 * @hold: Some engine holds the task. Written under @lock and siglock,
	 * read under either.
	 */
	bool hold;
	/**
	 * @hold_inner: The same without the stops that wait for an answer: those
	 * hold at the user boundary only. As @hold.
	 */
	bool hold_inner;
	/** @inner: It sleeps in an inner hold. Written under siglock. */
	bool inner;
	/**
	 * @settled: The task has slept in a hold and was not released since:
	 * it makes no callbacks. Written under siglock.
	 */
	bool settled;
	/**
	 * @syscalls: The system calls that engines have named. Written under
	 * @lock, read by the task without.
	 */
	DECLARE_BITMAP(syscalls, UTRACE_NR_SYSCALLS);
	/** @report: A report before user mode was asked for. */
	bool report;
	/**
	 * @interrupt: A report_signal was asked for, and a system call that
	 * blocks is to be broken off. Written under @lock and siglock, read
	 * under either.
	 */
	bool interrupt;
	/**
	 * @jctl: JOBCTL_STOPPED is set, but the thread still makes callbacks
	 * before it sleeps. Written under siglock.
	 */
	bool jctl;
	/**
	 * @stop_told: The group stop that is pending was reported; the thread
	 * gave it up to answer an interrupt. Written as @handler and the like.
	 */
	bool stop_told;
	/**
	 * @poked: The same, from utrace_poke(). Written by the task itself, in
	 * any context.
	 */
	bool poked;
	/*
	 * The following are written and read by the task itself only, but that
	 * utrace_engine_add_locked() forgets what was noted for engines that
	 * have all left.
	 */
	/** @handler: The next report is that of a handler just set up. */
	bool handler;
	/** @stepping: It armed single-step on behalf of an engine. */
	bool stepping;
	/**
	 * @ptrace_trap: The trap of a step that the ptracer has asked for is in
	 * the queue, although it was resumed since: it had stopped for something
	 * else. Also written by the ptracer while the task stands in such a stop.
	 */
	bool ptrace_trap;
	/**
	 * @armed_at: Where single-step was armed for an instruction that loads
	 * the flags, or 0. See utrace_take_back_step().
	 */
	unsigned long armed_at;
	/** @continued: A CLD_CONTINUED to report after the hold, or 0. */
	int continued;
	/** @death_signal: What report_death says was sent to the parent. */
	int death_signal;
	/** @killed: By SIGKILL or its equivalent. Written under siglock. */
	bool killed;
	/** @exiting: Its report_exit is over. Written under siglock. */
	bool exiting;
	/** @oops: It dies in the middle of the kernel. */
	bool oops;
	/** @ptrace_told: ptrace's engine has made a stop of its own in this round. */
	bool ptrace_told;
	/** @syscall_told: The entry of the system call it is in was reported. */
	bool syscall_told;
	/** @injected: The signal being handled came from an engine. */
	bool injected;
	/** @parked: @info holds a signal for the next report. */
	bool parked;
	/** @signr: The signal that @ka and @default_signr are about, or 0. */
	int signr;
	/** @default_signr: The signal whose default action is taken. */
	int default_signr;
	/** @use_ka: @ka replaces the installed action. */
	bool use_ka;
	/** @ka: An engine's choice of action. */
	struct k_sigaction ka;
	/** @info: What was left in info by a callback that stopped the task. */
	kernel_siginfo_t info;
	/** @stage: See &enum utrace_stage. */
	u8 stage;
	/** @reap_due: Reaped while report_death was still due or running. */
	bool reap_due;
	/** @barrier: Where utrace_barrier() waits for @reporting to change. */
	wait_queue_head_t barrier;
};

/**
 * struct utrace_report - one round of callbacks
 * @event: The bit of the event, 0 for quiesce alone.
 * @resume: The smallest resume action so far.
 * @action: The event's own action (signal or system call) so far.
 * @call: Makes the event's callback with @action and stores what it returned
 *	in @ret; false if the engine has none. NULL for quiesce alone.
 * @claimed: The event is a step trap: the engines that asked for the step get
 *	it whatever their mask. If they have all left nobody gets it.
 * @regs: For the events that have them.
 * @ksig: report_signal.
 * @orig_ka: report_signal.
 * @ka: report_signal, the engines' working copy.
 * @clone_flags: report_clone.
 * @child: report_clone.
 * @bprm: report_exec.
 * @orig_code: report_exit.
 * @code: report_exit.
 * @type: report_jctl.
 * @notify: report_jctl.
 */
struct utrace_report {
	unsigned long event;
	enum utrace_resume_action resume;
	u32 action;
	bool (*call)(struct utrace_report *report, struct utrace_engine *engine,
		     u32 action, u32 *ret);
	bool claimed;
	struct pt_regs *regs;
	struct ksignal *ksig;
	const struct k_sigaction *orig_ka;
	struct k_sigaction *ka;
	unsigned long clone_flags;
	struct task_struct *child;
	struct linux_binprm *bprm;
	long orig_code;
	long code;
	int type;
	int notify;
};

/**
 * enum utrace_hold_kind - where a thread is held
 * @UTRACE_HOLD_BOUNDARY: In get_signal(), where ptrace traps and group stops
 *	are served in between.
 * @UTRACE_HOLD_INNER: Where something visible would otherwise happen before
 *	the boundary; traps wait until release.
 * @UTRACE_HOLD_EXIT: In report_exit; only SIGKILL ends it from outside.
 */
enum utrace_hold_kind {
	UTRACE_HOLD_BOUNDARY,
	UTRACE_HOLD_INNER,
	UTRACE_HOLD_EXIT,
};

/**
 * utrace_is_no_signal() - does a callback want no signal to be acted on
 * @action: What it returned, or what all have made of it.
 *
 * Return: true if so.
 */
static inline bool utrace_is_no_signal(u32 action)
{
	return utrace_signal_action(action) == UTRACE_SIGNAL_IGN ||
	       utrace_signal_action(action) == UTRACE_SIGNAL_REPORT;
}

/**
 * utrace_of() - the tracing state of a task, or NULL
 * @task: A task that the caller keeps from being freed.
 *
 * Return: The state; NULL if no engine ever attached.
 */
static inline struct utrace *utrace_of(struct task_struct *task)
{
	struct utrace *utrace = rcu_dereference_raw(task->utrace);

	return utrace > UTRACE_MARK_REAPED ? utrace : NULL;
}

/**
 * utrace_has_answered() - does an engine's stop hold wherever the task goes
 * @engine: The engine; utrace.lock is held.
 *
 * The task stood still when the stop was asked for, or a callback has returned it.
 *
 * Return: true if so; false if it does not hold the task, or at the user boundary
 * only.
 */
static inline bool utrace_has_answered(const struct utrace_engine *engine)
{
	return engine->stopped && !engine->unanswered;
}

/**
 * utrace_stands() - does the task stand still for its engines
 * @utrace: The tracing state; its lock or siglock is held, or a stale answer does
 *	no harm.
 *
 * It sleeps in a hold, or has answered a stop and is on its way there. On that way
 * it may still join a group stop, see the end of one, or serve a ptracer. Nothing
 * of this is reported: an engine that was told that the task stops need not expect
 * callbacks, and the answer to one would lift its stop.
 *
 * Return: true if so.
 */
static inline bool utrace_stands(const struct utrace *utrace)
{
	return READ_ONCE(utrace->hold) &&
	       (READ_ONCE(utrace->settled) || READ_ONCE(utrace->hold_inner));
}

/**
 * current_siglock() - siglock of the current thread
 *
 * Nobody but current itself, in execve(), gives it another sighand.
 *
 * Return: The lock.
 */
static inline spinlock_t *current_siglock(void)
{
	return &rcu_dereference_protected(current->sighand, true)->siglock;
}

/**
 * utrace_engine_steps() - does an engine ask for a step
 * @engine: The engine; utrace.lock of its thread is held, or that is current.
 *
 * Return: true if it does.
 */
static inline bool utrace_engine_steps(const struct utrace_engine *engine)
{
	return engine->resume == UTRACE_SINGLESTEP ||
	       engine->resume == UTRACE_BLOCKSTEP;
}

/* ptrace.c APIs: */
extern const struct utrace_engine_ops utrace_ptrace_ops;

/**
 * utrace_is_ptrace() - is this the engine that ptrace is
 * @engine: The engine.
 *
 * Return: true if it is.
 */
static inline bool utrace_is_ptrace(const struct utrace_engine *engine)
{
	return IS_ENABLED(CONFIG_UTRACE_PTRACE) &&
	       engine->ops == &utrace_ptrace_ops;
}

/**
 * utrace_is_in_ptrace() - does ptrace's engine make a stop
 * @utrace: current's tracing state.
 *
 * Return: true if its callback is running.
 */
static inline bool utrace_is_in_ptrace(const struct utrace *utrace)
{
	return IS_ENABLED(CONFIG_UTRACE_PTRACE) && utrace->ptrace &&
	       READ_ONCE(utrace->reporting) == utrace->ptrace;
}

/* engine.c APIs: */
struct utrace *utrace_get_or_create(struct task_struct *task);
struct utrace_engine *utrace_engine_create(const struct utrace_engine_ops *ops,
					   void *data, const struct cred *cred);
void utrace_engine_add_locked(struct utrace *utrace,
			      struct utrace_engine *engine);
void utrace_engine_remove_locked(struct utrace *utrace,
				 struct utrace_engine *engine);
void utrace_update_flags_locked(struct utrace *utrace);
struct utrace *utrace_lock_engine(struct task_struct *task,
				  struct utrace_engine *engine);
void utrace_unlock_engine(struct utrace *utrace);

/* report.c APIs: */
void utrace_make_report(struct utrace *utrace, struct utrace_report *report);
void utrace_begin_callback_locked(struct utrace *utrace,
				  struct utrace_engine *engine);
void utrace_end_callback_locked(struct utrace *utrace);
bool utrace_take_requests(struct utrace *utrace, bool interrupt);
void utrace_forget_requests(struct utrace *utrace);
bool utrace_report_due(struct utrace *utrace);
void utrace_report_requests(struct utrace *utrace);

/* stop.c APIs: */
void utrace_update_hold_locked(struct utrace *utrace);
int utrace_stop_locked(struct utrace *utrace, struct utrace_engine *engine);
void utrace_request_locked(struct utrace *utrace, bool interrupt);
void utrace_route_to_boundary(void);
void utrace_hold(struct utrace *utrace, enum utrace_hold_kind kind);
bool utrace_wants_step(struct utrace *utrace);
void utrace_take_back_step(struct utrace *utrace);
void utrace_arm(struct utrace *utrace);
bool utrace_is_armed_locked(const struct utrace *utrace);

#endif /* _KERNEL_UTRACE_H */
