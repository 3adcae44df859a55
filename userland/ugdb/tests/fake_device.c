// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for the gdbstub module, so that ugdb can be tested on a machine
 * without it. It is linked in place of device.c. A process of its own holds
 * the program with ptrace and speaks the same records over a socket pair.
 *
 * It serves what the tests send: '?', 'c', 'D', 'k', 'qC'; everything else is
 * forwarded, as the module does. After 'QTDisconnected:1' an experiment goes on. With
 * FAKE_DEVICE_REFUSES set, what is attached to turns out to be a program that may
 * not be traced.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/procfs.h"
#include "../../lib/rsp_client.h"
#include "../device.h"

/* What crosses the control socket: an ioctl, with its descriptors beside it. */
struct control {
	struct gdbstub_start start;
	int err;
};

struct fake {
	int records;
	int control;
	pid_t pid;
	unsigned int nr_execs;
	bool start_owed;
	bool connected;
	bool trace_goes_on;
	struct rsp_client client;
	struct buf packet;
	__u64 cookie;
};

static int control_fd = -1;

static void push(struct fake *fake, __u32 type, __u64 cookie, int status,
		 const void *data, size_t len)
{
	static struct device_record record;

	record.header = (struct gdbstub_record) {
		.type = type, .len = (__u32)len, .cookie = cookie,
		.pid = fake->pid, .status = status,
	};
	if (len)
		memcpy(record.payload, data, len);
	send(fake->records, &record, sizeof(record.header) + len, MSG_NOSIGNAL);
}

static pid_t pid_of_pidfd(int pidfd)
{
	struct buf info = { 0 };
	const char *line;
	pid_t pid = -1;

	if (procfs_read(&info, "/proc/self/fdinfo/%d", pidfd)) {
		line = strstr(info.data, "\nPid:");
		pid = line ? atoi(line + 5) : -1;
	}
	buf_free(&info);
	return pid;
}

static void release(struct fake *fake)
{
	int status;

	if (!fake->pid)
		return;
	if (ptrace(PTRACE_DETACH, fake->pid, 0, 0)) {
		ptrace(PTRACE_INTERRUPT, fake->pid, 0, 0);
		waitpid(fake->pid, &status, __WALL);
		ptrace(PTRACE_DETACH, fake->pid, 0, 0);
	}
	fake->pid = 0;
}

/* The process leaves the session; the connection stays. */
static void leave_process(struct fake *fake)
{
	release(fake);
	push(fake, GDBSTUB_RECORD_CLOSED, 0, 0, "", 0);
}

static void hang_up(struct fake *fake, int err)
{
	if (fake->connected)
		rsp_close(&fake->client);
	fake->connected = false;
	push(fake, GDBSTUB_RECORD_CLOSED, 0, err, "", 0);
}

static void end_connection(struct fake *fake, int err)
{
	release(fake);
	hang_up(fake, err);
}

static void detach(struct fake *fake)
{
	rsp_send_string(&fake->client, "OK");
	if (!fake->trace_goes_on) {
		leave_process(fake);
		return;
	}
	ptrace(PTRACE_CONT, fake->pid, 0, 0);
	hang_up(fake, 0);
}

static int seize(struct fake *fake, const struct gdbstub_start *start,
		 pid_t pid)
{
	/* The stop of an exec would take that of the interrupt with it. */
	if (ptrace(PTRACE_SEIZE, pid, 0,
		   start->nr_execs ? PTRACE_O_TRACEEXEC : 0))
		return errno;
	fake->pid = pid;
	fake->start_owed = true;
	fake->nr_execs = start->nr_execs;
	if (!start->nr_execs)
		ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	return 0;
}

