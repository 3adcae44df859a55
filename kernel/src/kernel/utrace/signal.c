// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: report_signal and what follows from it.
 *
 * The functions here are called by get_signal() with siglock held and drop it
 * for the callbacks. What engines decide is kept in struct utrace for the rest
 * of get_signal(): utrace.signr is the signal it is about, and when ptrace
 * changes the number the decision is void.
 */
#include <linux/ptrace.h>
#include <linux/signal.h>
#include <linux/string.h>
#include <asm/syscall.h>

#include "utrace.h"

static bool call_signal(struct utrace_report *report,
			struct utrace_engine *engine, u32 action, u32 *ret)
{
	if (!engine->ops->report_signal)
		return false;
	*ret = engine->ops->report_signal(action, engine, current,
					  current_pt_regs(),
					  &report->ksig->info, report->orig_ka,
					  report->ka);
	return true;
}

/*
 * The class of a signal and its default disposition, as get_signal() would act
 * on it without engines.
 */
static unsigned long classify(int signr, const struct k_sigaction *ka,
			      u32 *action)
{
	if (ka->sa.sa_handler != SIG_IGN && ka->sa.sa_handler != SIG_DFL) {
		*action = UTRACE_SIGNAL_DELIVER;
		return UTRACE_EVENT(SIGNAL);
	}
	if (ka->sa.sa_handler == SIG_IGN || sig_kernel_ignore(signr) ||
	    ((current->signal->flags & SIGNAL_UNKILLABLE) &&
	     !sig_kernel_only(signr))) {
		*action = UTRACE_SIGNAL_IGN;
		return UTRACE_EVENT(SIGNAL_IGN);
	}
	if (sig_kernel_stop(signr)) {
		*action = signr == SIGSTOP ? UTRACE_SIGNAL_STOP :
					     UTRACE_SIGNAL_TSTP;
		return UTRACE_EVENT(SIGNAL_STOP);
	}
	if (sig_kernel_coredump(signr)) {
		*action = UTRACE_SIGNAL_CORE;
		return UTRACE_EVENT(SIGNAL_CORE);
	}
	*action = UTRACE_SIGNAL_TERM;
	return UTRACE_EVENT(SIGNAL_TERM);
}

/*
 * Is this the trap that a step makes? TRAP_TRACE comes from the debug exception
 * (arch/x86/kernel/traps.c), TRAP_BRKPT from user_single_step_report() when the
 * step was over a system call.
 */
static bool is_step_trap(const kernel_siginfo_t *info)
{
#ifdef CONFIG_UPROBES
	/* arch_uprobe_post_xol() repeats the trap by send_sig(). */
	if (current->utask && info->si_signo == SIGTRAP &&
	    info->si_code == SI_USER && info->si_pid == task_tgid_vnr(current))
		return true;
#endif
	return info->si_signo == SIGTRAP &&
	       (info->si_code == TRAP_TRACE || info->si_code == TRAP_BRKPT);
}

/*
 * A trap of a step that the ptracer alone asked for is none of the engines'
 * business: those that look at signals would take it for the program's.
 */
static bool is_ptrace_step(const struct utrace *utrace,
			   const kernel_siginfo_t *info)
{
	return !utrace->stepping &&
	       ((current->ptrace & (PT_STEP | PT_BLOCKSTEP)) ||
		utrace->ptrace_trap) &&
	       is_step_trap(info);
}

/* ptrace resumes a tracee, which may have stopped before its step was shown. */
void __utrace_keep_trap(struct task_struct *task, bool stepped)
{
	struct utrace *utrace = utrace_of(task);

	utrace->ptrace_trap = (stepped || utrace->ptrace_trap) &&
			      sigismember(&task->pending.signal, SIGTRAP);
}

static int forced_default(enum utrace_signal_action action)
{
	switch (action) {
	case UTRACE_SIGNAL_TERM:
		return SIGTERM;
	case UTRACE_SIGNAL_CORE:
		return SIGQUIT;
	case UTRACE_SIGNAL_STOP:
		return SIGSTOP;
	case UTRACE_SIGNAL_TSTP:
		return SIGTSTP;
	default:
		return 0;
	}
}

