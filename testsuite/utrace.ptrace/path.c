// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Says of each kind of stop whether ptrace's engine made it or the code at the
 * event itself: that is what the kernel's stack shows while the tracee stands.
 */
#include "tracing.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

static char *program;
static sigset_t fork_signal;

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

/* Waits for the stop that is to come and says who made it. */
static void take_stop(const char *what, pid_t pid, int wanted,
		      const char *function)
{
	char text[60];
	int status;

	if (next_status(pid, &status, PATIENCE_MS))
		die(what);
	if (!WIFSTOPPED(status) || status >> 8 != wanted) {
		describe(text, sizeof(text), status);
		say("%s: %s", what, text);
		exit(3);
	}
	say("%s: %s", what, stack_has(pid, function) ? "engine" : "direct");
}

static void take_signal(const char *what, pid_t pid, int signal)
{
	take_stop(what, pid, signal, "__utrace_ptrace_signal");
}

static void take_event(const char *what, pid_t pid, int event)
{
	take_stop(what, pid, SIGTRAP | event << 8, "__utrace_ptrace_notify");
}

static void take_trap(const char *what, pid_t pid, int wanted)
{
	take_stop(what, pid, wanted, "__utrace_ptrace_trap");
}

static void take_entry(const char *what, pid_t pid, int unused)
{
	(void)unused;
	take_stop(what, pid, SIGTRAP | 0x80, "ptrace_syscall_entry");
}

static void take_exit(const char *what, pid_t pid, int unused)
{
	(void)unused;
	take_stop(what, pid, SIGTRAP | 0x80, "ptrace_syscall_exit");
}

static void resume(int how, pid_t pid, int signal)
{
	if (ptrace((enum __ptrace_request)how, pid, NULL, (long)signal))
		die("ptrace");
}

/* A child that is traced from its beginning stops before it runs, and may go. */
static void take_child(const char *what, pid_t parent, int how)
{
	unsigned long pid;

	if (ptrace(PTRACE_GETEVENTMSG, parent, NULL, &pid))
		die("PTRACE_GETEVENTMSG");
	if (how == PTRACE_EVENT_STOP)
		take_trap(what, pid, SIGTRAP | PTRACE_EVENT_STOP << 8);
	else
		take_signal(what, pid, SIGSTOP);
	resume(PTRACE_DETACH, pid, 0);
}

static void trace_getppid_by_seccomp(void)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_fprog filter = {
		.len = sizeof(code) / sizeof(*code),
		.filter = code,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		_exit(4);
}

static void handle(int signal)
{
	(void)signal;
}

/* Goes through all events, in the order of stops[] below. */
static int make_events(void *arg)
{
	pid_t pid;

	(void)arg;
	signal(SIGUSR1, handle);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	syscall(SYS_getppid);
	syscall(SYS_getppid);
	pid = fork();
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	if (!syscall(SYS_clone, 0L, NULL, NULL, NULL, 0L))
		_exit(0);
	pid = vfork();
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	trace_getppid_by_seccomp();
	syscall(SYS_getppid);
	raise(SIGUSR1);
	execl(program, program, "end", NULL);
	return 4;
}

