// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory as the client sees it: with the program's bytes where breakpoints are,
 * read and written. Of an entry only the saved byte is changed here, under
 * table.lock.
 */
#include <linux/mm.h>

#include "breakpoint.h"

typedef void (*range_fn)(struct breakpoint *bp, u8 *byte);

/*
 * Call a function for each breakpoint in a range: by looking at every address,
 * or at every breakpoint, whatever is less.
 */
static void visit_range(struct breakpoint_table *table, u64 addr, size_t len,
			range_fn fn, u8 *buf)
{
	struct breakpoint *bp;
	unsigned int bucket;
	size_t i;

	if (len < table->nr) {
		for (i = 0; i < len; i++) {
			bp = breakpoint_find(table, addr + i);
			if (bp)
				fn(bp, buf + i);
		}
		return;
	}
	hash_for_each(table->hash, bucket, bp, node)
		if (bp->addr - addr < len)
			fn(bp, buf + (bp->addr - addr));
}

/* A program that wrote over the int3 itself is shown what it wrote. */
static void hide_one(struct breakpoint *bp, u8 *byte)
{
	if (!bp->lifted && *byte == BREAKPOINT_INSN)
		*byte = bp->saved;
}

/**
 * breakpoint_hide() - show the program's bytes in place of the breakpoints
 * @table: the table
 * @addr: where @buf was read
 * @buf: what was read
 * @len: bytes at @buf
 *
 * For a few bytes, on a thread's own way through a breakpoint: takes no lock.
 *
 * Context: any.
 */
void breakpoint_hide(struct breakpoint_table *table, u64 addr, u8 *buf,
		     size_t len)
{
	size_t i;
	u8 byte;

	for (i = 0; i < len; i++)
		if (buf[i] == BREAKPOINT_INSN &&
		    breakpoint_saved_byte(table, addr + i, &byte))
			buf[i] = byte;
}

/**
 * breakpoint_read() - read memory as if there were no breakpoints
 * @table: the process's table
 * @mm: the process's memory
 * @addr: from where
 * @buf: to where
 * @len: bytes
 *
 * Context: task; may sleep, takes table.lock.
 * Return: bytes read, up to the first page that is not there.
 */
size_t breakpoint_read(struct breakpoint_table *table, struct mm_struct *mm,
		       u64 addr, u8 *buf, size_t len)
{
	int nr;

	mutex_lock(&table->lock);
	nr = access_remote_vm(mm, addr, buf, len, FOLL_FORCE);
	if (nr > 0)
		visit_range(table, addr, nr, hide_one, buf);
	mutex_unlock(&table->lock);
	return nr > 0 ? nr : 0;
}

/* The client's byte goes under the breakpoint, the int3 stays in memory. */
static void put_under(struct breakpoint *bp, u8 *byte)
{
	bp->undo = bp->saved;
	WRITE_ONCE(bp->saved, *byte);
	if (!bp->lifted)
		*byte = BREAKPOINT_INSN;
}

static void undo_under(struct breakpoint *bp, u8 *byte)
{
	WRITE_ONCE(bp->saved, bp->undo);
}

/**
 * breakpoint_write() - write memory, under the breakpoints that are there
 * @table: the process's table
 * @mm: the process's memory
 * @addr: to where
 * @buf: what; changed where breakpoints are
 * @len: bytes
 *
 * Context: task; may sleep, takes table.lock.
 * Return: bytes written, up to the first page that cannot be written to.
 */
size_t breakpoint_write(struct breakpoint_table *table, struct mm_struct *mm,
			u64 addr, u8 *buf, size_t len)
{
	int nr;

	mutex_lock(&table->lock);
	visit_range(table, addr, len, put_under, buf);
	nr = max(access_remote_vm(mm, addr, buf, len, FOLL_FORCE | FOLL_WRITE),
		 0);
	visit_range(table, addr + nr, len - nr, undo_under, buf + nr);
	mutex_unlock(&table->lock);
	return nr;
}
