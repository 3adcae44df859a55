/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What core code calls for utrace, one line at each place.
 *
 * Every inline tests one word of the task and calls out of line; without
 * CONFIG_UTRACE all of them are constants and nothing, so that the objects
 * that use them are as before. Each says which function calls it, in what
 * context, with which locks held, and what its answer makes the caller do.
 */
#ifndef _LINUX_UTRACE_HOOKS_H
#define _LINUX_UTRACE_HOOKS_H

#include <linux/sched.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>

struct linux_binprm;
struct pt_regs;
struct seq_file;
struct user_namespace;

#ifdef CONFIG_UTRACE

#include <linux/utrace.h>
#include <uapi/linux/ptrace.h>

/*
 * In thread_info.syscall_work, after the last bit of enum syscall_work_bit: the
 * exit of the system call that the task is in is to be looked at. Set only where
 * SYSCALL_WORK_SYSCALL_UTRACE is; changed under utrace.lock. Without it, the way
 * out of a call that nobody has named is that of a task that is not traced.
 */
#define SYSCALL_WORK_BIT_SYSCALL_UTRACE_EXIT \
	(SYSCALL_WORK_BIT_SYSCALL_UTRACE + 1)
#define SYSCALL_WORK_SYSCALL_UTRACE_EXIT \
	BIT(SYSCALL_WORK_BIT_SYSCALL_UTRACE_EXIT)

/*
 * Set in task->utrace_flags while any engine is attached, whatever its mask;
 * the other bits are the union of the engines' events.
 */
#define UTRACE_FLAG_ATTACHED BIT(31)

/*
 * Set in task->utrace_flags while single-step is armed on behalf of an engine,
 * even of one that has left since: the task has it to disarm.
 */
#define UTRACE_FLAG_STEPPING BIT(30)

/*
 * In task->ptrace beside the flags of <linux/ptrace.h>: the ptracer wants the
 * tracee to step. Set when ptrace resumes it, see utrace_ptrace_resume().
 */
#define PT_STEP BIT(28)
#define PT_BLOCKSTEP BIT(29)

void __utrace_free_task(struct task_struct *task);
void __utrace_resume(struct pt_regs *regs);
int __utrace_boundary(struct ksignal *ksig);
bool __utrace_end_request(void);
int __utrace_filter_signal(int signr, struct ksignal *ksig, enum pid_type type);
struct k_sigaction *__utrace_sigaction(int signr, struct k_sigaction *ka);
int __utrace_default_signal(int signr);
bool __utrace_handler_step(int stepping);
bool __utrace_drops_step(void);
void __utrace_keep_trap(struct task_struct *task, bool stepped);
void __utrace_hold_trap(void);
void __utrace_mark_killed(struct task_struct *task);
bool __utrace_syscall_entry(struct pt_regs *regs);
bool __utrace_syscall_hold(void);
void __utrace_syscall_exit(struct pt_regs *regs);
void __utrace_report_clone(unsigned long clone_flags,
			   struct task_struct *child);
void __utrace_hold_vfork(void);
void __utrace_report_exec(struct linux_binprm *bprm);
long __utrace_report_exit(long code);
void __utrace_mark_oops(void);
void __utrace_exiting(struct task_struct *task);
void __utrace_note_death(struct task_struct *task, bool autoreap);
void __utrace_report_death(struct task_struct *task, bool group_dead);
void __utrace_release_task(struct task_struct *task);
int __utrace_report_stopped(int notify);
bool __utrace_report_trapping(void);
void __utrace_report_continued(int notify);
bool __utrace_owners_capable(struct user_namespace *ns);
void __utrace_proc_status(struct seq_file *m, struct task_struct *task);

/* What kernel/signal.c does for kernel/utrace/stop.c. */
bool utrace_settle_group_stop(void);
void utrace_notify_group_stop(void);
int utrace_dequeue_synchronous(kernel_siginfo_t *info);
void utrace_recalc_sigpending(void);
void utrace_requeue_signal(struct task_struct *task,
			   const kernel_siginfo_t *info);

