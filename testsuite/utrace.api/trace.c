// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: the tracepoints, read from a trace instance of this test's own. */
#include <sys/stat.h>

#include "ut.h"

#define INSTANCE "/sys/kernel/tracing/instances/utrace-api"

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	check(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text),
	      "%s: %s", path, strerror(errno));
	close(fd);
}

static void begin(void)
{
	rmdir(INSTANCE);
	if (mkdir(INSTANCE, 0700))
		ut_skip("no instances of tracing");
	write_file(INSTANCE "/events/utrace/enable", "1");
}

static void end(void)
{
	write_file(INSTANCE "/events/utrace/enable", "0");
	check(!rmdir(INSTANCE), "%s", strerror(errno));
}

static void add(char *story, size_t size, const char *text)
{
	size_t len = strlen(story);

	snprintf(story + len, size - len, "%s%s", len ? " " : "", text);
}

/* The value of a "key=value" in a line, "" without; good for two calls more. */
static const char *field(const char *line, const char *key)
{
	static char values[2][64];
	static int turn;
	char *value = values[turn++ % 2];
	const char *at = strstr(line, key);

	value[0] = '\0';
	if (at)
		sscanf(at + strlen(key), "%63s", value);
	return value;
}

static bool is_about(const char *line, pid_t tid)
{
	char pid[32];

	snprintf(pid, sizeof(pid), " pid=%d ", tid);
	return strstr(line, pid);
}

static void add_line(char *story, size_t size, const char *line)
{
	char text[160] = "";

	if (strstr(line, " utrace_attach: "))
		snprintf(text, sizeof(text), "attach");
	else if (strstr(line, " utrace_detach: "))
		snprintf(text, sizeof(text), "detach");
	else if (strstr(line, " utrace_stop: "))
		snprintf(text, sizeof(text), "stop@%s", field(line, "where="));
	else if (strstr(line, " utrace_resume: "))
		snprintf(text, sizeof(text), "resume");
	else if (strstr(line, " utrace_report: "))
		snprintf(text, sizeof(text), "%s:%s", field(line, "event="),
			 field(line, "action="));
	if (text[0])
		add(story, size, text);
}

/* What was traced of a thread, a word for each event. */
static const char *traced(pid_t tid)
{
	static char story[4096];
	char line[512];
	FILE *file = fopen(INSTANCE "/trace", "r");

	story[0] = '\0';
	check(file);
	while (file && fgets(line, sizeof(line), file))
		if (is_about(line, tid))
			add_line(story, sizeof(story), line);
	if (file)
		fclose(file);
	return story;
}

/*
 * The same once it is this, or after a while; then it is forgotten. The last
 * events of a thread come while its parent is told of its end already.
 */
static const char *traced_by_now(pid_t tid, const char *want)
{
	double limit = now() + 5 * ut_slow;
	const char *story = traced(tid);

	while (strcmp(story, want) && now() < limit) {
		ms(1);
		story = traced(tid);
	}
	write_file(INSTANCE "/trace", "");
	return story;
}

#define check_traced(tid, want)                                           \
	do {                                                              \
		const char *got_ = traced_by_now(tid, want);              \
		check(!strcmp(got_, want), "\"%s\", not \"%s\"", got_,    \
		      want);                                              \
	} while (0)

static void comes_and_goes(void)
{
	pid_t pid = spawn(spins, NULL);

	check(wait_value(&shared->counter, 1));
	begin();
	check_eq(ut_attach(0, pid, 0), 0);
	check_traced(pid, "attach");
	check_eq(ut_control(0, DETACH), 0);
	check_traced(pid, "detach");
	end();
	kill_reap(pid);
}

static void stops_and_reports(void)
{
	pid_t pid = spawn(spins, NULL);

	check(wait_value(&shared->counter, 1));
	begin();
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	check_traced(pid, "attach none:stop stop@user");
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	check_traced(pid, "resume");
	check_eq(ut_control(0, DETACH), 0);
	end();
	kill_reap(pid);
}

/* A stop within an event, one in exit, and the end, in which QUIESCE is silent. */
static void whole_life(void)
{
	pid_t pid = spawn(exits, (void *)7);

	check(wait_state(pid, "RS"));
	begin();
	check_eq(ut_attach(0, pid, E_EXIT | E_DEATH | E_REAP), 0);
	ut_rule(0, .kind = UT_EXIT, .ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	check_traced(pid, "attach exit:stop stop@exit");
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), 7 << 8);
	check_traced(pid, "resume death:resume reap:detach detach");
	end();
}

/* What an engine made of a signal is in the line. */
static void result(void)
{
	pid_t pid = spawn(spins, NULL);
	char line[512];
	bool found = false;
	FILE *file;

	check(wait_value(&shared->counter, 1));
	begin();
	check_eq(ut_attach(0, pid, E_SIGNAL_TERM), 0);
	ut_rule(0, .kind = UT_SIGNAL, .ret = IGN | RESUME);
	kill(pid, SIGTERM);
	check(ut_wait(0, UT_SIGNAL, UT_ANY));
	check(moves(&shared->counter));
	file = fopen(INSTANCE "/trace", "r");
	while (file && fgets(line, sizeof(line), file))
		found |= is_about(line, pid) &&
			 strstr(line, "event=signal_term action=resume") &&
			 !strcmp(field(line, "result="), "0x10");
	fclose(file);
	check(found);
	end();
	kill_reap(pid);
}

/* Nothing is traced of a thread that has no engine. */
static void silent(void)
{
	pid_t pid;

	begin();
	pid = spawn(exits, (void *)0);
	shared->go = 1;
	reap(pid);
	check_traced(pid, "");
	end();
}

const struct test tests[] = {
	{ "an engine comes and goes: attach, detach", comes_and_goes },
	{ "a stop and a release: report, stop, resume", stops_and_reports },
	{ "held in exit, dead, reaped: each report", whole_life },
	{ "the line has what the engine made of a signal", result },
	{ "nothing is traced without an engine", silent },
	{}
};
