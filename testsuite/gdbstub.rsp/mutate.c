// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutate [-p] RECORDED SEED FIRST PACKETS SECONDS PROGRAM[,ARG] ...: sends
 * mutated packets of recorded sessions into the module, directly, and plays the
 * helper. Session number N of a seed always sends the same packets, so a run can
 * be taken up at any number; -p prints session FIRST's instead of sending them.
 *
 * Programs run as a user that may do nothing, since a client makes them do
 * anything. After each session none of their threads may be stopped, have an
 * engine, outlive SIGKILL, or keep a breakpoint in its text when nothing was
 * written into the memory; what is wrong is printed in a line that begins with
 * "BAD", and the exit status is 1. The last line says what was done and the
 * number to go on with.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"

#define NOBODY 65534
#define TEXT_MAX 4096
#define RECORDED_MAX 512
#define PROGRAMS_MAX 8
#define TARGETS_MAX 16
#define SESSION_PACKETS 1000
#define CLEAN_WAIT_MS 60000
#define STUCK_S 180

struct text {
	size_t len;
	char b[TEXT_MAX];
};

struct target {
	pid_t pid;
	pid_t tids[3];
	int gate;
	int out;
};

static struct text recorded[RECORDED_MAX];
static unsigned int nr_recorded;
static char *programs[PROGRAMS_MAX];
static unsigned int nr_programs;
static bool only_print;

/* The session. */
static int device = -1, sock = -1;
static struct target targets[TARGETS_MAX];
static unsigned int nr_targets, mutations;
static bool may_write, closed, record_closed;
static unsigned long number;

static unsigned long sent, replies, oks, errors, stops, records, starts,
	reconnects, hang_ups, bad;
static volatile unsigned long progress;

enum phase { BEGIN, TALK, CLOSE, LOOK, KILL, NR_PHASES };

static const char *const phase_names[] = { "begin", "talk", "close", "look",
					   "kill" };
static volatile enum phase doing;
static long phase_ms[NR_PHASES], phase_since;

/*
 * Two sources of random numbers: one for what is sent, which depends on nothing
 * but the session, and one for when.
 */
static uint64_t what_state, when_state;

static uint64_t split_mix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static unsigned int below(unsigned int n)
{
	return n ? split_mix(&what_state) % n : 0;
}

static unsigned int when_below(unsigned int n)
{
	return split_mix(&when_state) % n;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void enter(enum phase phase)
{
	long now = now_ms();

	phase_ms[doing] += now - phase_since;
	phase_since = now;
	doing = phase;
}

static void nap_ms(long ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1000000 };

	nanosleep(&pause, NULL);
}

