/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Places in the target's memory where displaced instructions are executed.
 */
#ifndef GDBSTUB_OUTLINE_H
#define GDBSTUB_OUTLINE_H

#include <linux/list.h>
#include <linux/types.h>

#include "insn_x86.h"

struct mm_struct;
struct mm_struct;

/* Bytes of a slot: an instruction and a jump back. */
#define OUTLINE_SLOT_SIZE 32

/**
 * struct outline_slot - where one displaced instruction stands
 * @entry: in outline.retired
 * @area: the area that it is in
 * @addr: address in the target
 * @insn: the program's bytes that it was made from
 * @len: of the instruction
 * @kind: likewise
 * @grace: of one that is retired: when no reader can find it any more
 *
 * Constant from its publication on but for @entry and @grace.
 */
struct outline_slot {
	struct list_head entry;
	struct outline_area *area;
	u64 addr;
	u8 insn[INSN_MAX];
	u8 len;
	enum insn_kind kind;
	unsigned long grace;
};

/**
 * struct outline - the areas of one process's memory
 *
 * All fields are under the breakpoint_table.lock of the process.
 */
struct outline {
	/** @areas: struct outline_area. */
	struct list_head areas;
	/** @nr_areas: how many there are. */
	unsigned int nr_areas;
	/** @retired: slots that a thread may still be in. */
	struct list_head retired;
	/** @is_broken: the program took an area away: no more of them. */
	bool is_broken;
};

/**
 * struct outline_stay - where a thread's displaced instruction was put
 * @slot: address of the slot, 0: none. Written by the thread itself, or by who
 *	may change its registers; read by anyone: as long as it is here, the
 *	slot is not used for anything else.
 * @addr: where the instruction belongs
 * @len: of the instruction
 *
 * The thread may have left the slot long since: nothing tells when it does. The
 * program counter says whether it is in there.
 */
struct outline_stay {
	u64 slot;
	u64 addr;
	u8 len;
};

typedef bool (*outline_used_fn)(void *ctx, u64 slot);

void outline_init(struct outline *outline);
struct outline_slot *outline_make(struct outline *outline, u64 addr,
				  const u8 *bytes, size_t len,
				  outline_used_fn is_used, void *ctx);
void outline_retire(struct outline *outline, struct outline_slot *slot);
void outline_forget(struct outline *outline);
void outline_unmap(struct outline *outline, struct mm_struct *mm,
		   outline_used_fn is_used, void *ctx);

#endif /* GDBSTUB_OUTLINE_H */
