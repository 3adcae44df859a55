// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: report_signal, and what engines make of signals. */
#include <ucontext.h>

#include "ut.h"

/* In the traced program: what its handlers saw. */
enum { SIGNO, CODE, VALUE, RAN, DEPTH, ON_STACK };

static char other_stack[64 << 10] __attribute__((aligned(16)));

static void note(int sig, siginfo_t *info, void *context)
{
	char here;

	(void)context;
	shared->value[SIGNO] = sig;
	shared->value[CODE] = info->si_code;
	shared->value[VALUE] = info->si_value.sival_int;
	shared->value[ON_STACK] = &here >= other_stack &&
				  &here < other_stack + sizeof(other_stack);
	shared->value[RAN]++;
}

/* An engine's choice; the program never installs it. */
static void chosen(int sig, siginfo_t *info, void *context)
{
	note(sig, info, context);
	shared->more++;
}

static void handle(int sig, int flags)
{
	sigaction(sig, &(struct sigaction){ .sa_sigaction = note,
		  .sa_flags = SA_SIGINFO | flags }, NULL);
}

static void handles(void *arg)
{
	long flags = (long)arg;

	handle(SIGUSR1, flags);
	handle(SIGUSR2, 0);
	shared->ready = 1;
	spins(NULL);
}

static pid_t start(void (*program)(void *), void *arg, unsigned long events)
{
	pid_t pid = spawn(program, arg);

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, events), 0);
	return pid;
}

static void ready_spins(void *arg)
{
	(void)arg;
	shared->ready = 1;
	spins(NULL);
}

static void send(pid_t pid, int sig, int value)
{
	sigqueue(pid, sig, (union sigval){ .sival_int = value });
}

static void seen_as_it_is(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	const struct ut_record *r;

	send(pid, SIGUSR1, 1234);
	r = ut_wait(0, UT_SIGNAL, SIGUSR1);
	check(r);
	if (!r)
		return;
	check_eq(r->arg[1], SI_QUEUE);
	check_eq(r->arg[2], 1234);
	check_eq(r->arg[3], getpid());
	check_eq(r->arg[5], (long)note);
	check_eq(r->action & 0xf0, DELIVER);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(shared->value[SIGNO], SIGUSR1);
	check_eq(shared->value[VALUE], 1234);
	kill_reap(pid);
}

/* Each class comes with its own event and with its disposition as action. */
static void one_class(int sig, unsigned long event, int action, bool deadly)
{
	pid_t pid = spawn(ready_spins, NULL);
	const struct ut_record *r;

	shared->ready = 0;
	check_eq(ut_attach(0, pid, E_SIGNALS & ~event), 0);
	check_eq(ut_attach(1, pid, event), 0);
	ut_rule(1, .kind = UT_SIGNAL, .ret = RESUME | IGN);
	kill(pid, sig);
	r = ut_wait(1, UT_SIGNAL, sig);
	check(r, "signal %d", sig);
	if (r)
		check_eq(r->action & 0xf0, action);
	ms(10);
	check_eq(ut_count(0, UT_SIGNAL, UT_ANY), 0);
	check_eq(seen_by_parent(pid, NULL), 0);
	ut_no_rules(1);
	kill(pid, sig);
	check_eq(deadly ? reap(pid) & 0x7f : kill_reap(pid),
		 deadly ? sig : SIGKILL);
	ut_drop(0);
	ut_drop(1);
	ut_mark();
}

static void classes(void)
{
	one_class(SIGTERM, E_SIGNAL_TERM, TERM, true);
	one_class(SIGQUIT, E_SIGNAL_CORE, CORE, true);
	one_class(SIGTSTP, E_SIGNAL_STOP, SIG_TSTP, false);
	one_class(SIGSTOP, E_SIGNAL_STOP, SIG_STOP, false);
	one_class(SIGCHLD, E_SIGNAL_IGN, IGN, false);
}

