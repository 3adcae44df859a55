// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: attaching, finding, order, references to what is gone. */
#include <linux/io_uring.h>

#include "ut.h"

static void nothing_without_events(void)
{
	pid_t pid = spawn(exits, (void *)5l);

	check_eq(ut_attach(0, pid, 0), 0);
	kill(pid, SIGWINCH);
	shared->go = 1;
	check_eq(reap(pid), 5 << 8);
	check_story(0, "");
	check_eq(ut_barrier(0), -ESRCH);
}

static void exclusive(void)
{
	pid_t pid = spawn(sleeps, NULL);

	check_eq(ut_attach(0, pid, 0), 0);
	check_eq(ut_attach_as(1, pid, CREATE | EXCLUSIVE | MATCH_OPS, UT_OPS, 1),
		 -EEXIST);
	check_eq(ut_attach_as(1, pid, CREATE | EXCLUSIVE | MATCH_OPS,
			      UT_OPS_TWIN, 1), 0);
	check_eq(ut_attach_as(2, pid, CREATE | EXCLUSIVE | MATCH_OPS |
			      MATCH_DATA, UT_OPS, 2), 0);
	check_eq(ut_attach_as(3, pid, CREATE | EXCLUSIVE, UT_OPS, 3), 0);
	/* Who is gone does not match. */
	check_eq(ut_control(1, DETACH), 0);
	check_eq(ut_attach_as(4, pid, CREATE | EXCLUSIVE | MATCH_OPS,
			      UT_OPS_TWIN, 4), 0);
	kill_reap(pid);
}

static void lookups(void)
{
	pid_t pid = spawn(sleeps, NULL), other = spawn(sleeps, NULL);
	int id;

	check_eq(ut_attach(0, pid, 0), 0);
	check_eq(ut_attach_as(1, pid, CREATE, UT_OPS_TWIN, 1), 0);
	check_eq(ut_attach(2, pid, 0), 0);
	check_eq(ut_find(pid, MATCH_OPS, UT_OPS_TWIN, 0, &id), 0);
	check_eq(id, 1);
	check_eq(ut_find(pid, MATCH_OPS, UT_OPS, 1, &id), 0);
	check_eq(id, 0);
	check_eq(ut_find(pid, MATCH_DATA, UT_OPS_TWIN, 2, &id), 0);
	check_eq(id, 2);
	check_eq(ut_find(pid, MATCH_DATA | UT_BY_PID, UT_OPS, 2, &id), 0);
	check_eq(id, 2);
	check_eq(ut_find(pid, MATCH_OPS | MATCH_DATA, UT_OPS, 2, &id), 0);
	check_eq(id, 2);
	check_eq(ut_find(pid, MATCH_OPS | MATCH_DATA, UT_OPS_TWIN, 2, &id),
		 -ENOENT);
	check_eq(ut_find(pid, MATCH_OPS, UT_OPS_EMPTY, 0, &id), -ENOENT);
	check_eq(ut_find(pid, 0, UT_OPS, 0, &id), -ENOENT);
	check_eq(ut_find(other, MATCH_OPS, UT_OPS, 0, &id), -ENOENT);
	/* A lookup takes no reference that would keep it. */
	ut_drop(1);
	check_eq(ut_find(pid, MATCH_OPS, UT_OPS_TWIN, 0, &id), -ENOENT);
	kill_reap(pid);
	kill_reap(other);
}

static void create_needs_ops(void)
{
	pid_t pid = spawn(sleeps, NULL);

	check_eq(ut_attach_as(0, pid, CREATE, UT_OPS_NULL, 0), -EINVAL);
	kill_reap(pid);
}

static void kernel_threads(void)
{
	check_eq(ut_attach(0, 2, 0), -EPERM);
	check_eq(ut_attach_as(0, 2, CREATE | UT_BY_PID, UT_OPS, 0), -EPERM);
}

/* The thread of this process with that name, or 0. */
static pid_t find_thread(const char *name)
{
	char path[64], comm[32];
	pid_t tid, found = 0;
	FILE *file;

	for (tid = getpid(); tid < getpid() + 200 && !found; tid++) {
		snprintf(path, sizeof(path), "/proc/self/task/%d/comm", tid);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) &&
		    !strncmp(comm, name, strlen(name)))
			found = tid;
		fclose(file);
	}
	return found;
}

