/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Executing the instruction under a breakpoint elsewhere: emulated, or out of
 * line.
 */
#ifndef GDBSTUB_DISPLACE_H
#define GDBSTUB_DISPLACE_H

#include <linux/signal.h>
#include <linux/types.h>

#include "insn_x86.h"

struct breakpoint;
struct gdb_process;
struct gdb_thread;
struct pt_regs;

/**
 * enum displace_entry - what became of a try to enter a slot
 * @DISPLACE_INSIDE: the program counter is in the slot
 * @DISPLACE_SYSCALL: likewise, and the system call's entry is to be reported
 * @DISPLACE_NONE: there is no slot with this instruction
 * @DISPLACE_IN_PLACE: the instruction has to be executed where it stands
 */
enum displace_entry {
	DISPLACE_INSIDE,
	DISPLACE_SYSCALL,
	DISPLACE_NONE,
	DISPLACE_IN_PLACE,
};

size_t displace_read(struct gdb_process *process, u64 addr, u8 *insn);
bool displace_emulate(struct gdb_process *process, struct pt_regs *regs,
		      const u8 *insn, size_t len);
enum displace_entry displace_enter(struct gdb_thread *thread,
				   struct breakpoint *bp, struct pt_regs *regs,
				   const u8 *insn, size_t len,
				   bool may_syscall);
bool displace_leave(struct gdb_thread *thread, struct pt_regs *regs);
void displace_leave_syscall(struct gdb_thread *thread, struct pt_regs *regs);
bool displace_take_fault(struct gdb_thread *thread, struct pt_regs *regs,
			 kernel_siginfo_t *info, bool *was_inside);
bool displace_is_inside(const struct gdb_thread *thread);
bool displace_is_inside_any(void *process, u64 slot);
bool displace_is_used(void *process, u64 slot);

#endif /* GDBSTUB_DISPLACE_H */
