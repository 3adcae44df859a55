/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What core code calls for ptrace as an engine, beside <linux/utrace_hooks.h>.
 *
 * Without CONFIG_UTRACE_PTRACE all of it is nothing. The engine is one more in
 * the list of its task and the last of it; UTRACE_FLAG_ATTACHED is about the
 * others only.
 */
#ifndef _LINUX_UTRACE_PTRACE_H
#define _LINUX_UTRACE_PTRACE_H

struct task_struct;

#ifdef CONFIG_UTRACE_PTRACE

unsigned long __utrace_told_ptrace(void);
void __utrace_ptrace_events(struct task_struct *task);

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

#else /* !CONFIG_UTRACE_PTRACE */

#define utrace_told_ptrace() 0UL
#define utrace_ptrace_events(task) ((void)(task))

#endif /* CONFIG_UTRACE_PTRACE */

#endif /* _LINUX_UTRACE_PTRACE_H */
