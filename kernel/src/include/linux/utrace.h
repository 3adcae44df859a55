/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * utrace: any number of tracing engines on a thread.
 *
 * This header is the whole interface of an engine. An engine is one tracer's
 * attachment to one task; its callbacks run in the context of that task, with
 * no lock held, at points where the user register state is complete.
 *
 *	attach   utrace_attach_task(), utrace_attach_pid()
 *	choose   utrace_set_events(), utrace_set_syscalls()
 *	ask      utrace_control(), utrace_poke()
 *	look     utrace_prepare_examine(), utrace_finish_examine()
 *	leave    utrace_control(UTRACE_DETACH), utrace_barrier(),
 *		 utrace_engine_put(), utrace_give_back()
 *
 * Every call may be made on an engine that is detached already, as long as the
 * caller owns a reference to it, and with a task pointer that is stale: it
 * answers -ESRCH without looking at the task. The hooks that core code calls
 * are in <linux/utrace_hooks.h> and are none of an engine's business.
 */
#ifndef _LINUX_UTRACE_H
#define _LINUX_UTRACE_H

#include <linux/bitmap.h>
#include <linux/cred.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/signal.h>

struct linux_binfmt;
struct linux_binprm;
struct pt_regs;
struct utrace;
struct user_regset_view;

#define UTRACE_API_VERSION 20090302

/* clang-format off */

/*
 * Event types, in the order of their bits. The public masks are made by
 * UTRACE_EVENT() below.
 */
enum utrace_events {
	_UTRACE_EVENT_QUIESCE,		/* the task is at a safe point */
	_UTRACE_EVENT_REAP,		/* the task is gone for good */
	_UTRACE_EVENT_CLONE,		/* fork, vfork or clone succeeded */
	_UTRACE_EVENT_EXEC,		/* execve succeeded */
	_UTRACE_EVENT_EXIT,		/* the task is in exit, still whole */
	_UTRACE_EVENT_DEATH,		/* the task is a zombie */
	_UTRACE_EVENT_SYSCALL_ENTRY,	/* entering a system call */
	_UTRACE_EVENT_SYSCALL_EXIT,	/* leaving a system call */
	_UTRACE_EVENT_SIGNAL,		/* a signal will run a handler */
	_UTRACE_EVENT_SIGNAL_IGN,	/* a signal will be ignored */
	_UTRACE_EVENT_SIGNAL_STOP,	/* a signal will stop the process */
	_UTRACE_EVENT_SIGNAL_TERM,	/* a signal will end the process */
	_UTRACE_EVENT_SIGNAL_CORE,	/* the same, with a core dump */
	_UTRACE_EVENT_JCTL,		/* job control stop or continue */
	_UTRACE_NEVENTS
};

#define UTRACE_EVENT(type) (1UL << _UTRACE_EVENT_##type)

/* All classes of signals. */
#define UTRACE_EVENT_SIGNAL_ALL						\
	(UTRACE_EVENT(SIGNAL) | UTRACE_EVENT(SIGNAL_IGN) |		\
	 UTRACE_EVENT(SIGNAL_STOP) | UTRACE_EVENT(SIGNAL_TERM) |	\
	 UTRACE_EVENT(SIGNAL_CORE))

/* Entry to and exit from system calls. */
#define UTRACE_EVENT_SYSCALL						\
	(UTRACE_EVENT(SYSCALL_ENTRY) | UTRACE_EVENT(SYSCALL_EXIT))

/* Every event there is. */
#define UTRACE_EVENT_ALL	((1UL << _UTRACE_NEVENTS) - 1)

/**
 * enum utrace_resume_action - what a task does next, as far as tracing goes
 * @UTRACE_STOP: Stay stopped, or stop before user mode. Sticky: it holds until
 *	this engine chooses something else.
 * @UTRACE_REPORT: Make one report_quiesce or report_signal before user mode.
 * @UTRACE_INTERRUPT: The same, but a system call that blocks is broken off and
 *	the callback is report_signal.
 * @UTRACE_SINGLESTEP: Run one user instruction, then SIGTRAP.
 * @UTRACE_BLOCKSTEP: Run to the next branch taken, then SIGTRAP. Becomes
 *	UTRACE_SINGLESTEP where the machine has no block step, or where another
 *	tracer single-steps.
 * @UTRACE_RESUME: Run.
 * @UTRACE_DETACH: Run, and this engine leaves.
 *
 * The smallest value among all engines prevails. A callback returns one of
 * these, possibly with a signal or system call action or'ed in.
 */
