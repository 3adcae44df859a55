/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Definitions of tracepoints as packets have them. Pure. Bytecode is decoded in
 * place, inside the packet, and verified.
 */
#ifndef GDBSTUB_TRACE_PARSE_H
#define GDBSTUB_TRACE_PARSE_H

#include "pure.h"

struct proto_cursor;

/**
 * struct trace_head - the first packet of a definition
 * @number: the tracepoint's
 * @addr: where
 * @is_enabled: it is on
 * @steps: instructions to be stepped after a hit
 * @pass: hits that end a run; 0: any number
 * @is_open: more is to come
 * @cond: bytecode inside the packet, or NULL
 * @cond_len: bytes at @cond
 */
struct trace_head {
	u32 number;
	u64 addr;
	bool is_enabled;
	u64 steps;
	u64 pass;
	bool is_open;
	u8 *cond;
	size_t cond_len;
};

/**
 * struct trace_item - one action of a definition
 * @kind: 'R' registers, 'M' memory, 'X' an expression
 * @has_base: of M: @offset is added to register @base
 * @base: see @has_base
 * @offset: of M
 * @len: of M: bytes of memory
 * @code: of X: bytecode inside the packet
 * @code_len: bytes at @code
 */
struct trace_item {
	char kind;
	bool has_base;
	u32 base;
	u64 offset;
	u64 len;
	u8 *code;
	size_t code_len;
};

/**
 * struct trace_var_def - a trace state variable as a client defines it
 * @number: of the variable
 * @initial: its first value
 * @is_builtin: as the client says
 * @name: inside the packet; any bytes but NUL
 * @name_len: bytes at @name
 */
struct trace_var_def {
	u32 number;
	u64 initial;
	bool is_builtin;
	u8 *name;
	size_t name_len;
};

/**
 * trace_parse_name() - number ':' address ':'
 * @c: where; moves behind it
 * @number: set to the tracepoint's number
 * @addr: set to its address
 *
 * Return: 0, -EINVAL: malformed, or -ERANGE: a number is too large.
 */
int trace_parse_name(struct proto_cursor *c, u32 *number, u64 *addr);

/**
 * trace_parse_head() - the first packet of a definition
 * @c: behind "QTDP:"; all of it is read
 * @scratch: AGENT_MAX_LEN bytes
 * @head: set to it
 * @reason: on an error set to why in words, or NULL
 *
 * Return: as trace_parse_name(), and -EOPNOTSUPP: no such tracepoints here.
 */
int trace_parse_head(struct proto_cursor *c, u8 *scratch,
		     struct trace_head *head, const char **reason);

/**
 * trace_parse_item() - the next action
 * @c: where; moves behind it
 * @scratch: AGENT_MAX_LEN bytes
 * @item: set to it
 * @reason: on an error set to why in words, or NULL
 *
 * Return: 1: @item is filled in; 0: there is none, @c is at the end or at the '-'
 * that stands there; or as trace_parse_name().
 */
int trace_parse_item(struct proto_cursor *c, u8 *scratch,
		     struct trace_item *item, const char **reason);

/**
 * trace_parse_var() - a variable
 * @c: behind "QTDV:"; all of it is read
 * @def: set to it
 *
 * Return: as trace_parse_name().
 */
int trace_parse_var(struct proto_cursor *c, struct trace_var_def *def);

#endif /* GDBSTUB_TRACE_PARSE_H */
