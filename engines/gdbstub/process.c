// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process of a session as an object: its threads, and its memory. How it comes
 * and goes: process_attach.c, process_leave.c.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "process.h"
#include "session.h"
#include "step.h"

/*
 * The last thread of a process is gone. That may be one that is not traced, and
 * nobody else would tell; so the session's thread looks. Called with
 * tasklist_lock held and interrupts off.
 */
static int process_ends(struct wait_queue_entry *entry, unsigned int mode,
			int flags, void *key)
{
	struct gdb_process *process;

	process = container_of(entry, struct gdb_process, end);
	session_kick(process->session, WORK_LOOK);
	wake_up(&process->wait);
	return 0;
}

/**
 * process_create() - make a process without threads
 * @session: its session
 * @leader: its thread group leader
 *
 * Context: task; may sleep.
 * Return: the process or NULL: no memory.
 */
struct gdb_process *process_create(struct gdb_session *session,
				   struct task_struct *leader)
{
	struct gdb_process *process;

	process = kzalloc(sizeof(*process), GFP_KERNEL_ACCOUNT);
	if (!process)
		return NULL;
	process->own = breakpoint_table_create();
	if (!process->own) {
		kfree(process);
		return NULL;
	}
	process->breakpoints = breakpoint_table_get(process->own);
	process->session = session;
	process->leader = get_task_struct(leader);
	process->tgid = get_task_pid(leader, PIDTYPE_TGID);
	process->pid = task_tgid_nr_ns(leader, session->pid_ns);
	INIT_LIST_HEAD(&process->entry);
	INIT_LIST_HEAD(&process->note.entry);
	INIT_LIST_HEAD(&process->threads);
	hash_init(process->by_tid);
	init_waitqueue_head(&process->wait);
	mutex_init(&process->watch_lock);
	init_waitqueue_func_entry(&process->end, process_ends);
	add_wait_queue(&process->tgid->wait_pidfd, &process->end);
	return process;
}

/**
 * process_add_thread_locked() - a thread has come
 * @thread: in no list
 *
 * Context: session.lock held.
 */
void process_add_thread_locked(struct gdb_thread *thread)
{
	struct gdb_process *process = thread->process;

	lockdep_assert_held(&process->session->lock);
	list_add_tail(&thread->entry, &process->threads);
	hash_add(process->by_tid, &thread->by_tid, thread->tid);
}

/**
 * process_remove_thread_locked() - a thread has gone
 * @thread: in its process's list; afterwards in none
 *
 * Context: session.lock held.
 */
void process_remove_thread_locked(struct gdb_thread *thread)
{
	lockdep_assert_held(&thread->process->session->lock);
	list_del_init(&thread->entry);
	hash_del(&thread->by_tid);
}

/**
 * process_renumber_thread_locked() - a thread's number is another one
 * @thread: in its process's list, or it has been attached to in the midst of its
 *	exec and comes there next
 * @tid: as the session's pid namespace numbers it
 *
 * Context: session.lock held.
 */
void process_renumber_thread_locked(struct gdb_thread *thread, pid_t tid)
{
	bool is_listed = hash_hashed(&thread->by_tid);

	lockdep_assert_held(&thread->process->session->lock);
	hash_del(&thread->by_tid);
	thread->tid = tid;
	if (is_listed)
		hash_add(thread->process->by_tid, &thread->by_tid, tid);
}

/**
 * process_create_child() - make a process for the child of a fork
 * @parent: the current thread's
 * @child: has not run
 * @shares_memory: it is in the parent's memory (vfork) and has no copy of it
 *
 * It has the parent's breakpoints, watchpoints and catches, has no threads, is in no
 * list, and is hidden.
 *
 * Context: the parent's report_clone; may sleep. session.fork_lock held, until the
 * child is in the session, where it is found by who changes them in the parent.
 * Return: the process or NULL: no memory. A child with a copy has to be cleaned
 * then.
 */
struct gdb_process *process_create_child(struct gdb_process *parent,
					 struct task_struct *child,
					 bool shares_memory)
{
	struct gdb_process *process = process_create(parent->session, child);

	if (!process)
		return NULL;
	process->is_hidden = true;
	process->maker = parent->pid;
	if (shares_memory) {
		breakpoint_table_put(process->breakpoints);
		process->breakpoints =
			breakpoint_table_get(parent->breakpoints);
	} else if (breakpoint_inherit(process->breakpoints, parent->breakpoints,
				      child->mm)) {
		process_free(process);
		return NULL;
	}
	/* The client may be changing them in the parent, which runs. */
	mutex_lock(&parent->watch_lock);
	memcpy(process->watches, parent->watches, sizeof(process->watches));
	process->nr_watches = parent->nr_watches;
	mutex_unlock(&parent->watch_lock);
	spin_lock(&parent->session->lock);
	process->syscalls = parent->syscalls;
	spin_unlock(&parent->session->lock);
	return process;
}

