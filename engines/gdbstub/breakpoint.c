// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software breakpoints: inserting int3, hiding it, lifting it.
 *
 * The program's text is written with access_remote_vm(), which copies a
 * private page first: no other process that maps the same file sees it.
 * Shared mappings are refused for the same reason.
 *
 * A thread that hits an int3 looks it up under RCU alone; all changes are made
 * under table.lock.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "breakpoint.h"

#define TEXT_READ FOLL_FORCE
#define TEXT_WRITE (FOLL_FORCE | FOLL_WRITE)

/**
 * breakpoint_table_create() - make a table without breakpoints
 *
 * Context: task; may sleep.
 * Return: the table, with a reference for the caller, or NULL: no memory.
 */
struct breakpoint_table *breakpoint_table_create(void)
{
	struct breakpoint_table *table;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	refcount_set(&table->refs, 1);
	mutex_init(&table->lock);
	hash_init(table->hash);
	hash_init(table->removed);
	outline_init(&table->outline);
	return table;
}

/**
 * breakpoint_table_get() - take a reference
 * @table: the table
 *
 * Context: any; the caller's process has one.
 * Return: @table.
 */
struct breakpoint_table *breakpoint_table_get(struct breakpoint_table *table)
{
	refcount_inc(&table->refs);
	return table;
}

/**
 * breakpoint_table_put() - drop a reference
 * @table: the table, or NULL
 *
 * An exception may still be looking at it under RCU.
 *
 * Context: task; may sleep.
 */
void breakpoint_table_put(struct breakpoint_table *table)
{
	if (!table || !refcount_dec_and_test(&table->refs))
		return;
	breakpoint_forget_all(table, NULL);
	mutex_destroy(&table->lock);
	kfree_rcu(table, rcu);
}

/**
 * breakpoint_note_memory() - the first breakpoint says which memory the table is of
 * @table: the table
 * @mm: the memory
 *
 * Context: table.lock held.
 */
void breakpoint_note_memory(struct breakpoint_table *table,
			    struct mm_struct *mm)
{
	if (table->mm)
		return;
	mmgrab(mm);
	table->mm = mm;
}

static void forget_memory(struct breakpoint_table *table)
{
	if (table->mm)
		mmdrop(table->mm);
	table->mm = NULL;
}

/**
 * breakpoint_mm_get() - the memory that breakpoints were inserted into
 * @table: the table
 *
 * For when no thread that is traced is in it any more, since the process has ended
 * or has executed another program. Others may be: a child that there was no memory
 * to trace for, or one that is in the midst of its own exec.
 *
 * Context: task; may sleep, takes table.lock.
 * Return: the memory, for mmput(); NULL: nobody is in it, or nothing was inserted.
 */
struct mm_struct *breakpoint_mm_get(struct breakpoint_table *table)
{
	struct mm_struct *mm;

	mutex_lock(&table->lock);
	mm = table->mm;
	if (mm && !mmget_not_zero(mm))
		mm = NULL;
	mutex_unlock(&table->lock);
	return mm;
}

/**
 * breakpoint_find() - find a breakpoint
 * @table: where
 * @addr: address
 *
 * Context: RCU read side, or table.lock held.
 * Return: the breakpoint, or NULL: there is none.
 */
struct breakpoint *breakpoint_find(struct breakpoint_table *table, u64 addr)
{
	struct breakpoint *bp;

	hash_for_each_possible_rcu(table->hash, bp, node, addr,
				   lockdep_is_held(&table->lock))
		if (bp->addr == addr)
			return bp;
	return NULL;
}

/**
 * breakpoint_read_text() - read a byte of text as it is
 * @mm: whose
 * @addr: where
 * @byte: set to it
 *
 * Context: task; may sleep.
 * Return: 0, or -EFAULT: nothing is mapped there.
 */
int breakpoint_read_text(struct mm_struct *mm, u64 addr, u8 *byte)
{
	return access_remote_vm(mm, addr, byte, 1, TEXT_READ) == 1 ? 0 :
								     -EFAULT;
}

