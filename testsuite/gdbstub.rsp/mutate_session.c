// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One session: an open device, client after client that sends what the script
 * says, and the helper, which also says what no helper would. A client sends many
 * packets in one write and may have let the program run before it has read the
 * answers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"
#include "mutate.h"

/* A packet without an answer costs the wait for it. */
#define PATIENCE_MS 10
#define SEND_MS 2000

static int device = -1, sock = -1;
static bool closed, record_closed;

/* Something was notified, as in non-stop mode only. */
static bool in_non_stop;

/* How many replies there are when all packets have theirs. */
static unsigned long goal;

/* Where in a reply the byte that comes next is. */
static enum { OUTSIDE, FIRST, INSIDE } in_reply;
static char reply_kind;

static int start_session(int socket, const struct target *target)
{
	struct gdbstub_start start = {
		.size = sizeof(start),
		.sockfd = socket,
		.pidfd = -1,
	};
	int ret;

	if (target) {
		start.pidfd = (int)syscall(SYS_pidfd_open, target->pid, 0);
		if (target->gate >= 0) {
			start.flags = GDBSTUB_START_LAUNCH;
			start.nr_execs = 1;
		}
	}
	ret = ioctl(device, GDBSTUB_START, &start);
	if (start.pidfd >= 0)
		close(start.pidfd);
	runner.counts->attaches += !ret && target;
	return ret;
}

/* Also what no helper says; the module must not mind. */
static void odd_start(void)
{
	struct gdbstub_start start;
	unsigned int i;

	for (i = 0; i < sizeof(start); i++)
		((char *)&start)[i] = (char)when_below(4);
	if (when_below(2))
		start.size = sizeof(start);
	if (when_below(2))
		start.sockfd = -1;
	ioctl(device, GDBSTUB_START, &start);
}

static int connect_client(const struct target *target)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("socketpair");
	if (start_session(pair[1], target)) {
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	close(pair[1]);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	in_reply = OUTSIDE;
	in_non_stop = false;
	return pair[0];
}

/* @whole: as it should be; else it may be damaged. */
static void write_record(unsigned int type, uint64_t cookie, const char *data,
			 size_t len, bool whole)
{
	static char buf[sizeof(struct gdbstub_record) + TEXT_MAX];
	struct gdbstub_record head = {
		.type = type, .len = (__u32)len, .cookie = cookie };

	memcpy(buf, &head, sizeof(head));
	memcpy(buf + sizeof(head), data, len);
	if (!whole && !when_below(50))
		buf[when_below(sizeof(head))] ^= 1 << when_below(8);
	if (!whole && !when_below(50))
		len = when_below(TEXT_MAX);
	if (write(device, buf, sizeof(head) + len) < 0)
		runner.progress++;
}

/* vAttach and vRun: another process, and the client is told of its stop. */
static void answer_start(const struct gdbstub_record *head, bool launch)
{
	struct target *target = launch ? target_start(true) : target_pick();
	int ret = target ? start_session(-1, target) : -1;

	if (target)
		target_open_gate(target);
	if (ret)
		write_record(GDBSTUB_RECORD_REPLY, head->cookie, "E01", 3,
			     true);
	else
		write_record(GDBSTUB_RECORD_STARTED, head->cookie, "", 0,
			     true);
}

static void answer_packet(const struct gdbstub_record *head, const char *data)
{
	char junk[TEXT_MAX];
	size_t len = when_below(16) ? when_below(40) : when_below(TEXT_MAX);
	size_t i;

	for (i = 0; i < len; i++)
		junk[i] = (char)when_below(256);
	if (!when_below(8))
		write_record(GDBSTUB_RECORD_OUTPUT, head->cookie, junk, len,
			     false);
	if (head->len > 7 && !memcmp(data, "vAttach", 7))
		answer_start(head, false);
	else if (head->len > 4 && !memcmp(data, "vRun", 4))
		answer_start(head, true);
	else if (!when_below(20))
		write_record(GDBSTUB_RECORD_NO_REPLY, head->cookie, "", 0, false);
	else if (!when_below(20))
		write_record(GDBSTUB_RECORD_STARTED, head->cookie, "", 0, false);
	/* Until it has an answer, nothing else is read from the client. */
	write_record(GDBSTUB_RECORD_REPLY, head->cookie + !when_below(16), junk,
		     len, false);
	write_record(GDBSTUB_RECORD_REPLY, head->cookie, "", 0, true);
}

static void take_records(void)
{
	static char buf[sizeof(struct gdbstub_record) + GDBSTUB_RECORD_MAX];
	struct gdbstub_record head;

	while (read(device, buf, sizeof(buf)) > 0) {
		memcpy(&head, buf, sizeof(head));
		runner.counts->records++;
		if (head.type == GDBSTUB_RECORD_PACKET)
			answer_packet(&head, buf + sizeof(head));
		else if (head.type == GDBSTUB_RECORD_CLOSED)
			record_closed = true;
	}
}

/* The first letters tell what kind of an answer it is. */
static void count_reply(char kind, char first)
{
	struct counts *counts = runner.counts;

	counts->replies++;
	counts->oks += first == 'O';
	counts->errors += first == 'E';
	counts->stops += kind == '%' || first == 'T';
	in_non_stop |= kind == '%';
}

static void count_byte(char byte)
{
	switch (in_reply) {
	case OUTSIDE:
		reply_kind = byte;
		if (byte == '$' || byte == '%')
			in_reply = FIRST;
		break;
	case FIRST:
		count_reply(reply_kind, byte);
		in_reply = INSIDE;
		/* fall through */
	case INSIDE:
		if (byte == '#')
			in_reply = OUTSIDE;
		break;
	}
}