/* How the tracee is resumed, and the stop that comes then. */
static const struct stop_case {
	int how, signal;
	void (*take)(const char *what, pid_t pid, int wanted);
	const char *what;
	int wanted;
	const char *child; /* which has a first stop, too */
} stops[] = {
	/* raise() is left before system calls are wanted: this is the next. */
	{ PTRACE_SYSCALL, 0, take_entry, "entry", 0, NULL },
	{ PTRACE_SYSCALL, 0, take_exit, "exit", 0, NULL },
	{ PTRACE_SYSEMU, 0, take_entry, "emulated", 0, NULL },
	{ PTRACE_CONT, 0, take_event, "fork", PTRACE_EVENT_FORK, "child" },
	/* A child that has ended sends SIGCHLD, after clone() without signal. */
	{ PTRACE_CONT, 0, take_signal, "SIGCHLD", SIGCHLD, NULL },
	{ PTRACE_CONT, 0, take_event, "clone", PTRACE_EVENT_CLONE,
	  "clone's child" },
	{ PTRACE_CONT, 0, take_event, "vfork", PTRACE_EVENT_VFORK,
	  "vfork's child" },
	{ PTRACE_CONT, 0, take_event, "end of vfork", PTRACE_EVENT_VFORK_DONE,
	  NULL },
	{ PTRACE_CONT, 0, take_signal, "SIGCHLD of vfork", SIGCHLD, NULL },
	{ PTRACE_CONT, 0, take_event, "seccomp", PTRACE_EVENT_SECCOMP, NULL },
	{ PTRACE_CONT, 0, take_signal, "SIGUSR1", SIGUSR1, NULL },
	{ PTRACE_SINGLESTEP, SIGUSR1, take_event, "handler", 0, NULL },
	{ PTRACE_SINGLESTEP, 0, take_signal, "step", SIGTRAP, NULL },
	{ PTRACE_CONT, 0, take_event, "exec", PTRACE_EVENT_EXEC, NULL },
	{ PTRACE_CONT, 0, take_event, "end", PTRACE_EVENT_EXIT, NULL },
};

static void trace_events(void)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL |
			     PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEVFORKDONE |
			     PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC |
			     PTRACE_O_TRACEEXIT;
	pid_t pid = start(make_events, NULL);

	take_signal("signal", pid, SIGSTOP);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, options))
		die("PTRACE_SETOPTIONS");
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++) {
		resume(stops[i].how, pid, stops[i].signal);
		stops[i].take(stops[i].what, pid, stops[i].wanted);
		if (stops[i].child)
			take_child(stops[i].child, pid, 0);
	}
	resume(PTRACE_CONT, pid, 0);
	waitpid(pid, NULL, 0);
}

/* Whenever the signal comes that is blocked, from the beginning. */
static int fork_for_ever(void *arg)
{
	int got;

	for (;;)
		if (!sigwait(arg, &got) && !fork())
			_exit(0);
	return 0;
}

static void trace_seized(void)
{
	const int stop = PTRACE_EVENT_STOP << 8;
	pid_t pid = start(fork_for_ever, &fork_signal);

	if (ptrace(PTRACE_SEIZE, pid, NULL,
		   PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK) ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		die("PTRACE_SEIZE");
	take_trap("interrupt", pid, SIGTRAP | stop);
	resume(PTRACE_CONT, pid, 0);
	kill(pid, SIGSTOP);
	take_signal("SIGSTOP", pid, SIGSTOP);
	resume(PTRACE_CONT, pid, SIGSTOP);
	take_trap("group stop", pid, SIGSTOP | stop);
	resume(PTRACE_LISTEN, pid, 0);
	kill(pid, SIGCONT);
	take_trap("end of group stop", pid, SIGTRAP | stop);
	resume(PTRACE_CONT, pid, 0);
	take_signal("SIGCONT", pid, SIGCONT);
	resume(PTRACE_CONT, pid, SIGCONT);
	kill(pid, SIGUSR2);
	take_event("fork of a seized one", pid, PTRACE_EVENT_FORK);
	take_child("child of a seized one", pid, PTRACE_EVENT_STOP);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* The second ptracer finds what the first has left, or makes another. */
static void trace_attached(void)
{
	pid_t pid = start(fork_for_ever, &fork_signal);

	for (int i = 1; i <= 2; i++) {
		if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
			die("PTRACE_ATTACH");
		take_signal(i == 1 ? "attached" : "attached again", pid,
			    SIGSTOP);
		resume(PTRACE_CONT, pid, SIGSTOP);
		take_trap(i == 1 ? "old group stop" : "old group stop again",
			  pid, SIGSTOP);
		kill(pid, SIGCONT);
		resume(PTRACE_CONT, pid, 0);
		take_signal(i == 1 ? "SIGCONT to it" : "SIGCONT to it again",
			    pid, SIGCONT);
		resume(PTRACE_DETACH, pid, 0);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return 0;
	program = argv[0];
	trace_events();
	sigemptyset(&fork_signal);
	sigaddset(&fork_signal, SIGUSR2);
	sigprocmask(SIG_BLOCK, &fork_signal, NULL);
	trace_seized();
	trace_attached();
	return 0;
}
