// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: prepare and finish of an examination; freezers. */
#include <sys/mount.h>
#include <sys/stat.h>

#include "ut.h"

static void marked_loop(void *arg)
{
	(void)arg;
	shared->ready = 1;
	asm volatile("mark_0: incq (%0)\n"
		     "mark_1: jmp mark_0\n" : : "r" (&shared->counter)
		     : "memory");
}

extern const char mark_0[], mark_1[];

static bool is_in_loop(unsigned long ip)
{
	return ip == (unsigned long)mark_0 || ip == (unsigned long)mark_1;
}

static pid_t start(void)
{
	pid_t pid = spawn(marked_loop, NULL);

	check(wait_value(&shared->counter, 1));
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	return pid;
}

static void held(void)
{
	pid_t pid = start();
	int i;

	ut_hold(0, pid);
	for (i = 0; i < 20; i++) {
		check_eq(ut_prepare(0), 0);
		check(is_in_loop(ut_ip(0)), "%lx", ut_ip(0));
		check_eq(ut_finish(0), 0);
	}
	kill_reap(pid);
}

static void running(void)
{
	pid_t pid = start();

	check_eq(ut_prepare(0), -EINVAL);
	check_eq(ut_finish(0), -EINVAL);
	kill_reap(pid);
}

/* Held by another engine: it is not this one that keeps it there. */
static void held_by_another(void)
{
	pid_t pid = start();

	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	check_eq(ut_prepare(1), -EINVAL);
	check_eq(ut_control(1, STOP), 0);
	check_eq(ut_examine(1), 0);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(ut_examine(0), -EINVAL);
	check_eq(ut_examine(1), 0);
	kill_reap(pid);
}

/* Asked to stop, but in a call that lasts: not yet. */
static void not_yet(void)
{
	pid_t pid = spawn(sleeps, NULL);

	ms(50);
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP);
	ut_rule(0, .kind = UT_REPORT, .ret = STOP | SIG_REPORT);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check_eq(ut_prepare(0), -EAGAIN);
	check_eq(ut_control(0, INTERRUPT), 0);
	check(wait_state(pid, "t"));
	check_eq(ut_examine(0), 0);
	kill_reap(pid);
}

/* Its callback has said STOP, another's goes on: it is waited for. */
static void about_to_stop(void)
{
	pid_t pid = start();

	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP);
	ut_rule(1, .kind = UT_QUIESCE, .ret = RESUME, .delay_ms = 200);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(ut_wait(1, UT_QUIESCE, 0));
	check_eq(ut_finish(0), -EAGAIN);
	check_eq(ut_prepare(0), 0);
	check_eq(ut_running(1), 0);
	check_eq(proc_state(pid), 't');
	check(is_in_loop(ut_ip(0)));
	check_eq(ut_finish(0), 0);
	kill_reap(pid);
}

/* But not for ever: a kill ends it. */
static void killed_on_its_way(void)
{
	pid_t pid = start();
	int ret;

	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP);
	ut_rule(1, .kind = UT_QUIESCE, .ret = RESUME, .delay_ms = 200);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(ut_wait(1, UT_QUIESCE, 0));
	kill(pid, SIGKILL);
	ret = ut_prepare(0);
	check(ret == -EAGAIN || ret == -EINVAL || ret == -ESRCH, "%d", ret);
	check_eq(reap(pid), SIGKILL);
}

