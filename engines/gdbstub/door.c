// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/gdbstub: the only room that sees a file descriptor.
 *
 * An open file is a session. It pins the module, so while a session lives the
 * module cannot be unloaded; when the last is closed it can be at once.
 */
#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "absence.h"
#include "serve.h"
#include "door.h"
#include "record.h"
#include "session.h"
#include "stop_reply.h"
#include "trace.h"
#include "tracer.h"

/* More execve() calls than any wrapper makes. */
#define EXECS_MAX 64

static int door_open(struct inode *inode, struct file *file)
{
	struct gdb_session *session = session_create(serve_main);

	if (IS_ERR(session))
		return PTR_ERR(session);
	file->private_data = session;
	return stream_open(inode, file);
}

static int door_release(struct inode *inode, struct file *file)
{
	session_destroy(file->private_data);
	return 0;
}

static struct task_struct *get_leader(int pidfd)
{
	struct task_struct *leader;
	unsigned int flags;
	struct pid *pid;

	pid = pidfd_get_pid(pidfd, &flags);
	if (IS_ERR(pid))
		return ERR_CAST(pid);
	leader = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	return leader ?: ERR_PTR(-ESRCH);
}

/*
 * The engines belong to the caller: its credentials are what an exec of the
 * process is judged by.
 */
static int attach_process(struct gdb_session *session,
			  const struct gdbstub_start *start)
{
	struct gdb_process *process;
	struct task_struct *leader;
	int ret;

	leader = get_leader(start->pidfd);
	if (IS_ERR(leader))
		return PTR_ERR(leader);
	process = process_create(session, leader);
	put_task_struct(leader);
	if (!process)
		return -ENOMEM;
	process->execs_left = start->nr_execs;
	process->is_launched = start->flags & GDBSTUB_START_LAUNCH;
	ret = session_add_process(session, process);
	if (ret)
		goto free;
	ret = process_attach_threads(process, &tracer_ops);
	if (!ret) {
		trace_gdbstub_attach(process->pid, process->nr_threads);
		if (session_all_born(process))
			stop_reply_send(session);
		return 0;
	}
	process_leave(process, false);
	if (session_drop_process(session, process))
		stop_reply_send(session);
free:
	process_free(process);
	return ret;
}

#define FLAGS_OF_SOCKET                                             \
	(GDBSTUB_START_NO_VCONT | GDBSTUB_START_NO_QC |             \
	 GDBSTUB_START_NO_THREAD_LIST | GDBSTUB_START_NO_T_THREAD | \
	 GDBSTUB_START_NO_T)

static int check_start(const struct gdbstub_start *start)
{
	bool launch = start->flags & GDBSTUB_START_LAUNCH;

	if (start->size != sizeof(*start) || start->reserved ||
	    start->flags & ~(GDBSTUB_START_LAUNCH | FLAGS_OF_SOCKET))
		return -EINVAL;
	if (start->flags & FLAGS_OF_SOCKET && start->sockfd == -1)
		return -EINVAL;
	if (start->sockfd < -1 || start->pidfd < -1)
		return -EBADF;
	if (start->sockfd == -1 && start->pidfd == -1)
		return -EINVAL;
	if (launch != !!start->nr_execs || start->nr_execs > EXECS_MAX)
		return -EINVAL;
	if (launch && start->pidfd == -1)
		return -EINVAL;
	return 0;
}

/* All that can fail is done before the socket is taken over. */
static int start_locked(struct gdb_session *session,
			const struct gdbstub_start *start, struct file *socket)
{
	int ret;

	if (socket && session->link.file)
		return -EBUSY;
	if (start->pidfd != -1) {
		ret = attach_process(session, start);
		if (ret)
			return ret;
	}
	if (!socket)
		return 0;
	session->disabled = start->flags & FLAGS_OF_SOCKET;
	ret = link_open(&session->link, socket);
	if (!ret && absence_end(session))
		stop_reply_send(session);
	return ret;
}

static int door_start(struct gdb_session *session,
		      const struct gdbstub_start *start)
{
	struct file *socket = NULL;
	int ret;

	ret = check_start(start);
	if (ret)
		return ret;
	if (start->sockfd != -1) {
		ret = link_check(start->sockfd, &socket);
		if (ret)
			return ret;
	}
	ret = mutex_lock_interruptible(&session->cmd_lock);
	if (!ret) {
		ret = start_locked(session, start, socket);
		mutex_unlock(&session->cmd_lock);
	}
	if (ret && socket)
		fput(socket);
	return ret;
}

static long door_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct gdb_session *session = file->private_data;
	struct gdbstub_start start;

	if (cmd != GDBSTUB_START)
		return -ENOTTY;
	if (copy_from_user(&start, (void __user *)arg, sizeof(start)))
		return -EFAULT;
	return door_start(session, &start);
}

