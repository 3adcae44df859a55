// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ugdb's command line, which is gdbserver's. The arguments are read in order:
 * what follows PROG belongs to the program, whatever it looks like.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"
#include "../lib/array.h"
#include "../lib/messages.h"
#include "../lib/options.h"
#include "cmdline.h"
#include "report.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#else
#define PACKAGE_VERSION "(uninstalled)"
#endif

enum option_key {
	OPT_ATTACH = 256,
	OPT_MULTI,
	OPT_ONCE,
	OPT_WRAPPER,
	OPT_SHELL,
	OPT_NO_SHELL,
	OPT_NO_RANDOM,
	OPT_RANDOM,
	OPT_DEBUG,
	OPT_DEBUG_FORMAT,
	OPT_REMOTE_DEBUG,
	OPT_EVENT_LOOP_DEBUG,
	OPT_SELFTEST,
	OPT_DISABLE_PACKET,
};

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Operating modes:", 1 },
	{ "attach", OPT_ATTACH, NULL, 0,
	  "Attach to the running process PID", 0 },
	{ "multi", OPT_MULTI, NULL, 0,
	  "Start without a program, and end only when told to", 0 },
	{ "once", OPT_ONCE, NULL, 0,
	  "Exit after the first connection has closed", 0 },

	{ NULL, 0, NULL, 0, "How PROG is started:", 2 },
	{ "wrapper", OPT_WRAPPER, "WRAPPER [ARGS] --", 0,
	  "Run WRAPPER to start the program; WRAPPER must execute it", 0 },
	{ "startup-with-shell", OPT_SHELL, NULL, 0,
	  "Let $SHELL execute the program (default)", 0 },
	{ "no-startup-with-shell", OPT_NO_SHELL, NULL, 0,
	  "Execute the program directly", 0 },
	{ "disable-randomization", OPT_NO_RANDOM, NULL, 0,
	  "Switch address space randomization off for the program (default)",
	  0 },
	{ "no-disable-randomization", OPT_RANDOM, NULL, 0,
	  "Leave address space randomization as it is", 0 },

	{ NULL, 0, NULL, 0, "Debugging ugdb:", 3 },
	{ "debug", OPT_DEBUG, NULL, 0, "Show what ugdb does", 0 },
	{ "remote-debug", OPT_REMOTE_DEBUG, NULL, 0,
	  "Show the packets that ugdb answers", 0 },
	{ "event-loop-debug", OPT_EVENT_LOOP_DEBUG, NULL, 0,
	  "Show what ugdb wakes up for", 0 },
	{ "debug-format", OPT_DEBUG_FORMAT, "WORD[,WORD...]", 0,
	  "Add to debugging output: all, none, timestamp", 0 },
	{ "disable-packet", OPT_DISABLE_PACKET, "NAME[,NAME...]",
	  OPTION_ARG_OPTIONAL,
	  "Do without packets: vCont, T, Tthread, qC, qfThreadInfo, threads",
	  0 },
	{ "selftest", OPT_SELFTEST, NULL, 0,
	  "Say that this build has no self tests, and exit", 0 },

	{ NULL, 0, NULL, 0, "Information:", -1 },
	{ 0 }
};

static const char args_doc[] =
	"COMM PROG [ARGS...]\n"
	"--attach COMM PID\n"
	"--multi COMM";

static const char doc[] =
	"Debug a program from another place: ugdb starts it or attaches to it, "
	"waits for gdb at COMM, and lets the gdbstub kernel module serve it."
	"\v"
	"COMM is HOST:PORT or [HOST]:PORT (TCP), :PORT (TCP on the loopback "
	"address only), unix:PATH or a path with a slash (Unix socket), "
	"vsock:CID:PORT, a tty, or - or stdio for the standard input and output. "
	"PORT 0 takes a free port.";