/* Notes an engine's choice for utrace_sigaction() and the default action. */
static void set_disposition(struct utrace *utrace, int signr, u32 action,
			    bool use_ka)
{
	int forced = forced_default(utrace_signal_action(action));

	utrace->signr = signr;
	utrace->default_signr = forced ?: signr;
	utrace->use_ka = use_ka || forced;
	if (forced)
		utrace->ka.sa.sa_handler = SIG_DFL;
}

/*
 * A signal that engines let through may be blocked by now, or the thread may
 * have been killed while they looked: as after ptrace_signal().
 */
static int recheck(int signr, kernel_siginfo_t *info, enum pid_type type)
{
	if (!sigismember(&current->blocked, signr) &&
	    !fatal_signal_pending(current))
		return signr;
	send_signal_locked(signr, info, current, type);
	return 0;
}

/*
 * While the thread is held, info stays as the last callback left it, for the
 * report that follows the hold, or comes instead of it when somebody asked for
 * a report, or an interrupt, while the callback that wanted to stop was running.
 */
static void park_info(struct utrace *utrace, const kernel_siginfo_t *info)
{
	utrace->parked = READ_ONCE(utrace->hold) || utrace_report_due(utrace) ||
			 READ_ONCE(utrace->interrupt);
	if (utrace->parked)
		copy_siginfo(&utrace->info, info);
}

static void unpark_info(struct utrace *utrace, kernel_siginfo_t *info)
{
	if (utrace->parked)
		copy_siginfo(info, &utrace->info);
	else
		clear_siginfo(info);
	utrace->parked = false;
}

/*
 * A stop signal that was dequeued before the thread was held: whether SIGCONT has
 * taken it back meanwhile, JOBCTL_STOP_DEQUEUED knows, as in a stop of ptrace.
 */
static bool is_stop_parked(const struct utrace *utrace)
{
	return utrace->parked && sig_kernel_stop(utrace->info.si_signo);
}

/* Everything that inject_signal() answers. */
static bool is_report_due(struct utrace *utrace)
{
	lockdep_assert_held(current_siglock());
	return utrace_report_due(utrace) || utrace->interrupt ||
	       utrace->handler || (utrace->continued && !utrace_stands(utrace));
}

/* Returns true with siglock released, for which sparse has no words. */
static bool hold_boundary(struct utrace *utrace)
	__must_hold(&current->sighand->siglock)
{
	lockdep_assert_held(current_siglock());
	/* A report that is due comes first, unless the thread is in a hold. */
	if (utrace->handler || (is_report_due(utrace) && !utrace->settled))
		return false;
	if (!utrace->hold || (current->jobctl & JOBCTL_TRAP_MASK) ||
	    (current->ptrace && (current->jobctl & JOBCTL_STOP_PENDING)))
		return false;
	utrace_hold(utrace, UTRACE_HOLD_BOUNDARY);
	spin_unlock_irq(current_siglock());
	__acquire(current_siglock());
	return true;
}

/* Settles what engines made of a report that came without a signal. */
static int settle_injected(struct utrace *utrace, struct utrace_report *report)
{
	static const struct k_sigaction untouched;
	int signr = report->ksig->info.si_signo;

	if (utrace_is_no_signal(report->action) || !valid_signal(signr) ||
	    !signr ||
	    utrace_signal_action(report->action) == UTRACE_SIGNAL_HANDLER) {
		park_info(utrace, &report->ksig->info);
		return 0;
	}
	set_disposition(utrace, signr, report->action,
			memcmp(&utrace->ka, &untouched, sizeof(untouched)));
	return signr;
}

/* Makes the report_signal that was asked for; no locks. */
static int report_no_signal(struct utrace *utrace, struct ksignal *ksig,
			    u32 *action)
{
	struct utrace_report report = {
		.call = call_signal,
		.action = UTRACE_SIGNAL_REPORT,
		.ksig = ksig,
		.ka = &utrace->ka,
	};
	int signr;

	if (utrace->handler)
		report.action = UTRACE_SIGNAL_HANDLER;
	utrace->handler = false;
	utrace->signr = 0;
	memset(&utrace->ka, 0, sizeof(utrace->ka));
	unpark_info(utrace, &ksig->info);
	utrace_make_report(utrace, &report);
	signr = settle_injected(utrace, &report);
	*action = report.action;
	return signr;
}

