// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: system calls seen, changed, aborted, held. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <linux/perf_event.h>

#include "ut.h"

static void known_calls(void *arg)
{
	(void)arg;
	shared->ready = 1;
	while (!shared->go)
		;
	syscall(SYS_getppid);
	shared->value[0] = syscall(SYS_dup, -1) < 0 ? errno : 0;
	syscall(SYS_getpriority, 0, 0);
	syscall(SYS_exit_group, 3);
}

/* Above UTRACE_NR_SYSCALLS. */
#define UT_NO_CALL 600

static void the_list(void)
{
	pid_t pid = spawn(known_calls, NULL);

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_SYSCALLS), 0);
	shared->go = 1;
	check_eq(reap(pid), 3 << 8);
	check_story(0, "entry:110 leave:110 entry:32 leave:32 entry:140 leave:140 entry:231");
	check_eq((int)ut_nth(0, UT_SYSCALL_ENTRY, SYS_dup, 1)->arg[1], -1);
	check_eq(ut_nth(0, UT_SYSCALL_EXIT, SYS_dup, 1)->arg[1], -EBADF);
	check_eq(ut_nth(0, UT_SYSCALL_EXIT, SYS_getppid, 1)->arg[1], getpid());
	check_eq(ut_nth(0, UT_SYSCALL_ENTRY, SYS_exit_group, 1)->arg[1], 3);
}

/* Each event alone. */
static void one_side(unsigned long event, const char *story)
{
	pid_t pid;

	shared->go = shared->ready = 0;
	pid = spawn(known_calls, NULL);
	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, event), 0);
	shared->go = 1;
	reap(pid);
	check_story(0, story);
	ut_drop(0);
	ut_mark();
}

static void each_side(void)
{
	one_side(E_SYSCALL_ENTRY, "entry:110 entry:32 entry:140 entry:231");
	one_side(E_SYSCALL_EXIT, "leave:110 leave:32 leave:140");
}

/*
 * In a loop, noting what the call returned; slow enough for the log to hold what
 * comes while nobody reads it.
 */
static void dups(void *arg)
{
	volatile int pause;

	(void)arg;
	shared->ready = 1;
	for (;;) {
		long r = syscall(SYS_dup2, 0, 200);

		for (pause = 0; pause < 100000; pause++)
			;

		shared->value[0] = r < 0 ? -errno : r;
		shared->value[1] += r < 0;
		shared->counter++;
	}
}

static pid_t start(void (*program)(void *), unsigned long events)
{
	pid_t pid = spawn(program, NULL);

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, events), 0);
	return pid;
}

/* Lets it go around twice at least, for what was changed meanwhile to show. */
static long result_now(void)
{
	check(wait_value(&shared->counter, shared->counter + 3));
	return shared->value[0];
}

static void changed_at_entry(void)
{
	pid_t pid = start(dups, E_SYSCALL_ENTRY);

	check_eq(result_now(), 200);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2, .ret = RESUME,
		.effect = UT_SET_REG, .arg = { UT_REG_NR, SYS_getpid });
	check_eq(result_now(), pid);
	ut_no_rules(0);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2, .ret = RESUME,
		.effect = UT_SET_REG, .arg = { UT_REG_ARG0, 999 });
	check_eq(result_now(), -EBADF);
	kill_reap(pid);
}

static void changed_at_exit(void)
{
	pid_t pid = start(dups, E_SYSCALL_EXIT);

	ut_rule(0, .kind = UT_SYSCALL_EXIT, .match = SYS_dup2, .ret = RESUME,
		.effect = UT_SET_REG, .arg = { UT_REG_RESULT, 4242 });
	check_eq(result_now(), 4242);
	kill_reap(pid);
}

static void filtered(void *arg)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpriority, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 77),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	dups(arg);
}

/* A number that an engine puts in does not get around the filter. */
static void seccomp_sees_the_new_number(void)
{
	pid_t pid = start(filtered, E_SYSCALL_ENTRY);

	check_eq(result_now(), 200);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2, .ret = RESUME,
		.effect = UT_SET_REG, .arg = { UT_REG_NR, SYS_getpriority });
	check_eq(result_now(), -77);
	kill_reap(pid);
}

static void aborted(void)
{
	pid_t pid = start(dups, E_SYSCALLS);

	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2,
		.ret = RESUME | ABORT);
	check_eq(result_now(), -ENOSYS);
	ut_mark();
	check(ut_wait_nth(0, UT_SYSCALL_EXIT, SYS_dup2, 2));
	check_eq(ut_nth(0, UT_SYSCALL_EXIT, SYS_dup2, 2)->arg[1], -ENOSYS);
	kill_reap(pid);
}

