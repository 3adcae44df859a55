// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DETACH, set_events and barrier against threads that exit, exec, fork, get
 * SIGKILL, stop and continue: what each call answers is compared with the
 * callbacks that came afterwards.
 *
 *	rounds ROUNDS SEED [WORKERS]
 *
 * A worker is a process with a nest beside it. The nest is a process that makes
 * the victims on demand: a thread, its leader or a child. In a round the worker
 * attaches an engine to the victim, lets it go, and makes its calls at a moment
 * left to chance. When the victim is gone for good, the callbacks are counted.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "race.h"

#define MAX_WORKERS	8
#define PATIENCE_S	20

/* What a victim does when it is let go. */
enum deed {
	EXIT,		/* a thread: ends */
	FORK,		/* a thread: fork and vfork, then it ends */
	CALLS,		/* a thread: calls and calls, ends when told */
	CHILD_EXIT,	/* a child that nobody waits for: ends */
	KILLED,		/* a thread: its process gets SIGKILL */
	LEADER_KILLED,	/* the leader: the same; its parent reaps at once */
	EXEC,		/* a thread: execs; it becomes the leader */
	LEADER_EXEC,	/* the leader: execs */
	LEADER_REPLACED,/* the leader: another thread execs */
	LEADER_EXIT,	/* the leader: ends before its threads */
	NR_DEEDS
};

static const char *const deed_names[] = {
	"exit", "fork", "calls", "child exit", "killed", "leader killed",
	"exec", "leader execs", "leader replaced", "leader exits",
};

/* How often of 100: what ends the nest costs a new one, and a fork is slow. */
static const int deed_weights[] = { 61, 7, 16, 8, 1, 1, 2, 1, 1, 2 };

enum call { SET_EVENTS, CONTROL, BARRIER, LEAVE, NR_CALLS };
static const char *const call_names[] = {
	"set_events", "control", "barrier", "DETACH",
};

/* The answers that are counted. */
static const int answers[] = {
	0, -EINPROGRESS, -EALREADY, -ESRCH, -EINTR
};
#define NR_ANSWERS 5
static const char *const answer_names[] = {
	"0", "EINPROGRESS", "EALREADY", "ESRCH", "EINTR"
};

/* Between a worker and its nest; futex words are ints. */
struct nest {
	atomic_int wanted;	/* number of the victim, and its deed */
	atomic_int deed;
	atomic_int tid;		/* of the victim, when it is there */
	atomic_int go;
	atomic_int enough;	/* for CALLS */
	atomic_int pid;		/* of the nest, when it serves */
};

struct result {
	unsigned long rounds, failed, bad;
	unsigned long deeds[NR_DEEDS];
	unsigned long calls[NR_CALLS][NR_ANSWERS];
	unsigned long callbacks;
};

struct shared {
	struct nest nests[MAX_WORKERS];
	struct result results[MAX_WORKERS];
};

/* A worker's own. */
static struct shared *shared;
static struct nest *nest;
static struct result *result;
static struct chance chance;
static int fd;
static int number;
static atomic_int nest_child;	/* whom the reaper waits for */
static char self[256];

/* One round. */
static struct {
	enum deed deed;
	unsigned int id;
	unsigned long mask;	/* as the answers say */
	bool changed;		/* by another call than the first */
	bool detached;		/* DETACH was called, with: */
	int answer;
	struct race_command at_detach;
	char log[512];
} turn;

static void futex_wait(atomic_int *word, int value)
{
	struct timespec second = { .tv_sec = 1 };

	syscall(SYS_futex, word, FUTEX_WAIT, value, &second, NULL, 0);
}

static void put_word(atomic_int *word, int value)
{
	atomic_store(word, value);
	syscall(SYS_futex, word, FUTEX_WAKE, 1 << 20, NULL, NULL, 0);
}

static void __attribute__((format(printf, 1, 2))) note(const char *fmt, ...)
{
	size_t len = strlen(turn.log);
	va_list args;

	va_start(args, fmt);
	vsnprintf(turn.log + len, sizeof(turn.log) - len, fmt, args);
	va_end(args);
}

static void __attribute__((format(printf, 1, 2))) failure(const char *fmt, ...)
{
	va_list args;

	if (result->failed++ >= 20)
		return;
	flockfile(stdout);
	printf("FAILURE worker %d round %lu, %s:%s: ", number, result->rounds,
	       deed_names[turn.deed], turn.log);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	funlockfile(stdout);
}

