/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One process of a session: its threads, its breakpoints, and how it is left.
 */
#ifndef GDBSTUB_PROCESS_H
#define GDBSTUB_PROCESS_H

#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "breakpoint.h"
#include "syscalls.h"
#include "thread.h"
#include "watch.h"

/* A process may have thousands of threads, and most have one. */
#define PROCESS_TID_BITS 7

struct gdb_session;
struct tdesc_x86;

/**
 * struct gdb_process - a process in a session
 *
 * Made by process_create(), freed by process_free() when no thread is left.
 */
struct gdb_process {
	/** @rcu: frees it. */
	struct rcu_head rcu;
	/**
	 * @entry: in session.processes; under session.lock, and changed only
	 * with session.cmd_lock held as well.
	 */
	struct list_head entry;
	/** @session: constant. */
	struct gdb_session *session;
	/**
	 * @leader: the thread group leader at the time of attach. Constant,
	 * owns a reference. Keeps task->signal.
	 */
	struct task_struct *leader;
	/** @tgid: to send it a signal. Constant, owns a reference. */
	struct pid *tgid;
	/** @pid: as the session's pid namespace numbers it. Constant. */
	pid_t pid;
	/**
	 * @maker: the number of the process whose fork the client is told of as
	 * the birth of this one; 0: there is none. Constant.
	 */
	pid_t maker;
	/**
	 * @is_launched: it was handed over by GDBSTUB_START_LAUNCH. Constant.
	 */
	bool is_launched;
	/**
	 * @execs_left: execve() calls to go until a launch is complete; under
	 * session.lock. 0: it is complete, or was an attach.
	 */
	unsigned int execs_left;

	/**
	 * @threads: struct gdb_thread; under session.lock. Removed from only
	 * with session.cmd_lock held as well, so that the holder of that may
	 * keep a pointer to a thread.
	 */
	struct list_head threads;
	/** @by_tid: the same by number; under session.lock. */
	DECLARE_HASHTABLE(by_tid, PROCESS_TID_BITS);
	/**
	 * @nr_threads: threads that are not dead and no guests; under
	 * session.lock.
	 */
	unsigned int nr_threads;
	/**
	 * @nr_own: those of its thread group, but for who is in report_death;
	 * under session.lock.
	 */
	unsigned int nr_own;
	/**
	 * @is_ended: somebody has found that it is over, and tells; under
	 * session.lock.
	 */
	bool is_ended;
	/**
	 * @is_leaving: process_leave() began. Written once, under
	 * session.lock; read by the threads.
	 */
	bool is_leaving;
	/**
	 * @is_lifted: its text is the program's own again, for good, and it
	 * takes no thread any more. Written once, under session.lock; read by
	 * the threads.
	 */
	bool is_lifted;
	/**
	 * @is_hidden: the client does not know it: its fork was not told yet,
	 * or it is a guest; under session.lock.
	 */
	bool is_hidden;
	/**
	 * @is_guest: the client has detached from it, but it shares its memory
	 * with a process that is debugged, so its threads are guests; under
	 * session.lock.
	 */
	bool is_guest;
	/**
	 * @has_new_guests: threads became guests, and may have debug registers
	 * still; under session.lock.
	 */
	bool has_new_guests;
	/**
	 * @has_left_guests: it has left guests behind that are not let go yet;
	 * under session.lock.
	 */
	bool has_left_guests;
	/**
	 * @is_coming: it is being attached to, and counted as one running
	 * thread for that; under session.lock.
	 */
	bool is_coming;
	/**
	 * @is_starting: a client waits for the answer to its vRun or vAttach,
	 * which comes before all else that is told of it; under session.lock.
	 */
	bool is_starting;
	/**
	 * @record_owed: the opener is told when it stops for the first time;
	 * under session.lock.
	 */
	bool record_owed;
	/**
	 * @is_gone: its last thread died with @status, or it was let go without
	 * the client's word; under session.lock.
	 */
	bool is_gone;
	/** @status: wait status once @is_gone. */
	int status;
	/**
	 * @is_killed: the client has killed it, and hears of its end from the
	 * answer to that; under session.lock.
	 */
	bool is_killed;
	/**
	 * @was_told: a stop reply or an answer said that it is gone; under
	 * session.lock.
	 */
	bool was_told;
	/**
	 * @may_not_trace: an exec made it a process that the session's owner
	 * may not trace; under session.lock. It is being left from then on, and
	 * its memory is out of reach.
	 */
	bool may_not_trace;
	/** @note: in non-stop, its end. */
	struct stop_note note;
	/** @wait: woken when a thread dies, or has passed while leaving. */
	wait_queue_head_t wait;
	/** @end: waits for the end of @tgid, whichever thread is its last. */
	struct wait_queue_entry end;

