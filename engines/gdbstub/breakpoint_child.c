// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the child of a fork gets of its parent's breakpoints: either none, or all
 * of the client's.
 *
 * Its memory was copied before report_clone, with the int3s that were there then. A
 * breakpoint may have been removed since, by a client whose program runs: so who is
 * removed is kept, until it is known that no fork is under way.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "breakpoint.h"

static struct breakpoint *find_removed(struct breakpoint_table *table, u64 addr)
{
	struct breakpoint *bp;

	hash_for_each_possible(table->removed, bp, removed, addr)
		if (bp->addr == addr)
			return bp;
	return NULL;
}

static void drop_one(struct breakpoint_table *table, struct breakpoint *bp)
{
	hash_del(&bp->removed);
	table->nr_removed--;
	kfree_rcu(bp, rcu);
}

/**
 * breakpoint_drop_removed() - forget which breakpoints were removed
 * @table: the table
 *
 * Context: table.lock held.
 */
void breakpoint_drop_removed(struct breakpoint_table *table)
{
	struct hlist_node *next;
	struct breakpoint *bp;
	unsigned int bucket;

	lockdep_assert_held(&table->lock);
	hash_for_each_safe(table->removed, bucket, next, bp, removed)
		drop_one(table, bp);
}

/**
 * breakpoint_keep_removed() - a breakpoint is no more
 * @table: the table
 * @bp: not in its hash any more; handed over
 *
 * One entry for an address is enough. With too many addresses all are forgotten:
 * a child may keep an int3 then whose fork is as long under way as it took to
 * remove that many.
 *
 * Context: table.lock held.
 */
void breakpoint_keep_removed(struct breakpoint_table *table,
			     struct breakpoint *bp)
{
	struct breakpoint *old;

	lockdep_assert_held(&table->lock);
	old = find_removed(table, bp->addr);
	if (old)
		drop_one(table, old);
	if (table->nr_removed >= BREAKPOINT_MAX)
		breakpoint_drop_removed(table);
	hash_add(table->removed, &bp->removed, bp->addr);
	table->nr_removed++;
}

/**
 * breakpoint_no_forks() - no fork is under way in this memory
 * @table: the table
 *
 * Context: all threads that are in this memory stand still; may sleep, takes
 * table.lock.
 */
void breakpoint_no_forks(struct breakpoint_table *table)
{
	if (!READ_ONCE(table->nr_removed))
		return;
	mutex_lock(&table->lock);
	breakpoint_drop_removed(table);
	mutex_unlock(&table->lock);
}

/*
 * A guest may be in the memory that an exec has left, also one that became a guest
 * in the midst of its fork: what is inserted since is in another one.
 */
static bool is_of_current(const struct breakpoint_table *table)
{
	return table->mm == current->mm;
}

/*
 * An int3 of the child is a removed breakpoint's if the parent has its own byte
 * there by now. What the program has written, both have.
 */
static void clean_removed(struct breakpoint_table *table,
			  struct mm_struct *child)
{
	struct breakpoint *bp;
	unsigned int bucket;
	u8 byte;

	lockdep_assert_held(&table->lock);
	hash_for_each(table->removed, bucket, bp, removed)
		if (!(is_of_current(table) &&
		      breakpoint_find(table, bp->addr)) &&
		    !breakpoint_read_text(child, bp->addr, &byte) &&
		    byte == BREAKPOINT_INSN &&
		    !breakpoint_read_text(current->mm, bp->addr, &byte) &&
		    byte == bp->saved)
			breakpoint_write_text(child, bp->addr, bp->saved);
}

/**
 * breakpoint_clean_child() - remove the copies that a fork made
 * @table: the parent's table
 * @child: a copy of the parent's memory; its owner has not run
 *
 * Context: the parent's report_clone; may sleep, takes table.lock.
 */
void breakpoint_clean_child(struct breakpoint_table *table,
			    struct mm_struct *child)
{
	struct breakpoint *bp;
	unsigned int bucket;
	u8 byte;

	mutex_lock(&table->lock);
	hash_for_each(table->hash, bucket, bp, node)
		if (is_of_current(table) &&
		    !breakpoint_read_text(child, bp->addr, &byte) &&
		    byte == BREAKPOINT_INSN)
			breakpoint_write_text(child, bp->addr, bp->saved);
	clean_removed(table, child);
	mutex_unlock(&table->lock);
}

/*
 * One of the parent's, with its conditions; its text is in the child. An
 * experiment is that of the parent alone.
 */
static int inherit_one(struct breakpoint_table *table,
		       const struct breakpoint *from, struct mm_struct *child)
{
	struct breakpoint *bp;
	struct hit_code *code;
	u8 byte;

	/* What the program has mapped or written anew is no breakpoint. */
	if (breakpoint_read_text(child, from->addr, &byte) ||
	    (byte != BREAKPOINT_INSN && byte != from->saved))
		return 0;
	if (!(from->users & BREAKPOINT_CLIENT)) {
		if (byte == BREAKPOINT_INSN)
			breakpoint_write_text(child, from->addr, from->saved);
		return 0;
	}
	bp = kzalloc(sizeof(*bp), GFP_KERNEL_ACCOUNT);
	if (!bp)
		return -ENOMEM;
	bp->addr = from->addr;
	bp->saved = from->saved;
	bp->users = BREAKPOINT_CLIENT;
	/* The parent may be stepping over it at this moment. */
	bp->lifted = byte != BREAKPOINT_INSN &&
		     breakpoint_write_text(child, bp->addr, BREAKPOINT_INSN);
	/* Under the parent's table.lock, which keeps a reference. */
	code = rcu_dereference_protected(from->code, true);
	if (code) {
		refcount_inc(&code->refs);
		/* No more than the parent has: there is room. */
		table->code_bytes += code->size;
	}
	rcu_assign_pointer(bp->code, code);
	hash_add_rcu(table->hash, &bp->node, bp->addr);
	table->nr++;
	return 0;
}

/**
 * breakpoint_inherit() - give a fork's child the breakpoints of its parent
 * @table: the child's, empty
 * @from: the parent's
 * @child: a copy of the parent's memory, with the int3s; its owner has not run
 *
 * Context: the parent's report_clone; may sleep, takes both table.lock.
 * Return: 0, or -ENOMEM: the child has to be cleaned with
 * breakpoint_clean_child().
 */
int breakpoint_inherit(struct breakpoint_table *table,
		       struct breakpoint_table *from, struct mm_struct *child)
{
	struct breakpoint *bp;
	unsigned int bucket;
	int ret = 0;

	mutex_lock(&from->lock);
	mutex_lock_nested(&table->lock, SINGLE_DEPTH_NESTING);
	breakpoint_note_memory(table, child);
	hash_for_each(from->hash, bucket, bp, node)
		if (!ret && is_of_current(from))
			ret = inherit_one(table, bp, child);
	clean_removed(from, child);
	mutex_unlock(&table->lock);
	mutex_unlock(&from->lock);
	return ret;
}