/* ptrace_signal() would stop for what SIGCONT has cancelled. */
static bool is_cancelled(int signr)
{
	lockdep_assert_held(current_siglock());
	return current->ptrace && sig_kernel_stop(signr) &&
	       !(current->jobctl & JOBCTL_STOP_DEQUEUED);
}

/*
 * Is current about to show its ptracer a group stop that it is part of already?
 * PTRACE_SEIZE asks for that, which waits for the trap, and PTRACE_INTERRUPT
 * after PTRACE_LISTEN. The stop for a signal would take the place of the trap,
 * and nothing brings that back: the thread would run although its process is
 * stopped. With JOBCTL_STOP_PENDING something does.
 */
static bool shows_group_stop(void)
{
	const struct signal_struct *signal = current->signal;
	unsigned long pending = current->jobctl & JOBCTL_PENDING_MASK;

	lockdep_assert_held(current_siglock());
	if (current->jobctl & JOBCTL_TRAPPING)
		return true;
	if (!(pending & JOBCTL_TRAP_STOP) || (pending & JOBCTL_STOP_PENDING))
		return false;
	return signal->group_stop_count ||
	       (signal->flags & SIGNAL_STOP_STOPPED);
}

/*
 * May the signal that engines chose be acted on now? Before the trap of a group
 * stop it may not, and waits in the queue, as one that is blocked: engines see it
 * once more. The report itself is made, as somebody may wait for it.
 */
static int settle_chosen(int signr, kernel_siginfo_t *info)
{
	if (is_cancelled(signr))
		return 0;
	if (!shows_group_stop())
		return recheck(signr, info, PIDTYPE_PID);
	utrace_requeue_signal(current, info);
	return 0;
}

/* Returns -EAGAIN with siglock released, for which sparse has no words. */
static int inject_signal(struct ksignal *ksig)
	__must_hold(&current->sighand->siglock)
{
	struct utrace *utrace = utrace_of(current);
	int signr = 0, continued;
	u32 action;

	lockdep_assert_held(current_siglock());
	if (current->jobctl & JOBCTL_UTRACE) {
		current->jobctl &= ~JOBCTL_UTRACE;
		/* For a step that could not be armed where it was wanted. */
		set_thread_flag(TIF_NOTIFY_RESUME);
	}
	if (!is_report_due(utrace))
		return 0;
	/* It is held, and got up for a trap of ptrace only. */
	if (utrace->hold && utrace->settled && !utrace->handler)
		return 0;
	/* SIGCONT clears this while siglock is dropped, or since it is parked. */
	if (!is_stop_parked(utrace))
		current->jobctl |= JOBCTL_STOP_DEQUEUED;
	continued = utrace->continued;
	utrace->continued = 0;
	spin_unlock_irq(current_siglock());

	if (continued)
		__utrace_report_continued(continued);
	if (utrace_take_requests(utrace, true) || utrace->handler)
		signr = report_no_signal(utrace, ksig, &action);
	if (!signr) {
		__acquire(current_siglock());
		return -EAGAIN;
	}
	spin_lock_irq(current_siglock());
	if (action & UTRACE_SIGNAL_HOLD)
		utrace_requeue_signal(current, &ksig->info);
	signr = settle_chosen(signr, &ksig->info);
	if (signr) {
		utrace->injected = true;
		return signr;
	}
	spin_unlock_irq(current_siglock());
	__acquire(current_siglock());
	return -EAGAIN;
}

/*
 * May what is raised be an engine's: the trap of its step, or of a breakpoint that
 * it has written? A step of the ptracer alone is told to no engine, see
 * is_ptrace_step(), and who comes by a system call has executed nothing else: what
 * ptrace or seccomp raises there comes when it would come without engines.
 */
static bool is_raised_for_engines(const struct utrace *utrace)
{
	const struct sigqueue *queued;

	lockdep_assert_held(current_siglock());
	if (utrace->stepping)
		return true;
	if (syscall_get_nr(current, current_pt_regs()) != -1)
		return false;
	list_for_each_entry(queued, &current->pending.list, list)
		if (is_step_trap(&queued->info))
			return false;
	return true;
}