/* What get_signal() alone called, and utrace calls too: no call more for that. */
#define utrace_inline __always_inline

/**
 * task_utraced() - is any engine attached, or left something to undo
 * @task: Any task.
 *
 * Context: any. Without a lock the answer may be stale.
 * Return: true if one is.
 */
static inline bool task_utraced(const struct task_struct *task)
{
	return unlikely(READ_ONCE(task->utrace_flags));
}

/**
 * task_utrace_events() - does any engine want one of these events
 * @task: Any task.
 * @events: Event bits.
 *
 * Context: any. Without a lock the answer may be stale.
 * Return: true if one does.
 */
static inline bool task_utrace_events(const struct task_struct *task,
				      unsigned long events)
{
	return unlikely(READ_ONCE(task->utrace_flags) & events);
}

/*
 * What task->utrace holds when nobody attached before the task's end, so that
 * a late first attach does not wait for hooks that have passed.
 */
#define UTRACE_MARK_EXITING ((struct utrace *)1)
#define UTRACE_MARK_REAPED ((struct utrace *)2)

/**
 * task_has_utrace() - was an engine ever attached
 * @task: Any task.
 *
 * Context: any. Without a lock the answer may be stale.
 * Return: true if one was, also if it is attached no more.
 */
static inline bool task_has_utrace(const struct task_struct *task)
{
	/* Stale is as if the first attach came a moment later. */
	return unlikely(data_race((__force struct utrace *)task->utrace) >
			UTRACE_MARK_REAPED);
}

/**
 * utrace_mark_task() - leave a mark if nobody ever attached
 * @task: A task that exits or is reaped.
 * @old: NULL or the mark that is expected.
 * @mark: The new one.
 *
 * Context: any. Full barrier.
 * Return: false if task->utrace holds something else than @old.
 */
static inline bool utrace_mark_task(struct task_struct *task,
				    struct utrace *old, struct utrace *mark)
{
	return likely(cmpxchg((__force struct utrace **)&task->utrace, old,
			      mark) == old);
}

/**
 * current_has_utrace() - was an engine ever attached to current
 *
 * A plain load, which the compiler may test in memory: what is attached by
 * others becomes known in reports, not here.
 *
 * Return: true if one was.
 */
static inline bool current_has_utrace(void)
{
	/* Stale is as if the first attach came a moment later. */
	return data_race((__force const void *)current->utrace);
}

/**
 * task_is_held() - is the task asleep because an engine holds it
 * @task: Any task.
 *
 * Context: any. Exact with the task's siglock held.
 * Return: true if it is.
 */
static inline bool task_is_held(const struct task_struct *task)
{
	return unlikely(READ_ONCE(task->jobctl) & JOBCTL_HELD);
}

/**
 * task_is_stopped_traced_or_held() - is the task in any stop
 * @task: Any task.
 *
 * Context: any. Exact with the task's siglock held.
 * Return: true if it is.
 */
static inline bool
task_is_stopped_traced_or_held(const struct task_struct *task)
{
	return READ_ONCE(task->jobctl) &
	       (JOBCTL_STOPPED | JOBCTL_TRACED | JOBCTL_HELD);
}

/**
 * utrace_init_task() - a task structure was copied from its creator
 * @task: The copy.
 *
 * Called by dup_task_struct(): so early that every error path of
 * copy_process(), which ends in free_task(), finds nothing of the creator's.
 */
static inline void utrace_init_task(struct task_struct *task)
{
	task->utrace_flags = 0;
	RCU_INIT_POINTER(task->utrace, NULL);
	clear_task_syscall_work(task, SYSCALL_UTRACE);
	clear_task_syscall_work(task, SYSCALL_UTRACE_EXIT);
}

/**
 * utrace_free_task() - the last reference to a task is gone
 * @task: The task.
 *
 * Called by free_task().
 */
static inline void utrace_free_task(struct task_struct *task)
{
	if (task_has_utrace(task))
		__utrace_free_task(task);
}

