// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stepping over a breakpoint.
 *
 * Most instructions that breakpoints sit on are emulated, nearly all others are
 * executed out of line: the thread goes on behind them, and no other thread is
 * disturbed. For what is left the int3 is lifted while the thread makes one
 * step, and no other thread may be in user mode meanwhile, or it could run past
 * the breakpoint. That is done without waiting for anybody:
 *
 * 1. The thread becomes breakpoint_table.stepper, under session.lock.
 * 2. All others are poked. From then on each of them, before it gets to user
 *    mode, comes to its callback, reads that and is held.
 * 3. One interrupt to every CPU that has the process's memory loaded: a thread
 *    that was in user mode is in the kernel when the handler runs, and finds
 *    its poke on the way back. A CPU that loads it later does so for a thread
 *    that finds its poke, too.
 * 4. The int3 is lifted, the thread steps, the int3 is written again.
 * 5. breakpoint_table.stepper is cleared and the held threads are poked.
 *
 * A step is undone at any moment before the instruction has run: the thread
 * still stands at the breakpoint, which is written again. One that job control
 * stops on its way to user mode does so before it sleeps. One that a ptracer stops
 * there makes no callback when the client's stop comes: the session's thread does
 * it then. One that is frozen there with its cgroup, in the moment between its claim
 * and user mode, holds the others until it is thawed.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/mm.h>
#include <linux/smp.h>
#include <linux/uaccess.h>

#include "displace.h"
#include "session.h"
#include "step.h"
#include "trace.h"

static bool is_syscall_insn(const u8 *insn, size_t len)
{
	if (len < 2)
		return false;
	return (insn[0] == 0x0f && (insn[1] == 0x05 || insn[1] == 0x34)) ||
	       (insn[0] == 0xcd && insn[1] == 0x80);
}

/*
 * Become the stepper and poke everybody else. A stop that was asked for comes
 * first: its poke is on the way to this thread.
 */
static bool claim_step(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct breakpoint_table *table = process->breakpoints;
	struct gdb_session *session = process->session;
	struct gdb_thread *other;
	bool claimed = false;

	spin_lock(&session->lock);
	if (!table->stepper && !process->is_leaving &&
	    (thread->guest || session->state == SESSION_RUNNING)) {
		table->stepper = thread;
		claimed = true;
		session_for_each_thread(session, other)
			if (other != thread &&
			    other->process->breakpoints == table &&
			    other->state == THREAD_RUNNING)
				thread_poke(other);
	} else {
		thread->held = true;
	}
	spin_unlock(&session->lock);
	return claimed;
}

/**
 * step_over_release() - a step over a breakpoint is done, or called off
 * @session: the session
 * @table: the text in which it was
 *
 * A thread that was held for it and has stopped for the client since stays where
 * it is: the client may be looking at it. It is poked when it is to run.
 *
 * Context: session.lock held.
 */
void step_over_release(struct gdb_session *session,
		       struct breakpoint_table *table)
{
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	table->stepper = NULL;
	session_for_each_thread(session, thread) {
		if (!thread->held || thread->process->breakpoints != table)
			continue;
		thread->held = false;
		if (thread->state == THREAD_RUNNING)
			thread_poke(thread);
	}
}

/* If somebody else has done so before, the step may be another thread's by now. */
static void release_step(struct gdb_thread *thread)
{
	struct breakpoint_table *table = thread->process->breakpoints;
	struct gdb_session *session = thread->process->session;

	spin_lock(&session->lock);
	if (table->stepper == thread)
		step_over_release(session, table);
	spin_unlock(&session->lock);
}

static void note_interrupt(void *unused)
{
}

/*
 * Without faulting: where memory is not there the CPU does it, and the fault is
 * taken from user mode.
 */
static bool emulate_insn(struct gdb_process *process, struct pt_regs *regs,
			 u8 *insn, size_t *len)
{
	bool done;

	pagefault_disable();
	*len = displace_read(process, regs->ip, insn);
	done = displace_emulate(process, regs, insn, *len);
	pagefault_enable();
	return done;
}

/*
 * Without faulting: a restartable sequence in memory that is not there costs a
 * step in place. The slot is made by the first thread that needs it.
 */
static bool go_out_of_line(struct gdb_thread *thread, struct pt_regs *regs,
			   const u8 *insn, size_t len)
{
	struct breakpoint_table *table = thread->process->breakpoints;
	enum displace_entry entry = DISPLACE_IN_PLACE;
	struct breakpoint *bp;
	int tries = 2;

	do {
		rcu_read_lock();
		pagefault_disable();
		bp = breakpoint_find(table, regs->ip);
		if (bp)
			entry = displace_enter(thread, bp, regs, insn, len,
					       true);
		pagefault_enable();
		rcu_read_unlock();
	} while (entry == DISPLACE_NONE && --tries &&
		 breakpoint_outline(table, regs->ip, insn, len,
				    displace_is_used, thread->process));
	if (entry == DISPLACE_SYSCALL)
		thread_set_over_syscall(thread, true);
	return entry == DISPLACE_INSIDE || entry == DISPLACE_SYSCALL;
}

