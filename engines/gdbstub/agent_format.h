/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * printf of agent expressions. Pure. The expression's interpreter is its only
 * user; everybody else calls agent_format().
 */
#ifndef GDBSTUB_AGENT_FORMAT_H
#define GDBSTUB_AGENT_FORMAT_H

#include "agent.h"

/**
 * struct agent_args - the values a format prints
 * @val: the first one
 * @nr: how many
 * @step: from one to the next: 1, or -1 for values on the expression's stack
 */
struct agent_args {
	const u64 *val;
	unsigned int nr;
	int step;
};

/**
 * agent_format_check() - can this format be printed?
 * @format: NUL-terminated
 * @nr_args: values there will be
 *
 * Return: AGENT_OK or AGENT_BAD_FORMAT.
 */
enum agent_status agent_format_check(const char *format, unsigned int nr_args);

/**
 * agent_format_args() - agent_format() of values in either order
 * @format: NUL-terminated
 * @args: the values
 * @ops: as for agent_format()
 * @ctx: for the callbacks
 *
 * Return: as agent_format().
 */
enum agent_status agent_format_args(const char *format,
				    const struct agent_args *args,
				    const struct agent_ops *ops, void *ctx);

#endif /* GDBSTUB_AGENT_FORMAT_H */
