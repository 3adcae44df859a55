// SPDX-License-Identifier: GPL-2.0-or-later
/* What ugdb says to whoever started it; see report.h for why so. */
#include <ctype.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../lib/buf.h"
#include "report.h"

static unsigned int debug_topics;
static bool debug_with_time;

/* In one write: the program writes to the same terminal. */
static void say(const char *fmt, va_list args, const char *end)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		return;
	fprintf(stderr, "%s%s", text, end);
	free(text);
}

void report(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args, "\n");
	va_end(args);
}

void report_and_exit(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args, "\nExiting\n");
	va_end(args);
	exit(EXIT_FAILURE);
}

/* "SIGSEGV", or "SIG34" for a signal that has a number only. */
static const char *signal_name(int sig, char *name, size_t size)
{
	const char *abbrev = sigabbrev_np(sig);

	if (abbrev)
		snprintf(name, size, "SIG%s", abbrev);
	else
		snprintf(name, size, "SIG%d", sig);
	return name;
}

void report_program_end(int wait_status)
{
	char name[32];
	int sig;

	if (WIFSIGNALED(wait_status)) {
		sig = WTERMSIG(wait_status);
		report("\nChild terminated with signal = 0x%x (%s)", sig,
		       signal_name(sig, name, sizeof(name)));
	} else {
		report("\nChild exited with status %d",
		       WEXITSTATUS(wait_status));
	}
}

void report_startup_end(int wait_status)
{
	char name[32];
	int sig;

	if (WIFSIGNALED(wait_status)) {
		sig = WTERMSIG(wait_status);
		report("During startup program terminated with signal %s, %s.",
		       signal_name(sig, name, sizeof(name)), strsignal(sig));
	} else {
		report("During startup program exited with code %d.",
		       WEXITSTATUS(wait_status));
	}
}

void debug_enable(unsigned int topics)
{
	debug_topics |= topics;
}

void debug_disable(unsigned int topics)
{
	debug_topics &= ~topics;
}

void debug_timestamps(bool on)
{
	debug_with_time = on;
}

static const char *topic_name(enum debug_topic topic)
{
	switch (topic) {
	case DEBUG_REMOTE:
		return "remote";
	case DEBUG_EVENT:
		return "event-loop";
	default:
		return "ugdb";
	}
}

static void print_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	fprintf(stderr, "%lld.%06ld ", (long long)ts.tv_sec, ts.tv_nsec / 1000);
}

void debug_msg(enum debug_topic topic, const char *fmt, ...)
{
	va_list args;

	if (!(debug_topics & topic))
		return;
	if (debug_with_time)
		print_time();
	fprintf(stderr, "[%s] ", topic_name(topic));
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void debug_bytes(enum debug_topic topic, const char *what, const void *bytes,
		 size_t len)
{
	const unsigned char *next = bytes;
	struct buf text = { 0 };

	if (!(debug_topics & topic))
		return;
	for (size_t i = 0; i < len; i++)
		buf_add_format(&text, isprint(next[i]) ? "%c" : "\\x%02x",
			       next[i]);
	debug_msg(topic, "%s (\"%s\")", what, text.len ? text.data : "");
	buf_free(&text);
}