/**
 * breakpoint_write_text() - write a byte of text
 * @mm: whose
 * @addr: where
 * @byte: what
 *
 * Context: table.lock held; may sleep.
 * Return: 0, or -EFAULT: nothing is mapped there, or it cannot be written to.
 */
int breakpoint_write_text(struct mm_struct *mm, u64 addr, u8 byte)
{
	return access_remote_vm(mm, addr, &byte, 1, TEXT_WRITE) == 1 ? 0 :
								       -EFAULT;
}

/* A write to a shared mapping would reach the file and its other users. */
static int check_mapping(struct mm_struct *mm, u64 addr)
{
	struct vm_area_struct *vma;
	int ret = 0;

	mmap_read_lock(mm);
	vma = find_vma(mm, addr);
	if (!vma || vma->vm_start > addr)
		ret = -EFAULT;
	else if (vma->vm_flags & VM_SHARED)
		ret = -EACCES;
	mmap_read_unlock(mm);
	return ret;
}

static size_t code_size(const struct hit_code *code)
{
	return code ? code->size : 0;
}

/* All changes of a breakpoint's code, so that the table knows how much there is. */
static struct hit_code *swap_code(struct breakpoint_table *table,
				  struct breakpoint *bp, struct hit_code *code)
{
	struct hit_code *old;

	old = rcu_replace_pointer(bp->code, code,
				  lockdep_is_held(&table->lock));
	table->code_bytes += code_size(code);
	table->code_bytes -= code_size(old);
	return old;
}

/* @bp: whose code it is to replace, or NULL */
static bool has_room(struct breakpoint_table *table, struct breakpoint *bp,
		     const struct hit_code *code)
{
	struct hit_code *old = NULL;

	if (bp)
		old = rcu_dereference_protected(bp->code,
						lockdep_is_held(&table->lock));
	return table->code_bytes - code_size(old) + code_size(code) <=
	       BREAKPOINT_CODE_MAX;
}

static int add_breakpoint(struct breakpoint_table *table, struct mm_struct *mm,
			  u64 addr, u8 users, struct hit_code *code)
{
	struct breakpoint *bp;
	int ret;

	if (table->is_closed)
		return -ESRCH;
	if (table->nr >= BREAKPOINT_MAX)
		return -ENOSPC;
	ret = check_mapping(mm, addr);
	if (ret)
		return ret;
	breakpoint_note_memory(table, mm);
	bp = kzalloc(sizeof(*bp), GFP_KERNEL_ACCOUNT);
	if (!bp)
		return -ENOMEM;
	bp->addr = addr;
	bp->users = users;
	ret = breakpoint_read_text(mm, addr, &bp->saved);
	if (ret)
		goto free;

	/*
	 * The entry is there before the int3 is: a thread that hits it finds
	 * it. It counts as lifted until the write is done.
	 */
	bp->lifted = true;
	swap_code(table, bp, code);
	hash_add_rcu(table->hash, &bp->node, addr);
	table->nr++;
	ret = breakpoint_write_text(mm, addr, BREAKPOINT_INSN);
	if (!ret) {
		bp->lifted = false;
		return 0;
	}
	hash_del_rcu(&bp->node);
	table->nr--;
	swap_code(table, bp, NULL);
	kfree_rcu(bp, rcu);
	return ret;
free:
	kfree(bp);
	return ret;
}

static void set_slot(struct breakpoint_table *table, struct breakpoint *bp,
		     struct outline_slot *slot)
{
	struct outline_slot *old;

	old = rcu_replace_pointer(bp->slot, slot,
				  lockdep_is_held(&table->lock));
	if (old)
		outline_retire(&table->outline, old);
}

static void free_breakpoint(struct breakpoint_table *table,
			    struct breakpoint *bp)
{
	set_slot(table, bp, NULL);
	hash_del_rcu(&bp->node);
	table->nr--;
	hit_code_put(swap_code(table, bp, NULL));
	breakpoint_keep_removed(table, bp);
}