static void die(const char *what)
{
	fprintf(stderr, "mutate: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void put_at(struct text *t, size_t at, const char *data, size_t len)
{
	if (at > t->len)
		at = t->len;
	if (len > TEXT_MAX - t->len)
		len = TEXT_MAX - t->len;
	memmove(t->b + at + len, t->b + at, t->len - at);
	memmove(t->b + at, data, len);
	t->len += len;
}

static void cut(struct text *t, size_t at, size_t len)
{
	if (at >= t->len)
		return;
	if (len > t->len - at)
		len = t->len - at;
	memmove(t->b + at, t->b + at + len, t->len - at - len);
	t->len -= len;
}

static const char *const words[] = {
	"0", "f", "ffffffffffffffff", "7fffffff", "80000000", "-1", ",", ";",
	":", ".", "=", "p", "@0", "@1", "@2", "@3", "p-1.-1", "p@3.@3", "p0.0",
	"7fffffffffffffff", "8000000000000000", "1000", "4011be", "4040a0",
	"ffff", "10000", "-",
};

static void repeat_char(struct text *t, size_t at)
{
	char run[300];

	if (at >= t->len)
		return;
	memset(run, t->b[at], sizeof(run));
	put_at(t, at, run, below(sizeof(run)));
}

static void graft(struct text *t, size_t at)
{
	const struct text *other = &recorded[below(nr_recorded)];
	size_t from = below(20);

	t->len = at;
	if (from < other->len)
		put_at(t, at, other->b + from, other->len - from);
}

/* Digits at @at become another number. */
static void change_number(struct text *t, size_t at)
{
	const char *word = words[below(sizeof(words) / sizeof(words[0]))];
	size_t len = 0;

	while (at + len < t->len && strchr("0123456789abcdef", t->b[at + len]))
		len++;
	cut(t, at, len);
	put_at(t, at, word, strlen(word));
}

/* One change at a random place. */
static void mutate(struct text *t)
{
	size_t at = below(t->len + 1), some = 1 + below(5);
	char byte = (char)below(256), copy[8];
	const char *word = words[below(sizeof(words) / sizeof(words[0]))];

	switch (below(9)) {
	case 0:
		cut(t, at, 1);
		put_at(t, at, &byte, 1);
		break;
	case 1:
		cut(t, at, some);
		break;
	case 2:
		if (at + some > t->len)
			break;
		memcpy(copy, t->b + at, some);
		put_at(t, at, copy, some);
		break;
	case 3:
		put_at(t, at, word, strlen(word));
		break;
	case 4:
		graft(t, at);
		break;
	case 5:
		t->len = at;
		break;
	case 6:
		repeat_char(t, at);
		break;
	case 7:
		change_number(t, at);
		break;
	default:
		if (at < t->len)
			t->b[at] ^= 1 << below(8);
		break;
	}
}

static long id_of(char digit)
{
	if (digit == '3')
		return nr_targets > 1 ? targets[nr_targets - 1].pid : 1;
	return nr_targets ? targets[0].tids[digit - '0'] : 1;
}

/* @N stands for a thread's number. */
static void put_ids(struct text *t)
{
	char id[16];
	size_t i;

	for (i = 0; i + 1 < t->len; i++) {
		if (t->b[i] != '@' || t->b[i + 1] < '0' || t->b[i + 1] > '3')
			continue;
		snprintf(id, sizeof(id), "%lx", id_of(t->b[i + 1]));
		cut(t, i, 2);
		put_at(t, i, id, strlen(id));
	}
}

static void next_packet(struct text *t)
{
	unsigned int nr = below(mutations + 1);

	*t = recorded[below(nr_recorded)];
	while (nr--)
		mutate(t);
	if (!may_write && t->len && (t->b[0] == 'M' || t->b[0] == 'X'))
		t->b[0] = 'm';
	if (!only_print)
		put_ids(t);
}

/* @out has room for twice @t and a frame. */
static size_t frame(char *out, const struct text *t)
{
	unsigned char sum = 0;
	size_t i, len = 0;

	out[len++] = '$';
	for (i = 0; i < t->len; i++) {
		if (strchr("#$}*", t->b[i]) && t->b[i]) {
			out[len++] = '}';
			out[len++] = t->b[i] ^ 0x20;
		} else {
			out[len++] = t->b[i];
		}
	}
	for (i = 1; i < len; i++)
		sum += (unsigned char)out[i];
	/* Few are damaged on their way. */
	if (!below(100))
		sum++;
	return len + sprintf(out + len, "#%02x", sum);
}

static void print_session(void)
{
	struct text t;
	int i;

	for (i = 0; i < SESSION_PACKETS; i++) {
		next_packet(&t);
		below(100);
		fwrite(t.b, 1, t.len, stdout);
		putchar('\n');
	}
}

/* In the child. */
static void become_program(int gate, int out)
{
	const struct rlimit none = { 0 }, some = { 64 << 20, 64 << 20 };
	char copy[256], *arg, c;

	snprintf(copy, sizeof(copy), "%s", programs[when_below(nr_programs)]);
	arg = strchr(copy, ',');
	if (arg)
		*arg++ = '\0';
	setsid();
	/* Else what spins leaves little for the module. */
	setpriority(PRIO_PROCESS, 0, 19);
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &none);
	setrlimit(RLIMIT_DATA, &some);
	personality(ADDR_NO_RANDOMIZE);
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		_exit(2);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, 1);
	/* What it keeps open up to its exec is not to hold the session. */
	close(device);
	close(sock);
	if (read(gate, &c, 1) < 0)
		_exit(2);
	execl(copy, copy, arg, NULL);
	_exit(2);
}

