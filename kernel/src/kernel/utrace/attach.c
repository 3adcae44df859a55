// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: attaching, and on whose behalf.
 *
 * The owner's credentials are taken when the engine is made and never change:
 * execve() of a privileged program asks every owner whether it could trace the
 * new credentials, as it asks for a ptracer.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/security.h>

#include "utrace.h"

/* A module that attaches on behalf of a user asks whom a pidfd leads to. */
EXPORT_SYMBOL_GPL(pidfd_get_pid);

/* And whether the user may trace that. */
EXPORT_SYMBOL_GPL(ptrace_may_access);

/* What the threads of a process share outlives each of them. */
EXPORT_SYMBOL_GPL(access_remote_vm);

/* Is this task the child that current's report_clone is about? */
static bool is_creator_of(struct task_struct *task)
{
	struct utrace *utrace = utrace_of(current);

	return utrace && utrace->cloning == task;
}

/*
 * A child's creator attaches first. TASK_NEW lasts from sched_fork() to
 * wake_up_new_task(), and report_clone lies between. The creator may hold the
 * child only by returning, so the wait is as short as its callbacks are.
 */
static int wait_for_creator(struct task_struct *task)
{
	while ((READ_ONCE(task->__state) & TASK_NEW) && !is_creator_of(task)) {
		if (signal_pending(current))
			return -ERESTARTNOINTR;
		schedule_timeout_interruptible(1);
	}
	return 0;
}

/*
 * An engine that a callback attaches to the child of its task belongs to
 * whoever owns the engine of that callback: current is the traced task there,
 * not the tracer.
 */
static const struct cred *owner_cred(struct task_struct *task)
{
	struct utrace *utrace = utrace_of(current);

	if (is_creator_of(task) && utrace->reporting)
		return utrace->reporting->cred;
	return current_cred();
}

static bool matches(const struct utrace_engine *engine, int flags,
		    const struct utrace_engine_ops *ops, const void *data)
{
	if (engine->detached || utrace_is_ptrace(engine))
		return false;
	if ((flags & UTRACE_ATTACH_MATCH_OPS) && engine->ops != ops)
		return false;
	if ((flags & UTRACE_ATTACH_MATCH_DATA) && engine->data != data)
		return false;
	return flags & UTRACE_ATTACH_MATCH_MASK;
}

static struct utrace_engine *find_locked(struct utrace *utrace, int flags,
					 const struct utrace_engine_ops *ops,
					 const void *data)
{
	struct utrace_engine *engine;

	lockdep_assert_held(&utrace->lock);
	list_for_each_entry(engine, &utrace->engines, entry)
		if (matches(engine, flags, ops, data))
			return engine;
	return NULL;
}

static struct utrace_engine *find_engine(struct task_struct *task, int flags,
					 const struct utrace_engine_ops *ops,
					 const void *data)
{
	struct utrace *utrace = utrace_of(task);
	struct utrace_engine *engine = NULL;

	if (!utrace)
		return ERR_PTR(-ENOENT);
	spin_lock(&utrace->lock);
	engine = find_locked(utrace, flags, ops, data);
	if (engine)
		utrace_engine_get(engine);
	spin_unlock(&utrace->lock);
	return engine ?: ERR_PTR(-ENOENT);
}

static int add_engine(struct utrace *utrace, int flags,
		      struct utrace_engine *engine)
{
	int ret = 0;

	spin_lock(&utrace->lock);
	if (utrace->stage == UTRACE_REAPED || utrace->reap_due)
		ret = -ESRCH;
	else if ((flags & UTRACE_ATTACH_EXCLUSIVE) &&
		 find_locked(utrace, flags, engine->ops, engine->data))
		ret = -EEXIST;
	else
		utrace_engine_add_locked(utrace, engine);
	spin_unlock(&utrace->lock);
	return ret;
}