static void rewritten(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .match = SIGUSR1, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR2, SI_QUEUE, 77 });
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(shared->value[SIGNO], SIGUSR2);
	check_eq(shared->value[CODE], SI_QUEUE);
	check_eq(shared->value[VALUE], 77);
	check_eq(shared->value[RAN], 1);
	kill_reap(pid);
}

struct kernel_action {
	void *handler;
	unsigned long flags;
	void *restorer;
	unsigned long mask;
};

/* With the trampoline of the C library. */
static struct kernel_action kernel_action(int sig)
{
	struct kernel_action a;

	syscall(SYS_rt_sigaction, sig, NULL, &a, 8);
	return a;
}

static void other_handler(void)
{
	pid_t pid;

	handle(SIGUSR2, 0);
	pid = start(handles, NULL, E_SIGNAL);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | DELIVER,
		.effect = UT_SET_ACTION,
		.arg = { (unsigned long)chosen, kernel_action(SIGUSR2).flags,
			 (unsigned long)kernel_action(SIGUSR2).restorer, 0 });
	send(pid, SIGUSR1, 5);
	check(wait_value(&shared->more, 1));
	check_eq(shared->value[SIGNO], SIGUSR1);
	check_eq(shared->value[VALUE], 5);
	/* What is installed stays: the next one goes to note(). */
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 2));
	check_eq(shared->more, 1);
	kill_reap(pid);
}

/* A choice of SIG_DFL is the default action of the number in info. */
static void default_chosen(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .ret = RESUME | DELIVER,
		.effect = UT_SET_ACTION, .arg = { (unsigned long)SIG_DFL });
	kill(pid, SIGUSR1);
	check_eq(reap(pid), SIGUSR1);
	check_eq(shared->value[RAN], 0);
}

static void ignored_by_engine(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN);
	kill(pid, SIGUSR1);
	check(ut_wait(0, UT_SIGNAL, SIGUSR1));
	ms(20);
	check_eq(shared->value[RAN], 0);
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 1));
	kill_reap(pid);
}

/* The wait status has the number in the siginfo, not the stand-in's. */
static void ended(int action, int status, int sig)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	int got;

	ut_rule(0, .kind = UT_SIGNAL, .ret = RESUME | action,
		.effect = sig == SIGUSR1 ? UT_NOTHING : UT_SET_INFO,
		.arg = { sig, SI_USER, 0 });
	kill(pid, SIGUSR1);
	got = reap(pid);
	check_eq(got & ~0x80, status);
	check_eq(shared->value[RAN], 0);
	ut_drop(0);
	ut_mark();
	shared->ready = 0;
}

static void terminated_by_engine(void)
{
	ended(TERM, SIGUSR1, SIGUSR1);
	ended(CORE, SIGUSR1, SIGUSR1);
	ended(TERM, SIGWINCH, SIGWINCH);
}

static void core_limits(void *arg)
{
	/* Where a core would go nobody looks; only that the status says so. */
	if (chdir("/tmp"))
		_exit(1);
	handles(arg);
}

static void core_flag(void)
{
	pid_t pid;
	int status;

	pid = spawn(core_limits, NULL);
	check(wait_value(&shared->ready, 1));
	syscall(SYS_prlimit64, pid, 4 /* CORE */,
		(unsigned long[]){ 1 << 20, 1 << 20 }, NULL);
	check_eq(ut_attach(0, pid, E_SIGNAL), 0);
	ut_rule(0, .kind = UT_SIGNAL, .ret = RESUME | CORE);
	kill(pid, SIGUSR1);
	status = reap(pid);
	check_eq(WTERMSIG(status), SIGUSR1);
	check(WCOREDUMP(status), "status %x", status);
}

static void stopped(int action)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	siginfo_t info;
	int i;

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | action);
	kill(pid, SIGUSR1);
	check(wait_state(pid, "T"));
	for (i = 0; i < 1000 && !seen_by_parent(pid, &info); i++)
		ms(1);
	check_eq(info.si_code, CLD_STOPPED);
	check_eq(info.si_status, SIGUSR1);
	kill(pid, SIGCONT);
	check(moves(&shared->counter));
	check_eq(shared->value[RAN], 0);
	kill_reap(pid);
	ut_drop(0);
	ut_mark();
	shared->ready = 0;
}

