/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: what the client has defined, and the experiment that runs with
 * it. A tracepoint is a breakpoint that stops nobody: the thread that hits one
 * collects what was asked for and goes on.
 *
 * All definitions and the frames of one experiment are a struct trace_set. It
 * belongs to the session until the client begins anew (QTinit) or goes; a
 * thread that collects holds a reference. What is in a set is added to and
 * never taken away, so its holders may look at it without a lock.
 */
#ifndef GDBSTUB_TRACEPOINT_H
#define GDBSTUB_TRACEPOINT_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "trace_buffer.h"

struct agent_ops;
struct gdb_process;
struct gdb_session;
struct gdb_thread;
struct tdesc_x86;

/* Bytes for frames when the client does not say, and the most it may say. */
#define TRACE_SIZE_DEFAULT (5 * SZ_1M)
#define TRACE_SIZE_MAX SZ_64M
/* Most bytes that one hit collects; bounds what a thread allocates for it. */
#define TRACE_FRAME_MAX SZ_1M
/* Most bytes of all definitions of a set. */
#define TRACE_DEFINITIONS_MAX SZ_4M
/* Most variables of a set: an expression may look for one often. */
#define TRACE_VARS_MAX 256
/* Steps that one thread may be making for different tracepoints. */
#define TRACE_STEPS_MAX 16
/* Pieces of read-only memory that QTro may name. */
#define TRACE_RO_MAX 64
/* The variable that is there always: microseconds since 1970. */
#define TRACE_VAR_TIMESTAMP 1

#define TRACE_HASH_BITS 7

/**
 * struct trace_action - one thing to be collected
 * @entry: in trace_point.actions or .step_actions
 * @kind: 'R' registers, 'M' memory, 'X' whatever an expression says
 * @has_base: M: @offset is added to register @base
 * @base: see @has_base
 * @offset: of M
 * @len: M: bytes of memory; X: bytes at @code
 * @code: of X: bytecode, verified
 */
struct trace_action {
	struct list_head entry;
	char kind;
	bool has_base;
	u32 base;
	u64 offset;
	u64 len;
	u8 code[];
};

/**
 * struct trace_text - a part of a definition as the client wrote it
 * @entry: in trace_point.texts
 * @piece: 'A' actions, 'S' those of steps, 'Z' source
 * @text: what stands behind number and address
 */
struct trace_text {
	struct list_head entry;
	char piece;
	char text[];
};

/**
 * struct trace_point - one tracepoint at one address
 * @entry: in trace_set.points
 * @node: in trace_set.by_addr
 * @number: the client's
 * @addr: where
 * @is_enabled: written under session.cmd_lock, read by the threads
 * @is_open: more of its definition is to come, and it is no part of a run;
 *	cleared under session.cmd_lock, with release semantics
 * @in_steps: what comes is for its steps; under session.cmd_lock
 * @steps: instructions to be stepped and collected at after a hit
 * @pass: the run ends with so many hits; 0: never
 * @cond_len: bytes at @cond; 0: it has none
 * @cond: bytecode: collect only if true; owned
 * @actions: struct trace_action
 * @step_actions: struct trace_action
 * @texts: struct trace_text, in the client's order
 * @hits: under trace_set.lock
 * @usage: bytes of its frames; under trace_set.lock
 */
struct trace_point {
	struct list_head entry;
	struct hlist_node node;
	u32 number;
	u64 addr;
	bool is_enabled;
	bool is_open;
	bool in_steps;
	u64 steps;
	u64 pass;
	size_t cond_len;
	u8 *cond;
	struct list_head actions;
	struct list_head step_actions;
	struct list_head texts;
	u64 hits;
	u64 usage;
};

/**
 * struct trace_var - a trace state variable
 * @entry: in trace_set.vars
 * @number: the client's
 * @is_builtin: as the client said
 * @initial: the value that a run begins with
 * @value: now; one word, read and written by anyone
 * @name: of the variable; may have any bytes but NUL
 */
struct trace_var {
	struct list_head entry;
	u32 number;
	bool is_builtin;
	u64 initial;
	u64 value;
	char name[];
};

