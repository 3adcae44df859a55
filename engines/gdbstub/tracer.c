// SPDX-License-Identifier: GPL-2.0-only
/*
 * The utrace callbacks: everything here runs in the context of the traced
 * thread, with no lock held, and waits for nobody.
 *
 * A callback notes what happened, and then settle() says what the thread does
 * next. That is decided from the state of the thread and its session alone, so
 * a callback may come at any time and any number of times. Only callbacks at
 * the user boundary settle: report_quiesce with no event, and report_signal.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/syscall.h>

#include "agent.h"
#include "birth.h"
#include "displace.h"
#include "hit_judge.h"
#include "output.h"
#include "own_memory.h"
#include "regs_x86.h"
#include "session.h"
#include "step.h"
#include "stop_reply.h"
#include "trace.h"
#include "tracer.h"

#define NO_SIGNAL UTRACE_SIGNAL_REPORT

/* Away from the boundary: nothing is decided, a step goes on. */
static u32 keep_going(const struct gdb_thread *thread)
{
	return thread->armed ? UTRACE_SINGLESTEP : UTRACE_RESUME;
}

static void tell_event(struct gdb_thread *thread, enum stop_kind kind)
{
	struct stop_event event = { .kind = kind };

	session_event(thread, &event);
}

/* The instruction that the client wanted to be stepped has run. */
static void finish_step(struct gdb_thread *thread)
{
	u64 pc = current_pt_regs()->ip;

	if (!thread->guest)
		trace_collect_step(thread);
	if (thread->guest || thread->resume == RESUME_CONTINUE)
		return;
	if (thread->resume == RESUME_RANGE && pc >= thread->range_start &&
	    pc < thread->range_end)
		return;
	tell_event(thread, STOP_STEP);
}

/*
 * The engine leaves here, and not when the others have come by, too: what the
 * thread executes next, a set-user-ID program say, is as without a tracer.
 */
static u32 settle_leaving(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;

	/* It may have been sent there just before the leave began. */
	displace_leave(thread, current_pt_regs());
	thread->armed = false;
	if (!READ_ONCE(process->is_lifted))
		return UTRACE_RESUME;
	WRITE_ONCE(thread->passed, true);
	wake_up(&process->wait);
	return UTRACE_DETACH;
}

/* A guest in memory that nobody debugs any more; the session's thread does the rest. */
static u32 settle_left(struct gdb_thread *thread)
{
	displace_leave(thread, current_pt_regs());
	thread->armed = false;
	WRITE_ONCE(thread->passed, true);
	session_kick(thread->process->session, WORK_LOOK);
	return UTRACE_DETACH;
}

static bool client_steps(const struct gdb_thread *thread)
{
	return !thread->guest && thread->resume != RESUME_CONTINUE;
}

static bool wants_step(const struct gdb_thread *thread)
{
	return !thread->guest && (thread->resume != RESUME_CONTINUE ||
				  !list_empty(&thread->trace.steps));
}

/* Something comes before the step over a breakpoint; that begins anew after. */
static u32 call_off_step(struct gdb_thread *thread)
{
	step_over_end(thread);
	displace_leave(thread, current_pt_regs());
	thread->armed = wants_step(thread) &&
			!READ_ONCE(thread->process->is_leaving);
	return keep_going(thread);
}

/* The thread has to stop: a step over a breakpoint is called off before. */
static bool settle_stop(struct gdb_thread *thread)
{
	bool is_last;

	step_over_end(thread);
	thread->armed = false;
	thread->has_arrived = session_arrive(thread, &is_last);
	if (!thread->has_arrived)
		return false;
	if (is_last)
		stop_reply_send(thread->process->session);
	return true;
}

/*
 * The same in the middle of a system call. A step that led into it ends when the
 * call does: its trap comes after this stop, and nobody waits for it.
 */
static bool settle_stop_in_call(struct gdb_thread *thread)
{
	if (thread->armed)
		thread->stray_trap = true;
	return settle_stop(thread);
}

/*
 * Its vfork is over when the child has left the memory. That is looked at
 * whenever the thread is at a boundary, and it was asked to come there before
 * it began to wait: so it tells before it gets to user mode.
 */
