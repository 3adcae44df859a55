// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The client's side of the GDB remote serial protocol. Blocking, one packet
 * at a time; the only state is what has arrived and what was sent last.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "rsp_client.h"

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static int connect_unix(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -EINVAL;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* A small packet must not wait for the next one to fill a segment. */
static int connect_info(const struct addrinfo *info)
{
	int fd, err, on = 1;

	fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC,
		    info->ai_protocol);
	if (fd < 0)
		return -errno;
	if (!connect(fd, info->ai_addr, info->ai_addrlen)) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		return fd;
	}
	err = -errno;
	close(fd);
	return err;
}

static int connect_tcp(const char *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *infos, *info;
	char *host = xstrdup(address);
	char *colon = strrchr(host, ':');
	char *name = host;
	int fd = -EINVAL;

	if (!colon || !colon[1])
		goto out;
	*colon = '\0';
	if (*name == '[' && colon > name && colon[-1] == ']') {
		colon[-1] = '\0';
		name++;
	}
	if (getaddrinfo(*name ? name : "localhost", colon + 1, &hints,
			&infos)) {
		fd = -ENXIO;
		goto out;
	}
	for (info = infos; info && fd < 0; info = info->ai_next)
		fd = connect_info(info);
	freeaddrinfo(infos);
out:
	free(host);
	return fd;
}

static int connect_once(const char *address)
{
	if (!strncmp(address, "unix:", 5))
		return connect_unix(address + 5);
	if (strchr(address, '/'))
		return connect_unix(address);
	return connect_tcp(address);
}

int rsp_connect(struct rsp_client *client, const char *address, int timeout_ms)
{
	static const struct timespec pause = { .tv_nsec = 20000000 };
	long long end = now_ms() + timeout_ms;
	int fd;

	for (;;) {
		fd = connect_once(address);
		if (fd != -ECONNREFUSED && fd != -ENOENT)
			break;
		if (now_ms() >= end)
			break;
		nanosleep(&pause, NULL);
	}
	if (fd < 0)
		return fd;
	rsp_adopt(client, fd, timeout_ms);
	return 0;
}

void rsp_adopt(struct rsp_client *client, int fd, int timeout_ms)
{
	memset(client, 0, sizeof(*client));
	client->fd = fd;
	client->timeout_ms = timeout_ms;
}

void rsp_close(struct rsp_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	buf_free(&client->in);
	buf_free(&client->last);
}

