// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the program, the client and the one beside it do in a case.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "together.h"

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

void act_for_client(struct test *test)
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
		target_wait_beats(&test->target, 3);
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
	case VFORK_DONE:
		run_to(test, VFORK, "vfork:");
		client_let_child_go(client);
		run_to(test, VFORK, "vforkdone:");
		break;
	case CREATED:
		client_cmd(client, "QThreadEvents:1");
		run_to(test, CREATE, "create:");
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

/* Who is there before the client. */
void act_before_client(struct test *test)
{
	if (test->beside == STOPPED_FIRST) {
		kill(test->target.pid, SIGSTOP);
		wait_stopped(test);
	}
	if (test->beside == FROZEN_FIRST)
		cgroup_freeze(true);
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

void act_beside_client(struct test *test)
{
	struct shared *shared = test->target.shared;

	switch (test->beside) {
	case PTRACER:
	case PTRACER_LISTENS:
	case PTRACER_SIGSTOP:
	case PTRACER_SIGCONT:
	case PTRACER_FROZEN:
		tracer_do(&test->tracer, is_inside(test) ? 'I' : 'i');
		if (test->beside == PTRACER_FROZEN)
			cgroup_freeze(true);
		if (is_inside(test))
			break;
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
		cgroup_freeze(true);
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
void act_send_more(struct test *test)
{
	if (test->beside == NOBODY && test->client.runs && test->number % 2)
		return;
	send_signal(test);
	send_signal(test);
}

static void let_go(struct test *test)
{
	bool thaws_first = test->number / 2 % 2;

	if (is_frozen(test) && thaws_first)
		cgroup_freeze(false);
	if (has_tracer(test)) {
		if (test->beside == PTRACER || test->beside == PTRACER_AT_CALL)
			tracer_do(&test->tracer, 'n');
		tracer_end(&test->tracer, test->number % 2);
	}
	if (is_frozen(test) && !thaws_first)
		cgroup_freeze(false);
}

/* What stands inside a system call gets to the ptracer's trap now. */
static void end_inside(struct test *test)
{
	if (test->beside >= PTRACER && test->beside <= PTRACER_FROZEN &&
	    is_inside(test)) {
		/* The child is frozen, too. */
		if (test->doing == VFORKED && is_frozen(test))
			cgroup_freeze(false);
		tracer_do(&test->tracer, 'w');
	}
}

/* The client does what its user wants who does not care. */
static void run_on(struct test *test)
{
	struct client *client = &test->client;
	bool has_signal = test->doing == SHOWN || test->doing == SHOWN_TSTP ||
			  test->doing == SHOWN_LEFT || test->doing == SHOWN_CONT;

	if (test->doing == ENTRY || test->doing == RETURN)
		client_cmd(client, "QCatchSyscalls:0");
	if (test->doing == CREATED)
		client_cmd(client, "QThreadEvents:0");
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

void act_leave(struct test *test)
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
