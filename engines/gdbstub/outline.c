// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas for displaced instructions.
 *
 * A breakpoint whose instruction is not emulated gets a slot: the instruction,
 * followed by a jump to where it goes on. Any number of threads execute it at
 * once, without a trap and without a lock. The slot belongs to the breakpoint
 * and never changes; so nothing is written when one is hit.
 *
 * An area is a mapping of a file that only this module has. It lies within 2 GB
 * of the text it is for, so that rip-relative operands need nothing but another
 * displacement. The program can read and execute it; it is not copied by fork,
 * not in core dumps, and cannot be made writable. It is written through the
 * kernel's own mapping of the same pages.
 */
#include <linux/anon_inodes.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_context.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>

#include "outline.h"

#define AREA_PAGES 16
#define AREA_SIZE (AREA_PAGES * PAGE_SIZE)
#define AREA_SLOTS (AREA_SIZE / OUTLINE_SLOT_SIZE)

/* Room for every breakpoint, and for slots that a thread once was in. */
#define AREAS_MAX 64

/* An area is looked for this far from the text; operands reach further. */
#define AREA_REACH SZ_1G

/* Nothing is mapped below it. */
#define AREA_LOWEST SZ_64K

/* Free space that is left to the mapping above. */
#define AREA_GAP SZ_64K

/* jmp *0(%rip), and the address. */
#define JUMP_SIZE 14

/**
 * struct outline_area - one mapping
 * @entry: in outline.areas
 * @file: what is mapped
 * @mem: its pages, as the kernel sees them
 * @base: where it is in the target
 * @used: a bit for each slot
 */
struct outline_area {
	struct list_head entry;
	struct file *file;
	u8 *mem;
	u64 base;
	DECLARE_BITMAP(used, AREA_SLOTS);
};

static int area_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_mod(vma, VM_IO | VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP,
		     VM_MAYWRITE);
	return remap_vmalloc_range(vma, file->private_data, 0);
}

/* The last mapping and the last reference are gone. */
static int area_release(struct inode *inode, struct file *file)
{
	vfree(file->private_data);
	return 0;
}

static const struct file_operations area_fops = {
	.owner = THIS_MODULE,
	.mmap = area_mmap,
	.release = area_release,
};

/**
 * outline_init() - no areas yet
 * @outline: zeroed memory
 */