static void sqpoll_thread(void)
{
	struct io_uring_params params = { .flags = IORING_SETUP_SQPOLL };
	int ring = syscall(SYS_io_uring_setup, 4, &params);
	pid_t tid;
	int i;

	if (ring < 0)
		ut_skip("no io_uring");
	/* It gives itself its name. */
	for (i = 0; !(tid = find_thread("iou-sqp")) && i < 10000; i++)
		ms(1);
	check(tid, "no such thread");
	if (tid)
		check_eq(ut_attach(0, tid, 0), -EPERM);
}

/* A read of an empty pipe that io_uring has given to a worker. */
static void worker_thread(void)
{
	struct io_uring_params params = {};
	int ring = syscall(SYS_io_uring_setup, 4, &params), fds[2], i;
	struct io_uring_sqe *sqe;
	static char buffer[8];
	unsigned int *sq;
	pid_t tid = 0;

	if (ring < 0)
		ut_skip("no io_uring");
	check(!pipe(fds));
	sq = mmap(NULL, params.sq_off.array + 4 * sizeof(int),
		  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, 4 * sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED,
		   ring, IORING_OFF_SQES);
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_READ, .flags = IOSQE_ASYNC, .fd = fds[0],
		.addr = (uintptr_t)buffer, .len = 1,
	};
	sq[params.sq_off.array / 4] = 0;
	__atomic_store_n(&sq[params.sq_off.tail / 4], 1, __ATOMIC_RELEASE);
	check_eq(syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0), 1);
	for (i = 0; i < 1000 && !tid; i++, ms(1))
		tid = find_thread("iou-wrk");
	check(tid, "no such thread");
	if (tid)
		check_eq(ut_attach(0, tid, 0), -EPERM);
	check_eq(write(fds[1], "x", 1), 1);
}

static void zombie(void)
{
	pid_t pid = spawn(exits, NULL);

	shared->go = 1;
	check(wait_state(pid, "Z"));
	check_eq(ut_attach(0, pid, E_REAP), 0);
	check_eq(ut_events(0, E_REAP | E_DEATH), -EALREADY);
	check_eq(ut_events(0, E_REAP | E_QUIESCE), -EALREADY);
	check_eq(ut_mask(0), E_REAP);
	check_eq(ut_control(0, STOP), -ESRCH);
	check_eq(reap(pid), 0);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_story(0, "reap");
	check_eq(ut_barrier(0), -ESRCH);
}

/* Both ways of having been there: with an engine from before, and without. */
static void reaped(void)
{
	pid_t pid = spawn(exits, NULL), fresh = spawn(exits, NULL);
	int id;

	check_eq(ut_attach(0, pid, 0), 0);
	check_eq(ut_attach(1, fresh, 0), 0);
	check_eq(ut_control(1, DETACH), 0);
	shared->go = 1;
	reap(pid);
	reap(fresh);
	check_eq(ut_attach_as(2, 0, CREATE | UT_SAME, UT_OPS, 0), -ESRCH);
	check_eq(ut_attach_as(2, 0, CREATE | UT_SAME, UT_OPS, 1), -ESRCH);
	check_eq(ut_attach_as(2, 0, CREATE | UT_SAME | UT_BY_PID, UT_OPS, 0),
		 -ESRCH);
	check_eq(ut_find(0, MATCH_OPS | UT_SAME | UT_BY_PID, UT_OPS, 0, &id),
		 -ESRCH);
	check_eq(ut_find(0, MATCH_OPS | UT_SAME, UT_OPS, 0, &id), -ENOENT);
}

