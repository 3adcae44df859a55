/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Agent expressions: GDB's bytecode for conditions, dprintf and tracing.
 * Verified once when it comes in, run each time a breakpoint is hit. Pure: what
 * it reads and writes of the target goes through callbacks.
 */
#ifndef GDBSTUB_AGENT_H
#define GDBSTUB_AGENT_H

#include "pure.h"

/* Longest bytecode taken; bounds the time agent_verify() needs. */
#define AGENT_MAX_LEN 4096
/* Deepest stack; gdb's own expressions stay below 20. */
#define AGENT_MAX_STACK 64
/* Instructions one run may take; a loop in the bytecode ends here. */
#define AGENT_MAX_STEPS 65536
/* Most bytes printed for one %s. */
#define AGENT_MAX_STRING 1024
/* Most bytes one conversion prints; wider fields are refused. */
#define AGENT_MAX_FIELD 512

/**
 * enum agent_status - why an expression was refused or ended early
 * @AGENT_OK: it is valid, or it ran to its end
 * @AGENT_EMPTY: no bytecode
 * @AGENT_TOO_LONG: more than AGENT_MAX_LEN bytes
 * @AGENT_BAD_OPCODE: a byte that is no opcode
 * @AGENT_FLOAT: floating point, which the bytecode never defined
 * @AGENT_CUT_OFF: an opcode's operands reach behind the end
 * @AGENT_BAD_JUMP: a jump out of the expression or into an instruction
 * @AGENT_UNDERFLOW: an opcode finds too few values on the stack
 * @AGENT_OVERFLOW: the stack grows over AGENT_MAX_STACK
 * @AGENT_UNEVEN: two ways to one place with stacks of different depth
 * @AGENT_NO_END: control runs off the end
 * @AGENT_NO_RESULT: a condition ends with an empty stack
 * @AGENT_BAD_FORMAT: printf: a format that is malformed or not supported
 * @AGENT_NOT_ALLOWED: an opcode with effects where none may be
 * @AGENT_DIV_ZERO: division by zero
 * @AGENT_BAD_MEMORY: memory could not be read
 * @AGENT_BAD_REGISTER: there is no such register
 * @AGENT_TOO_MANY_STEPS: AGENT_MAX_STEPS were taken
 * @AGENT_CALLBACK: a callback for output, tracing or variables failed
 */
enum agent_status {
	AGENT_OK,
	AGENT_EMPTY,
	AGENT_TOO_LONG,
	AGENT_BAD_OPCODE,
	AGENT_FLOAT,
	AGENT_CUT_OFF,
	AGENT_BAD_JUMP,
	AGENT_UNDERFLOW,
	AGENT_OVERFLOW,
	AGENT_UNEVEN,
	AGENT_NO_END,
	AGENT_NO_RESULT,
	AGENT_BAD_FORMAT,
	AGENT_NOT_ALLOWED,
	AGENT_DIV_ZERO,
	AGENT_BAD_MEMORY,
	AGENT_BAD_REGISTER,
	AGENT_TOO_MANY_STEPS,
	AGENT_CALLBACK,
};

/* Effects that agent_verify() lets an expression have. */
#define AGENT_MAY_PRINT 0x1 /* printf */
#define AGENT_MAY_TRACE 0x2 /* trace, trace_quick, trace16, tracenz, tracev */
#define AGENT_MAY_SETV 0x4 /* setv */
/* Its value is used: something must be on the stack at the end. */
#define AGENT_NEEDS_RESULT 0x8

#define AGENT_FOR_CONDITION AGENT_NEEDS_RESULT
#define AGENT_FOR_COMMAND AGENT_MAY_PRINT
#define AGENT_FOR_TRACEPOINT (AGENT_MAY_TRACE | AGENT_MAY_SETV)

/**
 * struct agent_expr - one expression
 * @code: bytecode; not written to
 * @len: bytes at @code
 *
 * agent_eval() is memory-safe on any bytes, verified or not.
 */
struct agent_expr {
	const u8 *code;
	size_t len;
};

/**
 * struct agent_ops - what an expression may do to its target
 *
 * Every callback returns 0 or a negative errno, and is called in the context
 * of agent_eval()'s caller with the @ctx given there. A missing callback makes
 * the opcodes that need it fail at run time. An error ends the run: a caller
 * whose thread may be killed meanwhile answers one then, since a loop that
 * prints or reads can call 65536 times and more.
 */
