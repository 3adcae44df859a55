// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conditions and commands of breakpoints: taken from a Z packet, verified,
 * and run by the thread that hit one.
 */
#include <linux/err.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "agent.h"
#include "hit.h"
#include "proto.h"

/* Expressions of one breakpoint; gdb sends one for each location's condition. */
#define PARTS_MAX 64

static const char *check_part(const struct proto_bpart *part, u8 *scratch)
{
	struct agent_expr expr = { .code = part->code, .len = part->len };
	enum agent_status status;

	status = agent_verify(&expr,
			      part->is_command ? AGENT_FOR_COMMAND :
						 AGENT_FOR_CONDITION,
			      scratch);
	return status == AGENT_OK ? NULL : agent_status_text(status);
}

/*
 * Read and verify a packet's expressions. They are decoded inside the packet,
 * so there is one pass; @part has room for PARTS_MAX.
 */
static int read_parts(struct proto_bparts *it, struct proto_bpart *part,
		      u8 *scratch, const char **reason)
{
	int ret, nr = 0;

	while (nr < PARTS_MAX) {
		ret = proto_next_bpart(it, &part[nr]);
		if (ret <= 0)
			return ret < 0 ? ret : nr;
		if (part[nr].len > AGENT_MAX_LEN)
			*reason = agent_status_text(AGENT_TOO_LONG);
		else
			*reason = check_part(&part[nr], scratch);
		if (*reason)
			return -EINVAL;
		nr++;
	}
	*reason = "too many expressions";
	return -EINVAL;
}

/* Append the expressions of one sort. */
static void copy_sort(struct hit_code *code, const struct proto_bpart *part,
		      unsigned int nr, bool commands)
{
	unsigned int i, at = code->nr + code->nr_commands;
	size_t size = at ? code->end[at - 1] : 0;

	for (i = 0; i < nr; i++) {
		if (part[i].is_command != commands)
			continue;
		memcpy(code->code + size, part[i].code, part[i].len);
		size += part[i].len;
		code->end[at++] = size;
		if (commands)
			code->nr_commands++;
		else
			code->nr++;
	}
}

static struct hit_code *copy_parts(const struct proto_bpart *part,
				   unsigned int nr)
{
	struct hit_code *code;
	size_t size = struct_size(code, end, nr);
	unsigned int i;

	for (i = 0; i < nr; i++)
		size += part[i].len;
	code = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!code)
		return ERR_PTR(-ENOMEM);
	code->size = size;
	refcount_set(&code->refs, 1);
	code->code = (u8 *)&code->end[nr];
	copy_sort(code, part, nr, false);
	copy_sort(code, part, nr, true);
	return code;
}

/**
 * hit_code_create() - take the conditions and commands of a Z packet
 * @parts: iterator over the lists, at their beginning
 * @reason: set to why one of them was refused, or NULL
 *
 * Context: task; may sleep.
 * Return: the expressions, for breakpoint_insert(); NULL: the packet has none;
 * or
 * * -EINVAL - malformed, no valid bytecode, or too many
 * * -ERANGE - a number in them is too large
 * * -ENOMEM
 */
struct hit_code *hit_code_create(struct proto_bparts *parts,
				 const char **reason)
{
	struct hit_code *code = NULL;
	struct proto_bpart *part;
	u8 *scratch;
	int nr;

	*reason = NULL;
	part = kmalloc_array(PARTS_MAX, sizeof(*part), GFP_KERNEL);
	scratch = kmalloc(AGENT_MAX_LEN, GFP_KERNEL);
	if (!part || !scratch) {
		code = ERR_PTR(-ENOMEM);
		goto free;
	}
	nr = read_parts(parts, part, scratch, reason);
	if (nr)
		code = nr < 0 ? ERR_PTR(nr) : copy_parts(part, nr);
free:
	kfree(scratch);
	kfree(part);
	return code;
}

/**
 * hit_code_get() - take a reference
 * @code: the expressions, of which the caller has one, or NULL
 *
 * Context: any.
 * Return: @code.
 */
struct hit_code *hit_code_get(struct hit_code *code)
{
	if (code)
		refcount_inc(&code->refs);
	return code;
}

/**
 * hit_code_put() - drop a reference
 * @code: the expressions, or NULL
 *
 * Context: any.
 */
void hit_code_put(struct hit_code *code)
{
	if (code && refcount_dec_and_test(&code->refs))
		kvfree_rcu(code, rcu);
}

static struct agent_expr get_expr(const struct hit_code *code, unsigned int nr)
{
	u32 start = nr ? code->end[nr - 1] : 0;

	return (struct agent_expr){
		.code = code->code + start,
		.len = code->end[nr] - start,
	};
}

/**
 * hit_is_false() - do the conditions say go on, for certain?
 * @code: the expressions, or NULL
 * @steps: instructions that all of them together may take; less those that they
 *	took afterwards
 * @ops: how they look at the thread that hit the breakpoint
 * @ctx: for @ops
 *
 * Context: as @ops need it.
 * Return: whether: there are some and each is false.
 */
bool hit_is_false(const struct hit_code *code, unsigned int *steps,
		  const struct agent_ops *ops, void *ctx)
{
	struct agent_expr expr;
	unsigned int i;
	u64 result;

	if (!code || !code->nr)
		return false;
	for (i = 0; i < code->nr; i++) {
		expr = get_expr(code, i);
		if (agent_eval_briefly(&expr, steps, ops, ctx, &result) !=
			    AGENT_OK ||
		    result)
			return false;
	}
	return true;
}

/**
 * hit_is_true() - do the conditions say stop?
 * @code: the expressions, or NULL
 * @ops: how they look at the thread that hit the breakpoint
 * @ctx: for @ops
 *
 * Context: task; may sleep; else as @ops need it.
 * Return: whether: one is true or cannot be evaluated, or there are none.
 */
bool hit_is_true(const struct hit_code *code, const struct agent_ops *ops,
		 void *ctx)
{
	struct agent_expr expr;
	unsigned int i;

	if (!code || !code->nr)
		return true;
	for (i = 0; i < code->nr; i++) {
		cond_resched();
		expr = get_expr(code, i);
		if (agent_condition(&expr, ops, ctx))
			return true;
	}
	return false;
}

/**
 * hit_run_commands() - do what is to be done instead of a stop
 * @code: has commands
 * @ops: what they may do
 * @ctx: for @ops
 *
 * Context: task; may sleep; else as @ops need it.
 * Return: NULL, or why one of them ended early: the others were not run.
 */
const char *hit_run_commands(const struct hit_code *code,
			     const struct agent_ops *ops, void *ctx)
{
	enum agent_status status;
	struct agent_expr expr;
	unsigned int i;
	u64 result;

	for (i = code->nr; i < code->nr + code->nr_commands; i++) {
		cond_resched();
		expr = get_expr(code, i);
		status = agent_eval(&expr, ops, ctx, &result);
		if (status != AGENT_OK)
			return agent_status_text(status);
	}
	return NULL;
}
