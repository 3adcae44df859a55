// SPDX-License-Identifier: GPL-2.0-only
/*
 * The children of a traced thread: which of them are the client's, and as what.
 *
 * All of it runs in the context of the parent, in its report_clone, before the
 * child runs. A process is left or ended meanwhile by others: who is taken in is
 * what process and session say under their locks.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>

#include "birth.h"
#include "breakpoint.h"
#include "session.h"
#include "trace.h"
#include "tracer.h"
#include "watch.h"

static void adopt_child(struct gdb_thread *parent, struct task_struct *child,
			bool guest)
{
	struct gdb_process *process = parent->process;
	struct gdb_thread *thread;
	bool born;

	thread = thread_attach(process, child, guest, &tracer_ops);
	if (IS_ERR(thread)) {
		trace_gdbstub_lost_thread(task_pid_nr(child), PTR_ERR(thread));
		return;
	}
	mutex_lock(&process->watch_lock);
	if (!guest)
		watch_install_thread(process, thread);
	born = session_thread_born(thread, parent);
	mutex_unlock(&process->watch_lock);
	if (born)
		return;
	watch_remove_thread(thread);
	thread_detach(thread);
	thread_free(thread);
}

/* Which event for the client the birth of a process is, if any. */
static enum stop_kind fork_kind(const struct gdb_thread *thread,
				unsigned long clone_flags)
{
	const struct gdb_process *process = thread->process;
	struct gdb_session *session = process->session;
	const struct gdb_client *client = &session->client;

	if (clone_flags & CLONE_THREAD || thread->guest ||
	    READ_ONCE(process->is_leaving) || READ_ONCE(process->execs_left) ||
	    helper_is_full(&session->helper))
		return STOP_NONE;
	if (clone_flags & CLONE_VFORK)
		return client->vfork_events ? STOP_VFORK : STOP_NONE;
	return client->fork_events && !(clone_flags & CLONE_VM) ? STOP_FORK :
								  STOP_NONE;
}

/*
 * Is a child that runs in the same memory a thread of the process? For ptrace(2)
 * it is when it is neither a vfork's nor says SIGCHLD at its end: so nobody but
 * the one who made it takes it for a process.
 */
static bool is_thread(const struct gdb_thread *parent,
		      unsigned long clone_flags,
		      const struct task_struct *child)
{
	if (clone_flags & CLONE_THREAD)
		return true;
	return !(clone_flags & CLONE_VFORK) && child->exit_signal != SIGCHLD &&
	       !READ_ONCE(parent->process->execs_left);
}

static bool make_process(struct gdb_thread *thread, struct task_struct *child,
			 enum stop_kind kind, bool shares_memory)
{
	struct gdb_process *process;
	struct gdb_thread *newborn;

	process = process_create_child(thread->process, child, shares_memory);
	if (!process)
		return false;
	newborn = thread_attach(process, child, false, &tracer_ops);
	if (IS_ERR(newborn)) {
		trace_gdbstub_lost_thread(task_pid_nr(child), PTR_ERR(newborn));
		goto free;
	}
	watch_install_thread(process, newborn);
	spin_lock(&process->session->lock);
	process_add_thread_locked(newborn);
	spin_unlock(&process->session->lock);
	if (kind == STOP_VFORK)
		thread->vfork_child = get_task_struct(child);
	if (session_fork(thread, newborn, kind))
		return true;
	if (kind == STOP_VFORK) {
		WRITE_ONCE(thread->vfork_child, NULL);
		put_task_struct(child);
	}
	watch_remove_thread(newborn);
	spin_lock(&process->session->lock);
	process_remove_thread_locked(newborn);
	spin_unlock(&process->session->lock);
	thread_detach(newborn);
	thread_free(newborn);
free:
	process_free(process);
	return false;
}

/* Return: whether; else the child is no business of the client's. */
static bool follow_child(struct gdb_thread *thread, struct task_struct *child,
			 enum stop_kind kind, bool shares_memory)
{
	struct gdb_session *session = thread->process->session;
	bool is_made;

	mutex_lock(&session->fork_lock);
	is_made = make_process(thread, child, kind, shares_memory);
	mutex_unlock(&session->fork_lock);
	return is_made;
}

/**
 * take_child() - take in a child that has not run
 * @thread: the thread that made it, current
 * @child: the child
 * @clone_flags: as clone(2) has them
 *
 * One in the same memory meets the breakpoints and is traced, as a thread or as
 * a guest; one with a copy gets a clean one, also while the process is being
 * left: the copy may have been made before. One that the client is told of is a
 * process of its own, with the same breakpoints.
 *
 * Context: report_clone of @thread; takes the locks of its process and session.
 * Return: the event that @thread has to stop for, or STOP_NONE.
 */
enum stop_kind take_child(struct gdb_thread *thread, struct task_struct *child,
			  unsigned long clone_flags)
{
	enum stop_kind kind = fork_kind(thread, clone_flags);

	if (child->flags & PF_USER_WORKER)
		return STOP_NONE;
	if (kind != STOP_NONE &&
	    follow_child(thread, child, kind, clone_flags & CLONE_VM))
		return kind;
	if (clone_flags & CLONE_VM)
		adopt_child(thread, child,
			    thread->guest ||
				    !is_thread(thread, clone_flags, child));
	else
		breakpoint_clean_child(thread->process->breakpoints, child->mm);
	return STOP_NONE;
}
