/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A qXfer packet that reads, and its answer. */
#ifndef UGDB_XFER_H
#define UGDB_XFER_H

#include "helper.h"

/**
 * struct xfer - what is wanted of which object
 * @annex: Which one.
 * @offset: First byte.
 * @len: Bytes at most.
 */
struct xfer {
	char annex[96];
	uint64_t offset;
	uint64_t len;
};

/** xfer_take - read "ANNEX:OFFSET,LENGTH"; false: malformed */
bool xfer_take(struct request *request, struct xfer *xfer);

/**
 * xfer_reply - answer with a piece of an object
 * @request: The packet.
 * @xfer: From xfer_take().
 * @object: The whole object.
 * @object_len: Its length.
 */
void xfer_reply(struct request *request, const struct xfer *xfer,
		const char *object, size_t object_len);

#endif /* UGDB_XFER_H */