struct agent_ops {
	/** @read_reg: value of a register, numbered as in target.xml. */
	int (*read_reg)(void *ctx, unsigned int regnum, u64 *val);
	/** @read_mem: all of @len bytes of target memory, at most 8. */
	int (*read_mem)(void *ctx, u64 addr, void *buf, size_t len);
	/** @print: a piece of printf's output. */
	int (*print)(void *ctx, const char *text, size_t len);
	/** @trace_mem: record @len bytes at @addr. */
	int (*trace_mem)(void *ctx, u64 addr, u64 len);
	/** @trace_str: record the string at @addr, @max bytes at most. */
	int (*trace_str)(void *ctx, u64 addr, u64 max);
	/** @get_var: value of a trace state variable. */
	int (*get_var)(void *ctx, unsigned int num, u64 *val);
	/** @set_var: set a trace state variable. */
	int (*set_var)(void *ctx, unsigned int num, u64 val);
	/** @trace_var: record a trace state variable. */
	int (*trace_var)(void *ctx, unsigned int num);
};

/**
 * agent_verify() - can this expression be run?
 * @expr: the expression
 * @allow: AGENT_MAY_* and AGENT_NEEDS_RESULT
 * @scratch: @expr->len bytes of working memory, contents meaningless
 *
 * After AGENT_OK a run of agent_eval() can end early only for what the target
 * does to it: memory, registers, division by zero, steps, callbacks.
 *
 * Context: any; takes time proportional to the square of the length at worst.
 * Return: AGENT_OK or the first reason against it.
 */
enum agent_status agent_verify(const struct agent_expr *expr, u32 allow,
			       u8 *scratch);

/**
 * agent_eval() - run an expression
 * @expr: the expression
 * @ops: what it may do
 * @ctx: for the callbacks
 * @result: set to the top of the stack, 0 when that is empty; set to 0 on error
 *
 * Context: any that suits the callbacks; uses about 700 bytes of stack.
 * Return: AGENT_OK or why it ended early.
 */
enum agent_status agent_eval(const struct agent_expr *expr,
			     const struct agent_ops *ops, void *ctx,
			     u64 *result);

/**
 * agent_eval_briefly() - the same, in fewer instructions
 * @expr: the expression
 * @steps: instructions that it may take; less those that it took afterwards
 * @ops: what it may do
 * @ctx: for the callbacks
 * @result: as of agent_eval()
 *
 * Context: as agent_eval().
 * Return: likewise.
 */
enum agent_status agent_eval_briefly(const struct agent_expr *expr,
				     unsigned int *steps,
				     const struct agent_ops *ops, void *ctx,
				     u64 *result);

/**
 * agent_condition() - does a breakpoint's condition say stop?
 * @expr: the condition
 * @ops: what it may do
 * @ctx: for the callbacks
 *
 * An error counts as true, so that the user sees the stop and learns of it.
 *
 * Return: whether to stop.
 */
bool agent_condition(const struct agent_expr *expr, const struct agent_ops *ops,
		     void *ctx);

/**
 * agent_status_text() - a status in words
 * @status: any
 *
 * Return: a constant string without # $ } *, fit for an E.text reply.
 */
const char *agent_status_text(enum agent_status status);

/**
 * agent_format() - print as printf does, with values of the target
 * @format: NUL-terminated; backslash escapes are undone, as gdb sends them raw
 * @args: values, one for each conversion
 * @nr_args: number of @args
 * @ops: its print takes the output, its read_mem the bytes of %s; NULL checks
 *	the format only
 * @ctx: for the callbacks
 *
 * Takes d i u o x X c s p and %%, the flags "-+ #0", width, precision and the
 * lengths hh h l ll j z t. Refuses floating point, * and %n.
 *
 * Return: AGENT_OK, AGENT_BAD_FORMAT (also: fewer or more conversions than
 * arguments), AGENT_BAD_MEMORY, or AGENT_CALLBACK.
 */
enum agent_status agent_format(const char *format, const u64 *args,
			       unsigned int nr_args,
			       const struct agent_ops *ops, void *ctx);

#endif /* GDBSTUB_AGENT_H */
