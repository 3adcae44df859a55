/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One traced thread: its utrace engine, what the client asked of it, and what
 * happened to it.
 */
#ifndef GDBSTUB_THREAD_H
#define GDBSTUB_THREAD_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/utrace.h>

#include "outline.h"
#include "tdesc_x86.h"
#include "tracepoint.h"
#include "watch.h"

struct gdb_output;
struct gdb_process;

/**
 * enum thread_state - where a thread stands in the stop of its session
 * @THREAD_RUNNING: It runs, or was asked to stop and has not arrived.
 *	Counted in gdb_session.nr_running.
 * @THREAD_STOPPED: It stands at the user boundary, or its callback is about to
 *	return UTRACE_STOP there. Its registers are complete.
 * @THREAD_DEAD: report_death came. Only session_reap() may touch it.
 */
enum thread_state {
	THREAD_RUNNING,
	THREAD_STOPPED,
	THREAD_DEAD,
};

/**
 * enum thread_resume - how the client resumed a thread
 * @RESUME_CONTINUE: run freely
 * @RESUME_STEP: report after one instruction
 * @RESUME_RANGE: report after the first instruction that ends outside
 *	[range_start, range_end)
 */
enum thread_resume {
	RESUME_CONTINUE,
	RESUME_STEP,
	RESUME_RANGE,
};

/**
 * enum stop_kind - why a thread stopped
 * @STOP_NONE: nothing happened, it was merely asked to stop
 * @STOP_SIGNAL: a signal came; the siginfo is parked in the thread
 * @STOP_SWBREAK: it hit a software breakpoint
 * @STOP_HWBREAK: it hit a hardware breakpoint
 * @STOP_WATCH: it wrote to a write watchpoint
 * @STOP_AWATCH: it touched an access watchpoint
 * @STOP_STEP: the step that the client asked for is done
 * @STOP_SYSCALL_ENTRY: it is about to make a system call that is caught
 * @STOP_SYSCALL_RETURN: it has made one
 * @STOP_EXEC: it runs a new program
 * @STOP_FORK: it made a process, which has not run
 * @STOP_VFORK: likewise, one that runs in its memory
 * @STOP_VFORK_DONE: that has left its memory
 * @STOP_LAUNCHED: its launch is complete
 * @STOP_NO_RESUMED: every thread that the client had resumed is gone
 * @STOP_CREATED: it is new and has not run
 * @STOP_THREAD_EXITED: it is gone, and others of the process are not
 * @STOP_EXITED: the process is gone; status is its wait status
 */
enum stop_kind {
	STOP_NONE,
	STOP_SIGNAL,
	STOP_SWBREAK,
	STOP_HWBREAK,
	STOP_WATCH,
	STOP_AWATCH,
	STOP_STEP,
	STOP_SYSCALL_ENTRY,
	STOP_SYSCALL_RETURN,
	STOP_EXEC,
	STOP_FORK,
	STOP_VFORK,
	STOP_VFORK_DONE,
	STOP_LAUNCHED,
	STOP_NO_RESUMED,
	STOP_CREATED,
	STOP_THREAD_EXITED,
	STOP_EXITED,
};

/**
 * struct stop_event - one thing to tell the client
 * @kind: what happened
 * @pid: of which process, as the session's pid namespace numbers it; 0: not
 *	known yet
 * @tid: to whom, likewise; 0 for a process
 * @child: of STOP_FORK and STOP_VFORK, the new process
 * @signo: of STOP_SIGNAL, Linux numbering
 * @status: of STOP_EXITED and STOP_THREAD_EXITED, as wait(2) has it
 * @addr: of watchpoints: the address that was watched
 * @syscall: of STOP_SYSCALL_*: the number of the system call
 * @any_thread: it happened to no thread in particular: the leader is named, or
 *	the first thread that arrived
 * @has_regs: @fp, @sp and @pc are valid
 * @is_64bit: their width
 * @fp: frame pointer
 * @sp: stack pointer
 * @pc: program counter
 */
