// SPDX-License-Identifier: GPL-2.0-only
/*
 * Birth and death of one traced thread, and looking at it.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/pid_namespace.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>

#include "displace.h"
#include "regs_x86.h"
#include "session.h"
#include "thread.h"

/* What every traced thread reports. */
#define THREAD_EVENTS                                                       \
	(UTRACE_EVENT(QUIESCE) | UTRACE_EVENT(CLONE) | UTRACE_EVENT(EXEC) | \
	 UTRACE_EVENT(EXIT) | UTRACE_EVENT(DEATH) | UTRACE_EVENT(JCTL) |    \
	 UTRACE_EVENT_SIGNAL_ALL)

#define THREAD_HASH_BITS 10

/*
 * All threads by their task, for exceptions. Changed under hash_lock, read under
 * RCU. A task that is in here is not freed, so it is no other's.
 */
static DEFINE_HASHTABLE(by_task, THREAD_HASH_BITS);
static DEFINE_SPINLOCK(hash_lock);

static void hash_thread(struct gdb_thread *thread)
{
	spin_lock(&hash_lock);
	hash_add_rcu(by_task, &thread->by_task, (unsigned long)thread->task);
	spin_unlock(&hash_lock);
}

static void unhash_thread(struct gdb_thread *thread)
{
	spin_lock(&hash_lock);
	hash_del_rcu(&thread->by_task);
	spin_unlock(&hash_lock);
}

/**
 * thread_of_current() - the current task's thread, if it is traced
 *
 * Context: RCU read side; any, an exception of user mode included.
 * Return: the thread, valid as long as RCU is held, or NULL.
 */
struct gdb_thread *thread_of_current(void)
{
	struct gdb_thread *thread;

	hash_for_each_possible_rcu(by_task, thread, by_task,
				   (unsigned long)current)
		if (thread->task == current)
			return thread;
	return NULL;
}

/**
 * thread_attach() - begin to trace a thread
 * @process: its process, or the one whose memory a guest runs in
 * @task: the thread
 * @guest: see &gdb_thread.guest
 * @ops: the callbacks
 *
 * Callbacks may run before this returns. The thread is not in the process's
 * list yet: that is for the caller, who either adds it or undoes this with
 * thread_detach() and thread_free().
 *
 * Context: task; may sleep.
 * Return: the thread, or
 * * -EEXIST - an engine with @ops is attached to it already
 * * -EPERM - a kernel thread
 * * -ESRCH - it is dead
 * * -ENOMEM
 * * -ERESTARTNOINTR - a signal came while its creator was busy with it
 */
struct gdb_thread *thread_attach(struct gdb_process *process,
				 struct task_struct *task, bool guest,
				 const struct utrace_engine_ops *ops)
{
	struct gdb_thread *thread;
	int ret;

	thread = kzalloc(sizeof(*thread), GFP_KERNEL_ACCOUNT);
	if (!thread)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&thread->entry);
	INIT_HLIST_NODE(&thread->by_tid);
	INIT_LIST_HEAD(&thread->note.entry);
	INIT_LIST_HEAD(&thread->trace.steps);
	thread->process = process;
	thread->task = get_task_struct(task);
	thread->guest = guest;
	thread->tid = task_pid_nr_ns(task, process->session->pid_ns);
	thread->grant = get_random_u32() | 1;
	thread->engine = utrace_attach_task(task,
					    UTRACE_ATTACH_CREATE |
						    UTRACE_ATTACH_EXCLUSIVE |
						    UTRACE_ATTACH_MATCH_OPS,
					    ops, thread);
	if (IS_ERR(thread->engine)) {
		ret = PTR_ERR(thread->engine);
		goto put_task;
	}
	ret = utrace_set_events(task, thread->engine, THREAD_EVENTS);
	if (!ret || ret == -EINPROGRESS) {
		hash_thread(thread);
		return thread;
	}

	/* It is dead already: -EALREADY. */
	utrace_control(task, thread->engine, UTRACE_DETACH);
	utrace_engine_put(thread->engine);
	ret = -ESRCH;