static void forks_when_told(void *arg)
{
	pid_t child;

	(void)arg;
	while (!shared->go)
		ms(1);
	child = fork();
	if (!child) {
		shared->counter = 1;
		ms(200 * ut_slow);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

struct attacher {
	pid_t tid;
	int ret;
	atomic_long done, self;
	double took;
};

static void *attach_it(void *arg)
{
	struct attacher *a = arg;
	double start = now();

	a->self = syscall(SYS_gettid);
	a->ret = ut_attach(5, a->tid, E_DEATH);
	a->took = now() - start;
	a->done = 1;
	return NULL;
}

static void wakes(int sig)
{
	(void)sig;
}

/* The creator's callback sleeps; somebody else wants the child meanwhile. */
static void newborn(bool interrupted)
{
	pid_t pid = spawn(forks_when_told, NULL);
	const struct ut_record *clone;
	struct attacher a = {};
	pthread_t thread;

	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = wakes }, NULL);
	check_eq(ut_attach(0, pid, E_CLONE), 0);
	ut_rule(0, .kind = UT_CLONE, .ret = RESUME, .delay_ms = 400,
		.effect = UT_FOLLOW, .arg = { 1, E_DEATH, UT_ANY });
	shared->go = 1;
	clone = ut_wait(0, UT_CLONE, UT_ANY);
	check(clone);
	if (!clone)
		return;
	a.tid = clone->arg[1];
	pthread_create(&thread, NULL, attach_it, &a);
	ms(100);
	check(!a.done, "attached before the creator was done: %d", a.ret);
	check_eq(shared->counter, 0);
	if (interrupted)
		syscall(SYS_tgkill, getpid(), (int)a.self, SIGUSR1);
	pthread_join(thread, NULL);
	check_eq(a.ret, interrupted ? -ERESTARTNOINTR : 0);
	check(!interrupted || a.took < 0.35 * ut_slow, "%.3f s", a.took);
	check(ut_wait(1, UT_DEATH, UT_ANY));
	if (!interrupted && ut_wait(5, UT_DEATH, UT_ANY))
		check(ut_nth(1, UT_DEATH, UT_ANY, 1)->seq <
		      ut_nth(5, UT_DEATH, UT_ANY, 1)->seq);
	check_eq(reap(pid), 0);
}

static void waits_for_creator(void)
{
	newborn(false);
}

static void wait_for_creator_interrupted(void)
{
	newborn(true);
}

static void order(void)
{
	pid_t pid = spawn(calls, NULL);
	int i;

	for (i = 0; i < 4; i++)
		check_eq(ut_attach(i, pid, 0), 0);
	check_eq(ut_control(1, DETACH), 0);
	check_eq(ut_control(1, DETACH), -ESRCH);
	check_eq(ut_attach(4, pid, E_QUIESCE), 0);
	for (i = 0; i < 4; i++)
		check_eq(ut_events(3 - i, E_QUIESCE), i == 2 ? -ESRCH : 0);
	ut_mark();
	check_eq(ut_control(4, REPORT), 0);
	check(ut_wait(4, UT_QUIESCE, 0));
	check_story(-1, "0/quiesce 2/quiesce 3/quiesce 4/quiesce");
	kill_reap(pid);
}

static void joined_in_a_callback(void)
{
	pid_t pid = spawn(calls, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .times = 1, .ret = RESUME,
		.effect = UT_JOIN, .arg = { 2, E_QUIESCE });
	check_eq(ut_control(1, REPORT), 0);
	check(ut_wait(2, UT_QUIESCE, 0));
	check_story(-1, "0/quiesce 1/quiesce 2/quiesce");
	kill_reap(pid);
}

