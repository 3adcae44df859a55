// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: exec, by leaders and others; what an engine's owner may gain. */
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "ut.h"

#define USER 1000

static bool has_net_raw(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {};

	syscall(SYS_capget, &header, data);
	return data[0].effective & 1 << CAP_NET_RAW;
}

/* What a privileged copy of this program says about itself. */
__attribute__((constructor)) static void whoami(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--whoami"))
		_exit((geteuid() ? 0 : 1) + (getegid() ? 0 : 2) +
		      (geteuid() && has_net_raw() ? 4 : 0));
}

static void execs(void *arg)
{
	shared->ready = 1;
	while (!shared->go)
		ms(1);
	execl(arg, arg, "--whoami", NULL);
	shared->value[0] = errno;
	_exit(99);
}

static pid_t start(void *program, unsigned long events)
{
	pid_t pid = spawn(execs, program);

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, events), 0);
	return pid;
}

static void reported(void)
{
	pid_t pid = start("/proc/self/exe", E_EXEC | E_QUIESCE | E_EXIT);
	const struct ut_record *r;

	shared->go = 1;
	check_eq(reap(pid), 3 << 8);
	r = ut_nth(0, UT_EXEC, UT_ANY, 1);
	check(r);
	if (r) {
		check(r->arg[0] != 0);
		check_eq(r->arg[1], 1);
	}
	check_story(0, "quiesce:exec exec quiesce:exit exit:768");
}

static void failure_is_not(void)
{
	pid_t pid = start("/nowhere", E_EXEC);

	shared->go = 1;
	check_eq(reap(pid), 99 << 8);
	check_eq(shared->value[0], ENOENT);
	check_story(0, "");
}

/* Its registers can be changed: it starts elsewhere. */
static void starts_elsewhere(void)
{
	pid_t pid = start("/proc/self/exe", E_EXEC | E_SIGNAL_CORE);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_EXEC, .ret = RESUME, .effect = UT_SET_REG,
		.arg = { UT_REG_IP, 0x1000 });
	shared->go = 1;
	check_eq(reap(pid) & 0x7f, SIGSEGV);
	r = ut_nth(0, UT_SIGNAL, SIGSEGV, 1);
	check(r && r->arg[4] == 0x1000);
}

static void held_at_exec(void)
{
	pid_t pid = start("/proc/self/exe", E_EXEC | E_SYSCALL_ENTRY);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_EXEC, .ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	r = ut_nth(0, UT_EXEC, UT_ANY, 1);
	check(r);
	ut_mark();
	ms(20);
	check_story(0, "");
	check_eq(ut_prepare(0), 0);
	check(r && ut_ip(0) == (unsigned long)r->arg[0]);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), 3 << 8);
}

static void *execs_too(void *arg)
{
	(void)arg;
	shared->tid[1] = syscall(SYS_gettid);
	shared->ready = 2;
	while (!shared->go)
		ms(1);
	execl("/bin/sleep", "sleep", "100", NULL);
	_exit(99);
}

static void has_second_thread(void *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, execs_too, NULL);
	sleeps(NULL);
}

/* The leader's identity goes to the thread that execs. */
static void by_another_thread(void)
{
	const unsigned long all = E_EXEC | E_DEATH | E_REAP | E_QUIESCE;
	pid_t pid = spawn(has_second_thread, NULL);

	check(wait_value(&shared->ready, 2));
	check_eq(ut_attach(0, pid, all), 0);
	check_eq(ut_attach(1, shared->tid[1], all), 0);
	shared->go = 1;
	check(ut_wait(1, UT_EXEC, UT_ANY));
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_story(0, "quiesce:death death:0 reap");
	check_story(1, "quiesce:exec exec");
	check_eq(ut_nth(1, UT_EXEC, UT_ANY, 1)->tid, pid);
	/* By pid: the old thread's is gone, the leader's leads to another. */
	check_eq(ut_call(UT_CONTROL, 1, RESUME, UT_BY_PID), -ESRCH);
	check_eq(ut_call(UT_EVENTS, 1, 0, UT_BY_PID), -ESRCH);
	check_eq(ut_call(UT_BARRIER, 1, 0, UT_BY_PID), -ESRCH);
	check_eq(ut_call(UT_CONTROL, 0, STOP, UT_BY_PID), -ESRCH);
	check_eq(ut_call(UT_EVENTS, 0, 0, UT_BY_PID), -ESRCH);
	check_eq(ut_control(1, REPORT), 0);
	/* sleep(1) goes on sleeping; the report comes with the end. */
	check_eq(kill_reap(pid), SIGKILL);
	check(ut_wait(1, UT_REAP, UT_ANY));
	check_eq(ut_count(1, UT_DEATH, UT_ANY), 1);
	check_eq(ut_count(0, UT_REAP, UT_ANY), 1);
}

