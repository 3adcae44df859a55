// SPDX-License-Identifier: GPL-2.0-only
/*
 * A session as an object: made by who opens the device, ended when it is
 * closed, and what wakes its thread. Who is in it: roster.c. Who runs and who
 * stops: allstop.c, nonstop.c.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "session.h"

/**
 * session_kick() - wake the session's thread
 * @session: the session
 * @work: why
 *
 * Context: any.
 */
void session_kick(struct gdb_session *session, enum session_work work)
{
	set_bit(work, &session->work);
	set_bit(WORK_LOOK, &session->work);
	wake_up(&session->wait);
}

static void stop_timer_expired(struct timer_list *timer)
{
	struct gdb_session *session = from_timer(session, timer, stop_timer);

	session_kick(session, WORK_STOP_LATE);
}

/**
 * session_wait_for_work() - sleep until somebody kicks
 * @session: the session
 *
 * Context: the session's thread.
 * Return: whether to go on; false: the device was closed.
 */
bool session_wait_for_work(struct gdb_session *session)
{
	wait_event_idle(session->wait,
			test_and_clear_bit(WORK_LOOK, &session->work));
	return !test_bit(WORK_END, &session->work);
}

static int alloc_buffers(struct gdb_session *session)
{
	session->tx_buf = kvmalloc(LINK_BUF_SIZE, GFP_KERNEL_ACCOUNT);
	session->scratch = kvmalloc(LINK_PACKET_MAX, GFP_KERNEL_ACCOUNT);
	if (!session->tx_buf || !session->scratch)
		return -ENOMEM;
	packet_tx_init(&session->tx, session->tx_buf, LINK_BUF_SIZE);
	return link_init(&session->link, &session->wait, &session->work);
}

static void init_fields(struct gdb_session *session)
{
	mutex_init(&session->cmd_lock);
	mutex_init(&session->fork_lock);
	mutex_init(&session->tell_lock);
	spin_lock_init(&session->lock);
	INIT_LIST_HEAD(&session->processes);
	INIT_LIST_HEAD(&session->notes);
	helper_init(&session->helper);
	init_waitqueue_head(&session->wait);
	init_completion(&session->ended);
	timer_setup(&session->stop_timer, stop_timer_expired, 0);
	session->cred = get_current_cred();
	session->owner = get_pid(task_tgid(current));
	session->pid_ns = get_pid_ns(task_active_pid_ns(current));
	session->memcg = get_mem_cgroup_from_mm(current->mm);
}

static void free_session(struct gdb_session *session)
{
	helper_exit(&session->helper);
	tracepoint_forget(session);
	kvfree(session->scratch);
	kvfree(session->threads_xml);
	kvfree(session->tx_buf);
	put_pid_ns(session->pid_ns);
	put_pid(session->owner);
	put_cred(session->cred);
	mem_cgroup_put(session->memcg);
	mutex_destroy(&session->tell_lock);
	mutex_destroy(&session->fork_lock);
	mutex_destroy(&session->cmd_lock);
	kfree(session);
}

/**
 * session_create() - make a session for the caller
 * @main: the session's thread; it ends when session_wait_for_work() says so,
 *	and leaves all processes before
 *
 * Context: task; may sleep. The caller's credentials and pid namespace are
 * those of the session.
 * Return: the session or -ENOMEM or another error of starting a thread.
 */
struct gdb_session *session_create(int (*main)(void *session))
{
	struct gdb_session *session;
	struct task_struct *task;
	int ret;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		return ERR_PTR(-ENOMEM);
	init_fields(session);
	ret = alloc_buffers(session);
	if (ret)
		goto free;
	task = kthread_create(main, session, "gdbstub/%d",
			      task_tgid_nr(current));
	ret = PTR_ERR_OR_ZERO(task);
	if (ret)
		goto exit_link;
	session->task = get_task_struct(task);
	wake_up_process(task);
	return session;
exit_link:
	link_exit(&session->link);
free:
	free_session(session);
	return ERR_PTR(ret);
}

/* How long the session's thread may wait for the target's memory at its end. */
#define END_LIMIT_MS 3000

/**
 * session_destroy() - end a session and free it
 * @session: nobody else knows it any more
 *
 * The session's thread leaves all processes. It may be in the middle of a
 * memory access and wait for the lock of that memory; SIGKILL breaks that off.
 * (access_remote_vm() does not wait for a page that a user fault handler is to
 * bring, and a file system that it waits for, of FUSE, does not let it go.) It is
 * repeated because the thread takes the first one as what it is and goes on.
 *
 * Context: task; may sleep; a caller that is being killed too.
 */
void session_destroy(struct gdb_session *session)
{
	session_kick(session, WORK_END);
	while (!wait_for_completion_timeout(&session->ended,
					    msecs_to_jiffies(END_LIMIT_MS)))
		send_sig(SIGKILL, session->task, 1);
	kthread_stop(session->task);
	put_task_struct(session->task);
	timer_shutdown_sync(&session->stop_timer);
	link_exit(&session->link);
	free_session(session);
}
