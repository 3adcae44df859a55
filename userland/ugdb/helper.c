// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of the packets that ugdb answers. What is not in it is answered
 * empty, which tells the client that nobody here knows it.
 */
#include <string.h>

#include "../lib/array.h"
#include "helper.h"
#include "report.h"

static const struct packet {
	const char *name;
	void (*handle)(struct request *request);
} packets[] = {
	{ "vFile:setfs:", vfile_setfs },
	{ "vFile:open:", vfile_open },
	{ "vFile:close:", vfile_close },
	{ "vFile:pread:", vfile_pread },
	{ "vFile:pwrite:", vfile_pwrite },
	{ "vFile:fstat:", vfile_fstat },
	{ "vFile:unlink:", vfile_unlink },
	{ "vFile:readlink:", vfile_readlink },
	{ "qXfer:exec-file:read:", xfer_exec_file },
	{ "qXfer:osdata:read:", xfer_osdata },
	{ "qXfer:libraries-svr4:read:", xfer_libraries },
	{ "qSymbol:", thread_db_symbol },
	{ "qGetTLSAddr:", thread_db_address },
	{ "qRcmd,", monitor_command },
	{ "!", start_extended },
	{ "QEnvironmentHexEncoded:", start_env_set },
	{ "QEnvironmentUnset:", start_env_unset },
	{ "QEnvironmentReset", start_env_reset },
	{ "QSetWorkingDir:", start_working_dir },
	{ "QStartupWithShell:", start_with_shell },
	{ "QDisableRandomization:", start_no_random },
};

void helper_init(struct helper *helper)
{
	*helper = (struct helper) { .root = -1 };
}

void helper_reset(struct helper *helper)
{
	vfile_reset(helper);
	buf_free(&helper->object);
	helper->object_name[0] = '\0';
}

static const struct packet *find_packet(const char *packet, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		size_t name_len = strlen(packets[i].name);

		if (len >= name_len &&
		    !memcmp(packet, packets[i].name, name_len))
			return &packets[i];
	}
	return NULL;
}

void helper_answer(struct helper *helper, struct answer *answer, pid_t pid,
		   const char *packet, size_t len)
{
	const struct packet *row = find_packet(packet, len);
	struct request request = {
		.helper = helper,
		.pid = pid ? pid : helper->program_pid,
		.answer = answer,
	};

	debug_bytes(DEBUG_REMOTE, "packet", packet, len);
	buf_reset(&answer->reply);
	buf_reset(&answer->output);
	if (row) {
		request.args.next = packet + strlen(row->name);
		request.args.end = packet + len;
		row->handle(&request);
	}
	debug_bytes(DEBUG_REMOTE, "answer", answer->reply.data,
		    answer->reply.len);
}

void answer_free(struct answer *answer)
{
	buf_free(&answer->reply);
	buf_free(&answer->output);
}

size_t escaped_fit(const char *data, size_t len, size_t room)
{
	size_t used = 0, i;

	for (i = 0; i < len; i++) {
		used += data[i] && strchr("#$}*", data[i]) ? 2 : 1;
		if (used > room)
			break;
	}
	return i;
}
