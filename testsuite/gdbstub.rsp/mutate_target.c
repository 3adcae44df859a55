// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The programs under the module. They run as a user that may do nothing, since a
 * client makes them do anything. To start a process costs as much as many packets:
 * one that lives is used again, and a new one comes from a nursery of its program,
 * which is not under the module, unless the module is to see its exec.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutate.h"

#define TARGETS_MAX 4
#define PROGRAMS_MAX 16

/* A program; its nursery has no pid before the first process is wanted of it. */
struct program {
	const char *command;
	long busy_at;
	pid_t nursery;
	int request;
};

static struct program programs[PROGRAMS_MAX];
static unsigned int nr_programs;
static const char *nursery_library;
static struct target targets[TARGETS_MAX];

/**
 * targets_set_programs() - what there is to start
 * @library: mutate_nursery.c
 * @commands: HEX:PROGRAM[,ARG] each; at the address HEX it comes by often
 * @nr: how many
 */
void targets_set_programs(const char *library, char **commands, unsigned int nr)
{
	nursery_library = library;
	struct program *program = programs;
	char *command;

	for (; nr_programs < nr && nr_programs < PROGRAMS_MAX; program++) {
		program->busy_at = strtol(commands[nr_programs++], &command, 16);
		program->command = command + (*command == ':');
	}
}

static void set_limits(void)
{
	const struct rlimit none = { 0 }, some = { 64 << 20, 64 << 20 };

	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &none);
	setrlimit(RLIMIT_DATA, &some);
	personality(ADDR_NO_RANDOMIZE);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void give_up_rights(void)
{
	setsid();
	if (setgroups(0, NULL) || setresgid(runner.uid, runner.uid, runner.uid) ||
	    setresuid(runner.uid, runner.uid, runner.uid))
		_exit(2);
	/* Forgotten when the user changes. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* In the child, which has taken its files as 0 and 1. */
static void execute(const char *command)
{
	char copy[256], *arg;

	snprintf(copy, sizeof(copy), "%s", command);
	arg = strchr(copy, ',');
	if (arg)
		*arg++ = '\0';
	execl(copy, copy, arg, NULL);
	_exit(2);
}

/* What else it keeps open up to its exec would hold the session. */
static void take_files(int in, int out)
{
	dup2(in, 0);
	dup2(out, 1);
	close_range(3, ~0u, 0);
}

/* A child with these files; @in is closed here. Return: 0 in the child. */
static pid_t make_child(int in, int out)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		take_files(in, out);
		set_limits();
		return 0;
	}
	close(in);
	return pid;
}

static void make_pipe(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC))
		die("pipe");
}

static void find_threads(struct target *target)
{
	unsigned int nr = 0;
	char name[64];
	struct dirent *entry;
	DIR *dir;

	target->tids[0] = target->tids[1] = target->tids[2] = target->pid;
	snprintf(name, sizeof(name), "/proc/%d/task", target->pid);
	dir = opendir(name);
	while (dir && nr < 3 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			target->tids[nr++] = atoi(entry->d_name);
	if (dir)
		closedir(dir);
}

/* It waits with its exec until its gate is closed. */
static void start_gated(struct target *target, const struct program *program,
			int out)
{
	int gate[2];
	char c;

	make_pipe(gate);
	target->gate = gate[1];
	target->pid = make_child(gate[0], out);
	if (target->pid)
		return;
	setpriority(PRIO_PROCESS, 0, 19);
	give_up_rights();
	if (read(0, &c, 1) < 0)
		_exit(2);
	execute(program->command);
}

static void start_nursery(struct program *program)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("socketpair");
	program->request = pair[0];
	program->nursery = make_child(pair[1], 2);
	if (program->nursery)
		return;
	setenv("LD_PRELOAD", nursery_library, 1);
	execute(program->command);
}

static bool send_request(const struct program *program, int out)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS } };
	struct iovec data = { .iov_base = &runner.uid,
			      .iov_len = sizeof(runner.uid) };
	struct msghdr msg = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.head), &out, sizeof(out));
	return sendmsg(program->request, &msg, MSG_NOSIGNAL) ==
	       sizeof(runner.uid);
}