/*
 * The nest.
 */

static void on_signal(int sig)
{
	(void)sig;
}

static void wait_for_go(void)
{
	while (!atomic_load(&nest->go))
		futex_wait(&nest->go, 0);
}

static void become_victim(void)
{
	put_word(&nest->tid, syscall(SYS_gettid));
	wait_for_go();
}

static void make_children(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		pid_t pid = i ? vfork() : fork();

		if (!pid)
			_exit(0);
		syscall(SYS_getppid);
	}
}

static void exec_nest(void)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", number);
	execl(self, self, "nest", text, NULL);
	_exit(1);
}

static void *be_victim_thread(void *arg)
{
	(void)arg;
	become_victim();
	switch ((enum deed)atomic_load(&nest->deed)) {
	case FORK:
		make_children();
		break;
	case CALLS:
		while (!atomic_load(&nest->enough))
			syscall(SYS_getppid);
		break;
	case KILLED:
		for (;;)
			syscall(SYS_getppid);
	case EXEC:
		exec_nest();
		break;
	default:
		break;
	}
	return NULL;
}

/* A thread beside a leader that is the victim. */
static void *be_sibling(void *arg)
{
	(void)arg;
	wait_for_go();
	switch ((enum deed)atomic_load(&nest->deed)) {
	case LEADER_REPLACED:
		exec_nest();
		break;
	case LEADER_EXIT:
		for (;;)
			pause();
	default:
		break;
	}
	return NULL;
}

static void start_thread(void *(*function)(void *))
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 64 << 10);
	while (pthread_create(&thread, &attr, function, NULL))
		sched_yield();
	pthread_attr_destroy(&attr);
}

static void serve(enum deed deed)
{
	switch (deed) {
	case CHILD_EXIT:
		if (!fork()) {
			become_victim();
			_exit(0);
		}
		break;
	case LEADER_KILLED:
	case LEADER_EXEC:
	case LEADER_REPLACED:
	case LEADER_EXIT:
		if (deed >= LEADER_REPLACED)
			start_thread(be_sibling);
		become_victim();
		if (deed == LEADER_EXEC)
			exec_nest();
		if (deed == LEADER_EXIT)
			syscall(SYS_exit, 0);
		for (;;)
			pause();
	default:
		start_thread(be_victim_thread);
		break;
	}
}

static void __attribute__((noreturn)) be_nest(void)
{
	struct sigaction on = { .sa_handler = on_signal };
	int done;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGURG, &on, NULL);
	signal(SIGCHLD, SIG_IGN);
	done = atomic_load(&nest->wanted);
	put_word(&nest->pid, getpid());
	for (;;) {
		while (atomic_load(&nest->wanted) == done)
			futex_wait(&nest->wanted, done);
		done = atomic_load(&nest->wanted);
		serve(atomic_load(&nest->deed));
	}
}

/*
 * The worker.
 */

static bool wait_word(atomic_int *word, const char *what)
{
	double end = now() + patience_s(PATIENCE_S);

	while (!atomic_load(word)) {
		if (now() > end) {
			failure("no %s", what);
			return false;
		}
		futex_wait(word, 0);
	}
	return true;
}

/* As a parent that waits already when the nest dies. */
static void *be_reaper(void *arg)
{
	(void)arg;
	for (;;) {
		pid_t pid = atomic_load(&nest_child);

		if (pid && waitpid(pid, NULL, __WALL) == pid)
			put_word(&nest_child, 0);
		else
			futex_wait(&nest_child, 0);
	}
	return NULL;
}

static bool start_nest(void)
{
	pid_t pid;

	put_word(&nest->pid, 0);
	pid = vfork();
	if (!pid)
		exec_nest();
	put_word(&nest_child, pid);
	return wait_word(&nest->pid, "nest");
}

static bool is_alive(pid_t tid)
{
	return syscall(SYS_tkill, tid, 0) == 0;
}

static bool end_nest(void)
{
	double end = now() + patience_s(PATIENCE_S);
	pid_t pid = atomic_load(&nest_child);

	if (pid)
		kill(pid, SIGKILL);
	while (atomic_load(&nest_child)) {
		if (now() > end) {
			failure("process %d does not die", pid);
			return false;
		}
		nap_us(200);
	}
	return true;
}