static void find_threads(struct target *target)
{
	unsigned int nr = 0;
	char name[64];
	struct dirent *entry;
	DIR *dir;

	target->tids[0] = target->tids[1] = target->tids[2] = target->pid;
	snprintf(name, sizeof(name), "/proc/%d/task", target->pid);
	dir = opendir(name);
	while (dir && nr < 3 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			target->tids[nr++] = atoi(entry->d_name);
	if (dir)
		closedir(dir);
}

/* @gated: it waits before its exec until its gate is closed. */
static struct target *start_target(bool gated)
{
	struct target *target = &targets[nr_targets];
	int gate[2], out[2];
	char line[64];

	if (nr_targets == TARGETS_MAX)
		return NULL;
	if (pipe2(gate, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe");
	target->pid = fork();
	if (target->pid < 0)
		die("fork");
	if (!target->pid) {
		close(gate[1]);
		become_program(gate[0], out[1]);
	}
	close(gate[0]);
	close(out[1]);
	target->gate = gated ? gate[1] : -1;
	if (!gated) {
		close(gate[1]);
		if (read(out[0], line, sizeof(line)) < 0)
			die("a program");
	}
	target->out = out[0];
	nr_targets++;
	find_threads(target);
	return target;
}

static void open_gate(struct target *target)
{
	if (target->gate >= 0)
		close(target->gate);
	target->gate = -1;
}

static int start_session(int socket, const struct target *target)
{
	struct gdbstub_start start = {
		.size = sizeof(start),
		.sockfd = socket,
		.pidfd = -1,
	};
	int ret;

	if (target) {
		start.pidfd = (int)syscall(SYS_pidfd_open, target->pid, 0);
		if (target->gate >= 0) {
			start.flags = GDBSTUB_START_LAUNCH;
			start.nr_execs = 1;
		}
	}
	ret = ioctl(device, GDBSTUB_START, &start);
	if (start.pidfd >= 0)
		close(start.pidfd);
	starts++;
	return ret;
}

/* Also what no helper says; the module must not mind. */
static void odd_start(void)
{
	struct gdbstub_start start;
	unsigned int i;

	for (i = 0; i < sizeof(start); i++)
		((char *)&start)[i] = (char)when_below(4);
	if (when_below(2))
		start.size = sizeof(start);
	if (when_below(2))
		start.sockfd = -1;
	ioctl(device, GDBSTUB_START, &start);
}

static int connect_client(const struct target *target)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("socketpair");
	if (start_session(pair[1], target)) {
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	close(pair[1]);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	return pair[0];
}

/* @whole: as it should be; else it may be damaged. */
static void write_record(unsigned int type, uint64_t cookie, const char *data,
			 size_t len, bool whole)
{
	static char buf[sizeof(struct gdbstub_record) + TEXT_MAX];
	struct gdbstub_record head = {
		.type = type, .len = (__u32)len, .cookie = cookie };

	memcpy(buf, &head, sizeof(head));
	memcpy(buf + sizeof(head), data, len);
	if (!whole && !when_below(50))
		buf[when_below(sizeof(head))] ^= 1 << when_below(8);
	if (!whole && !when_below(50))
		len = when_below(TEXT_MAX);
	if (write(device, buf, sizeof(head) + len) < 0)
		progress++;
}

/* vAttach and vRun: another process, and the client is told of its stop. */
static void answer_start(const struct gdbstub_record *head, bool launch)
{
	struct target *target = start_target(launch);

	int ret = target ? start_session(-1, target) : -1;

	if (target)
		open_gate(target);
	if (ret) {
		write_record(GDBSTUB_RECORD_REPLY, head->cookie, "E01", 3,
			     true);
		return;
	}
	write_record(GDBSTUB_RECORD_STARTED, head->cookie, "", 0, true);
}

static void answer_packet(const struct gdbstub_record *head, const char *data)
{
	char junk[TEXT_MAX];
	size_t len = when_below(16) ? when_below(40) : when_below(TEXT_MAX);
	size_t i;

	for (i = 0; i < len; i++)
		junk[i] = (char)when_below(256);
	if (!when_below(8))
		write_record(GDBSTUB_RECORD_OUTPUT, head->cookie, junk, len,
			     false);
	if (head->len > 7 && !memcmp(data, "vAttach", 7))
		answer_start(head, false);
	else if (head->len > 4 && !memcmp(data, "vRun", 4))
		answer_start(head, true);
	else if (!when_below(20))
		write_record(GDBSTUB_RECORD_NO_REPLY, head->cookie, "", 0, false);
	else if (!when_below(20))
		write_record(GDBSTUB_RECORD_STARTED, head->cookie, "", 0, false);
	/* Until it has an answer, nothing else is read from the client. */
	write_record(GDBSTUB_RECORD_REPLY, head->cookie + !when_below(16), junk,
		     len, false);
	write_record(GDBSTUB_RECORD_REPLY, head->cookie, "", 0, true);
}

static void take_records(void)
{
	static char buf[sizeof(struct gdbstub_record) + GDBSTUB_RECORD_MAX];
	struct gdbstub_record head;

	while (read(device, buf, sizeof(buf)) > 0) {
		memcpy(&head, buf, sizeof(head));
		records++;
		if (head.type == GDBSTUB_RECORD_PACKET)
			answer_packet(&head, buf + sizeof(head));
		else if (head.type == GDBSTUB_RECORD_CLOSED)
			record_closed = true;
	}
}

/* Counts what came: only the beginnings of packets. */
static void count_replies(const char *buf, ssize_t len)
{
	ssize_t i;

	for (i = 0; i + 1 < len; i++) {
		if (buf[i] != '$' && buf[i] != '%')
			continue;
		replies++;
		oks += buf[i + 1] == 'O';
		errors += buf[i + 1] == 'E';
		stops += buf[i + 1] == 'T' || buf[i] == '%';
	}
}

/* Return: whether something came. */
static bool take_bytes(void)
{
	static char buf[65536];
	ssize_t got = recv(sock, buf, sizeof(buf), MSG_DONTWAIT);

	if (!got || (got < 0 && errno != EAGAIN))
		closed = true;
	if (got <= 0)
		return false;
	count_replies(buf, got);
	return true;
}

/* Takes what comes, until nothing has come for @ms, or after a reply. */
static void collect(int ms)
{
	struct pollfd fds[] = { { .fd = sock, .events = POLLIN },
				{ .fd = device, .events = POLLIN } };
	bool done = false;

	while (!closed && !record_closed && !done && poll(fds, 2, ms) > 0) {
		if (fds[1].revents)
			take_records();
		if (fds[0].revents)
			done = take_bytes();
	}
}

static void send_bytes(const char *data, size_t len)
{
	long end = now_ms() + 2000;
	ssize_t put;

	while (len && !closed && now_ms() < end) {
		put = send(sock, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put < 0 && errno != EAGAIN)
			closed = true;
		if (put <= 0) {
			collect(5);
			continue;
		}
		data += put;
		len -= put;
	}
	/* It reads no more, as when a launch never comes to its stop. */
	if (len && !closed) {
		hang_ups++;
		closed = true;
	}
}

/* Some packets in one go, and as often as not ^C behind them. */
static void send_some(void)
{
	static char out[2 * TEXT_MAX + 8];
	unsigned int nr = 1 + below(6);
	struct text t;

	while (nr--) {
		next_packet(&t);
		send_bytes(out, frame(out, &t));
		sent++;
		progress++;
	}
	if (when_below(2))
		send_bytes("\x03", 1);
	if (!when_below(100))
		send_bytes(when_below(2) ? "+" : "-", 1);
}

static void say_hello(void)
{
	static const char *const hellos[] = {
		"+$QStartNoAckMode#b0+",
		"+$!#21$QStartNoAckMode#b0+",
		"+$qSupported:multiprocess+;swbreak+;fork-events+;"
		"vfork-events+;exec-events+;no-resumed+#f1$QStartNoAckMode#b0+",
		"",
	};
	const char *hello = hellos[when_below(4)];

	send_bytes(hello, strlen(hello));
	collect(20);
}

/* The client is gone; another one may come. Return: whether it did. */
static bool reconnect(void)
{
	const struct target *target = NULL;

	close(sock);
	sock = -1;
	if (when_below(2))
		nap_ms(when_below(20));
	take_records();
	if (record_closed || when_below(4))
		target = start_target(false);
	closed = record_closed = false;
	sock = connect_client(target);
	if (sock < 0 && target)
		sock = connect_client(NULL);
	if (sock < 0)
		return false;
	reconnects++;
	return true;
}

static void talk(void)
{
	unsigned long end = sent + SESSION_PACKETS;
	unsigned long leave = sent + when_below(2 * SESSION_PACKETS);

	say_hello();
	while (sent < end) {
		enter(TALK);
		send_some();
		collect(when_below(4) ? when_below(4) : 30);
		if (!when_below(200))
			odd_start();
		if (!closed && !record_closed && sent < leave)
			continue;
		leave = end;
		if (!reconnect())
			break;
		say_hello();
	}
}

/* What has an open descriptor of the device keeps the session; the last is us. */
static void begin_session(void)
{
	struct target *target;

	enter(BEGIN);
	nr_targets = 0;
	closed = record_closed = false;
	what_state = number * 0x2545f4914f6cdd1dull;
	may_write = below(2);
	mutations = 1 + below(3);
	device = open("/dev/" GDBSTUB_DEVICE_NAME,
		      O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (device < 0)
		die("/dev/" GDBSTUB_DEVICE_NAME);
	target = start_target(!when_below(6));
	sock = connect_client(target);
	open_gate(target);
}

static void end_session(void)
{
	bool late = when_below(2);

	enter(CLOSE);
	if (sock >= 0 && late)
		close(sock);
	if (when_below(2))
		nap_ms(when_below(3));
	close(device);
	if (sock >= 0 && !late)
		close(sock);
	sock = device = -1;
	progress++;
}

/* The text of programs, and what it is compared with; read once. */
static const char *file_text(const char *path, size_t *len)
{
	static struct file {
		char path[256];
		char *text;
		size_t len;
	} files[32];
	struct file *file = files;
	struct stat st;
	int fd;

	while (file->path[0] && strcmp(file->path, path))
		if (++file == files + 32)
			return NULL;
	if (!file->path[0]) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st))
			die(path);
		snprintf(file->path, sizeof(file->path), "%s", path);
		file->len = st.st_size;
		file->text = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd,
				  0);
		if (file->text == MAP_FAILED)
			die(path);
		close(fd);
	}
	*len = file->len;
	return file->text;
}

