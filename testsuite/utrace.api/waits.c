// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * utrace.api: what a parent sees. A script of stops, continues and deaths is
 * played to children of several kinds; every wait status, every siginfo of
 * SIGCHLD and the state in /proc after each step make a transcript. It must be
 * the same with no engine, with engines that do nothing, with engines that get
 * every event, and with engines that hold and release at random.
 *
 * After each step the random engines let go, since a hold only delays what the
 * parent is told; what comes within a step may come in any order.
 */
#include <stdarg.h>

#include "ut.h"

enum { NO_ENGINE, IDLE, EVERY_EVENT, RANDOM };

/* --- the children */

static void on_usr1(int sig)
{
	(void)sig;
	shared->value[0]++;
}

static void single(void *arg)
{
	(void)arg;
	signal(SIGUSR1, on_usr1);
	shared->tid[0] = getpid();
	shared->ready = 1;
	for (;;)
		pause();
}

static void *second(void *arg)
{
	(void)arg;
	shared->tid[1] = syscall(SYS_gettid);
	shared->ready = 1;
	while (!shared->go)
		shared->more++;
	exit(6);
}

static void threads(void *arg)
{
	pthread_t thread;

	(void)arg;
	signal(SIGUSR1, on_usr1);
	shared->tid[0] = getpid();
	pthread_create(&thread, NULL, second, NULL);
	for (;;)
		pause();
}

/* Stops itself, ends by itself. */
static void by_itself(void *arg)
{
	(void)arg;
	shared->tid[0] = getpid();
	shared->ready = 1;
	while (!shared->go)
		usleep(1000);
	raise(SIGSTOP);
	_exit(9);
}

static void faulting(void *arg)
{
	(void)arg;
	shared->tid[0] = getpid();
	shared->ready = 1;
	while (!shared->go)
		usleep(1000);
	*(volatile int *)8 = 1;
}

/* --- the script */

/*
 * One step: what is done, and how many events it makes for the parent. An
 * action below 0 is a word of its own.
 */
enum { GO = -1 };

struct step {
	const char *name;
	int action;
	int events;
};

struct play {
	const char *name;
	void (*child)(void *arg);
	const struct step *steps;
};

static const struct step ordinary[] = {
	{ "SIGSTOP", SIGSTOP, 1 },
	{ "SIGSTOP again", SIGSTOP, 0 },
	{ "SIGUSR1 while stopped", SIGUSR1, 0 },
	{ "SIGCONT", SIGCONT, 1 },
	{ "SIGCONT again", SIGCONT, 0 },
	{ "SIGTSTP", SIGTSTP, 1 },
	{ "SIGCONT", SIGCONT, 1 },
	{ "SIGTTIN", SIGTTIN, 1 },
	{ "SIGTTOU while stopped", SIGTTOU, 0 },
	{ "SIGCONT", SIGCONT, 1 },
	{ "SIGUSR1", SIGUSR1, 0 },
	{ "SIGWINCH", SIGWINCH, 0 },
	{ "SIGSTOP", SIGSTOP, 1 },
	{ "SIGTERM while stopped", SIGTERM, 0 },
	{ "SIGCONT: the end", SIGCONT, -1 },
	{}
};

static const struct step killed_in_stop[] = {
	{ "SIGSTOP", SIGSTOP, 1 },
	{ "SIGKILL: the end", SIGKILL, 1 },
	{}
};

static const struct step ended_by_thread[] = {
	{ "SIGSTOP", SIGSTOP, 1 },
	{ "SIGCONT", SIGCONT, 1 },
	{ "exit by a thread", GO, 1 },
	{}
};

static const struct step stops_itself[] = {
	{ "raise(SIGSTOP)", GO, 1 },
	{ "SIGCONT: on to its end", SIGCONT, -1 },
	{}
};

static const struct step just_ends[] = {
	{ "the end", GO, 1 },
	{}
};

static const struct play plays[] = {
	{ "one thread", single, ordinary },
	{ "two threads", threads, ordinary },
	{ "one thread, killed in a stop", single, killed_in_stop },
	{ "two threads, killed in a stop", threads, killed_in_stop },
	{ "two threads, one exits", threads, ended_by_thread },
	{ "one that stops itself", by_itself, stops_itself },
	{ "one that faults", faulting, just_ends },
	{}
};

/* --- the engines */

static struct {
	atomic_int run, runs, stop, held;
	unsigned int seed;
	int nr;
	pthread_t thread;
} holder;

/* Numbers from here on are engines beside those that hold. */
#define WATCHERS 2

static void let_go(void)
{
	int i;

	for (i = 0; i < holder.nr; i++)
		ut_control(i, RESUME);
}

/*
 * Holds and releases while it may run; lets go before it says that it does not.
 * What it says follows from the same look at holder.run as what it does.
 */