static void settle_vfork(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;
	struct task_struct *child = thread->vfork_child;

	if (!child || thread_waits_for_vfork(thread))
		return;
	spin_lock(&session->lock);
	WRITE_ONCE(thread->vfork_child, NULL);
	spin_unlock(&session->lock);
	put_task_struct(child);
	/* Its entry was not reported if nothing was caught then. */
	if (!thread->in_syscall)
		thread->syscall = syscall_get_nr(current, current_pt_regs());
	thread->return_due = true;
	tell_event(thread, STOP_VFORK_DONE);
}

static bool is_caught(const struct gdb_thread *thread, int nr)
{
	return syscall_filter_has(&thread->process->syscalls, nr) &&
	       !thread->guest && !READ_ONCE(thread->process->is_leaving);
}

/*
 * The return from a vfork comes after the vfork's end, about which the client
 * was told at this boundary: what is caught is what it says when it resumes. A
 * thread that has arrived may be at a call's entry still.
 */
static void settle_return(struct gdb_thread *thread)
{
	struct stop_event event = {
		.kind = STOP_SYSCALL_RETURN,
		.syscall = thread->syscall,
	};

	if (thread->vfork_child || thread_is_stopped(thread))
		return;
	thread->in_syscall = false;
	if (!thread->return_due || session_wants_stop(thread))
		return;
	thread->return_due = false;
	if (is_caught(thread, event.syscall))
		session_event(thread, &event);
}

/* Return: what to do, or UTRACE_RESUME: there is nothing to step over. */
static u32 settle_over(struct gdb_thread *thread)
{
	switch (step_over_begin(thread)) {
	case STEP_OVER_ARMED:
		thread->armed = true;
		return UTRACE_SINGLESTEP;
	case STEP_OVER_BUSY:
		return UTRACE_STOP;
	case STEP_OVER_DONE:
		thread->over_wanted = false;
		finish_step(thread);
		return UTRACE_RESUME;
	case STEP_OVER_OUTLINE:
	default:
		thread->over_wanted = false;
		return UTRACE_RESUME;
	}
}

/*
 * Job control or a cgroup's freezer is about to stop it. A step begun now would
 * hold the others for as long. A stop that is pending may have been reported, and
 * comes without another report_jctl. The thread meets the breakpoint again when it
 * goes on, and hit_judge() passes it.
 */
static bool is_halting(void)
{
	return READ_ONCE(current->jobctl) &
	       (JOBCTL_STOPPED | JOBCTL_STOP_PENDING | JOBCTL_TRAP_FREEZE);
}

/*
 * At the user boundary, with nothing in hand: what does the thread do next?
 * Each pass of the loop ends in an answer or takes away its own reason: a hit
 * is taken once, an instruction is emulated once.
 */
static u32 settle(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct stop_event event = {};
	u32 action;

	for (;;) {
		if (READ_ONCE(thread->is_left))
			return settle_left(thread);
		if (READ_ONCE(process->is_leaving))
			return settle_leaving(thread);
		settle_vfork(thread);
		settle_return(thread);
		if (watch_take_hit(process, thread, &event))
			session_event(thread, &event);
		if (session_wants_stop(thread) && settle_stop(thread))
			return UTRACE_STOP;
		if (thread->over_wanted && !is_halting()) {
			action = settle_over(thread);
			if (action != UTRACE_RESUME)
				return action;
			continue;
		}
		if (step_over_holds(thread)) {
			displace_leave(thread, current_pt_regs());
			return UTRACE_STOP;
		}
		thread->armed = wants_step(thread);
		return thread->vfork_child ? UTRACE_REPORT : keep_going(thread);
	}
}

/*
 * Does a signal that is injected now go to the queue and come back: when it is
 * blocked, or when the thread shows its ptracer a group stop first. What it shows
 * may be something else, and the signal is delivered with its mark, which is in no
 * field. A ptracer that asks after this look has the client shown the signal twice.
 */
static bool is_requeued(int signo)
{
	return sigismember(&current->blocked, signo) ||
	       READ_ONCE(current->jobctl) &
		       (JOBCTL_TRAPPING | JOBCTL_TRAP_STOP);
}

/*
 * One that comes back is not shown then, if the thread is still traced.
 * Return: whether there is one; false: who leaves the thread has put it on the
 * queue by now.
 */