put_task:
	put_task_struct(thread->task);
	kfree(thread);
	return ERR_PTR(ret);
}

/**
 * thread_detach() - end all callbacks to a thread
 * @thread: the thread
 *
 * Afterwards no callback runs and none will come, whatever the thread does:
 *
 * 1. DETACH answers 0 or -EINPROGRESS: none begins after it, and the barrier
 *    waits for the one that may be running.
 * 2. -EALREADY: report_death is running, comes, or came. The caller waits on
 *    process.wait until the thread says THREAD_DEAD, the last thing that the
 *    callback does to it; the barrier covers the callback's last instructions.
 * 3. -ESRCH: the thread was reaped, or a callback detached it: as 2.
 *
 * Context: task; may sleep, but never for anything that user space does.
 */
void thread_detach(struct gdb_thread *thread)
{
	int ret;

	unhash_thread(thread);
	ret = utrace_control(thread->task, thread->engine, UTRACE_DETACH);
	if (ret == -EALREADY)
		wait_event(thread->process->wait,
			   READ_ONCE(thread->state) == THREAD_DEAD);
	/* An interrupted wait is not an answer: -ERESTARTSYS tries again. */
	while (utrace_barrier(thread->task, thread->engine) == -ERESTARTSYS)
		schedule_timeout_uninterruptible(1);
}

/**
 * thread_fill_siginfo() - the siginfo of the signal that a thread is to get
 * @thread: a thread with a signal to inject
 * @info: where it goes
 *
 * It is what the client was shown, or, if it gives another signal, one that it
 * sends.
 *
 * Context: session.lock held.
 */
void thread_fill_siginfo(struct gdb_thread *thread, kernel_siginfo_t *info)
{
	struct gdb_session *session = thread->process->session;
	struct task_struct *task = thread->task;

	if (thread->has_siginfo && thread->siginfo.si_signo == thread->inject) {
		*info = thread->siginfo;
		return;
	}
	clear_siginfo(info);
	info->si_signo = thread->inject;
	info->si_code = SI_USER;
	rcu_read_lock();
	info->si_pid = pid_nr_ns(session->owner, task_active_pid_ns(task));
	info->si_uid = from_kuid_munged(task_cred_xxx(task, user_ns),
					session->cred->uid);
	rcu_read_unlock();
}

/**
 * thread_give_injected() - put the signal that a thread is to get on its queue
 * @thread: a thread that will not come by for it
 * @granted: it is not to be shown to the client when it comes from there
 *
 * It goes to the head of the queue; sent once more, it would come behind others,
 * and SIGCONT would undo a later stop. Only a stop signal that the client has made
 * itself is yet to be sent, and SIGKILL, which it always has: in the queue alone that
 * wakes nobody.
 *
 * Context: as thread_fill_siginfo().
 */
void thread_give_injected(struct gdb_thread *thread, bool granted)
{
	bool was_sent = thread->has_siginfo &&
			thread->siginfo.si_signo == thread->inject;
	kernel_siginfo_t info;

	thread_fill_siginfo(thread, &info);
	if (granted)
		*thread_grant_of(&info) = thread->grant;
	if (!was_sent &&
	    (sig_kernel_stop(thread->inject) || thread->inject == SIGKILL))
		send_sig_info(thread->inject, &info, thread->task);
	else
		utrace_give_back(thread->task, &info);
	thread->inject = 0;
}

/**
 * thread_free() - free a thread
 * @thread: out of all lists, after thread_detach()
 *
 * Context: task; may sleep.
 */
void thread_free(struct gdb_thread *thread)
{
	utrace_engine_put(thread->engine);
	put_task_struct(thread->task);
	kfree(thread->output);
	trace_collect_forget(thread);
	if (thread->vfork_child)
		put_task_struct(thread->vfork_child);
	kfree_rcu(thread, rcu);
}

