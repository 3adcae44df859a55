/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be wrong with a record that the opener writes. Pure.
 */
#ifndef GDBSTUB_RECORD_H
#define GDBSTUB_RECORD_H

#include "pure.h"
#include "uapi/gdbstub.h"

/**
 * record_is_valid() - is it a whole record, of a type that user space writes?
 * @head: its header
 * @len: bytes that were written, sizeof(*@head) at least
 *
 * Return: whether; then @head->len bytes follow, at most GDBSTUB_RECORD_MAX,
 * and none where nothing is to be said.
 */
static inline bool record_is_valid(const struct gdbstub_record *head,
				   size_t len)
{
	if (head->len > GDBSTUB_RECORD_MAX || head->len != len - sizeof(*head))
		return false;
	if (head->type < GDBSTUB_RECORD_REPLY ||
	    head->type > GDBSTUB_RECORD_STARTED)
		return false;
	return head->type < GDBSTUB_RECORD_NO_REPLY || !head->len;
}

#endif /* GDBSTUB_RECORD_H */