/**
 * utrace_resume() - about to return to user mode with TIF_NOTIFY_RESUME
 * @regs: User registers; NULL in the middle of KVM_RUN.
 *
 * Called by resume_user_mode_work(), no locks, may sleep.
 */
static inline void utrace_resume(struct pt_regs *regs)
{
	if (task_utraced(current))
		__utrace_resume(regs);
}

/**
 * utrace_boundary() - hold, and make the reports that were asked for
 * @ksig: Where an injected signal goes.
 *
 * Called by get_signal() at the top of its loop, with siglock held, before the
 * thread stops for anybody: it answers first, and acts on what its last
 * instruction has raised. The flags are read plainly, as get_signal() is counted
 * in instructions; who sets them makes the thread come here again.
 *
 * Return: 0 siglock was held throughout, go on; negative: siglock is released,
 * start over; positive: siglock is held, and this is the signal to act on
 * instead of a dequeued one.
 */
static inline int utrace_boundary(struct ksignal *ksig)
{
	/* Who sets them takes siglock afterwards, or is late. */
	if (likely(!data_race(current->utrace_flags)))
		return 0;
	return __utrace_boundary(ksig);
}

/**
 * utrace_end_request() - forget a request that nobody is left to answer
 *
 * Called by get_signal() with siglock held when there is no signal: a thread
 * whose engine was detached after it asked would find a signal pending forever.
 *
 * Return: true when there was such a request: siglock is released and the
 * caller starts over.
 */
static inline bool utrace_end_request(void)
{
	return unlikely(current->jobctl & JOBCTL_UTRACE) &&
	       !task_utraced(current) && __utrace_end_request();
}

/**
 * utrace_still_ignored() - is an ignored signal dropped where it is sent
 * @task: Whom it is sent to.
 * @sig: The signal.
 * @ignored: Its action there is to ignore it.
 *
 * Called by sig_ignored() with siglock held.
 *
 * Return: @ignored, but false where an engine wants to see such signals.
 */
static inline bool utrace_still_ignored(const struct task_struct *task, int sig,
					bool ignored)
{
	return ignored && (sig == SIGKILL ||
			   !task_utrace_events(task, UTRACE_EVENT(SIGNAL_IGN)));
}

/**
 * utrace_filter_signal() - let engines decide on a signal
 * @signr: The signal dequeued or injected.
 * @ksig: Its siginfo, which engines may rewrite.
 * @type: Which queue it came from.
 *
 * Called by get_signal() before ptrace sees the signal, with siglock held,
 * which may be dropped meanwhile and is held again at return.
 *
 * Return: the number to go on with, 0 to look for the next signal.
 */
static inline int utrace_filter_signal(int signr, struct ksignal *ksig,
				       enum pid_type type)
{
	if (likely(!current_has_utrace()))
		return signr;
	return __utrace_filter_signal(signr, ksig, type);
}

/**
 * utrace_sigaction() - the action to take, an engine's or the installed one
 * @signr: The signal.
 * @ka: The installed action.
 *
 * Called by get_signal() with siglock held.
 *
 * Return: @ka, or the one that an engine chose.
 */
static inline struct k_sigaction *utrace_sigaction(int signr,
						   struct k_sigaction *ka)
{
	if (likely(!current_has_utrace()))
		return ka;
	return __utrace_sigaction(signr, ka);
}

/**
 * utrace_default_signal() - the signal whose default action is taken
 * @signr: The signal that is reported in the wait status.
 *
 * Called by get_signal(), where an engine may have chosen that @signr acts as
 * SIGTERM, SIGQUIT, SIGSTOP or SIGTSTP do.
 *
 * Return: @signr, or the one that it acts as.
 */
static inline int utrace_default_signal(int signr)
{
	if (likely(!rcu_access_pointer(current->utrace)))
		return signr;
	return __utrace_default_signal(signr);
}

/**
 * utrace_handler_step() - a signal handler frame was set up
 * @stepping: Single-step was in force before.
 *
 * Called by signal_delivered(), no locks.
 *
 * Return: whether ptrace is to be notified of a step.
 */
