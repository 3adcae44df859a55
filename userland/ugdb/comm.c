// SPDX-License-Identifier: GPL-2.0-or-later
/* The COMM argument: what kind of connection it names. Pure string work. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <linux/vm_sockets.h>

#include "../lib/messages.h"
#include "../lib/options.h"
#include "comm.h"

static bool parse_vsock(struct comm *comm, const char *text)
{
	const char *colon = strchr(text, ':');
	unsigned long cid = VMADDR_CID_ANY, port;
	char *cid_text;
	bool good;

	if (!colon || !option_read_number(colon + 1, UINT_MAX - 1, &port))
		return false;
	cid_text = strndup(text, colon - text);
	good = cid_text && (!*cid_text || !strcmp(cid_text, "any") ||
			    option_read_number(cid_text, UINT_MAX, &cid));
	free(cid_text);
	comm->kind = COMM_VSOCK;
	comm->cid = (unsigned int)cid;
	comm->port = (unsigned int)port;
	return good;
}

/* "[::1]:1", "::1:1" and "host:1": the last colon is the one that counts. */
static bool parse_tcp(struct comm *comm, const char *text)
{
	const char *colon = strrchr(text, ':');
	size_t len;

	if (!colon || !colon[1])
		return false;
	len = colon - text;
	if (*text == '[') {
		if (len < 3 || text[len - 1] != ']')
			return false;
		text++;
		len -= 2;
	}
	comm->kind = COMM_TCP;
	comm->host = len ? xasprintf("%.*s", (int)len, text) : NULL;
	comm->service = xstrdup(colon + 1);
	return true;
}

static bool names_path(const char *text)
{
	const char *slash = strrchr(text, '/');

	return slash && slash[1] && !strchr(slash, ':');
}

bool comm_parse(struct comm *comm, const char *text,
		bool (*is_tty)(const char *path))
{
	bool tty;

	memset(comm, 0, sizeof(*comm));
	comm->text = text;
	if (!strcmp(text, "-") || !strcmp(text, "stdio")) {
		comm->kind = COMM_STDIO;
		return true;
	}
	if (!strncmp(text, "vsock:", 6))
		return parse_vsock(comm, text + 6);
	if (!strncmp(text, "unix:", 5)) {
		comm->kind = COMM_UNIX;
		comm->path = xstrdup(text + 5);
		if (*comm->path)
			return true;
		comm_free(comm);
		return false;
	}
	tty = strchr(text, '/') && is_tty(text);
	if (tty || names_path(text)) {
		comm->kind = tty ? COMM_TTY : COMM_UNIX;
		comm->path = xstrdup(text);
		return true;
	}
	return parse_tcp(comm, text);
}

void comm_free(struct comm *comm)
{
	free(comm->host);
	free(comm->service);
	free(comm->path);
	memset(comm, 0, sizeof(*comm));
}
