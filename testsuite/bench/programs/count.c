// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints how many instructions operations of the kernel take, in a guest whose
 * time stamp counter counts instructions (vm-boot --accel icount).
 *
 * "count" measures untraced processes, "count engine" such to which an engine
 * without events is attached through utrace_test.ko, before each measurement
 * and to all threads that it is about. Figures are medians over repetitions of
 * the same work, so that a timer tick in some of them does not matter. User
 * code is a part of each figure, the same in all kernels. "count calls" is
 * what strace traces.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>
#include "utrace_test.h"

/* utrace.h is the kernel's own. */
#define ATTACH_CREATE 0x10
#define SYSCALL_EVENTS 0xc0

#define ROUNDS 61

static int device = -1;
static int next_engine;
static volatile uint64_t *shared; /* with children */

/* Nothing happens here unless engines were asked for. */
static int attach(pid_t pid)
{
	struct ut_command command = { .op = UT_ATTACH,
				      .id = next_engine,
				      .pid = pid,
				      .flags = ATTACH_CREATE,
				      .data = next_engine,
				      .ops = UT_OPS };

	if (device < 0)
		return -1;
	if (ioctl(device, UT_CALL, &command))
		err(1, "attach to %d", pid);
	if (command.ret)
		errx(1, "attach to %d: %d", pid, command.ret);
	return next_engine++;
}

static void drop(int id)
{
	struct ut_command command = { .op = UT_DROP, .id = id };

	if (device < 0)
		return;
	if (ioctl(device, UT_CALL, &command))
		err(1, "drop %d", id);
	next_engine = id;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void print(const char *row, double *counts)
{
	qsort(counts, ROUNDS, sizeof(*counts), compare);
	printf("%s %.1f\n", row, counts[ROUNDS / 2]);
}

static void must_read(int fd)
{
	char c;

	if (read(fd, &c, 1) != 1)
		err(1, "read");
}

static void must_write(int fd)
{
	if (write(fd, "", 1) != 1)
		err(1, "write");
}

static void must_pipe(int *fds)
{
	if (pipe(fds))
		err(1, "pipe");
}

static void must_wait(pid_t pid, int wanted)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	if (status != wanted)
		errx(1, "wait status %#x instead of %#x", status, wanted);
}

static pid_t must_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	return pid;
}

static void tell_engine(enum ut_op op, int id, uint64_t value)
{
	struct ut_command command = { .op = op, .id = id, .value = value };

	if (device < 0)
		return;
	if (ioctl(device, UT_CALL, &command) || command.ret)
		err(1, "command %d", op);
}

static void count_syscall(const char *row)
{
	double counts[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = __rdtsc();

		for (int n = 0; n < 1000; n++)
			syscall(SYS_getppid);
		counts[i] = (__rdtsc() - start) / 1000.;
	}
	print(row, counts);
}

/* An engine wants to hear of another call. */
static void count_passed_call(int id)
{
	tell_engine(UT_SYSCALLS, id, SYS_dup2);
	tell_engine(UT_EVENTS, id, SYSCALL_EVENTS);
	count_syscall("passed-call");
	tell_engine(UT_EVENTS, id, 0);
}

static void on_signal(int signal)
{
	(void)signal;
}

/* A signal to itself: sent, delivered to a handler, returned from. */
static void count_signal(void)
{
	double counts[ROUNDS];
	pid_t self = getpid();

	signal(SIGUSR1, on_signal);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = __rdtsc();

		for (int n = 0; n < 200; n++)
			syscall(SYS_kill, self, SIGUSR1);
		counts[i] = (__rdtsc() - start) / 200.;
	}
	print("signal", counts);
}

static void answer_forever(int in, int out)
{
	char c;

	while (read(in, &c, 1) == 1)
		must_write(out);
	_exit(0);
}

/* A byte through a pipe, and another back: two switches in each loop. */
static void count_switch(void)
{
	double counts[ROUNDS];
	int there[2], back[2], id;
	pid_t child;

	must_pipe(there);
	must_pipe(back);
	child = must_fork();
	if (!child) {
		close(there[1]);
		answer_forever(there[0], back[1]);
	}
	id = attach(child);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = __rdtsc();

		for (int n = 0; n < 100; n++) {
			must_write(there[1]);
			must_read(back[0]);
		}
		counts[i] = (__rdtsc() - start) / 200.;
	}
	close(there[1]);
	must_wait(child, 0);
	drop(id);
	close(there[0]);
	close(back[0]);
	close(back[1]);
	print("switch", counts);
}

/*
 * From the call of fork() to the child's first instruction, and from the
 * child's call of _exit() to its status in the parent.
 */
static void count_fork_exit(void)
{
	double forks[ROUNDS], exits[ROUNDS];
	int go[2];

	must_pipe(go);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = __rdtsc(), end;
		pid_t child = must_fork();
		int id;

		if (!child) {
			shared[0] = __rdtsc();
			must_read(go[0]);
			shared[1] = __rdtsc();
			_exit(0);
		}
		/* The child is blocked when an engine is attached to it. */
		while (!shared[0])
			usleep(1000);
		id = attach(child);
		must_write(go[1]);
		must_wait(child, 0);
		end = __rdtsc();
		drop(id);
		forks[i] = shared[0] - start;
		exits[i] = end - shared[1];
		shared[0] = 0;
	}
	close(go[0]);
	close(go[1]);
	print("fork", forks);
	print("exit", exits);
}