static void *hold_at_random(void *arg)
{
	unsigned int *seed = arg;
	int id;

	while (!holder.stop) {
		if (!holder.run) {
			if (holder.runs)
				let_go();
			holder.runs = 0;
			usleep(200);
			continue;
		}
		holder.runs = 1;
		id = rand_r(seed) % holder.nr;
		ut_control(id, rand_r(seed) % 3 ? STOP : RESUME);
		ut_control(WATCHERS + id, rand_r(seed) % 2 ? REPORT : INTERRUPT);
		usleep(rand_r(seed) % 1500);
		holder.held += proc_state(shared->tid[id]) == 't';
	}
	return NULL;
}

static void random_engines(bool run)
{
	if (!holder.thread)
		return;
	holder.run = run;
	while (holder.runs != run)
		usleep(200);
	if (run)
		usleep(3000);
}

/*
 * Engines that hold have no events, so that no callback's return lifts their
 * stop; beside them are others that get every event.
 */
static void attach_all(int mode)
{
	pid_t tid;
	int i;

	holder.nr = 0;
	for (i = 0; i < 2 && shared->tid[i] && mode != NO_ENGINE; i++) {
		tid = shared->tid[i];
		if (mode != EVERY_EVENT)
			check_eq(ut_attach(i, tid, 0), 0);
		if (mode != IDLE)
			check_eq(ut_attach(WATCHERS + i, tid, E_ALL), 0);
		holder.nr++;
	}
	if (mode != RANDOM)
		return;
	holder.run = holder.runs = holder.stop = 0;
	pthread_create(&holder.thread, NULL, hold_at_random, &holder.seed);
}

static void drop_all(void)
{
	int i;

	if (holder.thread) {
		holder.stop = 1;
		pthread_join(holder.thread, NULL);
		holder.thread = 0;
	}
	for (i = 0; i < 2 * WATCHERS; i++)
		ut_drop(i);
}

/* --- the transcript */

static struct {
	char text[32 << 10];
	size_t n;
} out;

__attribute__((format(printf, 1, 2)))
static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	out.n += vsnprintf(out.text + out.n, sizeof(out.text) - out.n, format,
			   args);
	va_end(args);
}

static siginfo_t chld[32];
static atomic_int nr_chld;
static bool signalled;	/* SIGCHLD comes for stops, too */

static void on_chld(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	chld[nr_chld++ % 32] = *info;
}

static void tell_chld(pid_t pid)
{
	int i;

	for (i = 0; i < nr_chld; i++)
		say(" chld(%d,%d%s%s)", chld[i].si_code, chld[i].si_status,
		    chld[i].si_pid == pid ? "" : ",other pid",
		    chld[i].si_uid == getuid() ? "" : ",other uid");
	nr_chld = 0;
}

static bool is_end(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED || info->si_code == CLD_KILLED ||
	       info->si_code == CLD_DUMPED;
}

/*
 * First the signal, then the wait: the kernel reads si_status from what a wait
 * takes away.
 */
static void wait_for_chld(const struct step *step)
{
	int i;

	for (i = 0; i < 2000 && step->events > 0 && !nr_chld && signalled; i++)
		ms(1);
}

/* Takes a stop or a continue away, never an end that has come since the look. */
static void take_event(pid_t pid, siginfo_t *info)
{
	memset(info, 0, sizeof(*info));
	waitid(P_PID, pid, info, WSTOPPED | WCONTINUED | WNOHANG);
}

/*
 * Waits for as many events as the step makes, or for the end, then a little for
 * one too many. Each is looked at with WNOWAIT first, and both looks agree. The
 * last SIGCHLD of a step that makes two may be merged with the first.
 */
static bool collect(pid_t pid, const struct step *step)
{
	siginfo_t peek, info;
	int i, got = 0, status;
	bool ended = false;

	wait_for_chld(step);
	for (i = 0; i < 3000; i++) {
		memset(&peek, 0, sizeof(peek));
		if (waitid(P_PID, pid, &peek, WEXITED | WSTOPPED | WCONTINUED |
			   WNOHANG | WNOWAIT) || !peek.si_pid) {
			if (got >= step->events && step->events >= 0 &&
			    i < 2990)
				i = 2990;
			ms(1);
			continue;
		}
		if (is_end(&peek)) {
			ended = waitpid(pid, &status, 0) == pid;
			say(" status(%x)", status);
		} else if (step->events < 0) {
			/* SIGCONT and the end: the end may hide the first. */
			take_event(pid, &info);
			continue;
		} else {
			take_event(pid, &info);
			check_eq(info.si_code, peek.si_code);
			say(" wait(%d,%d)", info.si_code, info.si_status);
		}
		got++;
		if (ended)
			return true;
		if (got > step->events)
			say(" TOO MANY");
	}
	return false;
}

/*
 * A thread that was let go may be on its way from one sleep to another. One that
 * may run is R or S by chance: "r".
 */
