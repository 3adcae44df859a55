// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a process that runs comes to be traced: with all its threads, and with all
 * others that run in its memory, as guests.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "process.h"
#include "session.h"

/**
 * struct task_batch - the threads that one look found
 * @nr: used entries of @task
 * @room: entries of @task
 * @is_full: there are more than there was room for
 * @task: each with a reference
 */
struct task_batch {
	unsigned int nr;
	unsigned int room;
	bool is_full;
	struct task_struct *task[];
};

static struct task_batch *alloc_batch(unsigned int room)
{
	struct task_batch *batch;

	batch = kvmalloc(struct_size(batch, task, room), GFP_KERNEL);
	if (!batch)
		return NULL;
	batch->nr = 0;
	batch->room = room;
	batch->is_full = false;
	return batch;
}

/* Return: whether there was room. */
static bool add_task(struct task_batch *batch, struct task_struct *task)
{
	if (task->flags & (PF_KTHREAD | PF_USER_WORKER | PF_EXITING))
		return true;
	batch->is_full = batch->nr == batch->room;
	if (!batch->is_full)
		batch->task[batch->nr++] = get_task_struct(task);
	return !batch->is_full;
}

static struct task_batch *list_threads(struct gdb_process *process)
{
	struct task_batch *batch;
	struct task_struct *task;

	batch = alloc_batch(get_nr_threads(process->leader) + 16);
	if (!batch)
		return NULL;
	rcu_read_lock();
	for_each_thread(process->leader, task)
		if (!add_task(batch, task))
			break;
	rcu_read_unlock();
	return batch;
}

/*
 * The threads of a thread group have one memory, but for those that have none any
 * more. Return: whether there was room.
 */
static bool add_group(struct task_batch *batch, struct task_struct *leader,
		      const struct mm_struct *mm)
{
	const struct mm_struct *its;
	struct task_struct *task;

	for_each_thread(leader, task) {
		its = READ_ONCE(task->mm);
		if (its && its != mm)
			return true;
		if (its && !add_task(batch, task))
			return false;
	}
	return true;
}

static struct task_batch *list_sharers(struct gdb_process *process,
				       struct mm_struct *mm)
{
	struct task_batch *batch;
	struct task_struct *leader;

	batch = alloc_batch(atomic_read(&mm->mm_users) + 16);
	if (!batch)
		return NULL;
	rcu_read_lock();
	for_each_process(leader)
		if (!same_thread_group(leader, process->leader) &&
		    !add_group(batch, leader, mm))
			break;
	rcu_read_unlock();
	return batch;
}

static void free_tasks(struct task_batch *batch)
{
	while (batch->nr)
		put_task_struct(batch->task[--batch->nr]);
	kvfree(batch);
}

static bool is_traced(struct gdb_process *process, struct task_struct *task)
{
	pid_t tid = task_pid_nr_ns(task, process->session->pid_ns);
	struct gdb_thread *thread;
	bool traced = false;

	spin_lock(&process->session->lock);
	hash_for_each_possible(process->by_tid, thread, by_tid, tid)
		traced |= thread->task == task;
	spin_unlock(&process->session->lock);
	return traced;
}

static void undo_attach(struct gdb_thread *thread)
{
	thread_detach(thread);
	thread_free(thread);
}

/*
 * @mm: the process's memory, in which it is to be a guest; NULL: one of its threads.
 *
 * A guest may leave the memory at any moment, by an exec. One that is in it when it
 * is traced reports that.
 *
 * Return: 1: it was not traced before; 0: it was; or an errno. One that ends or
 * leaves at this moment counts as well: it may have made another one since the look.
 */
static int attach_one(struct gdb_process *process, struct task_struct *task,
		      const struct mm_struct *mm,
		      const struct utrace_engine_ops *ops)
{
	struct gdb_thread *thread;

	if (is_traced(process, task))
		return 0;
	if (!mm && !ptrace_may_access(task, PTRACE_MODE_ATTACH_REALCREDS))
		return -EPERM;
	thread = thread_attach(process, task, mm, ops);
	if (IS_ERR(thread)) {
		switch (PTR_ERR(thread)) {
		case -ESRCH:
			return 1;
		case -EEXIST:
			return is_traced(process, task) ? 0 : -EBUSY;
		default:
			return PTR_ERR(thread);
		}
	}
	if (mm && READ_ONCE(task->mm) != mm) {
		undo_attach(thread);
		return 1;
	}
	if (session_thread_born(thread, NULL))
		return 1;
	undo_attach(thread);
	return 0;
}