static void print_version(FILE *stream, struct argp_state *state)
{
	(void)state;
	fprintf(stream, "ugdb (utrace) %s\n%s", PACKAGE_VERSION,
		"License GPLv2+: GNU GPL version 2 or later "
		"<https://gnu.org/licenses/gpl.html>.\n"
		"This is free software: you are free to change and "
		"redistribute it.\n"
		"There is NO WARRANTY, to the extent permitted by law.\n");
}

char *cmdline_debug_format(const char *text, bool *timestamps)
{
	bool on = *timestamps;
	char *copy = xstrdup(text), *rest = copy, *word, *wrong = NULL;

	while (!wrong && (word = strsep(&rest, ","))) {
		if (!strcmp(word, "all") || !strcmp(word, "timestamp"))
			on = true;
		else if (!strcmp(word, "none"))
			on = false;
		else if (*word)
			wrong = xstrdup(word);
	}
	free(copy);
	if (!wrong)
		*timestamps = on;
	return wrong;
}

#define NO_THREADS                                                          \
	(GDBSTUB_START_NO_VCONT | GDBSTUB_START_NO_QC |                    \
	 GDBSTUB_START_NO_THREAD_LIST | GDBSTUB_START_NO_T_THREAD)

static const struct disableable {
	const char *name;
	const char *what;
	unsigned int flags;
} disableable[] = {
	{ "vCont", "All vCont packets", GDBSTUB_START_NO_VCONT },
	{ "qC", "Querying the current thread", GDBSTUB_START_NO_QC },
	{ "qfThreadInfo", "Thread listing", GDBSTUB_START_NO_THREAD_LIST },
	{ "Tthread",
	  "Passing the thread specifier in the T stop reply packet",
	  GDBSTUB_START_NO_T_THREAD },
	{ "threads", "All of the above", NO_THREADS },
	{ "T", "All 'T' packets", GDBSTUB_START_NO_T },
};

static void print_disableable(FILE *out)
{
	fputs("Disableable packets:\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(disableable); i++)
		fprintf(out, "  %-12s\t%s\n", disableable[i].name,
			disableable[i].what);
}

static bool disable_packet(struct cmdline *cmdline, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(disableable); i++) {
		if (strcmp(name, disableable[i].name))
			continue;
		cmdline->disabled |= disableable[i].flags;
		return true;
	}
	return false;
}

/* Without a list it prints what there is, as gdbserver does. */
static void read_disabled(struct cmdline *cmdline, const char *text)
{
	char *copy, *rest, *word;

	if (!text) {
		print_disableable(stdout);
		exit(EXIT_SUCCESS);
	}
	copy = xstrdup(text);
	rest = copy;
	while ((word = strsep(&rest, ","))) {
		if (!*word || disable_packet(cmdline, word))
			continue;
		fprintf(stderr, "Don't know how to disable \"%s\".\n\n", word);
		print_disableable(stderr);
		exit(EXIT_FAILURE);
	}
	free(copy);
}

static void read_debug_format(struct cmdline *cmdline, const char *text)
{
	char *wrong = cmdline_debug_format(text, &cmdline->debug_timestamps);

	if (!wrong)
		return;
	report("Unknown debug-format argument: \"%s\"", wrong);
	exit(EXIT_FAILURE);
}

/*
 * --wrapper takes all words up to "--". argp has read the first one as the
 * option's argument; the others are taken here and skipped.
 */
static void read_wrapper(struct argp_state *state, char *first)
{
	struct cmdline *cmdline = state->input;
	int end = state->next;
	int nr;

	while (end < state->argc && strcmp(state->argv[end], "--"))
		end++;
	if (end == state->argc || !strcmp(first, "--"))
		argp_error(state, "--wrapper needs a program and -- after it");
	nr = end - state->next + 1;
	free(cmdline->wrapper);
	cmdline->wrapper = xmalloc((nr + 1) * sizeof(char *));
	cmdline->wrapper[0] = first;
	memcpy(cmdline->wrapper + 1, state->argv + state->next,
	       (nr - 1) * sizeof(char *));
	cmdline->wrapper[nr] = NULL;
	state->next = end + 1;
}