static void stopped_by_engine(void)
{
	stopped(SIG_STOP);
	stopped(SIG_TSTP);
}

/* setsid() makes an orphaned process group: TSTP does nothing there. */
static void orphaned(void *arg)
{
	setsid();
	handles(arg);
}

static void tstp_of_an_orphan(void)
{
	pid_t pid = start(orphaned, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | SIG_TSTP);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | SIG_STOP);
	kill(pid, SIGUSR1);
	check(ut_wait(0, UT_SIGNAL, SIGUSR1));
	check(moves(&shared->counter));
	check_eq(proc_state(pid), 'R');
	kill(pid, SIGUSR1);
	check(wait_state(pid, "T"));
	kill_reap(pid);
}

static void injected_at_report(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR1, SI_QUEUE, 99 });
	check_eq(ut_control(0, INTERRUPT), 0);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(shared->value[SIGNO], SIGUSR1);
	check_eq(shared->value[CODE], SI_QUEUE);
	check_eq(shared->value[VALUE], 99);
	r = ut_nth(0, UT_REPORT, UT_ANY, 1);
	check(r && r->arg[5] == -1, "orig_ka");
	check_eq(r ? r->arg[0] : -1, 0);
	/* It is not shown to the engines once more. */
	check_eq(ut_count(0, UT_SIGNAL, UT_ANY), 0);
	kill_reap(pid);
}

/* Injected while a handler is entered: both run, the later one first. */
static void injected_at_handler(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = SINGLESTEP | DELIVER);
	ut_rule(0, .kind = UT_HANDLER, .times = 1, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR2, SI_QUEUE, 3 });
	send(pid, SIGUSR1, 2);
	check(wait_value(&shared->value[RAN], 2));
	check_eq(shared->value[SIGNO], SIGUSR1);
	check_eq(ut_count(0, UT_HANDLER, UT_ANY), 1);
	kill_reap(pid);
}

static void injected_fatal(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGTERM, SI_USER, 0 });
	check_eq(ut_control(0, INTERRUPT), 0);
	check_eq(reap(pid), SIGTERM);
}

static void held_back(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN | HOLD);
	send(pid, SIGUSR1, 31);
	check(ut_wait_nth(0, UT_SIGNAL, SIGUSR1, 2));
	check(wait_value(&shared->value[RAN], 1));
	ms(20);
	check_eq(ut_count(0, UT_SIGNAL, SIGUSR1), 2);
	check_eq(shared->value[RAN], 1);
	check_eq(shared->value[VALUE], 31);
	check_eq(ut_nth(0, UT_SIGNAL, SIGUSR1, 2)->arg[2], 31);
	kill_reap(pid);
}

/* One engine holds it back; the next says nothing of its own. */
static void held_back_by_first(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	check_eq(ut_attach(1, pid, E_SIGNAL), 0);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN | HOLD);
	ut_rule(1, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN);
	send(pid, SIGUSR1, 31);
	check(ut_wait_nth(0, UT_SIGNAL, SIGUSR1, 2));
	check(wait_value(&shared->value[RAN], 1));
	kill_reap(pid);
}

/* One engine holds it back; the next has it delivered: that counts. */
static void held_back_and_delivered(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	check_eq(ut_attach(1, pid, E_SIGNAL), 0);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN | HOLD);
	ut_rule(1, .kind = UT_SIGNAL, .ret = RESUME | DELIVER);
	send(pid, SIGUSR1, 31);
	check(wait_value(&shared->value[RAN], 1));
	ms(50);
	check_eq(shared->value[RAN], 1);
	kill_reap(pid);
}