static ssize_t door_read(struct file *file, char __user *buf, size_t len,
			 loff_t *pos)
{
	struct gdb_session *session = file->private_data;
	struct gdb_helper *helper = &session->helper;
	struct helper_record *record;
	ssize_t ret;

	while (!(record = helper_pop(helper, len))) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(helper->wait,
					       helper_has_record(helper));
		if (ret)
			return ret;
	}
	if (IS_ERR(record))
		return PTR_ERR(record);
	ret = sizeof(record->head) + record->head.len;
	if (copy_to_user(buf, &record->head, sizeof(record->head)) ||
	    copy_to_user(buf + sizeof(record->head), record->data,
			 record->head.len))
		ret = -EFAULT;
	kvfree(record);
	return ret;
}

/* Frame an answer of the helper and send it. @prefix: "O", or nothing. */
static int send_answer(struct gdb_session *session, const u8 *data, size_t len,
		       bool is_output)
{
	size_t size = LINK_BUF_SIZE;
	struct packet_tx tx;
	u8 *buf;
	int ret;

	buf = kvmalloc(size, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	packet_tx_init(&tx, buf, size);
	if (is_output) {
		packet_put_char(&tx, 'O');
		packet_put_hex(&tx, data, len);
	} else {
		packet_put_binary(&tx, data, len);
	}
	packet_tx_finish(&tx, false);
	ret = link_send(&session->link, tx.buf, tx.len);
	kvfree(buf);
	return ret;
}

/*
 * @data: the record's payload. cmd_lock keeps the client that asked, and what is
 * said of it in the session, to the end: an answer is not for the next one.
 */
static int take_answer(struct gdb_session *session,
		       const struct gdbstub_record *head, const u8 *data)
{
	bool is_output = head->type == GDBSTUB_RECORD_OUTPUT;
	int ret;

	lockdep_assert_held(&session->cmd_lock);
	if (!helper_take_answer(&session->helper, head->cookie, !is_output))
		return -ENOENT;
	switch (head->type) {
	case GDBSTUB_RECORD_NO_REPLY:
		ret = 0;
		break;
	case GDBSTUB_RECORD_STARTED:
		ret = stop_reply_started(session);
		break;
	default:
		ret = send_answer(session, data, head->len, is_output);
		break;
	}
	session_kick(session, WORK_LOOK);
	/* A client that went away meanwhile is no fault of the helper's. */
	return ret == -ENOTCONN ? 0 : ret;
}

static ssize_t door_write(struct file *file, const char __user *buf, size_t len,
			  loff_t *pos)
{
	struct gdb_session *session = file->private_data;
	struct gdbstub_record head;
	void *data;
	int ret;

	if (len < sizeof(head))
		return -EINVAL;
	if (copy_from_user(&head, buf, sizeof(head)))
		return -EFAULT;
	if (!record_is_valid(&head, len))
		return -EINVAL;
	data = vmemdup_user(buf + sizeof(head), head.len);
	if (IS_ERR(data))
		return PTR_ERR(data);
	ret = mutex_lock_interruptible(&session->cmd_lock);
	if (!ret) {
		ret = take_answer(session, &head, data);
		mutex_unlock(&session->cmd_lock);
	}
	kvfree(data);
	return ret ?: len;
}

static __poll_t door_poll(struct file *file, struct poll_table_struct *table)
{
	struct gdb_session *session = file->private_data;
	__poll_t mask = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &session->helper.wait, table);
	if (helper_has_record(&session->helper))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static const struct file_operations door_fops = {
	.owner = THIS_MODULE,
	.open = door_open,
	.release = door_release,
	.unlocked_ioctl = door_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = door_read,
	.write = door_write,
	.poll = door_poll,
};

/* Anyone may open it: what they may do is decided by ptrace's rules. */
static struct miscdevice door_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = GDBSTUB_DEVICE_NAME,
	.fops = &door_fops,
	.mode = 0666,
};

static void build_check_uapi(void)
{
	BUILD_BUG_ON(sizeof(struct gdbstub_start) != 24);
	BUILD_BUG_ON(offsetof(struct gdbstub_start, nr_execs) != 16);
	BUILD_BUG_ON(sizeof(struct gdbstub_record) != 24);
	BUILD_BUG_ON(offsetof(struct gdbstub_record, cookie) != 8);
}

/**
 * door_init() - make the device appear
 *
 * Context: module init.
 * Return: 0 or a negative errno.
 */
int door_init(void)
{
	build_check_uapi();
	return misc_register(&door_device);
}

void door_exit(void)
{
	misc_deregister(&door_device);
}
