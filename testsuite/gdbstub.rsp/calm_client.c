// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The clients of a session, one after the other, and their helper. They insert
 * breakpoints, watch, trace, step, stop and ask, read each answer, and give a thread each
 * signal back that they are shown; and they go at any time. Nothing of that may
 * change what the program does. A stop must have a reason that the client
 * knows: a breakpoint of its own, a step or a stop that it has asked for, a
 * signal that keepers use.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"
#include "calm.h"

#define PACKET_MAX 0x20000
#define LOG_LINES 400
#define LOG_WIDTH 220
#define ANSWER_MS 120000
#define TIDS_MAX 64
#define PLACES_MAX 6

/* A thread that the client has heard of. */
struct thread {
	int pid, tid;
	/* GDB's number of the signal it was shown, or 0; it is to have it. */
	unsigned int signal;
	/* It was told to step, and has not told a stop since. */
	bool steps;
	/* Non-stop: it has told a stop and was not resumed since. */
	bool stands;
};

/* An address with a breakpoint of kind @type in a process, or one that had it. */
struct place {
	int pid;
	char type;
	unsigned long addr;
	bool is_in;
};

/* The session, and a process that has stayed in it after its last client. */
static int device = -1, kept_pid;

/* The client; all of it is forgotten when the next one comes. */
static struct {
	int sock;
	bool closed, left, runs, non_stop;
	bool swbreak, hwbreak, forks;
	bool notified, traces;
	/* Those sent that no stop was told for; some never have one. */
	unsigned int interrupts;
	int pid;
	struct thread threads[TIDS_MAX];
	unsigned int nr_threads;
	struct place places[PLACES_MAX * 8];
	unsigned int nr_places;
	bool catches;
	struct keeper *keepers;
	unsigned int nr_keepers, nr_attached;
	char got[4 * PACKET_MAX];
	size_t got_len;
	char packet[PACKET_MAX];
	bool is_notification;
} client;

/* As they were before the last resumption, which may be refused. */
static struct thread before[TIDS_MAX];

static char lines[LOG_LINES][LOG_WIDTH];
static unsigned long nr_lines;

static void __attribute__((format(printf, 1, 2))) note(const char *fmt, ...)
{
	char *line = lines[nr_lines++ % LOG_LINES];
	int len = snprintf(line, LOG_WIDTH, "%ld ", now_ms() % 1000000);
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + len, LOG_WIDTH - len, fmt, args);
	va_end(args);
}

/**
 * show_packets() - print what was sent and received last
 */
void show_packets(void)
{
	unsigned long nr = nr_lines > LOG_LINES ? nr_lines - LOG_LINES : 0;

	for (; nr < nr_lines; nr++)
		printf("%s\n", lines[nr % LOG_LINES]);
}

/* The helper */

static int start(int sock, int pid)
{
	struct gdbstub_start start = { .size = sizeof(start),
				       .sockfd = sock,
				       .pidfd = -1 };
	long end = now_ms() + ANSWER_MS;
	int ret;

	if (pid)
		start.pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* The last client, or the last session, may be on its way out. */
	while ((ret = ioctl(device, GDBSTUB_START, &start)) && errno == EBUSY &&
	       now_ms() < end)
		nap_us(200);
	if (ret)
		bad("start of %d: %s", pid, strerror(errno));
	if (pid)
		close(start.pidfd);
	return ret;
}

static void answer(uint64_t cookie, unsigned int type)
{
	struct gdbstub_record head = { .type = type, .cookie = cookie };

	if (write(device, &head, sizeof(head)) < 0)
		note("record: %s", strerror(errno));
}

