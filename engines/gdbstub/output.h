/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that a breakpoint's commands print, on its way to the client.
 */
#ifndef GDBSTUB_OUTPUT_H
#define GDBSTUB_OUTPUT_H

#include <linux/types.h>

struct gdb_session;
struct gdb_thread;

/* Most bytes that one hit prints; what is more is cut off. */
#define OUTPUT_MAX 4096

/**
 * struct gdb_output - what one hit has printed so far
 * @len: bytes at @text
 * @text: the text
 * @packet: room for the packet of it
 */
struct gdb_output {
	size_t len;
	char text[OUTPUT_MAX];
	u8 packet[2 * OUTPUT_MAX + 16];
};

int output_begin(struct gdb_thread *thread);
void output_put(struct gdb_thread *thread, const char *text, size_t len);
int output_send(struct gdb_thread *thread);

#endif /* GDBSTUB_OUTPUT_H */
