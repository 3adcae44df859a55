// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Byte queues and frames, the same for the agent and its client. Runs in one
 * thread; descriptors are non-blocking. Out of memory ends the process.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"

struct wire_head {
	uint32_t type;
	uint32_t len;
};

static void buf_reserve(struct vm_buf *buf, size_t len)
{
	if (buf->head && buf->head + buf->len + len > buf->size) {
		memmove(buf->data, buf->data + buf->head, buf->len);
		buf->head = 0;
	}
	if (buf->len + len <= buf->size)
		return;

	buf->size = (buf->len + len) * 2;
	buf->data = realloc(buf->data, buf->size);
	if (!buf->data) {
		perror("vm");
		exit(254);
	}
}

void vm_buf_append(struct vm_buf *buf, const void *data, size_t len)
{
	if (!len)
		return;
	buf_reserve(buf, len);
	memcpy(buf->data + buf->head + buf->len, data, len);
	buf->len += len;
}

/**
 * vm_buf_fill() - append what one read of a descriptor gives
 *
 * Return: false at end of file or on an error other than "try again".
 */
bool vm_buf_fill(struct vm_buf *buf, int fd)
{
	ssize_t n;

	buf_reserve(buf, VM_FRAME_MAX);
	n = read(fd, buf->data + buf->head + buf->len, VM_FRAME_MAX);
	if (n > 0)
		buf->len += n;
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/**
 * vm_buf_drain() - write as much as a descriptor takes
 * @drained: where to add the number of bytes written, or NULL
 *
 * Return: false on an error other than "try again".
 */
bool vm_buf_drain(struct vm_buf *buf, int fd, size_t *drained)
{
	while (buf->len) {
		ssize_t n = write(fd, buf->data + buf->head, buf->len);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		buf->head += n;
		buf->len -= n;
		if (drained)
			*drained += n;
	}
	buf->head = 0;
	return true;
}

void vm_frame_put(struct vm_buf *buf, enum vm_frame_type type,
		  const void *data, uint32_t len)
{
	struct wire_head head = { .type = type, .len = len };

	vm_buf_append(buf, &head, sizeof(head));
	vm_buf_append(buf, data, len);
}

/**
 * vm_frame_get() - take the first whole frame from a queue
 *
 * Return: 1 for a frame, 0 when none is complete yet, -1 when what is there
 * cannot be a frame.
 */
int vm_frame_get(struct vm_buf *buf, struct vm_frame *frame)
{
	struct wire_head head;

	if (buf->len < sizeof(head))
		return 0;
	memcpy(&head, buf->data + buf->head, sizeof(head));
	if (head.len > VM_FRAME_MAX)
		return -1;
	if (buf->len < sizeof(head) + head.len)
		return 0;

	frame->type = head.type;
	frame->len = head.len;
	frame->data = buf->data + buf->head + sizeof(head);
	buf->head += sizeof(head) + head.len;
	buf->len -= sizeof(head) + head.len;
	return 1;
}
