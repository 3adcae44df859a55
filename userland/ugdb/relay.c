// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copies bytes between a line and a socket. The line's descriptors may be
 * shared with other processes and so stay blocking: they are touched only when
 * poll() says so, and a write is no longer than a pipe takes at once then.
 */
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"

#define RELAY_HIGH_WATER 65536
#define FINISH_TIMEOUT_MS 2000

enum { POLL_IN, POLL_OUT, POLL_SOCK };

void relay_init(struct relay *relay)
{
	*relay = (struct relay) { .in = -1, .out = -1, .sock = -1 };
}

int relay_open(struct relay *relay, int in, int out)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	relay->in = in;
	relay->out = out;
	relay->sock = pair[0];
	relay->sock_open = true;
	return pair[1];
}

/* Return: false at the end of file or on an error. */
static bool read_some(int fd, struct buf *buf)
{
	ssize_t got = read(fd, buf_add_space(buf, 16384), 16384);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got <= 0)
		return false;
	buf->len += got;
	return true;
}

static bool write_line(int fd, struct buf *buf)
{
	size_t len = buf->len < PIPE_BUF ? buf->len : PIPE_BUF;
	ssize_t put = write(fd, buf->data, len);

	if (put < 0)
		return errno == EINTR || errno == EAGAIN;
	buf_cut_front(buf, put);
	return true;
}

static bool write_sock(int fd, struct buf *buf)
{
	ssize_t put = send(fd, buf->data, buf->len,
			   MSG_DONTWAIT | MSG_NOSIGNAL);

	if (put < 0)
		return errno == EINTR || errno == EAGAIN;
	buf_cut_front(buf, put);
	return true;
}

void relay_poll_prepare(const struct relay *relay,
			struct pollfd pfds[RELAY_NR_POLLFDS])
{
	bool take_in = relay->to_sock.len < RELAY_HIGH_WATER;
	bool take_sock = relay->sock_open &&
			 relay->to_out.len < RELAY_HIGH_WATER;

	pfds[POLL_IN] = (struct pollfd) { .fd = -1 };
	pfds[POLL_OUT] = (struct pollfd) { .fd = -1 };
	pfds[POLL_SOCK] = (struct pollfd) { .fd = -1 };
	if (take_in)
		pfds[POLL_IN] = (struct pollfd) {
			.fd = relay->in, .events = POLLIN };
	if (relay->to_out.len)
		pfds[POLL_OUT] = (struct pollfd) {
			.fd = relay->out, .events = POLLOUT };
	if (take_sock || relay->to_sock.len)
		pfds[POLL_SOCK] = (struct pollfd) {
			.fd = relay->sock,
			.events = (short)((take_sock ? POLLIN : 0) |
				  (relay->to_sock.len ? POLLOUT : 0)) };
}

/* The client's end of file reaches the module behind all bytes before it. */
static void pass_end_of_file(struct relay *relay)
{
	if (relay->in < 0 && !relay->to_sock.len && relay->sock >= 0)
		shutdown(relay->sock, SHUT_WR);
}

static void end_input(struct relay *relay)
{
	if (relay->in != relay->out)
		close(relay->in);
	relay->in = -1;
}

static void end_output(struct relay *relay)
{
	close(relay->out);
	if (relay->in == relay->out)
		relay->in = -1;
	relay->out = -1;
	relay->sock_open = false;
	buf_reset(&relay->to_out);
}

void relay_poll_done(struct relay *relay,
		     const struct pollfd pfds[RELAY_NR_POLLFDS])
{
	bool had_input = relay->in >= 0 || relay->to_sock.len;

	if (pfds[POLL_IN].revents && !read_some(relay->in, &relay->to_sock))
		end_input(relay);
	if (pfds[POLL_SOCK].revents & (POLLIN | POLLHUP | POLLERR) &&
	    relay->sock_open && !read_some(relay->sock, &relay->to_out))
		relay->sock_open = false;
	if (pfds[POLL_SOCK].revents && relay->to_sock.len &&
	    !write_sock(relay->sock, &relay->to_sock))
		buf_reset(&relay->to_sock);
	if (pfds[POLL_OUT].revents && relay->to_out.len &&
	    !write_line(relay->out, &relay->to_out))
		end_output(relay);
	if (had_input)
		pass_end_of_file(relay);
}

void relay_finish(struct relay *relay)
{
	struct pollfd pfds[RELAY_NR_POLLFDS];

	if (relay->sock < 0)
		return;
	while (relay->out >= 0 && (relay->sock_open || relay->to_out.len)) {
		relay_poll_prepare(relay, pfds);
		pfds[POLL_IN].fd = -1;
		pfds[POLL_SOCK].events &= POLLIN;
		if (poll(pfds, RELAY_NR_POLLFDS, FINISH_TIMEOUT_MS) <= 0)
			break;
		relay_poll_done(relay, pfds);
	}
	close(relay->sock);
	if (relay->out >= 0 && relay->out != relay->in)
		close(relay->out);
	if (relay->in >= 0)
		close(relay->in);
	buf_free(&relay->to_sock);
	buf_free(&relay->to_out);
	relay_init(relay);
}
