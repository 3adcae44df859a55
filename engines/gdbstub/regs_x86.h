/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of x86 threads, through their own regsets.
 */
#ifndef GDBSTUB_REGS_X86_H
#define GDBSTUB_REGS_X86_H

#include <linux/types.h>

struct gdb_process;
struct gdb_thread;
struct task_struct;
struct tdesc_x86;

/* The longest g packet, before hex. */
#define REGS_MAX_SIZE 8192

int regs_init(void);
void regs_exit(void);
const struct tdesc_x86 *regs_tdesc(struct gdb_process *process);
int regs_read(struct gdb_thread *thread, u8 *g);
int regs_write(struct gdb_thread *thread, const u8 *g);
int regs_read_one(struct gdb_thread *thread, unsigned int num, u8 *val,
		  size_t *len);
int regs_write_one(struct gdb_thread *thread, unsigned int num, const u8 *val,
		   size_t len);
void regs_keep(struct gdb_thread *thread);
int regs_read_last(struct gdb_thread *thread, u8 *gregs);
size_t regs_collect_room(void);
int regs_collect(const struct tdesc_x86 *tdesc, u8 *g, u8 *room);
bool regs_are_in_clone(struct task_struct *task);
int regs_read_general(const struct pt_regs *regs, unsigned int num, u64 *val);
int regs_read_current(void *ctx, unsigned int num, u64 *val);

#endif /* GDBSTUB_REGS_X86_H */
