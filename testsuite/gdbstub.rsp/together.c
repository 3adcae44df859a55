// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * together SLOWNESS PART PARTS [WORDS]: a client of the stub and somebody else
 * have a thread at the same time, and the client goes. Every pair of what the
 * thread is doing for the client and of what else is done to it, with every way
 * to go, in all-stop and in non-stop, is a case: of PARTS in a row the PART-th
 * is tried, or all whose name begins with WORDS.
 *
 * Whatever the case: the stub has left within seconds, also while the other one
 * holds the thread; then no signal was lost or given twice, nor did one overtake
 * another; nothing is left stopped but what job control has stopped, and that
 * goes on with SIGCONT; the parent and the ptracer have seen nothing of it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/look.h"
#include "together.h"

#define CGROUP "/tmp/together-cgroup"
#define LEAVE_MS 4000
#define SENT_MAX 16

enum doing {
	ATTACHED,
	RUNS,
	SLEEPS,
	BREAKPOINT,
	SHOWN,
	SHOWN_LEFT,
	SHOWN_TSTP,
	SHOWN_CONT,
	GIVEN,
	GIVEN_ANEW,
	GIVEN_BLOCKED,
	STEPS,
	ENTRY,
	RETURN,
	FORKED,
	VFORKED,
	EXECUTED,
	INTERRUPTED,
	NR_DOINGS
};

static const char *const doing_names[] = {
	[ATTACHED] = "attached",
	[RUNS] = "runs",
	[SLEEPS] = "sleeps",
	[BREAKPOINT] = "breakpoint",
	[SHOWN] = "signal-shown",
	[SHOWN_LEFT] = "signal-shown-another-runs",
	[SHOWN_TSTP] = "sigtstp-shown",
	[SHOWN_CONT] = "sigcont-shown",
	[GIVEN] = "signal-passed",
	[GIVEN_ANEW] = "signal-given",
	[GIVEN_BLOCKED] = "blocked-signal-given",
	[STEPS] = "steps",
	[ENTRY] = "syscall-entry",
	[RETURN] = "syscall-return",
	[FORKED] = "fork",
	[VFORKED] = "vfork",
	[EXECUTED] = "exec",
	[INTERRUPTED] = "interrupted",
};

enum beside {
	NOBODY,
	PTRACER,
	PTRACER_LISTENS,
	PTRACER_SIGSTOP,
	PTRACER_SIGCONT,
	PTRACER_AT_SIGNAL,
	PTRACER_AT_CALL,
	SIGSTOP_SENT,
	SIGCONT_SENT,
	SIGKILL_SENT,
	FREEZER,
	STOPPED_FIRST,
	FROZEN_FIRST,
	OTHER_EXECS,
	OTHER_EXITS,
	NR_BESIDES
};

static const char *const beside_names[] = {
	[NOBODY] = "nobody",
	[PTRACER] = "ptracer",
	[PTRACER_LISTENS] = "ptracer-listens",
	[PTRACER_SIGSTOP] = "ptracer-and-sigstop",
	[PTRACER_SIGCONT] = "ptracer-and-sigcont",
	[PTRACER_AT_SIGNAL] = "ptracer-first-at-signal",
	[PTRACER_AT_CALL] = "ptracer-first-at-syscall",
	[SIGSTOP_SENT] = "sigstop",
	[SIGCONT_SENT] = "sigcont",
	[SIGKILL_SENT] = "sigkill",
	[FREEZER] = "freezer",
	[STOPPED_FIRST] = "stopped-first",
	[FROZEN_FIRST] = "frozen-first",
	[OTHER_EXECS] = "other-execs",
	[OTHER_EXITS] = "other-exits",
};

enum leaving { DETACH, CLOSE, KILL, OTHER_GOES, RESUME, NR_LEAVINGS };

static const char *const leaving_names[] = {
	[DETACH] = "detach",
	[CLOSE] = "close",
	[KILL] = "kill",
	[OTHER_GOES] = "the-other-goes-first",
	[RESUME] = "resume-the-other-goes",
};