/*
 * Is current about to stop for job control, a ptracer or a cgroup's freezer?
 * An engine that leaves while it stands there could not wait until the trap of
 * its own breakpoint or step is dequeued, which would kill the thread later. So
 * engines see what the last instruction has raised before it stops, as if the
 * stop had come a moment later. With JOBCTL_TRAPPING it has stopped already.
 */
static bool acts_before_stop(const struct utrace *utrace)
{
	lockdep_assert_held(current_siglock());
	return (current->jobctl & (JOBCTL_PENDING_MASK | JOBCTL_TRAP_FREEZE)) &&
	       !(current->jobctl & JOBCTL_TRAPPING) && !utrace->hold &&
	       task_utrace_events(current, UTRACE_EVENT(SIGNAL_CORE)) &&
	       is_raised_for_engines(utrace);
}

/* A stop that is pending and counts on current, or none, is another one. */
static void note_new_stop(struct utrace *utrace)
{
	unsigned long stop = JOBCTL_STOP_PENDING | JOBCTL_STOP_CONSUME;

	lockdep_assert_held(current_siglock());
	if ((current->jobctl & stop) != JOBCTL_STOP_PENDING)
		utrace->stop_told = false;
}

int __utrace_boundary(struct ksignal *ksig)
{
	struct utrace *utrace = utrace_of(current);
	int signr;

	/* A stop that follows shows the registers. */
	utrace_take_back_step(utrace);
	note_new_stop(utrace);
	if (hold_boundary(utrace))
		return -EAGAIN;
	signr = inject_signal(ksig);
	if (!signr && acts_before_stop(utrace))
		signr = utrace_dequeue_synchronous(&ksig->info);
	return signr;
}

/*
 * Nobody is left to be told, and the next engine is none of those who asked.
 * Returns with the caller's siglock released, as the caller starts over.
 */
bool __utrace_end_request(void)
{
	struct utrace *utrace = utrace_of(current);

	lockdep_assert_held(current_siglock());
	current->jobctl &= ~JOBCTL_UTRACE;
	utrace->handler = false;
	utrace->continued = 0;
	__acquire(current_siglock());
	spin_unlock_irq(current_siglock());
	utrace_forget_requests(utrace);
	return true;
}

/*
 * Did an engine take the signal away from all who come later? A signal that is
 * ignored anyway arrives as UTRACE_SIGNAL_IGN: passed on like that it is not
 * taken away, and a ptracer sees it as it does without engines.
 */
static bool is_taken(const struct utrace_report *report, bool changed)
{
	if (!utrace_is_no_signal(report->action))
		return false;
	return changed || (report->action & UTRACE_SIGNAL_HOLD) ||
	       !current->ptrace;
}

/*
 * What the engines made of a dequeued signal. Without a change the signal goes
 * the way it would go without them, and no disposition is noted; the same holds
 * for a rewritten number whose action nobody touched.
 */
static int settle_filtered(struct utrace *utrace, struct utrace_report *report,
			   int signr, u32 action)
{
	int new_signr = report->ksig->info.si_signo;
	bool use_ka, changed;

	if (report->claimed && new_signr == SIGTRAP &&
	    (current->ptrace & (PT_STEP | PT_BLOCKSTEP)))
		return SIGTRAP;
	use_ka = memcmp(&utrace->ka, report->orig_ka, sizeof(utrace->ka));
	changed = use_ka || utrace_signal_action(report->action) != action;
	if (report->claimed && new_signr == SIGTRAP && !changed)
		return 0;
	if (utrace_is_no_signal(report->action))
		park_info(utrace, &report->ksig->info);
	if (is_taken(report, changed))
		return 0;
	if (WARN_ON_ONCE(!valid_signal(new_signr) || !new_signr))
		new_signr = signr;
	if (changed)
		set_disposition(utrace, new_signr, report->action, use_ka);
	return new_signr;
}

static int filter_signal(struct utrace *utrace, struct utrace_report *report,
			 int signr, u32 action, enum pid_type type)
	__must_hold(&current->sighand->siglock)
{
	struct ksignal *ksig = report->ksig;

	/* SIGCONT clears this while siglock is dropped, see ptrace_signal(). */
	current->jobctl |= JOBCTL_STOP_DEQUEUED;
	spin_unlock_irq(current_siglock());
	utrace_make_report(utrace, report);
	if (report->claimed)
		set_thread_flag(TIF_NOTIFY_RESUME);
	spin_lock_irq(current_siglock());
	if (report->action & UTRACE_SIGNAL_HOLD)
		utrace_requeue_signal(current, &ksig->info);
	signr = settle_filtered(utrace, report, signr, action);
	if (!signr || is_cancelled(signr))
		return 0;
	return recheck(signr, &ksig->info, type);
}

