// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process of a session: all its threads, its memory, and leaving it.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "displace.h"
#include "process.h"
#include "session.h"
#include "step.h"
#include "trace.h"

/* How long a leave looks for threads that cannot come to the user boundary. */
#define LEAVE_LIMIT_MS 10000

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
 * @thread: in its process's list
 * @tid: as the session's pid namespace numbers it
 *
 * Context: session.lock held.
 */
void process_renumber_thread_locked(struct gdb_thread *thread, pid_t tid)
{
	lockdep_assert_held(&thread->process->session->lock);
	hash_del(&thread->by_tid);
	thread->tid = tid;
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
 * Context: the parent's report_clone; may sleep.
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
	if (shares_memory) {
		breakpoint_table_put(process->breakpoints);
		process->breakpoints =
			breakpoint_table_get(parent->breakpoints);
	} else if (breakpoint_inherit(process->breakpoints, parent->breakpoints,
				      child->mm)) {
		process_free(process);
		return NULL;
	}
	memcpy(process->watches, parent->watches, sizeof(process->watches));
	process->nr_watches = parent->nr_watches;
	process->syscalls = parent->syscalls;
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
		if (thread->state == THREAD_DEAD ||
		    (thread->guest && !process->is_guest) != of_guest)
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
 * Return: the memory, for mmput(); NULL: no thread is alive.
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
 * guests stay in it: those find their text as it was.
 *
 * Context: report_exec; may sleep.
 */
void process_new_memory(struct gdb_process *process)
{
	struct mm_struct *left = find_mm(process, true);

	if (process->breakpoints == process->own) {
		breakpoint_forget_all(process->own, left);
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

/* Return: 1: it is traced and was not before; 0: nothing to do; or an errno. */
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
			return 0;
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

/*
 * A signal that was shown to the client and not yet passed on or discarded by
 * it: the program gets it when the client goes away without a word. A detach
 * delivers it only if the client's user lets such signals through.
 */
static void keep_parked_signal(struct gdb_thread *thread,
			       const struct stop_event *event, bool is_detach)
{
	const struct gdb_client *client = &thread->process->session->client;
	int signo = event->signo;

	/* The stop of a ^C is called SIGINT, but is no signal of a thread. */
	if (event->kind != STOP_SIGNAL || event->any_thread ||
	    thread->state != THREAD_STOPPED || !thread->has_siginfo ||
	    thread->siginfo.si_signo != signo)
		return;
	if (is_detach &&
	    (client->has_program_signals ? !test_bit(signo, client->program) :
					   signo == SIGTRAP))
		return;
	thread->inject = signo;
}

/**
 * process_keep_signals_locked() - give back the signals that the client was shown
 * @process: it is let go, or its client is gone
 * @is_detach: the client said so
 *
 * A thread that has one may arrive at its stop at any time. One that has done so
 * before this has its signal kept here; one that comes later finds that it does
 * not stop, and keeps it itself (take_signal()). So there must be nothing in
 * between: who calls this releases the threads before it drops the lock.
 *
 * Context: session.lock and session.cmd_lock held.
 */
void process_keep_signals_locked(struct gdb_process *process, bool is_detach)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	lockdep_assert_held(&session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		if (session->non_stop)
			keep_parked_signal(thread, &thread->note.event,
					   is_detach);
		else if (session->state != SESSION_RUNNING &&
			 thread->tid == session->event.tid)
			keep_parked_signal(thread, &session->event, is_detach);
}

/*
 * From here on its threads are not counted. A step that is under way in it has
 * no end; the others that are held for it run.
 */
static void mark_leaving(struct gdb_process *process, bool is_detach)
{
	struct breakpoint_table *table = process->breakpoints;
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	process_keep_signals_locked(process, is_detach);
	list_del_init(&process->note.entry);
	list_for_each_entry(thread, &process->threads, entry) {
		list_del_init(&thread->note.entry);
		thread->held = false;
		roster_uncount(thread);
		if (table->stepper == thread)
			step_over_release(session, table);
	}
	roster_all_came(process);
	WRITE_ONCE(process->is_leaving, true);
	spin_unlock(&session->lock);
}

/*
 * The text is clean: from here on, what a thread does at the user boundary
 * proves something, and no thread is added.
 */
static void poke_all(struct gdb_process *process)
{
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	WRITE_ONCE(process->is_lifted, true);
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state == THREAD_DEAD)
			continue;
		thread_release(thread);
	}
	spin_unlock(&process->session->lock);
}

static bool all_passed(struct gdb_process *process)
{
	struct gdb_thread *thread;
	bool passed = true;

	spin_lock(&process->session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		passed &= thread_has_passed(thread);
	spin_unlock(&process->session->lock);
	return passed;
}

static void lift_text(struct gdb_process *process)
{
	struct mm_struct *mm = process_mm_get(process);

	breakpoint_lift_all(process->breakpoints, mm);
	if (mm)
		mmput(mm);
}

/* No thread is sent into an area any more, and none is in one. */
static void unmap_areas(struct gdb_process *process)
{
	struct mm_struct *mm = process_mm_get(process);

	if (!mm)
		return;
	breakpoint_outline_unmap(process->breakpoints, mm,
				 displace_is_inside_any, process);
	mmput(mm);
}

static struct gdb_thread *take_thread(struct gdb_process *process)
{
	struct gdb_thread *thread;

	spin_lock(&process->session->lock);
	thread = list_first_entry_or_null(&process->threads, struct gdb_thread,
					  entry);
	if (thread)
		process_remove_thread_locked(thread);
	spin_unlock(&process->session->lock);
	return thread;
}

/**
 * process_leave() - stop tracing a process, whatever it is doing
 * @process: the process; afterwards it has no threads
 * @is_detach: the client said so
 *
 * Its text is as it was, its debug registers are free, every thread runs on,
 * and none is killed by a trap that the tracing caused:
 *
 * 1. is_leaving is set: from here on the callbacks stop nobody, write no
 *    breakpoint, and swallow every trap of ours.
 * 2. All breakpoints are lifted. Between 1 and the end of 2 a thread can still
 *    execute one, so a callback in that time proves nothing, and a thread that
 *    is born is still traced.
 * 3. is_lifted is set and all threads are poked, held ones run. Each is waited
 *    for until thread_has_passed(): it cannot have a trap of ours behind it.
 * 4. The areas of displaced instructions are unmapped and all engines are
 *    detached.
 *
 * The wait of step 3 depends on nothing but the threads' way through the kernel
 * to their user boundary; one that sleeps need not come, and one that job control,
 * another tracer or a cgroup's freezer stops has acted on its trap before. It is
 * bounded for the sake of threads that the freezer of a suspend keeps from it.
 *
 * A guest that has no threads any more leaves the text as it is, which is that
 * of a process that is debugged.
 *
 * Context: task; may sleep; session.cmd_lock held.
 */
void process_leave(struct gdb_process *process, bool is_detach)
{
	unsigned long limit = jiffies + msecs_to_jiffies(LEAVE_LIMIT_MS);
	bool owns_text = !session_shares_memory(process);
	struct gdb_thread *thread;

	mark_leaving(process, is_detach);
	if (owns_text)
		lift_text(process);
	watch_remove_all(process);
	poke_all(process);
	while (!all_passed(process) && time_before(jiffies, limit))
		wait_event_timeout(process->wait, all_passed(process), 1);
	if (owns_text)
		unmap_areas(process);
	while ((thread = take_thread(process))) {
		thread_detach(thread);
		/* One that became a guest has those of its days as a thread. */
		watch_remove_thread(thread);
		thread_free(thread);
	}
}

/* From here on it is helped over breakpoints, and else left alone. */
static void make_guest(struct gdb_thread *thread)
{
	lockdep_assert_held(&thread->process->session->lock);
	roster_uncount(thread);
	list_del_init(&thread->note.entry);
	thread->guest = true;
	thread->resume = RESUME_CONTINUE;
	thread->over_wanted |= thread->reported_break;
	thread_release(thread);
}

/**
 * process_make_guest() - leave a process whose memory another one still uses
 * @process: shares its breakpoints with a process that is debugged
 * @is_detach: the client said so
 *
 * It runs on and is helped over the breakpoints, until it executes another
 * program, ends, or the other one is left.
 *
 * Context: session.cmd_lock held; may sleep.
 */
void process_make_guest(struct gdb_process *process, bool is_detach)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	watch_remove_all(process);
	spin_lock(&session->lock);
	process_keep_signals_locked(process, is_detach);
	process->is_guest = true;
	process->is_hidden = true;
	list_for_each_entry(thread, &process->threads, entry)
		if (thread->state != THREAD_DEAD)
			make_guest(thread);
	spin_unlock(&session->lock);
}

/**
 * process_has_new_guest() - a thread of it became a guest
 * @process: the process
 *
 * Context: session.lock held.
 */
void process_has_new_guest(struct gdb_process *process)
{
	lockdep_assert_held(&process->session->lock);
	process->has_new_guests = true;
	session_kick(process->session, WORK_LOOK);
}

/**
 * process_lose_clones() - an exec leaves the clones behind
 * @process: the current thread's, which is no clone
 *
 * They run on, in the memory that the process has left, and are the client's
 * threads no more. One that such a clone is just making becomes a guest like its
 * maker, in session_thread_born(): whoever has session.lock second sees what the
 * first has done. Their debug registers are freed by process_clean_guests(),
 * since threads are kept by session.cmd_lock alone.
 *
 * Context: report_exec.
 */
void process_lose_clones(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state == THREAD_DEAD || thread->guest ||
		    !thread_is_clone(thread))
			continue;
		process->nr_threads--;
		make_guest(thread);
		process_has_new_guest(process);
	}
	spin_unlock(&session->lock);
}

/**
 * process_clean_guests() - free the debug registers of who became a guest
 * @process: the process
 *
 * Context: task; may sleep; session.cmd_lock held: it keeps the threads.
 */
void process_clean_guests(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;

	if (!READ_ONCE(process->has_new_guests))
		return;
	mutex_lock(&process->watch_lock);
	spin_lock(&session->lock);
	process->has_new_guests = false;
	list_for_each_entry(thread, &process->threads, entry) {
		if (!thread->guest)
			continue;
		spin_unlock(&session->lock);
		watch_remove_thread(thread);
		spin_lock(&session->lock);
	}
	spin_unlock(&session->lock);
	mutex_unlock(&process->watch_lock);
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