struct stop_event {
	enum stop_kind kind;
	pid_t pid;
	pid_t tid;
	pid_t child;
	int signo;
	int status;
	u64 addr;
	int syscall;
	bool any_thread;
	bool has_regs;
	bool is_64bit;
	u64 fp;
	u64 sp;
	u64 pc;
};

/**
 * struct stop_note - in non-stop, what is or was to be told of one thread or
 *	process; under session.lock
 * @entry: in session.notes while it is to be told
 * @event: what; kept until the thread runs again, for `?`
 */
struct stop_note {
	struct list_head entry;
	struct stop_event event;
};

/**
 * struct gdb_thread - one traced thread
 *
 * Made by thread_attach(), freed by thread_free() after its last callback.
 * Fields without a lock in their text belong to the thread itself while it is
 * THREAD_RUNNING and to the holder of session.cmd_lock while it is
 * THREAD_STOPPED; the change of owner is ordered by session.lock.
 */
struct gdb_thread {
	/** @by_task: in the hash of thread_of_current(). */
	struct hlist_node by_task;
	/** @rcu: frees it. */
	struct rcu_head rcu;
	/** @entry: in process.threads; under session.lock. */
	struct list_head entry;
	/** @by_tid: in process.by_tid as long as in the list; under session.lock. */
	struct hlist_node by_tid;
	/** @process: constant. */
	struct gdb_process *process;
	/** @task: constant, owns a reference. */
	struct task_struct *task;
	/**
	 * @engine: constant once the thread is in the list; owns a reference.
	 */
	struct utrace_engine *engine;
	/**
	 * @tid: as the session's pid namespace numbers it. Changed only by the
	 * thread itself, in exec, under session.lock.
	 */
	pid_t tid;
	/**
	 * @guest: Not of the process, but running in its memory (the child of
	 * a vfork, or who was in it before the attach). It is helped over
	 * breakpoints and never reported, stopped for the client or counted.
	 * Changed once, while it is stopped: see process_make_guest().
	 */
	bool guest;
	/**
	 * @is_left: It is a guest in memory that its process has left by an
	 * exec, and which has its text back: it is let go when it has @passed.
	 * Written once, under session.lock; read by the thread.
	 */
	bool is_left;
	/** @state: under session.lock. */
	enum thread_state state;
	/** @is_dying: it is in report_death; under session.lock. */
	bool is_dying;
	/**
	 * @died_held: It was killed in a stop: to the client it is still in
	 * that, and is found, until the end of its process was told; under
	 * session.lock.
	 */
	bool died_held;
	/**
	 * @is_settled: it is dead, and nobody waits for it to step; under
	 * session.cmd_lock.
	 */
	bool is_settled;
	/** @last_is_64bit: what @last_regs are of. */
	bool last_is_64bit;
	/**
	 * @last_regs: Its general regset at its death. Written by the thread
	 * before it is THREAD_DEAD, constant afterwards.
	 */
	u8 last_regs[TDESC_GREGS64_SIZE];
	/** @held: stopped for another thread's step; under session.lock. */
	bool held;
	/**
	 * @pending: an event that lost against another one; under
	 * session.lock. It is reported when the client resumes the thread.
	 */
	struct stop_event pending;

	/** @note: in non-stop, the stop that it is in. */
	struct stop_note note;
	/**
	 * @stop_wanted: in non-stop, it is to stop at the user boundary, for
	 * the event in @note; under session.lock, read by the thread without.
	 */
	bool stop_wanted;
	/**
	 * @is_untold: the signal or breakpoint that it has in hand was to be
	 * told in non-stop, which has ended before it arrived; under
	 * session.lock.
	 */
	bool is_untold;
	/**
	 * @is_quiet: that stop is not told: what told of the thread told of
	 * its stop; under session.lock.
	 */
	bool is_quiet;