/**
 * step_over_begin() - get over the breakpoint at the pc
 * @thread: the current thread, with &gdb_thread.over_wanted
 *
 * Calling it again while the step is on its way answers the same.
 *
 * Context: the thread's callback at the user boundary; may sleep for memory
 * of the kernel's, and for one interrupt to each CPU.
 * Return: see &enum step_over.
 */
enum step_over step_over_begin(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct pt_regs *regs = current_pt_regs();
	u8 insn[INSN_MAX];
	size_t len;

	if (READ_ONCE(process->breakpoints->stepper) == thread)
		return STEP_OVER_ARMED;
	if (regs->ip != thread->over_addr ||
	    !breakpoint_is_at(process->breakpoints, regs->ip))
		return STEP_OVER_GONE;
	if (emulate_insn(process, regs, insn, &len))
		return STEP_OVER_DONE;
	if (go_out_of_line(thread, regs, insn, len))
		return STEP_OVER_OUTLINE;
	if (!claim_step(thread))
		return STEP_OVER_BUSY;

	on_each_cpu_mask(mm_cpumask(current->mm), note_interrupt, NULL, 1);
	if (breakpoint_step_lift(process->breakpoints, thread->over_addr)) {
		release_step(thread);
		return STEP_OVER_GONE;
	}
	/*
	 * A system call may block, or fork, or exec: the text was fetched when
	 * it is entered, so the step ends there.
	 */
	if (is_syscall_insn(insn, len))
		thread_set_over_syscall(thread, true);
	trace_gdbstub_step_over(thread->tid, thread->over_addr);
	return STEP_OVER_ARMED;
}

/**
 * step_over_end() - the step is done, or is called off
 * @thread: the current thread; nothing is done if it is not the stepper
 *
 * The breakpoint is written again and the others run. A thread that is being
 * killed cannot write to its memory any more: then step_over_repair() does it,
 * when the thread is dead.
 *
 * Context: the thread's callback; may sleep.
 */
void step_over_end(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct mm_struct *mm = current->mm;

	if (READ_ONCE(process->breakpoints->stepper) != thread)
		return;
	if (thread->over_syscall)
		thread_set_over_syscall(thread, false);
	if ((!mm || breakpoint_step_restore(process->breakpoints, mm,
					    thread->over_addr)) &&
	    fatal_signal_pending(current))
		return;
	release_step(thread);
}

/**
 * step_over_repair() - end the step of a thread that died in it, or is stopped
 * @thread: THREAD_DEAD or THREAD_STOPPED; nothing is done if it is not the stepper
 *
 * Context: session.cmd_lock held; may sleep.
 */
void step_over_repair(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct mm_struct *mm;

	if (READ_ONCE(process->breakpoints->stepper) != thread)
		return;
	mm = process_mm_get(process);
	if (mm) {
		breakpoint_step_restore(process->breakpoints, mm,
					thread->over_addr);
		mmput(mm);
	}
	release_step(thread);
}

/**
 * step_over_end_halted() - end the step of a thread that stopped without a callback
 * @process: the process
 *
 * A ptracer stopped the stepper on its way to user mode, and then it was asked to
 * stop and stood still already. The client may resume others alone, which would
 * wait for it. The step begins anew when it is resumed itself.
 *
 * Context: session.cmd_lock held, so that it stays stopped; may sleep.
 */
void step_over_end_halted(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;
	bool is_halted;

	spin_lock(&session->lock);
	thread = process->breakpoints->stepper;
	is_halted = thread && thread->state == THREAD_STOPPED;
	spin_unlock(&session->lock);
	if (is_halted)
		step_over_repair(thread);
}

/**
 * step_over_holds() - must this thread wait for another one's step?
 * @thread: the current thread, about to go to user mode
 *
 * Context: the thread's callback.
 * Return: whether; it is poked when the step is done.
 */
bool step_over_holds(struct gdb_thread *thread)
{
	struct breakpoint_table *table = thread->process->breakpoints;
	struct gdb_session *session = thread->process->session;
	bool hold;

	if (!READ_ONCE(table->stepper))
		return false;
	spin_lock(&session->lock);
	hold = table->stepper && table->stepper != thread;
	thread->held = hold;
	spin_unlock(&session->lock);
	return hold;
}
