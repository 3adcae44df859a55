// SPDX-License-Identifier: GPL-2.0-or-later
/* The "monitor" commands of gdb; their texts are gdbserver's. */
#include <stdlib.h>
#include <string.h>

#include "../lib/array.h"
#include "cmdline.h"
#include "helper.h"
#include "report.h"

static const char help_text[] =
	"The following monitor commands are supported:\n"
	"  set debug <0|1>\n"
	"    Enable general debugging messages\n"
	"  set remote-debug <0|1>\n"
	"    Enable remote protocol debugging messages\n"
	"  set event-loop-debug <0|1>\n"
	"    Enable event loop debugging messages\n"
	"  set debug-format option1[,option2,...]\n"
	"    Add additional information to debugging messages\n"
	"    Options: all, none, timestamp\n"
	"  set libthread-db-search-path <path1:path2:...>\n"
	"    Set the search path for libthread_db\n"
	"  exit\n"
	"    Quit ugdb\n";

static const struct debug_switch {
	const char *name;
	enum debug_topic topic;
	const char *what;
} debug_switches[] = {
	{ "set debug ", DEBUG_GENERAL, "Debug output" },
	{ "set remote-debug ", DEBUG_REMOTE, "Protocol debug output" },
	{ "set event-loop-debug ", DEBUG_EVENT, "Event loop debug output" },
};

static bool set_debug(const char *command, struct buf *output)
{
	for (size_t i = 0; i < ARRAY_SIZE(debug_switches); i++) {
		const struct debug_switch *row = &debug_switches[i];
		size_t len = strlen(row->name);
		const char *value = command + len;

		if (strncmp(command, row->name, len))
			continue;
		if (strcmp(value, "0") && strcmp(value, "1"))
			return false;
		if (*value == '1')
			debug_enable(row->topic);
		else
			debug_disable(row->topic);
		buf_add_format(output, "%s %s.\n", row->what,
			       *value == '1' ? "enabled" : "disabled");
		return true;
	}
	return false;
}

/* Return: false with the reason in @output when a word is not known. */
static bool set_debug_format(struct helper *helper, const char *words,
			     struct buf *output)
{
	char *wrong = cmdline_debug_format(words, &helper->debug_timestamps);

	if (wrong) {
		buf_add_format(output, "Unknown debug-format argument: \"%s\"\n",
			       wrong);
		free(wrong);
		return false;
	}
	debug_timestamps(helper->debug_timestamps);
	buf_add_format(output, "All extra debug format options %s.\n",
		       helper->debug_timestamps ? "enabled" : "disabled");
	return true;
}

/* Return: false when the command is wrong; the help follows then. */
static bool run_command(struct helper *helper, const char *command,
			struct buf *output)
{
	static const char search[] = "set libthread-db-search-path ";
	static const char format[] = "set debug-format ";

	if (!strncmp(command, format, strlen(format)))
		return set_debug_format(helper, command + strlen(format),
					output);
	if (!strncmp(command, search, strlen(search))) {
		thread_db_set_path(&helper->thread_db,
				   command + strlen(search));
		buf_add_format(output, "libthread-db-search-path set to `%s'\n",
			       command + strlen(search));
		return true;
	}
	if (set_debug(command, output))
		return true;
	if (!strcmp(command, "help")) {
		buf_add_string(output, help_text);
		return true;
	}
	if (!strcmp(command, "exit")) {
		helper->exit_requested = true;
		return true;
	}
	buf_add_string(output, "Unknown monitor command.\n\n");
	return false;
}

void monitor_command(struct request *request)
{
	struct answer *answer = request->answer;
	struct buf command = { 0 };

	buf_reset(&command);
	if (!args_take_hex(&request->args, &command) ||
	    !args_at_end(&request->args)) {
		buf_add_string(&answer->reply, "E01");
	} else if (run_command(request->helper, command.data,
			       &answer->output)) {
		buf_add_string(&answer->reply, "OK");
	} else {
		buf_add_string(&answer->output, help_text);
		buf_add_string(&answer->reply, "E01");
	}
	buf_free(&command);
}
