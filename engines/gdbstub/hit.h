/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the client wants to be done when a breakpoint is hit: conditions and
 * commands, as agent expressions.
 */
#ifndef GDBSTUB_HIT_H
#define GDBSTUB_HIT_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

struct agent_ops;
struct proto_bparts;

/**
 * struct hit_code - the expressions of a breakpoint
 * @refs: the breakpoint's one, and one for each run that may sleep
 * @nr: conditions; stop, or run the commands, if one of them is true. 0: always
 * @nr_commands: they stand behind the conditions. 0: stop
 * @rcu: frees it
 * @size: bytes of the allocation
 * @code: bytecode, verified; behind @end in the same allocation
 * @end: of each expression in @code: offset behind its last byte
 *
 * Constant after it is made.
 */
struct hit_code {
	refcount_t refs;
	unsigned int nr;
	unsigned int nr_commands;
	struct rcu_head rcu;
	size_t size;
	u8 *code;
	u32 end[];
};

struct hit_code *hit_code_create(struct proto_bparts *parts,
				 const char **reason);
struct hit_code *hit_code_get(struct hit_code *code);
void hit_code_put(struct hit_code *code);
bool hit_is_false(const struct hit_code *code, unsigned int *steps,
		  const struct agent_ops *ops, void *ctx);
bool hit_is_true(const struct hit_code *code, const struct agent_ops *ops,
		 void *ctx);
const char *hit_run_commands(const struct hit_code *code,
			     const struct agent_ops *ops, void *ctx);

#endif /* GDBSTUB_HIT_H */
