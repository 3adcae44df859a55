/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs here share: verdicts, one a line on stdout, and an engine
 * that holds a thread and lets it go. The tracer is this process, the traced
 * one is a child.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../utrace.race/race.h"

#define HOLDS_MASK (EVENT(QUIESCE) | EVENT(SIGNAL))

static int verdicts_failed;

/* "ok NAME", "not ok NAME: why": api_verdict in lib/api.exp reads these. */
static inline bool __attribute__((format(printf, 3, 4)))
verdict(bool good, const char *name, const char *fmt, ...)
{
	va_list args;

	printf("%s %s", good ? "ok" : "not ok", name);
	if (!good) {
		printf(": ");
		va_start(args, fmt);
		vprintf(fmt, args);
		va_end(args);
		verdicts_failed++;
	}
	printf("\n");
	fflush(stdout);
	return good;
}

/* This kernel has not what the test is about. */
static inline void unsupported(const char *name, const char *why)
{
	printf("skip %s: %s\n", name, why);
}

static inline bool write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(text);
	bool good;

	if (file < 0)
		return false;
	good = write(file, text, len) == len;
	close(file);
	return good;
}

/* "" if it cannot be read. */
static inline const char *read_file(const char *path)
{
	static char text[65536];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = file < 0 ? 0 : read(file, text, sizeof(text) - 1);

	if (file >= 0)
		close(file);
	text[len > 0 ? len : 0] = '\0';
	return text;
}

/* As in /proc/PID/stat; '-' when there is none. */
static inline char state_of(pid_t tid)
{
	char path[64];
	const char *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	end = strrchr(read_file(path), ')');
	return end ? end[2] : '-';
}

static inline bool wait_state(pid_t tid, char state)
{
	double end = now() + patience_s(20);

	while (state_of(tid) != state) {
		if (now() > end)
			return false;
		nap_us(2000);
	}
	return true;
}

/* Until *word is at least value; the word is shared with a child. */
static inline bool wait_word(volatile long *word, long value)
{
	double end = now() + patience_s(20);

	while (*word < value) {
		if (now() > end)
			return false;
		nap_us(1000);
	}
	return true;
}

/* Does *word go up, as it does in a program that runs? */
static inline bool moves(volatile long *word)
{
	return wait_word(word, *word + 2);
}

/* Does it stay as it is for a while? */
static inline bool stands(volatile long *word)
{
	long before = *word;

	nap_us(200000);
	return *word == before;
}

/* A child that does not outlive this process. */
static inline pid_t child(void (*function)(void))
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		function();
		_exit(0);
	}
	return pid;
}

/* Its wait status, or -1 if it does not come in time. */
static inline int wait_child(pid_t pid)
{
	double end = now() + patience_s(20);
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (now() > end)
			return -1;
		nap_us(1000);
	}
	return status;
}

static inline int kill_child(pid_t pid)
{
	kill(pid, SIGKILL);
	return wait_child(pid);
}

/* The engine's number; ends the program if there is none. */
static inline unsigned int engine_on(int fd, pid_t tid, unsigned long mask)
{
	struct race_command command = {
		.op = RACE_ATTACH, .pid = tid, .mask = mask,
	};
	int answer = race_do(fd, &command);

	if (answer) {
		verdict(false, "an engine", "%s", strerror(-answer));
		exit(1);
	}
	return command.id;
}

/* All its callbacks return one action. */
static inline void engine_returns(int fd, enum resume_action action)
{
	race_call(fd, RACE_RANDOM, 0, 1 << action, EVENTS_ALL);
}

static inline int engine_control(int fd, unsigned int id,
				 enum resume_action action)
{
	return race_call(fd, RACE_CONTROL, id, action, 0);
}

/* Whatever the thread does, it comes and is held. The mask is HOLDS_MASK. */
static inline bool hold(int fd, unsigned int id, pid_t tid)
{
	engine_returns(fd, STOP);
	engine_control(fd, id, INTERRUPT);
	return wait_state(tid, 't');
}

static inline void release(int fd, unsigned int id)
{
	engine_returns(fd, RESUME);
	engine_control(fd, id, RESUME);
}

#endif /* BESIDE_H */
