// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that is debugged: its birth in a session, and its end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib/procfs.h"
#include "device.h"
#include "program.h"
#include "quote.h"
#include "report.h"
#include "signals.h"

void program_forget(struct program *program)
{
	if (program->pidfd >= 0)
		close(program->pidfd);
	free(program->name);
	*program = (struct program) { .pidfd = -1 };
}

static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* As gdbserver has it: the whole path for a plain name that is a file here. */
static char *find_name(const char *program)
{
	struct stat st;
	char *cwd, *path;

	if (strchr(program, '/') || stat(program, &st) || !S_ISREG(st.st_mode))
		return xstrdup(program);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return xstrdup(program);
	path = xasprintf("%s/%s", cwd, program);
	free(cwd);
	return path;
}

static size_t count_words(char *const *words)
{
	size_t nr = 0;

	while (words && words[nr])
		nr++;
	return nr;
}

/* The wrapper, the program and its arguments in one vector. */
static char **join_words(const struct cmdline *cmdline)
{
	size_t nr_wrapper = count_words(cmdline->wrapper);
	size_t nr_program = count_words(cmdline->program);
	char **argv = xmalloc((nr_wrapper + nr_program + 1) * sizeof(*argv));

	for (size_t i = 0; i < nr_wrapper; i++)
		argv[i] = cmdline->wrapper[i];
	for (size_t i = 0; i < nr_program; i++)
		argv[nr_wrapper + i] = cmdline->program[i];
	argv[nr_wrapper] = find_name(cmdline->program[0]);
	argv[nr_wrapper + nr_program] = NULL;
	return argv;
}

static char **wrap_in_shell(char **argv)
{
	const char *shell = getenv("SHELL");
	char **shell_argv = xmalloc(4 * sizeof(*shell_argv));

	shell_argv[0] = xstrdup(shell && *shell ? shell : "/bin/sh");
	shell_argv[1] = xstrdup("-c");
	shell_argv[2] = quote_command("exec", argv);
	shell_argv[3] = NULL;
	return shell_argv;
}

/*
 * The program gets a process group of its own and the terminal, so that ^C on
 * the terminal interrupts it and not ugdb. SIGTTOU is ignored in ugdb, and so
 * here until signals_restore(): a process of a background group may not take
 * the terminal otherwise. A ugdb in the background leaves the terminal alone.
 */
static void take_terminal(void)
{
	pid_t ugdb_group = getpgrp();

	setpgid(0, 0);
	if (tcgetpgrp(STDIN_FILENO) == ugdb_group)
		tcsetpgrp(STDIN_FILENO, getpgrp());
}

/* The group of the program that take_terminal() gave the terminal to last, or 0. */
static pid_t terminal_group;

static bool has_terminal(void)
{
	return tcgetpgrp(STDIN_FILENO) == getpgrp();
}

static void disable_randomization(void)
{
	int persona = personality(0xffffffff);

	if (persona < 0 || personality(persona | ADDR_NO_RANDOMIZE) < 0)
		perror_msg("cannot disable address space randomization");
}

/*
 * A byte in the pipe says that the session has the child; an end of file says
 * that ugdb is gone.
 */
static void NORETURN run_child(int go, const struct cmdline *cmdline,
			       const struct start_options *options)
{
	char **argv = join_words(cmdline);
	char may_go;
	int err;

	if (options->shell)
		argv = wrap_in_shell(argv);
	take_terminal();
	if (!options->randomize)
		disable_randomization();
	if (!start_options_apply(options))
		_exit(127);
	if (read(go, &may_go, 1) != 1)
		_exit(127);
	signals_restore();
	execvp(argv[0], argv);
	err = errno;
	error_msg("Cannot exec %s", argv[0]);
	error_msg("Error: %s", strerror(err));
	_exit(127);
}

/* The module counts successful execve() calls: one for each of these. */
static unsigned int count_execs(const struct cmdline *cmdline,
				const struct start_options *options)
{
	return 1 + options->shell + !!cmdline->wrapper;
}

/*
 * The pid cannot be reused before the pidfd is open: nobody else reaps the
 * child. Return: the pipe's end that lets the child go, or -1 with errno set.
 */
static int fork_child(struct program *program, const struct cmdline *cmdline,
		      const struct start_options *options)
{
	bool hands_terminal = has_terminal();
	int go[2];

	if (pipe2(go, O_CLOEXEC))
		return -1;
	program->pid = fork();
	if (!program->pid) {
		close(go[1]);
		run_child(go[0], cmdline, options);
	}
	close(go[0]);
	if (program->pid > 0) {
		if (hands_terminal)
			terminal_group = program->pid;
		program->launched = true;
		program->pidfd = open_pidfd(program->pid);
		return go[1];
	}
	program->pid = 0;
	close(go[1]);
	return -1;
}

static bool fail_launch(struct program *program, const char *name, int err)
{
	if (program->launched) {
		program_kill(program);
		program_reap(program);
	}
	report("Cannot debug %s: %s (%d)", name, strerror(err), err);
	program_forget(program);
	return false;
}