/* Its engine keeps on working on the new program. */
static void engine_stays(void)
{
	pid_t pid = start("/bin/true", E_EXEC | E_SYSCALL_ENTRY);

	shared->go = 1;
	check_eq(reap(pid), 0);
	check(ut_wait(0, UT_EXEC, UT_ANY));
	check_eq(ut_count(0, UT_SYSCALL_ENTRY, SYS_exit_group), 1);
}

static char copy[64];

/* In place of a mode: a capability of the file. */
#define WITH_CAPABILITY 0

static void add_capability(void)
{
	struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data = { { .permitted = 1 << CAP_NET_RAW } },
	};

	check(!setxattr(copy, "security.capability", &data, sizeof(data), 0),
	      "%s", strerror(errno));
}

static void make_copy(int mode)
{
	char command[256], self[128] = "";

	check(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	snprintf(copy, sizeof(copy), "/tmp/ut-whoami-%d", getpid());
	snprintf(command, sizeof(command), "cp %s %s", self, copy);
	check(!system(command));
	check(!chown(copy, 0, 0) && !chmod(copy, mode ?: 0755));
	if (mode == WITH_CAPABILITY)
		add_capability();
}

static void execs_as_user(void *arg)
{
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		_exit(98);
	execs(arg);
}

enum { NOBODY = -1, ROOT = 0 };

/* Who owns the engine decides what a program with set-id bits gains. */
static void gains(int mode, int owner, int want)
{
	pid_t pid;

	make_copy(mode);
	shared->ready = shared->go = 0;
	pid = spawn(execs_as_user, copy);
	check(wait_value(&shared->ready, 1));
	if (owner != NOBODY) {
		check(!seteuid(owner));
		check_eq(ut_attach(0, pid, E_EXEC), 0);
		check(!seteuid(0));
	}
	shared->go = 1;
	check_eq(reap(pid), want << 8);
	check_eq(ut_count(0, UT_EXEC, UT_ANY), owner != NOBODY);
	ut_drop(0);
	ut_mark();
	unlink(copy);
}

static void set_uid(void)
{
	gains(04755, NOBODY, 1);
	gains(04755, ROOT, 1);
	gains(04755, USER, 0);
}

static void set_gid(void)
{
	gains(02755, NOBODY, 2);
	gains(02755, ROOT, 2);
	gains(02755, USER, 0);
}

static void file_capability(void)
{
	gains(WITH_CAPABILITY, NOBODY, 4);
	gains(WITH_CAPABILITY, ROOT, 4);
	gains(WITH_CAPABILITY, USER, 0);
}

static void no_set_id(void)
{
	gains(0755, USER, 0);
}

/* When its engine has left, the program gains what it always did. */
static void owner_left(void)
{
	pid_t pid;

	make_copy(04755);
	pid = spawn(execs_as_user, copy);
	check(wait_value(&shared->ready, 1));
	check(!seteuid(USER));
	check_eq(ut_attach(0, pid, E_EXEC), 0);
	check(!seteuid(0));
	check_eq(ut_control(0, DETACH), 0);
	shared->go = 1;
	check_eq(reap(pid), 1 << 8);
	unlink(copy);
}

static void forks_and_execs_as_user(void *arg)
{
	int status;

	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		_exit(98);
	shared->ready = 1;
	while (!shared->go)
		ms(1);
	if (!fork())
		execs(arg);
	wait(&status);
	_exit(WEXITSTATUS(status));
}

/* A child's engine is its creator's engine's owner's. */
static void child_gains(int owner, int want)
{
	pid_t pid;

	make_copy(04755);
	shared->ready = shared->go = 0;
	pid = spawn(forks_and_execs_as_user, copy);
	check(wait_value(&shared->ready, 1));
	check(!seteuid(owner));
	check_eq(ut_attach(0, pid, E_CLONE), 0);
	check(!seteuid(0));
	ut_rule(0, .kind = UT_CLONE, .ret = RESUME, .effect = UT_FOLLOW,
		.arg = { 1, E_EXEC, UT_ANY });
	shared->go = 1;
	check_eq(reap(pid), want << 8);
	check_eq(ut_count(1, UT_EXEC, UT_ANY), 1);
	ut_drop(0);
	ut_drop(1);
	ut_mark();
	unlink(copy);
}

static void inherited_owner(void)
{
	child_gains(ROOT, 1);
	child_gains(USER, 0);
}

const struct test tests[] = {
	{ "exec is reported", reported },
	{ "an exec that fails is not", failure_is_not },
	{ "registers changed: it starts elsewhere", starts_elsewhere },
	{ "held before the first instruction", held_at_exec },
	{ "the engine stays", engine_stays },
	{ "by another thread: the leader's engine sees death and reap",
	  by_another_thread },
	{ "set-uid: nothing gained under a user's engine", set_uid },
	{ "set-gid: nothing gained under a user's engine", set_gid },
	{ "file capabilities: nothing gained under a user's engine",
	  file_capability },
	{ "a program without such bits", no_set_id },
	{ "set-uid after the user's engine has left", owner_left },
	{ "a child's engine has its creator's owner", inherited_owner },
	{}
};
