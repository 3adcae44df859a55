// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A client and its session, without ugdb between them: the device is opened and
 * closed here.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"
#include "together.h"

#define ANSWER_MS 5000

static void __attribute__((format(printf, 2, 0)))
put_packet(struct client *client, const char *fmt, va_list args)
{
	char packet[sizeof(client->sent) + 5];
	unsigned char sum = 0;
	const char *c;

	vsnprintf(client->sent, sizeof(client->sent), fmt, args);
	for (c = client->sent; *c; c++)
		sum += (unsigned char)*c;
	snprintf(packet, sizeof(packet), "$%s#%02x", client->sent, sum);
	if (send(client->sock, packet, strlen(packet), MSG_NOSIGNAL) < 0)
		wrong("%s is not sent: %s", client->sent, strerror(errno));
}

/* Return: the byte; -1 when none comes in time, or ever. */
static int get_byte(struct client *client, long end)
{
	struct pollfd fd = { .fd = client->sock, .events = POLLIN };
	long left = end - now_ms();
	unsigned char byte;

	if (poll(&fd, 1, (int)(left > 0 ? left : 0)) != 1 ||
	    recv(client->sock, &byte, 1, 0) != 1)
		return -1;
	return byte;
}

/* Return: '$' or '%', with the payload in client->reply; 0 for none. */
static char get_packet(struct client *client, long ms)
{
	long end = now_ms() + ms;
	size_t len = 0;
	int byte, kind;

	do {
		kind = get_byte(client, end);
	} while (kind == '+');
	if (kind < 0)
		return '\0';
	end = now_ms() + patience_ms(ANSWER_MS);
	while ((byte = get_byte(client, end)) != '#' && byte >= 0)
		if (byte == '*' && len) {
			int more = get_byte(client, end) - 29;

			for (; more > 0 && len < sizeof(client->reply) - 1;
			     more--, len++)
				client->reply[len] = client->reply[len - 1];
		} else if (len < sizeof(client->reply) - 1) {
			client->reply[len++] = (char)byte;
		}
	client->reply[len] = '\0';
	get_byte(client, end);
	get_byte(client, end);
	return (char)kind;
}

static void parse_stop(struct client *client, struct stop *stop,
		       const char *text)
{
	const char *at;

	memset(stop, 0, sizeof(*stop));
	snprintf(stop->text, sizeof(stop->text), "%s", text);
	stop->kind = text[0];
	stop->signo = (int)strtol((char[]){ text[1], text[1] ? text[2] : '\0',
					    '\0' },
				  NULL, 16);
	at = strstr(text, "thread:");
	if (at)
		sscanf(at + 7, "%39[^;]", stop->thread);
	at = strstr(text, "fork:p");
	if (at)
		client->child = (pid_t)strtol(at + 6, NULL, 16);
	if (text[0] != 'T' && client->child &&
	    (at = strstr(text, "process:")) &&
	    strtol(at + 8, NULL, 16) == client->child)
		client->child = 0;
}

static void keep_stop(struct client *client, const char *text)
{
	if (client->told < 8)
		parse_stop(client, &client->stops[client->told++], text);
}

/* The answer to what was sent; what is notified meanwhile is kept. */
static const char *get_answer(struct client *client)
{
	char kind;

	do {
		kind = get_packet(client, patience_ms(ANSWER_MS));
		if (!kind) {
			wrong("no answer to %s", client->sent);
			client->reply[0] = '\0';
			return client->reply;
		}
		if (kind == '%') {
			keep_stop(client, client->reply + 5);
			client->notified = true;
		}
	} while (kind == '%');
	return client->reply;
}

/**
 * client_cmd() - send a packet
 * @client: the client
 * @fmt: the packet's payload
 *
 * Return: that of its answer.
 */
const char *client_cmd(struct client *client, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_packet(client, fmt, args);
	va_end(args);
	return get_answer(client);
}

/**
 * client_resume() - send a packet after which something runs
 * @client: the client
 * @fmt: the packet's payload
 */
void client_resume(struct client *client, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put_packet(client, fmt, args);
	va_end(args);
	client->runs = true;
	if (client->non_stop && strcmp(get_answer(client), "OK"))
		wrong("%s: %s", client->sent, client->reply);
}

static void take_notified(struct client *client)
{
	const char *text;

	client->notified = false;
	for (;;) {
		text = client_cmd(client, "vStopped");
		if (!*text || !strcmp(text, "OK"))
			break;
		keep_stop(client, text);
	}
}

/**
 * client_stop() - the stop that is told next
 * @client: the client
 * @stop: set to it
 * @ms: how long to wait for it
 *
 * Return: whether there is one.
 */