	/**
	 * @is_resumed: the client wants it to run: between its packet and
	 * session_resume(); under session.cmd_lock.
	 */
	bool is_resumed;
	/**
	 * @is_late: likewise, and when the client said so it had not come to
	 * the stop yet: should it come before all run, it goes on with them.
	 */
	bool is_late;
	/**
	 * @is_named: an action of the packet being read names it; under
	 * session.cmd_lock.
	 */
	bool is_named;
	/**
	 * @resume: how the client resumed it. The client may say so anew while
	 * it runs, when it has missed a stop.
	 */
	enum thread_resume resume;
	/** @range_start: of RESUME_RANGE. */
	u64 range_start;
	/** @range_end: of RESUME_RANGE, first address behind it. */
	u64 range_end;
	/**
	 * @inject: Signal to deliver on the way to user mode, 0 for none; under
	 * session.lock, since likewise it may be one that missed a stop.
	 */
	int inject;
	/**
	 * @grant: What the siginfo of a signal carries that was to be delivered
	 * and is blocked, or comes after a stop that a ptracer is shown: it went
	 * back to the queue, and is delivered without a word when it comes
	 * again. Constant; by chance, so that no other has
	 * it.
	 */
	u32 grant;
	/**
	 * @has_arrived: the last look at whether it has to stop ended in a
	 * stop; its own.
	 */
	bool has_arrived;
	/**
	 * @shown: the signal that the client was shown in this stop, until it
	 * resumes the thread; 0: none. Owned as the fields that have no lock.
	 */
	int shown;
	/** @has_siginfo: @siginfo is that of the stop that it is in. */
	bool has_siginfo;
	/** @siginfo: of the signal that stopped it. */
	kernel_siginfo_t siginfo;

	/** @armed: it is single-stepping. */
	bool armed;
	/** @stray_trap: one step trap may come that nobody wants. */
	bool stray_trap;
	/**
	 * @reported_break: the stop last reported was a breakpoint at
	 * @over_addr: when the client resumes it there, it is stepped over.
	 */
	bool reported_break;
	/**
	 * @over_wanted: There is a breakpoint at @over_addr that must not be
	 * hit (again), as long as pc and sp are what they were.
	 */
	bool over_wanted;
	/** @over_addr: see @over_wanted. */
	u64 over_addr;
	/** @over_sp: see @over_wanted. */
	u64 over_sp;
	/**
	 * @over_syscall: its next system call is reported, since there was a
	 * breakpoint on the instruction.
	 */
	bool over_syscall;
	/** @in_syscall: it is in the system call @syscall. */
	bool in_syscall;
	/**
	 * @return_due: its return from the vfork @syscall is told when it is
	 * resumed, if it is caught then.
	 */
	bool return_due;
	/** @syscall: its number; the registers may not have it at the end. */
	int syscall;
	/**
	 * @waits_for_memory: its callback may wait for user space to bring a
	 * page; under session.lock.
	 */
	bool waits_for_memory;
	/** @output: what its last hit printed, or NULL; owned. */
	struct gdb_output *output;
	/** @trace: what it collects for an experiment. */
	struct thread_trace trace;
	/**
	 * @vfork_child: What it made by a vfork that the client was told of:
	 * it waits for that to leave its memory, and the client for the news.
	 * Or NULL; owns a reference. Set by the thread itself, cleared by it
	 * under session.lock.
	 */
	struct task_struct *vfork_child;
	/** @out: where its displaced instruction was put last. */
	struct outline_stay out;
	/**
	 * @busy: it is in report_signal with a signal taken off its queue.
	 * Written by the thread, read by thread_has_passed().
	 */
	bool busy;
	/**
	 * @passed: in a process that is being left: it has been at the user
	 * boundary with no trap of ours on its queue, or was found asleep with
	 * none. Never taken back.
	 */
	bool passed;

