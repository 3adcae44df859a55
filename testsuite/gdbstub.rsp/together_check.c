// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What must hold when the client is gone, and what was found wrong.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/look.h"
#include "together.h"

#define LEAVE_MS 4000

static char whys[2000];
static size_t whys_len;
static unsigned int nr_traces;

void wrong(const char *fmt, ...)
{
	size_t room = sizeof(whys) - whys_len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(whys + whys_len, room, fmt, args);
	va_end(args);
	if (len > 0 && (size_t)len + 2 < room) {
		whys_len += (size_t)len;
		if (whys[whys_len - 1] != '\n')
			whys[whys_len++] = '\n';
		whys[whys_len] = '\0';
	}
}

/* What is wrong so far, a line each. */
const char *wrong_text(void)
{
	return whys;
}

void wrong_forget(void)
{
	whys_len = 0;
	whys[0] = '\0';
}

/* A line of a thread's status; "" if there is none. */
const char *status_line(pid_t pid, pid_t tid, const char *name)
{
	static char line[200];
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name))) {
			fclose(file);
			return line + strlen(name) + 1;
		}
	if (file)
		fclose(file);
	return "";
}

/* Does any thread of it have the line, and it begins with one of these? */
static bool has_line(pid_t pid, const char *name, const char *what)
{
	struct dirent *entry;
	const char *line;
	bool has = false;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.') {
			line = status_line(pid, atoi(entry->d_name), name);
			has |= line[0] && strchr(what, line[0]);
		}
	if (dir)
		closedir(dir);
	return has;
}

static bool is_stopped(const struct test *test)
{
	return has_line(test->target.pid, "State:", "T") &&
	       !has_line(test->target.pid, "State:", "RSDt");
}

bool wait_stopped(const struct test *test)
{
	long end = now_ms() + patience_ms(5000);

	while (!is_stopped(test))
		if (now_ms() > end)
			return false;
		else
			nap_ms(2);
	return true;
}

void check_left(const struct test *test)
{
	long begin = now_ms();

	while (has_line(test->target.pid, "Utrace:", "0123456789abcdef"))
		if (now_ms() - begin > patience_ms(LEAVE_MS)) {
			wrong("it is still traced: %s",
			      status_line(test->target.pid, test->target.pid,
					  "State:"));
			return;
		} else {
			nap_ms(1);
		}
}

/* Its status, as wait(2) has it, or -1. */
static int wait_for(struct test *test, int options)
{
	long end = now_ms() + patience_ms(5000);
	int status;

	while (waitpid(test->target.pid, &status, WNOHANG | options) !=
	       test->target.pid) {
		if (now_ms() > end)
			return -1;
		nap_ms(1);
	}
	if (WIFEXITED(status) || WIFSIGNALED(status))
		test->target.pid = 0;
	return status;
}

static void check_end(struct test *test)
{
	int status = wait_for(test, 0);

	if (test->beside == SIGKILL_SENT ? status != SIGKILL :
					   status != 7 << 8)
		wrong("its end is %x", status);
}

/* Job control is what the signals that were sent have made of it. */
static void check_stop(struct test *test)
{
	bool is_to = test->beside == SIGSTOP_SENT ||
		     test->beside == PTRACER_SIGSTOP ||
		     test->beside == STOPPED_FIRST ||
		     (test->doing == SHOWN_TSTP &&
		      test->beside != SIGCONT_SENT &&
		      test->beside != PTRACER_SIGCONT);
	bool is_seen = !has_tracer(test);
	int status;

	if (!is_to)
		return;
	if (!wait_stopped(test)) {
		wrong("job control has not stopped it");
		return;
	}
	status = is_seen ? wait_for(test, WUNTRACED) : 0;
	if (is_seen && !WIFSTOPPED(status))
		wrong("its parent sees %x", status);
	nap_ms(10);
	if (!is_stopped(test))
		wrong("job control has stopped it no more");
	kill(test->target.pid, SIGCONT);
	status = is_seen ? wait_for(test, WCONTINUED) : 0;
	if (is_seen && !WIFCONTINUED(status))
		wrong("its parent sees %x after SIGCONT", status);
}

