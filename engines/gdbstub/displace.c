// SPDX-License-Identifier: GPL-2.0-only
/*
 * Displaced instructions of the current thread.
 *
 * Nothing here disturbs another thread or takes a lock that is shared with one.
 * A thread that was sent into a slot goes on from there by itself. Should it
 * come to a callback before, its program counter is put back to where the
 * instruction belongs: in front of it or behind it. So whoever looks at a
 * thread, or saves its registers for a handler, never sees a slot.
 *
 * The functions that the debug exceptions use (displace_read(), _emulate(),
 * _enter()) touch user memory and sleep only if that is allowed: with page
 * faults disabled they fail instead.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/rseq.h>
#include <linux/sched/coredump.h>
#include <linux/sched/task_stack.h>
#include <linux/thread_info.h>
#include <linux/uaccess.h>

#ifdef CONFIG_X86_USER_SHADOW_STACK
#include <asm/prctl.h>
#endif

#include "displace.h"
#include "emulate_x86.h"
#include "session.h"

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

/**
 * displace_read() - the program's instruction at a breakpoint
 * @process: the current process
 * @addr: where
 * @insn: room for INSN_MAX bytes
 *
 * Context: a thread of the process.
 * Return: bytes that are there.
 */
size_t displace_read(struct gdb_process *process, u64 addr, u8 *insn)
{
	size_t len;

	len = INSN_MAX - copy_from_user(insn, (void __user *)addr, INSN_MAX);
	breakpoint_hide(process->breakpoints, addr, insn, len);
	return len;
}

/**
 * displace_emulate() - carry an instruction out on the registers
 * @process: the current process
 * @regs: of the current thread; the pc is at the instruction, afterwards at
 *	the next
 * @insn: the instruction
 * @len: bytes at @insn
 *
 * Memory that an emulated instruction touches does not pass the debug
 * registers, so with a watchpoint set the CPU does it.
 *
 * Context: a thread of the process.
 * Return: whether; false: nothing changed.
 */
bool displace_emulate(struct gdb_process *process, struct pt_regs *regs,
		      const u8 *insn, size_t len)
{
	struct emulate_regs e;

	if (READ_ONCE(process->nr_watches) || regs->cs != __USER_CS)
		return false;
	load_regs(&e, regs);
	if (!emulate_x86(&e, insn, len, emulate_mode(), &user_memory, NULL))
		return false;
	store_regs(regs, &e);
	return true;
}

/*
 * The kernel aborts a restartable sequence by its program counter: one that is
 * elsewhere for an instruction would not be.
 */
static bool is_in_rseq(u64 addr)
{
#ifdef CONFIG_RSEQ
	struct rseq_cs __user *cs;
	u64 ptr, start, len;

	if (!current->rseq)
		return false;
	if (get_user(ptr, &current->rseq->rseq_cs))
		return true;
	if (!ptr)
		return false;
	cs = u64_to_user_ptr(ptr);
	if (get_user(start, &cs->start_ip) ||
	    get_user(len, &cs->post_commit_offset))
		return true;
	return addr - start < len;
#else
	return false;
#endif
}

/*
 * A uprobe's int3 is known by its address; so is a system call that is to be
 * dispatched to user space.
 */
static bool must_stay(enum insn_kind kind, u64 addr)
{
	if (is_in_rseq(addr))
		return true;
	if (kind == INSN_TRAP)
		return test_bit(MMF_HAS_UPROBES, &current->mm->flags);
	if (kind == INSN_SYSCALL)
		return test_syscall_work(SYSCALL_USER_DISPATCH);
	return false;
}

/**
 * displace_enter() - send the current thread into a breakpoint's slot
 * @thread: the current thread
 * @bp: the breakpoint at the pc
 * @regs: its registers; only the pc is changed
 * @insn: the program's instruction
 * @len: bytes at @insn
 * @may_syscall: the caller can have the system call's entry reported
 *
 * Context: RCU read side, so that who retires the slot can see, after a grace
 * period, who is in it.
 * Return: see &enum displace_entry.
 */
enum displace_entry displace_enter(struct gdb_thread *thread,
				   struct breakpoint *bp, struct pt_regs *regs,
				   const u8 *insn, size_t len, bool may_syscall)
{
	struct outline_slot *slot = rcu_dereference(bp->slot);

	if (regs->cs != __USER_CS)
		return DISPLACE_IN_PLACE;
	if (!slot || slot->len > len || memcmp(slot->insn, insn, slot->len))
		return DISPLACE_NONE;
	if (must_stay(slot->kind, bp->addr) ||
	    (slot->kind == INSN_SYSCALL && !may_syscall))
		return DISPLACE_IN_PLACE;
	thread->out.addr = bp->addr;
	thread->out.len = slot->len;
	WRITE_ONCE(thread->out.slot, slot->addr);
	regs->ip = slot->addr;
	return slot->kind == INSN_SYSCALL ? DISPLACE_SYSCALL : DISPLACE_INSIDE;
}