bool client_stop(struct client *client, struct stop *stop, long ms)
{
	char kind;

	if (!client->told) {
		kind = get_packet(client, ms);
		if (!kind)
			return false;
		keep_stop(client, client->reply + (kind == '%' ? 5 : 0));
		client->notified = kind == '%';
	}
	if (client->notified)
		take_notified(client);
	*stop = client->stops[0];
	memmove(client->stops, client->stops + 1,
		(size_t)--client->told * sizeof(*stop));
	client->runs = client->non_stop;
	return true;
}

/**
 * client_wait() - wait for a stop of a kind
 * @client: the client
 * @stop: set to it
 * @what: how it begins, or what stands in it
 *
 * Return: whether it came, and no other before.
 */
bool client_wait(struct client *client, struct stop *stop, const char *what)
{
	if (!client_stop(client, stop, patience_ms(ANSWER_MS))) {
		wrong("no stop like %s", what);
		return false;
	}
	if (!strstr(stop->text, what)) {
		wrong("a stop like %s, and not %s", stop->text, what);
		return false;
	}
	return true;
}

/**
 * client_interrupt() - stop what runs, if anything does
 * @client: the client; a stop that comes first is as good
 */
void client_interrupt(struct client *client)
{
	struct stop stop;

	if (client->non_stop || !client->runs)
		return;
	if (send(client->sock, "\x03", 1, MSG_NOSIGNAL) == 1)
		client_wait(client, &stop, "");
}

/* As a client's user does who wants to see nothing of it. */
void client_pass(struct client *client, const struct stop *stop)
{
	static const int own[] = { 0, 2, 5 };
	unsigned int i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (stop->signo == own[i] || stop->kind != 'T')
			break;
	if (strstr(stop->text, "swbreak"))
		client_cmd(client, "z0,%lx,1", (unsigned long)tick);
	/*
	 * In non-stop another one may have a stop that is yet to be looked at. The
	 * child of a fork goes on as well: without it a vfork has no end.
	 */
	if (i < sizeof(own) / sizeof(own[0]) && client->non_stop &&
	    stop->thread[0] && !strstr(stop->text, "fork:"))
		client_resume(client, "vCont;c:%s", stop->thread);
	else if (i < sizeof(own) / sizeof(own[0]))
		client_resume(client, "vCont;c");
	else
		client_resume(client, "vCont;C%02x:%s%s", stop->signo,
			      stop->thread, client->non_stop ? "" : ";c");
}

static void say_hello(struct client *client)
{
	struct stop stop;

	client_cmd(client, "QStartNoAckMode");
	client_cmd(client, "qSupported:multiprocess+;swbreak+;fork-events+;"
			   "vfork-events+;exec-events+;no-resumed+");
	client_cmd(client, "?");
	if (client->non_stop) {
		if (strcmp(client_cmd(client, "QNonStop:1"), "OK"))
			wrong("QNonStop:1: %s", client->reply);
		/* One thread is told now, the other one after that. */
		client_cmd(client, "?");
		take_notified(client);
		client_wait(client, &stop, "T00");
	}
	client->runs = false;
}

/**
 * client_open() - a session with a process, and its client
 * @client: filled in
 * @pid: the process; it is stopped
 * @non_stop: whether
 */
void client_open(struct client *client, pid_t pid, bool non_stop)
{
	struct gdbstub_start start = { .size = sizeof(start) };
	int pair[2];

	memset(client, 0, sizeof(*client));
	client->pid = pid;
	client->non_stop = non_stop;
	client->device = open("/dev/" GDBSTUB_DEVICE_NAME,
			      O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (client->device < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("/dev/" GDBSTUB_DEVICE_NAME);
	start.sockfd = pair[1];
	start.pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (ioctl(client->device, GDBSTUB_START, &start))
		wrong("GDBSTUB_START: %s", strerror(errno));
	close(start.pidfd);
	close(pair[1]);
	client->sock = pair[0];
	say_hello(client);
}

static void detach_from(struct client *client, pid_t pid)
{
	const char *answer = client_cmd(client, "D;%x", pid);

	if (strcmp(answer, "OK") && strcmp(answer, "E03"))
		wrong("D;%x: %s", pid, answer);
}

/* What it has forked is debugged no more. */
void client_let_child_go(struct client *client)
{
	if (client->child)
		detach_from(client, client->child);
	client->child = 0;
}

/* The client says that it goes. */
void client_detach(struct client *client)
{
	client_interrupt(client);
	client_let_child_go(client);
	detach_from(client, client->pid);
	client_close(client);
}

/* The client is gone without a word, and then its helper. */
void client_close(struct client *client)
{
	if (client->sock >= 0)
		close(client->sock);
	client->sock = -1;
}

/* As when ugdb is killed. */
void client_kill(struct client *client)
{
	if (client->device >= 0)
		close(client->device);
	client->device = -1;
	client_close(client);
}