static void take_record(void)
{
	static char buf[sizeof(struct gdbstub_record) + GDBSTUB_RECORD_MAX + 1];
	struct gdbstub_record *head = (struct gdbstub_record *)buf;
	char *data = buf + sizeof(*head);
	ssize_t got = read(device, buf, sizeof(buf) - 1);

	if (got < (ssize_t)sizeof(*head))
		return;
	buf[got] = '\0';
	note("record %u pid %d status %x %.100s", head->type, head->pid,
	     head->status, data);
	if (head->type == GDBSTUB_RECORD_CLOSED) {
		client.left = true;
		kept_pid = head->pid;
	}
	if (head->type != GDBSTUB_RECORD_PACKET)
		return;
	if (strncmp(data, "vAttach;", 8))
		answer(head->cookie, GDBSTUB_RECORD_REPLY);
	else if (!start(-1, (int)strtol(data + 8, NULL, 16)))
		answer(head->cookie, GDBSTUB_RECORD_STARTED);
}

/* Packets */

static void take_bytes(void)
{
	ssize_t got = recv(client.sock, client.got + client.got_len,
			   sizeof(client.got) - client.got_len, MSG_DONTWAIT);

	if (got > 0)
		client.got_len += got;
	else if (!got || errno != EAGAIN)
		client.closed = true;
}

/* Return: whether there was a whole one; it is in client.packet. */
static bool take_packet(void)
{
	char *begin = client.got, *end = client.got + client.got_len, *hash;
	char *out = client.packet;

	while (begin < end && *begin != '$' && *begin != '%')
		begin++;
	hash = begin < end ? memchr(begin, '#', end - begin) : NULL;
	if (!hash || end - hash < 3)
		return false;
	client.is_notification = *begin == '%';
	for (begin++; begin < hash; begin++) {
		if (*begin == '}') {
			*out++ = *++begin ^ 0x20;
		} else if (*begin == '*') {
			memset(out, out[-1], begin[1] - 29);
			out += *++begin - 29;
		} else {
			*out++ = *begin;
		}
	}
	*out = '\0';
	client.got_len = end - (hash + 3);
	memmove(client.got, hash + 3, client.got_len);
	note("<- %c%.190s", client.is_notification ? '%' : '$', client.packet);
	return true;
}

/* Return: whether one came in time. */
static bool receive(long ms)
{
	struct pollfd fds[] = { { .fd = client.sock, .events = POLLIN },
				{ .fd = device, .events = POLLIN } };
	long end = now_ms() + ms, left;

	while (!take_packet()) {
		left = end - now_ms();
		if (client.closed || client.left || calm.bad || left < 0)
			return false;
		poll(fds, 2, (int)left);
		if (fds[1].revents)
			take_record();
		if (fds[0].revents)
			take_bytes();
	}
	return true;
}

