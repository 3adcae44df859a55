// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a thread does when it hits a tracepoint: it collects, in its own
 * callback, from its own registers and memory, into memory of its own, and puts
 * the whole frame into the ring. So no lock is held while memory is read, and
 * nobody sees half a frame.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "agent.h"
#include "own_memory.h"
#include "regs_x86.h"
#include "session.h"
#include "tdesc_x86.h"
#include "tracepoint.h"

/* What a frame's memory begins with; a thread that needs no more keeps it. */
#define FRAME_ROOM_KEPT 16384

/* Most bytes of one M block. */
#define BLOCK_MAX 0xf000

/* Bytes of a string that are looked at together. */
#define STR_PART 64

/*
 * A stop or a leave breaks a hit off that takes longer. It takes nothing from an
 * ordinary one that it meets.
 */
#define HIT_PATIENCE (HZ / 2)

/**
 * struct trace_steps - a hit after which the thread single-steps
 * @entry: in thread_trace.steps
 * @set: owns a reference
 * @point: of @set
 * @left: instructions to go
 */
struct trace_steps {
	struct list_head entry;
	struct trace_set *set;
	struct trace_point *point;
	u64 left;
};

/**
 * struct collection - a frame being made
 * @thread: the current thread
 * @set: with a reference
 * @frame: the thread's
 * @begun: jiffies when the thread came to collect
 * @broken_off: Memory was waited for that user space has to bring, and the
 *	thread is wanted elsewhere: what depends on it is not collected.
 */
struct collection {
	struct gdb_thread *thread;
	struct trace_set *set;
	struct trace_frame *frame;
	unsigned long begun;
	bool broken_off;
};

/*
 * A client can define thousands of tracepoints at one place, and of actions, each
 * of which may take its time: so this is asked before each. What comes behind
 * is not collected then.
 */
static bool must_end(const struct collection *c)
{
	cond_resched();
	return fatal_signal_pending(current) ||
	       (time_after(jiffies, c->begun + HIT_PATIENCE) &&
		own_memory_must_come(c->thread));
}

static ssize_t read_own(struct collection *c, u64 addr, void *buf, size_t len)
{
	ssize_t done = own_memory_read_all(c->thread, addr, buf, len);

	c->broken_off |= done == -EINTR;
	return done;
}

/* Return: where the next @len bytes of the frame go, or NULL: no room. */
static u8 *reserve(struct trace_frame *frame, size_t len)
{
	size_t room = max_t(size_t, frame->room, FRAME_ROOM_KEPT);
	u8 *data;

	if (frame->is_short || len > TRACE_FRAME_MAX - frame->len)
		goto no_room;
	while (room - frame->len < len)
		room *= 2;
	if (room != frame->room) {
		data = kvrealloc(frame->data, room, GFP_KERNEL_ACCOUNT);
		if (!data)
			goto no_room;
		frame->data = data;
		frame->room = room;
	}
	return frame->data + frame->len;
no_room:
	frame->is_short = true;
	return NULL;
}

static int collect_regs(struct collection *c)
{
	size_t g_size = c->set->tdesc->g_size;
	size_t need = TRACE_BLOCK_R + g_size + regs_collect_room();
	u8 *block = reserve(c->frame, need);
	u8 *g = block + TRACE_BLOCK_R;

	if (!block)
		return -ENOSPC;
	/* A thread that runs code of another width has no such registers. */
	if (regs_collect(c->set->tdesc, g, g + g_size))
		return 0;
	*block = 'R';
	c->frame->len += TRACE_BLOCK_R + g_size;
	return 0;
}

/* Return: bytes collected, fewer at a page that is missing; or -ENOSPC. */
static ssize_t collect_block(struct collection *c, u64 addr, size_t len)
{
	u8 *block = reserve(c->frame, TRACE_BLOCK_M + len);
	u8 *data = block + TRACE_BLOCK_M;
	ssize_t done;

	if (!block)
		return -ENOSPC;
	done = read_own(c, addr, data, len);
	if (done <= 0)
		return 0;
	*block = 'M';
	put_unaligned(addr, (u64 *)(block + 1));
	put_unaligned((u16)done, (u16 *)(block + 9));
	c->frame->len += TRACE_BLOCK_M + done;
	return done;
}