static size_t differs(int mem, const char *path, unsigned long start,
		      unsigned long end, unsigned long offset)
{
	static char ours[1 << 16];
	const char *theirs;
	size_t len, all;
	ssize_t got;

	theirs = file_text(path, &all);
	for (; theirs && start < end && offset < all; start += len) {
		len = end - start < sizeof(ours) ? end - start : sizeof(ours);
		if (len > all - offset)
			len = all - offset;
		got = pread(mem, ours, len, (off_t)start);
		if (got < (ssize_t)len)
			return 0;
		if (memcmp(ours, theirs + offset, len))
			return start;
		offset += len;
	}
	return 0;
}

static void check_text(const char *pid)
{
	unsigned long start, end, offset, where;
	char name[64], line[512], perms[8], path[256];
	FILE *maps;
	int mem;

	snprintf(name, sizeof(name), "/proc/%s/mem", pid);
	mem = open(name, O_RDONLY | O_CLOEXEC);
	snprintf(name, sizeof(name), "/proc/%s/maps", pid);
	maps = fopen(name, "re");
	while (maps && mem >= 0 && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %255s", &start, &end,
			   perms, &offset, path) != 5 ||
		    path[0] != '/' || strcmp(perms, "r-xp"))
			continue;
		where = differs(mem, path, start, end, offset);
		if (!where)
			continue;
		printf("BAD session %lu: text of %s differs at %lx of %s\n",
		       number, pid, where, path);
		bad++;
	}
	if (maps)
		fclose(maps);
	if (mem >= 0)
		close(mem);
}

