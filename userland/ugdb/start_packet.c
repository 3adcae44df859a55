// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "vAttach;PID" with the pid in hex, and "vRun;PROGRAM;ARG;ARG" with the words
 * in hex; and "R", which runs the last program again. Pure string work.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "start_packet.h"

static const char attach_name[] = "vAttach;";
static const char run_name[] = "vRun;";

static bool has_name(const char *packet, size_t len, const char *name)
{
	return len >= strlen(name) && !memcmp(packet, name, strlen(name));
}

bool start_packet_is_restart(const char *packet, size_t len)
{
	return has_name(packet, len, "R");
}

bool start_packet_is(const char *packet, size_t len)
{
	return has_name(packet, len, attach_name) ||
	       has_name(packet, len, run_name) ||
	       start_packet_is_restart(packet, len);
}

static bool parse_attach(struct start_packet *start, struct args *args)
{
	uint64_t pid;

	if (!args_take_number(args, &pid) || !args_at_end(args) || !pid ||
	    pid > INT_MAX)
		return false;
	start->pid = (pid_t)pid;
	return true;
}

/* Return: the word up to the next semicolon, or NULL when it is malformed. */
static char *take_word(struct args *args)
{
	const char *semicolon = memchr(args->next, ';', args->end - args->next);
	struct args word = {
		args->next, semicolon ? semicolon : args->end
	};
	struct buf text = { 0 };

	buf_reset(&text);
	args->next = word.end;
	if (args_take_hex(&word, &text) && args_at_end(&word))
		return text.data;
	buf_free(&text);
	return NULL;
}

static bool parse_run(struct start_packet *start, struct args *args)
{
	size_t nr = 0;

	do {
		start->argv = xrealloc(start->argv, (nr + 2) * sizeof(char *));
		start->argv[nr] = take_word(args);
		start->argv[nr + 1] = NULL;
		if (!start->argv[nr++]) {
			start_packet_free(start);
			return false;
		}
	} while (args_take_char(args, ';'));
	return true;
}

bool start_packet_parse(struct start_packet *start, const char *packet,
			size_t len)
{
	bool attach = has_name(packet, len, attach_name);
	const char *name = attach ? attach_name : run_name;
	struct args args = { packet + strlen(name), packet + len };

	*start = (struct start_packet) { 0 };
	return attach ? parse_attach(start, &args) : parse_run(start, &args);
}

void start_packet_free(struct start_packet *start)
{
	for (char **word = start->argv; word && *word; word++)
		free(*word);
	free(start->argv);
	*start = (struct start_packet) { 0 };
}
