// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stepping over a breakpoint.
 *
 * Most instructions that breakpoints sit on are emulated: the thread goes on
 * behind them, and no other thread is disturbed. For the others the int3 is
 * lifted while the thread makes one step, and no other thread may be in user
 * mode meanwhile, or it could run past the breakpoint. That is done without
 * waiting for anybody:
 *
 * 1. The thread becomes process.stepper, under session.lock.
 * 2. All others are poked. From then on each of them, before it gets to user
 *    mode, comes to its callback, reads process.stepper and is held.
 * 3. One interrupt to every CPU that has the process's memory loaded: a thread
 *    that was in user mode is in the kernel when the handler runs, and finds
 *    its poke on the way back. A CPU that loads it later does so for a thread
 *    that finds its poke, too.
 * 4. The int3 is lifted, the thread steps, the int3 is written again.
 * 5. process.stepper is cleared and the held threads are poked.
 *
 * A step is undone at any moment before the instruction has run: the thread
 * still stands at the breakpoint, which is written again.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/smp.h>
#include <linux/uaccess.h>

#ifdef CONFIG_X86_USER_SHADOW_STACK
#include <asm/prctl.h>
#endif

#include "emulate_x86.h"
#include "session.h"
#include "step.h"
#include "trace.h"

/*
 * User memory of current, as the CPU sees it: whole accesses. One over a page
 * boundary could fault half way, or be seen in halves: it is left to the CPU.
 */

static bool is_split(u64 addr, size_t len)
{
	return offset_in_page(addr) + len > PAGE_SIZE;
}

#define READ_USER(type, buf, addr) \
	get_user(*(type *)(buf), (type __user *)(addr))
#define WRITE_USER(type, buf, addr) \
	put_user(*(const type *)(buf), (type __user *)(addr))

static int emulate_read(void *ctx, u64 addr, void *buf, size_t len)
{
	if (is_split(addr, len))
		return -EFAULT;
	switch (len) {
	case 1:
		return READ_USER(u8, buf, addr);
	case 2:
		return READ_USER(u16, buf, addr);
	case 4:
		return READ_USER(u32, buf, addr);
	case 8:
		return READ_USER(u64, buf, addr);
	default:
		return -EFAULT;
	}
}

static int emulate_write(void *ctx, u64 addr, const void *buf, size_t len)
{
	if (is_split(addr, len))
		return -EFAULT;
	switch (len) {
	case 1:
		return WRITE_USER(u8, buf, addr);
	case 2:
		return WRITE_USER(u16, buf, addr);
	case 4:
		return WRITE_USER(u32, buf, addr);
	case 8:
		return WRITE_USER(u64, buf, addr);
	default:
		return -EFAULT;
	}
}

static const struct emulate_ops user_memory = {
	.read = emulate_read,
	.write = emulate_write,
};

static void load_regs(struct emulate_regs *e, const struct pt_regs *regs)
{
	e->gpr[EMULATE_RAX] = regs->ax;
	e->gpr[EMULATE_RCX] = regs->cx;
	e->gpr[EMULATE_RDX] = regs->dx;
	e->gpr[EMULATE_RBX] = regs->bx;
	e->gpr[EMULATE_RSP] = regs->sp;
	e->gpr[EMULATE_RBP] = regs->bp;
	e->gpr[EMULATE_RSI] = regs->si;
	e->gpr[EMULATE_RDI] = regs->di;
	e->gpr[EMULATE_R8] = regs->r8;
	e->gpr[EMULATE_R9] = regs->r9;
	e->gpr[EMULATE_R10] = regs->r10;
	e->gpr[EMULATE_R11] = regs->r11;
	e->gpr[EMULATE_R12] = regs->r12;
	e->gpr[EMULATE_R13] = regs->r13;
	e->gpr[EMULATE_R14] = regs->r14;
	e->gpr[EMULATE_R15] = regs->r15;
	e->rip = regs->ip;
	e->flags = regs->flags;
}

static void store_regs(struct pt_regs *regs, const struct emulate_regs *e)
{
	regs->ax = e->gpr[EMULATE_RAX];
	regs->cx = e->gpr[EMULATE_RCX];
	regs->dx = e->gpr[EMULATE_RDX];
	regs->bx = e->gpr[EMULATE_RBX];
	regs->sp = e->gpr[EMULATE_RSP];
	regs->bp = e->gpr[EMULATE_RBP];
	regs->si = e->gpr[EMULATE_RSI];
	regs->di = e->gpr[EMULATE_RDI];
	regs->r8 = e->gpr[EMULATE_R8];
	regs->r9 = e->gpr[EMULATE_R9];
	regs->r10 = e->gpr[EMULATE_R10];
	regs->r11 = e->gpr[EMULATE_R11];
	regs->r12 = e->gpr[EMULATE_R12];
	regs->r13 = e->gpr[EMULATE_R13];
	regs->r14 = e->gpr[EMULATE_R14];
	regs->r15 = e->gpr[EMULATE_R15];
	regs->ip = e->rip;
	regs->flags = e->flags;
}