/**
 * displace_leave() - put the pc back where the instruction belongs
 * @thread: the current thread, or one that is stopped
 * @regs: its registers
 *
 * One that has not executed its instruction has to be sent over the breakpoint
 * again, without having hit it a second time.
 *
 * Context: the thread's callback, or who may change its registers.
 * Return: whether it was in a slot.
 */
bool displace_leave(struct gdb_thread *thread, struct pt_regs *regs)
{
	u64 offset = regs->ip - thread->out.slot;

	if (!thread->out.slot)
		return false;
	WRITE_ONCE(thread->out.slot, 0);
	if (offset > thread->out.len)
		return false;
	regs->ip = thread->out.addr + offset;
	if (!offset) {
		thread->over_wanted = true;
		thread->over_addr = regs->ip;
		thread->over_sp = regs->sp;
	}
	return true;
}

/**
 * displace_leave_syscall() - a system call was made out of line
 * @thread: the current thread
 * @regs: its registers; syscall has left where it returns to in rcx, too
 *
 * Context: report_syscall_entry.
 */
void displace_leave_syscall(struct gdb_thread *thread, struct pt_regs *regs)
{
	u64 end = thread->out.slot + thread->out.len;

	if (displace_leave(thread, regs) && regs->cx == end)
		regs->cx = regs->ip;
}

/* Signals of the CPU whose address is that of the instruction. */
static bool tells_pc(const kernel_siginfo_t *info)
{
	return (info->si_signo == SIGILL || info->si_signo == SIGFPE ||
		info->si_signo == SIGTRAP || info->si_signo == SIGSEGV ||
		info->si_signo == SIGBUS) &&
	       info->si_code > 0 && info->si_code != SI_KERNEL;
}

/**
 * displace_take_fault() - a signal came off the queue: out of the slot
 * @thread: the current thread
 * @regs: its registers
 * @info: the signal; an address in the slot becomes the program's
 * @was_inside: set to whether the thread was in a slot
 *
 * Context: the thread's callback; may sleep.
 * Return: whether the signal is none of the program's: it has taken the area
 * out of its memory, and the instruction must be executed in another way.
 */
bool displace_take_fault(struct gdb_thread *thread, struct pt_regs *regs,
			 kernel_siginfo_t *info, bool *was_inside)
{
	struct outline_stay out = thread->out;
	u64 offset = (__force u64)info->si_addr - out.slot;

	*was_inside = displace_leave(thread, regs);
	if (!*was_inside || !tells_pc(info) || offset >= OUTLINE_SLOT_SIZE)
		return false;
	if (info->si_signo == SIGSEGV || info->si_signo == SIGBUS) {
		breakpoint_outline_broken(thread->process->breakpoints);
		return true;
	}
	info->si_addr = (void __user *)(out.addr + offset);
	return false;
}

/**
 * displace_is_inside() - does a thread stand in a slot?
 * @thread: a thread that sleeps or is stopped
 *
 * Context: any; keeps nothing from changing.
 * Return: whether.
 */
bool displace_is_inside(const struct gdb_thread *thread)
{
	u64 slot = READ_ONCE(thread->out.slot);

	return slot && task_pt_regs(thread->task)->ip - slot <=
			       READ_ONCE(thread->out.len);
}

/* Of all that are in the same memory. */
static bool any_thread(struct gdb_process *process, u64 slot, bool inside)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;
	bool found = false;

	spin_lock(&session->lock);
	session_for_each_thread(session, thread)
		found |= thread->process->breakpoints == process->breakpoints &&
			 READ_ONCE(thread->out.slot) == slot &&
			 thread->state != THREAD_DEAD &&
			 (!inside || displace_is_inside(thread));
	spin_unlock(&session->lock);
	return found;
}

/**
 * displace_is_used() - may a thread still be in a slot?
 * @process: struct gdb_process
 * @slot: its address
 *
 * Context: any; takes session.lock.
 * Return: whether.
 */
bool displace_is_used(void *process, u64 slot)
{
	return any_thread(process, slot, false);
}

/**
 * displace_is_inside_any() - is a thread of a process being left in a slot?
 * @process: struct gdb_process
 * @slot: its address
 *
 * Context: any; takes session.lock.
 * Return: whether.
 */
bool displace_is_inside_any(void *process, u64 slot)
{
	return any_thread(process, slot, true);
}
