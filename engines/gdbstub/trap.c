// SPDX-License-Identifier: GPL-2.0-only
/*
 * Breakpoints whose condition is false, and steps within a range, passed in the
 * exception that they make: no signal, no callback, no lock, no allocation.
 *
 * This runs in the traced thread, which was in user mode, with interrupts off
 * and page faults disabled. It changes nothing but the thread's own registers
 * and memory, so it may happen at any time: whatever else is to be done with
 * the thread, a stop, a leave, another one's step, it was poked for, and comes
 * to its callback before it is back in user mode. In every case of doubt
 * nothing has changed and the exception becomes a signal, which the callback
 * takes (tracer.c).
 */
#include <linux/kdebug.h>
#include <linux/notifier.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/thread_info.h>
#include <linux/uaccess.h>
#include <asm/debugreg.h>

#include "agent.h"
#include "displace.h"
#include "own_memory.h"
#include "regs_x86.h"
#include "session.h"
#include "trap.h"

/*
 * Instructions of all conditions of a hit: interrupts are off. What takes more is
 * not for here.
 */
#define TRAP_MAX_STEPS 512

static int read_reg(void *ctx, unsigned int num, u64 *val)
{
	return regs_read_general(current_pt_regs(), num, val);
}

static int read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	return own_memory_peek(ctx, addr, buf, len) == len ? 0 : -EFAULT;
}

static int get_var(void *ctx, unsigned int num, u64 *val)
{
	const struct gdb_thread *thread = ctx;
	struct trace_set *set = tracepoint_set_peek(thread->process->session);

	return tracepoint_get_var(set, num, val) ? 0 : -ENOENT;
}

/* What an expression here looks at; one that changes a variable is too much. */
static const struct agent_ops trap_ops = {
	.read_reg = read_reg,
	.read_mem = read_mem,
	.get_var = get_var,
};

/*
 * The callback has nothing to say to it: the thread runs freely, or is a guest,
 * which nothing is told about.
 */
static bool runs_freely(const struct gdb_thread *thread,
			const struct pt_regs *regs)
{
	return regs->cs == __USER_CS && !(regs->flags & X86_EFLAGS_TF) &&
	       !thread->armed && !thread->over_wanted &&
	       READ_ONCE(thread->process->breakpoints->stepper) != thread;
}

/*
 * Are all conditions false, for certain? What a tracepoint collects may not be in
 * memory, so one whose condition is true is not for here.
 */
static bool is_for_nobody(struct gdb_thread *thread, struct breakpoint *bp)
{
	unsigned int steps = TRAP_MAX_STEPS;
	u8 users = READ_ONCE(bp->users);

	if (users & BREAKPOINT_TRACE &&
	    !trace_collect_is_vain(thread, bp->addr, &steps, &trap_ops, thread))
		return false;
	return users == BREAKPOINT_TRACE ||
	       hit_is_false(rcu_dereference(bp->code), &steps, &trap_ops,
			    thread);
}

/* The registers are those at the instruction while its condition is looked at. */
static bool pass_breakpoint(struct gdb_thread *thread, struct pt_regs *regs,
			    struct breakpoint *bp)
{
	u8 insn[INSN_MAX];
	size_t len;

	if (!thread->guest && !is_for_nobody(thread, bp))
		return false;
	len = displace_read(thread->process, bp->addr, insn);
	return displace_emulate(thread->process, regs, insn, len) ||
	       displace_enter(thread, bp, regs, insn, len, false) ==
		       DISPLACE_INSIDE;
}

/*
 * In a process that is being left the thread goes back to the breakpoint, until
 * that is lifted: so no trap is on its way when the last one is.
 */
static bool take_int3(struct gdb_thread *thread, struct pt_regs *regs)
{
	struct breakpoint *bp;

	bp = breakpoint_find(thread->process->breakpoints, regs->ip - 1);
	if (!bp || !runs_freely(thread, regs))
		return false;
	regs->ip--;
	if (READ_ONCE(thread->process->is_leaving) ||
	    pass_breakpoint(thread, regs, bp))
		return true;
	regs->ip++;
	return false;
}

/*
 * An instruction that loads the flags: whether the trap flag is the program's
 * own afterwards is found out when a step begins.
 */
static bool loads_flags(u64 addr)
{
	u8 bytes[2];

	if (copy_from_user(bytes, (void __user *)addr, sizeof(bytes)))
		return true;
	if (bytes[0] == 0x66 || (bytes[0] & 0xf0) == 0x40)
		bytes[0] = bytes[1];
	return bytes[0] == 0x9d || bytes[0] == 0xcf || bytes[0] == 0x66 ||
	       (bytes[0] & 0xf0) == 0x40;
}

/* A step of the client's range that has not left it. The trap flag stays. */
static bool take_step(struct gdb_thread *thread, struct pt_regs *regs,
		      unsigned long dr6)
{
	struct gdb_process *process = thread->process;

	return dr6 == DR_STEP && thread->armed && !thread->guest &&
	       thread->resume == RESUME_RANGE && !thread->over_wanted &&
	       list_empty(&thread->trace.steps) &&
	       regs->ip >= thread->range_start &&
	       regs->ip < thread->range_end && !current->ptrace &&
	       regs->flags & X86_EFLAGS_TF && test_thread_flag(TIF_FORCED_TF) &&
	       READ_ONCE(process->breakpoints->stepper) != thread &&
	       !READ_ONCE(process->is_leaving) && !READ_ONCE(thread->hw_hits) &&
	       !loads_flags(regs->ip);
}

/* Die notifiers are called under RCU. */
static int take_exception(struct notifier_block *block, unsigned long why,
			  void *data)
{
	struct die_args *args = data;
	struct gdb_thread *thread;
	bool taken = false;

	if ((why != DIE_INT3 && why != DIE_DEBUG) || !user_mode(args->regs))
		return NOTIFY_DONE;
	thread = thread_of_current();
	if (!thread)
		return NOTIFY_DONE;
	pagefault_disable();
	if (why == DIE_INT3)
		taken = take_int3(thread, args->regs);
	else
		taken = take_step(thread, args->regs,
				  *(unsigned long *)args->err);
	pagefault_enable();
	return taken ? NOTIFY_STOP : NOTIFY_DONE;
}

static struct notifier_block trap_block = {
	.notifier_call = take_exception,
};

/**
 * trap_init() - begin to look at exceptions
 *
 * Context: task; may sleep.
 * Return: 0 or a negative errno.
 */
int trap_init(void)
{
	return register_die_notifier(&trap_block);
}

/**
 * trap_exit() - look at no exception any more
 *
 * Context: task; may sleep; no thread is traced.
 */
void trap_exit(void)
{
	unregister_die_notifier(&trap_block);
}
