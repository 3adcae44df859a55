// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text that a breakpoint's commands print. It is collected by the thread that
 * hit the breakpoint and sent as one O packet: nobody else's is in its middle.
 */
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "output.h"
#include "session.h"

/**
 * output_begin() - a hit is about to print
 * @thread: the current thread
 *
 * Context: the thread's callback; may sleep.
 * Return: 0 or -ENOMEM.
 */
int output_begin(struct gdb_thread *thread)
{
	if (!thread->output)
		thread->output =
			kmalloc(sizeof(*thread->output), GFP_KERNEL_ACCOUNT);
	if (!thread->output)
		return -ENOMEM;
	thread->output->len = 0;
	return 0;
}

/**
 * output_put() - append text
 * @thread: the current thread, after output_begin()
 * @text: any bytes
 * @len: how many
 */
void output_put(struct gdb_thread *thread, const char *text, size_t len)
{
	struct gdb_output *output = thread->output;

	len = min(len, sizeof(output->text) - output->len);
	memcpy(output->text + output->len, text, len);
	output->len += len;
}

/*
 * Only a client that waits for a stop reply expects such a packet. The stop
 * cannot be complete before this thread has arrived.
 */
static bool client_listens(struct gdb_session *session)
{
	bool listens;

	spin_lock(&session->lock);
	listens = session->reply_owed;
	spin_unlock(&session->lock);
	return listens;
}

/**
 * output_send() - send what was printed
 * @thread: the current thread, after output_begin()
 *
 * Context: the thread's callback; does not wait for the socket.
 * Return: 0: sent, or nobody wants to have it; or -ENOBUFS: the client does not
 * keep up: nothing was sent.
 */
int output_send(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;
	struct gdb_output *output = thread->output;
	struct packet_tx tx;
	int ret;

	if (!output->len || !client_listens(session))
		return 0;
	packet_tx_init(&tx, output->packet, sizeof(output->packet));
	packet_put_char(&tx, 'O');
	packet_put_hex(&tx, output->text, output->len);
	packet_tx_finish(&tx, false);
	ret = link_send_later(&session->link, tx.buf, tx.len);
	return ret == -ENOBUFS ? ret : 0;
}