/* What is installed for a signal; siglock is held. */
static struct k_sigaction *current_action(int signr)
{
	struct sighand_struct *sighand;

	sighand = rcu_dereference_protected(current->sighand, true);
	return &sighand->action[signr - 1];
}

int __utrace_filter_signal(int signr, struct ksignal *ksig, enum pid_type type)
{
	struct k_sigaction *ka = current_action(signr);
	struct utrace *utrace = utrace_of(current);
	struct k_sigaction orig_ka = *ka;
	struct utrace_report report = {
		.call = call_signal,
		.ksig = ksig,
		.orig_ka = &orig_ka,
	};
	bool is_ptraces;
	u32 action;

	if (!utrace)
		return signr;
	utrace_take_back_step(utrace);
	if (utrace->injected) {
		utrace->injected = false;
		return signr;
	}
	utrace->signr = 0;
	utrace->parked = false;
	is_ptraces = is_ptrace_step(utrace, &ksig->info);
	if (signr == SIGTRAP)
		utrace->ptrace_trap = false;
	if (signr == SIGKILL || (ka->sa.sa_flags & SA_IMMUTABLE) || is_ptraces)
		return signr;
	report.event = classify(signr, ka, &action);
	report.claimed = utrace->stepping && is_step_trap(&ksig->info);
	if (!report.claimed && !task_utrace_events(current, report.event))
		return signr;
	report.action = action;
	utrace->ka = *ka;
	report.ka = &utrace->ka;
	return filter_signal(utrace, &report, signr, action, type);
}

struct k_sigaction *__utrace_sigaction(int signr, struct k_sigaction *ka)
{
	struct utrace *utrace = utrace_of(current);

	if (utrace && utrace->signr == signr && utrace->use_ka)
		return &utrace->ka;
	return ka;
}

int __utrace_default_signal(int signr)
{
	struct utrace *utrace = utrace_of(current);

	if (utrace && utrace->signr == signr)
		return utrace->default_signr;
	return signr;
}

void __utrace_mark_killed(struct task_struct *task)
{
	lockdep_assert_held(&task->sighand->siglock);
	utrace_of(task)->killed = true;
}

/**
 * utrace_give_back() - put a signal back that an engine has taken off the queue
 * @task: The thread that it was taken from; the caller owns a reference.
 * @info: The signal.
 *
 * For an engine that has parked a signal and leaves, while the thread cannot come
 * by to be given it: a ptracer may hold it. Of the signals of its number it is the
 * first that the thread dequeues then; of several numbers the kernel takes what an
 * instruction has raised, and then the lowest, also when that was sent later. What
 * sending it would do besides, to other signals and to job control, was done when
 * it was sent; a stop signal that SIGCONT has cancelled since is dropped. It is
 * reported to the engines of @task once more, also to the one that has taken it if
 * that is attached still.
 *
 * Context: Task context, interrupts on. Does not sleep: the caller may hold a
 * plain spinlock.
 * Return:
 * * 0: done.
 * * -EINVAL: there is no such signal, or it is SIGKILL, which no engine has
 *   taken. It has to be sent: in the queue alone it kills nobody.
 * * -ESRCH: the thread is dead or exits; it takes no signals any more.
 */
int utrace_give_back(struct task_struct *task, const kernel_siginfo_t *info)
{
	unsigned long flags;
	int ret = 0;

	if (!info->si_signo || !valid_signal(info->si_signo) ||
	    info->si_signo == SIGKILL)
		return -EINVAL;
	if (!lock_task_sighand(task, &flags))
		return -ESRCH;
	if (task->flags & PF_EXITING)
		ret = -ESRCH;
	else
		utrace_requeue_signal(task, info);
	unlock_task_sighand(task, &flags);
	return ret;
}
EXPORT_SYMBOL_GPL(utrace_give_back);

#ifdef CONFIG_UTRACE_KUNIT_TEST
#include "signal_test.c"
#endif