/*
 * Memory that is not there is not collected, and the client sees that it was
 * not; that is no error. A frame that gets too long is.
 */
static int collect_mem(void *ctx, u64 addr, u64 len)
{
	struct collection *c = ctx;
	ssize_t done;
	size_t part;

	while (len) {
		if (fatal_signal_pending(current))
			return -EINTR;
		part = min_t(u64, len, BLOCK_MAX);
		done = collect_block(c, addr, part);
		if (done < 0)
			return done;
		if (done < part)
			return 0;
		addr += part;
		len -= part;
	}
	return 0;
}

/* Return: bytes with the NUL, if there is one; at most @limit. */
static u64 string_len(struct collection *c, u64 addr, u64 limit)
{
	char part[STR_PART];
	ssize_t done;
	size_t len;
	u64 at = 0;

	do {
		len = min_t(u64, limit - at, sizeof(part));
		done = read_own(c, addr + at, part, len);
		if (done <= 0)
			break;
		len = strnlen(part, done);
		if (len < done)
			return at + len + 1;
		at += done;
	} while (done == sizeof(part) && at < limit);
	return at;
}

/* The string with its NUL, or as much of it as is wanted or there. */
static int collect_str(void *ctx, u64 addr, u64 max)
{
	u64 len = string_len(ctx, addr, min_t(u64, max, TRACE_FRAME_MAX));

	return len ? collect_mem(ctx, addr, len) : 0;
}

static int read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	return read_own(ctx, addr, buf, len) == len ? 0 : -EFAULT;
}

static int get_var(void *ctx, unsigned int num, u64 *val)
{
	struct collection *c = ctx;

	return tracepoint_get_var(c->set, num, val) ? 0 : -ENOENT;
}

static int set_var(void *ctx, unsigned int num, u64 val)
{
	struct collection *c = ctx;

	return tracepoint_set_var(c->set, num, val) ? 0 : -ENOENT;
}

static int collect_var(void *ctx, unsigned int num)
{
	struct collection *c = ctx;
	u8 *block = reserve(c->frame, TRACE_BLOCK_V);
	u64 val;

	if (!block)
		return -ENOSPC;
	if (!tracepoint_get_var(c->set, num, &val))
		return -ENOENT;
	*block = 'V';
	put_unaligned((u32)num, (u32 *)(block + 1));
	put_unaligned(val, (u64 *)(block + 5));
	c->frame->len += TRACE_BLOCK_V;
	return 0;
}

static const struct agent_ops collect_ops = {
	.read_reg = regs_read_current,
	.read_mem = read_mem,
	.trace_mem = collect_mem,
	.trace_str = collect_str,
	.get_var = get_var,
	.set_var = set_var,
	.trace_var = collect_var,
};

/* Return: NULL, or why the action could not be done. */
static const char *run_action(struct collection *c,
			      const struct trace_action *action)
{
	struct agent_expr expr = { .code = action->code, .len = action->len };
	enum agent_status status;
	u64 base = 0, result;

	switch (action->kind) {
	case 'R':
		collect_regs(c);
		return NULL;
	case 'M':
		if (action->has_base &&
		    regs_read_current(NULL, action->base, &base))
			return agent_status_text(AGENT_BAD_REGISTER);
		collect_mem(c, base + action->offset, action->len);
		return NULL;
	default:
		status = agent_eval(&expr, &collect_ops, c, &result);
		if (status == AGENT_OK || c->frame->is_short || c->broken_off)
			return NULL;
		return agent_status_text(status);
	}
}

static const char *run_actions(struct collection *c,
			       const struct list_head *actions)
{
	const struct trace_action *action;
	const char *reason = NULL;

	list_for_each_entry(action, actions, entry) {
		if (must_end(c))
			break;
		reason = run_action(c, action);
		if (reason || c->frame->is_short)
			break;
	}
	return reason;
}