static bool all_is_there(struct test *test)
{
	struct shared *shared = test->target.shared;
	int i, nr = 0;

	for (i = 0; i < shared->nr_given; i++)
		nr += shared->given[i].signo == SENT;
	return nr >= test->nr_sent - (test->beside == PTRACER_AT_SIGNAL);
}

static void say_signals(struct test *test)
{
	struct shared *shared = test->target.shared;
	char text[400];
	size_t len = 0;
	int i;

	for (i = 0; i < test->nr_sent; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " %d",
					test->sent[i]);
	len += (size_t)snprintf(text + len, sizeof(text) - len, ", but");
	for (i = 0; i < shared->nr_given && len < 300; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					" %d(%d)", shared->given[i].value,
					shared->given[i].signo);
	wrong("signals:%s", text);
}

/*
 * In order, each once; what the client has made comes when the thread takes it.
 * A thread that ends in another one's exec takes with it
 * what it had.
 */
static void check_signals(struct test *test)
{
	struct shared *shared = test->target.shared;
	int i, at = 0, made = 0;

	for (i = 0; i < test->nr_sent; i++)
		made += !test->sent[i];
	/* A ptracer that dies takes with it what it was shown. */
	if (test->beside == PTRACER_AT_SIGNAL && test->number % 2)
		at++;
	for (i = 0; i < shared->nr_given; i++) {
		if (shared->given[i].signo != SENT)
			continue;
		if (!shared->given[i].value) {
			made--;
			continue;
		}
		while (at < test->nr_sent &&
		       (!test->sent[at] ||
			(test->beside == OTHER_EXECS &&
			 test->sent[at] != shared->given[i].value)))
			at++;
		if (at == test->nr_sent ||
		    test->sent[at] != shared->given[i].value) {
			say_signals(test);
			return;
		}
		at++;
	}
	while (at < test->nr_sent && !test->sent[at])
		at++;
	if ((at != test->nr_sent || made) && test->beside != OTHER_EXECS)
		say_signals(test);
}

static void __attribute__((format(printf, 1, 2)))
count_trace(const char *fmt, ...)
{
	(void)fmt;
	nr_traces++;
}

static bool runs_clean(struct test *test, const long *beats)
{
	struct shared *shared = test->target.shared;

	shared->mode = SPIN;
	if (test->doing == SLEEPS && write(test->target.gate, "x", 1) < 0)
		return false;
	nr_traces = 0;
	look_at_threads(test->target.pid, false, count_trace);
	return !nr_traces && shared->beats[0] > beats[0] + 2 &&
	       shared->beats[1] > beats[1] + 2 &&
	       (test->beside == OTHER_EXECS ? shared->starts > 1 :
					      all_is_there(test));
}

static void check_clean(struct test *test)
{
	struct shared *shared = test->target.shared;
	long beats[2] = { shared->beats[0], shared->beats[1] };
	long end = now_ms() + patience_ms(LEAVE_MS);

	while (!runs_clean(test, beats) && now_ms() < end)
		nap_ms(2);
	nap_ms(4);
	look_at_threads(test->target.pid, false, wrong);
	if (look_at_text(test->target.pid, wrong) <= 0)
		wrong("its text cannot be read");
	if (shared->beats[0] <= beats[0] || shared->beats[1] <= beats[1])
		wrong("it stands");
	if (shared->broken)
		wrong("%d calls were broken off", shared->broken);
	check_signals(test);
}

void check_all(struct test *test)
{
	int status;

	if (dies(test)) {
		check_end(test);
		return;
	}
	check_stop(test);
	if (waitpid(test->target.pid, &status,
		    WNOHANG | WUNTRACED | WCONTINUED) &&
	    !(has_tracer(test) && WIFCONTINUED(status))) {
		wrong("its parent sees %x", status);
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			test->target.pid = 0;
			return;
		}
	}
	check_clean(test);
}
