// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes in and out of the socket. The only room that calls kernel_recvmsg()
 * and kernel_sendmsg().
 *
 * Nobody waits here: what the socket does not take stays in link.out, and the
 * session's thread, woken by the socket's wait queue, goes on with it.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "link.h"
#include "trace.h"

/* What was to go out with something else has waited long enough. */
static void later_expired(struct timer_list *timer)
{
	struct gdb_link *link = from_timer(link, timer, later);

	set_bit(0, link->kick);
	wake_up(link->wait);
}

/**
 * link_init() - prepare a link without a connection
 * @link: the link
 * @wait: where the session's thread sleeps
 * @kick: its word of work; bit 0 is set before it is woken
 *
 * Context: task; may sleep.
 * Return: 0 or -ENOMEM.
 */
int link_init(struct gdb_link *link, wait_queue_head_t *wait,
	      unsigned long *kick)
{
	mutex_init(&link->tx_lock);
	timer_setup(&link->later, later_expired, 0);
	link->wait = wait;
	link->kick = kick;
	link->rx_buf = kvmalloc(LINK_PACKET_MAX + 1, GFP_KERNEL_ACCOUNT);
	link->out = kvmalloc(LINK_OUT_SIZE, GFP_KERNEL_ACCOUNT);
	link->chunk = kvmalloc(LINK_CHUNK, GFP_KERNEL_ACCOUNT);
	if (link->rx_buf && link->out && link->chunk)
		return 0;
	link_exit(link);
	return -ENOMEM;
}

/**
 * link_exit() - undo link_init()
 * @link: a link without a connection
 */
void link_exit(struct gdb_link *link)
{
	timer_shutdown_sync(&link->later);
	kvfree(link->chunk);
	kvfree(link->out);
	kvfree(link->rx_buf);
	mutex_destroy(&link->tx_lock);
}

/* The socket's wait queue: data came, room came, or the peer is gone. */
static int wake_session(struct wait_queue_entry *entry, unsigned int mode,
			int flags, void *key)
{
	struct gdb_link *link = container_of(entry, struct gdb_link, wake);

	set_bit(0, link->kick);
	wake_up(link->wait);
	return 1;
}

/**
 * link_check() - is this descriptor a socket that a link can have?
 * @fd: a descriptor of the caller
 * @file: set to its file, with a reference
 *
 * Context: task; may sleep.
 * Return: 0, or
 * * -EBADF - not open
 * * -ENOTSOCK - no socket
 * * -EPROTOTYPE - no stream socket
 * * -ENOTCONN - not connected
 */
int link_check(int fd, struct file **file)
{
	struct sockaddr_storage peer;
	struct socket *sock;
	int ret;

	sock = sockfd_lookup(fd, &ret);
	if (!sock)
		return ret;
	ret = -EPROTOTYPE;
	if (sock->type != SOCK_STREAM)
		goto put;
	ret = kernel_getpeername(sock, (struct sockaddr *)&peer);
	if (ret < 0)
		goto put;
	*file = sock->file;
	return 0;
put:
	sockfd_put(sock);
	return ret;
}

/**
 * link_open() - take over a connection
 * @link: a link without one
 * @file: from link_check(); its reference is handed over
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0 or -EBUSY: there is a connection.
 */
int link_open(struct gdb_link *link, struct file *file)
{
	if (link->file)
		return -EBUSY;
	mutex_lock(&link->tx_lock);
	link->file = file;
	link->sock = sock_from_file(file);
	link->no_ack = false;
	link->out_at = 0;
	link->out_len = 0;
	link->last_at = 0;
	mutex_unlock(&link->tx_lock);

	link->chunk_len = 0;
	link->chunk_at = 0;
	packet_rx_init(&link->rx, link->rx_buf, LINK_PACKET_MAX + 1);
	init_waitqueue_func_entry(&link->wake, wake_session);
	add_wait_queue(sk_sleep(link->sock->sk), &link->wake);
	set_bit(0, link->kick);
	wake_up(link->wait);
	return 0;
}

/**
 * link_close() - end the connection; the client reads an end of file
 * @link: a link with or without a connection
 *
 * What the socket has taken is still delivered.
 *
 * Context: session.cmd_lock held; may sleep.
 */
