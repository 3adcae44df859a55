// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: STOP, REPORT, INTERRUPT, RESUME; what is seen of it from outside. */
#include <sys/epoll.h>

#include "ut.h"

static void stops_a_running_thread(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .ret = STOP);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(ut_wait(0, UT_QUIESCE, 0));
	check(wait_state(pid, "t"));
	check(!moves(&shared->counter));
	check_eq(ut_control(0, STOP), 0);
	check_story(0, "quiesce");
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	check_story(0, "quiesce");
	check_eq(seen_by_parent(pid, NULL), 0);
	kill_reap(pid);
}

/* The callback decides: one that says RESUME has the thread run on. */
static void callback_declines(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(ut_wait(0, UT_QUIESCE, 0));
	check(moves(&shared->counter));
	check(proc_state(pid) == 'R');
	kill_reap(pid);
}

/* report_signal instead of report_quiesce, for who looks at signals only. */
static void signal_engine_is_asked(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(wait_state(pid, "t"));
	check(ut_count(0, UT_QUIESCE, 0) + ut_count(0, UT_REPORT, 0) > 0);
	kill_reap(pid);
}

static void naps(void *arg)
{
	struct timespec t = { (long)arg / 1000, (long)arg % 1000 * 1000000l };
	double start;

	while (!shared->go)
		;
	start = now();
	shared->ready = 1;
	shared->value[0] = nanosleep(&t, NULL) ? errno : 0;
	shared->value[1] = (now() - start) * 1000;
	shared->ready = 2;
	spins(NULL);
}

static void stop_leaves_the_call_alone(void)
{
	pid_t pid = spawn(naps, (void *)(300l * ut_slow));

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	shared->go = 1;
	wait_value(&shared->ready, 1);
	ms(50);
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .ret = STOP);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	ms(50);
	check_story(0, "");
	check_eq(proc_state(pid), 'S');
	check(wait_state(pid, "t"));
	check_eq(ut_count(0, UT_QUIESCE, 0), 1);
	check_eq(shared->ready, 1);
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->ready, 2));
	check_eq(shared->value[0], 0);
	kill_reap(pid);
}

/* The rest of the time is slept after it. */
static void interrupt_restarts_nanosleep(void)
{
	pid_t pid = spawn(naps, (void *)(500l * ut_slow));
	double start;

	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = STOP | SIG_REPORT);
	shared->go = 1;
	wait_value(&shared->ready, 1);
	ms(50);
	start = now();
	check_eq(ut_control(0, INTERRUPT), 0);
	check(wait_state(pid, "t"));
	check(now() - start < 0.3 * ut_slow, "%.3f s", now() - start);
	check_eq(ut_count(0, UT_REPORT, UT_ANY), 1);
	ms(50);
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->ready, 2));
	check_eq(shared->value[0], 0);
	check(shared->value[1] >= 500 * ut_slow &&
	      shared->value[1] < 900 * ut_slow, "%ld ms",
	      (long)shared->value[1]);
	kill_reap(pid);
}

static int pipe_fds[2];

static void reads(void *arg)
{
	char byte = 0;

	(void)arg;
	shared->ready = 1;
	shared->value[0] = read(pipe_fds[0], &byte, 1);
	shared->value[1] = errno;
	shared->ready = 2;
	_exit(byte);
}

static void futexes(void *arg)
{
	(void)arg;
	shared->ready = 1;
	shared->value[0] = syscall(SYS_futex, &shared->go, 0 /* WAIT */, 0,
				   NULL, NULL, 0);
	shared->value[1] = errno;
	shared->ready = 2;
	_exit(7);
}

static void polls(void *arg)
{
	struct epoll_event event;
	int fd = epoll_create1(0);

	(void)arg;
	shared->ready = 1;
	shared->value[0] = epoll_wait(fd, &event, 1, 5000);
	shared->value[1] = errno;
	shared->ready = 2;
	_exit(8);
}

