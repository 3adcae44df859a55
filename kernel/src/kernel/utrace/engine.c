// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: the objects and their lists.
 *
 * What is true here: struct utrace is installed in task->utrace once and stays
 * until free_task(); an engine is in utrace.engines exactly as long as
 * engine.utrace points there. No other file edits the list.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#define CREATE_TRACE_POINTS
#include <trace/events/utrace.h>

#include "utrace.h"

/*
 * Past the core dump PF_SIGNALED tells who was killed from who went by itself,
 * and may be held in the trap of its own exit.
 */
static bool went_by_itself(const struct task_struct *task)
{
	return (task->flags & (PF_POSTCOREDUMP | PF_SIGNALED)) ==
	       PF_POSTCOREDUMP;
}

/*
 * A thread of a process that is being killed may have passed get_signal() before
 * it had a struct utrace to note that in. Before its core dump, one that ends its
 * process itself is taken for killed, too.
 */
static void note_group_dying(struct utrace *utrace)
{
	struct task_struct *task = utrace->task;
	struct task_struct *exec;
	unsigned long flags;

	if (!lock_task_sighand(task, &flags))
		return;
	exec = task->signal->group_exec_task;
	if (((task->signal->flags & SIGNAL_GROUP_EXIT) ||
	     (exec && exec != task)) &&
	    !went_by_itself(task))
		utrace->killed = true;
	unlock_task_sighand(task, &flags);
}

static struct utrace *utrace_alloc(struct task_struct *task,
				   enum utrace_stage stage)
{
	struct utrace *utrace = kzalloc(sizeof(*utrace), GFP_KERNEL_ACCOUNT);

	if (!utrace)
		return NULL;
	spin_lock_init(&utrace->lock);
	INIT_LIST_HEAD(&utrace->engines);
	init_waitqueue_head(&utrace->barrier);
	utrace->task = task;
	utrace->stage = stage;
	return utrace;
}

/**
 * utrace_get_or_create() - the tracing state of a task, made if needed
 * @task: The task; the caller keeps it from being freed.
 *
 * A task whose end has begun without a struct utrace carries a mark instead
 * (utrace_exiting(), utrace_release_task()). The cmpxchg() against the mark
 * that was seen decides: either the new structure is there before the hook
 * looks, and the hook works on it, or the mark is there and the structure
 * starts at the stage that the mark stands for.
 *
 * Context: task context, may sleep.
 * Return: The structure, or
 * * -ESRCH: the task was reaped.
 * * -ENOMEM: no memory.
 */
struct utrace *utrace_get_or_create(struct task_struct *task)
{
	struct utrace *utrace, *seen;

	for (;;) {
		seen = rcu_access_pointer(task->utrace);
		if (seen > UTRACE_MARK_REAPED)
			return seen;
		if (seen == UTRACE_MARK_REAPED)
			return ERR_PTR(-ESRCH);
		utrace = utrace_alloc(task, seen == UTRACE_MARK_EXITING ?
						    UTRACE_DEAD :
						    UTRACE_ALIVE);
		if (!utrace)
			return ERR_PTR(-ENOMEM);
		if (cmpxchg((__force struct utrace **)&task->utrace, seen,
			    utrace) == seen) {
			note_group_dying(utrace);
			return utrace;
		}
		kfree(utrace);
	}
}

/*
 * The task is freed: nobody can attach, every engine was detached when the task
 * was reaped (or there never was one), and a reader under RCU that came through
 * an engine is gone, because free_task() comes a grace period after that.
 */
void __utrace_free_task(struct task_struct *task)
{
	struct utrace *utrace = utrace_of(task);

	if (!utrace)
		return;
	WARN_ON_ONCE(!list_empty(&utrace->engines));
	kfree(utrace);
}

/**
 * utrace_engine_create() - make an engine that is attached to nothing yet
 * @ops: Its callbacks.
 * @data: Its owner's pointer.
 * @cred: Its owner's credentials; a reference is taken.
 *
 * Context: task context, may sleep.
 * Return: The engine with two references, the attachment's and the caller's;
 * NULL without memory.
 */
struct utrace_engine *utrace_engine_create(const struct utrace_engine_ops *ops,
					   void *data, const struct cred *cred)
{
	struct utrace_engine *engine;

	engine = kzalloc(sizeof(*engine), GFP_KERNEL_ACCOUNT);
	if (!engine)
		return NULL;
	kref_init(&engine->kref);
	kref_get(&engine->kref);
	INIT_LIST_HEAD(&engine->entry);
	engine->ops = ops;
	engine->data = data;
	engine->resume = UTRACE_RESUME;
	engine->cred = get_cred(cred);
	return engine;
}

/* Called by utrace_engine_put() for the last reference. */
void __utrace_engine_release(struct kref *kref)
{
	struct utrace_engine *engine =
		container_of(kref, struct utrace_engine, kref);

	WARN_ON_ONCE(!list_empty(&engine->entry));
	put_cred(engine->cred);
	kfree(engine);
}
EXPORT_SYMBOL_GPL(__utrace_engine_release);

/*
 * What an engine goes on to want never vanishes in between, not even for a task
 * that looks at this moment: a word of the bitmap changes as a whole.
 */
static void update_syscalls_locked(struct utrace *utrace)
{
	DECLARE_BITMAP(syscalls, UTRACE_NR_SYSCALLS) = {};
	struct utrace_engine *engine;
	int i;

	list_for_each_entry(engine, &utrace->engines, entry) {
		if (!(engine->flags & UTRACE_EVENT_SYSCALL))
			continue;
		if (engine->has_syscalls)
			bitmap_or(syscalls, syscalls, engine->syscalls,
				  UTRACE_NR_SYSCALLS);
		else
			bitmap_fill(syscalls, UTRACE_NR_SYSCALLS);
	}
	for (i = 0; i < BITS_TO_LONGS(UTRACE_NR_SYSCALLS); i++)
		WRITE_ONCE(utrace->syscalls[i], syscalls[i]);
}

