/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of the module. What a client sends that cannot be understood is
 * told here, never in the log.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM gdbstub

#if !defined(GDBSTUB_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define GDBSTUB_TRACE_H

#include <linux/tracepoint.h>

/* Bytes of a packet that are kept. */
#ifndef GDBSTUB_TRACE_BYTES
#define GDBSTUB_TRACE_BYTES 64U
#endif

/* Laid out as in include/trace/events. */
/* clang-format off */

DECLARE_EVENT_CLASS(gdbstub_bytes,
	TP_PROTO(const u8 *data, size_t len),
	TP_ARGS(data, len),
	TP_STRUCT__entry(
		__field(size_t, len)
		__dynamic_array(u8, data, min_t(size_t, len,
						GDBSTUB_TRACE_BYTES))
	),
	TP_fast_assign(
		__entry->len = len;
		memcpy(__get_dynamic_array(data), data,
		       __get_dynamic_array_len(data));
	),
	TP_printk("len=%zu %*pE", __entry->len,
		  (int)__get_dynamic_array_len(data),
		  (char *)__get_dynamic_array(data))
);

DEFINE_EVENT(gdbstub_bytes, gdbstub_packet,
	TP_PROTO(const u8 *data, size_t len),
	TP_ARGS(data, len)
);

DEFINE_EVENT(gdbstub_bytes, gdbstub_send,
	TP_PROTO(const u8 *data, size_t len),
	TP_ARGS(data, len)
);

TRACE_EVENT(gdbstub_bad_packet,
	TP_PROTO(const char *name, int error),
	TP_ARGS(name, error),
	TP_STRUCT__entry(
		__string(name, name)
		__field(int, error)
	),
	TP_fast_assign(
		__assign_str(name);
		__entry->error = error;
	),
	TP_printk("name=%s error=%d", __get_str(name), __entry->error)
);

TRACE_EVENT(gdbstub_bad_bytes,
	TP_PROTO(int event),
	TP_ARGS(event),
	TP_STRUCT__entry(
		__field(int, event)
	),
	TP_fast_assign(
		__entry->event = event;
	),
	TP_printk("packet_event=%d", __entry->event)
);

TRACE_EVENT(gdbstub_attach,
	TP_PROTO(pid_t pid, unsigned int nr_threads),
	TP_ARGS(pid, nr_threads),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(unsigned int, nr_threads)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->nr_threads = nr_threads;
	),
	TP_printk("pid=%d threads=%u", __entry->pid, __entry->nr_threads)
);

TRACE_EVENT(gdbstub_event,
	TP_PROTO(pid_t tid, int kind, int signo, bool first),
	TP_ARGS(tid, kind, signo, first),
	TP_STRUCT__entry(
		__field(pid_t, tid)
		__field(int, kind)
		__field(int, signo)
		__field(bool, first)
	),
	TP_fast_assign(
		__entry->tid = tid;
		__entry->kind = kind;
		__entry->signo = signo;
		__entry->first = first;
	),
	TP_printk("tid=%d kind=%d signal=%d first=%d", __entry->tid,
		  __entry->kind, __entry->signo, __entry->first)
);

TRACE_EVENT(gdbstub_step_over,
	TP_PROTO(pid_t tid, u64 addr),
	TP_ARGS(tid, addr),
	TP_STRUCT__entry(
		__field(pid_t, tid)
		__field(u64, addr)
	),
	TP_fast_assign(
		__entry->tid = tid;
		__entry->addr = addr;
	),
	TP_printk("tid=%d addr=%llx", __entry->tid, __entry->addr)
);

TRACE_EVENT(gdbstub_lost_thread,
	TP_PROTO(pid_t tid, long error),
	TP_ARGS(tid, error),
	TP_STRUCT__entry(
		__field(pid_t, tid)
		__field(long, error)
	),
	TP_fast_assign(
		__entry->tid = tid;
		__entry->error = error;
	),
	TP_printk("tid=%d error=%ld", __entry->tid, __entry->error)
);

/* clang-format on */

#endif /* GDBSTUB_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
