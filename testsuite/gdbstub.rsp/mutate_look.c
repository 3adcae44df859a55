// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is looked for after a session: a thread that is stopped or has an engine,
 * text that was changed, a process that outlives SIGKILL. All processes of the
 * runner's user are those of its session.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/look.h"
#include "mutate.h"

#define CLEAN_WAIT_MS 60000

/* When numbers begin anew, the kernel leaves lower ones out. */
#define FIRST_PID 300

/* What was found last, without its newline. */
static char complaint[512];

static void __attribute__((format(printf, 1, 2))) complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(complaint, sizeof(complaint), fmt, args);
	va_end(args);
	complaint[strcspn(complaint, "\n")] = '\0';
}

static unsigned int for_each_program(void (*look)(int pid))
{
	int first = getpid() < FIRST_PID ? getpid() : FIRST_PID, pid;
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	unsigned int nr = 0;
	struct stat st;

	if (!dir)
		die("/proc");
	while ((entry = readdir(dir))) {
		pid = atoi(entry->d_name);
		if (pid < first ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0) ||
		    st.st_uid != runner.uid)
			continue;
		nr++;
		look(pid);
	}
	closedir(dir);
	return nr;
}

static void look_at_state(int pid)
{
	look_at_threads(pid, false, complain);
}

/* One that ends or unmaps its text meanwhile is no worse for that. */
static void look_at_memory(int pid)
{
	look_at_text(pid, complain);
}

static void go_on(int pid)
{
	kill(pid, SIGCONT);
}

static void end_it(int pid)
{
	kill(pid, SIGKILL);
	complain("process %d lives on", pid);
}

/**
 * look_for_traces() - is everything as if nobody had debugged it?
 * @with_text: the client changed nothing of the programs'
 *
 * A stop signal is something that a client may send: it is undone.
 */
void look_for_traces(bool with_text)
{
	long end = now_ms() + CLEAN_WAIT_MS;

	enter_phase(LOOK);
	for (;;) {
		complaint[0] = '\0';
		for_each_program(look_at_state);
		if (!complaint[0] || now_ms() > end)
			break;
		for_each_program(go_on);
		nap_ms(2);
	}
	if (with_text && !complaint[0])
		for_each_program(look_at_memory);
	if (complaint[0]) {
		bad("%s", complaint);
		show_stacks();
	}
}

/**
 * look_for_survivors() - kill all programs: does each die?
 */
void look_for_survivors(void)
{
	long end = now_ms() + CLEAN_WAIT_MS;

	enter_phase(END);
	targets_end();
	while (for_each_program(end_it)) {
		targets_reap();
		if (now_ms() > end) {
			bad("%s", complaint);
			break;
		}
		nap_ms(2);
	}
	targets_reap();
	runner.progress++;
}

static void show_stack(int pid)
{
	char command[200];

	snprintf(command, sizeof(command),
		 "for f in /proc/%d/task/*; do cat $f/status $f/stack; done; "
		 "ls -l /proc/%d/fd",
		 pid, pid);
	if (system(command))
		return;
}

/**
 * show_stacks() - where in the kernel the runner and its programs are
 */
void show_stacks(void)
{
	show_stack(getpid());
	for_each_program(show_stack);
}