static inline int utrace_handler_step(int stepping)
{
	/* Stale is as if the engine came a moment later. */
	if (likely(!data_race(current->utrace_flags)))
		return stepping;
	return __utrace_handler_step(stepping);
}

/**
 * utrace_hold_trap() - a ptrace stop ended: do engines still hold the thread
 *
 * Called by ptrace_signal() with siglock held, which may be dropped meanwhile.
 */
static inline void utrace_hold_trap(void)
{
	if (task_utraced(current))
		__utrace_hold_trap();
}

/**
 * utrace_hold_notify() - the same for a stop that is no signal's
 * @exit_code: What the stop was.
 * @message: Its message.
 *
 * Called by ptrace_notify() with siglock held, which may be dropped meanwhile.
 * After the exit from a system call the user boundary comes next, where the
 * thread is held and still answers its ptracer.
 */
static inline void utrace_hold_notify(int exit_code, unsigned long message)
{
	if ((exit_code & ~0x80) == SIGTRAP &&
	    message == PTRACE_EVENTMSG_SYSCALL_EXIT)
		return;
	utrace_hold_trap();
}

/**
 * utrace_wake_held() - the tracer or the group wants something of a thread
 * @task: The thread; its siglock is held.
 *
 * Called by do_signal_stop(), and when a ptracer attaches to a thread whose
 * group is stopped: one that is held and ptraced gets up for the trap; it lies
 * down again afterwards.
 */
static inline void utrace_wake_held(struct task_struct *task)
{
	if (task_is_held(task))
		wake_up_state(task, __TASK_TRACED);
}

/**
 * utrace_kept_jobctl() - what a thread keeps as it takes part in a group stop
 * @task: The thread; its siglock is held.
 *
 * An engine may have parked a stop signal. That SIGCONT has not cancelled it,
 * JOBCTL_STOP_DEQUEUED says; to take part in a stop clears that as well.
 *
 * Return: bits of jobctl.
 */
static inline unsigned long utrace_kept_jobctl(const struct task_struct *task)
{
	return task_utraced(task) ? task->jobctl & JOBCTL_STOP_DEQUEUED : 0;
}

/**
 * utrace_kill_held() - SIGKILL for a process that is exiting already
 * @task: A thread of it; siglock is held.
 *
 * Called by prepare_signal(), which is about to drop the signal: a thread that
 * is held in report_exit, or will be, is let go.
 */
static inline void utrace_kill_held(struct task_struct *task)
{
	struct task_struct *t;

	for_each_thread(task, t) {
		if (!task_utraced(t))
			continue;
		__utrace_mark_killed(t);
		if (task_is_held(t))
			signal_wake_up(t, 1);
	}
}

/**
 * utrace_mark_killed() - the thread was killed by SIGKILL or its equivalent
 *
 * Called by get_signal() with siglock held: report_exit may not hold a killed
 * thread.
 */
static inline void utrace_mark_killed(void)
{
	if (unlikely(rcu_access_pointer(current->utrace)))
		__utrace_mark_killed(current);
}

/*
 * What kernel/entry/common.c defines: all that is to be done at the entry of a
 * system call. syscall_trace_enter() is in kernel/utrace/report.c.
 */
long __syscall_trace_enter(struct pt_regs *regs, long syscall,
			   unsigned long work);

/**
 * utrace_syscall_entry() - entering a system call
 * @regs: User registers, which engines may change.
 *
 * Called by syscall_trace_enter() with SYSCALL_WORK_SYSCALL_UTRACE set, no
 * locks, before ptrace sees the call.
 *
 * Return: true to abort the call after ptrace was told.
 */
static inline bool utrace_syscall_entry(struct pt_regs *regs)
{
	return __utrace_syscall_entry(regs);
}

/**
 * utrace_syscall_hold() - hold before the call is attempted
 *
 * Called by syscall_trace_enter() after ptrace's report, no locks.
 *
 * Return: true to abort the call because the thread was killed.
 */
static inline bool utrace_syscall_hold(void)
{
	return __utrace_syscall_hold();
}