static bool take_injected(struct gdb_thread *thread, kernel_siginfo_t *info)
{
	struct gdb_session *session = thread->process->session;
	bool is_there;

	spin_lock(&session->lock);
	is_there = thread->inject;
	if (!is_there)
		goto unlock;
	thread_fill_siginfo(thread, info);
	if (is_requeued(thread->inject) && !thread->process->is_leaving)
		*thread_grant_of(info) = thread->grant;
	thread->inject = 0;
	thread->has_siginfo = false;
unlock:
	spin_unlock(&session->lock);
	return is_there;
}

/* Asked to come, with no signal in hand; one may be put there. */
static u32 report_pass(struct gdb_thread *thread, kernel_siginfo_t *info)
{
	u32 action;

	if (thread_trap_is_due())
		return keep_going(thread) | NO_SIGNAL;
	displace_leave(thread, current_pt_regs());
	action = settle(thread);
	if (action == UTRACE_STOP || !thread->inject)
		return action | NO_SIGNAL;
	/* A handler runs first; what was to be stepped comes after it. */
	if (action != UTRACE_DETACH)
		action = call_off_step(thread);
	return action | (take_injected(thread, info) ? UTRACE_SIGNAL_DELIVER :
						       NO_SIGNAL);
}

/* A handler's frame was set up. That is how a step into a handler ends. */
static u32 report_handler(struct gdb_thread *thread)
{
	if (thread_trap_is_due())
		return keep_going(thread) | NO_SIGNAL;
	if (!session_wants_stop(thread))
		finish_step(thread);
	return settle(thread) | NO_SIGNAL;
}

/*
 * Is there an int3 in front of this address, in its short or its long form? Not
 * if it cannot be read, either.
 */
static bool is_behind_int3(struct gdb_thread *thread, u64 addr)
{
	u8 bytes[2];

	return own_memory_read_all(thread, addr - 2, bytes, 2) == 2 &&
	       (bytes[1] == BREAKPOINT_INSN ||
		(bytes[0] == 0xcd && bytes[1] == 3));
}

static void park_siginfo(struct gdb_thread *thread,
			 const kernel_siginfo_t *info)
{
	thread->siginfo = *info;
	thread->has_siginfo = true;
}

/*
 * An int3 of ours was executed. The pc goes back to it. If another event was
 * first, nothing is told: the thread executes it again when it is resumed.
 */
static u32 take_breakpoint(struct gdb_thread *thread, struct pt_regs *regs,
			   kernel_siginfo_t *info)
{
	struct stop_event event = { .kind = STOP_SWBREAK };
	bool is_told = false;
	enum hit hit;
	u8 users;

	regs->ip--;
	/* A stepper meets it only if the step did not see the text lifted. */
	step_over_end(thread);
	thread->armed = false;
	hit = hit_judge(thread, regs, &users);
	thread->over_wanted = hit == HIT_PASS;
	thread->over_addr = regs->ip;
	thread->over_sp = regs->sp;
	if (hit == HIT_AGAIN)
		schedule_timeout_interruptible(1);
	if (hit == HIT_STOP)
		is_told = session_event(thread, &event);
	if (is_told) {
		thread->reported_break = true;
		park_siginfo(thread, info);
	}
	/* What will be executed again is collected then. */
	if (users & BREAKPOINT_TRACE && (hit == HIT_PASS || is_told))
		trace_collect_hit(thread);
	return settle(thread) | UTRACE_SIGNAL_IGN;
}

static u32 take_step_trap(struct gdb_thread *thread, kernel_siginfo_t *info)
{
	bool armed = thread->armed;

	if (READ_ONCE(thread->process->breakpoints->stepper) == thread) {
		step_over_end(thread);
		thread->over_wanted = false;
	}
	thread->armed = false;
	thread->stray_trap = false;
	if (armed && !READ_ONCE(thread->process->is_leaving)) {
		finish_step(thread);
		if (client_steps(thread))
			park_siginfo(thread, info);
	}
	return settle(thread) | UTRACE_SIGNAL_IGN;
}

/*
 * A breakpoint in memory that cannot be executed, as that on the stack to which
 * a function that the client calls returns: the fault of fetching it is its hit.
 * What the program's instruction there does with memory is no concern of it.
 */