void link_close(struct gdb_link *link)
{
	struct file *file = link->file;

	if (!file)
		return;
	link_flush(link);
	remove_wait_queue(sk_sleep(link->sock->sk), &link->wake);
	kernel_sock_shutdown(link->sock, SHUT_RDWR);
	mutex_lock(&link->tx_lock);
	link->file = NULL;
	link->sock = NULL;
	mutex_unlock(&link->tx_lock);
	fput(file);
}

/* Return: bytes, or -EAGAIN, or what ended the connection. */
static int receive_chunk(struct gdb_link *link)
{
	struct kvec vec = { .iov_base = link->chunk, .iov_len = LINK_CHUNK };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT };
	int ret;

	ret = kernel_recvmsg(link->sock, &msg, &vec, 1, LINK_CHUNK,
			     MSG_DONTWAIT);
	if (!ret)
		return -ENODATA;
	if (ret == -EINTR || ret == -ERESTARTSYS)
		return -EAGAIN;
	return ret;
}

/**
 * link_receive() - the next event from the client
 * @link: a link with a connection
 * @error: set to 0, or to what ended the connection (negative errno; -ENODATA
 *	for an end of file)
 *
 * Context: the session's thread; does not wait.
 * Return: the event; PACKET_MORE: there is none for the moment.
 */
enum packet_event link_receive(struct gdb_link *link, int *error)
{
	enum packet_event event;
	size_t used;
	int ret;

	*error = 0;
	for (;;) {
		if (link->chunk_at == link->chunk_len) {
			ret = receive_chunk(link);
			if (ret < 0) {
				*error = ret == -EAGAIN ? 0 : ret;
				return PACKET_MORE;
			}
			link->chunk_at = 0;
			link->chunk_len = ret;
		}
		event = packet_rx_feed(&link->rx, link->chunk + link->chunk_at,
				       link->chunk_len - link->chunk_at, &used);
		link->chunk_at += used;
		if (event != PACKET_MORE)
			return event;
	}
}

/* MSG_NOSIGNAL: current may be a traced thread. */
static int send_some(struct gdb_link *link)
{
	struct kvec vec = {
		.iov_base = link->out + link->out_at,
		.iov_len = link->out_len - link->out_at,
	};
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };

	return kernel_sendmsg(link->sock, &msg, &vec, 1, vec.iov_len);
}

static int flush_locked(struct gdb_link *link)
{
	int ret;

	lockdep_assert_held(&link->tx_lock);
	if (!link->sock)
		return -ENOTCONN;
	while (link->out_at < link->out_len) {
		ret = send_some(link);
		if (ret < 0)
			return ret;
		link->out_at += ret;
	}
	return 0;
}

/**
 * link_flush() - give the socket what it will take
 * @link: the link
 *
 * Context: the session's thread.
 * Return: 0: all is sent; -EAGAIN: the socket is full; else what ended the
 * connection.
 */
int link_flush(struct gdb_link *link)
{
	int ret;

	mutex_lock(&link->tx_lock);
	ret = flush_locked(link);
	if (ret == -EINTR || ret == -ERESTARTSYS)
		ret = -EAGAIN;
	mutex_unlock(&link->tx_lock);
	return ret;
}

/* Room for @len bytes behind those not sent yet. */
static bool make_room(struct gdb_link *link, size_t len)
{
	if (link->out_at == link->out_len) {
		link->out_at = 0;
		link->out_len = 0;
		link->last_at = 0;
	}
	return len <= LINK_OUT_SIZE - link->out_len;
}

/* Appends a packet to what is to be sent. */
static int queue_locked(struct gdb_link *link, const u8 *packet, size_t len)
{
	lockdep_assert_held(&link->tx_lock);
	if (!link->sock)
		return -ENOTCONN;
	if (!make_room(link, len))
		return -ENOBUFS;
	link->last_at = link->out_len;
	memcpy(link->out + link->out_len, packet, len);
	link->out_len += len;
	trace_gdbstub_send(packet, len);
	return 0;
}

/*
 * A long packet is not copied into link.out first, as far as the socket takes it.
 * Without acknowledgements nobody asks for it again.
 */
static size_t send_long_locked(struct gdb_link *link, const u8 *packet,
			       size_t len)
{
	struct kvec vec = { .iov_base = (void *)packet, .iov_len = len };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	int ret;

	lockdep_assert_held(&link->tx_lock);
	if (!link->sock || !link->no_ack || len < LINK_LONG ||
	    link->out_at < link->out_len)
		return 0;
	ret = kernel_sendmsg(link->sock, &msg, &vec, 1, len);
	if (ret <= 0)
		return 0;
	trace_gdbstub_send(packet, ret);
	return ret;
}