/*
 * What a thread runs in; the caller holds session.lock. A thread in the middle
 * of an exec has left its memory, or will soon. The new memory is only seen
 * together with in_execve: that is set before it, and the lock keeps the exec
 * from ending, which its thread reports first.
 */
static struct mm_struct *get_mm(struct task_struct *task)
{
	struct mm_struct *mm;

	task_lock(task);
	mm = task->mm;
	if (mm && !task->in_execve)
		mmget(mm);
	else
		mm = NULL;
	task_unlock(task);
	return mm;
}

static bool is_inside(const struct gdb_thread *thread, bool of_guest)
{
	const struct gdb_process *process = thread->process;

	if (thread->state == THREAD_DEAD || thread->is_left ||
	    (thread->guest && !process->is_guest) != of_guest)
		return false;
	return of_guest || !process->may_not_trace;
}

/*
 * The memory of the process, or that in which its guests are, who stay behind
 * when it executes another program.
 */
static struct mm_struct *find_mm(struct gdb_process *process, bool of_guest)
{
	struct mm_struct *mm = NULL;
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry) {
		if (!is_inside(thread, of_guest))
			continue;
		mm = get_mm(thread->task);
		if (mm)
			break;
	}
	spin_unlock(&process->session->lock);
	return mm;
}

/**
 * process_mm_get() - the memory of a process
 * @process: the process
 *
 * It is reached through a thread: the leader may be a zombie while others live.
 * It is held itself, and not the thread, which may end at any moment.
 *
 * Context: any; takes session.lock.
 * Return: the memory, for mmput(); NULL: no thread is alive, or the owner of the
 * session may not trace it any more.
 */
struct mm_struct *process_mm_get(struct gdb_process *process)
{
	return find_mm(process, false);
}

/**
 * process_new_memory() - an exec has replaced the memory
 * @process: the current thread's
 *
 * Its breakpoints are gone with it, unless it left another process's memory, or
 * guests stay in it: those find their text as it was, and are let go.
 *
 * Context: report_exec; may sleep.
 */
void process_new_memory(struct gdb_process *process)
{
	struct mm_struct *left = find_mm(process, true);

	if (!left)
		left = breakpoint_mm_get(process->own);
	if (process->breakpoints == process->own) {
		breakpoint_forget_all(process->own, left);
		process_leave_guests(process);
	} else {
		process->left = process->breakpoints;
		WRITE_ONCE(process->breakpoints,
			   breakpoint_table_get(process->own));
	}
	if (left)
		mmput(left);
}

/**
 * process_free() - free a process
 * @process: has no threads and is in no list
 */
void process_free(struct gdb_process *process)
{
	remove_wait_queue(&process->tgid->wait_pidfd, &process->end);
	mutex_destroy(&process->watch_lock);
	breakpoint_table_put(process->left);
	breakpoint_table_put(process->breakpoints);
	breakpoint_table_put(process->own);
	put_pid(process->tgid);
	put_task_struct(process->leader);
	kfree(process->exec_path);
	/* A thread that was let go may still be in an exception. */
	kfree_rcu(process, rcu);
}

/**
 * process_kill() - kill a process
 * @process: the process
 *
 * Context: session.cmd_lock held; does not wait for its end.
 */
void process_kill(struct gdb_process *process)
{
	struct gdb_thread *thread;

	kill_pid(process->tgid, SIGKILL, 1);
	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		if (thread->state != THREAD_DEAD && !thread->guest &&
		    thread_is_clone(thread))
			send_sig(SIGKILL, thread->task, 1);
	spin_unlock(&process->session->lock);
}

/**
 * process_catch_syscalls() - change what system calls a process stops at
 * @process: the process
 * @filter: copied: from here on the threads report these, or none
 *
 * Context: session.cmd_lock held; takes session.lock.
 */
void process_catch_syscalls(struct gdb_process *process,
			    const struct syscall_filter *filter)
{
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	process->syscalls = *filter;
	list_for_each_entry(thread, &process->threads, entry)
		if (thread->state != THREAD_DEAD)
			thread_update_events(thread);
	spin_unlock(&process->session->lock);
}

static struct gdb_thread *take_dead_thread(struct gdb_process *process)
{
	struct gdb_thread *thread, *found = NULL;

	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		if (thread->state == THREAD_DEAD && !thread->is_settled &&
		    list_empty(&thread->note.entry)) {
			found = thread;
			break;
		}
	spin_unlock(&process->session->lock);
	return found;
}