/* Return: NULL: a frame's contents are complete, or there was no room. */
static const char *collect(struct collection *c,
			   const struct list_head *actions)
{
	c->frame->len = 0;
	c->frame->is_short = false;
	return run_actions(c, actions);
}

/* The frame goes into the ring; a run that has no room for it ends. */
static void keep_frame(struct collection *c, struct trace_point *point)
{
	struct gdb_session *session = c->thread->process->session;
	struct trace_frame_head head = {
		.pc = current_pt_regs()->ip,
		.len = c->frame->len,
		.point = point->number,
	};
	struct trace_set *set = c->set;

	lockdep_assert_held(&set->lock);
	if (!set->is_running)
		return;
	if (c->frame->is_short ||
	    trace_buffer_add(&set->buffer, &head, c->frame->data))
		tracepoint_stop_locked(session, set, TRACE_FULL, 0, NULL);
	else
		point->usage += TRACE_RAW_HEAD + head.len;
}

static void drop_large_frame(struct trace_frame *frame)
{
	if (frame->room <= FRAME_ROOM_KEPT)
		return;
	kvfree(frame->data);
	frame->data = NULL;
	frame->room = 0;
}

static bool is_passed(const struct trace_point *point)
{
	return point->pass && point->hits >= point->pass;
}

/*
 * @is_hit: of the tracepoint; else a step after one. A run that counts hits
 * ends when the last one's steps are made.
 */
static void make_frame(struct collection *c, struct trace_point *point,
		       bool is_hit, bool is_last)
{
	struct gdb_session *session = c->thread->process->session;
	struct trace_set *set = c->set;
	const char *reason;

	reason = collect(c, is_hit ? &point->actions : &point->step_actions);
	mutex_lock(&set->lock);
	if (is_hit && set->is_running)
		point->hits++;
	if (reason)
		tracepoint_stop_locked(session, set, TRACE_ERROR, point->number,
				       reason);
	keep_frame(c, point);
	if (is_last && is_passed(point))
		tracepoint_stop_locked(session, set, TRACE_PASSCOUNT,
				       point->number, NULL);
	mutex_unlock(&set->lock);
	drop_large_frame(c->frame);
}

/* A tracepoint that is part of the run. */
static bool is_on(const struct trace_point *point, u64 pc)
{
	/* Pairs with those of reset() and define_actions(): it is whole. */
	return point->addr == pc && !smp_load_acquire(&point->is_open) &&
	       READ_ONCE(point->is_enabled);
}

/* Does an experiment collect in this process? */
static bool is_traced(const struct gdb_thread *thread,
		      const struct trace_set *set)
{
	/* Pairs with the release in tracepoint_start(): pid and tdesc. */
	return set && smp_load_acquire(&set->is_running) &&
	       set->pid == thread->process->pid;
}

static bool is_false(const struct trace_point *point, unsigned int *steps,
		     const struct agent_ops *ops, void *ctx)
{
	struct agent_expr expr = { .code = point->cond,
				   .len = point->cond_len };
	u64 result;

	return point->cond_len &&
	       agent_eval_briefly(&expr, steps, ops, ctx, &result) ==
		       AGENT_OK &&
	       !result;
}

/**
 * trace_collect_is_vain() - is there nothing to be collected here, for certain?
 * @thread: the current thread
 * @pc: where it is
 * @steps: instructions that all conditions together may take, and tracepoints
 *	that may be looked at; less what was used of it afterwards
 * @ops: how conditions look at the thread; they change nothing
 * @ctx: for @ops
 *
 * Context: under RCU; otherwise as @ops need it.
 * Return: whether.
 */
bool trace_collect_is_vain(struct gdb_thread *thread, u64 pc,
			   unsigned int *steps, const struct agent_ops *ops,
			   void *ctx)
{
	struct trace_set *set = tracepoint_set_peek(thread->process->session);
	struct trace_point *point;

	if (!is_traced(thread, set))
		return true;
	hash_for_each_possible_rcu(set->by_addr, point, node, pc) {
		if (!*steps)
			return false;
		--*steps;
		if (is_on(point, pc) && !is_false(point, steps, ops, ctx))
			return false;
	}
	return true;
}