/*
 * A call that the task is in was passed at its entry, maybe: its exit is to be
 * looked at. The bitmap is there before it is looked at.
 */
static void set_syscall_work_locked(struct utrace *utrace)
{
	update_syscalls_locked(utrace);
	/* Pairs with smp_rmb() in syscall_trace_enter(). */
	smp_mb__before_atomic();
	set_task_syscall_work(utrace->task, SYSCALL_UTRACE);
	set_task_syscall_work(utrace->task, SYSCALL_UTRACE_EXIT);
}

static void clear_syscall_work_locked(struct utrace *utrace)
{
	clear_task_syscall_work(utrace->task, SYSCALL_UTRACE);
	clear_task_syscall_work(utrace->task, SYSCALL_UTRACE_EXIT);
}

/**
 * utrace_update_flags_locked() - bring the task's words up to date
 * @utrace: The tracing state; its lock is held.
 *
 * task->utrace_flags and the system call work bit are the union of what the
 * engines want. Core code reads them without the lock; a stale read is as if
 * the event had come a moment earlier.
 */
void utrace_update_flags_locked(struct utrace *utrace)
{
	struct utrace_engine *engine;
	unsigned long flags = utrace->stepping ? UTRACE_FLAG_STEPPING : 0;

	lockdep_assert_held(&utrace->lock);
	list_for_each_entry(engine, &utrace->engines, entry) {
		flags |= engine->flags;
		if (!utrace_is_ptrace(engine))
			flags |= UTRACE_FLAG_ATTACHED;
	}
	WRITE_ONCE(utrace->task->utrace_flags, flags);
	if (flags & UTRACE_EVENT_SYSCALL)
		set_syscall_work_locked(utrace);
	else
		clear_syscall_work_locked(utrace);
}

/* Where in the list a new engine goes: at its end, but before that of ptrace. */
static struct list_head *place_for_new_locked(struct utrace *utrace)
{
	return utrace->ptrace ? &utrace->ptrace->entry : &utrace->engines;
}

/*
 * An engine where there is none. What the thread has noted for those before it is
 * not for this one. If the thread is just looking at that, in get_signal(), it is
 * as if this one had come a moment earlier.
 */
static void forget_notes_locked(struct utrace *utrace)
{
	WRITE_ONCE(utrace->handler, false);
	WRITE_ONCE(utrace->continued, 0);
	WRITE_ONCE(utrace->parked, false);
	WRITE_ONCE(utrace->stop_told, false);
}

/**
 * utrace_engine_add_locked() - attach an engine, last in order but for ptrace
 * @utrace: Where; its lock is held.
 * @engine: The engine; the list takes over one reference.
 */
void utrace_engine_add_locked(struct utrace *utrace,
			      struct utrace_engine *engine)
{
	lockdep_assert_held(&utrace->lock);
	if (!task_utrace_events(utrace->task, UTRACE_FLAG_ATTACHED))
		forget_notes_locked(utrace);
	list_add_tail(&engine->entry, place_for_new_locked(utrace));
	rcu_assign_pointer(engine->utrace, utrace);
	utrace_update_flags_locked(utrace);
	trace_utrace_attach(utrace->task, engine);
}

/**
 * utrace_engine_remove_locked() - detach an engine for good
 * @utrace: Where it is attached; its lock is held.
 * @engine: The engine, whose callback is not running. The list's reference is
 *	dropped: without one of its own the caller may not use it any more.
 */
void utrace_engine_remove_locked(struct utrace *utrace,
				 struct utrace_engine *engine)
{
	lockdep_assert_held(&utrace->lock);
	WARN_ON_ONCE(utrace->reporting == engine);
	list_del_init(&engine->entry);
	if (utrace->ptrace == engine)
		utrace->ptrace = NULL;
	engine->detached = true;
	engine->stopped = false;
	WRITE_ONCE(engine->flags, 0);
	RCU_INIT_POINTER(engine->utrace, NULL);
	utrace_update_flags_locked(utrace);
	trace_utrace_detach(utrace->task, engine);
	utrace_engine_put(engine);
}

/**
 * utrace_lock_engine() - lock the tracing state that an engine is attached to
 * @task: What the caller believes the engine is attached to; only compared, so
 *	it may be stale.
 * @engine: An engine that the caller owns a reference to.
 *
 * The read-side section that is left open keeps the structure: an attached
 * engine is removed under the lock before its task is dropped.
 *
 * Context: task context, no spinlock held.
 * Return: The structure, locked, to be given to utrace_unlock_engine(). NULL if
 * the engine is not attached to @task any more.
 */
struct utrace *utrace_lock_engine(struct task_struct *task,
				  struct utrace_engine *engine)
{
	struct utrace *utrace;

	rcu_read_lock();
	utrace = rcu_dereference(engine->utrace);
	if (utrace && utrace->task == task) {
		spin_lock(&utrace->lock);
		if (rcu_access_pointer(engine->utrace) == utrace) {
			/* Sparse knows of no lock that depends on an answer. */
			__release(&utrace->lock);
			__release(RCU);
			return utrace;
		}
		spin_unlock(&utrace->lock);
	}
	rcu_read_unlock();
	return NULL;
}

/**
 * utrace_unlock_engine() - undo utrace_lock_engine()
 * @utrace: What it returned.
 */
void utrace_unlock_engine(struct utrace *utrace)
{
	__acquire(&utrace->lock);
	__acquire(RCU);
	spin_unlock(&utrace->lock);
	rcu_read_unlock();
}