static pid_t interrupt_in(void (*program)(void *))
{
	pid_t pid = spawn(program, NULL);

	wait_value(&shared->ready, 1);
	ms(50);
	check_eq(proc_state(pid), 'S');
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = STOP | SIG_REPORT);
	check_eq(ut_control(0, INTERRUPT), 0);
	check(wait_state(pid, "t"));
	check_eq(ut_count(0, UT_REPORT, UT_ANY), 1);
	check_eq(ut_control(0, RESUME), 0);
	return pid;
}

static void interrupt_restarts_read(void)
{
	pid_t pid;

	check(!pipe(pipe_fds));
	pid = interrupt_in(reads);
	check(wait_state(pid, "S"));
	ms(20);
	check_eq(shared->ready, 1);
	check_eq(write(pipe_fds[1], "\x2a", 1), 1);
	check_eq(reap(pid), 0x2a << 8);
	check_eq(shared->value[0], 1);
}

static void interrupt_restarts_futex(void)
{
	pid_t pid = interrupt_in(futexes);

	check(wait_state(pid, "S"));
	ms(20);
	check_eq(shared->ready, 1);
	check_eq(syscall(SYS_futex, &shared->go, 1 /* WAKE */, 1), 1);
	check_eq(reap(pid), 7 << 8);
	check_eq(shared->value[0], 0);
}

/* As after SIGSTOP and SIGCONT, which is looked at first. */
static void interrupt_breaks_epoll_wait(void)
{
	pid_t pid = spawn(polls, NULL);
	long plain, plain_errno;

	wait_value(&shared->ready, 1);
	ms(50);
	kill(pid, SIGSTOP);
	check(wait_state(pid, "T"));
	kill(pid, SIGCONT);
	check(wait_value(&shared->ready, 2));
	plain = shared->value[0];
	plain_errno = shared->value[1];
	kill_reap(pid);
	shared->ready = 0;
	pid = interrupt_in(polls);
	check_eq(reap(pid), 8 << 8);
	check_eq(shared->value[0], plain);
	check_eq(shared->value[1], plain_errno);
	check_eq(plain_errno, EINTR);
}

/* STOP and INTERRUPT never show in a call that does not sleep. */
static void interrupt_of_a_running_thread(void)
{
	pid_t pid = spawn(spins, NULL);
	int i;

	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	for (i = 1; i <= 20; i++) {
		check_eq(ut_control(0, INTERRUPT), 0);
		check(ut_wait_nth(0, UT_REPORT, UT_ANY, i));
	}
	ms(20);
	check_eq(ut_count(0, UT_REPORT, UT_ANY), 20);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void resume_and_report(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	check_eq(ut_control(0, RESUME), 0);
	ms(30);
	check_story(0, "");
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_QUIESCE, 0));
	ms(30);
	check_story(0, "quiesce");
	kill_reap(pid);
}

/* The report that was asked for on a held thread comes before it runs. */
static void report_at_release(void)
{
	pid_t pid = spawn(spins, NULL);
	long before;

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	before = shared->counter;
	ut_mark();
	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP);
	ut_rule(0, .kind = UT_REPORT, .ret = STOP | SIG_REPORT);
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_QUIESCE, 0));
	check(wait_state(pid, "t"));
	ms(20);
	check_eq(shared->counter, before);
	check_eq(ut_count(0, UT_QUIESCE, 0), 1);
	kill_reap(pid);
}