struct test {
	enum doing doing;
	enum beside beside;
	enum leaving leaving;
	bool non_stop;
	unsigned int number;
	struct target target;
	struct client client;
	struct tracer tracer;
	struct stop stop;
	char thread[40];
	pid_t sibling;
	int sent[SENT_MAX];
	int nr_sent;
	bool is_over;
};

static long slowness = 1;
static char whys[2000];
static size_t whys_len;

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void nap_ms(long ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

long patience_ms(long ms)
{
	return ms * slowness;
}

void die(const char *what)
{
	perror(what);
	exit(2);
}

void wrong(const char *fmt, ...)
{
	size_t room = sizeof(whys) - whys_len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(whys + whys_len, room, fmt, args);
	va_end(args);
	if (len > 0 && (size_t)len + 2 < room) {
		whys_len += (size_t)len;
		if (whys[whys_len - 1] != '\n')
			whys[whys_len++] = '\n';
		whys[whys_len] = '\0';
	}
}

static unsigned int nr_traces;

static void __attribute__((format(printf, 1, 2)))
count_trace(const char *fmt, ...)
{
	(void)fmt;
	nr_traces++;
}

/* A line of a thread's status; "" if there is none. */
static const char *status_line(pid_t pid, pid_t tid, const char *name)
{
	static char line[200];
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name))) {
			fclose(file);
			return line + strlen(name) + 1;
		}
	if (file)
		fclose(file);
	return "";
}

/* Does any thread of it have the line, and it begins with one of these? */
static bool has_line(pid_t pid, const char *name, const char *what)
{
	struct dirent *entry;
	const char *line;
	bool has = false;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.') {
			line = status_line(pid, atoi(entry->d_name), name);
			has |= line[0] && strchr(what, line[0]);
		}
	if (dir)
		closedir(dir);
	return has;
}