/**
 * thread_update_events() - have system calls reported if somebody wants them
 * @thread: the thread
 *
 * Context: session.lock held, so that the last change is the last word.
 * Return: 0 or a negative errno: the thread is dying.
 */
int thread_update_events(struct gdb_thread *thread)
{
	const struct syscall_filter *filter = &thread->process->syscalls;
	const unsigned long *calls = filter->all ? NULL : filter->bits;
	unsigned long events = THREAD_EVENTS;
	int ret;

	static_assert(SYSCALL_FILTER_BITS == UTRACE_NR_SYSCALLS);
	lockdep_assert_held(&thread->process->session->lock);
	if (filter->is_on && !thread->guest)
		events |= UTRACE_EVENT_SYSCALL;
	if (thread->over_syscall) {
		events |= UTRACE_EVENT(SYSCALL_ENTRY);
		calls = NULL;
	}
	if (!(events & UTRACE_EVENT_SYSCALL) &&
	    events == READ_ONCE(thread->engine->flags))
		return 0;
	ret = utrace_set_syscalls(thread->task, thread->engine, calls) ?:
		      utrace_set_events(thread->task, thread->engine, events);
	return ret == -EINPROGRESS ? 0 : ret;
}

/**
 * thread_set_over_syscall() - report the thread's next system call, or not
 * @thread: the current thread
 * @on: whether; see &gdb_thread.over_syscall, which is set to it
 *
 * Context: the thread's own callbacks. A thread that is dying makes no call.
 */
void thread_set_over_syscall(struct gdb_thread *thread, bool on)
{
	struct gdb_session *session = thread->process->session;

	spin_lock(&session->lock);
	thread->over_syscall = on;
	thread_update_events(thread);
	spin_unlock(&session->lock);
}

/**
 * thread_trap_is_due() - is a SIGTRAP about to be reported to the caller?
 *
 * A synchronous trap is on the thread's own queue before the thread is at the
 * user boundary, and is dequeued before it gets to user mode. A callback that
 * is made for another reason leaves all decisions to the one that takes the
 * trap off the queue: so nobody ever sees a thread whose breakpoint or step is
 * half done, and no engine leaves with the trap behind it.
 *
 * Context: a callback; current is the thread.
 * Return: whether.
 */
bool thread_trap_is_due(void)
{
	struct sighand_struct *sighand;
	bool due;

	/* Nobody but the thread itself, in execve(), replaces it. */
	sighand = rcu_dereference_protected(current->sighand, true);
	spin_lock_irq(&sighand->siglock);
	due = sigismember(&current->pending.signal, SIGTRAP) &&
	      !sigismember(&current->blocked, SIGTRAP);
	spin_unlock_irq(&sighand->siglock);
	return due;
}

/*
 * The state of one that sleeps in an interruptible way, or is stopped, or waits as
 * wait_for_vfork_done() does; or 0.
 */
static unsigned int sleep_of(const struct gdb_thread *thread)
{
	const unsigned int asleep = TASK_INTERRUPTIBLE | __TASK_STOPPED |
				    __TASK_TRACED;
	const unsigned int in_vfork = TASK_KILLABLE | TASK_FREEZABLE;
	unsigned int state = READ_ONCE(thread->task->__state);

	if (!(state & asleep) && (state & in_vfork) != in_vfork)
		return 0;
	/* Pairs with the full barrier of going to sleep in schedule(). */
	smp_rmb();
	return state;
}