static error_t read_start_option(int key, struct cmdline *cmdline)
{
	switch (key) {
	case OPT_SHELL:
		cmdline->shell = true;
		return 0;
	case OPT_NO_SHELL:
		cmdline->shell = false;
		return 0;
	case OPT_NO_RANDOM:
		cmdline->randomize = false;
		return 0;
	case OPT_RANDOM:
		cmdline->randomize = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t read_debug_option(int key, char *arg, struct cmdline *cmdline)
{
	switch (key) {
	case OPT_DEBUG:
		cmdline->debug_topics |= DEBUG_GENERAL;
		return 0;
	case OPT_REMOTE_DEBUG:
		cmdline->debug_topics |= DEBUG_REMOTE;
		return 0;
	case OPT_EVENT_LOOP_DEBUG:
		cmdline->debug_topics |= DEBUG_EVENT;
		return 0;
	case OPT_DEBUG_FORMAT:
		read_debug_format(cmdline, arg);
		return 0;
	case OPT_DISABLE_PACKET:
		read_disabled(cmdline, arg);
		return 0;
	case OPT_SELFTEST:
		puts("Selftests have been disabled for this build.");
		exit(EXIT_SUCCESS);
	default:
		return read_start_option(key, cmdline);
	}
}

/* COMM first, then PID after --attach, else PROG and all that follows. */
static void read_argument(struct argp_state *state, char *arg, bool attach)
{
	struct cmdline *cmdline = state->input;

	if (!cmdline->comm) {
		cmdline->comm = arg;
	} else if (!attach) {
		cmdline->program = state->argv + state->next - 1;
		state->next = state->argc;
	} else if (cmdline->attach_pid) {
		argp_error(state, "too many arguments");
	} else if (!option_read_pid(arg, &cmdline->attach_pid)) {
		argp_error(state, "\"%s\" is no process id", arg);
	}
}

static void check_whole(struct argp_state *state, bool attach)
{
	struct cmdline *cmdline = state->input;

	if (!cmdline->comm)
		argp_error(state, "COMM is missing");
	if (attach && cmdline->multi)
		argp_error(state, "--attach and --multi exclude each other");
	if (attach && cmdline->wrapper)
		argp_error(state, "--attach and --wrapper exclude each other");
	if (attach && !cmdline->attach_pid)
		argp_error(state, "PID is missing");
	if (!attach && !cmdline->multi && !cmdline->program)
		argp_error(state, "PROG is missing");
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct cmdline *cmdline = state->input;
	bool *attach = state->hook;

	switch (key) {
	case ARGP_KEY_INIT:
		state->hook = xmalloc(sizeof(*attach));
		*(bool *)state->hook = false;
		return 0;
	case ARGP_KEY_FINI:
		free(attach);
		return 0;
	case ARGP_KEY_ARG:
		read_argument(state, arg, *attach);
		return 0;
	case ARGP_KEY_END:
		check_whole(state, *attach);
		return 0;
	case OPT_ATTACH:
		*attach = true;
		return 0;
	case OPT_MULTI:
		cmdline->multi = true;
		return 0;
	case OPT_ONCE:
		cmdline->once = true;
		return 0;
	case OPT_WRAPPER:
		read_wrapper(state, arg);
		return 0;
	default:
		return read_debug_option(key, arg, cmdline);
	}
}

void cmdline_parse(struct cmdline *cmdline, int argc, char **argv)
{
	static const struct argp argp = {
		options, parse_option, args_doc, doc, NULL, NULL, NULL
	};

	memset(cmdline, 0, sizeof(*cmdline));
	cmdline->shell = true;
	argp_program_version_hook = print_version;
	argp_err_exit_status = EXIT_FAILURE;
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, cmdline);
}