/* Is there a byte of the program's where this breakpoint was written? */
static bool is_lost(const struct breakpoint *bp, struct mm_struct *mm)
{
	u8 byte;

	return !bp->lifted && (breakpoint_read_text(mm, bp->addr, &byte) ||
			       byte != BREAKPOINT_INSN);
}

/*
 * For one more user; the code is the client's, and handed over. A breakpoint
 * whose text was mapped anew, as by dlclose() and dlopen(), is inserted again:
 * gdb does not remove what it thinks is unmapped.
 */
static int insert_for(struct breakpoint_table *table, struct mm_struct *mm,
		      u64 addr, u8 users, struct hit_code *code)
{
	struct breakpoint *bp = breakpoint_find(table, addr);
	int ret;

	if (!has_room(table, bp, code)) {
		hit_code_put(code);
		return -E2BIG;
	}
	if (bp && (users & BREAKPOINT_CLIENT))
		code = swap_code(table, bp, code);
	if (bp && !is_lost(bp, mm)) {
		WRITE_ONCE(bp->users, bp->users | users);
		hit_code_put(code);
		return 0;
	}
	if (bp) {
		users |= bp->users;
		hit_code_put(code);
		code = swap_code(table, bp, NULL);
		free_breakpoint(table, bp);
	}
	ret = add_breakpoint(table, mm, addr, users, code);
	if (ret)
		hit_code_put(code);
	return ret;
}

/**
 * breakpoint_insert() - insert a breakpoint, or change its conditions
 * @table: where
 * @mm: the process's memory
 * @addr: where in the program
 * @code: stop only if one of these is true; NULL: always. Handed over, also
 *	on error.
 *
 * Inserting one that is there already changes only its conditions, so a packet
 * may come twice. When there is no room for the new ones, it keeps those that it
 * has.
 *
 * Context: task; may sleep, takes table.lock.
 * Return: 0, or
 * * -E2BIG - conditions and commands of all have more than BREAKPOINT_CODE_MAX
 * * -EFAULT - nothing is mapped there, or it cannot be written to
 * * -EACCES - a shared mapping
 * * -ENOSPC - BREAKPOINT_MAX are inserted
 * * -ENOMEM
 * * -ESRCH - the process has no memory any more, or is being left
 */
int breakpoint_insert(struct breakpoint_table *table, struct mm_struct *mm,
		      u64 addr, struct hit_code *code)
{
	int ret;

	mutex_lock(&table->lock);
	ret = insert_for(table, mm, addr, BREAKPOINT_CLIENT, code);
	mutex_unlock(&table->lock);
	return ret;
}

/*
 * The session's thread gets SIGKILL to break off an access to memory whose lock it
 * waits for: see session_destroy(). That costs one try, and the next access must not
 * fail for it.
 */
static bool was_interrupted(void)
{
	if (!(current->flags & PF_KTHREAD) || !signal_pending(current))
		return false;
	flush_signals(current);
	return true;
}

/* How often a lift can be broken off. */
#define LIFT_TRIES 3

/*
 * Put the program's byte back. A page that is gone, or that the program has
 * mapped anew or written over, holds no int3 of ours to be removed.
 */
static int lift_breakpoint(struct breakpoint *bp, struct mm_struct *mm)
{
	unsigned int tries = LIFT_TRIES;
	int ret;
	u8 byte;

	if (bp->lifted)
		return 0;
	was_interrupted();
	do {
		ret = breakpoint_read_text(mm, bp->addr, &byte);
		if (!ret && byte == BREAKPOINT_INSN)
			ret = breakpoint_write_text(mm, bp->addr, bp->saved);
	} while (ret && was_interrupted() && --tries);
	bp->lifted = true;
	return ret;
}

static void note_interrupt(void *unused)
{
}

