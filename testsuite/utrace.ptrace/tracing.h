/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs of this directory share: tracees, ptrace requests and what
 * wait(2) says as lines of a transcript.
 *
 * Everything printed is the same on each run: no process ids, no addresses, no
 * times.
 */
#ifndef TRACING_H
#define TRACING_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef PR_SET_PTRACER
#define PR_SET_PTRACER 0x59616d61
#endif

#define UNUSED __attribute__((unused))

/* What no run of these programs takes when all is well. */
#define PATIENCE_MS 10000

/* Memory that a program and all it forks have in common. */
struct shared {
	volatile long counter;
	volatile long word[15];
};

static struct shared *shared;

static UNUSED void __attribute__((format(printf, 1, 2)))
say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static UNUSED void die(const char *what)
{
	say("%s: %s", what, strerror(errno));
	exit(3);
}

static UNUSED void nap_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

static UNUSED long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static UNUSED void make_shared(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
}

/* A child that runs @work and exits with what it returns. */
static UNUSED pid_t start(int (*work)(void *), void *arg)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_PTRACER, -1L, 0, 0, 0);
		exit(work(arg));
	}
	return pid;
}

/* A tracee that counts, calling the system in between. */
static UNUSED int count_for_ever(void *arg)
{
	(void)arg;
	for (;;) {
		shared->counter++;
		nap_ms(1);
	}
	return 0;
}

/* One that never calls the system. */
static UNUSED int spin_for_ever(void *arg)
{
	(void)arg;
	for (;;)
		shared->counter++;
	return 0;
}

static UNUSED bool counts(long ms)
{
	long end = now_ms() + ms, before = shared->counter;

	while (shared->counter == before)
		if (now_ms() > end)
			return false;
		else
			nap_ms(1);
	return true;
}

/* Does the counter go up? For "no" it has to stand for 200 ms. */
static UNUSED void say_counter(const char *when)
{
	bool first = counts(200);

	say("%s: the counter %s", when, first ? "runs" : "stands");
}

/* The same where it is to run, however slow the machine is. */
static UNUSED void say_counter_runs(const char *when)
{
	say("%s: the counter %s", when, counts(PATIENCE_MS) ? "runs" : "stands");
}

/* The letter of /proc/PID/stat; '?' when there is no such process. */
static UNUSED char state_of(pid_t pid)
{
	char path[40], line[400], state = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return '?';
	if (fgets(line, sizeof(line), file) && strrchr(line, ')'))
		state = strrchr(line, ')')[2];
	fclose(file);
	return state;
}

/* Waits until the process is in one of @states; says which. */
static UNUSED bool await_state(pid_t pid, const char *states)
{
	long end = now_ms() + PATIENCE_MS;

	while (!strchr(states, state_of(pid)))
		if (now_ms() > end)
			return false;
		else
			nap_ms(1);
	return true;
}

static UNUSED void say_state(const char *when, pid_t pid, const char *states)
{
	if (await_state(pid, states))
		say("%s: state %s", when, states);
	else
		say("%s: state %c instead of %s", when, state_of(pid), states);
}

static UNUSED const char *error_name(int error)
{
	const char *name = strerrorname_np(error);

	return error ? name ? name : "?" : "ok";
}

/* A request and its answer: "ok" or the error's name. */
static UNUSED long request(const char *name, long req, pid_t pid,
			   unsigned long addr, unsigned long data)
{
	long ret;

	errno = 0;
	ret = ptrace((enum __ptrace_request)req, pid, addr, data);
	say("%s: %s", name, error_name(ret == -1 ? errno : 0));
	return ret;
}

#define REQ(req, pid, addr, data)                                     \
	request(#req, PTRACE_##req, pid, (unsigned long)(addr),       \
		(unsigned long)(data))

static UNUSED const char *event_name(int event)
{
	static const char *const names[] = {
		[PTRACE_EVENT_FORK] = "FORK",
		[PTRACE_EVENT_VFORK] = "VFORK",
		[PTRACE_EVENT_CLONE] = "CLONE",
		[PTRACE_EVENT_EXEC] = "EXEC",
		[PTRACE_EVENT_VFORK_DONE] = "VFORK_DONE",
		[PTRACE_EVENT_EXIT] = "EXIT",
		[PTRACE_EVENT_SECCOMP] = "SECCOMP",
	};

	if (event == PTRACE_EVENT_STOP)
		return "STOP";
	if (event < (int)(sizeof(names) / sizeof(*names)) && names[event])
		return names[event];
	return "?";
}

static UNUSED void describe(char *text, size_t len, int status)
{
	if (WIFEXITED(status))
		snprintf(text, len, "exited %d", WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		snprintf(text, len, "killed by %d", WTERMSIG(status));
	else if (!WIFSTOPPED(status))
		snprintf(text, len, "continued");
	else if (status >> 16)
		snprintf(text, len, "event %s, signal %d",
			 event_name(status >> 16), WSTOPSIG(status));
	else if (WSTOPSIG(status) == (SIGTRAP | 0x80))
		snprintf(text, len, "system call");
	else
		snprintf(text, len, "signal %d", WSTOPSIG(status));
}

/*
 * The next that wait(2) says of @pid, with a limit: 0 and a status, or -1 when
 * nothing came in time.
 */
static UNUSED int next_status(pid_t pid, int *status, long ms)
{
	long end = now_ms() + ms;
	pid_t got;

	while (!(got = waitpid(pid, status, WNOHANG | __WALL))) {
		if (now_ms() > end)
			return -1;
		nap_ms(1);
	}
	if (got < 0)
		die("waitpid");
	return 0;
}

static UNUSED int say_wait_for(const char *who, pid_t pid, long ms)
{
	char text[64];
	int status;

	if (next_status(pid, &status, ms)) {
		say("%swait: nothing", who);
		return -1;
	}
	describe(text, sizeof(text), status);
	say("%swait: %s", who, text);
	return status;
}

static UNUSED int say_wait(pid_t pid)
{
	return say_wait_for("", pid, PATIENCE_MS);
}

/* That nothing comes, as far as 100 ms show it. */
static UNUSED void say_no_wait(pid_t pid)
{
	say_wait_for("", pid, 100);
}

static UNUSED void say_siginfo(pid_t pid)
{
	siginfo_t info = { 0 };

	if (ptrace(PTRACE_GETSIGINFO, pid, 0, &info))
		say("siginfo: %s", error_name(errno));
	else if (info.si_code >> 8)
		say("siginfo: signal %d, event %s", info.si_signo,
		    event_name(info.si_code >> 8));
	else
		say("siginfo: signal %d", info.si_signo);
}

/* The end of a child that nobody else waits for. */
static UNUSED void finish(const char *who, pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	while (waitpid(pid, &status, __WALL) == pid && !WIFEXITED(status) &&
	       !WIFSIGNALED(status))
		;
	say("%s: gone", who);
}

/* Runs a tracer in a process of its own up to its end. */
static UNUSED void run_tracer(int (*tracer)(void *), void *arg)
{
	pid_t pid = start(tracer, arg);
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status))
		say("the tracer failed: status %x", status);
	else
		say("the tracer is gone");
}

#endif /* TRACING_H */