/*
 * @mm: as in attach_one().
 *
 * Return: how many threads became traced, or an errno. Threads that there was no
 * room for count as one: somebody has to look again.
 */
static int attach_batch(struct gdb_process *process, struct mm_struct *mm,
			const struct utrace_engine_ops *ops)
{
	struct task_batch *batch = mm ? list_sharers(process, mm) :
					list_threads(process);
	unsigned int i;
	int ret = 0, nr = 0;

	if (!batch)
		return -ENOMEM;
	for (i = 0; i < batch->nr && ret >= 0; i++) {
		ret = attach_one(process, batch->task[i], mm, ops);
		if (ret > 0)
			nr++;
		if (signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	nr += batch->is_full;
	free_tasks(batch);
	return ret < 0 ? ret : nr;
}

/*
 * Does anybody use the memory besides the traced threads and the caller? Mostly
 * nobody does, and the look at all processes is saved. No is certain: a thread that
 * is in the list and still in the memory after mm_users was read was in it then.
 * Yes may be somebody who only looks at it.
 */
static bool has_others(struct gdb_process *process, struct mm_struct *mm)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;
	int nr = 1, users;

	spin_lock(&session->lock);
	users = atomic_read(&mm->mm_users);
	/* Pairs with the barrier in mmput(), which follows task->mm = NULL. */
	smp_rmb();
	list_for_each_entry(thread, &process->threads, entry)
		nr += READ_ONCE(thread->task->mm) == mm;
	spin_unlock(&session->lock);
	return users > nr;
}

/*
 * Who else runs in the memory: a clone outside the thread group, the child of a
 * vfork before its exec, or its parent. An int3 would kill it that nobody takes for
 * it. So there is none before all of these are traced, or the attach fails.
 *
 * The right to trace the process is enough. Who has it may write to this memory, and
 * so decides what all of them execute; whether the memory may be dumped was asked
 * with it. Nothing else of a guest is shown or can be changed, and a privileged program
 * that it executes gains nothing of which the owner is not capable.
 */
static int attach_sharers(struct gdb_process *process,
			  const struct utrace_engine_ops *ops)
{
	struct mm_struct *mm = process_mm_get(process);
	int ret;

	/* It ends, or its exec has just brought memory that is nobody else's. */
	if (!mm)
		return 0;
	do {
		ret = has_others(process, mm) ? attach_batch(process, mm, ops) :
						0;
	} while (ret > 0);
	mmput(mm);
	return ret;
}

/*
 * The caller would stop, or be a guest, of its own session, and whoever ends that
 * in its context would wait for it to come to its user boundary.
 */
static bool is_in_memory_of_caller(const struct gdb_process *process)
{
	return same_thread_group(process->leader, current) ||
	       READ_ONCE(process->leader->mm) == current->mm;
}

/**
 * process_attach_threads() - trace all threads of a process
 * @process: has no threads
 * @ops: the callbacks
 *
 * A thread that is traced brings the threads that it makes itself, in its
 * report_clone. So when a look at all threads finds none that is not traced,
 * there is none, and will be none. The same holds for the threads of others in its
 * memory, which are looked for next and become guests.
 *
 * Context: the caller that needs the right to trace; may sleep;
 * session.cmd_lock held.
 * Return: 0, or with some threads traced:
 * * -EPERM - the caller may not trace it, or is in its memory
 * * -EBUSY - another session debugs it, or somebody in its memory
 * * -ESRCH - it is dead
 * * -ENOMEM
 * * -EINTR - the caller got a signal
 */
int process_attach_threads(struct gdb_process *process,
			   const struct utrace_engine_ops *ops)
{
	struct signal_struct *signal = process->leader->signal;
	int ret;

	if (is_in_memory_of_caller(process))
		return -EPERM;
	/* As ptrace does: no exec between the check and the attachment. */
	if (mutex_lock_interruptible(&signal->cred_guard_mutex))
		return -EINTR;
	do {
		ret = attach_batch(process, NULL, ops);
	} while (ret > 0);
	if (!ret && list_empty(&process->threads))
		ret = -ESRCH;
	if (!ret)
		ret = attach_sharers(process, ops);
	mutex_unlock(&signal->cred_guard_mutex);
	return ret;
}