static u32 emulate_mode(void)
{
#ifdef CONFIG_X86_USER_SHADOW_STACK
	if (current->thread.features & ARCH_SHSTK_SHSTK)
		return EMULATE_SHADOW_STACK;
#endif
	return 0;
}

/* The instruction at a breakpoint. Return: bytes that are there. */
static size_t read_insn(struct gdb_process *process, u64 addr, u8 *insn)
{
	size_t len;

	len = EMULATE_MAX_INSN - copy_from_user(insn, (void __user *)addr,
						EMULATE_MAX_INSN);
	breakpoint_hide(&process->breakpoints, addr, insn, len);
	return len;
}

/*
 * Memory that an emulated instruction touches does not pass the debug
 * registers, so with a watchpoint set the CPU does it.
 */
static bool try_emulate(struct gdb_process *process, struct pt_regs *regs,
			const u8 *insn, size_t len)
{
	struct emulate_regs e;

	if (process->nr_watches || regs->cs != __USER_CS)
		return false;
	load_regs(&e, regs);
	if (!emulate_x86(&e, insn, len, emulate_mode(), &user_memory, NULL))
		return false;
	store_regs(regs, &e);
	return true;
}

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
	struct gdb_session *session = process->session;
	struct gdb_thread *other;
	bool claimed = false;

	spin_lock(&session->lock);
	if (!process->stepper && !process->is_leaving &&
	    (thread->guest || session->state == SESSION_RUNNING)) {
		process->stepper = thread;
		claimed = true;
		list_for_each_entry(other, &process->threads, entry)
			if (other != thread && other->state == THREAD_RUNNING)
				thread_poke(other);
	} else {
		thread->held = true;
	}
	spin_unlock(&session->lock);
	return claimed;
}

static void release_step(struct gdb_process *process)
{
	struct gdb_thread *other;

	spin_lock(&process->session->lock);
	process->stepper = NULL;
	list_for_each_entry(other, &process->threads, entry) {
		if (!other->held)
			continue;
		other->held = false;
		if (other->state != THREAD_DEAD)
			thread_poke(other);
	}
	spin_unlock(&process->session->lock);
}

static void note_interrupt(void *unused)
{
}

/**
 * step_over_begin() - get over the breakpoint at the pc
 * @thread: the current thread, with &gdb_thread.over_wanted
 *
 * Calling it again while the step is on its way answers the same.
 *
 * Context: the thread's callback at the user boundary; may sleep for memory,
 * and for one interrupt to each CPU.
 * Return: see &enum step_over.
 */
enum step_over step_over_begin(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct pt_regs *regs = current_pt_regs();
	u8 insn[EMULATE_MAX_INSN];
	size_t len;

	if (READ_ONCE(process->stepper) == thread)
		return STEP_OVER_ARMED;
	if (regs->ip != thread->over_addr ||
	    !breakpoint_is_at(&process->breakpoints, regs->ip))
		return STEP_OVER_GONE;
	len = read_insn(process, regs->ip, insn);
	if (try_emulate(process, regs, insn, len))
		return STEP_OVER_DONE;
	if (!claim_step(thread))
		return STEP_OVER_BUSY;

	on_each_cpu_mask(mm_cpumask(current->mm), note_interrupt, NULL, 1);
	if (breakpoint_step_lift(&process->breakpoints, thread->over_addr)) {
		release_step(process);
		return STEP_OVER_GONE;
	}
	/*
	 * A system call may block, or fork, or exec: the text was fetched when
	 * it is entered, so the step ends there.
	 */
	if (is_syscall_insn(insn, len))
		thread->over_syscall = !thread_set_syscall_entry(thread, true);
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

	if (READ_ONCE(process->stepper) != thread)
		return;
	if (thread->over_syscall) {
		thread_set_syscall_entry(thread, false);
		thread->over_syscall = false;
	}
	if (breakpoint_step_restore(&process->breakpoints, current,
				    thread->over_addr) &&
	    fatal_signal_pending(current))
		return;
	release_step(process);
}

/**
 * step_over_repair() - end the step of a thread that died in it
 * @thread: THREAD_DEAD; nothing is done if it is not the stepper
 *
 * Context: session.cmd_lock held; may sleep.
 */
void step_over_repair(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;
	struct task_struct *task;

	if (READ_ONCE(process->stepper) != thread)
		return;
	task = process_task_get(process);
	if (task) {
		breakpoint_step_restore(&process->breakpoints, task,
					thread->over_addr);
		put_task_struct(task);
	}
	release_step(process);
}