static void count(enum call call, int answer)
{
	int i;

	for (i = 0; i < NR_ANSWERS; i++) {
		if (answers[i] == answer) {
			result->calls[call][i]++;
			note(" %s=%s", call_names[call], answer_names[i]);
			return;
		}
	}
	failure("%s answers %s", call_names[call], strerror(-answer));
}

static unsigned long some_mask(void)
{
	unsigned long mask = 0;

	if (choose(&chance, 3))
		mask |= EVENT(DEATH);
	if (choose(&chance, 2))
		mask |= EVENT(REAP);
	if (choose(&chance, 2))
		mask |= EVENT(EXIT);
	if (choose(&chance, 3) == 0)
		mask |= EVENT(QUIESCE);
	if (choose(&chance, 4) == 0)
		mask |= choose(&chance, 0x4000) & ~(EVENT(DEATH) | EVENT(REAP));
	return mask;
}

/* Too late is an answer only where the end of the task forbids the change. */
static void check_too_late(unsigned long mask)
{
	const unsigned long at_end = EVENT(DEATH) | EVENT(QUIESCE);

	if (!(mask & ~turn.mask & at_end) &&
	    !(turn.mask & ~mask & (EVENT(DEATH) | EVENT(REAP))))
		failure("EALREADY for %lx after %lx", mask, turn.mask);
}

static void take_mask(unsigned long mask, int answer)
{
	count(SET_EVENTS, answer);
	if (answer == 0 || answer == -EINPROGRESS)
		turn.mask = mask;
	else if (answer == -EALREADY)
		check_too_late(mask);
}

static void call_set_events(void)
{
	unsigned long mask = some_mask();

	if (choose(&chance, 2))	/* the one bit that matters most */
		mask = turn.mask ^ (choose(&chance, 2) ? EVENT(DEATH) :
							 EVENT(REAP));
	turn.changed = true;
	note(" %lx:", mask);
	take_mask(mask, race_call(fd, RACE_EVENTS, turn.id, 0, mask));
}

static void call_barrier(void)
{
	count(BARRIER, race_call(fd, RACE_BARRIER, turn.id, 0, 0));
}

static int call_control(enum resume_action action)
{
	int answer = race_call(fd, RACE_CONTROL, turn.id, action, 0);

	note(" %d:", action);
	count(CONTROL, answer);
	if (answer == -EINPROGRESS && action != STOP)
		failure("EINPROGRESS for action %d", action);
	if (answer == -EALREADY)
		failure("EALREADY for action %d", action);
	return answer;
}

static void call_some_control(void)
{
	static const enum resume_action actions[] = {
		STOP, STOP, REPORT, INTERRUPT, RESUME
	};
	enum resume_action action = actions[choose(&chance, 5)];

	call_control(action);
	if (action != STOP)
		return;
	spin_some(&chance);
	call_control(choose(&chance, 2) ? RESUME : INTERRUPT);
}

/* What DETACH left open is settled by a barrier. */
static void call_detach(void)
{
	int answer;

	turn.detached = true;
	turn.answer = race_call(fd, RACE_CONTROL, turn.id, DETACH, 0);
	turn.at_detach = race_state(fd, turn.id);
	count(LEAVE, turn.answer);
	if (turn.answer == -EINPROGRESS) {
		answer = race_call(fd, RACE_BARRIER, turn.id, 0, 0);
		count(BARRIER, answer);
		if (answer != 0 && answer != -ESRCH)
			failure("a barrier that nobody breaks off");
		turn.at_detach = race_state(fd, turn.id);
	}
	if (turn.answer == 0 && turn.at_detach.running)
		failure("DETACH answers 0 while %x runs",
			turn.at_detach.running);
}

static void send_some_signal(pid_t pid)
{
	static const int signals[] = { SIGURG, SIGURG, SIGSTOP, SIGSTOP };
	int sig = signals[choose(&chance, 4)];

	note(" signal %d", sig);
	kill(pid, sig);
	if (sig == SIGSTOP) {
		spin_some(&chance);
		kill(pid, SIGCONT);
	}
}

static void make_calls(void)
{
	int nr = choose(&chance, 4);

	while (nr--) {
		spin_some(&chance);
		switch (choose(&chance, 4)) {
		case 0:
		case 1:
			call_set_events();
			break;
		case 2:
			call_barrier();
			break;
		case 3:
			call_some_control();
			break;
		}
	}
	spin_some(&chance);
	if (choose(&chance, 4))
		call_detach();
}

