// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * utrace.api: runs the tests of a program, or those that are named, one process
 * each, and prints "ok NAME", "not ok NAME" or "skip NAME" for each.
 */
#include <stdarg.h>

#include "ut.h"

#define LIMIT_S (60 * ut_slow)
#define SKIPPED 77

static bool failed;

void ut_failed(const char *file, int line, const char *what,
	       const char *format, ...)
{
	va_list args;

	failed = true;
	printf("# %s:%d: %s:", file, line, what);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

void ut_skip(const char *why)
{
	printf("# %s\n", why);
	fflush(stdout);
	_exit(SKIPPED);
}

static void check_callbacks(void)
{
	struct ut_command c = { .op = UT_POKE };

	if (!ut_call(UT_POKE, 0, 0, 0) && !syscall(SYS_ioctl, ut_fd, UT_CALL, &c))
		check(!c.bad, "%llu callbacks that must not have come",
		      (unsigned long long)c.bad);
}

static void run_test(const struct test *test)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ut_fd = open("/dev/utrace_test", O_RDWR | O_CLOEXEC);
	if (ut_fd < 0) {
		perror("/dev/utrace_test");
		_exit(1);
	}
	test->run();
	check_callbacks();
	fflush(stdout);
	_exit(failed);
}

/* Whatever it left behind is in its process group, or dies with it. */
static int wait_for(pid_t pid, const char *name)
{
	int status, i;

	for (i = 0; i < LIMIT_S * 100; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			kill(-pid, SIGKILL);
			return status;
		}
		ms(10);
	}
	printf("# %s: not done after %d s\n", name, LIMIT_S);
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid ? -1 : -1;
}

static const char *verdict(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED)
		return "skip";
	return status ? "not ok" : "ok";
}

static bool is_wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strstr(name, *names))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	const struct test *test;
	double start;
	pid_t pid;
	int status;

	(void)argc;
	if (getenv("UT_SLOW"))
		ut_slow = atoi(getenv("UT_SLOW"));
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGCHLD, SIG_DFL);
	for (test = tests; test->name; test++) {
		if (!is_wanted(test->name, argv + 1))
			continue;
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		start = now();
		pid = fork();
		if (!pid)
			run_test(test);
		status = wait_for(pid, test->name);
		if (getenv("UT_TIMES"))
			printf("# %.2f s\n", now() - start);
		printf("%s %s\n", verdict(status), test->name);
		munmap(shared, sizeof(*shared));
	}
	printf("done\n");
	return 0;
}