	/**
	 * @hw_hits: bits of the slots of @hw that triggered; atomic bit
	 * operations, set in the debug exception.
	 */
	unsigned long hw_hits;
	/** @hw: its debug registers; see watch.c. */
	struct watch_event hw[WATCH_SLOTS];
};

struct gdb_thread *thread_attach(struct gdb_process *process,
				 struct task_struct *task, bool guest,
				 const struct utrace_engine_ops *ops);
void thread_detach(struct gdb_thread *thread);
void thread_fill_siginfo(struct gdb_thread *thread, kernel_siginfo_t *info);
void thread_give_injected(struct gdb_thread *thread, bool granted);
void thread_free(struct gdb_thread *thread);
struct gdb_thread *thread_of_current(void);
int thread_update_events(struct gdb_thread *thread);
void thread_set_over_syscall(struct gdb_thread *thread, bool on);
bool thread_has_passed(struct gdb_thread *thread);
bool thread_sleeps_inside(struct gdb_thread *thread);
bool thread_trap_is_due(void);
int thread_examine_begin(struct gdb_thread *thread,
			 struct utrace_examiner *exam);
int thread_examine_end(struct gdb_thread *thread, struct utrace_examiner *exam);

/**
 * thread_grant_of() - where a siginfo says that the client has let it through
 * @info: the siginfo
 *
 * The program may take a blocked signal in ways that nobody hears of, and the next
 * of its number is another one: so what is known of it is in the signal itself. It
 * is where no field is, between si_code and what follows; the queue copies that,
 * too.
 *
 * Return: where a thread's @grant is, or not.
 */
static inline u32 *thread_grant_of(kernel_siginfo_t *info)
{
	static_assert(offsetofend(kernel_siginfo_t, si_code) ==
		      3 * sizeof(u32));
	static_assert(offsetof(kernel_siginfo_t, _sifields) == 4 * sizeof(u32));
	return (u32 *)info + 3;
}

/**
 * thread_poke() - have a thread come to the user boundary and decide anew
 * @thread: the thread; in its process's list, or the caller is its callback
 *
 * A poke is never lost: one callback begins after it, even when one is running
 * and is about to return UTRACE_STOP. It does not break off a system call.
 *
 * Context: any; session.lock may be held.
 */
static inline void thread_poke(struct gdb_thread *thread)
{
	utrace_control(thread->task, thread->engine, UTRACE_REPORT);
}

/**
 * thread_interrupt() - the same, and break off a system call that blocks
 * @thread: the thread
 *
 * The callback is report_signal, so that a signal can be injected.
 *
 * Context: any; session.lock may be held.
 */
static inline void thread_interrupt(struct gdb_thread *thread)
{
	utrace_control(thread->task, thread->engine, UTRACE_INTERRUPT);
}

/**
 * thread_release() - have a thread that was stopped go on as it is told now
 * @thread: the thread
 *
 * A signal that the client gives it needs a callback in which it can be injected.
 * A callback that waits for memory is broken off.
 *
 * Context: session.lock held.
 */
static inline void thread_release(struct gdb_thread *thread)
{
	if (thread->inject || thread->waits_for_memory)
		thread_interrupt(thread);
	else
		thread_poke(thread);
}

/**
 * thread_is_stopped() - can its registers be looked at?
 * @thread: the thread
 *
 * Context: session.cmd_lock held: nothing but the thread's death changes a yes.
 * Return: whether.
 */
static inline bool thread_is_stopped(const struct gdb_thread *thread)
{
	return READ_ONCE(thread->state) == THREAD_STOPPED;
}

/**
 * thread_waits_for_vfork() - does it wait for its child to leave its memory?
 * @thread: the thread
 *
 * Context: the thread itself, or session.lock held.
 * Return: whether.
 */
static inline bool thread_waits_for_vfork(const struct gdb_thread *thread)
{
	struct task_struct *child = READ_ONCE(thread->vfork_child);

	return child && READ_ONCE(child->vfork_done);
}

#endif /* GDBSTUB_THREAD_H */