static enum deed choose_deed(void)
{
	int at = choose(&chance, 100);
	int deed = 0;

	while (at >= deed_weights[deed])
		at -= deed_weights[deed++];
	return deed;
}

/* Makes the victim; its thread id, or 0. */
static pid_t get_victim(void)
{
	atomic_store(&nest->go, 0);
	atomic_store(&nest->enough, 0);
	atomic_store(&nest->tid, 0);
	atomic_store(&nest->deed, turn.deed);
	put_word(&nest->wanted, atomic_load(&nest->wanted) + 1);
	return wait_word(&nest->tid, "victim") ? atomic_load(&nest->tid) : 0;
}

static void set_delays(void)
{
	static const unsigned long kinds[] = {
		1 << RACE_DEATH, 1 << RACE_EXIT, 1 << RACE_QUIESCE,
		1 << RACE_SYSCALL_EXIT | 1 << RACE_SYSCALL_ENTRY,
		1 << RACE_SIGNAL | 1 << RACE_JCTL,
	};

	race_call(fd, RACE_DELAY, 0, 0, EVENTS_ALL);
	if (choose(&chance, 2))
		race_call(fd, RACE_DELAY, 0, 1 << choose(&chance, 10),
			  kinds[choose(&chance, 5)]);
}

/* An exec leaves a nest that goes on: its end is that of all engines. */
static bool ends_nest(void)
{
	return turn.deed >= KILLED;
}

static bool is_exec(void)
{
	return turn.deed >= EXEC && turn.deed <= LEADER_REPLACED;
}

static void let_go(pid_t pid)
{
	if (is_exec())
		put_word(&nest->pid, 0);
	put_word(&nest->go, 1);
	spin_some(&chance);
	if (turn.deed == KILLED || turn.deed == LEADER_KILLED)
		kill(pid, SIGKILL);
}

static bool wait_gone(pid_t tid)
{
	double end = now() + patience_s(PATIENCE_S);

	while (is_alive(tid)) {
		if (now() > end) {
			failure("thread %d does not end", tid);
			return false;
		}
		nap_us(50);
	}
	return true;
}

static bool wait_detached(void)
{
	double end = now() + patience_s(PATIENCE_S);
	int answer;

	while ((answer = race_call(fd, RACE_DROP, turn.id, 0, 0))) {
		if (answer != -EBUSY || now() > end) {
			failure("the engine is not detached: %d", answer);
			return false;
		}
		nap_us(50);
	}
	return true;
}

/* Nothing holds the victim any more, and it comes to its end. */
static bool finish(pid_t tid)
{
	if (!turn.detached)
		call_control(RESUME);
	put_word(&nest->enough, 1);
	if (ends_nest()) {
		if (is_exec() && choose(&chance, 2))
			wait_word(&nest->pid, "nest after exec");
		return end_nest() && wait_gone(tid) && start_nest();
	}
	return wait_gone(tid);
}

static void expect(const char *what, unsigned int is, bool shall)
{
	if (is != shall)
		failure("%s came %u times, not %d", what, is, shall);
}

/* The callbacks of the end against what the calls have said. */
static void check_callbacks(const struct race_command *state)
{
	unsigned int death = state->n[RACE_DEATH], reap = state->n[RACE_REAP];
	bool all = !turn.detached || turn.answer == -ESRCH ||
		   turn.answer == -EALREADY;

	if (all) {
		expect("report_death", death, turn.mask & EVENT(DEATH));
		expect("report_reap", reap, turn.mask & EVENT(REAP));
		if (!turn.changed)
			expect("report_exit", state->n[RACE_EXIT],
			       turn.mask & EVENT(EXIT));
	} else if (memcmp(state->n, turn.at_detach.n, sizeof(state->n))) {
		failure("callbacks after DETACH");
	}
	if (turn.answer == -EALREADY && !(turn.mask & EVENT(DEATH)))
		failure("EALREADY without report_death");
	if (turn.answer == -EINPROGRESS && (death || reap))
		failure("EINPROGRESS, but %u deaths, %u reaps", death, reap);
	if (turn.answer == 0 && reap && turn.detached)
		failure("DETACH after report_reap answers 0");
}

static void count_callbacks(const struct race_command *state)
{
	int i;

	for (i = 0; i < RACE_NR_KINDS; i++)
		result->callbacks += state->n[i];
}