/* STOP|IGN leaves the signal in info; the report after it may deliver that. */
static void parked(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = STOP | IGN);
	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = RESUME | DELIVER);
	send(pid, SIGUSR1, 41);
	check(wait_state(pid, "t"));
	check_eq(shared->value[RAN], 0);
	check_eq(ut_control(0, INTERRUPT), 0);
	r = ut_wait(0, UT_REPORT, SIGUSR1);
	check(r);
	if (r)
		check_eq(r->arg[2], 41);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(shared->value[VALUE], 41);
	/* Not again: the next report has no signal. */
	check_eq(ut_control(0, INTERRUPT), 0);
	check(ut_wait(0, UT_REPORT, 0));
	check_eq(shared->value[RAN], 1);
	kill_reap(pid);
}

/* Asked for while the callback that parks it runs, the report comes at once. */
static void parked_and_interrupted(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = STOP | IGN,
		.delay_ms = 100);
	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = RESUME | DELIVER);
	send(pid, SIGUSR1, 41);
	check(ut_wait(0, UT_SIGNAL, SIGUSR1));
	check_eq(ut_control(0, INTERRUPT), 0);
	r = ut_wait(0, UT_REPORT, UT_ANY);
	check_eq(r ? r->arg[0] : -1, SIGUSR1);
	check_eq(r ? r->arg[2] : -1, 41);
	check(wait_value(&shared->value[RAN], 1));
	kill_reap(pid);
}

/* What one that has left has parked is not shown to the next one. */
static void parked_by_one_that_left(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = STOP | IGN);
	send(pid, SIGUSR1, 41);
	check(wait_state(pid, "t"));
	check_eq(ut_control(0, DETACH), 0);
	check(moves(&shared->counter));
	check_eq(ut_attach(1, pid, E_SIGNAL), 0);
	check_eq(ut_control(1, INTERRUPT), 0);
	r = ut_wait(1, UT_REPORT, UT_ANY);
	check_eq(r ? r->arg[0] : -1, 0);
	kill_reap(pid);
}

/* There is nothing to hold back if the engine has left no signal in info. */
static void nothing_held_back(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = STOP | IGN | HOLD,
		.effect = UT_SET_INFO, .arg = { 0, 0, 0 });
	kill(pid, SIGUSR1);
	check(wait_state(pid, "t"));
	check(!strcmp(proc_line(pid, "SigPnd"), "0000000000000000"), "%s",
	      proc_line(pid, "SigPnd"));
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* Parked by an engine that goes, while a ptracer holds the thread. */
static pid_t parked_beside_ptracer(int sig, int value)
{
	pid_t pid = start(handles, NULL, E_SIGNAL | E_SIGNAL_STOP);
	int status = -1;

	check_eq(ut_attach(1, pid, E_SIGNAL | E_SIGNAL_STOP), 0);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = STOP | IGN);
	ut_rule(1, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN);
	send(pid, sig, value);
	check(wait_state(pid, "t"));
	check_eq(ptrace(PTRACE_SEIZE, pid, 0, 0), 0);
	check_eq(ptrace(PTRACE_INTERRUPT, pid, 0, 0), 0);
	check_eq(waitpid(pid, &status, __WALL), pid);
	check(WIFSTOPPED(status), "status %x", status);
	ut_mark();
	return pid;
}

static void given_back(void)
{
	pid_t pid = parked_beside_ptracer(SIGUSR1, 51);
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE };
	const struct ut_record *r;

	/* To the same queue. */
	info.si_value.sival_int = 52;
	check(!syscall(SYS_rt_tgsigqueueinfo, pid, pid, SIGUSR1, &info));
	check_eq(ut_give_back(0, SIGKILL, 0), -EINVAL);
	check_eq(ut_give_back(0, SIGUSR1, 51), 0);
	ut_drop(0);
	check_eq(ptrace(PTRACE_DETACH, pid, 0, 0), 0);
	check(wait_value(&shared->value[RAN], 2));
	/* Before the one that was sent after it; each once. */
	r = ut_nth(1, UT_SIGNAL, SIGUSR1, 1);
	check_eq(r ? r->arg[2] : 0, 51);
	check_eq(r ? r->arg[1] : 0, SI_QUEUE);
	check_eq(shared->value[VALUE], 52);
	ms(20);
	check_eq(shared->value[RAN], 2);
	kill_reap(pid);
}