void outline_init(struct outline *outline)
{
	INIT_LIST_HEAD(&outline->areas);
	INIT_LIST_HEAD(&outline->retired);
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

/* Where an area fits between two mappings; 0: nowhere. Stacks need room. */
static u64 fit_between(struct vm_area_struct *below,
		       struct vm_area_struct *above, u64 limit)
{
	u64 start = below ? below->vm_end : AREA_LOWEST;
	u64 end = min_t(u64, above->vm_start, limit);

	if (above->vm_flags & VM_GROWSDOWN || end <= start ||
	    end - start < AREA_SIZE)
		return 0;
	if (end - start < AREA_SIZE + AREA_GAP)
		return end - AREA_SIZE;
	return end - AREA_SIZE - AREA_GAP;
}

/*
 * The next gap below the text that is large enough. One above it would be in
 * the way of the program's heap.
 */
static u64 find_gap(struct mm_struct *mm, u64 addr)
{
	struct vm_area_struct *vma, *prev;
	u64 found = 0;

	mmap_read_lock(mm);
	vma = find_vma(mm, addr);
	while (vma && !found) {
		VMA_ITERATOR(vmi, mm, vma->vm_start);

		if (distance(vma->vm_start, addr) > AREA_REACH)
			break;
		vma_find(&vmi, vma->vm_end);
		prev = vma_prev(&vmi);
		found = fit_between(prev, vma, addr);
		vma = prev;
	}
	mmap_read_unlock(mm);
	return found;
}

/* Map it into current's memory. */
static int map_area(struct outline_area *area, u64 addr)
{
	u64 base = find_gap(current->mm, addr);
	unsigned long ret;

	if (!base)
		return -ENOMEM;
	ret = vm_mmap(area->file, base, AREA_SIZE, PROT_READ | PROT_EXEC,
		      MAP_SHARED | MAP_FIXED_NOREPLACE, 0);
	if (IS_ERR_VALUE(ret))
		return ret;
	area->base = ret;
	return 0;
}

static void free_area(struct outline_area *area)
{
	fput(area->file);
	kfree(area);
}

static struct outline_area *make_area(u64 addr)
{
	struct outline_area *area;
	int ret = -ENOMEM;

	area = kzalloc(sizeof(*area), GFP_KERNEL_ACCOUNT);
	if (!area)
		return ERR_PTR(ret);
	area->mem = vmalloc_user(AREA_SIZE);
	if (!area->mem)
		goto free;
	/* Whatever is not a slot traps. */
	memset(area->mem, 0xcc, AREA_SIZE);
	area->file =
		anon_inode_getfile("[gdbstub]", &area_fops, area->mem, O_RDWR);
	ret = PTR_ERR_OR_ZERO(area->file);
	if (ret) {
		vfree(area->mem);
		goto free;
	}
	ret = map_area(area, addr);
	if (!ret)
		return area;
	free_area(area);
	return ERR_PTR(ret);
free:
	kfree(area);
	return ERR_PTR(ret);
}

/* An area with a free slot from which the text can be reached. */
static struct outline_area *find_area(struct outline *outline, u64 addr)
{
	struct outline_area *area;

	list_for_each_entry(area, &outline->areas, entry)
		if (distance(area->base, addr) <
			    2ULL * AREA_REACH - AREA_SIZE &&
		    !bitmap_full(area->used, AREA_SLOTS))
			return area;
	return NULL;
}

static void free_slot(struct outline_slot *slot)
{
	unsigned int nr = (slot->addr - slot->area->base) / OUTLINE_SLOT_SIZE;

	__clear_bit(nr, slot->area->used);
	list_del(&slot->entry);
	kfree(slot);
}

/*
 * Slots of breakpoints that are gone. A thread that found one under RCU has
 * written down that it is in there before its grace period ends.
 */
static void reap_retired(struct outline *outline, outline_used_fn is_used,
			 void *ctx)
{
	struct outline_slot *slot, *next;

	list_for_each_entry_safe(slot, next, &outline->retired, entry)
		if (poll_state_synchronize_rcu(slot->grace) &&
		    !is_used(ctx, slot->addr))
			free_slot(slot);
}

static struct outline_area *get_area(struct outline *outline, u64 addr,
				     outline_used_fn is_used, void *ctx)
{
	struct outline_area *area = find_area(outline, addr);

	if (area)
		return area;
	reap_retired(outline, is_used, ctx);
	area = find_area(outline, addr);
	if (area)
		return area;
	if (outline->nr_areas >= AREAS_MAX)
		return ERR_PTR(-ENOSPC);
	area = make_area(addr);
	if (IS_ERR(area))
		return area;
	list_add_tail(&area->entry, &outline->areas);
	outline->nr_areas++;
	return area;
}

/* The instruction, and the way back. */
static int fill_slot(struct outline_area *area, struct outline_slot *slot,
		     const struct insn_x86 *insn, u64 addr)
{
	u8 *mem = area->mem + (slot->addr - area->base);
	u8 bytes[INSN_MAX];

	memcpy(bytes, slot->insn, insn->len);
	if (!insn_x86_move(insn, bytes, addr, slot->addr))
		return -ERANGE;
	memcpy(mem, bytes, insn->len);
	mem += insn->len;
	mem[0] = 0xff;
	mem[1] = 0x25;
	put_unaligned_le32(0, mem + 2);
	put_unaligned_le64(addr + insn->len, mem + 6);
	return 0;
}

/**
 * outline_make() - put an instruction out of line
 * @outline: of the current process
 * @addr: where the instruction belongs
 * @bytes: the instruction
 * @len: bytes at @bytes that are readable
 * @is_used: whether a thread may still be in a slot
 * @ctx: for @is_used
 *
 * Context: a thread of the process; may sleep; breakpoint_table.lock held.
 * Return: the slot, the caller's to publish and later to outline_retire(), or
 * * -EINVAL - the instruction has to be executed where it stands
 * * -ERANGE - its operand cannot be reached from the area
 * * -ENOSPC - all areas are full
 * * -ENOMEM, or another errno - no area could be mapped
 */
struct outline_slot *outline_make(struct outline *outline, u64 addr,
				  const u8 *bytes, size_t len,
				  outline_used_fn is_used, void *ctx)
{
	struct insn_x86 insn = insn_x86_decode(bytes, len);
	struct outline_area *area;
	struct outline_slot *slot;
	unsigned int nr;

	BUILD_BUG_ON(INSN_MAX + JUMP_SIZE > OUTLINE_SLOT_SIZE);
	if (insn.kind == INSN_BOUND || outline->is_broken)
		return ERR_PTR(-EINVAL);
	area = get_area(outline, addr, is_used, ctx);
	if (IS_ERR(area))
		return ERR_CAST(area);
	slot = kzalloc(sizeof(*slot), GFP_KERNEL_ACCOUNT);
	if (!slot)
		return ERR_PTR(-ENOMEM);
	nr = find_first_zero_bit(area->used, AREA_SLOTS);
	slot->area = area;
	slot->addr = area->base + nr * OUTLINE_SLOT_SIZE;
	slot->len = insn.len;
	slot->kind = insn.kind;
	memcpy(slot->insn, bytes, insn.len);
	if (fill_slot(area, slot, &insn, addr)) {
		kfree(slot);
		return ERR_PTR(-ERANGE);
	}
	__set_bit(nr, area->used);
	return slot;
}

/**
 * outline_retire() - a slot is not to be entered any more
 * @outline: whose it is
 * @slot: out of its readers' sight
 *
 * Context: breakpoint_table.lock held.
 */
void outline_retire(struct outline *outline, struct outline_slot *slot)
{
	slot->grace = get_state_synchronize_rcu();
	list_add_tail(&slot->entry, &outline->retired);
}

/**
 * outline_forget() - drop all areas; the memory they were mapped in is gone
 * @outline: all its slots are retired
 *
 * Readers may still look at a slot, but threads that could are gone as well, or
 * are the caller, or the process is not traced any more.
 *
 * Context: task; may sleep; breakpoint_table.lock held.
 */
void outline_forget(struct outline *outline)
{
	struct outline_area *area, *next;
	struct outline_slot *slot, *other;

	if (!list_empty(&outline->retired))
		synchronize_rcu();
	list_for_each_entry_safe(slot, other, &outline->retired, entry)
		free_slot(slot);
	list_for_each_entry_safe(area, next, &outline->areas, entry) {
		list_del(&area->entry);
		free_area(area);
	}
	outline->nr_areas = 0;
	outline->is_broken = false;
}

static bool is_area_used(struct outline_area *area, outline_used_fn is_used,
			 void *ctx)
{
	unsigned int nr;

	for_each_set_bit(nr, area->used, AREA_SLOTS)
		if (is_used(ctx, area->base + nr * OUTLINE_SLOT_SIZE))
			return true;
	return false;
}

static bool is_mapped(struct outline_area *area)
{
	struct vm_area_struct *vma;
	bool mapped;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, area->base);
	mapped = vma && vma->vm_start == area->base &&
		 vma->vm_end == area->base + AREA_SIZE &&
		 vma->vm_file == area->file;
	mmap_read_unlock(current->mm);
	return mapped;
}

/**
 * outline_unmap() - take the areas out of the target's memory
 * @outline: nobody enters a slot any more
 * @mm: the process's memory
 * @is_used: whether a thread is in a slot: that area stays where it is
 * @ctx: for @is_used
 *
 * Context: a kernel thread; may sleep; breakpoint_table.lock held.
 */
void outline_unmap(struct outline *outline, struct mm_struct *mm,
		   outline_used_fn is_used, void *ctx)
{
	struct outline_area *area;

	if (list_empty(&outline->areas) || !(current->flags & PF_KTHREAD))
		return;
	kthread_use_mm(mm);
	list_for_each_entry(area, &outline->areas, entry)
		if (is_mapped(area) && !is_area_used(area, is_used, ctx))
			vm_munmap(area->base, AREA_SIZE);
	kthread_unuse_mm(mm);
}