static bool attach(pid_t tid)
{
	struct race_command command = {
		.op = RACE_ATTACH, .pid = tid, .mask = some_mask(),
	};
	int answer = race_do(fd, &command);

	note(" %lx:", (unsigned long)command.mask);
	turn.id = command.id;
	take_mask(command.mask, answer);
	return answer == 0;
}

/*
 * The state is read when the victim is gone and again no sooner than the engine
 * is fully detached; RACE_DROP is the judge of the latter.
 */
static bool is_detached(void)
{
	return race_call(fd, RACE_BARRIER, turn.id, 0, 0) == -ESRCH;
}

static bool play_round(void)
{
	struct race_command state;
	double end;
	pid_t pid = atomic_load(&nest->pid);
	pid_t tid;

	memset(&turn, 0, sizeof(turn));
	turn.deed = choose_deed();
	set_delays();
	tid = get_victim();
	if (!tid)
		return false;
	if (!attach(tid)) {
		failure("attach to a living thread");
		return false;
	}
	let_go(pid);
	if (choose(&chance, 4) == 0)
		send_some_signal(pid);
	make_calls();
	if (!finish(tid))
		return false;
	end = now() + patience_s(PATIENCE_S);
	while (!is_detached() && now() < end)
		nap_us(50);
	state = race_state(fd, turn.id);
	check_callbacks(&state);
	count_callbacks(&state);
	result->deeds[turn.deed]++;
	return wait_detached();
}

static int be_worker(unsigned long rounds)
{
	pthread_t reaper;

	fd = race_open();
	pthread_create(&reaper, NULL, be_reaper, NULL);
	if (!start_nest())
		return 1;
	while (result->rounds < rounds) {
		result->rounds++;
		if (!play_round()) {
			result->failed++;
			break;
		}
	}
	end_nest();
	result->bad = race_bad(fd);
	fflush(stdout);
	return 0;
}

static void print_results(int workers)
{
	struct result sum = { 0 };
	unsigned long *to = (unsigned long *)&sum;
	int i, j;

	for (i = 0; i < workers; i++) {
		unsigned long *from = (unsigned long *)&shared->results[i];

		for (j = 0; j < (int)(sizeof(sum) / sizeof(*to)); j++)
			to[j] += from[j];
	}
	for (i = 0; i < NR_DEEDS; i++)
		printf("%-16s %7lu rounds\n", deed_names[i], sum.deeds[i]);
	for (i = 0; i < NR_CALLS; i++) {
		printf("%-16s", call_names[i]);
		for (j = 0; j < NR_ANSWERS; j++)
			printf(" %s %lu", answer_names[j], sum.calls[i][j]);
		printf("\n");
	}
	printf("%lu rounds, %lu callbacks, %lu failures, %lu callbacks that must not come\n",
	       sum.rounds, sum.callbacks, sum.failed, sum.bad);
	exit(sum.failed || sum.bad);
}

static void map_shared(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (file < 0 || ftruncate(file, sizeof(*shared))) {
		perror(path);
		exit(2);
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		      file, 0);
	if (shared == MAP_FAILED) {
		perror(path);
		exit(2);
	}
	close(file);
}

int main(int argc, char **argv)
{
	const char *path = "/dev/shm/utrace-rounds";
	unsigned long rounds;
	int workers, i, status;

	if (argc < 3) {
		fprintf(stderr, "Usage: rounds ROUNDS SEED [WORKERS]\n");
		return 2;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 2;
	if (!strcmp(argv[1], "nest")) {
		map_shared(path);
		number = atoi(argv[2]);
		nest = &shared->nests[number];
		be_nest();
	}
	unlink(path);
	map_shared(path);
	rounds = strtoul(argv[1], NULL, 0);
	workers = argc > 3 ? atoi(argv[3]) : 2;
	if (workers < 1 || workers > MAX_WORKERS)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < workers; i++) {
		if (fork())
			continue;
		number = i;
		nest = &shared->nests[i];
		result = &shared->results[i];
		chance.state = strtoul(argv[2], NULL, 0) * 1000 + i;
		return be_worker(rounds / workers);
	}
	while (wait(&status) > 0)
		if (!WIFEXITED(status) || WEXITSTATUS(status))
			printf("FAILURE a worker ended with status %x\n",
			       shared->results[0].failed++ ? status : status);
	print_results(workers);
}
