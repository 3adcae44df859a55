// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: the device, the log, programs to trace; see ut.h. */
#include <stdarg.h>
#include <sys/ioctl.h>

#include "ut.h"

/* For what must come: a busy machine may halt the guest for seconds. */
#define WAIT_MS (15000 * ut_slow)

int ut_fd = -1;
int ut_slow = 1;
struct shared *shared;

static struct ut_record *records;
static unsigned int nr_records, mark;

/* --- calls */

static void broken(const char *what)
{
	ut_failed("ut.c", 0, what, " %s", strerror(errno));
	_exit(1);
}

static int command(struct ut_command *c)
{
	if (ioctl(ut_fd, UT_CALL, c))
		broken("a command");
	return c->ret;
}

int ut_call(int op, int id, unsigned long value, int flags)
{
	struct ut_command c = {
		.op = op, .id = id, .value = value, .flags = flags,
	};

	return command(&c);
}

int ut_attach_as(int id, pid_t tid, int flags, int ops, int data)
{
	struct ut_command c = {
		.op = UT_ATTACH, .id = id, .pid = tid, .flags = flags,
		.ops = ops, .data = data,
	};

	return command(&c);
}

int ut_attach(int id, pid_t tid, unsigned long events)
{
	int ret = ut_attach_as(id, tid, CREATE, UT_OPS, id);

	return ret || !events ? ret : ut_events(id, events);
}

int ut_find(pid_t tid, int flags, int ops, int data, int *id)
{
	struct ut_command c = {
		.op = UT_ATTACH, .pid = tid, .flags = flags, .ops = ops,
		.data = data,
	};
	int ret = command(&c);

	*id = ret ? -1 : c.id;
	return ret;
}

int ut_events(int id, unsigned long events)
{
	return ut_call(UT_EVENTS, id, events, 0);
}

int ut_syscalls(int id, unsigned long nr)
{
	return ut_call(UT_SYSCALLS, id, nr, 0);
}

int ut_control(int id, int action)
{
	return ut_call(UT_CONTROL, id, action, 0);
}

int ut_barrier(int id)
{
	return ut_call(UT_BARRIER, id, 0, 0);
}

int ut_prepare(int id)
{
	return ut_call(UT_PREPARE, id, 0, 0);
}

int ut_finish(int id)
{
	return ut_call(UT_FINISH, id, 0, 0);
}

int ut_give_back(int id, int sig, int value)
{
	struct ut_command c = {
		.op = UT_GIVE_BACK, .id = id, .value = sig, .more = value,
	};

	return command(&c);
}

int ut_examine(int id)
{
	return ut_prepare(id) ?: ut_finish(id);
}

unsigned long ut_ip(int id)
{
	struct ut_command c = { .op = UT_REGS, .id = id };

	command(&c);
	return c.value;
}

void ut_add_rule(int id, struct ut_rule rule)
{
	struct ut_command c = { .op = UT_RULE, .id = id, .rule = rule };

	c.rule.delay_ms *= ut_slow;
	command(&c);
}

void ut_no_rules(int id)
{
	ut_call(UT_NO_RULES, id, 0, 0);
}

/* Of a number without engine, too. */
void ut_drop(int id)
{
	struct ut_command c = { .op = UT_DROP, .id = id };

	ioctl(ut_fd, UT_CALL, &c);
}

void ut_poke(bool from_interrupt)
{
	ut_call(UT_POKE, 0, from_interrupt, 0);
}

static struct ut_command state_of(int id)
{
	struct ut_command c = { .op = UT_STATE, .id = id };

	command(&c);
	return c;
}

unsigned int ut_running(int id)
{
	return state_of(id).running;
}

unsigned int ut_begun(int id, int kind)
{
	return state_of(id).n[kind];
}

unsigned long ut_mask(int id)
{
	return state_of(id).events;
}

/* --- the log */

static void pull(void)
{
	static unsigned int room;
	ssize_t got;

	for (;;) {
		if (room - nr_records < 256) {
			room += 4096;
			records = realloc(records, room * sizeof(*records));
		}
		got = read(ut_fd, records + nr_records,
			   (room - nr_records) * sizeof(*records));
		if (got < 0)
			broken("reading the log");
		if (!got)
			return;
		nr_records += got / sizeof(*records);
	}
}

void ut_mark(void)
{
	pull();
	mark = nr_records;
}

static bool fits(const struct ut_record *r, int id, int kind, unsigned long arg)
{
	return !(r->flags & UT_BACK) && (id < 0 || r->id == id) &&
	       r->kind == (unsigned int)kind &&
	       (arg == UT_ANY || (unsigned long)r->arg[0] == arg);
}

const struct ut_record *ut_nth(int id, int kind, unsigned long arg,
			       unsigned int n)
{
	unsigned int i;

	pull();
	for (i = mark; i < nr_records; i++)
		if (fits(&records[i], id, kind, arg) && !--n)
			return &records[i];
	return NULL;
}

unsigned int ut_count(int id, int kind, unsigned long arg)
{
	unsigned int i, n = 0;

	pull();
	for (i = mark; i < nr_records; i++)
		n += fits(&records[i], id, kind, arg);
	return n;
}

const struct ut_record *ut_wait_nth(int id, int kind, unsigned long arg,
				    unsigned int n)
{
	const struct ut_record *record;
	int i;

	for (i = 0; i < WAIT_MS; i++) {
		record = ut_nth(id, kind, arg, n);
		if (record)
			return record;
		ms(1);
	}
	return NULL;
}