static void aborted_with_a_result(void)
{
	pid_t pid = start(dups, E_SYSCALLS);

	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2,
		.ret = RESUME | ABORT, .effect = UT_SET_REG,
		.arg = { UT_REG_RESULT, 1717 });
	check_eq(result_now(), 1717);
	kill_reap(pid);
}

/* The last one's RUN counts, and it has seen ABORT. */
static void last_word(void)
{
	pid_t pid = start(dups, E_SYSCALL_ENTRY);
	const struct ut_record *r;

	check_eq(ut_attach(1, pid, 0), 0);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2,
		.ret = RESUME | ABORT);
	ut_rule(1, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2,
		.ret = RESUME | RUN);
	ut_mark();
	check_eq(ut_events(1, E_SYSCALL_ENTRY), 0);
	r = ut_wait(1, UT_SYSCALL_ENTRY, SYS_dup2);
	check(r);
	if (r)
		check_eq(r->action & 0xf0, ABORT);
	check_eq(result_now(), 200);
	/* Once it only passes on what it was given, the first one's holds. */
	ut_no_rules(1);
	check_eq(result_now(), -ENOSYS);
	kill_reap(pid);
}

static void writes(void *arg)
{
	int *fds = arg;

	shared->ready = 1;
	while (!shared->go)
		;
	shared->value[0] = syscall(SYS_write, fds[1], "abc", 3);
	shared->value[1] = errno;
	shared->counter = 1;
	spins(NULL);
}

static void held_at_entry(void)
{
	int fds[2], left = -1;
	pid_t pid;

	check(!pipe(fds));
	pid = spawn(writes, fds);
	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_SYSCALL_ENTRY), 0);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_write, .times = 1,
		.ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	check(!ioctl(fds[0], 0x541b /* FIONREAD */, &left));
	check_eq(left, 0);
	check_eq(ut_examine(0), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->counter, 1));
	check_eq(shared->value[0], 3);
	check(!ioctl(fds[0], 0x541b, &left));
	check_eq(left, 3);
	kill_reap(pid);
}

/*
 * Asked to come while it is about to be held: that is the later word, and the
 * call is made, unless the callback has the last one.
 */
static void asked_at_entry(bool last_word)
{
	int fds[2], left = -1;
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	check(!pipe(fds));
	pid = spawn(writes, fds);
	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SYSCALL_ENTRY), 0);
	ut_rule(0, .kind = UT_QUIESCE, .match = E_SYSCALL_ENTRY, .times = 1,
		.ret = RESUME, .delay_ms = 200);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_write, .times = 1,
		.ret = STOP, .effect = last_word ? UT_DO_CONTROL : UT_NOTHING,
		.arg = { 0, RESUME });
	shared->go = 1;
	check(ut_wait(0, UT_QUIESCE, E_SYSCALL_ENTRY));
	check_eq(ut_control(0, INTERRUPT), 0);
	if (last_word)
		check(wait_state(pid, "t"));
	else
		check(wait_value(&shared->counter, 1));
	check(!ioctl(fds[0], 0x541b, &left));
	check_eq(left, last_word ? 0 : 3);
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->counter, 1));
	check_eq(shared->value[0], 3);
	kill_reap(pid);
	ut_drop(0);
	ut_mark();
}

static void asked_while_entering(void)
{
	asked_at_entry(false);
}

static void last_word_at_entry(void)
{
	asked_at_entry(true);
}

/* Killed there: the call is not made, and nobody hears of its return. */
static void killed_at_entry(void)
{
	int fds[2], left = -1;
	pid_t pid;

	check(!pipe(fds));
	pid = spawn(writes, fds);
	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_SYSCALLS | E_EXIT), 0);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_write, .ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	ut_mark();
	check_eq(kill_reap(pid), SIGKILL);
	check_eq(ut_count(0, UT_SYSCALL_EXIT, UT_ANY), 0);
	check_eq(ut_count(0, UT_EXIT, UT_ANY), 1);
	check(!ioctl(fds[0], 0x541b, &left));
	check_eq(left, 0);
}

/* While one holds it, another changes the argument before it lets go. */
static void changed_while_held(void)
{
	pid_t pid = start(dups, E_QUIESCE | E_SYSCALL_ENTRY);

	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2, .times = 1,
		.ret = STOP, .effect = UT_SET_REG,
		.arg = { UT_REG_ARG0, 999 });
	check(wait_state(pid, "t"));
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->counter, shared->counter + 1));
	check_eq(result_now(), 200);
	/* It was the one call that was held. */
	check_eq(shared->value[1], 1);
	kill_reap(pid);
}