/* Returned by callbacks: REPORT makes one more, RESUME none. */
static void actions_of_callbacks(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_rule(0, .kind = UT_QUIESCE, .times = 3, .ret = REPORT);
	ut_rule(0, .kind = UT_QUIESCE, .times = 1, .ret = INTERRUPT);
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_REPORT, UT_ANY));
	ms(20);
	check_eq(ut_count(0, UT_REPORT, UT_ANY), 1);
	check(ut_count(0, UT_QUIESCE, 0) >= 4);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void released_by_all(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	check_eq(ut_control(1, STOP), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(!moves(&shared->counter));
	check_eq(proc_state(pid), 't');
	check_eq(ut_control(1, RESUME), 0);
	check(moves(&shared->counter));
	check_story(1, "quiesce");
	kill_reap(pid);
}

/* Only STOP is sticky; another engine's reports do not lift it. */
static void stop_is_sticky(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	check_eq(ut_attach(1, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_hold(0, pid);
	ut_mark();
	check_eq(ut_control(1, REPORT), 0);
	check_eq(ut_control(1, INTERRUPT), 0);
	check(!moves(&shared->counter));
	check_story(-1, "");
	check_eq(ut_control(0, RESUME), 0);
	check(ut_wait(1, UT_REPORT, UT_ANY));
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* Who stops and leaves in one go does not leave it stopped. */
static void detach_resumes(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	check_eq(ut_control(0, DETACH), 0);
	check(moves(&shared->counter));
	check_eq(proc_state(pid), 'R');
	kill_reap(pid);
}

static void killed_while_held(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE | E_EXIT | E_DEATH | E_REAP), 0);
	ut_hold(0, pid);
	ut_mark();
	check_eq(kill_reap(pid), SIGKILL);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_story(0, "quiesce:exit exit:9 quiesce:death death:17 reap");
}

static void *exits_when_told(void *arg)
{
	(void)arg;
	shared->tid[1] = syscall(SYS_gettid);
	shared->ready++;
	while (!shared->go)
		ms(1);
	if (shared->go == 2)
		execl("/bin/true", "true", NULL);
	exit(4);
}

static void with_exiting_sibling(void *arg)
{
	pthread_t thread;

	(void)arg;
	shared->tid[0] = syscall(SYS_gettid);
	pthread_create(&thread, NULL, exits_when_told, NULL);
	shared->ready++;
	spins(NULL);
}

static void sibling_ends_it(int how, int status)
{
	pid_t pid = spawn(with_exiting_sibling, NULL);
	const char *story;

	wait_value(&shared->ready, 2);
	check_eq(ut_attach(0, pid, E_QUIESCE | E_DEATH | E_REAP), 0);
	ut_hold(0, pid);
	ut_mark();
	shared->go = how;
	check_eq(reap(pid), status);
	check(ut_wait(0, UT_REAP, UT_ANY));
	/* Its parent is told at once, or when the sibling is gone, too. */
	story = ut_story(0);
	check(!strcmp(story, "quiesce:death death:17 reap") ||
	      !strcmp(story, "quiesce:death death:0 reap"), "%s", story);
}

static void sibling_exit_group(void)
{
	sibling_ends_it(1, 4 << 8);
}

/* The leader dies to give its pid away; true(1) exits with 0. */
static void sibling_exec(void)
{
	pid_t pid = spawn(with_exiting_sibling, NULL);

	wait_value(&shared->ready, 2);
	check_eq(ut_attach(0, pid, E_QUIESCE | E_DEATH | E_REAP), 0);
	ut_hold(0, pid);
	ut_mark();
	shared->go = 2;
	check_eq(reap(pid), 0);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check(ut_count(0, UT_DEATH, UT_ANY) == 1);
	check_eq(ut_count(0, UT_QUIESCE, 0), 0);
}

static void sigterm_waits(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNAL_TERM | E_DEATH), 0);
	ut_hold(0, pid);
	ut_mark();
	kill(pid, SIGTERM);
	ms(50);
	check_eq(proc_state(pid), 't');
	check_story(0, "");
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), SIGTERM);
	check(ut_wait(0, UT_DEATH, UT_ANY));
	check_story(0, "quiesce:signal_term signal:15 quiesce:death death:17");
}

/* All of the above as the parent sees it: nothing before the end. */
static void invisible_to_the_parent(void)
{
	pid_t pid;
	int i;

	signal(SIGCHLD, SIG_DFL);
	pid = spawn(spins, NULL);
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	for (i = 0; i < 3; i++) {
		ut_hold(0, pid);
		check_eq(seen_by_parent(pid, NULL), 0);
		check_eq(ut_control(0, i ? INTERRUPT : REPORT), 0);
		check_eq(seen_by_parent(pid, NULL), 0);
	}
	ut_hold(0, pid);
	check_eq(seen_by_parent(pid, NULL), 0);
	check_eq(strcmp(proc_line(pid, "TracerPid"), "0"), 0);
	kill(pid, SIGKILL);
	for (i = 0; i < 5000 && !seen_by_parent(pid, NULL); i++)
		ms(1);
	check_eq(seen_by_parent(pid, NULL), -ECHILD);
}