/**
 * enum trace_end - why no experiment runs
 * @TRACE_NEVER_RUN: none was started
 * @TRACE_STOPPED: the client said so
 * @TRACE_FULL: a frame had no room
 * @TRACE_DISCONNECTED: its process was let go
 * @TRACE_PASSCOUNT: a tracepoint was hit often enough
 * @TRACE_ERROR: an expression could not be computed
 */
enum trace_end {
	TRACE_NEVER_RUN,
	TRACE_STOPPED,
	TRACE_FULL,
	TRACE_DISCONNECTED,
	TRACE_PASSCOUNT,
	TRACE_ERROR,
};

/**
 * struct trace_set - definitions, and the experiment that they make
 */
struct trace_set {
	/** @refs: the session's one, and one for each thread that collects. */
	refcount_t refs;
	/** @rcu: frees it. */
	struct rcu_head rcu;
	/** @points: struct trace_point; added to under session.cmd_lock. */
	struct list_head points;
	/** @by_addr: the same by address. */
	DECLARE_HASHTABLE(by_addr, TRACE_HASH_BITS);
	/** @vars: struct trace_var; added to under session.cmd_lock. */
	struct list_head vars;
	/** @nr_vars: entries of @vars; under session.cmd_lock. */
	unsigned int nr_vars;
	/** @bytes: of all definitions; under session.cmd_lock. */
	size_t bytes;

	/**
	 * @lock: what follows. Held for copying, by threads and packets, and for
	 * looking at some frames (trace_frame.c).
	 */
	struct mutex lock;
	/** @is_running: hits are collected; read by anyone. */
	bool is_running;
	/** @end: why not. */
	enum trace_end end;
	/** @end_point: number of the tracepoint that was the reason, or 0. */
	u32 end_point;
	/** @end_text: of TRACE_ERROR; a constant string. */
	const char *end_text;
	/** @buffer: what was collected; its memory is owned. */
	struct trace_buffer buffer;
	/**
	 * @raw_end: where the last piece of a trace file ended, counted from what
	 * the oldest frame was when the client began to read.
	 */
	u64 raw_end;
	/** @raw_next: the same place, as &trace_piece.offset has it. */
	u64 raw_next;
	/** @start_us: when it began, microseconds since 1970. */
	u64 start_us;
	/** @stop_us: when it ended. */
	u64 stop_us;

	/** @pid: whose; constant while it runs. */
	pid_t pid;
	/** @tdesc: registers of an R block; constant while it runs. */
	const struct tdesc_x86 *tdesc;
	/** @is_inserted: its int3s are in the text; under session.cmd_lock. */
	bool is_inserted;
};

/**
 * struct trace_selection - the frame that the client looks at
 * @is_on: there is one: registers and memory are read from it
 * @nr: its number when it was selected
 * @next: the place behind it, or of zeros: where a search begins
 * @head: its head
 * @tdesc: registers of an R block
 * @blocks: a copy; owned
 */
struct trace_selection {
	bool is_on;
	u32 nr;
	struct trace_place next;
	struct trace_frame_head head;
	const struct tdesc_x86 *tdesc;
	u8 *blocks;
};

/**
 * struct trace_range - read-only memory
 * @start: first address
 * @end: first address behind it
 */
struct trace_range {
	u64 start;
	u64 end;
};

/**
 * struct session_trace - what a session has of tracepoints; under cmd_lock but
 *	for @set and @is_alone
 * @set: NULL: nothing is defined. Read by threads under RCU.
 * @size: bytes for frames, from the next start on; 0: TRACE_SIZE_DEFAULT
 * @is_circular: old frames make room for new ones
 * @goes_on: an experiment does not end with the connection
 * @is_alone: the client is gone, what it has defined and a process wait for the
 *	next one (absence.c); under session.lock, read by threads without
 * @selection: see there
 * @nr_ro: used entries of @ro
 * @ro: memory that is read from the program while a frame is selected
 * @user: notes of the client; NULL or owned
 * @notes: likewise
 * @stop_notes: likewise
 * @list_at: where qTsP and qTsV go on
 */
