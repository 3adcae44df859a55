/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The wire between vm-run on the host and the agent in the guest: frames on
 * one TCP connection, one connection a command. Both ends are little-endian
 * x86 machines. The client speaks first: VM_TOKEN_LEN bytes of the guest's
 * token, then one VM_REQUEST, then whatever it has to say.
 */
#ifndef VM_FRAME_H
#define VM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VM_TOKEN_LEN	32
#define VM_FRAME_MAX	65536

/* What the agent takes of stdin before it has acknowledged any of it. */
#define VM_STDIN_WINDOW	65536

enum vm_frame_type {
	/* From the client. */
	VM_REQUEST = 'C',	/* strings, see agent.c */
	VM_STDIN = 'I',		/* bytes, never more than was granted */
	VM_STDIN_EOF = 'E',
	VM_WINSIZE = 'W',	/* struct vm_winsize */
	VM_SIGNAL = 'S',	/* int32_t: to the command's process group */
	/* From the agent. */
	VM_STDOUT = 'O',
	VM_STDERR = 'R',
	VM_GRANT = 'A',		/* uint32_t: this much stdin was consumed */
	VM_ALIVE = 'H',		/* at least one frame a second comes */
	VM_FAILED = 'F',	/* text: the command could not be started */
	VM_EXIT = 'X',		/* int32_t: a wait status */
};

struct vm_winsize {
	uint16_t rows;
	uint16_t cols;
};

/* A byte queue: data[head..head+len) is what waits. */
struct vm_buf {
	char *data;
	size_t head;
	size_t len;
	size_t size;
};

struct vm_frame {
	enum vm_frame_type type;
	uint32_t len;
	const char *data;	/* inside the buffer, until it is next filled */
};

void vm_buf_append(struct vm_buf *buf, const void *data, size_t len);
bool vm_buf_fill(struct vm_buf *buf, int fd);
bool vm_buf_drain(struct vm_buf *buf, int fd, size_t *drained);
void vm_frame_put(struct vm_buf *buf, enum vm_frame_type type,
		  const void *data, uint32_t len);
int vm_frame_get(struct vm_buf *buf, struct vm_frame *frame);

#endif