static void take_control(struct fake *fake)
{
	char room[CMSG_SPACE(2 * sizeof(int))];
	struct control control;
	struct iovec iov = { &control, sizeof(control) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *cmsg;
	int fd;

	if (recvmsg(fake->control, &msg, 0) <= 0)
		return;
	control.err = 0;
	cmsg = CMSG_FIRSTHDR(&msg);
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	if (control.start.sockfd >= 0) {
		rsp_adopt(&fake->client, fd, -1);
		fake->connected = true;
	} else {
		control.err = seize(fake, &control.start, pid_of_pidfd(fd));
		close(fd);
	}
	send(fake->control, &control, sizeof(control), MSG_NOSIGNAL);
}

static void on_stop(struct fake *fake, int status)
{
	bool execed = status >> 8 == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
	bool held = status >> 16 == PTRACE_EVENT_STOP;
	bool was_attach = held;
	int sig = held || execed ? 0 : WSTOPSIG(status);

	if (execed && fake->nr_execs)
		held = --fake->nr_execs == 0;
	if (held && was_attach && getenv("FAKE_DEVICE_REFUSES")) {
		end_connection(fake, EPERM);
	} else if (held) {
		fake->start_owed = false;
		push(fake, GDBSTUB_RECORD_STOPPED, 0, 0, "", 0);
	} else {
		ptrace(PTRACE_CONT, fake->pid, 0, sig);
	}
}

static void on_end(struct fake *fake, int status)
{
	char reply[16];

	push(fake, GDBSTUB_RECORD_EXITED, 0, status, "", 0);
	fake->pid = 0;
	if (!fake->connected || fake->start_owed)
		return;
	if (WIFSIGNALED(status))
		snprintf(reply, sizeof(reply), "X%02x", WTERMSIG(status));
	else
		snprintf(reply, sizeof(reply), "W%02x", WEXITSTATUS(status));
	rsp_send_string(&fake->client, reply);
	leave_process(fake);
}

static void answer_packet(struct fake *fake, const char *packet)
{
	char text[32];

	if (!strcmp(packet, "?")) {
		rsp_send_string(&fake->client, fake->pid ? "S05" : "W00");
	} else if (!strcmp(packet, "c")) {
		ptrace(PTRACE_CONT, fake->pid, 0, 0);
	} else if (!strcmp(packet, "D")) {
		detach(fake);
	} else if (!strcmp(packet, "QTDisconnected:1")) {
		fake->trace_goes_on = true;
		rsp_send_string(&fake->client, "OK");
	} else if (!strcmp(packet, "k")) {
		kill(fake->pid, SIGKILL);
	} else if (!strcmp(packet, "qC")) {
		snprintf(text, sizeof(text), "QC%x", fake->pid);
		rsp_send_string(&fake->client, text);
	} else {
		push(fake, GDBSTUB_RECORD_PACKET, ++fake->cookie, 0, packet,
		     fake->packet.len);
	}
}

static void take_packet(struct fake *fake)
{
	int got = rsp_receive(&fake->client, &fake->packet);

	if (got > 0)
		answer_packet(fake, fake->packet.data);
	else
		end_connection(fake, got ? -got : ENODATA);
}

static void take_record(struct fake *fake)
{
	static struct device_record record;
	struct buf text = { 0 };
	ssize_t got = recv(fake->records, &record, sizeof(record), 0);

	if (got <= 0) {
		release(fake);
		_exit(0);
	}
	if (!fake->connected || record.header.cookie != fake->cookie)
		return;
	if (record.header.type == GDBSTUB_RECORD_REPLY) {
		rsp_send(&fake->client, record.payload, record.header.len);
		return;
	}
	if (record.header.type == GDBSTUB_RECORD_STARTED) {
		rsp_send_string(&fake->client, "S05");
		return;
	}
	buf_add_string(&text, "O");
	buf_add_hex(&text, record.payload, record.header.len);
	rsp_send(&fake->client, text.data, text.len);
	buf_free(&text);
}

static void run_fake(struct fake *fake)
{
	for (;;) {
		struct pollfd pfds[] = {
			{ fake->records, POLLIN, 0 },
			{ fake->control, POLLIN, 0 },
			{ fake->connected ? fake->client.fd : -1, POLLIN, 0 },
		};
		int status;

		poll(pfds, 3, 10);
		if (pfds[0].revents)
			take_record(fake);
		else if (pfds[1].revents)
			take_control(fake);
		else if (pfds[2].revents)
			take_packet(fake);
		/* An answer that was written before a kill goes out first. */
		if (pfds[0].revents || !fake->pid ||
		    waitpid(fake->pid, &status, WNOHANG | __WALL) <= 0)
			continue;
		while (poll(pfds, 1, 0) > 0)
			take_record(fake);
		if (WIFSTOPPED(status))
			on_stop(fake, status);
		else
			on_end(fake, status);
	}
}

/* ugdb's sockets must be gone when ugdb is. */
static void close_others(const struct fake *fake)
{
	for (int fd = STDERR_FILENO + 1; fd < 256; fd++)
		if (fd != fake->records && fd != fake->control)
			close(fd);
}

/* The fake is no child of ugdb, which waits for its own children only. */
int device_open(void)
{
	struct fake fake = { 0 };
	int records[2], control[2];
	pid_t pid;

	if (getenv("FAKE_DEVICE_ERRNO")) {
		errno = atoi(getenv("FAKE_DEVICE_ERRNO"));
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, records) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control))
		return -1;
	pid = fork();
	if (!pid && fork())
		_exit(0);
	if (!pid) {
		setsid();
		fake.records = records[1];
		fake.control = control[1];
		close_others(&fake);
		run_fake(&fake);
	}
	waitpid(pid, NULL, 0);
	close(records[1]);
	close(control[1]);
	control_fd = control[0];
	return records[0];
}

int device_start(int device, unsigned int flags, int sockfd, int pidfd,
		 unsigned int nr_execs)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct control control = { .start = {
		.size = sizeof(control.start), .flags = flags,
		.sockfd = sockfd, .pidfd = pidfd, .nr_execs = nr_execs } };
	struct iovec iov = { &control, sizeof(control) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int fd = sockfd >= 0 ? sockfd : pidfd;

	(void)device;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	if (sendmsg(control_fd, &msg, 0) < 0 ||
	    recv(control_fd, &control, sizeof(control), 0) <= 0)
		return -1;
	errno = control.err;
	return control.err ? -1 : 0;
}

int device_read(int device, struct device_record *record)
{
	ssize_t got = recv(device, record, sizeof(*record), MSG_DONTWAIT);

	if (got > 0)
		return 1;
	return got < 0 && errno == EAGAIN ? 0 : -1;
}

int device_write(int device, unsigned int type, unsigned long long cookie,
		 const void *payload, size_t len)
{
	static struct device_record record;

	record.header = (struct gdbstub_record) {
		.type = type, .len = (__u32)len, .cookie = cookie };
	if (len)
		memcpy(record.payload, payload, len);
	return send(device, &record, sizeof(record.header) + len,
		    MSG_NOSIGNAL) < 0 ? -1 : 0;
}