static void flush_or_kick_locked(struct gdb_link *link)
{
	if (!flush_locked(link))
		return;
	set_bit(0, link->kick);
	wake_up(link->wait);
}

/**
 * link_send() - send a packet
 * @link: the link
 * @packet: from packet_tx_finish(); copied
 * @len: bytes at @packet
 *
 * The socket gets what it takes at once; the session's thread sends the rest.
 * An error of the socket is also the session thread's to find: seen from the
 * context of a traced thread it may only be that thread's confinement.
 *
 * Context: task, a traced thread's callback for one; does not wait for the
 * socket, takes link.tx_lock.
 * Return: 0, or
 * * -ENOTCONN - there is no connection
 * * -ENOBUFS - too much is waiting to be sent: nothing was queued
 */
int link_send(struct gdb_link *link, const u8 *packet, size_t len)
{
	size_t sent;
	int ret;

	mutex_lock(&link->tx_lock);
	sent = send_long_locked(link, packet, len);
	ret = sent == len ? 0 : queue_locked(link, packet + sent, len - sent);
	if (!ret)
		flush_or_kick_locked(link);
	mutex_unlock(&link->tx_lock);
	return ret;
}

/**
 * link_send_later() - send a packet that is in no hurry
 * @link: the link
 * @packet: from packet_tx_finish(); copied
 * @len: bytes at @packet
 *
 * It goes out with those that follow, when LINK_LATER_BYTES are waiting, or when
 * LINK_LATER_MS have passed, in the order of the calls. A segment for each costs
 * more than all else there is to a hit that prints.
 *
 * Context: as link_send().
 * Return: as link_send().
 */
int link_send_later(struct gdb_link *link, const u8 *packet, size_t len)
{
	int ret;

	mutex_lock(&link->tx_lock);
	ret = queue_locked(link, packet, len);
	if (ret == -ENOTCONN)
		goto unlock;
	if (ret == -ENOBUFS || link->out_len - link->out_at >= LINK_LATER_BYTES)
		flush_or_kick_locked(link);
	else if (!timer_pending(&link->later))
		mod_timer(&link->later,
			  jiffies + msecs_to_jiffies(LINK_LATER_MS));
unlock:
	mutex_unlock(&link->tx_lock);
	return ret;
}

/**
 * link_send_ack() - acknowledge a packet
 * @link: the link
 * @ack: '+', '-', or 0 for nothing
 *
 * It goes out with the packet that follows, or when the link is flushed. One
 * that finds no room is dropped: the client sends its packet again.
 *
 * Context: the session's thread.
 */
void link_send_ack(struct gdb_link *link, char ack)
{
	mutex_lock(&link->tx_lock);
	if (ack && link->sock && !link->no_ack && make_room(link, 1)) {
		link->out[link->out_len++] = ack;
		link->last_at = link->out_len;
	}
	mutex_unlock(&link->tx_lock);
}

/**
 * link_resend() - send the last packet again
 * @link: the link
 *
 * Only when it is out whole: else the client has answered something else. In
 * no-ack mode nobody asks, and a stray byte means nothing.
 *
 * Context: the session's thread.
 */
void link_resend(struct gdb_link *link)
{
	mutex_lock(&link->tx_lock);
	if (!link->no_ack && link->out_at == link->out_len)
		link->out_at = link->last_at;
	mutex_unlock(&link->tx_lock);
}

/**
 * link_is_flushed() - was everything given to the socket?
 * @link: the link
 *
 * Context: task.
 * Return: whether.
 */
bool link_is_flushed(struct gdb_link *link)
{
	bool flushed;

	mutex_lock(&link->tx_lock);
	flushed = link->out_at == link->out_len;
	mutex_unlock(&link->tx_lock);
	return flushed;
}

/**
 * link_set_no_ack() - no acknowledgements from here on
 * @link: the link
 *
 * Context: session.cmd_lock held.
 */
void link_set_no_ack(struct gdb_link *link)
{
	mutex_lock(&link->tx_lock);
	link->no_ack = true;
	mutex_unlock(&link->tx_lock);
}
