// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Says of each kind of stop whether ptrace's engine made it or the code at the
 * event itself: that is what the kernel's stack shows while the tracee stands.
 */
#include "tracing.h"

static bool stack_has(pid_t pid, const char *function)
{
	char path[64], text[8192];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die(path);
	length = read(fd, text, sizeof(text) - 1);
	if (length <= 0)
		die("read");
	close(fd);
	text[length] = 0;
	if (!strstr(text, "ptrace_stop"))
		die("no ptrace_stop() in the stack");
	return strstr(text, function);
}

static void wait_stop(pid_t pid, int request, int wanted)
{
	int status;

	if (request && ptrace(request, pid, NULL, NULL))
		die("ptrace");
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != wanted)
		die("not the stop that was to come");
}

static void say_path(pid_t pid, const char *what, const char *function)
{
	say("%s: %s", what, stack_has(pid, function) ? "engine" : "direct");
}

int main(void)
{
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		for (;;)
			syscall(SYS_getppid);
	}
	wait_stop(pid, 0, SIGSTOP);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		die("PTRACE_SETOPTIONS");
	say_path(pid, "signal", "make_report");
	/* raise() is left before system calls are wanted: this is the next. */
	wait_stop(pid, PTRACE_SYSCALL, SIGTRAP | 0x80);
	say_path(pid, "entry", "ptrace_syscall_entry");
	wait_stop(pid, PTRACE_SYSCALL, SIGTRAP | 0x80);
	say_path(pid, "exit", "ptrace_syscall_exit");
	wait_stop(pid, PTRACE_SYSEMU, SIGTRAP | 0x80);
	say_path(pid, "emulated", "ptrace_syscall_entry");
	return 0;
}