enum utrace_resume_action {
	UTRACE_STOP,
	UTRACE_REPORT,
	UTRACE_INTERRUPT,
	UTRACE_SINGLESTEP,
	UTRACE_BLOCKSTEP,
	UTRACE_RESUME,
	UTRACE_DETACH,
};

#define UTRACE_RESUME_MASK	0x0f

/**
 * enum utrace_signal_action - what becomes of a signal
 * @UTRACE_SIGNAL_DELIVER: Do as @return_ka of report_signal says. With
 *	a handler of SIG_DFL that is the default action of the signal.
 * @UTRACE_SIGNAL_IGN: Drop it. A signal that is ignored anyway comes with this
 *	action; returned unchanged it is still shown to a ptracer, from whom only
 *	UTRACE_SIGNAL_REPORT takes it.
 * @UTRACE_SIGNAL_TERM: End the process; the wait status carries the number in
 *	the siginfo.
 * @UTRACE_SIGNAL_CORE: The same with a core dump.
 * @UTRACE_SIGNAL_STOP: Stop the process, as SIGSTOP does.
 * @UTRACE_SIGNAL_TSTP: The same, unless its process group is orphaned.
 * @UTRACE_SIGNAL_REPORT: Only as input: there is no signal (yet); the report
 *	was asked for. Returning it means the same: no signal.
 * @UTRACE_SIGNAL_HANDLER: Only as input: a handler was just set up and its
 *	first instruction has not run.
 */
enum utrace_signal_action {
	UTRACE_SIGNAL_DELIVER	= 0x00,
	UTRACE_SIGNAL_IGN	= 0x10,
	UTRACE_SIGNAL_TERM	= 0x20,
	UTRACE_SIGNAL_CORE	= 0x30,
	UTRACE_SIGNAL_STOP	= 0x40,
	UTRACE_SIGNAL_TSTP	= 0x50,
	UTRACE_SIGNAL_REPORT	= 0x60,
	UTRACE_SIGNAL_HANDLER	= 0x70,
};

#define UTRACE_SIGNAL_MASK	0xf0
/* Put the signal back, before others of its number, before acting otherwise. */
#define UTRACE_SIGNAL_HOLD	0x100

/**
 * enum utrace_syscall_action - what becomes of a system call
 * @UTRACE_SYSCALL_RUN: Make the call.
 * @UTRACE_SYSCALL_ABORT: Do not make it. The result is -ENOSYS, or what the
 *	engine put into the result register. The exit event still comes.
 *
 * The last engine's choice counts; each sees that of the one before.
 */
enum utrace_syscall_action {
	UTRACE_SYSCALL_RUN	= 0x00,
	UTRACE_SYSCALL_ABORT	= 0x10,
};

#define UTRACE_SYSCALL_MASK	0xf0

/* Flags of utrace_attach_task() and utrace_attach_pid(). */
#define UTRACE_ATTACH_MATCH_OPS		0x0001	/* same ops table */
#define UTRACE_ATTACH_MATCH_DATA	0x0002	/* same data pointer */
#define UTRACE_ATTACH_MATCH_MASK	0x000f
#define UTRACE_ATTACH_CREATE		0x0010	/* make a new engine */
#define UTRACE_ATTACH_EXCLUSIVE		0x0020	/* fail if one matches */

/* clang-format on */

/**
 * utrace_resume_action() - the resume action in a callback's action argument
 * @action: The @action argument, or a callback's return value.
 *
 * Return: The resume action.
 */
static inline enum utrace_resume_action utrace_resume_action(u32 action)
{
	return action & UTRACE_RESUME_MASK;
}

/**
 * utrace_signal_action() - the signal action in a report_signal argument
 * @action: The @action argument of report_signal, or its return value.
 *
 * Return: The signal action.
 */
static inline enum utrace_signal_action utrace_signal_action(u32 action)
{
	return action & UTRACE_SIGNAL_MASK;
}