static bool is_fault_at_breakpoint(const struct gdb_thread *thread,
				   const kernel_siginfo_t *info)
{
	u64 pc = current_pt_regs()->ip;

	return info->si_signo == SIGSEGV && info->si_code == SEGV_ACCERR &&
	       (__force u64)info->si_addr == pc &&
	       breakpoint_users(thread->process->breakpoints, pc) &
		       BREAKPOINT_CLIENT;
}

/*
 * While the client steps it sees every signal: to skip the handler it needs a
 * breakpoint behind it, which only the client can place.
 */
static bool is_pass_signal(struct gdb_thread *thread,
			   const kernel_siginfo_t *info)
{
	return thread->guest || READ_ONCE(thread->process->is_leaving) ||
	       READ_ONCE(thread->process->execs_left) ||
	       READ_ONCE(thread->process->session->trace.is_alone) ||
	       (test_bit(info->si_signo,
			 thread->process->session->client.pass) &&
		!client_steps(thread) && !is_fault_at_breakpoint(thread, info));
}

/*
 * A signal of the program's own. One that cannot be told at the moment goes
 * back to the queue: it comes again when the thread is resumed, or stays for
 * the program when the session ends.
 *
 * So does one that is the stop's event when the client goes before the thread
 * has arrived: who lets the process go looks for signals of threads that are
 * stopped, under session.lock, and this one is not. has_arrived tells the thread
 * which of the two was first.
 */
static u32 take_signal(struct gdb_thread *thread, kernel_siginfo_t *info)
{
	struct stop_event event = {
		.kind = STOP_SIGNAL,
		.signo = info->si_signo,
	};
	bool was_granted = *thread_grant_of(info) == thread->grant;
	u32 action;

	if (was_granted)
		*thread_grant_of(info) = 0;
	if (was_granted || is_pass_signal(thread, info))
		return call_off_step(thread) | UTRACE_SIGNAL_DELIVER;
	if (!session_event(thread, &event))
		return settle(thread) | UTRACE_SIGNAL_HOLD | NO_SIGNAL;
	park_siginfo(thread, info);
	thread->shown = info->si_signo;
	thread->has_arrived = false;
	action = settle(thread);
	if (thread->has_arrived)
		return action | NO_SIGNAL;
	thread->shown = 0;
	thread->has_siginfo = false;
	return action | UTRACE_SIGNAL_HOLD | NO_SIGNAL;
}

/*
 * @was_inside: the thread was in a slot; what traps there is the program's own
 * int3.
 */
static u32 take_trap(struct gdb_thread *thread, struct pt_regs *regs,
		     kernel_siginfo_t *info, bool was_inside)
{
	switch (info->si_code) {
	case SI_KERNEL:
		if (was_inside)
			break;
		if (breakpoint_is_at(thread->process->breakpoints,
				     regs->ip - 1))
			return take_breakpoint(thread, regs, info);
		if (is_behind_int3(thread, regs->ip))
			break;
		/* It was removed after the thread had executed it. */
		regs->ip--;
		return settle(thread) | UTRACE_SIGNAL_IGN;
	case TRAP_TRACE:
	case TRAP_BRKPT:
		if (thread->armed || thread->stray_trap)
			return take_step_trap(thread, info);
		break;
	}
	return take_signal(thread, info);
}

static u32 tracer_report_signal(u32 action, struct utrace_engine *engine,
				struct task_struct *task, struct pt_regs *regs,
				kernel_siginfo_t *info,
				const struct k_sigaction *orig_ka,
				struct k_sigaction *return_ka)
{
	struct gdb_thread *thread = engine->data;
	bool was_inside;
	u32 ret;

	switch (utrace_signal_action(action)) {
	case UTRACE_SIGNAL_REPORT:
		return report_pass(thread, info);
	case UTRACE_SIGNAL_HANDLER:
		return report_handler(thread);
	default:
		break;
	}
	WRITE_ONCE(thread->busy, true);
	if (displace_take_fault(thread, regs, info, &was_inside))
		ret = settle(thread) | UTRACE_SIGNAL_IGN;
	else if (info->si_signo == SIGTRAP)
		ret = take_trap(thread, regs, info, was_inside);
	else
		ret = take_signal(thread, info);
	WRITE_ONCE(thread->busy, false);
	return ret;
}