static struct utrace_engine *create_engine(struct task_struct *task, int flags,
					   const struct utrace_engine_ops *ops,
					   void *data)
{
	struct utrace_engine *engine;
	struct utrace *utrace;
	int ret;

	if (!ops)
		return ERR_PTR(-EINVAL);
	if (task->flags & (PF_KTHREAD | PF_USER_WORKER))
		return ERR_PTR(-EPERM);
	ret = wait_for_creator(task);
	if (ret)
		return ERR_PTR(ret);
	utrace = utrace_get_or_create(task);
	if (IS_ERR(utrace))
		return ERR_CAST(utrace);
	engine = utrace_engine_create(ops, data, owner_cred(task));
	if (!engine)
		return ERR_PTR(-ENOMEM);
	ret = add_engine(utrace, flags, engine);
	if (ret) {
		utrace_engine_put(engine);
		utrace_engine_put(engine);
		return ERR_PTR(ret);
	}
	return engine;
}

/**
 * utrace_attach_task() - attach an engine to a task, or find one
 * @task: The task; the caller owns a reference or is in its callback.
 * @flags: UTRACE_ATTACH_CREATE to make a new engine; else one that fits the
 *	UTRACE_ATTACH_MATCH_* bits is looked up. With UTRACE_ATTACH_EXCLUSIVE
 *	nothing is made if one fits.
 * @ops: The callbacks of a new engine, or what MATCH_OPS compares. It must stay
 *	until the engine is detached and a barrier has passed.
 * @data: engine->data of a new engine, or what MATCH_DATA compares.
 *
 * A new engine has an empty event mask and is the last in the order of
 * callbacks. It belongs to the caller's credentials, or, when a report_clone
 * callback attaches to the child, to those of the callback's engine. Until the
 * creator's report_clone callbacks are done, anybody else waits here. An engine
 * on a task that is dead but not yet reaped gets nothing but report_reap.
 *
 * Context: Task context, may sleep; callbacks included, report_reap excepted.
 * Return: The engine, with a reference that the caller drops by
 * utrace_engine_put(), or
 * * -ENOENT: nothing matches (without CREATE).
 * * -EEXIST: one matches (with EXCLUSIVE).
 * * -EINVAL: CREATE without @ops.
 * * -EPERM: a kernel thread, or a worker that the kernel made for a process.
 * * -ESRCH: the task was reaped.
 * * -ENOMEM: no memory.
 * * -ERESTARTNOINTR: a signal came while waiting for the creator.
 */
struct utrace_engine *utrace_attach_task(struct task_struct *task, int flags,
					 const struct utrace_engine_ops *ops,
					 void *data)
{
	if (flags & UTRACE_ATTACH_CREATE)
		return create_engine(task, flags, ops, data);
	return find_engine(task, flags, ops, data);
}
EXPORT_SYMBOL_GPL(utrace_attach_task);

/**
 * utrace_attach_pid() - the same through a struct pid
 * @pid: The thread's pid; the caller owns a reference.
 * @flags: As in utrace_attach_task().
 * @ops: As there.
 * @data: As there.
 *
 * Context: As there.
 * Return: As there; -ESRCH also when no thread has the pid.
 */
struct utrace_engine *utrace_attach_pid(struct pid *pid, int flags,
					const struct utrace_engine_ops *ops,
					void *data)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct utrace_engine *engine;

	if (!task)
		return ERR_PTR(-ESRCH);
	engine = utrace_attach_task(task, flags, ops, data);
	put_task_struct(task);
	return engine;
}
EXPORT_SYMBOL_GPL(utrace_attach_pid);

/*
 * Called in execve() of a program that raises credentials. The lock keeps the
 * list; an engine that attaches afterwards was permitted under the rules of the
 * attacher, who holds cred_guard_mutex for that or does not ask for a user.
 */
bool __utrace_owners_capable(struct user_namespace *ns)
{
	struct utrace *utrace = utrace_of(current);
	struct utrace_engine *engine;
	bool capable = true;

	spin_lock(&utrace->lock);
	list_for_each_entry(engine, &utrace->engines, entry)
		if (!utrace_is_ptrace(engine) &&
		    security_capable(engine->cred, ns, CAP_SYS_PTRACE,
				     CAP_OPT_NONE))
			capable = false;
	spin_unlock(&utrace->lock);
	return capable;
}

#ifdef CONFIG_UTRACE_KUNIT_TEST
#include "attach_test.c"
#endif