/* Calls @look for each process of the programs' user. */
static unsigned int for_each_program(void (*look)(const char *pid))
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	unsigned int nr = 0;
	struct stat st;

	while ((entry = readdir(dir))) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' ||
		    fstatat(dirfd(dir), entry->d_name, &st, 0) ||
		    st.st_uid != NOBODY)
			continue;
		nr++;
		look(entry->d_name);
	}
	closedir(dir);
	return nr;
}

static char complaint[512];

static void look_at_thread(const char *pid, const char *tid)
{
	char name[600], line[256], state = 0;
	FILE *status;

	snprintf(name, sizeof(name), "/proc/%s/task/%s/status", pid, tid);
	status = fopen(name, "re");
	while (status && fgets(line, sizeof(line), status)) {
		if (!strncmp(line, "State:", 6))
			state = line[7];
		if (state == 'Z' || state == 'X')
			break;
		if (state == 't' || state == 'T' ||
		    !strncmp(line, "Utrace:", 7) ||
		    (!strncmp(line, "TracerPid:", 10) && atoi(line + 10)))
			snprintf(complaint, sizeof(complaint),
				 "thread %s/%s, state %c: %.200s", pid, tid,
				 state, line);
	}
	if (status)
		fclose(status);
}

static void look_at_threads(const char *pid)
{
	struct dirent *entry;
	char name[300];
	DIR *dir;

	snprintf(name, sizeof(name), "/proc/%s/task", pid);
	dir = opendir(name);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			look_at_thread(pid, entry->d_name);
	if (dir)
		closedir(dir);
}

static void go_on(const char *pid)
{
	kill(atoi(pid), SIGCONT);
}

static void end_it(const char *pid)
{
	kill(atoi(pid), SIGKILL);
	snprintf(complaint, sizeof(complaint), "process %s lives on", pid);
}