/*
 * An emulated machine (QEMU 7.2, TCG with several CPUs) can miss that text was
 * written when another CPU was translating it at that moment, and goes on with
 * the int3. The same byte, written again after every CPU was interrupted, it
 * does not miss. For a real machine that changes nothing.
 */
static void confirm_lift(struct breakpoint_table *table, struct mm_struct *mm)
{
	struct breakpoint *bp;
	unsigned int bucket;
	u8 byte;

	if (!table->nr)
		return;
	on_each_cpu(note_interrupt, NULL, 1);
	hash_for_each(table->hash, bucket, bp, node)
		if (bp->lifted && !breakpoint_read_text(mm, bp->addr, &byte) &&
		    byte == bp->saved)
			breakpoint_write_text(mm, bp->addr, byte);
}

/* Others want it still. */
static void drop_user(struct breakpoint_table *table, struct breakpoint *bp,
		      u8 user)
{
	WRITE_ONCE(bp->users, bp->users & ~user);
	if (user == BREAKPOINT_CLIENT)
		hit_code_put(swap_code(table, bp, NULL));
}

/**
 * breakpoint_remove() - remove a breakpoint
 * @table: where
 * @mm: the process's memory
 * @addr: where in the program
 * @user: BREAKPOINT_*: who does not want it any more
 *
 * Removing one that is not there does nothing: a packet may come twice.
 *
 * Context: task; may sleep, takes table.lock.
 * Return: 0, or -EFAULT: it is removed, and its memory was not there any more.
 */
int breakpoint_remove(struct breakpoint_table *table, struct mm_struct *mm,
		      u64 addr, u8 user)
{
	struct breakpoint *bp;
	int ret = 0;

	mutex_lock(&table->lock);
	bp = breakpoint_find(table, addr);
	if (!bp)
		goto unlock;
	if (bp->users & ~user) {
		drop_user(table, bp, user);
	} else {
		ret = lift_breakpoint(bp, mm);
		free_breakpoint(table, bp);
	}
unlock:
	mutex_unlock(&table->lock);
	return ret ? -EFAULT : 0;
}

/**
 * breakpoint_trace() - insert the breakpoint of a tracepoint
 * @table: where
 * @mm: the process's memory
 * @addr: where in the program
 *
 * Context: task; may sleep, takes table.lock.
 * Return: as breakpoint_insert().
 */
int breakpoint_trace(struct breakpoint_table *table, struct mm_struct *mm,
		     u64 addr)
{
	int ret;

	mutex_lock(&table->lock);
	ret = insert_for(table, mm, addr, BREAKPOINT_TRACE, NULL);
	mutex_unlock(&table->lock);
	return ret;
}

/**
 * breakpoint_remove_all() - remove all breakpoints of one user
 * @table: where
 * @mm: the process's memory
 * @user: BREAKPOINT_*: who does not want them any more
 *
 * The program may be running: entries go last, so that a thread that executed
 * one is recognised, and after the text is known to be seen by all.
 *
 * Context: task; may sleep, takes table.lock.
 */
void breakpoint_remove_all(struct breakpoint_table *table, struct mm_struct *mm,
			   u8 user)
{
	struct hlist_node *next;
	struct breakpoint *bp;
	unsigned int bucket;

	mutex_lock(&table->lock);
	hash_for_each(table->hash, bucket, bp, node)
		if (bp->users == user)
			lift_breakpoint(bp, mm);
	confirm_lift(table, mm);
	hash_for_each_safe(table->hash, bucket, next, bp, node) {
		if (bp->users == user)
			free_breakpoint(table, bp);
		else
			drop_user(table, bp, user);
	}
	mutex_unlock(&table->lock);
}

static void lift_for(struct breakpoint_table *table, struct mm_struct *mm)
{
	struct breakpoint *bp;
	unsigned int bucket;

	hash_for_each(table->hash, bucket, bp, node)
		lift_breakpoint(bp, mm);
	confirm_lift(table, mm);
}