static void given_back_to_its_taker(void)
{
	pid_t pid = parked_beside_ptracer(SIGUSR1, 51);

	check_eq(ut_give_back(0, SIGUSR1, 51), 0);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(ptrace(PTRACE_DETACH, pid, 0, 0), 0);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(ut_count(0, UT_SIGNAL, SIGUSR1), 1);
	kill_reap(pid);
}

static void stop_given_back(void)
{
	pid_t pid = parked_beside_ptracer(SIGSTOP, 0);

	check_eq(ut_give_back(0, SIGSTOP, 0), 0);
	ut_drop(0);
	check_eq(ptrace(PTRACE_DETACH, pid, 0, 0), 0);
	check(wait_state(pid, "T"));
	kill_reap(pid);
}

static void cancelled_stop_given_back(void)
{
	pid_t pid = parked_beside_ptracer(SIGSTOP, 0);

	kill(pid, SIGCONT);
	check_eq(ut_give_back(0, SIGSTOP, 0), 0);
	ut_drop(0);
	check_eq(ptrace(PTRACE_DETACH, pid, 0, 0), 0);
	check(moves(&shared->counter));
	check_eq(proc_state(pid), 'R');
	kill_reap(pid);
}

static void given_back_to_the_dead(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	kill_reap(pid);
	check_eq(ut_give_back(0, SIGUSR1, 51), -ESRCH);
}

static void *stays(void *arg)
{
	sleeps(arg);
	return NULL;
}

static void leader_goes(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, stays, NULL);
	shared->ready = 1;
	while (!shared->go)
		ms(1);
	syscall(SYS_exit, arg);
}

/* Its process lives, its queue is read by nobody. */
static void given_back_to_a_dead_leader(void)
{
	pid_t pid = start(leader_goes, NULL, E_SIGNAL);

	shared->go = 1;
	check(wait_state(pid, "Z"));
	check_eq(ut_give_back(0, SIGUSR1, 51), -ESRCH);
	kill_reap(pid);
}

static void ignored_signals(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_SIGNALS & ~E_SIGNAL_IGN), 0);
	kill(pid, SIGWINCH);
	ms(30);
	check_story(0, "");
	check_eq(ut_events(0, E_SIGNALS), 0);
	kill(pid, SIGWINCH);
	check(ut_wait(0, UT_SIGNAL, SIGWINCH));
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void faults(void *arg)
{
	sigset_t set;

	(void)arg;
	handle(SIGUSR1, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	shared->ready = 1;
	while (!shared->go)
		;
	/* Both pending at one return to user mode: the unblocking is in it. */
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	*(volatile int *)8 = 1;
	_exit(0);
}

static void synchronous_first(void)
{
	pid_t pid = start(faults, NULL, E_QUIESCE | E_SIGNALS);

	/* Held at the fault, with SIGUSR1 sent meanwhile. */
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGSEGV, .times = 1,
		.ret = STOP | IGN);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGSEGV, .ret = RESUME | TERM);
	shared->go = 1;
	check(wait_state(pid, "t"));
	ut_mark();
	/* The faulting instruction runs again after the handler was set up. */
	kill(pid, SIGUSR1);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), SIGSEGV);
	check_eq(ut_count(0, UT_SIGNAL, SIGUSR1), 1);
}

/* Both are pending when get_signal() comes by: the fault is taken first. */
static void faults_blocked(void *arg)
{
	(void)arg;
	handle(SIGUSR1, 0);
	shared->ready = 1;
	while (!shared->go)
		;
	*(volatile int *)8 = 1;
	_exit(0);
}