static u32 tracer_report_quiesce(u32 action, struct utrace_engine *engine,
				 struct task_struct *task, unsigned long event)
{
	struct gdb_thread *thread = engine->data;

	if (event || thread_trap_is_due())
		return keep_going(thread);
	displace_leave(thread, current_pt_regs());
	/* A signal is injected in report_signal only. */
	if (thread->inject && (READ_ONCE(thread->process->is_leaving) ||
			       !session_wants_stop(thread)))
		return UTRACE_INTERRUPT;
	return settle(thread);
}

/*
 * A thread that stops here is held before the call begins, and is let go into
 * it. Is it not the first to have an event, its own is told later, and it waits
 * here all the same.
 */
static u32 enter_syscall(struct gdb_thread *thread, int nr)
{
	struct stop_event event = {
		.kind = STOP_SYSCALL_ENTRY,
		.syscall = nr,
	};

	thread->in_syscall = READ_ONCE(thread->process->syscalls.is_on);
	thread->syscall = nr;
	if (!is_caught(thread, nr))
		return keep_going(thread);
	session_event(thread, &event);
	if (session_wants_stop(thread) && settle_stop_in_call(thread))
		return UTRACE_STOP;
	return keep_going(thread);
}

/*
 * A system call instruction was executed out of line: nobody needs to know. Or
 * in its place: its text was fetched, so the breakpoint on it can be written
 * again. The step itself ends with a trap on the way out, which
 * nobody wants if the client did not ask for a step.
 */
static u32 tracer_report_syscall_entry(u32 action, struct utrace_engine *engine,
				       struct task_struct *task,
				       struct pt_regs *regs)
{
	struct gdb_thread *thread = engine->data;

	displace_leave_syscall(thread, regs);
	if (READ_ONCE(thread->process->breakpoints->stepper) == thread) {
		step_over_end(thread);
		thread->over_wanted = false;
		thread->stray_trap = true;
		thread->armed = wants_step(thread);
	} else if (thread->over_syscall) {
		thread_set_over_syscall(thread, false);
	}
	return enter_syscall(thread, syscall_get_nr(task, regs)) |
	       utrace_syscall_action(action);
}

/*
 * Back from it; the boundary is next, where the thread stops. The number is
 * that of the entry: sigreturn takes it out of the registers. The return from a
 * vfork is told after the vfork's end, see settle_return().
 */
static u32 tracer_report_syscall_exit(u32 action, struct utrace_engine *engine,
				      struct task_struct *task,
				      struct pt_regs *regs)
{
	struct gdb_thread *thread = engine->data;
	struct stop_event event = { .kind = STOP_SYSCALL_RETURN };

	event.syscall = thread->in_syscall ? thread->syscall :
					     syscall_get_nr(task, regs);
	if (thread->vfork_child)
		return UTRACE_REPORT;
	thread->in_syscall = false;
	if (!is_caught(thread, event.syscall))
		return keep_going(thread);
	session_event(thread, &event);
	return UTRACE_REPORT;
}

/*
 * The parent stops before user mode, and after a vfork here, before it waits
 * for the child.
 */
static u32 stop_after_fork(struct gdb_thread *thread, enum stop_kind kind)
{
	if (kind == STOP_VFORK && settle_stop_in_call(thread))
		return UTRACE_STOP;
	return UTRACE_REPORT;
}

static u32 tracer_report_clone(u32 action, struct utrace_engine *engine,
			       struct task_struct *parent,
			       unsigned long clone_flags,
			       struct task_struct *child)
{
	struct gdb_thread *thread = engine->data;
	enum stop_kind kind = take_child(thread, child, clone_flags);

	return kind == STOP_NONE ? keep_going(thread) :
				   stop_after_fork(thread, kind);
}

static char *read_exec_path(const struct linux_binprm *bprm)
{
	char *buf, *path;

	buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!buf)
		return NULL;
	path = file_path(bprm->file, buf, PATH_MAX);
	if (IS_ERR(path)) {
		kfree(buf);
		return NULL;
	}
	memmove(buf, path, strlen(path) + 1);
	return buf;
}

/* What the client hears next is that the process is gone. */
static void tell_refused(struct gdb_thread *thread)
{
	static const char text[] =
		"Detached from a program that you may not trace, which was executed.\n";

	if (output_begin(thread))
		return;
	output_put(thread, text, sizeof(text) - 1);
	output_send(thread);
}