/**
 * thread_has_passed() - may the engine of a process being left be detached?
 * @thread: one of its threads, poked after the breakpoints were lifted
 *
 * What must not be left behind is a thread that executed an int3 of ours, or a
 * step, and whose SIGTRAP waits to be dequeued: without an engine it would
 * kill the program. Nor one that has made a copy of the text with breakpoints
 * in it for a child, and has not come to its report_clone. Yes, if one of these
 * holds:
 *
 * 1. It is dead.
 * 2. It has been at the user boundary with no such trap (@passed). It saw the
 *    lifted text ever since.
 * 3. It sleeps (a preempted thread is TASK_RUNNING) in an interruptible way or
 *    stands stopped, in no callback of ours with a trap in its hands, and none
 *    is on its queue. A trap is queued by the exception without sleeping in
 *    between; so this thread is in a system call and has executed no int3 since
 *    it was last at the boundary. The sleep need not be broken off, but for that
 *    of a thread that thread_sleeps_inside(). Not in clone(), though: it writes
 *    the child's number to memory with a copy in its hands, and may have to wait
 *    for a page there that another thread brings (userfaultfd). That is waited
 *    for: broken off, the number would not be written. A clone() that seccomp
 *    has handed to a supervisor looks the same, with nothing copied: the leave
 *    takes as long as the supervisor then, or up to its limit.
 * 4. It waits for a vfork child, as wait_for_vfork_done() does: its report_clone
 *    is behind it. Nothing in fork before that sleeps freezably.
 *
 * Context: task; session.lock held, so that it keeps its stack. A yes is one for
 * good, but a thread that has slept since may not show why: the caller remembers
 * it.
 * Return: whether.
 */
bool thread_has_passed(struct gdb_thread *thread)
{
	unsigned int state;

	if (READ_ONCE(thread->state) == THREAD_DEAD ||
	    READ_ONCE(thread->passed))
		return true;
	state = sleep_of(thread);
	return state && !READ_ONCE(thread->busy) &&
	       !displace_is_inside(thread) &&
	       !(state & TASK_INTERRUPTIBLE &&
		 regs_are_in_clone(thread->task)) &&
	       !sigismember(&thread->task->pending.signal, SIGTRAP);
}

/**
 * thread_sleeps_inside() - does a thread sleep with its pc in a slot?
 * @thread: a thread of a process being left, poked after the breakpoints were
 *	lifted
 *
 * The debug exception sent it there, and it was stopped, by job control, a
 * ptracer or a cgroup's freezer, before it came to a callback. Or its instruction
 * waits for memory that user space is asked for.
 *
 * Context: task; session.lock held, so that it keeps its stack.
 * Return: whether. It is not in user mode again before its callback.
 */
bool thread_sleeps_inside(struct gdb_thread *thread)
{
	lockdep_assert_held(&thread->process->session->lock);
	return READ_ONCE(thread->state) != THREAD_DEAD &&
	       !READ_ONCE(thread->passed) && sleep_of(thread) &&
	       displace_is_inside(thread);
}

/**
 * thread_examine_begin() - make sure that a stopped thread is off its CPU
 * @thread: a thread that is THREAD_STOPPED
 * @exam: for thread_examine_end()
 *
 * The barrier waits until the core has acted on the UTRACE_STOP that the
 * thread's last callback returned. After 0, thread_examine_end() has to follow.
 *
 * Context: task; may sleep.
 * Return: 0, or a negative errno: it died, or has not come to a stop.
 */
int thread_examine_begin(struct gdb_thread *thread,
			 struct utrace_examiner *exam)
{
	int ret;

	ret = utrace_barrier(thread->task, thread->engine);
	if (ret)
		return ret;
	ret = utrace_prepare_examine(thread->task, thread->engine, exam);
	/* One that job control stopped had no callback. */
	if (!ret)
		displace_leave(thread, task_pt_regs(thread->task));
	return ret;
}

/**
 * thread_examine_end() - say whether what was read can be trusted
 * @thread: as in thread_examine_begin()
 * @exam: likewise
 *
 * Return: 0, or a negative errno: the thread ran in between (it was killed).
 */
int thread_examine_end(struct gdb_thread *thread, struct utrace_examiner *exam)
{
	return utrace_finish_examine(thread->task, thread->engine, exam);
}