static void fault_before_signal(void)
{
	pid_t pid = start(faults_blocked, NULL, E_SIGNALS);
	const struct ut_record *fault, *usr1;

	/* The handler of SIGUSR1 is entered only after SIGSEGV was dealt with:
	 * the report of the fault sleeps while SIGUSR1 comes, and is repeated.
	 */
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGSEGV, .times = 1,
		.ret = RESUME | IGN | HOLD, .delay_ms = 50);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGSEGV, .ret = RESUME | TERM);
	shared->go = 1;
	check(ut_wait(0, UT_SIGNAL, SIGSEGV));
	kill(pid, SIGUSR1);
	check_eq(reap(pid), SIGSEGV);
	fault = ut_nth(0, UT_SIGNAL, SIGSEGV, 2);
	usr1 = ut_nth(0, UT_SIGNAL, SIGUSR1, 1);
	check(fault && (!usr1 || fault->seq < usr1->seq));
	check_eq(shared->value[RAN], 0);
}

static void handler_report(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = SINGLESTEP | DELIVER);
	ut_rule(0, .kind = UT_HANDLER, .times = 1, .ret = STOP | SIG_REPORT);
	kill(pid, SIGUSR1);
	check(wait_state(pid, "t"));
	r = ut_nth(0, UT_HANDLER, UT_ANY, 1);
	check(r);
	if (r) {
		check_eq(r->arg[4], (long)note);
		check_eq(r->arg[5], -1);
	}
	check_eq(shared->value[RAN], 0);
	check_eq(ut_prepare(0), 0);
	check_eq(ut_ip(0), (long)note);
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->value[RAN], 1));
	kill_reap(pid);
}

/* Nobody wants a stop or a step: no such report. */
static void no_handler_report(void)
{
	pid_t pid = start(handles, NULL, E_QUIESCE | E_SIGNAL);

	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(ut_count(0, UT_HANDLER, UT_ANY), 0);
	/* Delivered with a stop wanted: held before the handler runs. */
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = STOP | DELIVER);
	ut_rule(0, .kind = UT_HANDLER, .times = 1, .ret = STOP | SIG_REPORT);
	kill(pid, SIGUSR1);
	check(wait_state(pid, "t"));
	check_eq(shared->value[RAN], 1);
	check_eq(ut_count(0, UT_HANDLER, UT_ANY), 1);
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->value[RAN], 2));
	kill_reap(pid);
}

/* What the installed action says holds for a signal that an engine rewrote. */
static void resethand(void)
{
	pid_t pid = start(handles, (void *)(long)SA_RESETHAND, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR1, SI_QUEUE, 6 });
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(shared->value[VALUE], 6);
	kill(pid, SIGUSR1);
	check_eq(reap(pid), SIGUSR1);
}

/* An engine's own choice with SA_RESETHAND does not reset what is installed. */
static void resethand_of_the_engine(void)
{
	pid_t pid;

	handle(SIGUSR2, 0);
	pid = start(handles, NULL, E_SIGNAL);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | DELIVER,
		.effect = UT_SET_ACTION,
		.arg = { (unsigned long)chosen,
			 kernel_action(SIGUSR2).flags | SA_RESETHAND,
			 (unsigned long)kernel_action(SIGUSR2).restorer, 0 });
	kill(pid, SIGUSR1);
	check(wait_value(&shared->more, 1));
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 2));
	check_eq(shared->more, 1);
	kill_reap(pid);
}

static void nests(int sig, siginfo_t *info, void *context)
{
	note(sig, info, context);
	if (shared->value[RAN] == 1)
		raise(SIGUSR1);
	/* With SA_NODEFER the second one has run by now. */
	if (!shared->value[DEPTH])
		shared->value[DEPTH] = shared->value[RAN];
}

static void nodefer_program(void *arg)
{
	sigaction(SIGUSR1, &(struct sigaction){ .sa_sigaction = nests,
		  .sa_flags = SA_SIGINFO | (long)arg }, NULL);
	shared->ready = 1;
	spins(NULL);
}