/**
 * process_reap_threads() - free the threads that died
 * @process: the process
 *
 * One that the client takes for stopped stays until the process is left.
 *
 * Context: task; may sleep; session.cmd_lock held, so that nobody has a pointer
 * to one of them.
 */
void process_reap_threads(struct gdb_process *process)
{
	struct gdb_thread *thread;

	while ((thread = take_dead_thread(process))) {
		step_over_repair(thread);
		watch_remove_thread(thread);
		thread->is_settled = true;
		if (thread->died_held)
			continue;
		spin_lock(&process->session->lock);
		process_remove_thread_locked(thread);
		spin_unlock(&process->session->lock);
		thread_detach(thread);
		thread_free(thread);
	}
}

static bool is_shown(const struct gdb_thread *thread)
{
	return thread->state != THREAD_DEAD && !thread->guest;
}

/**
 * process_find_thread() - a thread by its number
 * @process: the process
 * @tid: as the session's pid namespace numbers it
 *
 * Context: session.cmd_lock held: it keeps the thread.
 * Return: the thread, or NULL: none has this number, or it is dead and the client
 * can know.
 */
struct gdb_thread *process_find_thread(struct gdb_process *process, pid_t tid)
{
	struct gdb_thread *thread, *found = NULL;

	spin_lock(&process->session->lock);
	hash_for_each_possible(process->by_tid, thread, by_tid, tid)
		if (thread->tid == tid &&
		    (is_shown(thread) || thread->died_held)) {
			found = thread;
			break;
		}
	spin_unlock(&process->session->lock);
	return found;
}

/**
 * process_first_thread() - any thread, the oldest that lives
 * @process: the process
 *
 * Context: session.cmd_lock held: it keeps the thread.
 * Return: the thread, or NULL: none is alive.
 */
struct gdb_thread *process_first_thread(struct gdb_process *process)
{
	struct gdb_thread *thread, *found = NULL;

	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		if (is_shown(thread)) {
			found = thread;
			break;
		}
	spin_unlock(&process->session->lock);
	return found;
}

/**
 * process_is_dying() - will all its threads be dead soon?
 * @process: the process
 *
 * Context: any; the answer stays true once it is.
 * Return: whether.
 */
bool process_is_dying(const struct gdb_process *process)
{
	return READ_ONCE(process->leader->signal->flags) & SIGNAL_GROUP_EXIT;
}

/**
 * process_may_trace_image() - may the owner trace what was just executed?
 * @process: the process of the current thread
 *
 * What an exec can take away from somebody who may trace a process is the right
 * to read the new image: a file without read permission, or credentials that
 * changed with it. ptrace_may_access() cannot be asked from within the process:
 * there it says yes.
 *
 * Context: report_exec; current is the thread.
 * Return: whether.
 */
bool process_may_trace_image(const struct gdb_process *process)
{
	const struct cred *owner = process->session->cred;
	const struct cred *mine = current_cred();
	const struct cred *saved;
	bool allowed;

	if (uid_eq(owner->uid, mine->uid) && uid_eq(owner->uid, mine->euid) &&
	    uid_eq(owner->uid, mine->suid) && gid_eq(owner->gid, mine->gid) &&
	    gid_eq(owner->gid, mine->egid) && gid_eq(owner->gid, mine->sgid) &&
	    cap_issubset(mine->cap_permitted, owner->cap_permitted) &&
	    __get_dumpable(current->mm->flags) == SUID_DUMP_USER)
		return true;
	saved = override_creds(owner);
	allowed = ns_capable(current->mm->user_ns, CAP_SYS_PTRACE);
	revert_creds(saved);
	return allowed;
}

/**
 * process_read_memory() - read the memory as if there were no breakpoints
 * @process: the process
 * @addr: from where
 * @buf: to where
 * @len: bytes
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: bytes read, up to the first page that is not there.
 */
size_t process_read_memory(struct gdb_process *process, u64 addr, void *buf,
			   size_t len)
{
	struct mm_struct *mm = process_mm_get(process);
	size_t done;

	if (!mm)
		return 0;
	done = breakpoint_read(process->breakpoints, mm, addr, buf, len);
	mmput(mm);
	return done;
}

/**
 * process_write_memory() - write memory, under the breakpoints
 * @process: the process
 * @addr: to where
 * @buf: what; changed where breakpoints are
 * @len: bytes
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: bytes written, up to the first page that cannot be written to.
 */
size_t process_write_memory(struct gdb_process *process, u64 addr, void *buf,
			    size_t len)
{
	struct mm_struct *mm = process_mm_get(process);
	size_t done;

	if (!mm)
		return 0;
	done = breakpoint_write(process->breakpoints, mm, addr, buf, len);
	mmput(mm);
	return done;
}
