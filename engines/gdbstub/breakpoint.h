/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Software breakpoints of one text: int3 in it. A process has its own, but for
 * the child of a vfork, which is in its parent's memory.
 */
#ifndef GDBSTUB_BREAKPOINT_H
#define GDBSTUB_BREAKPOINT_H

#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "hit.h"
#include "outline.h"

struct gdb_thread;
struct mm_struct;

/* The instruction that is written over the first byte. */
#define BREAKPOINT_INSN 0xcc

/* Most breakpoints a process may have: a bound on what a client can make the
 * kernel allocate, far above what any debugger inserts.
 */
#define BREAKPOINT_MAX 65536

/* Most bytes of the conditions and commands of all of them, likewise. */
#define BREAKPOINT_CODE_MAX SZ_4M

#define BREAKPOINT_HASH_BITS 8

/* Who wants a breakpoint to be there: bits of &breakpoint.users. */
#define BREAKPOINT_CLIENT 0x1 /* Z0 */
#define BREAKPOINT_TRACE 0x2 /* a tracepoint of the running experiment */

/**
 * struct breakpoint - one address
 *
 * Found under RCU by the threads, under table.lock by everyone else.
 */
struct breakpoint {
	/** @node: in table.hash; under table.lock. */
	struct hlist_node node;
	/** @removed: in table.removed, when it is no more; under table.lock. */
	struct hlist_node removed;
	/** @addr: where it is. Constant. */
	u64 addr;
	/** @saved: the program's own byte there; under table.lock. */
	u8 saved;
	/** @undo: @saved before a write that is under way; under table.lock. */
	u8 undo;
	/**
	 * @lifted: the program's byte is in memory, not the int3; under
	 * table.lock.
	 */
	bool lifted;
	/**
	 * @users: BREAKPOINT_*, never 0. Written under table.lock, read under
	 * RCU.
	 */
	u8 users;
	/**
	 * @code: NULL: it always stops. Written under table.lock, read under
	 * RCU; owns a reference.
	 */
	struct hit_code __rcu *code;
	/**
	 * @slot: NULL: its instruction was not put out of line (yet). Written
	 * under table.lock, read under RCU.
	 */
	struct outline_slot __rcu *slot;
	/** @rcu: frees it. */
	struct rcu_head rcu;
};

/**
 * struct breakpoint_table - the breakpoints of one memory
 */
struct breakpoint_table {
	/** @refs: one for each process that is or was in this memory. */
	refcount_t refs;
	/** @rcu: frees it. */
	struct rcu_head rcu;
	/**
	 * @stepper: The thread for whose step a breakpoint is lifted and all
	 * others in this memory are held, or NULL; under session.lock.
	 */
	struct gdb_thread *stepper;
	/**
	 * @lock: Serialises everything that changes the table or writes to the
	 * program's text. Held over memory access, so it may be held for as
	 * long as a page fault lasts. Nests inside session.cmd_lock; never
	 * taken with session.lock held.
	 */
	struct mutex lock;
	/** @nr: entries; under @lock. */
	unsigned int nr;
	/** @code_bytes: of the conditions and commands; under @lock. */
	size_t code_bytes;
	/** @nr_removed: entries of @removed; written under @lock. */
	unsigned int nr_removed;
	/**
	 * @mm: the memory, from the first entry to the last: others may be in
	 * it when no thread of ours is. Keeps the structure, not what is
	 * mapped; under @lock.
	 */
	struct mm_struct *mm;
	/** @is_closed: nothing is written to the text any more; under @lock. */
	bool is_closed;
	/** @hash: by address. */
	DECLARE_HASHTABLE(hash, BREAKPOINT_HASH_BITS);
	/**
	 * @removed: those that a fork that is under way may have copied, by
	 * address; under @lock.
	 */
	DECLARE_HASHTABLE(removed, BREAKPOINT_HASH_BITS);
	/** @outline: where displaced instructions are; under @lock. */
	struct outline outline;
};

struct breakpoint_table *breakpoint_table_create(void);
struct breakpoint_table *breakpoint_table_get(struct breakpoint_table *table);
void breakpoint_table_put(struct breakpoint_table *table);
struct mm_struct *breakpoint_mm_get(struct breakpoint_table *table);
int breakpoint_inherit(struct breakpoint_table *table,
		       struct breakpoint_table *from, struct mm_struct *child);
int breakpoint_insert(struct breakpoint_table *table, struct mm_struct *mm,
		      u64 addr, struct hit_code *code);
int breakpoint_remove(struct breakpoint_table *table, struct mm_struct *mm,
		      u64 addr, u8 user);
int breakpoint_trace(struct breakpoint_table *table, struct mm_struct *mm,
		     u64 addr);
void breakpoint_remove_all(struct breakpoint_table *table, struct mm_struct *mm,
			   u8 user);
void breakpoint_lift_all(struct breakpoint_table *table, struct mm_struct *mm);
void breakpoint_forget_all(struct breakpoint_table *table,
			   struct mm_struct *left);
int breakpoint_read_text(struct mm_struct *mm, u64 addr, u8 *byte);
int breakpoint_write_text(struct mm_struct *mm, u64 addr, u8 byte);
void breakpoint_note_memory(struct breakpoint_table *table,
			    struct mm_struct *mm);
void breakpoint_keep_removed(struct breakpoint_table *table,
			     struct breakpoint *bp);
void breakpoint_drop_removed(struct breakpoint_table *table);
void breakpoint_no_forks(struct breakpoint_table *table);
void breakpoint_clean_child(struct breakpoint_table *table,
			    struct mm_struct *child);
struct breakpoint *breakpoint_find(struct breakpoint_table *table, u64 addr);
bool breakpoint_outline(struct breakpoint_table *table, u64 addr,
			const u8 *bytes, size_t len, outline_used_fn is_used,
			void *ctx);
void breakpoint_outline_broken(struct breakpoint_table *table);
void breakpoint_outline_unmap(struct breakpoint_table *table,
			      struct mm_struct *mm, outline_used_fn is_used,
			      void *ctx);
bool breakpoint_is_at(struct breakpoint_table *table, u64 addr);
u8 breakpoint_users(struct breakpoint_table *table, u64 addr);
bool breakpoint_saved_byte(struct breakpoint_table *table, u64 addr, u8 *byte);
struct hit_code *breakpoint_get_code(struct breakpoint_table *table, u64 addr);
void breakpoint_hide(struct breakpoint_table *table, u64 addr, u8 *buf,
		     size_t len);
size_t breakpoint_read(struct breakpoint_table *table, struct mm_struct *mm,
		       u64 addr, u8 *buf, size_t len);
size_t breakpoint_write(struct breakpoint_table *table, struct mm_struct *mm,
			u64 addr, u8 *buf, size_t len);
int breakpoint_step_lift(struct breakpoint_table *table, u64 addr);
int breakpoint_step_restore(struct breakpoint_table *table,
			    struct mm_struct *mm, u64 addr);

#endif /* GDBSTUB_BREAKPOINT_H */