	/**
	 * @breakpoints: those of the memory that it runs in; has a lock of its
	 * own. Owns a reference. The child of a vfork begins with its parent's;
	 * its exec, the only thing that changes this, makes it @own.
	 */
	struct breakpoint_table *breakpoints;
	/** @own: for after such an exec; constant, owns a reference. */
	struct breakpoint_table *own;
	/** @left: what was @breakpoints before it; owns a reference. */
	struct breakpoint_table *left;
	/**
	 * @syscalls: the system calls that are caught. Written with
	 * session.cmd_lock and session.lock held; read by the threads without a
	 * lock, but for who copies it.
	 */
	struct syscall_filter syscalls;
	/**
	 * @watch_lock: held from a look at @watches to the end of what follows
	 * from it in the threads. A thread that makes another one holds it
	 * until that is in the list, so that no thread is missed; one that
	 * makes a process, while it copies @watches.
	 */
	struct mutex watch_lock;
	/**
	 * @watches: what is in the debug registers of its threads. Written
	 * with session.cmd_lock and @watch_lock held; read by the threads
	 * without a lock.
	 */
	struct watch_slot watches[WATCH_SLOTS];
	/** @nr_watches: used slots of @watches. */
	unsigned int nr_watches;

	/**
	 * @tdesc: its registers, found out at the first look at one; under
	 * session.cmd_lock. NULL after an exec.
	 */
	const struct tdesc_x86 *tdesc;
	/**
	 * @exec_path: what it executed last; under session.lock; NULL or
	 * owned.
	 */
	char *exec_path;
};

struct gdb_process *process_create(struct gdb_session *session,
				   struct task_struct *leader);
struct gdb_process *process_create_child(struct gdb_process *parent,
					 struct task_struct *child,
					 bool shares_memory);
void process_new_memory(struct gdb_process *process);
void process_free(struct gdb_process *process);
void process_kill(struct gdb_process *process);
void process_catch_syscalls(struct gdb_process *process,
			    const struct syscall_filter *filter);
void process_reap_threads(struct gdb_process *process);
struct mm_struct *process_mm_get(struct gdb_process *process);
void process_add_thread_locked(struct gdb_thread *thread);
void process_remove_thread_locked(struct gdb_thread *thread);
void process_renumber_thread_locked(struct gdb_thread *thread, pid_t tid);
struct gdb_thread *process_find_thread(struct gdb_process *process, pid_t tid);
struct gdb_thread *process_first_thread(struct gdb_process *process);
bool process_is_dying(const struct gdb_process *process);
bool process_may_trace_image(const struct gdb_process *process);

/* process_attach.c APIs: */
int process_attach_threads(struct gdb_process *process,
			   const struct utrace_engine_ops *ops);

/* process_leave.c APIs: */
void process_keep_signals_locked(struct gdb_process *process, bool is_detach);
void process_begin_leave_locked(struct gdb_process *process, bool is_detach);
void process_leave(struct gdb_process *process, bool is_detach);
void process_make_guest(struct gdb_process *process, bool is_detach);
void process_has_new_guest(struct gdb_process *process);
void process_lose_clones(struct gdb_process *process);
void process_clean_guests(struct gdb_process *process);
void process_leave_guest_locked(struct gdb_thread *thread);
void process_leave_guests(struct gdb_process *process);
void process_drop_guests(struct gdb_process *process);

/**
 * thread_is_counted() - is a thread one of session.nr_running?
 * @thread: the thread
 *
 * One whose callbacks run before it is in its process's list is not, and may
 * have stopped or died when it comes there.
 *
 * Context: session.lock held.
 * Return: whether.
 */
static inline bool thread_is_counted(const struct gdb_thread *thread)
{
	return thread->state == THREAD_RUNNING && !thread->guest &&
	       !list_empty(&thread->entry) && !thread->process->is_leaving;
}

/**
 * thread_is_clone() - is a thread one of another thread group?
 * @thread: the thread
 *
 * That is what clone() with CLONE_VM and without CLONE_THREAD makes: a thread of
 * its process to the client, and in the kernel a process beside it.
 *
 * Context: any; the answer stays the same.
 * Return: whether.
 */
static inline bool thread_is_clone(const struct gdb_thread *thread)
{
	return !same_thread_group(thread->task, thread->process->leader);
}

size_t process_read_memory(struct gdb_process *process, u64 addr, void *buf,
			   size_t len);
size_t process_write_memory(struct gdb_process *process, u64 addr, void *buf,
			    size_t len);

#endif /* GDBSTUB_PROCESS_H */