static char settled_state(pid_t tid)
{
	char before = 0, state;
	int i;

	for (i = 0; i < 200; i++) {
		state = proc_state(tid);
		if (state == before && state != 't')
			break;
		before = state;
		ms(3);
	}
	return strchr("RSD", state) ? 'r' : state;
}

static void tell_states(void)
{
	int i;

	for (i = 0; i < 2 && shared->tid[i]; i++)
		say(" %c", settled_state(shared->tid[i]));
	say(" usr1=%ld", (long)shared->value[0]);
}

static bool make_step(pid_t pid, const struct step *step)
{
	bool ended;

	say("  %s:", step->name);
	random_engines(true);
	if (step->action == GO)
		shared->go = 1;
	else
		kill(pid, step->action);
	if (holder.thread)
		usleep(rand_r(&holder.seed) % 4000);
	random_engines(false);
	ended = collect(pid, step);
	/* One that is merged with another says no more than that one. */
	if (step->events < 0)
		nr_chld = 0;
	tell_chld(pid);
	if (!ended)
		tell_states();
	say("\n");
	return ended;
}

static void perform(const struct play *play, int mode)
{
	const struct step *step;
	bool ended = false;
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	nr_chld = 0;
	say("%s\n", play->name);
	pid = spawn(play->child, NULL);
	check(wait_value(&shared->ready, 1));
	ms(5);
	attach_all(mode);
	for (step = play->steps; step->name && !ended; step++)
		ended = make_step(pid, step);
	drop_all();
	if (!ended) {
		say("  IT LIVES\n");
		kill_reap(pid);
	}
}

static const char *transcript(int mode, unsigned int seed, int flags)
{
	const struct play *play;

	out.n = 0;
	holder.seed = seed;
	signalled = !(flags & SA_NOCLDSTOP);
	sigaction(SIGCHLD, &(struct sigaction){ .sa_sigaction = on_chld,
		  .sa_flags = SA_SIGINFO | SA_RESTART | flags }, NULL);
	for (play = plays; play->name; play++)
		perform(play, mode);
	return strdup(out.text);
}

/* The first line that differs says more than the whole. */
static void compare(const char *plain, const char *other)
{
	char a[256], b[256];

	while (*plain && *other) {
		size_t n = strcspn(plain, "\n"), m = strcspn(other, "\n");

		snprintf(a, sizeof(a), "%.*s", (int)n, plain);
		snprintf(b, sizeof(b), "%.*s", (int)m, other);
		check(!strcmp(a, b), "without: %s; with: %s", a, b);
		plain += n + 1;
		other += m + 1;
	}
	check_eq(strlen(plain), strlen(other));
}

static void same(int mode, unsigned int seed, int flags)
{
	const char *plain = transcript(NO_ENGINE, 0, flags);

	if (getenv("UT_SHOW"))
		printf("%s", plain);
	compare(plain, transcript(mode, seed, flags));
	check(mode != RANDOM || holder.held > 5, "held %d times", holder.held);
}

static void idle(void)
{
	same(IDLE, 0, 0);
}

static void every_event(void)
{
	same(EVERY_EVENT, 0, 0);
}

static void at_random(void)
{
	same(RANDOM, 1, 0);
}

static void at_random_again(void)
{
	same(RANDOM, 2, 0);
}

static void no_cldstop(void)
{
	same(RANDOM, 3, SA_NOCLDSTOP);
}

/* What the transcript says without an engine, lest all be wrong alike. */
static void as_posix_says(void)
{
	const char *text = transcript(NO_ENGINE, 0, 0);

	check(strstr(text, "one thread\n"
		     "  SIGSTOP: wait(5,19) chld(5,19) T usr1=0\n"
		     "  SIGSTOP again: T usr1=0\n"
		     "  SIGUSR1 while stopped: T usr1=0\n"
		     "  SIGCONT: wait(6,18) chld(6,18) r usr1=1\n"
		     "  SIGCONT again: r usr1=1\n"
		     "  SIGTSTP: wait(5,20) chld(5,20) T usr1=1\n"), "%s", text);
	check(strstr(text, "  SIGCONT: the end: status(f)\n"), "%s", text);
	check(strstr(text, "two threads, one exits\n"
		     "  SIGSTOP: wait(5,19) chld(5,19) T T usr1=0\n"
		     "  SIGCONT: wait(6,18) chld(6,18) r r usr1=0\n"
		     "  exit by a thread: status(600) chld(1,6)\n"), "%s", text);
	check(!strstr(text, "TOO MANY") && !strstr(text, "IT LIVES"));
}

const struct test tests[] = {
	{ "the transcript without an engine", as_posix_says },
	{ "the same with idle engines", idle },
	{ "the same with engines that get every event", every_event },
	{ "the same with engines that hold at random", at_random },
	{ "the same with other holds at random", at_random_again },
	{ "the same for a parent with SA_NOCLDSTOP", no_cldstop },
	{}
};