/* It says "ready PID ...". Its threads are there soon after. */
static void start_ready(struct target *target, struct program *program, int out)
{
	char line[128];
	ssize_t len;

	if (!program->nursery)
		start_nursery(program);
	if (!send_request(program, out))
		die(program->command);
	close(out);
	len = read(target->out, line, sizeof(line) - 1);
	line[len > 0 ? len : 0] = '\0';
	if (sscanf(line, "ready %d", &target->pid) != 1)
		die(program->command);
	/* Else what spins leaves little for the module, and for the next start. */
	setpriority(PRIO_PGRP, target->pid, 19);
}

static void launch(struct target *target, bool gated)
{
	struct program *program = &programs[when_below(nr_programs)];
	int out[2];

	make_pipe(out);
	target->out = out[0];
	target->gate = -1;
	target->busy_at = program->busy_at;
	if (gated) {
		start_gated(target, program, out[1]);
		close(out[1]);
	} else {
		start_ready(target, program, out[1]);
	}
	runner.counts->starts++;
}

/**
 * target_start() - a new process
 * @gated: it waits before its exec until target_open_gate()
 *
 * Return: the process, or NULL: there are enough of them.
 */
struct target *target_start(bool gated)
{
	enum phase before = enter_phase(START);
	struct target *target = targets;

	targets_reap();
	while (target < targets + TARGETS_MAX && target->pid)
		target++;
	if (target == targets + TARGETS_MAX) {
		enter_phase(before);
		return NULL;
	}
	launch(target, gated);
	find_threads(target);
	enter_phase(before);
	return target;
}

/**
 * target_pick() - a process that is there, or else a new one
 *
 * Return: the process; it may have a client already.
 */
struct target *target_pick(void)
{
	unsigned int nr = 0;
	struct target *target, *living[TARGETS_MAX];

	targets_reap();
	for (target = targets; target < targets + TARGETS_MAX; target++)
		if (target->pid)
			living[nr++] = target;
	if (!nr || (nr < TARGETS_MAX && !when_below(8)))
		return target_start(false);
	return living[when_below(nr)];
}

/**
 * target_open_gate() - have a process execute its program
 * @target: one that may wait for that
 */
void target_open_gate(struct target *target)
{
	if (target->gate >= 0)
		close(target->gate);
	target->gate = -1;
}

/**
 * target_id() - the number that stands for @DIGIT in a packet
 * @digit: '0' to '2': a thread of one process; '3': another process; '4': where
 *	the one process comes by often
 *
 * Return: a thread's number or an address, or 1.
 */
long target_id(char digit)
{
	const struct target *first = NULL, *last = NULL, *target;

	for (target = targets; target < targets + TARGETS_MAX; target++) {
		if (!target->pid)
			continue;
		first = first ?: target;
		last = target;
	}
	if (!first || (digit == '3' && first == last))
		return 1;
	if (digit == '4')
		return first->busy_at;
	return digit == '3' ? last->pid : first->tids[digit - '0'];
}

static void forget(struct target *target)
{
	target_open_gate(target);
	close(target->out);
	target->pid = 0;
}

/* It, or a child of which "forks" says so. */
static bool died_of_trap(int status)
{
	return (WIFSIGNALED(status) && WTERMSIG(status) == SIGTRAP) ||
	       (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGTRAP);
}

/**
 * targets_reap() - forget the processes that are dead
 *
 * Their orphans are ours, too. One that came to a breakpoint without the module
 * died of SIGTRAP.
 */
void targets_reap(void)
{
	struct target *target;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
		if (died_of_trap(status))
			runner.trapped = pid;
		for (target = targets; target < targets + TARGETS_MAX; target++)
			if (target->pid == pid)
				forget(target);
	}
}

/**
 * targets_end() - kill those that live
 */
void targets_end(void)
{
	struct target *target;

	for (target = targets; target < targets + TARGETS_MAX; target++) {
		if (!target->pid)
			continue;
		kill(target->pid, SIGKILL);
		forget(target);
	}
}