/* A held call does not come back with EINTR because of a signal in between. */
static void signal_while_held(void)
{
	pid_t pid = start(dups, E_SYSCALL_ENTRY);

	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2, .times = 1,
		.ret = STOP);
	check(wait_state(pid, "t"));
	kill(pid, SIGWINCH);
	kill(pid, SIGCONT);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(result_now(), 200);
	kill_reap(pid);
}

static double time_of_calls(pid_t pid)
{
	long before = shared->counter;
	double start = now();

	(void)pid;
	ms(300);
	return (now() - start) / (shared->counter - before);
}

/* The work bit goes with the last engine that wants system calls. */
static void free_again(void)
{
	double plain = 1, idle, traced, after = 1;
	pid_t pid = spawn(calls, NULL);
	int i;

	for (i = 0; i < 5; i++) {
		idle = time_of_calls(pid);
		plain = idle < plain ? idle : plain;
	}
	check_eq(ut_attach(0, pid, E_SYSCALL_EXIT), 0);
	check_eq(ut_attach(1, pid, E_SYSCALL_EXIT), 0);
	traced = time_of_calls(pid);
	ut_events(1, 0);
	ut_control(0, DETACH);
	check_eq(ut_barrier(1), 0);
	check(ut_barrier(0) == 0 || ut_barrier(0) == -ESRCH);
	for (i = 0; i < 5; i++) {
		idle = time_of_calls(pid);
		after = idle < after ? idle : after;
	}
	check(traced > plain * 2, "%.3g us, traced %.3g us", plain * 1e6,
	      traced * 1e6);
	check(after < (plain + traced) / 2, "%.3g us before, %.3g us after",
	      plain * 1e6, after * 1e6);
	kill_reap(pid);
}

/* A child does not inherit the events of its parent's engines. */
static void forks(void *arg)
{
	(void)arg;
	while (!shared->go)
		;
	if (!fork()) {
		syscall(SYS_getppid);
		_exit(0);
	}
	wait(NULL);
	_exit(0);
}

static void children_are_not_traced(void)
{
	pid_t pid = spawn(forks, NULL);

	check_eq(ut_attach(0, pid, E_SYSCALLS), 0);
	shared->go = 1;
	check_eq(reap(pid), 0);
	check_eq(ut_count(0, UT_SYSCALL_ENTRY, SYS_getppid), 0);
}

/* Makes three calls by turns, one of a number that no call has. */
static void three_calls(void *arg)
{
	volatile int pause;

	(void)arg;
	shared->ready = 1;
	for (;;) {
		syscall(SYS_dup2, 0, 200);
		syscall(SYS_getppid);
		syscall(UT_NO_CALL);
		for (pause = 0; pause < 100000; pause++)
			;
		shared->counter++;
	}
}

/* A program that makes calls all the time may be in a callback just now. */
static void check_done(int ret)
{
	check(ret == 0 || ret == -EINPROGRESS, "%d", ret);
}

/* Are reports of this call, its entry and its return, among the latest? */
static bool is_told(int id, unsigned long nr)
{
	ut_mark();
	check(wait_value(&shared->counter, shared->counter + 3));
	check_eq(ut_count(id, UT_SYSCALL_ENTRY, nr) > 1,
		 ut_count(id, UT_SYSCALL_EXIT, nr) > 1);
	return ut_count(id, UT_SYSCALL_ENTRY, nr) > 1;
}

static void named(void)
{
	pid_t pid = start(three_calls, E_SYSCALLS);

	check(is_told(0, SYS_getppid));
	check_eq(ut_syscalls(0, SYS_dup2), 0);
	check(!is_told(0, SYS_getppid));
	check(is_told(0, SYS_dup2));
	check(is_told(0, UT_NO_CALL));
	check_eq(ut_syscalls(0, SYS_getppid), 0);
	check(!is_told(0, SYS_dup2));
	check(is_told(0, SYS_getppid));
	check_eq(ut_syscalls(0, -1), 0);
	check(is_told(0, SYS_dup2));
	check_done(ut_control(0, DETACH));
	check_eq(ut_syscalls(0, SYS_dup2), -ESRCH);
	kill_reap(pid);
}

/* One that names calls takes none away from one that does not. */
static void named_by_one_of_two(void)
{
	pid_t pid = start(three_calls, E_SYSCALLS);

	check_eq(ut_attach(1, pid, 0), 0);
	check_eq(ut_syscalls(1, SYS_dup2), 0);
	check(is_told(0, SYS_getppid));
	check_eq(ut_events(1, E_SYSCALLS), 0);
	check(is_told(0, SYS_getppid));
	check(is_told(1, SYS_dup2));
	check_done(ut_events(0, 0));
	check(!is_told(1, SYS_getppid));
	check_eq(ut_syscalls(0, SYS_getppid), 0);
	check(!is_told(1, SYS_getppid));
	check_eq(ut_events(0, E_SYSCALLS), 0);
	check(is_told(0, SYS_getppid));
	check(is_told(1, SYS_dup2));
	kill_reap(pid);
}