/**
 * utrace_syscall_action() - the system call action in a report_syscall_entry
 *	argument
 * @action: The @action argument of report_syscall_entry, or its return value.
 *
 * Return: The system call action.
 */
static inline enum utrace_syscall_action utrace_syscall_action(u32 action)
{
	return action & UTRACE_SYSCALL_MASK;
}

/* Of utrace_set_syscalls(): calls from this number on are always reported. */
#define UTRACE_NR_SYSCALLS 512

/**
 * struct utrace_engine - one tracer's attachment to one task
 * @ops: The callbacks. Set at attach, constant until the engine is detached.
 * @data: The engine's own. The core hands it through and compares it for
 *	UTRACE_ATTACH_MATCH_DATA, nothing else.
 * @flags: The event mask, as utrace_set_events() left it. Read only, and only
 *	a hint unless the task is stopped.
 *
 * The rest belongs to kernel/utrace/. The attachment itself holds one
 * reference, so an engine is at hand in its own callbacks; whoever keeps the
 * pointer elsewhere owns one more, from utrace_attach_task() or
 * utrace_engine_get().
 */
struct utrace_engine {
	const struct utrace_engine_ops *ops;
	void *data;
	unsigned long flags;

	/* private: */

	/* Keeps this structure, not the attachment. */
	struct kref kref;
	/* In utrace.engines; under utrace.lock. */
	struct list_head entry;
	/*
	 * Where it is attached; NULL once it is detached or its task
	 * was reaped, which is what makes calls answer -ESRCH. Written under
	 * utrace.lock, read under RCU.
	 */
	struct utrace __rcu *utrace;
	/*
	 * The owner's credentials, taken at attach (or inherited when a
	 * callback attached to a child). Constant; owns a reference.
	 */
	const struct cred *cred;
	/*
	 * The system calls it wants to hear of, if it has named some. Under
	 * utrace.lock.
	 */
	DECLARE_BITMAP(syscalls, UTRACE_NR_SYSCALLS);
	bool has_syscalls;
	/* This engine holds the task. Written under utrace.lock. */
	bool stopped;
	/*
	 * The stop was asked for while the task ran, and no callback has
	 * answered since: it holds at the user boundary only. Written under
	 * utrace.lock.
	 */
	bool unanswered;
	/*
	 * What this engine wants the task to do at the next return to
	 * user mode: UTRACE_REPORT .. UTRACE_RESUME. Written under utrace.lock;
	 * read by the task itself.
	 */
	u8 resume;
	/*
	 * The step that is armed, or whose trap is on its way, is this engine's.
	 * Written by the task itself under utrace.lock.
	 */
	bool armed;
	/*
	 * No callback will be made any more; it is still in the
	 * list because its callback is running. Written under utrace.lock.
	 */
	bool detached;
};

/**
 * struct utrace_engine_ops - an engine's callbacks
 * @report_quiesce: Comes before each of the others but report_reap, if the
 *	engine has the QUIESCE event set, with @event the bit of what follows;
 *	alone, with @event 0, when someone asked for a report and the task is
 *	about to return to user mode or to be held where it is.
 * @report_signal: A signal is about to be acted on. @action has the default
 *	disposition, or UTRACE_SIGNAL_REPORT when no signal was dequeued but a
 *	report was asked for, or UTRACE_SIGNAL_HANDLER when a handler frame was
 *	just set up. These two have no event of their own and go to engines that
 *	have QUIESCE or any of the signal events set. @info and @return_ka may
 *	be rewritten; @orig_ka is what the process has installed, NULL for
 *	REPORT and HANDLER. To inject a signal at REPORT or HANDLER, fill @info
 *	whole and return UTRACE_SIGNAL_DELIVER.
 * @report_clone: A child was made and has not run. Its creator's engines may
 *	attach to it here, before anybody else can.
 * @report_jctl: The task stopped for job control (@type CLD_STOPPED) or was
 *	continued (CLD_CONTINUED); @notify is what the parent is told, 0 if
 *	nothing.
 * @report_exec: execve succeeded; nothing of the new program ran.
 * @report_syscall_entry: About to make a system call.
 * @report_syscall_exit: About to return from one.
 * @report_exit: In exit, with all its state. @code may be changed.
 * @report_death: Dead; @signal is the number sent to the parent, -1 if the
 *	task reaps itself, 0 if nothing was sent (a leader with live threads).
 *	Only UTRACE_DETACH has a meaning as a return value.
 * @report_reap: Reaped: the last callback, in the reaper's context, and it may
 *	not block. The engine is detached afterwards.
 *
 * All optional. Engines are called in the order in which they attached. A
 * callback must not wait for anything outside; to hold the task it returns
 * UTRACE_STOP. @action is what the engines before have chosen.
 */