static bool condition_holds(struct collection *c, struct trace_point *point)
{
	struct agent_expr expr = { .code = point->cond,
				   .len = point->cond_len };
	enum agent_status status;
	u64 result;

	if (!point->cond_len)
		return true;
	status = agent_eval(&expr, &collect_ops, c, &result);
	if (status == AGENT_OK)
		return result;
	if (c->broken_off)
		return false;
	tracepoint_stop(c->thread->process->session, c->set, TRACE_ERROR,
			point->number, agent_status_text(status));
	return false;
}

/* Without memory for it, or with too many, the steps are not made. */
static void begin_steps(struct collection *c, struct trace_point *point)
{
	struct thread_trace *trace = &c->thread->trace;
	struct trace_steps *steps;

	if (trace->nr_steps >= TRACE_STEPS_MAX)
		return;
	steps = kmalloc(sizeof(*steps), GFP_KERNEL_ACCOUNT);
	if (!steps)
		return;
	refcount_inc(&c->set->refs);
	steps->set = c->set;
	steps->point = point;
	steps->left = point->steps;
	list_add_tail(&steps->entry, &trace->steps);
	trace->nr_steps++;
}

static void end_steps(struct thread_trace *trace, struct trace_steps *steps)
{
	list_del(&steps->entry);
	trace->nr_steps--;
	tracepoint_set_put(steps->set);
	kfree(steps);
}

static void hit_point(struct collection *c, struct trace_point *point)
{
	if (!READ_ONCE(c->set->is_running) || !condition_holds(c, point))
		return;
	make_frame(c, point, true, !point->steps);
	if (point->steps && READ_ONCE(c->set->is_running))
		begin_steps(c, point);
}

/**
 * trace_collect_hit() - the thread has hit the breakpoint of a tracepoint
 * @thread: the current thread; its pc is on it
 *
 * Context: the thread's callback; may sleep for its own memory.
 */
void trace_collect_hit(struct gdb_thread *thread)
{
	struct trace_set *set = tracepoint_set_get(thread->process->session);
	u64 pc = current_pt_regs()->ip;
	struct collection c = {
		.thread = thread,
		.set = set,
		.frame = &thread->trace.frame,
		.begun = jiffies,
	};
	struct trace_point *point;

	if (!is_traced(thread, set))
		goto put;
	/* Entries are added and never removed while the set is there. */
	hash_for_each_possible_rcu(set->by_addr, point, node, pc, true) {
		if (!is_on(point, pc))
			continue;
		if (must_end(&c))
			break;
		hit_point(&c, point);
	}
put:
	tracepoint_set_put(set);
}

/**
 * trace_collect_step() - the thread has made a step
 * @thread: the current thread
 *
 * Nothing is done if it steps for no tracepoint.
 *
 * Context: the thread's callback; may sleep for its own memory.
 */
void trace_collect_step(struct gdb_thread *thread)
{
	struct trace_steps *steps, *next;
	struct collection c = {
		.thread = thread,
		.frame = &thread->trace.frame,
		.begun = jiffies,
	};

	list_for_each_entry_safe(steps, next, &thread->trace.steps, entry) {
		c.set = steps->set;
		if (READ_ONCE(c.set->is_running))
			make_frame(&c, steps->point, false, steps->left == 1);
		if (!--steps->left || !READ_ONCE(c.set->is_running))
			end_steps(&thread->trace, steps);
	}
}

/**
 * trace_collect_forget() - the thread collects nothing any more
 * @thread: the current thread, or one without callbacks
 *
 * Context: task; may sleep.
 */
void trace_collect_forget(struct gdb_thread *thread)
{
	struct trace_steps *steps, *next;

	list_for_each_entry_safe(steps, next, &thread->trace.steps, entry)
		end_steps(&thread->trace, steps);
	kvfree(thread->trace.frame.data);
	memset(&thread->trace.frame, 0, sizeof(thread->trace.frame));
}