/* Who was told of the entry is told of the exit. */
static void named_and_changed(void)
{
	pid_t pid = start(three_calls, E_SYSCALLS);

	check_eq(ut_syscalls(0, SYS_dup2), 0);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_dup2, .ret = RESUME,
		.effect = UT_SET_REG, .arg = { UT_REG_NR, SYS_getpid });
	check(ut_wait_nth(0, UT_SYSCALL_EXIT, SYS_getpid, 3));
	kill_reap(pid);
}

static int channel[2];

static void reads(void *arg)
{
	char c;

	(void)arg;
	shared->ready = 1;
	for (;;) {
		syscall(SYS_getppid);
		if (syscall(SYS_read, channel[0], &c, 1) == 1)
			shared->counter++;
	}
}

static void let_read(void)
{
	long before = shared->counter;

	check_eq((int)write(channel[1], "x", 1), 1);
	check(wait_value(&shared->counter, before + 1));
}

/* A call that is passed at its entry, and named while the thread is in it. */
static void named_inside(void)
{
	pid_t pid;

	check_eq(pipe(channel), 0);
	pid = start(reads, E_SYSCALLS);
	check_eq(ut_syscalls(0, SYS_dup2), 0);
	/* The exit of the first may still be looked at, as it was before. */
	let_read();
	check(wait_state(pid, "S"));
	let_read();
	check(wait_state(pid, "S"));
	ut_mark();
	check_eq(ut_syscalls(0, SYS_read), 0);
	let_read();
	check(ut_wait_nth(0, UT_SYSCALL_EXIT, SYS_read, 1));
	check(ut_wait_nth(0, UT_SYSCALL_ENTRY, SYS_read, 1));
	check_story(0, "leave:0 entry:0");
	kill_reap(pid);
	close(channel[0]);
	close(channel[1]);
}

#define NR_COUNTED 3000

static void counted(void *arg)
{
	int i;

	(void)arg;
	shared->ready = 1;
	while (!shared->go)
		;
	for (i = 0; i < NR_COUNTED; i++)
		syscall(SYS_dup2, 0, 200);
	shared->counter = 1;
	spins(NULL);
}

/* Others come, name other calls, want all and go: no report is lost by that. */
static void named_in_a_crowd(void)
{
	pid_t pid = start(counted, E_SYSCALLS);
	int rounds = 0;

	check_eq(ut_syscalls(0, SYS_dup2), 0);
	check_eq(ut_attach(1, pid, 0), 0);
	shared->go = 1;
	while (!shared->counter) {
		ut_syscalls(1, rounds % 2 ? SYS_getppid : -1);
		ut_events(1, rounds % 3 ? E_SYSCALLS : 0);
		if (++rounds % 64 == 0)
			ut_mark();
	}
	check_eq(ut_begun(0, UT_SYSCALL_ENTRY), NR_COUNTED);
	check_eq(ut_begun(0, UT_SYSCALL_EXIT), NR_COUNTED);
	check(rounds > 10);
	kill_reap(pid);
}

const struct test tests[] = {
	{ "the calls of a known program, in pairs", the_list },
	{ "entry alone, exit alone", each_side },
	{ "number and argument changed at entry", changed_at_entry },
	{ "result changed at exit", changed_at_exit },
	{ "seccomp sees the new number", seccomp_sees_the_new_number },
	{ "ABORT is ENOSYS, and the exit is reported", aborted },
	{ "ABORT with a result", aborted_with_a_result },
	{ "the last engine's RUN or ABORT counts", last_word },
	{ "STOP at entry: before the call", held_at_entry },
	{ "asked to come at entry: the later word", asked_while_entering },
	{ "asked to come at entry, and the callback has the last word",
	  last_word_at_entry },
	{ "killed at entry: the call is neither made nor reported", killed_at_entry },
	{ "argument changed and held", changed_while_held },
	{ "signals while held at entry do not break the call",
	  signal_while_held },
	{ "calls that are named, and no others", named },
	{ "calls that are named by one of two", named_by_one_of_two },
	{ "the exit of a named call that was changed", named_and_changed },
	{ "named while the thread is in the call: its exit", named_inside },
	{ "named calls are all reported while others come and go",
	  named_in_a_crowd },
	{ "as fast as before when the last engine leaves", free_again },
	{ "children are not traced by themselves", children_are_not_traced },
	{}
};