/**
 * utrace_syscall_exit() - leaving a system call
 * @regs: User registers, which engines may change.
 *
 * Called by syscall_exit_work() with SYSCALL_WORK_SYSCALL_UTRACE_EXIT set, no
 * locks, before ptrace sees the exit.
 */
static inline void utrace_syscall_exit(struct pt_regs *regs)
{
	__utrace_syscall_exit(regs);
}

/**
 * utrace_report_clone() - a child was made and has not run
 * @clone_flags: Of the call.
 * @child: The child.
 *
 * Called by kernel_clone() before wake_up_new_task(), no locks.
 */
static inline void utrace_report_clone(unsigned long clone_flags,
				       struct task_struct *child)
{
	if (task_utraced(current))
		__utrace_report_clone(clone_flags, child);
}

/**
 * utrace_hold_vfork() - hold before waiting for a vfork child
 *
 * Called by kernel_clone() before wait_for_vfork_done(), no locks.
 */
static inline void utrace_hold_vfork(void)
{
	if (task_utraced(current))
		__utrace_hold_vfork();
}

/**
 * utrace_report_exec() - execve succeeded
 * @bprm: What was executed.
 *
 * Called by exec_binprm() before ptrace's event, no locks.
 */
static inline void utrace_report_exec(struct linux_binprm *bprm)
{
	if (task_utraced(current))
		__utrace_report_exec(bprm);
}

/**
 * utrace_report_exit() - the thread is exiting and still whole
 * @code: Its exit code.
 *
 * Called by do_exit() before synchronize_group_exit(), no locks; may sleep.
 *
 * Return: the exit code to go on with.
 */
static inline long utrace_report_exit(long code)
{
	if (task_utraced(current))
		return __utrace_report_exit(code);
	return code;
}

/**
 * utrace_mark_oops() - the thread dies of a kernel oops
 *
 * Called by make_task_dead(): report_exit makes no callbacks and no hold, as
 * locks may be held.
 */
static inline void utrace_mark_oops(void)
{
	if (task_utraced(current))
		__utrace_mark_oops();
}

/**
 * utrace_exiting() - the set of engines that see the death is fixed here
 * @task: current.
 *
 * Called by do_exit() before exit_notify(), no locks.
 */
static inline void utrace_exiting(struct task_struct *task)
{
	if (!utrace_mark_task(task, NULL, UTRACE_MARK_EXITING))
		__utrace_exiting(task);
}

/**
 * utrace_note_death() - what the death of the thread tells its parent
 * @task: current.
 * @autoreap: It reaps itself.
 *
 * Called by exit_notify() with tasklist_lock held for writing, which keeps what
 * the answer depends on.
 */
static inline void utrace_note_death(struct task_struct *task, bool autoreap)
{
	if (task_has_utrace(task))
		__utrace_note_death(task, autoreap);
}

/**
 * utrace_report_death() - the thread is a zombie, or gone
 * @task: current.
 * @group_dead: It was the last of its process.
 *
 * Called by exit_notify() after it released tasklist_lock and before it
 * releases anybody, no locks. Another thread may be reaping @task meanwhile.
 */
static inline void utrace_report_death(struct task_struct *task,
				       bool group_dead)
{
	if (task_has_utrace(task))
		__utrace_report_death(task, group_dead);
}

/**
 * utrace_release_task() - a task is being reaped
 * @task: The task, dead.
 *
 * Called by release_task() before it takes tasklist_lock, no locks, in the
 * reaper's context.
 */
static inline void utrace_release_task(struct task_struct *task)
{
	if (!utrace_mark_task(task, UTRACE_MARK_EXITING, UTRACE_MARK_REAPED))
		__utrace_release_task(task);
}

/**
 * utrace_report_stopped() - about to sleep for job control
 * @notify: What the parent is told, 0 for nothing.
 *
 * Called by do_signal_stop() with JOBCTL_STOPPED set and siglock held, which is
 * dropped for callbacks and held again at return. utrace_may_stop() says then
 * whether the stop is still in force.
 *
 * Return: what the parent is to be told: @notify, or 0 after a SIGCONT, of which
 * it is told elsewhere.
 */