/* A stop signal is something that a client may send. */
static void check_clean(void)
{
	long end = now_ms() + CLEAN_WAIT_MS;

	enter(LOOK);
	for (;;) {
		complaint[0] = '\0';
		for_each_program(look_at_threads);
		if (!complaint[0])
			break;
		if (now_ms() > end) {
			printf("BAD session %lu: %s\n", number, complaint);
			bad++;
			break;
		}
		for_each_program(go_on);
		nap_ms(2);
	}
	if (!may_write && !complaint[0])
		for_each_program(check_text);
}

static void end_targets(void)
{
	long end = now_ms() + CLEAN_WAIT_MS;

	enter(KILL);
	while (nr_targets) {
		nr_targets--;
		kill(targets[nr_targets].pid, SIGKILL);
		close(targets[nr_targets].out);
	}
	while (for_each_program(end_it) && now_ms() < end) {
		while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
			continue;
		nap_ms(2);
	}
	if (now_ms() >= end) {
		printf("BAD session %lu: %s\n", number, complaint);
		bad++;
	}
	while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
		continue;
	progress++;
}

static void show_stack(const char *pid)
{
	char command[200];

	snprintf(command, sizeof(command),
		 "for f in /proc/%s/task/*; do cat $f/status $f/stack; done",
		 pid);
	if (system(command))
		return;
}

/* What is stuck in the kernel cannot say so itself. */
static void *watch_progress(void *arg)
{
	unsigned long before = -1ul;
	char self[16];

	for (;;) {
		if (progress == before) {
			printf("BAD session %lu: stuck: %s\n", number,
			       phase_names[doing]);
			snprintf(self, sizeof(self), "%d", getpid());
			show_stack(self);
			for_each_program(show_stack);
			fflush(stdout);
			_exit(1);
		}
		before = progress;
		sleep(STUCK_S);
	}
	return arg;
}

static void read_recorded(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[TEXT_MAX];
	struct text *t;

	if (!file)
		die(path);
	while (nr_recorded < RECORDED_MAX && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!line[0] || !strncmp(line, "# ", 2))
			continue;
		t = &recorded[nr_recorded++];
		t->len = strlen(line);
		memcpy(t->b, line, t->len);
	}
	fclose(file);
	if (!nr_recorded)
		die(path);
}

static void say_what_was_done(unsigned long next)
{
	printf("packets %lu replies %lu ok %lu errors %lu stops %lu records "
	       "%lu starts %lu reconnects %lu hang-ups %lu bad %lu next %lu\n",
	       sent, replies, oks, errors, stops, records, starts, reconnects,
	       hang_ups, bad, next);
	printf("ms:");
	for (int i = 0; i < NR_PHASES; i++)
		printf(" %s %ld", phase_names[i], phase_ms[i]);
	putchar('\n');
	fflush(stdout);
}

static void run(unsigned long seed, unsigned long first, unsigned long packets,
		long seconds)
{
	long end = now_ms() + seconds * 1000, say = now_ms();
	unsigned long nr;

	phase_since = now_ms();
	for (nr = first; sent < packets && !bad && now_ms() < end; nr++) {
		number = seed * 1000000 + nr;
		begin_session();
		if (sock >= 0)
			talk();
		end_session();
		check_clean();
		end_targets();
		enter(BEGIN);
		if (now_ms() < say)
			continue;
		say_what_was_done(nr + 1);
		say = now_ms() + 10000;
	}
	say_what_was_done(nr);
}

int main(int argc, char **argv)
{
	pthread_t watcher;
	int i;

	only_print = argc > 1 && !strcmp(argv[1], "-p");
	argv += only_print;
	argc -= only_print;
	if (argc < 7)
		return 2;
	read_recorded(argv[1]);
	for (i = 6; i < argc && nr_programs < PROGRAMS_MAX; i++)
		programs[nr_programs++] = argv[i];
	if (only_print) {
		number = strtoul(argv[2], NULL, 0) * 1000000 +
			 strtoul(argv[3], NULL, 0);
		what_state = number * 0x2545f4914f6cdd1dull;
		may_write = below(2);
		mutations = 1 + below(3);
		print_session();
		return 0;
	}
	when_state = (uint64_t)now_ms();
	setvbuf(stdout, NULL, _IOLBF, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pthread_create(&watcher, NULL, watch_progress, NULL))
		die("a thread");
	run(strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0),
	    strtoul(argv[4], NULL, 0), atol(argv[5]));
	return bad != 0;
}
