// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads that an engine holds, and the freezers: control group 2, control
 * group 1, and that of the whole system before it sleeps.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "beside.h"

static volatile long *beats;

static void be_child(void)
{
	for (;;) {
		++*beats;
		nap_us(1000);
	}
}

static bool write_pid(const char *path, pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return write_file(path, text);
}

static bool wait_text(const char *path, const char *text)
{
	double end = now() + patience_s(20);

	while (!strstr(read_file(path), text)) {
		if (now() > end)
			return false;
		nap_us(5000);
	}
	return true;
}

#define GROUP2 "/sys/fs/cgroup/utrace-test"

static void test_group2(int fd, unsigned int id, pid_t pid)
{
	if (mkdir(GROUP2, 0755) || !write_pid(GROUP2 "/cgroup.procs", pid)) {
		unsupported("cgroup.freeze", "no control group 2 at /sys/fs/cgroup");
		return;
	}
	hold(fd, id, pid);
	write_file(GROUP2 "/cgroup.freeze", "1");
	verdict(wait_text(GROUP2 "/cgroup.events", "frozen 1"),
		"a held thread counts as frozen", "%s",
		read_file(GROUP2 "/cgroup.events"));
	release(fd, id);
	verdict(stands(beats), "released in a frozen group it stays", "it runs");
	write_file(GROUP2 "/cgroup.freeze", "0");
	verdict(moves(beats), "thawed it runs", "state %c", state_of(pid));

	write_file(GROUP2 "/cgroup.freeze", "1");
	wait_text(GROUP2 "/cgroup.events", "frozen 1");
	engine_returns(fd, STOP);
	engine_control(fd, id, INTERRUPT);
	verdict(wait_text(GROUP2 "/cgroup.events", "frozen 1"),
		"a frozen thread that is to be held stays frozen", "%s",
		read_file(GROUP2 "/cgroup.events"));
	write_file(GROUP2 "/cgroup.freeze", "0");
	verdict(wait_state(pid, 't') && stands(beats),
		"thawed it is held", "state %c", state_of(pid));
	release(fd, id);
	verdict(moves(beats), "and runs when it is released", "state %c",
		state_of(pid));
	write_pid("/sys/fs/cgroup/cgroup.procs", pid);
	rmdir(GROUP2);
}

#define ROOT1 "/run/utrace-freezer"
#define GROUP1 ROOT1 "/test"

static void test_group1(int fd, unsigned int id, pid_t pid)
{
	mkdir(ROOT1, 0755);
	if (mount("cgroup", ROOT1, "cgroup", 0, "freezer")) {
		unsupported("the freezer of control group 1", strerror(errno));
		return;
	}
	mkdir(GROUP1, 0755);
	write_pid(GROUP1 "/cgroup.procs", pid);
	hold(fd, id, pid);
	write_file(GROUP1 "/freezer.state", "FROZEN");
	verdict(wait_text(GROUP1 "/freezer.state", "FROZEN"),
		"a held thread can be frozen", "%s",
		read_file(GROUP1 "/freezer.state"));
	verdict(race_call(fd, RACE_EXAMINE, id, 0, 0) == 0,
		"and looked at", "refused");
	release(fd, id);
	verdict(stands(beats), "released while frozen it stays", "it runs");
	write_file(GROUP1 "/freezer.state", "THAWED");
	verdict(moves(beats), "and runs when thawed", "state %c",
		state_of(pid));

	write_file(GROUP1 "/freezer.state", "FROZEN");
	wait_text(GROUP1 "/freezer.state", "FROZEN");
	engine_returns(fd, STOP);
	engine_control(fd, id, INTERRUPT);
	write_file(GROUP1 "/freezer.state", "THAWED");
	verdict(wait_state(pid, 't') && stands(beats),
		"a stop asked for while frozen comes after it", "state %c",
		state_of(pid));
	release(fd, id);
	verdict(moves(beats), "and can be lifted", "state %c", state_of(pid));
	write_pid(ROOT1 "/cgroup.procs", pid);
	rmdir(GROUP1);
	umount(ROOT1);
	rmdir(ROOT1);
}

/* pm_test "freezer": all is frozen for a second and thawed again. */
static void test_system(int fd, unsigned int id, pid_t pid)
{
	double began;

	if (!strstr(read_file("/sys/power/state"), "freeze") ||
	    !write_file("/sys/power/pm_test", "freezer")) {
		unsupported("the system's freezer",
			    "no CONFIG_SUSPEND and CONFIG_PM_DEBUG");
		return;
	}
	write_file("/sys/module/suspend/parameters/pm_test_delay", "1");
	hold(fd, id, pid);
	began = now();
	verdict(write_file("/sys/power/state", "freeze") &&
		now() - began < patience_s(10),
		"the system can be frozen with a held thread",
		"%m after %.1f s", now() - began);
	verdict(state_of(pid) == 't' && stands(beats),
		"which is held afterwards", "state %c", state_of(pid));
	release(fd, id);
	verdict(moves(beats), "and then runs", "state %c", state_of(pid));
	write_file("/sys/power/pm_test", "none");
}

int main(void)
{
	int fd = race_open();
	unsigned int id;
	pid_t pid;

	beats = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid = child(be_child);
	wait_word(beats, 1);
	id = engine_on(fd, pid, HOLDS_MASK);
	test_group2(fd, id, pid);
	test_group1(fd, id, pid);
	test_system(fd, id, pid);
	kill_child(pid);
	return verdicts_failed || race_bad(fd);
}