static bool is_stopped(const struct test *test)
{
	return has_line(test->target.pid, "State:", "T") &&
	       !has_line(test->target.pid, "State:", "RSDt");
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		wrong("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static pid_t find_sibling(pid_t pid)
{
	struct dirent *entry;
	char path[64];
	pid_t found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (atoi(entry->d_name) && atoi(entry->d_name) != pid)
			found = atoi(entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}

/* The next one, with its number. */
static void send_signal(struct test *test)
{
	union sigval value = { .sival_int = test->nr_sent + 1 };
	siginfo_t info = { .si_code = SI_QUEUE, .si_signo = SENT };

	test->sent[test->nr_sent++] = value.sival_int;
	info.si_value = value;
	/* To the process, or to its first thread. */
	if (test->number % 3 ? syscall(SYS_rt_sigqueueinfo, test->target.pid,
				       SENT, &info) :
			       syscall(SYS_rt_tgsigqueueinfo, test->target.pid,
				       test->target.pid, SENT, &info))
		wrong("sigqueue: %s", strerror(errno));
}

/* SENT in gdb's numbers. */
#define SENT_GDB (SENT - 33 + 45)

/* One that the client makes: it has no number. */
static void give_signal(struct test *test)
{
	test->sent[test->nr_sent++] = 0;
	client_resume(&test->client, "vCont;C%02x:%s;c", SENT_GDB,
		      test->thread);
	/* Only what has been read counts. */
	if (test->leaving == KILL)
		client_cmd(&test->client, "vMustReplyEmpty");
}

static void wait_beats(struct test *test, long nr)
{
	long end = now_ms() + patience_ms(5000);
	long from = test->target.shared->beats[0];

	while (test->target.shared->beats[0] < from + nr)
		if (now_ms() > end) {
			wrong("it does not run");
			return;
		} else {
			nap_ms(1);
		}
}

static void run_to(struct test *test, enum mode mode, const char *what)
{
	test->target.shared->mode = mode;
	client_resume(&test->client, "vCont;c");
	client_wait(&test->client, &test->stop, what);
}

static void stop_it(struct test *test)
{
	struct client *client = &test->client;

	if (!client->non_stop) {
		if (write(client->sock, "\x03", 1) == 1)
			client_wait(client, &test->stop, "T02");
		return;
	}
	if (strcmp(client_cmd(client, "vCont;t:%s", test->thread), "OK"))
		wrong("vCont;t: %s", client->reply);
	client_wait(client, &test->stop, "T00");
}

static void run_to_signal(struct test *test, int signo)
{
	char what[8];

	client_resume(&test->client, "vCont;c");
	if (signo == SENT)
		send_signal(test);
	else
		kill(test->target.pid, signo);
	snprintf(what, sizeof(what), "T%02x",
		 signo == SENT	  ? SENT_GDB :
		 signo == SIGTSTP ? 0x12 :
				    0x13);
	client_wait(&test->client, &test->stop, what);
}

static void run_asleep(struct test *test)
{
	long end = now_ms() + patience_ms(5000);
	pid_t pid = test->target.pid;

	test->target.shared->mode = SLEEP;
	client_resume(&test->client, "vCont;c");
	while (!strchr(status_line(pid, pid, "State:"), 'S') &&
	       now_ms() < end)
		nap_ms(1);
}

static void do_it(struct test *test)
{
	struct client *client = &test->client;

	switch (test->doing) {
	case RUNS:
		client_resume(client, "vCont;c");
		nap_ms(test->number % 4);
		break;
	case SLEEPS:
		run_asleep(test);
		break;
	case BREAKPOINT:
		client_cmd(client, "Z0,%lx,1", (unsigned long)tick);
		run_to(test, SPIN, "swbreak");
		break;
	case SHOWN:
		run_to_signal(test, SENT);
		break;
	case SHOWN_LEFT:
		run_to_signal(test, SENT);
		if (!client->non_stop)
			client_resume(client, "vCont;c:p%x.%x",
				      test->target.pid, test->sibling);
		break;
	case SHOWN_TSTP:
		run_to_signal(test, SIGTSTP);
		break;
	case SHOWN_CONT:
		run_to_signal(test, SIGCONT);
		break;
	case GIVEN:
		run_to_signal(test, SENT);
		client_resume(client, "vCont;C%02x:%s;c", SENT_GDB,
			      test->thread);
		break;
	case GIVEN_ANEW:
		give_signal(test);
		break;
	case GIVEN_BLOCKED:
		test->target.shared->mode = BLOCK;
		client_resume(client, "vCont;c");
		wait_beats(test, 3);
		stop_it(test);
		give_signal(test);
		break;
	case STEPS:
		client_resume(client, "vCont;r0,7fffffffffff:%s;c",
			      test->thread);
		nap_ms(test->number % 4);
		break;
	case ENTRY:
	case RETURN:
		client_cmd(client, "QCatchSyscalls:1;6e");
		run_to(test, CALL, "syscall_entry");
		if (test->doing == RETURN)
			run_to(test, CALL, "syscall_return");
		break;
	case FORKED:
		run_to(test, FORK, "fork:");
		break;
	case VFORKED:
		run_to(test, VFORK, "vfork:");
		break;
	case EXECUTED:
		run_to(test, EXEC, "exec:");
		break;
	case INTERRUPTED:
		client_resume(client, "vCont;c");
		stop_it(test);
		break;
	default:
		break;
	}
}

static bool has_tracer(const struct test *test)
{
	return test->beside >= PTRACER && test->beside <= PTRACER_AT_CALL;
}

/* There the trap of a ptracer waits until the stub lets go. */
static bool is_inside(const struct test *test)
{
	return test->doing == ENTRY || test->doing == VFORKED;
}

static bool wait_stopped(struct test *test)
{
	long end = now_ms() + patience_ms(5000);

	while (!is_stopped(test))
		if (now_ms() > end)
			return false;
		else
			nap_ms(2);
	return true;
}

static void freeze(void)
{
	write_text(CGROUP "/held/cgroup.freeze", "1");
	nap_ms(5);
}

/* Who is there before the client. */
static void come_before(struct test *test)
{
	if (test->beside == STOPPED_FIRST) {
		kill(test->target.pid, SIGSTOP);
		wait_stopped(test);
	}
	if (test->beside == FROZEN_FIRST)
		freeze();
	if (!has_tracer(test))
		return;
	tracer_start(&test->tracer, test->target.pid);
	if (test->beside == PTRACER_AT_SIGNAL) {
		tracer_do(&test->tracer, 'z');
		send_signal(test);
		tracer_do(&test->tracer, 'g');
	} else if (test->beside == PTRACER_AT_CALL) {
		tracer_do(&test->tracer, 'z');
		tracer_do(&test->tracer, 'c');
	}
}

/* A thread that runs takes it, and its client lets it. */
static void send_stop(struct test *test)
{
	struct client *client = &test->client;
	struct stop stop;

	kill(test->target.pid, SIGSTOP);
	if (!client->runs || test->doing == EXECUTED ||
	    !client_wait(client, &stop, "T11"))
		return;
	client_resume(client, "vCont;C11:%s%s", stop.thread,
		      test->doing == SHOWN_LEFT || client->non_stop ? "" :
								      ";c");
}

static void come_after(struct test *test)
{
	struct shared *shared = test->target.shared;

	switch (test->beside) {
	case PTRACER:
	case PTRACER_LISTENS:
	case PTRACER_SIGSTOP:
	case PTRACER_SIGCONT:
		if (is_inside(test)) {
			tracer_do(&test->tracer, 'I');
			break;
		}
		tracer_do(&test->tracer, 'i');
		if (test->beside == PTRACER_LISTENS)
			tracer_do(&test->tracer, 'l');
		if (test->beside == PTRACER_SIGSTOP)
			kill(test->target.pid, SIGSTOP);
		if (test->beside == PTRACER_SIGCONT)
			kill(test->target.pid, SIGCONT);
		break;
	case SIGSTOP_SENT:
		send_stop(test);
		break;
	case SIGCONT_SENT:
		kill(test->target.pid, SIGCONT);
		break;
	case SIGKILL_SENT:
		kill(test->target.pid, SIGKILL);
		break;
	case FREEZER:
		freeze();
		break;
	case OTHER_EXECS:
	case OTHER_EXITS:
		shared->errand = test->beside == OTHER_EXECS ? EXECUTE : EXIT;
		nap_ms(test->number % 8);
		break;
	default:
		break;
	}
}

/* More of them wait while the thread is held. */
static void send_more(struct test *test)
{
	if (test->beside == NOBODY && test->client.runs && test->number % 2)
		return;
	send_signal(test);
	send_signal(test);
}

static bool is_frozen(const struct test *test)
{
	return test->beside == FREEZER || test->beside == FROZEN_FIRST;
}

static void let_go(struct test *test)
{
	if (has_tracer(test)) {
		if (test->beside == PTRACER || test->beside == PTRACER_AT_CALL)
			tracer_do(&test->tracer, 'n');
		tracer_end(&test->tracer, test->number % 2);
	}
	if (is_frozen(test))
		write_text(CGROUP "/held/cgroup.freeze", "0");
}

/* What stands inside a system call gets to the ptracer's trap now. */
static void end_inside(struct test *test)
{
	if (test->beside >= PTRACER && test->beside <= PTRACER_SIGCONT &&
	    is_inside(test))
		tracer_do(&test->tracer, 'w');
}

static void check_left(struct test *test)
{
	long begin = now_ms();

	while (has_line(test->target.pid, "Utrace:", "0123456789abcdef"))
		if (now_ms() - begin > patience_ms(LEAVE_MS)) {
			wrong("it is still traced: %s",
			      status_line(test->target.pid, test->target.pid,
					  "State:"));
			return;
		} else {
			nap_ms(1);
		}
}

static bool dies(const struct test *test)
{
	return test->beside == SIGKILL_SENT || test->beside == OTHER_EXITS;
}

/* The client does what its user wants who does not care. */
static void run_on(struct test *test)
{
	struct client *client = &test->client;
	bool has_signal = test->doing == SHOWN || test->doing == SHOWN_TSTP ||
			  test->doing == SHOWN_LEFT || test->doing == SHOWN_CONT;

	if (test->doing == ENTRY || test->doing == RETURN)
		client_cmd(client, "QCatchSyscalls:0");
	if (test->doing == SHOWN_LEFT)
		client_interrupt(client);
	if (client->runs && !client->non_stop)
		return;
	if (has_signal || test->stop.text[0])
		client_pass(client, &test->stop);
	else
		client_resume(client, "vCont;c");
}

/* What comes now is passed on, until nothing comes. */
static void pump(struct test *test)
{
	struct client *client = &test->client;
	struct stop stop;
	int i;

	for (i = 0; i < 30; i++) {
		if (!client_stop(client, &stop, patience_ms(40)))
			return;
		if (strchr("WX", stop.kind) && !client->child) {
			client->runs = false;
			return;
		}
		if (stop.kind == 'N' || (stop.kind == 'E' && dies(test)))
			return;
		client_pass(client, &stop);
	}
	wrong("there are always more stops: %s", stop.text);
}

static void leave(struct test *test)
{
	test->target.shared->mode = test->doing == GIVEN_BLOCKED ? BLOCK :
								   SPIN;
	switch (test->leaving) {
	case DETACH:
		client_detach(&test->client);
		break;
	case CLOSE:
		client_close(&test->client);
		break;
	case KILL:
		client_kill(&test->client);
		break;
	case RESUME:
		run_on(test);
		end_inside(test);
		let_go(test);
		pump(test);
		client_detach(&test->client);
		break;
	case OTHER_GOES:
		if (!is_inside(test))
			let_go(test);
		nap_ms(test->number % 3);
		client_detach(&test->client);
		break;
	default:
		break;
	}
	check_left(test);
	if (test->leaving == RESUME)
		return;
	if (test->leaving != OTHER_GOES || is_inside(test)) {
		end_inside(test);
		let_go(test);
	}
}

/* Its status, as wait(2) has it, or -1. */
static int wait_for(struct test *test, int options)
{
	long end = now_ms() + patience_ms(5000);
	int status;

	while (waitpid(test->target.pid, &status, WNOHANG | options) !=
	       test->target.pid) {
		if (now_ms() > end)
			return -1;
		nap_ms(1);
	}
	if (WIFEXITED(status) || WIFSIGNALED(status))
		test->target.pid = 0;
	return status;
}

static void check_end(struct test *test)
{
	int status = wait_for(test, 0);

	if (test->beside == SIGKILL_SENT ? status != SIGKILL :
					   status != 7 << 8)
		wrong("its end is %x", status);
}

/* Job control is what the signals that were sent have made of it. */
static void check_stop(struct test *test)
{
	bool is_to = test->beside == SIGSTOP_SENT ||
		     test->beside == PTRACER_SIGSTOP ||
		     test->beside == STOPPED_FIRST ||
		     (test->doing == SHOWN_TSTP &&
		      test->beside != SIGCONT_SENT &&
		      test->beside != PTRACER_SIGCONT);
	bool is_seen = !has_tracer(test);
	int status;

	if (!is_to)
		return;
	if (!wait_stopped(test)) {
		wrong("job control has not stopped it");
		return;
	}
	status = is_seen ? wait_for(test, WUNTRACED) : 0;
	if (is_seen && !WIFSTOPPED(status))
		wrong("its parent sees %x", status);
	nap_ms(10);
	if (!is_stopped(test))
		wrong("job control has stopped it no more");
	kill(test->target.pid, SIGCONT);
	status = is_seen ? wait_for(test, WCONTINUED) : 0;
	if (is_seen && !WIFCONTINUED(status))
		wrong("its parent sees %x after SIGCONT", status);
}

static bool all_is_there(struct test *test)
{
	struct shared *shared = test->target.shared;
	int i, nr = 0;

	for (i = 0; i < shared->nr_given; i++)
		nr += shared->given[i].signo == SENT;
	return nr >= test->nr_sent - (test->beside == PTRACER_AT_SIGNAL);
}

static void say_signals(struct test *test)
{
	struct shared *shared = test->target.shared;
	char text[400];
	size_t len = 0;
	int i;

	for (i = 0; i < test->nr_sent; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " %d",
					test->sent[i]);
	len += (size_t)snprintf(text + len, sizeof(text) - len, ", but");
	for (i = 0; i < shared->nr_given && len < 300; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					" %d(%d)", shared->given[i].value,
					shared->given[i].signo);
	wrong("signals:%s", text);
}

/*
 * In order, each once; what the client has made comes when the thread takes it.
 * A thread that ends in another one's exec takes with it
 * what it had.
 */
static void check_signals(struct test *test)
{
	struct shared *shared = test->target.shared;
	int i, at = 0, made = 0;

	for (i = 0; i < test->nr_sent; i++)
		made += !test->sent[i];
	/* A ptracer that dies takes with it what it was shown. */
	if (test->beside == PTRACER_AT_SIGNAL && test->number % 2)
		at++;
	for (i = 0; i < shared->nr_given; i++) {
		if (shared->given[i].signo != SENT)
			continue;
		if (!shared->given[i].value) {
			made--;
			continue;
		}
		while (at < test->nr_sent &&
		       (!test->sent[at] ||
			(test->beside == OTHER_EXECS &&
			 test->sent[at] != shared->given[i].value)))
			at++;
		if (at == test->nr_sent ||
		    test->sent[at] != shared->given[i].value) {
			say_signals(test);
			return;
		}
		at++;
	}
	while (at < test->nr_sent && !test->sent[at])
		at++;
	if ((at != test->nr_sent || made) && test->beside != OTHER_EXECS)
		say_signals(test);
}

static bool runs_clean(struct test *test, const long *beats)
{
	struct shared *shared = test->target.shared;

	shared->mode = SPIN;
	if (test->doing == SLEEPS && write(test->target.gate, "x", 1) < 0)
		return false;
	nr_traces = 0;
	look_at_threads(test->target.pid, false, count_trace);
	return !nr_traces && shared->beats[0] > beats[0] + 2 &&
	       shared->beats[1] > beats[1] + 2 &&
	       (test->beside == OTHER_EXECS ? shared->starts > 1 :
					      all_is_there(test));
}

static void check_clean(struct test *test)
{
	struct shared *shared = test->target.shared;
	long beats[2] = { shared->beats[0], shared->beats[1] };
	long end = now_ms() + patience_ms(LEAVE_MS);

	while (!runs_clean(test, beats) && now_ms() < end)
		nap_ms(2);
	nap_ms(4);
	look_at_threads(test->target.pid, false, wrong);
	if (look_at_text(test->target.pid, wrong) <= 0)
		wrong("its text cannot be read");
	if (shared->beats[0] <= beats[0] || shared->beats[1] <= beats[1])
		wrong("it stands");
	if (shared->broken)
		wrong("%d calls were broken off", shared->broken);
	check_signals(test);
}

static void check(struct test *test)
{
	int status;

	if (dies(test)) {
		check_end(test);
		return;
	}
	check_stop(test);
	if (waitpid(test->target.pid, &status,
		    WNOHANG | WUNTRACED | WCONTINUED) &&
	    !(has_tracer(test) && WIFCONTINUED(status))) {
		wrong("its parent sees %x", status);
		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			test->target.pid = 0;
			return;
		}
	}
	check_clean(test);
}

static void join_cgroup(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	write_text(CGROUP "/held/cgroup.procs", text);
}

static void begin(struct test *test)
{
	target_start(&test->target, SPIN);
	wait_beats(test, 1);
	while (!test->target.shared->beats[1])
		nap_ms(1);
	test->sibling = find_sibling(test->target.pid);
	snprintf(test->thread, sizeof(test->thread), "p%x.%x",
		 test->target.pid, test->target.pid);
	if (is_frozen(test))
		join_cgroup(test->target.pid);
}

static void end(struct test *test)
{
	if (test->tracer.pid)
		tracer_end(&test->tracer, true);
	if (is_frozen(test))
		write_text(CGROUP "/held/cgroup.freeze", "0");
	target_end(&test->target);
	client_kill(&test->client);
}

static void test_one(struct test *test)
{
	begin(test);
	come_before(test);
	client_open(&test->client, test->target.pid, test->non_stop);
	do_it(test);
	come_after(test);
	if (!whys_len) {
		send_more(test);
		leave(test);
		check(test);
	}
	end(test);
}

static bool is_possible(const struct test *test)
{
	/* It stands, and gets nowhere. */
	if (test->beside == PTRACER_AT_SIGNAL ||
	    test->beside == PTRACER_AT_CALL)
		return test->doing == ATTACHED || test->doing == RUNS ||
		       test->doing == GIVEN_ANEW ||
		       test->doing == INTERRUPTED;
	if (test->beside == STOPPED_FIRST || test->beside == FROZEN_FIRST)
		return test->doing == ATTACHED || test->doing == RUNS ||
		       test->doing == GIVEN_ANEW;
	/* The client does not get to know what a ptracer keeps from it. */
	if (test->beside == PTRACER_SIGSTOP)
		return test->doing == SHOWN || test->doing == SHOWN_TSTP ||
		       (test->doing == SHOWN_CONT &&
			test->leaving != RESUME);
	if (test->beside == PTRACER_SIGCONT)
		return test->doing == SHOWN || test->doing == SHOWN_TSTP;
	/* Job control keeps it from that. */
	return test->doing != SHOWN_TSTP || (test->beside != OTHER_EXECS &&
					     test->beside != OTHER_EXITS);
}

static void name_test(const struct test *test, char *name, size_t size)
{
	snprintf(name, size, "%s %s %s %s", beside_names[test->beside],
		 test->non_stop ? "non-stop" : "all-stop",
		 doing_names[test->doing], leaving_names[test->leaving]);
}

/* Return: whether it was good. */
static bool try_test(unsigned int number)
{
	struct test test = {
		.leaving = number % NR_LEAVINGS,
		.doing = number / NR_LEAVINGS % NR_DOINGS,
		.non_stop = number / NR_LEAVINGS / NR_DOINGS % 2,
		.beside = number / NR_LEAVINGS / NR_DOINGS / 2,
		.number = number,
	};
	long begun = now_ms();
	char name[120];

	whys_len = 0;
	test_one(&test);
	name_test(&test, name, sizeof(name));
	if (whys_len)
		printf("# %s (%u, %ld ms):\n%s", name, number,
		       now_ms() - begun, whys);
	else if (now_ms() - begun > patience_ms(1000))
		printf("# %s (%u): %ld ms\n", name, number, now_ms() - begun);
	fflush(stdout);
	return !whys_len;
}

static bool is_wanted(unsigned int number, char **argv)
{
	struct test test = {
		.leaving = number % NR_LEAVINGS,
		.doing = number / NR_LEAVINGS % NR_DOINGS,
		.non_stop = number / NR_LEAVINGS / NR_DOINGS % 2,
		.beside = number / NR_LEAVINGS / NR_DOINGS / 2,
	};
	char name[120];

	name_test(&test, name, sizeof(name));
	if (!is_possible(&test) ||
	    number % (unsigned int)atoi(argv[3]) !=
		    (unsigned int)atoi(argv[2]))
		return false;
	return !argv[4] || strstr(name, argv[4]);
}

static void make_cgroup(void)
{
	mkdir(CGROUP, 0755);
	if (mount("none", CGROUP, "cgroup2", 0, NULL) ||
	    (mkdir(CGROUP "/held", 0755) && errno != EEXIST))
		die(CGROUP);
}

static void remove_cgroup(void)
{
	rmdir(CGROUP "/held");
	umount2(CGROUP, MNT_DETACH);
	rmdir(CGROUP);
}

int main(int argc, char **argv)
{
	unsigned int beside, i, tried, bad, number = 0;
	long begun;

	target_resume_exec(argv);
	if (argc < 4)
		return 2;
	slowness = atoi(argv[1]);
	make_cgroup();
	for (beside = 0; beside < NR_BESIDES; beside++) {
		tried = bad = 0;
		begun = now_ms();
		for (i = 0; i < 2 * NR_DOINGS * NR_LEAVINGS; i++, number++) {
			if (!is_wanted(number, argv))
				continue;
			tried++;
			bad += !try_test(number);
		}
		if (tried)
			printf("%s beside %s, %u cases%s%u in %ld ms\n",
			       bad ? "not ok" : "ok", beside_names[beside],
			       tried, bad ? ": bad " : ", bad ", bad,
			       now_ms() - begun);
		fflush(stdout);
	}
	remove_cgroup();
	printf("done\n");
	return 0;
}
