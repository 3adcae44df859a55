/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The utrace callbacks.
 */
#ifndef GDBSTUB_TRACER_H
#define GDBSTUB_TRACER_H

#include <linux/utrace.h>

extern const struct utrace_engine_ops tracer_ops;

#endif /* GDBSTUB_TRACER_H */