/**
 * breakpoint_lift_all() - give the program its text back, for good
 * @table: the table; nothing is inserted any more
 * @mm: the process's memory, or NULL: it has none any more
 *
 * The entries stay, so that a thread that executed one of them before can
 * still be recognised.
 *
 * Context: task; may sleep, takes table.lock.
 */
void breakpoint_lift_all(struct breakpoint_table *table, struct mm_struct *mm)
{
	mutex_lock(&table->lock);
	table->is_closed = true;
	if (mm)
		lift_for(table, mm);
	mutex_unlock(&table->lock);
}

/**
 * breakpoint_forget_all() - drop all entries; their memory is gone
 * @table: the table
 * @left: that memory, when somebody runs in it still and gets the text back,
 *	or NULL: nobody does
 *
 * Who runs in it still may be making a copy of it, with int3s in it: so the
 * entries are kept as removed ones.
 *
 * Context: task; may sleep, takes table.lock.
 */
void breakpoint_forget_all(struct breakpoint_table *table,
			   struct mm_struct *left)
{
	struct hlist_node *next;
	struct breakpoint *bp;
	unsigned int bucket;

	mutex_lock(&table->lock);
	if (left)
		lift_for(table, left);
	hash_for_each_safe(table->hash, bucket, next, bp, node)
		free_breakpoint(table, bp);
	if (!left)
		breakpoint_drop_removed(table);
	forget_memory(table);
	outline_forget(&table->outline);
	mutex_unlock(&table->lock);
}

/**
 * breakpoint_outline() - put a breakpoint's instruction out of line
 * @table: the current process's table
 * @addr: which
 * @bytes: the program's instruction
 * @len: bytes at @bytes
 * @is_used: whether a thread may still be in a slot
 * @ctx: for @is_used
 *
 * A slot made of other bytes, which the program has written over since, is
 * replaced.
 *
 * Context: a thread of the process, in a callback; may sleep, takes table.lock.
 * Return: whether it has one now; false: it has to be executed where it stands,
 * or there is no such breakpoint (any more).
 */
bool breakpoint_outline(struct breakpoint_table *table, u64 addr,
			const u8 *bytes, size_t len, outline_used_fn is_used,
			void *ctx)
{
	struct outline_slot *slot;
	struct breakpoint *bp;

	mutex_lock(&table->lock);
	bp = breakpoint_find(table, addr);
	slot = bp ? outline_make(&table->outline, addr, bytes, len, is_used,
				 ctx) :
		    NULL;
	if (!IS_ERR_OR_NULL(slot))
		set_slot(table, bp, slot);
	mutex_unlock(&table->lock);
	return !IS_ERR_OR_NULL(slot);
}

/**
 * breakpoint_outline_broken() - the program took an area away
 * @table: the current process's table
 *
 * Context: a thread of the process, in a callback; may sleep, takes table.lock.
 */
void breakpoint_outline_broken(struct breakpoint_table *table)
{
	struct breakpoint *bp;
	unsigned int bucket;

	mutex_lock(&table->lock);
	table->outline.is_broken = true;
	hash_for_each(table->hash, bucket, bp, node)
		set_slot(table, bp, NULL);
	mutex_unlock(&table->lock);
}

/**
 * breakpoint_outline_unmap() - take the areas out of the target's memory
 * @table: its process is being left; no thread enters a slot any more
 * @mm: the process's memory
 * @is_used: whether a thread is in a slot now: then the area stays
 * @ctx: for @is_used
 *
 * Context: a kernel thread; may sleep, takes table.lock.
 */
void breakpoint_outline_unmap(struct breakpoint_table *table,
			      struct mm_struct *mm, outline_used_fn is_used,
			      void *ctx)
{
	mutex_lock(&table->lock);
	outline_unmap(&table->outline, mm, is_used, ctx);
	mutex_unlock(&table->lock);
}

/**
 * breakpoint_is_at() - is there a breakpoint?
 * @table: where
 * @addr: address
 *
 * Context: any.
 * Return: whether, at some moment during the call.
 */
