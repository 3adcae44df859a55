// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * qXfer packets about files and names: "ANNEX:OFFSET,LENGTH" asks for a piece
 * of an object, "m" says that more follows, "l" that the piece is the last.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/procfs.h"
#include "helper.h"
#include "xfer.h"

bool xfer_take(struct request *request, struct xfer *xfer)
{
	struct args *args = &request->args;
	const char *colon = memchr(args->next, ':', args->end - args->next);
	size_t annex_len = colon ? colon - args->next : 0;

	if (!colon || annex_len >= sizeof(xfer->annex))
		return false;
	memcpy(xfer->annex, args->next, annex_len);
	xfer->annex[annex_len] = '\0';
	args->next = colon + 1;
	return args_take_number(args, &xfer->offset) &&
	       args_take_char(args, ',') &&
	       args_take_number(args, &xfer->len) && args_at_end(args);
}

void xfer_reply(struct request *request, const struct xfer *xfer,
		const char *object, size_t object_len)
{
	struct buf *reply = &request->answer->reply;
	size_t left, len;

	if (xfer->offset > object_len) {
		buf_add_string(reply, "E01");
		return;
	}
	object += xfer->offset;
	left = object_len - xfer->offset;
	len = left < xfer->len ? left : xfer->len;
	len = escaped_fit(object, len, HELPER_WIRE_MAX - 1);
	buf_add_string(reply, len < left ? "m" : "l");
	buf_add(reply, object, len);
}

/*
 * A file that was removed or replaced has no name any more, but can still be
 * opened through /proc.
 */
static char *find_exec_file(pid_t pid)
{
	static const char deleted[] = " (deleted)";
	char *path = procfs_readlink("/proc/%d/exe", pid);
	size_t len = path ? strlen(path) : 0;

	if (len < sizeof(deleted) ||
	    strcmp(path + len - (sizeof(deleted) - 1), deleted))
		return path;
	free(path);
	return xasprintf("/proc/%d/exe", pid);
}

void xfer_exec_file(struct request *request)
{
	uint64_t pid = (uint64_t)request->pid;
	struct xfer xfer;
	struct args annex;
	char *path = NULL;
	bool good = xfer_take(request, &xfer);

	if (good && *xfer.annex) {
		annex.next = xfer.annex;
		annex.end = xfer.annex + strlen(xfer.annex);
		good = args_take_number(&annex, &pid) && args_at_end(&annex);
	}
	if (good && pid && pid <= INT_MAX)
		path = find_exec_file((pid_t)pid);
	if (path)
		xfer_reply(request, &xfer, path, strlen(path));
	else
		buf_add_string(&request->answer->reply, "E01");
	free(path);
}

/*
 * The object is made when its beginning is asked for and kept until its end
 * has been read, so that the pieces fit together.
 */
static bool refresh_object(struct helper *helper, const struct xfer *xfer)
{
	if (xfer->offset && !strcmp(helper->object_name, xfer->annex))
		return true;
	buf_reset(&helper->object);
	helper->object_name[0] = '\0';
	if (!osdata_collect(&helper->object, xfer->annex))
		return false;
	strcpy(helper->object_name, xfer->annex);
	return true;
}

void xfer_osdata(struct request *request)
{
	struct helper *helper = request->helper;
	struct buf *reply = &request->answer->reply;
	struct xfer xfer;

	if (!xfer_take(request, &xfer)) {
		buf_add_string(reply, "E01");
	} else if (!refresh_object(helper, &xfer)) {
		buf_add_string(reply, "l");
	} else {
		xfer_reply(request, &xfer, helper->object.data,
			   helper->object.len);
		if (reply->data[0] == 'l') {
			buf_free(&helper->object);
			helper->object_name[0] = '\0';
		}
	}
}