struct utrace_engine_ops {
	u32 (*report_quiesce)(u32 action, struct utrace_engine *engine,
			      struct task_struct *task, unsigned long event);
	u32 (*report_signal)(u32 action, struct utrace_engine *engine,
			     struct task_struct *task, struct pt_regs *regs,
			     kernel_siginfo_t *info,
			     const struct k_sigaction *orig_ka,
			     struct k_sigaction *return_ka);
	u32 (*report_clone)(u32 action, struct utrace_engine *engine,
			    struct task_struct *parent,
			    unsigned long clone_flags,
			    struct task_struct *child);
	u32 (*report_jctl)(u32 action, struct utrace_engine *engine,
			   struct task_struct *task, int type, int notify);
	u32 (*report_exec)(u32 action, struct utrace_engine *engine,
			   struct task_struct *task,
			   const struct linux_binfmt *fmt,
			   const struct linux_binprm *bprm,
			   struct pt_regs *regs);
	u32 (*report_syscall_entry)(u32 action, struct utrace_engine *engine,
				    struct task_struct *task,
				    struct pt_regs *regs);
	u32 (*report_syscall_exit)(u32 action, struct utrace_engine *engine,
				   struct task_struct *task,
				   struct pt_regs *regs);
	u32 (*report_exit)(u32 action, struct utrace_engine *engine,
			   struct task_struct *task, long orig_code,
			   long *code);
	u32 (*report_death)(struct utrace_engine *engine,
			    struct task_struct *task, bool group_dead,
			    int signal);
	void (*report_reap)(struct utrace_engine *engine,
			    struct task_struct *task);
};

/**
 * struct utrace_examiner - state between prepare and finish of an examination
 */
struct utrace_examiner {
	/* private: */
	unsigned long ncsw;
	struct task_struct *task;
};

void __utrace_engine_release(struct kref *kref);

/**
 * utrace_engine_get() - take a reference on an engine
 * @engine: The engine; the caller owns a reference or is in its callback.
 *
 * Context: any.
 */
static inline void utrace_engine_get(struct utrace_engine *engine)
{
	kref_get(&engine->kref);
}

/**
 * utrace_engine_put() - drop a reference on an engine
 * @engine: The engine. It may be freed by this call.
 *
 * Context: any.
 */
static inline void utrace_engine_put(struct utrace_engine *engine)
{
	kref_put(&engine->kref, __utrace_engine_release);
}

struct utrace_engine *utrace_attach_task(struct task_struct *task, int flags,
					 const struct utrace_engine_ops *ops,
					 void *data);
struct utrace_engine *utrace_attach_pid(struct pid *pid, int flags,
					const struct utrace_engine_ops *ops,
					void *data);
int utrace_set_events(struct task_struct *task, struct utrace_engine *engine,
		      unsigned long events);
int utrace_control(struct task_struct *task, struct utrace_engine *engine,
		   enum utrace_resume_action action);
int utrace_barrier(struct task_struct *task, struct utrace_engine *engine);
int utrace_prepare_examine(struct task_struct *task,
			   struct utrace_engine *engine,
			   struct utrace_examiner *exam);
int utrace_finish_examine(struct task_struct *task,
			  struct utrace_engine *engine,
			  struct utrace_examiner *exam);
int utrace_set_syscalls(struct task_struct *task, struct utrace_engine *engine,
			const unsigned long *syscalls);
int utrace_set_events_pid(struct pid *pid, struct utrace_engine *engine,
			  unsigned long events);
int utrace_control_pid(struct pid *pid, struct utrace_engine *engine,
		       enum utrace_resume_action action);
int utrace_barrier_pid(struct pid *pid, struct utrace_engine *engine);
void utrace_poke(void);
int utrace_give_back(struct task_struct *task, const kernel_siginfo_t *info);

#endif /* _LINUX_UTRACE_H */