bool program_launch(struct program *program, const struct cmdline *cmdline,
		    const struct start_options *options, int device)
{
	unsigned int nr_execs = count_execs(cmdline, options);
	const char *name = cmdline->program[0];
	int go, err;

	*program = (struct program) { .pidfd = -1 };
	go = fork_child(program, cmdline, options);
	if (go < 0)
		return fail_launch(program, name, errno);
	if (device_start(device, GDBSTUB_START_LAUNCH, -1, program->pidfd,
			 nr_execs)) {
		err = errno;
		close(go);
		return fail_launch(program, name, err);
	}
	program->name = find_name(name);
	debug_msg(DEBUG_GENERAL, "launching pid %d, %u execs to go",
		  program->pid, nr_execs);
	if (write(go, "", 1) != 1)
		debug_msg(DEBUG_GENERAL, "pid %d died before its release",
			  program->pid);
	close(go);
	return true;
}

static bool yama_restricts(void)
{
	struct buf level = { 0 };
	bool restricts = procfs_read(&level,
				     "/proc/sys/kernel/yama/ptrace_scope") &&
			 level.len && level.data[0] != '0';

	buf_free(&level);
	return restricts;
}

/*
 * The kernel gives one errno for all reasons; what /proc shows tells which is
 * likely. A process that is not dumpable has root as owner of its /proc files.
 */
static const char *explain_eperm(pid_t pid)
{
	long uid, tracer;
	struct stat st;
	char path[32];

	if (!procfs_status_number(pid, "Uid", &uid))
		return "The process is gone.";
	if (geteuid() && (uid_t)uid != geteuid())
		return "The process belongs to another user.";
	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (geteuid() && !stat(path, &st) && st.st_uid != geteuid())
		return "The process runs a set-uid program, or has made itself "
		       "non-dumpable.";
	if (geteuid() && yama_restricts())
		return "Yama lets a process be debugged by its ancestors only; "
		       "see /proc/sys/kernel/yama/ptrace_scope.";
	if (procfs_status_number(pid, "TracerPid", &tracer) && tracer)
		return "The process is traced already.";
	return "It is a kernel thread, or a security module forbids it.";
}

const char *program_explain(pid_t pid, int err)
{
	long tgid;

	switch (err) {
	case EPERM:
	case EACCES:
		return pid == getpid() ? "That is ugdb itself." :
					 explain_eperm(pid);
	case EBUSY:
		return "Another session debugs the process.";
	case EINVAL:
	case ENOENT:
		if (procfs_status_number(pid, "Tgid", &tgid) && tgid != pid)
			return "It is a thread, not a process.";
		return NULL;
	default:
		return NULL;
	}
}

static bool fail_attach(struct program *program, int err)
{
	pid_t pid = program->pid;
	const char *why = program_explain(pid, err);

	report("Cannot attach to process %d: %s (%d)", pid, strerror(err), err);
	if (why)
		report("%s", why);
	program_forget(program);
	return false;
}

bool program_attach(struct program *program, pid_t pid, int device)
{
	*program = (struct program) { .pid = pid, .pidfd = -1 };
	if (pid == getpid())
		return fail_attach(program, EPERM);
	program->pidfd = open_pidfd(pid);
	if (program->pidfd < 0 ||
	    device_start(device, 0, -1, program->pidfd, 0))
		return fail_attach(program, errno);
	debug_msg(DEBUG_GENERAL, "attaching to pid %d", pid);
	return true;
}

void program_find(struct program *program, pid_t pid)
{
	*program = (struct program) { .pid = pid, .pidfd = open_pidfd(pid) };
	if (program->pidfd < 0)
		program_forget(program);
}

/* A pidfd is readable when the process has ended. */
static bool pidfd_readable(int pidfd)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	return poll(&pfd, 1, 0) > 0;
}

bool program_poll_end(struct program *program)
{
	if (program->gone || program->pidfd < 0)
		return program->gone;
	program->gone = pidfd_readable(program->pidfd);
	if (program->gone && program->launched)
		waitpid(program->pid, &program->wait_status, 0);
	return program->gone;
}

void program_reap_forgotten(const struct program *program)
{
	siginfo_t info = { 0 };

	while (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid && info.si_pid != program->pid) {
		waitpid(info.si_pid, NULL, 0);
		info.si_pid = 0;
	}
}

void program_kill(const struct program *program)
{
	if (program->pidfd < 0)
		kill(program->pid, SIGKILL);
	syscall(SYS_pidfd_send_signal, program->pidfd, SIGKILL, NULL, 0);
}

void program_reap(struct program *program)
{
	pid_t pid;

	if (program->gone)
		return;
	do
		pid = waitpid(program->pid, &program->wait_status, 0);
	while (pid < 0 && errno == EINTR);
	program->gone = true;
}

void program_return_terminal(const struct program *program)
{
	if (program->launched && program->gone &&
	    tcgetpgrp(STDIN_FILENO) == program->pid)
		tcsetpgrp(STDIN_FILENO, getpgrp());
}

void program_leave_terminal(void)
{
	if (terminal_group && tcgetpgrp(STDIN_FILENO) == terminal_group)
		tcsetpgrp(STDIN_FILENO, getpgrp());
	terminal_group = 0;
}