struct session_trace {
	struct trace_set __rcu *set;
	size_t size;
	bool is_circular;
	bool goes_on;
	bool is_alone;
	struct trace_selection selection;
	unsigned int nr_ro;
	struct trace_range ro[TRACE_RO_MAX];
	char *user;
	char *notes;
	char *stop_notes;
	unsigned int list_at;
};

/**
 * struct trace_frame - what a hit has collected so far
 * @len: bytes at @data
 * @room: bytes allocated at @data
 * @is_short: something had no room or no memory: the frame is worth nothing
 * @data: its blocks; owned
 */
struct trace_frame {
	size_t len;
	size_t room;
	bool is_short;
	u8 *data;
};

/**
 * struct thread_trace - what a thread has of tracepoints; its own
 * @frame: being collected
 * @steps: struct trace_steps: for which hits it single-steps
 * @nr_steps: entries of @steps
 */
struct thread_trace {
	struct trace_frame frame;
	struct list_head steps;
	unsigned int nr_steps;
};

/* tracepoint.c APIs: */
void tracepoint_forget(struct gdb_session *session);
struct trace_set *tracepoint_set(struct gdb_session *session);
int tracepoint_renew(struct gdb_session *session);
struct trace_set *tracepoint_set_peek(struct gdb_session *session);
struct trace_set *tracepoint_set_get(struct gdb_session *session);
void tracepoint_set_put(struct trace_set *set);
void *tracepoint_alloc(struct trace_set *set, size_t size);
struct trace_point *tracepoint_find(struct trace_set *set, u32 number,
				    u64 addr);
void tracepoint_add(struct trace_set *set, struct trace_point *point);
struct trace_var *tracepoint_find_var(struct trace_set *set, u32 number);
bool tracepoint_get_var(struct trace_set *set, u32 number, u64 *val);
bool tracepoint_set_var(struct trace_set *set, u32 number, u64 val);
int tracepoint_start(struct gdb_process *process, struct trace_set *set);
void tracepoint_stop(struct gdb_session *session, struct trace_set *set,
		     enum trace_end end, u32 number, const char *text);
void tracepoint_stop_locked(struct gdb_session *session, struct trace_set *set,
			    enum trace_end end, u32 number, const char *text);
int tracepoint_insert(struct gdb_session *session, struct trace_set *set,
		      const struct trace_point *point);
int tracepoint_enable(struct gdb_session *session, struct trace_set *set,
		      struct trace_point *point, bool on);
void tracepoint_tidy(struct gdb_session *session);
void tracepoint_leave(struct gdb_process *process);

/* trace_collect.c APIs: */
bool trace_collect_is_vain(struct gdb_thread *thread, u64 pc,
			   unsigned int *steps, const struct agent_ops *ops,
			   void *ctx);
void trace_collect_hit(struct gdb_thread *thread);
void trace_collect_step(struct gdb_thread *thread);
void trace_collect_forget(struct gdb_thread *thread);

/* trace_frame.c APIs: */
void trace_frame_deselect(struct gdb_session *session);
bool trace_frame_select(struct gdb_session *session, struct trace_set *set,
			enum trace_find what, u64 a, u64 b);
const u8 *trace_frame_regs(const struct gdb_session *session);
bool trace_frame_var(const struct gdb_session *session, u32 number, u64 *val);
size_t trace_frame_read(struct gdb_session *session,
			struct gdb_process *process, u64 addr, u8 *buf,
			size_t len);
ssize_t trace_frame_raw(struct trace_set *set, u64 offset, u8 *buf, size_t len);

/**
 * trace_frame_is_selected() - does the client look at a frame?
 * @trace: of its session
 *
 * Context: session.cmd_lock held.
 * Return: whether; false: it looks at the program.
 */
static inline bool trace_frame_is_selected(const struct session_trace *trace)
{
	return trace->selection.is_on;
}

#endif /* GDBSTUB_TRACEPOINT_H */