static const char *const kinds[UT_KINDS] = {
	"quiesce", "signal", "report", "handler", "clone", "exec", "entry",
	"leave", "jctl", "exit", "death", "reap",
};

static const char *const events[] = {
	"quiesce", "reap", "clone", "exec", "exit", "death", "entry", "leave",
	"signal", "signal_ign", "signal_stop", "signal_term", "signal_core",
	"jctl",
};

static int tell(char *text, size_t room, const struct ut_record *r, int id)
{
	char number[16] = "";

	if (id < 0)
		snprintf(number, sizeof(number), "%d/", r->id);
	if (r->kind == UT_QUIESCE && r->arg[0])
		return snprintf(text, room, "%s%s:%s ", number, kinds[r->kind],
				events[__builtin_ctzl(r->arg[0])]);
	if (!r->nr_args || r->kind == UT_QUIESCE || r->kind == UT_EXEC ||
	    r->kind == UT_CLONE || r->kind == UT_REPORT ||
	    r->kind == UT_HANDLER)
		return snprintf(text, room, "%s%s ", number, kinds[r->kind]);
	return snprintf(text, room, "%s%s:%lld ", number, kinds[r->kind],
			(long long)r->arg[0]);
}

const char *ut_story(int id)
{
	static char text[8192];
	unsigned int i;
	size_t n = 0;

	pull();
	text[0] = 0;
	for (i = mark; i < nr_records && n < sizeof(text) - 64; i++)
		if ((id < 0 || records[i].id == id) &&
		    !(records[i].flags & UT_BACK))
			n += tell(text + n, sizeof(text) - n, &records[i], id);
	if (n)
		text[n - 1] = 0;
	return text;
}

void ut_hold(int id, pid_t tid)
{
	int ret;

	ut_rule(id, .kind = UT_QUIESCE, .match = 0, .ret = STOP);
	ut_rule(id, .kind = UT_REPORT, .ret = STOP | SIG_REPORT);
	ret = ut_control(id, STOP);
	check(!ret || ret == -EINPROGRESS, "STOP: %d", ret);
	check(wait_state(tid, ret ? "t" : "tT"), "state %c", proc_state(tid));
	ut_no_rules(id);
}

/* --- programs */

pid_t spawn(void (*f)(void *), void *arg)
{
	pid_t pid = fork();

	if (pid < 0)
		broken("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(ut_fd);
	f(arg);
	_exit(0);
}

void spins(void *arg)
{
	atomic_long *counter = arg ?: &shared->counter;

	for (;;)
		atomic_fetch_add(counter, 1);
}

void sleeps(void *arg)
{
	(void)arg;
	for (;;)
		pause();
}

void calls(void *arg)
{
	(void)arg;
	for (;;) {
		syscall(SYS_getppid);
		atomic_fetch_add(&shared->counter, 1);
	}
}

void exits(void *arg)
{
	while (!shared->go)
		ms(1);
	_exit((long)arg);
}

static void *second_thread(void *arg)
{
	(void)arg;
	shared->tid[1] = syscall(SYS_gettid);
	shared->ready++;
	spins(&shared->more);
	return NULL;
}

void two_threads(void *arg)
{
	pthread_t thread;

	(void)arg;
	shared->tid[0] = syscall(SYS_gettid);
	pthread_create(&thread, NULL, second_thread, NULL);
	shared->ready++;
	spins(NULL);
}

void ms(int n)
{
	struct timespec t = { n / 1000, n % 1000 * 1000000l };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

const char *proc_line(pid_t tid, const char *key)
{
	static char value[256];
	char path[64], line[512];
	size_t n = strlen(key);
	FILE *file;

	value[0] = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, n) && line[n] == ':')
			sscanf(line + n + 1, " %255[^\n]", value);
	if (file)
		fclose(file);
	return value;
}

char proc_state(pid_t tid)
{
	const char *state = proc_line(tid, "State");

	return state[0] ? state[0] : '-';
}

bool wait_state(pid_t tid, const char *states)
{
	int i;

	for (i = 0; i < WAIT_MS; i++) {
		if (strchr(states, proc_state(tid)))
			return true;
		ms(1);
	}
	return false;
}

bool wait_value(atomic_long *value, long at_least)
{
	int i;

	for (i = 0; i < WAIT_MS && *value < at_least; i++)
		ms(1);
	return *value >= at_least;
}

/* 400 ms without a step are taken for standing still. */
bool moves(atomic_long *counter)
{
	long before = *counter;
	int i;

	for (i = 0; i < 40 * ut_slow && *counter == before; i++)
		ms(10);
	return *counter != before;
}

int reap(pid_t pid)
{
	int status, i;

	for (i = 0; i < WAIT_MS; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		ms(1);
	}
	return -1;
}

int kill_reap(pid_t pid)
{
	kill(pid, SIGKILL);
	return reap(pid);
}

int seen_by_parent(pid_t pid, siginfo_t *info)
{
	siginfo_t mine;

	info = info ?: &mine;
	memset(info, 0, sizeof(*info));
	if (waitid(P_PID, pid, info,
		   WEXITED | WSTOPPED | WCONTINUED | WNOHANG))
		return -errno;
	return info->si_pid ? info->si_code : 0;
}