static inline int utrace_report_stopped(int notify)
{
	if (task_utraced(current))
		return __utrace_report_stopped(notify);
	return notify;
}

/**
 * utrace_report_trapping() - a ptraced thread is about to join a group stop
 *
 * Called by do_jobctl_trap() with siglock held, which is dropped for callbacks
 * and held again at return.
 *
 * Return: false if there is no trap to be made any more.
 */
static inline bool utrace_report_trapping(void)
{
	return !task_utrace_events(current, UTRACE_EVENT(JCTL)) ||
	       __utrace_report_trapping();
}

/**
 * utrace_report_continued() - job control continued the process
 * @notify: What the parent is told.
 *
 * Called by get_signal() in the thread that has told the parent; no locks.
 */
static inline void utrace_report_continued(int notify)
{
	if (task_utraced(current))
		__utrace_report_continued(notify);
}

/**
 * utrace_may_stop() - is the job control stop that was reported still in force
 *
 * Called by do_signal_stop() with siglock held: SIGCONT, SIGKILL or a ptracer
 * may have ended the stop while siglock was dropped for the report.
 *
 * Return: false if the thread is to run on.
 */
static inline bool utrace_may_stop(void)
{
	return (current->jobctl & JOBCTL_STOPPED) &&
	       !__fatal_signal_pending(current);
}

/**
 * utrace_owners_capable() - may the owners of all engines trace into @ns
 * @ns: The user namespace of the new credentials.
 *
 * Called by cap_bprm_creds_from_file() beside ptracer_capable().
 *
 * Return: false if privilege must not be gained.
 */
static inline bool utrace_owners_capable(struct user_namespace *ns)
{
	return !task_utraced(current) || __utrace_owners_capable(ns);
}

/**
 * utrace_ptrace_resume() - ptrace resumes its tracee
 * @task: The tracee, in a ptrace stop.
 * @single: It is to single-step.
 * @block: It is to step to the next branch.
 *
 * Called by ptrace_resume(). The wish is kept in task->ptrace, which belongs to
 * the ptracer at this point, and the tracee computes from it and from the
 * engines' wishes what is armed.
 */
static inline void utrace_ptrace_resume(struct task_struct *task, bool single,
					bool block)
{
	bool stepped = task->ptrace & (PT_STEP | PT_BLOCKSTEP);

	task->ptrace &= ~(PT_STEP | PT_BLOCKSTEP);
	if (block)
		task->ptrace |= PT_BLOCKSTEP;
	else if (single)
		task->ptrace |= PT_STEP;
	if (task_utraced(task)) {
		__utrace_keep_trap(task, stepped);
		set_tsk_thread_flag(task, TIF_NOTIFY_RESUME);
	}
}

/**
 * utrace_is_stepping() - is single-step armed on behalf of an engine
 * @task: The tracee, in a ptrace stop.
 *
 * Called by ptrace_resume() and ptrace_detach(), which leave it armed then: the
 * tracee computes what all want.
 *
 * Return: true if it is.
 */
static inline bool utrace_is_stepping(const struct task_struct *task)
{
	return task_utrace_events(task, UTRACE_FLAG_STEPPING);
}

/**
 * utrace_drops_step() - have all left that asked for the step that ends here
 *
 * Called by syscall_exit_work() before it reports a step. The engines may have
 * left while current was in the system call, which is not broken off for that.
 *
 * Return: true if so: there is nobody to have its trap.
 */
static inline bool utrace_drops_step(void)
{
	return task_utrace_events(current, UTRACE_FLAG_STEPPING) &&
	       __utrace_drops_step();
}

/**
 * utrace_hides_exit() - did an engine's step take the place of ptrace's stop
 * @work: The system call work of current.
 *
 * Called by syscall_exit_work() after it reported a step. ptrace_resume() sets
 * one of SYSCALL_TRACE and SYSCALL_EXIT_TRAP, so with both the step is an
 * engine's, and the ptracer is to get its exit stop as well.
 *
 * Return: true if so.
 */