static void take_bytes(void)
{
	static char buf[65536];
	ssize_t got = recv(sock, buf, sizeof(buf), MSG_DONTWAIT), i;

	if (!got || (got < 0 && errno != EAGAIN))
		closed = true;
	for (i = 0; i < got; i++)
		count_byte(buf[i]);
}

/* Takes what comes, until there are @replies, or nothing came for @ms. */
static void take_until(unsigned long replies, int ms)
{
	struct pollfd fds[] = { { .fd = sock, .events = POLLIN },
				{ .fd = device, .events = POLLIN } };

	while (!closed && !record_closed && runner.counts->replies < replies &&
	       poll(fds, 2, ms) > 0) {
		if (fds[1].revents)
			take_records();
		if (fds[0].revents)
			take_bytes();
	}
}

static void send_bytes(const char *data, size_t len)
{
	long end = now_ms() + SEND_MS;
	ssize_t put;

	while (len && !closed && now_ms() < end) {
		put = send(sock, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put < 0 && errno != EAGAIN)
			closed = true;
		if (put <= 0) {
			take_until(-1ul, 5);
			continue;
		}
		data += put;
		len -= put;
	}
	/* It reads no more, as when a launch never comes to its stop. */
	if (len && !closed) {
		runner.counts->hang_ups++;
		closed = true;
	}
}

/*
 * What stops all threads, and asks for all stops: in all-stop mode ^C is enough,
 * in non-stop mode each stop of many wants to be asked for.
 */
static void stop_again(void)
{
	static const char all[] =
		"$vCont;t#b9$vStopped#55$vStopped#55$vStopped#55";

	send_bytes("\x03", 1);
	take_until(goal + 1, PATIENCE_MS);
	if (runner.counts->replies > goal && !in_non_stop)
		return;
	send_bytes(all, sizeof(all) - 1);
	take_until(goal + 4, PATIENCE_MS);
}

/* The program runs, and mostly is stopped again. */
static void let_run(void)
{
	take_until(goal + 1, (int)when_below(4));
	if (runner.counts->replies > goal && !in_non_stop)
		return;
	if (when_below(8))
		stop_again();
}

/* One write; now and then the next one does not wait for its answers. */
static void send_batch(struct script *script)
{
	static struct batch batch;

	script_next(script, &batch, target_id);
	goal += batch.answered;
	send_bytes(batch.bytes, batch.len);
	runner.counts->sent += batch.nr;
	runner.progress++;
	if (!when_below(4))
		return;
	take_until(goal, PATIENCE_MS);
	/* Those that have not come are not waited for again. */
	goal = runner.counts->replies;
	if (batch.resumes)
		let_run();
	else if (!when_below(16))
		send_bytes("\x03", 1);
	if (!when_below(50))
		send_bytes(when_below(2) ? "+" : "-", 1);
	goal = runner.counts->replies;
}

static void say_hello(void)
{
	static const struct {
		const char *text;
		unsigned int answers;
	} hellos[] = {
		{ "+$QStartNoAckMode#b0+", 1 },
		{ "+$!#21$QStartNoAckMode#b0+", 2 },
		{ "+$qSupported:multiprocess+;swbreak+;fork-events+;"
		  "vfork-events+;exec-events+;no-resumed+#f1"
		  "$QStartNoAckMode#b0+", 2 },
		{ "", 0 },
	};
	unsigned int which = when_below(4);

	send_bytes(hellos[which].text, strlen(hellos[which].text));
	take_until(runner.counts->replies + hellos[which].answers, PATIENCE_MS);
	goal = runner.counts->replies;
}

/* The client is gone; another one may come. Return: whether it did. */
static bool reconnect(void)
{
	const struct target *target = NULL;

	close(sock);
	sock = -1;
	if (when_below(2))
		nap_ms(when_below(20));
	take_records();
	if (record_closed || when_below(4))
		target = target_pick();
	closed = record_closed = false;
	sock = connect_client(target);
	/* It may have a client, or be dead. */
	if (sock < 0 && target)
		sock = connect_client(target_start(false));
	if (sock < 0)
		sock = connect_client(NULL);
	if (sock < 0)
		return false;
	runner.counts->reconnects++;
	return true;
}

static void talk(struct script *script, unsigned long packets)
{
	struct counts *counts = runner.counts;
	unsigned long end = counts->sent + packets;
	unsigned long leave = counts->sent + when_below(2 * packets);

	say_hello();
	while (counts->sent < end) {
		send_batch(script);
		if (!when_below(50))
			odd_start();
		if (!closed && !record_closed && counts->sent < leave)
			continue;
		leave = end;
		if (!reconnect())
			break;
		say_hello();
	}
}

/* What has an open descriptor of the device keeps the session; the last is us. */
static void begin(void)
{
	struct target *target;

	closed = record_closed = false;
	device = open("/dev/" GDBSTUB_DEVICE_NAME,
		      O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (device < 0)
		die("/dev/" GDBSTUB_DEVICE_NAME);
	target = target_start(!when_below(6));
	sock = connect_client(target);
	target_open_gate(target);
}

static void end(void)
{
	bool late = when_below(2);

	if (sock >= 0 && late)
		close(sock);
	if (when_below(2))
		nap_ms(when_below(3));
	close(device);
	if (sock >= 0 && !late)
		close(sock);
	sock = device = -1;
	runner.progress++;
}

/**
 * session_run() - one session, from its first process to the close of the device
 * @script: what is sent
 * @packets: how much of it, at most
 */
void session_run(struct script *script, unsigned long packets)
{
	enter_phase(BEGIN);
	begin();
	enter_phase(TALK);
	if (sock >= 0)
		talk(script, packets);
	enter_phase(CLOSE);
	end();
}