static atomic_long children;

static void counts_sigchld(int sig)
{
	(void)sig;
	children++;
}

static void no_sigchld(void)
{
	pid_t pid;

	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = counts_sigchld },
		  NULL);
	pid = spawn(spins, NULL);
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	check_eq(ut_control(0, RESUME), 0);
	ms(30);
	check_eq(children, 0);
	kill_reap(pid);
	check_eq(children, 1);
}

static void check_line(pid_t pid, const char *want)
{
	const char *line = proc_line(pid, "Utrace");

	check(!strcmp(line, want), "\"%s\", not \"%s\"", line, want);
}

static void line_in_status(void)
{
	pid_t pid = spawn(spins, NULL);

	check_line(pid, "");
	check_eq(ut_attach(0, pid, 0), 0);
	check_line(pid, "0");
	check_eq(ut_events(0, E_QUIESCE | E_DEATH), 0);
	check_line(pid, "21");
	check_eq(ut_attach(1, pid, E_CLONE), 0);
	check_line(pid, "25");
	ut_hold(0, pid);
	check_line(pid, "25 stopped");
	check_eq(ut_control(1, REPORT), 0);
	check_line(pid, "25 stopped report");
	check_eq(ut_control(1, INTERRUPT), 0);
	check_line(pid, "25 stopped report interrupt");
	check(!strcmp(proc_line(pid, "State"), "t (tracing stop)"));
	check(!strcmp(proc_line(pid, "TracerPid"), "0"));
	check_eq(ut_control(0, RESUME), 0);
	check_eq(ut_control(0, DETACH), 0);
	ms(20);
	check_line(pid, "4");
	check_eq(ut_control(1, DETACH), 0);
	ms(20);
	check_line(pid, "");
	kill_reap(pid);
}

/* Asked while the answer to the first question is being made. */
static void stop_asked_twice(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	check_eq(ut_attach(1, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP, .delay_ms = 100);
	ut_rule(1, .kind = UT_QUIESCE, .ret = STOP);
	ut_rule(0, .kind = UT_REPORT, .ret = STOP | SIG_REPORT);
	ut_rule(1, .kind = UT_REPORT, .ret = STOP | SIG_REPORT);
	check_eq(ut_control(1, STOP), -EINPROGRESS);
	check(ut_wait(0, UT_QUIESCE, 0));
	/* The round is on, number 1 is not called yet. */
	check_eq(ut_control(1, STOP), -EINPROGRESS);
	check(ut_wait_nth(1, UT_QUIESCE, 0, 2));
	check(wait_state(pid, "t"));
	check_eq(ut_control(1, STOP), 0);
	kill_reap(pid);
}

/*
 * Asked again after the callback's STOP and before the sleep, at a system
 * call's entry: the call still waits, and so does nobody for the report.
 */
static void stop_asked_before_the_sleep(void)
{
	pid_t pid = spawn(calls, NULL);
	long before;

	check_eq(ut_attach(0, pid, E_QUIESCE | E_SYSCALL_ENTRY), 0);
	check_eq(ut_attach(1, pid, E_SYSCALL_ENTRY), 0);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .ret = STOP);
	ut_rule(1, .kind = UT_SYSCALL_ENTRY, .times = 1, .ret = RESUME,
		.delay_ms = 200);
	check(ut_wait(1, UT_SYSCALL_ENTRY, UT_ANY));
	ut_mark();
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .ret = STOP);
	check(ut_wait(0, UT_QUIESCE, 0));
	check(wait_state(pid, "t"));
	before = shared->counter;
	ms(30);
	check_eq(shared->counter, before);
	check_eq(ut_control(0, STOP), 0);
	check_story(0, "quiesce");
	kill_reap(pid);
}