static void ran_in_between(void)
{
	pid_t pid = start();

	ut_hold(0, pid);
	check_eq(ut_prepare(0), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	check_eq(ut_finish(0), -EINVAL);
	ut_hold(0, pid);
	check_eq(ut_finish(0), -EAGAIN);
	check_eq(ut_examine(0), 0);
	kill_reap(pid);
}

static void killed_in_between(void)
{
	pid_t pid = start();

	ut_hold(0, pid);
	check_eq(ut_prepare(0), 0);
	kill(pid, SIGKILL);
	check(wait_state(pid, "Z"));
	check_eq(ut_finish(0), -ESRCH);
	check_eq(ut_prepare(0), -ESRCH);
	reap(pid);
	check_eq(ut_finish(0), -ESRCH);
	check_eq(ut_prepare(0), -ESRCH);
}

/* Killed, and in its report_exit still. */
static void killed_and_busy(void)
{
	pid_t pid = start();
	int ret;

	check_eq(ut_events(0, E_QUIESCE | E_EXIT), 0);
	ut_hold(0, pid);
	ut_rule(0, .kind = UT_EXIT, .ret = RESUME, .delay_ms = 200);
	check_eq(ut_prepare(0), 0);
	kill(pid, SIGKILL);
	check(ut_wait(0, UT_EXIT, UT_ANY));
	ret = ut_finish(0);
	check(ret == -EAGAIN || ret == -EINVAL, "%d", ret);
	reap(pid);
}

/* A job control stop that an engine holds is as good. */
static void stopped_by_job_control(void)
{
	pid_t pid = start();

	kill(pid, SIGSTOP);
	check(wait_state(pid, "T"));
	check_eq(ut_prepare(0), -EINVAL);
	check_eq(ut_control(0, STOP), 0);
	check_eq(ut_prepare(0), 0);
	check(is_in_loop(ut_ip(0)), "%lx", ut_ip(0));
	check_eq(ut_finish(0), 0);
	kill(pid, SIGCONT);
	check(wait_state(pid, "t"));
	check_eq(ut_finish(0), -EAGAIN);
	kill_reap(pid);
}

static const char *const group = "/tmp/ut-cgroup";

static void write_to(const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", group, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	check(fd >= 0 && write(fd, text, strlen(text)) > 0, "%s", path);
	close(fd);
}

static bool is_frozen(void)
{
	char path[128], text[128] = "";
	int fd, i;

	snprintf(path, sizeof(path), "%s/ut/cgroup.events", group);
	for (i = 0; i < 1000; i++) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		check(read(fd, text, sizeof(text) - 1) > 0);
		close(fd);
		if (strstr(text, "frozen 1"))
			return true;
		ms(1);
	}
	return false;
}

static bool make_group(pid_t pid)
{
	char number[16], path[64];

	mkdir(group, 0700);
	if (mount("none", group, "cgroup2", 0, NULL))
		return false;
	snprintf(path, sizeof(path), "%s/ut", group);
	mkdir(path, 0700);
	snprintf(number, sizeof(number), "%d", pid);
	write_to("ut/cgroup.procs", number);
	return true;
}

/* A held thread counts as frozen; released it is frozen in earnest. */
static void frozen(void)
{
	pid_t pid = start();
	char path[64];

	if (!make_group(pid)) {
		kill_reap(pid);
		ut_skip("no cgroup2");
	}
	ut_hold(0, pid);
	write_to("ut/cgroup.freeze", "1");
	check(is_frozen(), "a held thread keeps its group from freezing");
	check_eq(ut_examine(0), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(!moves(&shared->counter));
	check(is_frozen());
	write_to("ut/cgroup.freeze", "0");
	check(moves(&shared->counter));
	/* The other way round: a frozen thread is asked to stop. */
	write_to("ut/cgroup.freeze", "1");
	check(is_frozen());
	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP);
	ut_rule(0, .kind = UT_REPORT, .ret = STOP | SIG_REPORT);
	ut_control(0, STOP);
	ms(50);
	check(is_frozen());
	write_to("ut/cgroup.freeze", "0");
	check(wait_state(pid, "t"));
	check(!moves(&shared->counter));
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
	snprintf(path, sizeof(path), "%s/ut", group);
	rmdir(path);
	umount(group);
	rmdir(group);
}

const struct test tests[] = {
	{ "a held thread", held },
	{ "a running thread is EINVAL", running },
	{ "one that another engine holds is EINVAL", held_by_another },
	{ "one that does not stand still yet is EAGAIN", not_yet },
	{ "one that is about to stop is waited for", about_to_stop },
	{ "one that is killed on its way", killed_on_its_way },
	{ "one that ran in between", ran_in_between },
	{ "one that was killed in between", killed_in_between },
	{ "one that was killed and reports its exit", killed_and_busy },
	{ "one that is stopped by job control", stopped_by_job_control },
	{ "a held thread in a frozen cgroup", frozen },
	{}
};
