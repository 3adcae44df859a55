// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints' own code, and nothing else.
 */
#define CREATE_TRACE_POINTS
#include "trace.h"