static inline bool utrace_hides_exit(unsigned long work)
{
	return work & SYSCALL_WORK_SYSCALL_TRACE;
}

/**
 * utrace_proc_status() - the line of /proc/PID/status
 * @m: The file.
 * @task: The task.
 *
 * Called by proc_pid_status().
 */
static inline void utrace_proc_status(struct seq_file *m,
				      struct task_struct *task)
{
	if (task_utraced(task))
		__utrace_proc_status(m, task);
}

#else /* !CONFIG_UTRACE */

/*
 * Macros where an inline function, although it comes to nothing, makes the
 * compiler choose other registers than without the call.
 */

/* clang-format off */

static inline bool task_utraced(const struct task_struct *task)
{
	return false;
}

#define utrace_inline

/* The names of events exist only with CONFIG_UTRACE. */
#define task_utrace_events(task, ...) ((void)(task), false)

#define task_is_held(task) ((void)(task), false)
#define task_is_stopped_traced_or_held(task) task_is_stopped_or_traced(task)

static inline void utrace_init_task(struct task_struct *task) { }
static inline void utrace_free_task(struct task_struct *task) { }
static inline void utrace_resume(struct pt_regs *regs) { }

static inline int utrace_boundary(struct ksignal *ksig)
{
	return 0;
}

static inline bool utrace_end_request(void)
{
	return false;
}

/* Not a function: the compiler lays out signal.o as without it. */
#define utrace_still_ignored(task, sig, ignored) (ignored)

static inline int utrace_filter_signal(int signr, struct ksignal *ksig,
				       enum pid_type type)
{
	return signr;
}

#define utrace_sigaction(signr, ka) ((void)(signr), (ka))

#define utrace_default_signal(signr) (signr)

static inline int utrace_handler_step(int stepping)
{
	return stepping;
}

static inline void utrace_hold_trap(void) { }
#define utrace_hold_notify(exit_code, message) \
	((void)(exit_code), (void)(message))
#define utrace_wake_held(task) ((void)(task))
#define utrace_kept_jobctl(task) 0ul
static inline void utrace_kill_held(struct task_struct *task) { }
static inline void utrace_mark_killed(void) { }

#define SYSCALL_WORK_SYSCALL_UTRACE_EXIT 0
#define __syscall_trace_enter syscall_trace_enter

static inline bool utrace_syscall_entry(struct pt_regs *regs)
{
	return false;
}

static inline bool utrace_syscall_hold(void)
{
	return false;
}

static inline void utrace_syscall_exit(struct pt_regs *regs) { }
static inline void utrace_report_clone(unsigned long clone_flags,
				       struct task_struct *child) { }
static inline void utrace_hold_vfork(void) { }
static inline void utrace_report_exec(struct linux_binprm *bprm) { }

static inline long utrace_report_exit(long code)
{
	return code;
}

static inline void utrace_mark_oops(void) { }
static inline void utrace_exiting(struct task_struct *task) { }
static inline void utrace_note_death(struct task_struct *task,
				     bool autoreap) { }
static inline void utrace_report_death(struct task_struct *task,
				       bool group_dead) { }
static inline void utrace_release_task(struct task_struct *task) { }

#define utrace_report_stopped(notify) (notify)
#define utrace_report_trapping() true
static inline void utrace_report_continued(int notify) { }

static inline bool utrace_may_stop(void)
{
	return true;
}

static inline bool utrace_owners_capable(struct user_namespace *ns)
{
	return true;
}

static inline void utrace_ptrace_resume(struct task_struct *task, bool single,
					bool block) { }
static inline bool utrace_is_stepping(const struct task_struct *task)
{
	return false;
}

#define utrace_drops_step() false
#define utrace_hides_exit(work) ((void)(work), false)

static inline void utrace_proc_status(struct seq_file *m,
				      struct task_struct *task) { }

/* clang-format on */

#endif /* CONFIG_UTRACE */

#endif /* _LINUX_UTRACE_HOOKS_H */
