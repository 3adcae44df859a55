// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a process that runs comes to be traced, with all its threads.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "process.h"
#include "session.h"

/**
 * struct task_batch - the threads that one look at a process found
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

static struct task_batch *list_tasks(struct gdb_process *process)
{
	unsigned int room = get_nr_threads(process->leader) + 16;
	struct task_batch *batch;
	struct task_struct *task;

	batch = kvmalloc(struct_size(batch, task, room), GFP_KERNEL);
	if (!batch)
		return NULL;
	batch->nr = 0;
	batch->room = room;
	batch->is_full = false;
	rcu_read_lock();
	for_each_thread(process->leader, task) {
		if (task->flags & (PF_KTHREAD | PF_USER_WORKER | PF_EXITING))
			continue;
		batch->is_full = batch->nr == batch->room;
		if (batch->is_full)
			break;
		batch->task[batch->nr++] = get_task_struct(task);
	}
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

/*
 * Return: 1: it was not traced before; 0: it was; or an errno. One that ends at
 * this moment counts as well: it may have made another one since the look.
 */
static int attach_one(struct gdb_process *process, struct task_struct *task,
		      const struct utrace_engine_ops *ops)
{
	struct gdb_thread *thread;

	if (is_traced(process, task))
		return 0;
	if (!ptrace_may_access(task, PTRACE_MODE_ATTACH_REALCREDS))
		return -EPERM;
	thread = thread_attach(process, task, false, ops);
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
	if (session_thread_born(thread, NULL))
		return 1;
	thread_detach(thread);
	thread_free(thread);
	return 0;
}

/*
 * Return: how many threads became traced, or an errno. Threads that there was no
 * room for count as one: somebody has to look again.
 */
static int attach_batch(struct gdb_process *process,
			const struct utrace_engine_ops *ops)
{
	struct task_batch *batch = list_tasks(process);
	unsigned int i;
	int ret = 0, nr = 0;

	if (!batch)
		return -ENOMEM;
	for (i = 0; i < batch->nr && ret >= 0; i++) {
		ret = attach_one(process, batch->task[i], ops);
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

/**
 * process_attach_threads() - trace all threads of a process
 * @process: has no threads
 * @ops: the callbacks
 *
 * A thread that is traced brings the threads that it makes itself, in its
 * report_clone. So when a look at all threads finds none that is not traced,
 * there is none, and will be none.
 *
 * Context: the caller that needs the right to trace; may sleep;
 * session.cmd_lock held.
 * Return: 0, or with some threads traced:
 * * -EPERM - the caller may not trace it
 * * -EBUSY - another session debugs it
 * * -ESRCH - it is dead
 * * -ENOMEM
 * * -EINTR - the caller got a signal
 */
int process_attach_threads(struct gdb_process *process,
			   const struct utrace_engine_ops *ops)
{
	struct signal_struct *signal = process->leader->signal;
	int ret;

	/* As ptrace does: no exec between the check and the attachment. */
	if (mutex_lock_interruptible(&signal->cred_guard_mutex))
		return -EINTR;
	do {
		ret = attach_batch(process, ops);
	} while (ret > 0);
	mutex_unlock(&signal->cred_guard_mutex);
	if (!ret && list_empty(&process->threads))
		ret = -ESRCH;
	return ret;
}