/* The same in report_exit. */
static void stop_asked_in_exit(void)
{
	pid_t pid = spawn(exits, (void *)3l);

	check_eq(ut_attach(0, pid, E_QUIESCE | E_EXIT), 0);
	check_eq(ut_attach(1, pid, E_EXIT), 0);
	ut_rule(0, .kind = UT_EXIT, .ret = STOP);
	ut_rule(1, .kind = UT_EXIT, .ret = RESUME, .delay_ms = 200);
	shared->go = 1;
	check(ut_wait(1, UT_EXIT, UT_ANY));
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .ret = STOP);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(ut_wait(0, UT_QUIESCE, 0));
	check(wait_state(pid, "t"));
	check_eq(ut_control(0, STOP), 0);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), 3 << 8);
}

/* A call from elsewhere is the later word than the callback that runs. */
static void the_later_word(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .times = 1, .ret = STOP, .delay_ms = 100);
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_QUIESCE, 0));
	check_eq(ut_control(0, RESUME), 0);
	check_eq(ut_barrier(0), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void pokes(void *arg)
{
	int fd = open("/dev/utrace_test", O_RDWR | O_CLOEXEC);

	ut_fd = fd;
	ut_poke(arg);
	shared->ready = 1;
	spins(NULL);
}

static void poke(bool from_interrupt)
{
	pid_t pid = spawn(sleeps, NULL);

	/* Without an engine nothing happens. */
	ut_poke(from_interrupt);
	kill_reap(pid);
	shared->ready = 0;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (!shared->go)
			ms(1);
		pokes(from_interrupt ? "" : NULL);
	}
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .ret = STOP);
	shared->go = 1;
	check(ut_wait(0, UT_QUIESCE, 0));
	check(wait_state(pid, "t"));
	check_eq(shared->ready, 0);
	check_story(0, "quiesce");
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->ready, 1));
	kill_reap(pid);
}

static void poke_myself(void)
{
	poke(false);
}

static void poke_from_an_interrupt(void)
{
	poke(true);
}

const struct test tests[] = {
	{ "STOP holds a running thread after its report", stops_a_running_thread },
	{ "the callback may decline to stop", callback_declines },
	{ "STOP asks one who looks at signals", signal_engine_is_asked },
	{ "STOP does not break a system call off", stop_leaves_the_call_alone },
	{ "INTERRUPT of nanosleep: the rest is slept after it",
	  interrupt_restarts_nanosleep },
	{ "INTERRUPT of read: restarted", interrupt_restarts_read },
	{ "INTERRUPT of a futex wait: restarted", interrupt_restarts_futex },
	{ "INTERRUPT of epoll_wait: EINTR as after SIGSTOP",
	  interrupt_breaks_epoll_wait },
	{ "each INTERRUPT of a running thread is one report",
	  interrupt_of_a_running_thread },
	{ "RESUME without a stop is nothing, REPORT is one report",
	  resume_and_report },
	{ "a report asked of a held thread comes before it runs",
	  report_at_release },
	{ "REPORT and INTERRUPT returned by callbacks", actions_of_callbacks },
	{ "a thread runs when no engine holds it", released_by_all },
	{ "a stop outlasts what other engines ask", stop_is_sticky },
	{ "DETACH resumes", detach_resumes },
	{ "SIGKILL ends a held thread at once", killed_while_held },
	{ "exit_group by a sibling ends a held thread", sibling_exit_group },
	{ "exec by a sibling ends a held leader", sibling_exec },
	{ "SIGTERM waits for the release", sigterm_waits },
	{ "the parent sees nothing but the end", invisible_to_the_parent },
	{ "a hold sends no SIGCHLD", no_sigchld },
	{ "the line in /proc/PID/status", line_in_status },
	{ "STOP again while the round is on", stop_asked_twice },
	{ "STOP again before the sleep at a system call",
	  stop_asked_before_the_sleep },
	{ "STOP again before the sleep in exit", stop_asked_in_exit },
	{ "a call during the callback is the later word", the_later_word },
	{ "a thread pokes itself", poke_myself },
	{ "an interrupt pokes the thread", poke_from_an_interrupt },
	{}
};