static void send_raw(const char *bytes, size_t len)
{
	if (send(client.sock, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
		client.closed = true;
}

static void __attribute__((format(printf, 1, 2))) put(const char *fmt, ...)
{
	static char text[4096], frame[4200];
	unsigned char sum = 0;
	va_list args;
	char *c;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (c = text; *c; c++)
		sum += (unsigned char)*c;
	note("-> %.190s", text);
	send_raw(frame, sprintf(frame, "$%s#%02x", text, sum));
	calm.packets++;
}

static void interrupt(void)
{
	note("-> ^C");
	send_raw("\3", 1);
	client.interrupts++;
}

/* Threads and places */

static struct thread *find_thread(int pid, int tid)
{
	struct thread *thread = client.threads;

	for (; thread < client.threads + client.nr_threads; thread++)
		if (thread->tid == tid)
			return thread;
	if (client.nr_threads == TIDS_MAX) {
		memmove(client.threads, client.threads + 1,
			sizeof(*thread) * (TIDS_MAX - 1));
		thread--;
	} else {
		client.nr_threads++;
	}
	*thread = (struct thread){ .pid = pid, .tid = tid };
	return thread;
}

static void forget_thread(struct thread *thread)
{
	*thread = client.threads[--client.nr_threads];
}

static void forget_process(int pid)
{
	unsigned int i;

	for (i = client.nr_threads; i-- > 0;)
		if (client.threads[i].pid == pid)
			forget_thread(&client.threads[i]);
}

/*
 * What is in, or in non-stop and when it is told later, was; so is what a child has
 * had since before it was lifted from its parent. A stop that is told late has no
 * registers: @addr is 0, and any will do.
 */
static bool was_asked(const char *types, unsigned long addr, bool is_in)
{
	unsigned int i;

	for (i = 0; i < client.nr_places; i++)
		if (strchr(types, client.places[i].type) &&
		    (client.places[i].addr == addr || !addr) &&
		    (client.places[i].is_in || !is_in || !addr ||
		     client.non_stop || client.forks))
			return true;
	return false;
}

/* Stops */

static unsigned long read_pc(const char *text)
{
	unsigned long pc = 0;
	unsigned int byte;
	int i;

	text = strstr(text, ";10:");
	for (i = 0; text && i < 8; i++) {
		if (sscanf(text + 4 + 2 * i, "%2x", &byte) != 1)
			return 0;
		pc |= (unsigned long)byte << (8 * i);
	}
	return pc;
}

/* A reason that a stop with SIGTRAP gives. */
static bool has_reason(const char *text, unsigned long pc)
{
	static const char *const events[] = { "fork:", "vfork:", "vforkdone:",
					      "create:" };
	const char *watch = strstr(text, "watch:");
	unsigned int i;

	if (strstr(text, "swbreak:"))
		return was_asked("0", pc, true);
	if (strstr(text, "hwbreak:"))
		return was_asked("1", pc, true);
	if (watch)
		return was_asked("24", strtoul(watch + 6, NULL, 16), false);
	if (strstr(text, "syscall_entry:") || strstr(text, "syscall_return:"))
		return client.catches;
	for (i = 0; i < 4; i++)
		if (strstr(text, events[i]))
			return client.forks || i == 3;
	return false;
}

static bool trap_is_due(const char *text, const struct thread *thread)
{
	unsigned long pc = read_pc(text);

	if (has_reason(text, pc))
		return true;
	if (strstr(text, "break:") || strstr(text, "watch:"))
		return false;
	if ((!client.swbreak && was_asked("0", pc, true)) ||
	    (!client.hwbreak && was_asked("1", pc, true)))
		return true;
	return thread->steps;
}

/* GDB's numbers. */
static bool is_keepers(unsigned int signal)
{
	switch (signal) {
	case 11: /* SIGSEGV */
	case 20: /* SIGCHLD */
	case 30: /* SIGUSR1 */
	case 46: /* 34 to 36 */
	case 47:
	case 48:
		return true;
	default:
		return false;
	}
}

/* A siginfo says more of it. */
static void bad_trap(const char *text)
{
	char copy[200];

	snprintf(copy, sizeof(copy), "%s", text);
	if (!client.non_stop) {
		put("qXfer:siginfo:read::0,80");
		receive(ANSWER_MS);
	}
	bad("a trap that nobody made: %s", copy);
}

static void judge_stop(const char *text)
{
	unsigned int signal = 0;
	struct thread *thread;
	int pid = client.pid, tid = 0;
	const char *at = strstr(text, "thread:");

	sscanf(text + 1, "%2x", &signal);
	if (at && sscanf(at, "thread:p%x.%x", &pid, &tid) != 2)
		sscanf(at, "thread:%x", &tid);
	thread = find_thread(pid, tid);
	if (!tid)
		bad("a stop without a thread: %s", text);
	else if (signal == 5 && !trap_is_due(text, thread))
		bad_trap(text);
	else if (signal == 2 && !client.interrupts)
		bad("an interrupt that was not sent: %s", text);
	else if (signal && signal != 2 && signal != 5 && !is_keepers(signal))
		bad("a signal that nobody uses: %s", text);
	if (signal == 2 && client.interrupts)
		client.interrupts--;
	calm.stops++;
	calm.steps += signal == 5 && thread->steps;
	calm.breaks += !!strstr(text, "break:");
	calm.signals += is_keepers(signal);
	thread->steps = false;
	thread->stands = true;
	/* It is told again what it has not had yet, as with `?`. */
	if (is_keepers(signal))
		thread->signal = signal;
}

static bool is_keeper(int pid)
{
	unsigned int i;

	for (i = 0; i < client.nr_keepers; i++)
		if (client.keepers[i].pid == pid)
			return true;
	return false;
}

static void judge_end(const char *text)
{
	const char *at = strstr(text, "process:");
	int pid = at ? (int)strtol(at + 8, NULL, 16) : client.pid;

	if (is_keeper(pid) || strncmp(text, "W07", 3))
		bad("an end that is none: %s", text);
	forget_process(pid);
}

static void judge(const char *text)
{
	struct thread *thread;

	switch (text[0]) {
	case 'T':
		judge_stop(text);
		break;
	case 'W':
	case 'X':
		judge_end(text);
		break;
	case 'N':
		break;
	case 'w':
		thread = find_thread(0, (int)strtol(strchr(text, '.') ?
							    strchr(text, '.') + 1 :
							    text + 4,
						    NULL, 16));
		forget_thread(thread);
		break;
	default:
		bad("no stop: %s", text);
	}
}

/* Non-stop: each that has stopped since. */
static void take_stops(void)
{
	long end = now_ms() + ANSWER_MS;

	while (client.notified && !client.closed && !calm.bad) {
		client.notified = false;
		put("vStopped");
		while (receive(end - now_ms()) && strcmp(client.packet, "OK")) {
			if (client.is_notification) {
				bad("notified twice: %s", client.packet);
				return;
			}
			judge(client.packet);
			put("vStopped");
		}
	}
}

static void take_notification(void)
{
	if (strncmp(client.packet, "Stop:", 5))
		bad("no notification: %s", client.packet);
	judge(client.packet + 5);
	client.notified = true;
}

/* Return: whether there is one. Notifications before it are kept in mind. */
static bool wait_for_answer(long ms)
{
	long end = now_ms() + ms;

	while (receive(end - now_ms())) {
		if (!client.is_notification)
			return true;
		take_notification();
	}
	return false;
}

/* Return: the answer; "" also when there is none as the client has gone. */
static const char *ask(const char *packet)
{
	put("%s", packet);
	if (wait_for_answer(ANSWER_MS))
		return client.packet;
	if (!client.closed && !client.left)
		bad("no answer to %s", packet);
	return "";
}

static void ask_for_ok(const char *packet)
{
	const char *said = ask(packet);

	if (strcmp(said, "OK") && *said)
		bad("%s is answered %s", packet, said);
}

/* All-stop. Return: whether all have stopped. */
static bool wait_for_stop(long ms)
{
	if (!wait_for_answer(ms))
		return false;
	client.runs = false;
	if (client.packet[0] == 'E')
		memcpy(client.threads, before, sizeof(before));
	else
		judge(client.packet);
	return true;
}

static void stop_all(void)
{
	interrupt();
	if (!wait_for_stop(ANSWER_MS) && !client.closed && !client.left)
		bad("^C does not stop it");
}

/* What a client does */

static unsigned long an_address(void)
{
	return calm.at[below(calm.nr_at)];
}

/* What follows is about this process; false if it is none of the client's. */
static bool turn_to(int pid)
{
	char packet[40];

	sprintf(packet, "Hgp%x.0", pid);
	return !strcmp(ask(packet), "OK");
}

static void insert(void)
{
	struct place *place = &client.places[client.nr_places];
	static const char types[] = "0000012224";
	char packet[80];
	const char *said;

	if (client.nr_places == PLACES_MAX * 8)
		return;
	place->pid = client.keepers[below(client.nr_attached)].pid;
	place->type = types[below(calm.watches ? 10 : 6)];
	place->addr = strchr("01", place->type) ? an_address() : calm.word_at;
	if (was_asked((char[]){ place->type, '\0' }, place->addr, true) &&
	    !below(4))
		return;
	sprintf(packet, "Z%c,%lx,%d", place->type, place->addr,
		strchr("01", place->type) ? 1 : 8);
	/* Its condition is false: it is passed. */
	if (place->type == '0' && !below(3))
		strcat(packet, ";X3,220027");
	if (!turn_to(place->pid))
		return;
	/* In non-stop it may be hit before this is answered. */
	place->is_in = true;
	client.nr_places++;
	said = ask(packet);
	if (said[0] == 'E')
		place->is_in = false;
	else if (strcmp(said, "OK") && *said)
		bad("%s is answered %s", packet, said);
}

static void lift(void)
{
	struct place *place;
	unsigned int i;
	char packet[80];

	if (!client.nr_places)
		return;
	place = &client.places[below(client.nr_places)];
	if (!place->is_in || !turn_to(place->pid))
		return;
	sprintf(packet, "z%c,%lx,%d", place->type, place->addr,
		strchr("01", place->type) ? 1 : 8);
	ask_for_ok(packet);
	for (i = 0; i < client.nr_places; i++)
		if (client.places[i].pid == place->pid &&
		    client.places[i].type == place->type &&
		    client.places[i].addr == place->addr)
			client.places[i].is_in = false;
}

static void pass_signals(void)
{
	static const char *const lists[] = {
		"QPassSignals:", "QPassSignals:e;14;1a",
		"QPassSignals:b;14;1e;2e;2f;30", "QPassSignals:2e;2f;30;14",
		"QPassSignals:2f;14;1e",
	};

	ask_for_ok(lists[below(5)]);
}

static void catch_syscalls(void)
{
	static const char *const lists[] = { "QCatchSyscalls:1;66;23",
					     "QCatchSyscalls:1;129;81",
					     "QCatchSyscalls:1;38;3d;f",
					     "QCatchSyscalls:1" };

	if (client.catches && below(2)) {
		/* One that is on its way may be told later. */
		ask_for_ok("QCatchSyscalls:0");
		return;
	}
	client.catches = true;
	ask_for_ok(lists[below(4)]);
}

static void trace(void)
{
	unsigned long at = an_address();
	char packet[100];

	if (client.traces) {
		ask("QTStop");
		client.traces = false;
		return;
	}
	ask("QTinit");
	sprintf(packet, "QTDP:1:%lx:E:%x:0-", at, below(3) ? 0 : 3);
	ask(packet);
	sprintf(packet, "QTDP:-1:%lx:R03FFFFMFFFFFFFF,%lx,8", at, calm.word_at);
	ask(packet);
	if (!below(3)) {
		sprintf(packet, "QTDP:2:%lx:E:0:0:X3,220027", an_address());
		ask(packet);
	}
	client.traces = !strcmp(ask("QTStart"), "OK");
}

static void look(void)
{
	static const char *const packets[] = {
		"g",
		"p10",
		"qfThreadInfo",
		"qC",
		"qXfer:siginfo:read::0,80",
		"qXfer:threads:read::0,1000",
		"qXfer:auxv:read::0,1000",
		"qTStatus",
		"vCont?",
		"Hg0",
		"Hc-1",
		"qAttached",
	};
	char packet[80];

	if (!below(3)) {
		sprintf(packet, "m%lx,%x", an_address(), 1 + below(64));
		ask(packet);
	} else {
		ask(packets[below(12)]);
	}
}

/* What it reads, it writes: nothing changes. */
static void write_back(void)
{
	static char packet[PACKET_MAX + 2];
	unsigned long at = an_address();
	char request[40];
	const char *said;

	if (below(2)) {
		sprintf(request, "m%lx,8", at);
		said = ask(request);
		if (strlen(said) != 16)
			return;
		sprintf(packet, "M%lx,8:%s", at, said);
	} else {
		said = ask("g");
		if (said[0] == 'E' || strlen(said) < 100 || strlen(said) > 4000)
			return;
		sprintf(packet, "G%s", said);
	}
	ask(packet);
}

static struct thread *a_thread(void)
{
	return client.nr_threads ? &client.threads[below(client.nr_threads)] :
				   NULL;
}

/* A step that was not told yet is not, when it is to do something else now. */
static void go_on(struct thread *thread, const struct thread *stepped)
{
	if (client.non_stop && !thread->stands)
		return;
	thread->steps = thread == stepped;
	thread->stands = false;
}

/*
 * What each thread does that has a signal or is stepped; the others go on, or
 * stay where they are.
 */
static void resume(void)
{
	struct thread *stepped = below(2) ? a_thread() : NULL, *thread;
	char packet[2000] = "vCont", *end = packet + 5;
	unsigned long at;
	bool all;

	if (stepped && client.non_stop && !stepped->stands)
		stepped = NULL;
	all = !stepped || below(4);
	memcpy(before, client.threads, sizeof(before));
	for (thread = client.threads;
	     thread < client.threads + client.nr_threads; thread++) {
		if (thread != stepped && (!all || !thread->signal))
			continue;
		if (client.non_stop && !thread->stands)
			continue;
		at = an_address();
		if (thread->signal)
			end += sprintf(end, ";%c%02x",
				       thread == stepped ? 'S' : 'C',
				       thread->signal);
		else if (below(4))
			end += sprintf(end, ";s");
		else
			end += sprintf(end, ";r%lx,%lx", at, at + below(40));
		end += sprintf(end, ":p%x.%x", thread->pid, thread->tid);
		thread->signal = 0;
		go_on(thread, stepped);
	}
	if (all) {
		end += sprintf(end, ";c");
		for (thread = client.threads;
		     thread < client.threads + client.nr_threads; thread++)
			go_on(thread, stepped);
	}
	if (client.non_stop) {
		ask_for_ok(packet);
		return;
	}
	put("%s", packet);
	client.runs = true;
}

static void do_while_stopped(void)
{
	switch (below(16)) {
	case 0 ... 3:
		insert();
		break;
	case 4 ... 5:
		lift();
		break;
	case 6:
		look();
		break;
	case 7:
		if (below(2))
			pass_signals();
		else
			write_back();
		break;
	case 8:
		if (!below(3))
			catch_syscalls();
		else if (!below(3))
			trace();
		break;
	default:
		resume();
		break;
	}
}

static long a_while(void)
{
	static const int most[] = { 1, 2, 5, 20 };

	return below(most[below(4)]);
}

static void in_all_stop(void)
{
	if (!client.runs)
		do_while_stopped();
	else if (!wait_for_stop(a_while()) && below(2))
		stop_all();
}

static void in_non_stop(void)
{
	if (client.notified)
		take_stops();
	else if (!below(3))
		resume();
	else if (!below(4))
		ask_for_ok("vCont;t");
	else if (below(2))
		do_while_stopped();
	else if (receive(a_while()))
		take_notification();
}

/* Its beginning and its end */

static void say_hello(void)
{
	char packet[200] = "qSupported:multiprocess+;no-resumed+";

	client.swbreak = below(4);
	client.hwbreak = below(4);
	client.forks = below(2);
	if (client.swbreak)
		strcat(packet, ";swbreak+");
	if (client.hwbreak)
		strcat(packet, ";hwbreak+");
	if (client.forks)
		strcat(packet, ";fork-events+;vfork-events+");
	ask("QStartNoAckMode");
	send_raw("+", 1);
	ask(packet);
	/* Refused as long as the attach has not stopped all. */
	client.non_stop = !below(3) && !strcmp(ask("QNonStop:1"), "OK");
	if (!below(3))
		pass_signals();
	/* One may never ask. */
	if (!below(4) && !client.non_stop)
		return;
	if (client.non_stop) {
		if (*ask("?") && strcmp(client.packet, "OK"))
			judge(client.packet);
		client.notified = true;
		take_stops();
	} else {
		put("?");
		wait_for_stop(ANSWER_MS);
	}
}

static void attach_another(void)
{
	char packet[40];

	if (client.nr_attached == client.nr_keepers || client.runs)
		return;
	ask("!");
	sprintf(packet, "vAttach;%x", client.keepers[client.nr_attached].pid);
	put("%s", packet);
	client.nr_attached++;
	if (!wait_for_answer(ANSWER_MS)) {
		if (!client.closed && !client.left)
			bad("no answer to %s", packet);
		return;
	}
	if (client.non_stop && !strcmp(client.packet, "OK"))
		return;
	judge(client.packet);
}

static void detach(void)
{
	const char *said;
	char packet[40];

	sprintf(packet, "D;%x", client.pid);
	if (client.runs && below(2))
		stop_all();
	put("%s", packet);
	/* The stop may come before, when it runs. */
	while (wait_for_answer(ANSWER_MS)) {
		said = client.packet;
		if (!strcmp(said, "OK") || said[0] == 'E')
			return;
		judge(said);
	}
	if (!client.closed && !client.left)
		bad("no answer to %s", packet);
}

static void leave(void)
{
	if (!below(3))
		nap_us(below(3000));
	switch (below(8)) {
	case 0 ... 2:
		if (!client.closed)
			detach();
		break;
	case 3:
		note("the device is closed first");
		close(device);
		device = -1;
		break;
	default:
		break;
	}
	note("the client goes");
	close(client.sock);
}

/* A process that has stayed is the client's first. */
static void put_kept_first(struct keeper *keepers, unsigned int nr)
{
	struct keeper first = keepers[0];
	unsigned int i;

	for (i = 1; kept_pid && i < nr; i++) {
		if (keepers[i].pid != kept_pid)
			continue;
		keepers[0] = keepers[i];
		keepers[i] = first;
	}
}

static bool connect_client(struct keeper *keepers, unsigned int nr)
{
	int pair[2];

	put_kept_first(keepers, nr);
	memset(&client, 0, offsetof(typeof(client), got));
	client.got_len = 0;
	client.keepers = keepers;
	client.nr_keepers = nr;
	client.pid = keepers[0].pid;
	client.nr_attached = 1;
	if (device < 0)
		device = open("/dev/" GDBSTUB_DEVICE_NAME,
			      O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (device < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		bad("no connection: %s", strerror(errno));
		return false;
	}
	note("a client comes%s", kept_pid ? " to what was kept" : "");
	if (start(pair[1], kept_pid ? 0 : client.pid)) {
		close(pair[0]);
		close(pair[1]);
		return false;
	}
	close(pair[1]);
	client.sock = pair[0];
	calm.clients++;
	return true;
}

static void run_client(struct keeper *keepers, unsigned int nr)
{
	unsigned int steps;

	if (!connect_client(keepers, nr))
		return;
	if (below(10))
		say_hello();
	else
		client.closed = true;
	for (steps = below(4) ? below(60) : below(6);
	     steps && !client.closed && !client.left && !calm.bad; steps--) {
		if (client.non_stop)
			in_non_stop();
		else
			in_all_stop();
		if (nr > 1 && !below(12))
			attach_another();
	}
	leave();
}

static void end_session(void)
{
	if (device >= 0)
		close(device);
	device = -1;
	kept_pid = 0;
}

/* What the last client has traced may be in it still. */
static void wait_for_close(void)
{
	struct pollfd fd = { .fd = device, .events = POLLIN };
	long end = now_ms() + ANSWER_MS;

	while (!client.left && now_ms() < end)
		if (poll(&fd, 1, 1000) > 0)
			take_record();
	if (!client.left)
		bad("the session does not lose its client");
}

/**
 * clients_run() - one session, or some
 * @keepers: what is debugged
 * @nr: how many
 */
void clients_run(struct keeper *keepers, unsigned int nr)
{
	unsigned int clients = 1 + below(6);

	nr_lines = 0;
	while (clients-- && !calm.bad) {
		run_client(keepers, nr);
		if (device >= 0 && clients && !below(3))
			wait_for_close();
		else
			end_session();
	}
	end_session();
}
