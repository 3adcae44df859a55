/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What core code calls for ptrace as an engine, beside <linux/utrace_hooks.h>.
 *
 * Without CONFIG_UTRACE_PTRACE all of it is nothing. The engine is one more in
 * the list of its task and the last of it; UTRACE_FLAG_ATTACHED is about the
 * others only. Where there is none, for want of memory, every stop is made by
 * the code that makes it without the option.
 */
#ifndef _LINUX_UTRACE_PTRACE_H
#define _LINUX_UTRACE_PTRACE_H

#include <linux/sched.h>
#include <linux/signal_types.h>

#ifdef CONFIG_UTRACE_PTRACE

unsigned long __utrace_told_ptrace(void);
void __utrace_ptrace_attach(struct task_struct *task);
void __utrace_ptrace_events(struct task_struct *task);
int __utrace_ptrace_notify(int exit_code, unsigned long message);
bool __utrace_ptrace_signal(int *signr, kernel_siginfo_t *info);
bool __utrace_ptrace_trap(void);

/* What kernel/signal.c does for kernel/utrace/ptrace.c. */
int utrace_ptrace_stop_signal(int signr, kernel_siginfo_t *info);
void utrace_ptrace_stop_trap(void);

/**
 * utrace_told_ptrace() - what ptrace was told in the last round of callbacks
 *
 * Called by syscall_trace_enter() and syscall_exit_work() after the round, no
 * locks.
 *
 * Return: the bits of the system call work that it has seen to; 0 if its engine
 * was not called.
 */
static inline unsigned long utrace_told_ptrace(void)
{
	return __utrace_told_ptrace();
}

/**
 * utrace_ptrace_attach() - a ptracer is about to attach
 * @task: Its tracee.
 *
 * Called by ptrace_attach() and ptrace_traceme() before tasklist_lock is taken,
 * so that the first stop finds the engine; no spinlocks, may sleep. If they fail
 * afterwards an engine stays that nobody uses.
 */
static inline void utrace_ptrace_attach(struct task_struct *task)
{
	__utrace_ptrace_attach(task);
}

/**
 * utrace_ptrace_child() - a child may be traced from its beginning
 * @child: The child, which has not run.
 *
 * Called by kernel_clone() before wake_up_new_task(), no locks.
 */
static inline void utrace_ptrace_child(struct task_struct *child)
{
	if (unlikely(child->ptrace))
		__utrace_ptrace_attach(child);
}

/**
 * utrace_ptrace_events() - ptrace resumes its tracee
 * @task: The tracee, in a ptrace stop; its system call work is set already.
 *
 * Called by ptrace_resume(), no locks, may sleep. The engine gets the mask for
 * what the ptracer wants to see until the next stop.
 */
static inline void utrace_ptrace_events(struct task_struct *task)
{
	__utrace_ptrace_events(task);
}

/**
 * utrace_ptrace_notify() - let the engine make a stop of ptrace_notify()
 * @exit_code: As there.
 * @message: As there.
 *
 * Called by ptrace_notify() first of all, no locks.
 *
 * Return: what ptrace_notify() is to return, or -1: it makes the stop itself.
 */
static inline int utrace_ptrace_notify(int exit_code, unsigned long message)
{
	return __utrace_ptrace_notify(exit_code, message);
}

/**
 * utrace_ptrace_signal() - let the engine make a signal-delivery stop
 * @signr: The signal; what the ptracer makes of it.
 * @info: Its siginfo, which the ptracer may rewrite.
 *
 * Called by ptrace_signal() with siglock held, which is dropped for the stop as
 * ptrace_stop() does, only earlier, and held again at return.
 *
 * Return: false if ptrace_signal() is to make the stop itself.
 */
static inline bool utrace_ptrace_signal(int *signr, kernel_siginfo_t *info)
{
	return __utrace_ptrace_signal(signr, info);
}

/**
 * utrace_ptrace_trap() - let the engine make a trap of job control
 *
 * Called by do_jobctl_trap() with siglock held, which is dropped for the stop as
 * ptrace_stop() does, only earlier, and held again at return.
 *
 * Return: false if do_jobctl_trap() is to make the stop itself.
 */
static inline bool utrace_ptrace_trap(void)
{
	return __utrace_ptrace_trap();
}

#else /* !CONFIG_UTRACE_PTRACE */

/*
 * Arguments are not evaluated: to load current a moment earlier would already
 * change the object.
 */
#define utrace_told_ptrace() 0UL
#define utrace_ptrace_attach(task) ((void)sizeof(task))
#define utrace_ptrace_child(child) ((void)sizeof(child))
#define utrace_ptrace_events(task) ((void)sizeof(task))
#define utrace_ptrace_notify(exit_code, message) \
	((void)sizeof(exit_code), (void)sizeof(message), -1)
#define utrace_ptrace_signal(signr, info) \
	((void)sizeof(signr), (void)sizeof(info), false)
#define utrace_ptrace_trap() false

#endif /* CONFIG_UTRACE_PTRACE */

#endif /* _LINUX_UTRACE_PTRACE_H */
