/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of utrace: engines that come and go, threads that are held, and
 * every callback. Those of engines and callbacks are made under utrace.lock,
 * those of held threads by the thread itself.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM utrace

#if !defined(_TRACE_UTRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_UTRACE_H

#include <linux/tracepoint.h>
#include <linux/utrace.h>

/* Laid out as the other headers of this directory. */
/* clang-format off */

#define utrace_show_event(event)					\
	__print_symbolic(event,						\
		{ 0,				"none" },		\
		{ UTRACE_EVENT(QUIESCE),	"quiesce" },		\
		{ UTRACE_EVENT(REAP),		"reap" },		\
		{ UTRACE_EVENT(CLONE),		"clone" },		\
		{ UTRACE_EVENT(EXEC),		"exec" },		\
		{ UTRACE_EVENT(EXIT),		"exit" },		\
		{ UTRACE_EVENT(DEATH),		"death" },		\
		{ UTRACE_EVENT(SYSCALL_ENTRY),	"syscall_entry" },	\
		{ UTRACE_EVENT(SYSCALL_EXIT),	"syscall_exit" },	\
		{ UTRACE_EVENT(SIGNAL),		"signal" },		\
		{ UTRACE_EVENT(SIGNAL_IGN),	"signal_ign" },		\
		{ UTRACE_EVENT(SIGNAL_STOP),	"signal_stop" },	\
		{ UTRACE_EVENT(SIGNAL_TERM),	"signal_term" },	\
		{ UTRACE_EVENT(SIGNAL_CORE),	"signal_core" },	\
		{ UTRACE_EVENT(JCTL),		"jctl" })

#define utrace_show_action(action)					\
	__print_symbolic((action) & UTRACE_RESUME_MASK,			\
		{ UTRACE_STOP,			"stop" },		\
		{ UTRACE_REPORT,		"report" },		\
		{ UTRACE_INTERRUPT,		"interrupt" },		\
		{ UTRACE_SINGLESTEP,		"singlestep" },		\
		{ UTRACE_BLOCKSTEP,		"blockstep" },		\
		{ UTRACE_RESUME,		"resume" },		\
		{ UTRACE_DETACH,		"detach" })

DECLARE_EVENT_CLASS(utrace_engine,
	TP_PROTO(const struct task_struct *task,
		 const struct utrace_engine *engine),
	TP_ARGS(task, engine),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(const void *, engine)
	),
	TP_fast_assign(
		__entry->pid = task->pid;
		__entry->engine = engine;
	),
	TP_printk("pid=%d engine=%p", __entry->pid, __entry->engine)
);

/* An engine is in the list of its task from here on. */
DEFINE_EVENT(utrace_engine, utrace_attach,
	TP_PROTO(const struct task_struct *task,
		 const struct utrace_engine *engine),
	TP_ARGS(task, engine)
);

/* An engine is out of it; its last callback is back. */
DEFINE_EVENT(utrace_engine, utrace_detach,
	TP_PROTO(const struct task_struct *task,
		 const struct utrace_engine *engine),
	TP_ARGS(task, engine)
);

/* @where is the enum utrace_hold_kind of kernel/utrace/utrace.h. */
DECLARE_EVENT_CLASS(utrace_held,
	TP_PROTO(const struct task_struct *task, int where),
	TP_ARGS(task, where),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(int, where)
	),
	TP_fast_assign(
		__entry->pid = task->pid;
		__entry->where = where;
	),
	TP_printk("pid=%d where=%s", __entry->pid,
		  __print_symbolic(__entry->where,
				   { 0, "user" },
				   { 1, "event" },
				   { 2, "exit" }))
);

/* The current task goes to sleep because engines hold it. */
DEFINE_EVENT(utrace_held, utrace_stop,
	TP_PROTO(const struct task_struct *task, int where),
	TP_ARGS(task, where)
);

/* It is awake: released, killed, or wanted by its ptracer. */
DEFINE_EVENT(utrace_held, utrace_resume,
	TP_PROTO(const struct task_struct *task, int where),
	TP_ARGS(task, where)
);

/*
 * The callbacks to one engine for one event are back; 0 is a report that was
 * asked for. @action is what the engine chose: an enum utrace_resume_action,
 * with the action on the event in the higher bits.
 */
TRACE_EVENT(utrace_report,
	TP_PROTO(const struct task_struct *task,
		 const struct utrace_engine *engine, unsigned long event,
		 u32 action),
	TP_ARGS(task, engine, event, action),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(const void *, engine)
		__field(unsigned long, event)
		__field(u32, action)
	),
	TP_fast_assign(
		__entry->pid = task->pid;
		__entry->engine = engine;
		__entry->event = event;
		__entry->action = action;
	),
	TP_printk("pid=%d engine=%p event=%s action=%s result=%#x",
		  __entry->pid, __entry->engine,
		  utrace_show_event(__entry->event),
		  utrace_show_action(__entry->action),
		  __entry->action & ~UTRACE_RESUME_MASK)
);

/* clang-format on */

#endif /* _TRACE_UTRACE_H */

/* This part must be outside protection. */
#include <trace/define_trace.h>