/* From the call of execve() to main() of the new image. */
static void count_exec(char *program)
{
	double counts[ROUNDS];
	int go[2], result[2];
	char number[16];

	must_pipe(go);
	must_pipe(result);
	snprintf(number, sizeof(number), "%d", result[1]);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t end;
		pid_t child = must_fork();
		int id;

		if (!child) {
			char *args[] = { program, "stamp", number, NULL };

			must_read(go[0]);
			shared[0] = __rdtsc();
			execv(program, args);
			err(1, "%s", program);
		}
		id = attach(child);
		must_write(go[1]);
		must_wait(child, 0);
		if (read(result[0], &end, sizeof(end)) != sizeof(end))
			err(1, "read");
		drop(id);
		counts[i] = end - shared[0];
	}
	shared[0] = 0;
	print("exec", counts);
}

static void call_forever(void)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		err(1, "PTRACE_TRACEME");
	raise(SIGSTOP);
	for (;;)
		syscall(SYS_getppid);
}

static void resume(pid_t child, int request, int stop)
{
	if (ptrace(request, child, NULL, NULL))
		err(1, "ptrace");
	must_wait(child, W_STOPCODE(stop));
}

/* What strace does: two stops for each call, and what it asks at each. */
static uint64_t trace_calls(pid_t child, int calls)
{
	struct __ptrace_syscall_info info;
	uint64_t start = __rdtsc();

	for (int n = 0; n < 2 * calls; n++) {
		resume(child, PTRACE_SYSCALL, SIGTRAP | 0x80);
		if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info),
			   &info) < 0)
			err(1, "PTRACE_GET_SYSCALL_INFO");
	}
	return __rdtsc() - start;
}

static uint64_t trace_steps(pid_t child, int steps)
{
	uint64_t start = __rdtsc();

	for (int n = 0; n < steps; n++)
		resume(child, PTRACE_SINGLESTEP, SIGTRAP);
	return __rdtsc() - start;
}

/* The tracer has no engine, the child has. */
static void count_ptrace(void)
{
	double calls[ROUNDS], steps[ROUNDS];
	pid_t child = must_fork();
	int id;

	if (!child)
		call_forever();
	must_wait(child, W_STOPCODE(SIGSTOP));
	id = attach(child);
	if (ptrace(PTRACE_SETOPTIONS, child, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		err(1, "PTRACE_SETOPTIONS");
	for (int i = 0; i < ROUNDS; i++)
		calls[i] = trace_calls(child, 50) / 50.;
	/* Over several loops of the child: calls are among the steps. */
	for (int i = 0; i < ROUNDS; i++)
		steps[i] = trace_steps(child, 100) / 100.;
	kill(child, SIGKILL);
	must_wait(child, SIGKILL);
	drop(id);
	print("ptrace-syscall", calls);
	print("ptrace-step", steps);
}

static void open_device(void)
{
	device = open("/dev/utrace_test", O_RDWR | O_CLOEXEC);
	if (device < 0)
		err(1, "/dev/utrace_test");
}

/*
 * What strace runs: it measures itself, since strace's begin and end wait for
 * files, and the clock goes on meanwhile.
 */
static void count_traced_calls(void)
{
	double counts[ROUNDS];
	int id = attach(getpid());

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = __rdtsc();

		for (int n = 0; n < 50; n++)
			syscall(SYS_getppid);
		counts[i] = (__rdtsc() - start) / 50.;
	}
	drop(id);
	print("strace-c", counts);
}

static void count_strace(char *program)
{
	char *engine = device < 0 ? NULL : "engine";
	pid_t child;

	fflush(stdout);
	child = must_fork();
	if (!child) {
		execlp("strace", "strace", "-c", "-o", "/dev/null", program,
		       "calls", engine, NULL);
		err(1, "strace");
	}
	must_wait(child, 0);
}

/* What runs after the exec that count_exec() measures. */
static int stamp(int fd, uint64_t now)
{
	return write(fd, &now, sizeof(now)) == sizeof(now) ? 0 : 1;
}

int main(int argc, char **argv)
{
	uint64_t now = __rdtsc();
	int id;

	if (argc == 3 && !strcmp(argv[1], "stamp"))
		return stamp(atoi(argv[2]), now);
	if (argc >= 2 && !strcmp(argv[1], "calls")) {
		if (argc == 3)
			open_device();
		count_traced_calls();
		return 0;
	}
	/* Page faults depend on where things lie. */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		if (personality(ADDR_NO_RANDOMIZE) < 0)
			err(1, "personality");
		execv(argv[0], argv);
		err(1, "%s", argv[0]);
	}
	if (argc == 2 && !strcmp(argv[1], "engine")) {
		open_device();
	} else if (argc != 1) {
		errx(2, "usage: count [engine]");
	}
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	shared[0] = 0;
	id = attach(getpid());
	count_syscall("syscall");
	count_passed_call(id);
	count_signal();
	count_switch();
	count_fork_exit();
	count_exec(argv[0]);
	drop(id);
	count_ptrace();
	count_strace(argv[0]);
	return 0;
}