int rsp_send_raw(struct rsp_client *client, const void *bytes, size_t len)
{
	const char *next = bytes;
	ssize_t sent;

	while (len) {
		sent = send(client->fd, next, len, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		next += sent;
		len -= sent;
	}
	return 0;
}

int rsp_send(struct rsp_client *client, const void *payload, size_t len)
{
	const unsigned char *bytes = payload;
	struct buf *out = &client->last;
	unsigned char sum = 0;

	buf_reset(out);
	buf_add(out, "$", 1);
	for (size_t i = 0; i < len; i++) {
		char pair[2] = { '}', (char)(bytes[i] ^ 0x20) };

		if (bytes[i] && strchr("$#}*", bytes[i]))
			buf_add(out, pair, 2);
		else
			buf_add(out, bytes + i, 1);
	}
	for (size_t i = 1; i < out->len; i++)
		sum += (unsigned char)out->data[i];
	buf_add_format(out, "#%02x", sum);
	return rsp_send_raw(client, out->data, out->len);
}

int rsp_send_string(struct rsp_client *client, const char *payload)
{
	return rsp_send(client, payload, strlen(payload));
}

/* Returns 1 when bytes came, 0 at the end of file, or a negative errno. */
static int fill_input(struct rsp_client *client)
{
	struct pollfd pfd = { .fd = client->fd, .events = POLLIN };
	ssize_t got;
	int ready;

	do
		ready = poll(&pfd, 1, client->timeout_ms);
	while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return ready ? -errno : -ETIMEDOUT;
	got = recv(client->fd, buf_add_space(&client->in, 65536), 65536, 0);
	if (got < 0)
		return -errno;
	client->in.len += got;
	client->in.data[client->in.len] = '\0';
	return got > 0;
}

/* Undoes escapes and runs: "}X" is X ^ 0x20, "X*n" is n - 29 more of X. */
static int expand_payload(struct buf *out, const char *wire, size_t len)
{
	buf_reset(out);
	for (size_t i = 0; i < len; i++) {
		char c = wire[i];
		int repeats = 1;

		if ((c == '}' || c == '*') && ++i == len)
			return -EPROTO;
		if (c == '}') {
			c = (char)(wire[i] ^ 0x20);
		} else if (c == '*') {
			repeats = (unsigned char)wire[i] - 29;
			if (!out->len || repeats < 3)
				return -EPROTO;
			c = out->data[out->len - 1];
		}
		while (repeats--)
			buf_add(out, &c, 1);
	}
	return 0;
}

static bool checksum_good(const char *wire, size_t len)
{
	unsigned char sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (unsigned char)wire[i];
	return hex_digit(wire[len + 1]) == sum >> 4 &&
	       hex_digit(wire[len + 2]) == (sum & 15);
}

/* The packet or notification begins at in.data and ends in front of @hash. */
static int take_packet(struct rsp_client *client, struct buf *payload,
		       const char *hash)
{
	bool notification = client->in.data[0] == '%';
	const char *wire = client->in.data + 1;
	size_t len = hash - wire;
	int err;

	if (!checksum_good(wire, len)) {
		client->nr_bad++;
		buf_cut_front(&client->in, len + 4);
		return notification || client->no_ack ?
			0 : rsp_send_raw(client, "-", 1);
	}
	err = expand_payload(payload, wire, len);
	buf_cut_front(&client->in, len + 4);
	if (err)
		return err;
	/* A stub that is gone by now needs no acknowledgement. */
	if (!notification && !client->no_ack)
		rsp_send_raw(client, "+", 1);
	return notification ? 2 : 1;
}

/* Drops what stands in front of a packet; a '-' asks for the last one. */
static int skip_to_packet(struct rsp_client *client)
{
	struct buf *in = &client->in;
	size_t skip = 0;
	int err = 0;

	while (!err && skip < in->len) {
		char c = in->data[skip];

		if (c == '$' || c == '%')
			break;
		skip++;
		if (c != '-' || client->no_ack)
			continue;
		client->nr_nacks++;
		err = rsp_send_raw(client, client->last.data, client->last.len);
	}
	buf_cut_front(in, skip);
	return err;
}

int rsp_receive(struct rsp_client *client, struct buf *payload)
{
	for (;;) {
		const char *hash;
		int ret = skip_to_packet(client);

		if (ret)
			return ret;
		hash = client->in.len ?
			memchr(client->in.data, '#', client->in.len) : NULL;
		if (hash && hash + 3 <= client->in.data + client->in.len) {
			ret = take_packet(client, payload, hash);
			if (ret)
				return ret;
			continue;
		}
		ret = fill_input(client);
		if (ret <= 0)
			return ret;
	}
}

int rsp_request(struct rsp_client *client, const char *request,
		struct buf *reply)
{
	int ret = rsp_send_string(client, request);

	if (ret)
		return ret;
	do
		ret = rsp_receive(client, reply);
	while (ret == 2);
	return ret;
}

int rsp_start_no_ack(struct rsp_client *client)
{
	struct buf reply = { 0 };
	int ret = rsp_request(client, "QStartNoAckMode", &reply);

	if (ret == 0)
		ret = -ECONNRESET;
	else if (ret > 0)
		ret = strcmp(reply.data, "OK") ? -EOPNOTSUPP : 0;
	if (!ret)
		client->no_ack = true;
	buf_free(&reply);
	return ret;
}