/* Each engine sees the smallest action of those before; the smallest wins. */
static void smallest_action(void)
{
	pid_t pid = spawn(spins, NULL);
	const struct ut_record *r;
	int i;

	for (i = 0; i < 4; i++)
		check_eq(ut_attach(i, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .times = 1, .ret = SINGLESTEP);
	ut_rule(1, .kind = UT_QUIESCE, .times = 1, .ret = STOP);
	ut_rule(2, .kind = UT_QUIESCE, .times = 1, .ret = DETACH);
	check_eq(ut_control(0, REPORT), 0);
	r = ut_wait(3, UT_QUIESCE, 0);
	check(r);
	if (r)
		check_eq(r->action & 15, STOP);
	check_eq(ut_nth(0, UT_QUIESCE, 0, 1)->action & 15, RESUME);
	check_eq(ut_nth(1, UT_QUIESCE, 0, 1)->action & 15, SINGLESTEP);
	check_eq(ut_nth(2, UT_QUIESCE, 0, 1)->action & 15, STOP);
	check(wait_state(pid, "t"));
	check_eq(ut_control(2, RESUME), -ESRCH);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(ut_control(1, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void check_all_gone(int id, int flags)
{
	check_eq(ut_call(UT_EVENTS, id, E_ALL, flags), -ESRCH);
	check_eq(ut_call(UT_CONTROL, id, STOP, flags), -ESRCH);
	check_eq(ut_call(UT_CONTROL, id, RESUME, flags), -ESRCH);
	check_eq(ut_call(UT_CONTROL, id, SINGLESTEP, flags), -ESRCH);
	check_eq(ut_call(UT_CONTROL, id, DETACH, flags), -ESRCH);
	check_eq(ut_call(UT_BARRIER, id, 0, flags), -ESRCH);
	check_eq(ut_call(UT_PREPARE, id, 0, flags), -ESRCH);
	check_eq(ut_call(UT_FINISH, id, 0, flags), -ESRCH);
}

/* With a task pointer that would fault if anybody looked where it points. */
static void calls_on_a_detached_engine(void)
{
	pid_t pid = spawn(sleeps, NULL);

	check_eq(ut_attach(0, pid, E_ALL), 0);
	check_eq(ut_control(0, DETACH), 0);
	check_all_gone(0, 0);
	check_all_gone(0, UT_STALE);
	check_all_gone(0, UT_BY_PID);
	kill_reap(pid);
	check_all_gone(0, UT_STALE);
	check_all_gone(0, UT_BY_PID);
}

static void calls_after_the_reap(void)
{
	pid_t pid = spawn(exits, NULL);

	check_eq(ut_attach(0, pid, 0), 0);
	shared->go = 1;
	check_eq(reap(pid), 0);
	check_all_gone(0, 0);
	check_all_gone(0, UT_STALE);
	check_all_gone(0, UT_BY_PID);
}

static void calls_by_pid(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach_as(0, pid, CREATE | UT_BY_PID, UT_OPS, 0), 0);
	check_eq(ut_call(UT_EVENTS, 0, E_QUIESCE, UT_BY_PID), 0);
	check_eq(ut_mask(0), E_QUIESCE);
	check_eq(ut_call(UT_CONTROL, 0, REPORT, UT_BY_PID), 0);
	check(ut_wait(0, UT_QUIESCE, 0));
	check_eq(ut_call(UT_BARRIER, 0, 0, UT_BY_PID), 0);
	check_eq(ut_call(UT_CONTROL, 0, DETACH, UT_BY_PID), 0);
	check_eq(ut_call(UT_CONTROL, 0, DETACH, UT_BY_PID), -ESRCH);
	kill_reap(pid);
}

static void wrong_values(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, 0), 0);
	check_eq(ut_events(0, E_ALL + 1), -EINVAL);
	check_eq(ut_mask(0), 0);
	check_eq(ut_control(0, DETACH + 1), -EINVAL);
	check_eq(ut_control(0, -1), -EINVAL);
	kill_reap(pid);
}

/* Callbacks that the table lacks are not missed by anybody. */
static void empty_table(void)
{
	pid_t pid = spawn(exits, NULL);

	check_eq(ut_attach_as(0, pid, CREATE, UT_OPS_EMPTY, 0), 0);
	check_eq(ut_attach(1, pid, E_DEATH | E_REAP), 0);
	check_eq(ut_events(0, E_ALL), 0);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(wait_state(pid, "t"));
	check_eq(ut_control(0, STOP), 0);
	check_eq(ut_control(0, RESUME), 0);
	kill(pid, SIGWINCH);
	shared->go = 1;
	check_eq(reap(pid), 0);
	check(ut_wait(1, UT_REAP, UT_ANY));
	check_story(1, "death:17 reap");
}

const struct test tests[] = {
	{ "no events, no callback", nothing_without_events },
	{ "EXCLUSIVE refuses what matches", exclusive },
	{ "engines are found by ops and by data", lookups },
	{ "CREATE wants ops", create_needs_ops },
	{ "kernel threads are refused", kernel_threads },
	{ "an SQPOLL thread is refused", sqpoll_thread },
	{ "an io-wq worker is refused", worker_thread },
	{ "a zombie can only be reaped", zombie },
	{ "a reaped thread is gone", reaped },
	{ "a newborn's creator is first", waits_for_creator },
	{ "the wait for a creator can be interrupted",
	  wait_for_creator_interrupted },
	{ "called in the order of attaching", order },
	{ "who joins in a round is its last", joined_in_a_callback },
	{ "the smallest action prevails", smallest_action },
	{ "every call on a detached engine is ESRCH",
	  calls_on_a_detached_engine },
	{ "every call on a reaped thread is ESRCH", calls_after_the_reap },
	{ "the calls through a struct pid", calls_by_pid },
	{ "unknown events and actions are EINVAL", wrong_values },
	{ "a table without callbacks", empty_table },
	{}
};