static void nodefer(void)
{
	pid_t pid = start(nodefer_program, (void *)(long)SA_NODEFER, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR1, SI_QUEUE, 1 });
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[DEPTH], 1));
	check_eq(shared->value[DEPTH], 2);
	kill_reap(pid);
	ut_drop(0);
	memset(shared, 0, sizeof(*shared));
	pid = start(nodefer_program, NULL, E_SIGNAL);
	ut_rule(0, .kind = UT_SIGNAL, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR1, SI_QUEUE, 1 });
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 2));
	check_eq(shared->value[DEPTH], 1);
	kill_reap(pid);
}

static void onstack_program(void *arg)
{
	sigaltstack(&(stack_t){ .ss_sp = other_stack,
		    .ss_size = sizeof(other_stack) }, NULL);
	handles(arg);
}

static void onstack(void)
{
	pid_t pid = start(onstack_program, (void *)(long)SA_ONSTACK, E_SIGNAL);

	ut_rule(0, .kind = UT_SIGNAL, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR1, SI_QUEUE, 1 });
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(shared->value[ON_STACK], 1);
	kill_reap(pid);
}

/* The last engine's word on the signal counts; each sees the one before. */
static void several_engines(void)
{
	pid_t pid = start(handles, NULL, E_SIGNAL);

	check_eq(ut_attach(1, pid, E_SIGNAL), 0);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN);
	ut_rule(1, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | DELIVER);
	kill(pid, SIGUSR1);
	check(wait_value(&shared->value[RAN], 1));
	check_eq(ut_nth(1, UT_SIGNAL, UT_ANY, 1)->action & 0xf0, IGN);
	kill_reap(pid);
}

const struct test tests[] = {
	{ "a signal is seen as it is", seen_as_it_is },
	{ "the five classes, with their dispositions", classes },
	{ "info rewritten: the other signal is delivered", rewritten },
	{ "return_ka rewritten: the other handler runs", other_handler },
	{ "return_ka of SIG_DFL is the default action", default_chosen },
	{ "IGN drops a handled signal", ignored_by_engine },
	{ "TERM and CORE: the status has si_signo", terminated_by_engine },
	{ "CORE dumps core", core_flag },
	{ "STOP and TSTP stop the process", stopped_by_engine },
	{ "TSTP leaves an orphaned process group alone", tstp_of_an_orphan },
	{ "injected at REPORT", injected_at_report },
	{ "injected at HANDLER", injected_at_handler },
	{ "a fatal signal injected", injected_fatal },
	{ "HOLD: seen twice, handled once", held_back },
	{ "HOLD by the first of two", held_back_by_first },
	{ "HOLD by the first, delivered by the second: once",
	  held_back_and_delivered },
	{ "parked in info, delivered later", parked },
	{ "parked while INTERRUPT is asked for: in that report",
	  parked_and_interrupted },
	{ "parked by an engine that has left: not in the next one's report",
	  parked_by_one_that_left },
	{ "HOLD of no signal queues none", nothing_held_back },
	{ "given back under a ptracer: before others of its number", given_back },
	{ "given back to who has taken it: seen twice, handled once",
	  given_back_to_its_taker },
	{ "a stop given back stops", stop_given_back },
	{ "a stop that SIGCONT has cancelled does not", cancelled_stop_given_back },
	{ "given back to the dead: ESRCH", given_back_to_the_dead },
	{ "given back to a dead leader of threads: the same",
	  given_back_to_a_dead_leader },
	{ "ignored signals are seen with SIGNAL_IGN only", ignored_signals },
	{ "a fault is repeated after another signal", synchronous_first },
	{ "a fault is taken before a signal that is pending",
	  fault_before_signal },
	{ "stepping into a handler: reported before its first instruction",
	  handler_report },
	{ "a handler is reported only if a stop or step is wanted",
	  no_handler_report },
	{ "SA_RESETHAND is kept", resethand },
	{ "SA_RESETHAND of an engine's action resets nothing",
	  resethand_of_the_engine },
	{ "SA_NODEFER is kept", nodefer },
	{ "SA_ONSTACK is kept", onstack },
	{ "the last engine's word on a signal counts", several_engines },
	{}
};