bool breakpoint_is_at(struct breakpoint_table *table, u64 addr)
{
	bool found;

	rcu_read_lock();
	found = breakpoint_find(table, addr);
	rcu_read_unlock();
	return found;
}

/**
 * breakpoint_users() - who wants a breakpoint to be there?
 * @table: where
 * @addr: address
 *
 * Context: any.
 * Return: BREAKPOINT_*, or 0: there is none.
 */
u8 breakpoint_users(struct breakpoint_table *table, u64 addr)
{
	struct breakpoint *bp;
	u8 users;

	rcu_read_lock();
	bp = breakpoint_find(table, addr);
	users = bp ? READ_ONCE(bp->users) : 0;
	rcu_read_unlock();
	return users;
}

/**
 * breakpoint_saved_byte() - the program's own byte under a breakpoint
 * @table: where
 * @addr: address
 * @byte: set to it
 *
 * Context: any.
 * Return: whether there is a breakpoint.
 */
bool breakpoint_saved_byte(struct breakpoint_table *table, u64 addr, u8 *byte)
{
	struct breakpoint *bp;

	rcu_read_lock();
	bp = breakpoint_find(table, addr);
	if (bp)
		*byte = READ_ONCE(bp->saved);
	rcu_read_unlock();
	return bp;
}

/**
 * breakpoint_get_code() - conditions and commands of a breakpoint
 * @table: where
 * @addr: address
 *
 * Context: any.
 * Return: the expressions, with a reference, or NULL: it has none.
 */
struct hit_code *breakpoint_get_code(struct breakpoint_table *table, u64 addr)
{
	struct hit_code *code = NULL;
	struct breakpoint *bp;

	rcu_read_lock();
	bp = breakpoint_find(table, addr);
	if (bp)
		code = rcu_dereference(bp->code);
	if (code && !refcount_inc_not_zero(&code->refs))
		code = NULL;
	rcu_read_unlock();
	return code;
}

/**
 * breakpoint_step_lift() - lift one breakpoint so that it can be stepped over
 * @table: the current process's table
 * @addr: which
 *
 * No other thread of the process is, or will be, in user mode until
 * breakpoint_step_restore().
 *
 * Context: a thread of the process, in a callback; may sleep.
 * Return: 0, or
 * * -ENOENT - there is none (any more): there is nothing to step over
 * * -EFAULT - the text cannot be written to
 */
int breakpoint_step_lift(struct breakpoint_table *table, u64 addr)
{
	struct breakpoint *bp;
	int ret = -ENOENT;

	mutex_lock(&table->lock);
	bp = breakpoint_find(table, addr);
	if (bp)
		ret = bp->lifted ? 0 :
				   breakpoint_write_text(current->mm, addr,
							 bp->saved);
	if (!ret)
		bp->lifted = true;
	mutex_unlock(&table->lock);
	return ret;
}

/**
 * breakpoint_step_restore() - put a lifted breakpoint back
 * @table: the process's table
 * @mm: the process's memory
 * @addr: which
 *
 * Nothing is done when it was removed or the process is being left.
 *
 * Context: task; may sleep, takes table.lock.
 * Return: 0, or
 * * -EFAULT - the text cannot be written to; or it is of current, which is being
 *   killed: then somebody else has to try again
 */
int breakpoint_step_restore(struct breakpoint_table *table,
			    struct mm_struct *mm, u64 addr)
{
	struct breakpoint *bp;
	int ret = 0;
	u8 byte;

	mutex_lock(&table->lock);
	bp = breakpoint_find(table, addr);
	if (!bp || !bp->lifted || table->is_closed)
		goto unlock;
	ret = breakpoint_read_text(mm, addr, &byte);
	if (!ret)
		ret = breakpoint_write_text(mm, addr, BREAKPOINT_INSN);
	if (!ret) {
		/* The step may have written there itself. */
		WRITE_ONCE(bp->saved, byte);
		bp->lifted = false;
	}
unlock:
	mutex_unlock(&table->lock);
	return ret;
}