/*
 * The thread took over the leader's number; its memory is another one. Return:
 * what the client is told.
 */
static enum stop_kind note_exec(struct gdb_thread *thread, char *path)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	bool allowed = process_may_trace_image(process);
	enum stop_kind kind = STOP_EXEC;

	if (!allowed)
		tell_refused(thread);
	spin_lock(&session->lock);
	swap(process->exec_path, path);
	process_renumber_thread_locked(thread, task_pid_nr_ns(current,
							      session->pid_ns));
	process->tdesc = NULL;
	if (process->execs_left)
		kind = --process->execs_left ? STOP_NONE : STOP_LAUNCHED;
	if (!allowed) {
		process->may_not_trace = true;
		process_begin_leave_locked(process, true);
		kind = STOP_NONE;
	}
	spin_unlock(&session->lock);
	kfree(path);
	if (!allowed)
		session_kick(session, WORK_LOOK);
	return kind;
}

/* The text that was stepped in is gone, or another process's. */
static void leave_step(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;

	spin_lock(&session->lock);
	if (process->breakpoints->stepper == thread)
		step_over_release(session, process->breakpoints);
	spin_unlock(&session->lock);
}

static u32 tracer_report_exec(u32 action, struct utrace_engine *engine,
			      struct task_struct *task,
			      const struct linux_binfmt *fmt,
			      const struct linux_binprm *bprm,
			      struct pt_regs *regs)
{
	struct gdb_thread *thread = engine->data;
	struct gdb_process *process = thread->process;
	enum stop_kind kind;

	/*
	 * A guest that has memory of its own is nobody's business any more; nor
	 * is a thread that has become a process.
	 */
	if (thread->guest || thread_is_clone(thread)) {
		step_over_end(thread);
		if (session_thread_died(thread, false))
			stop_reply_send(process->session);
		session_kick(process->session, WORK_LOOK);
		return UTRACE_DETACH;
	}
	if (READ_ONCE(process->is_leaving))
		return UTRACE_RESUME;
	leave_step(thread);
	trace_collect_forget(thread);
	process_lose_clones(process);
	process_new_memory(process);
	watch_forget_all(process, thread);
	thread->over_wanted = false;
	thread_set_over_syscall(thread, false);
	thread->out.slot = 0;
	thread->armed = false;
	kind = note_exec(thread, read_exec_path(bprm));
	if (kind != STOP_NONE)
		tell_event(thread, kind);
	return UTRACE_REPORT;
}

/* It sleeps next: a step that it has not made is called off. */
static u32 tracer_report_jctl(u32 action, struct utrace_engine *engine,
			      struct task_struct *task, int type, int notify)
{
	struct gdb_thread *thread = engine->data;

	if (READ_ONCE(thread->process->breakpoints->stepper) != thread ||
	    thread_trap_is_due())
		return keep_going(thread);
	return call_off_step(thread);
}

static u32 tracer_report_exit(u32 action, struct utrace_engine *engine,
			      struct task_struct *task, long orig_code,
			      long *code)
{
	struct gdb_thread *thread = engine->data;

	step_over_end(thread);
	return UTRACE_RESUME;
}

static u32 tracer_report_death(struct utrace_engine *engine,
			       struct task_struct *task, bool group_dead,
			       int signal)
{
	struct gdb_thread *thread = engine->data;
	struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	bool is_end;

	regs_keep(thread);
	is_end = session_thread_ends(thread, group_dead);
	if (session_thread_died(thread, is_end))
		stop_reply_send(session);
	wake_up(&process->wait);
	session_kick(session, WORK_LOOK);
	return UTRACE_DETACH;
}

/* One table for all: it is what EXCLUSIVE compares. */
const struct utrace_engine_ops tracer_ops = {
	.report_quiesce = tracer_report_quiesce,
	.report_signal = tracer_report_signal,
	.report_clone = tracer_report_clone,
	.report_exec = tracer_report_exec,
	.report_syscall_entry = tracer_report_syscall_entry,
	.report_syscall_exit = tracer_report_syscall_exit,
	.report_jctl = tracer_report_jctl,
	.report_exit = tracer_report_exit,
	.report_death = tracer_report_death,
};
