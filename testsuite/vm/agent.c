// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The agent: runs commands in the guest for vm-run. The listener is pid 1; each
 * connection has a process of its own, which owns one command. A request is a
 * list of strings, each ended by a NUL: "tty", "user=NAME", "cwd=DIR" (must
 * exist), "try-cwd=DIR", "env=NAME=VALUE", then "--", then the command.
 *
 * When the client goes away before the command has ended, the command's
 * process group gets SIGHUP and, a second later, its session SIGKILL.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

#define NR_GROUPS	64
#define OUTPUT_HIGH	(4 * VM_FRAME_MAX)

/* One connection. Everything here belongs to the connection's own process. */
struct session {
	int conn;
	int child_events;	/* signalfd for SIGCHLD */
	int in;			/* to the command's stdin, -1 once closed */
	int out;		/* from its stdout; with a tty, same as @in */
	int err;
	pid_t pid;		/* also its process group and session */
	bool tty;
	bool in_ends;		/* close @in when @to_command is empty */
	bool exited;
	int status;
	time_t last_sent;	/* CLOCK_MONOTONIC seconds */
	struct vm_buf from_client;
	struct vm_buf to_client;
	struct vm_buf to_command;
};

struct request {
	bool tty;
	const char *user;
	const char *cwd;
	bool cwd_optional;
	char **argv;
};

static time_t now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* Sends what is queued, however long it takes; for the last words. */
static void flush_all(struct session *s)
{
	fcntl(s->conn, F_SETFL, fcntl(s->conn, F_GETFL) & ~O_NONBLOCK);
	vm_buf_drain(&s->to_client, s->conn, NULL);
}

static void fail(struct session *s, const char *what)
{
	char text[512];
	int len;

	len = snprintf(text, sizeof(text), "%s: %s", what, strerror(errno));
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	vm_frame_put(&s->to_client, VM_FAILED, text, len);
	flush_all(s);
	exit(0);
}

/* ---- starting the command: all in the child, up to exec ---- */

static void child_fail(const char *what)
{
	fprintf(stderr, "vm-run: %s: %s\n", what, strerror(errno));
	_exit(126);
}

static struct passwd *find_user(const char *name)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *pw;

	if (!file)
		child_fail("/etc/passwd");
	while ((pw = fgetpwent(file)))
		if (!strcmp(pw->pw_name, name))
			break;
	fclose(file);
	if (!pw) {
		errno = ENOENT;
		child_fail(name);
	}
	return pw;
}

static bool group_has(const struct group *gr, const char *name)
{
	char **member;

	for (member = gr->gr_mem; *member; member++)
		if (!strcmp(*member, name))
			return true;
	return false;
}

/* initgroups() would need the C library's name service modules. */
static void set_groups(const struct passwd *pw)
{
	FILE *file = fopen("/etc/group", "re");
	gid_t groups[NR_GROUPS];
	int nr_groups = 0;
	struct group *gr;

	groups[nr_groups++] = pw->pw_gid;
	while (file && nr_groups < NR_GROUPS && (gr = fgetgrent(file)))
		if (group_has(gr, pw->pw_name))
			groups[nr_groups++] = gr->gr_gid;
	if (file)
		fclose(file);
	if (setgroups(nr_groups, groups))
		child_fail("setgroups");
}

static void become_user(const char *name, int tty)
{
	struct passwd *pw = find_user(name);

	setenv("HOME", pw->pw_dir, 0);
	setenv("USER", name, 0);
	setenv("LOGNAME", name, 0);
	if (tty >= 0 && fchown(tty, pw->pw_uid, 5))
		child_fail("chown of the terminal");
	set_groups(pw);
	if (setgid(pw->pw_gid) || setuid(pw->pw_uid))
		child_fail("setuid");
}

static void enter_directory(const struct request *req)
{
	if (!req->cwd || !chdir(req->cwd))
		return;
	if (!req->cwd_optional)
		child_fail(req->cwd);
	if (chdir("/"))
		child_fail("/");
}

static void exec_command(const struct request *req, int tty)
{
	static const int special[] = { SIGPIPE, SIGHUP, SIGINT, SIGQUIT,
				       SIGTERM, SIGCHLD, SIGTTOU };
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		signal(special[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	become_user(req->user, tty);
	enter_directory(req);
	execvp(req->argv[0], req->argv);
	fprintf(stderr, "vm-run: %s: %s\n", req->argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void start_on_tty(struct session *s, const struct request *req)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	char name[64];
	int slave;

	if (master < 0 || unlockpt(master) ||
	    ptsname_r(master, name, sizeof(name)))
		fail(s, "/dev/ptmx");
	s->pid = fork();
	if (s->pid < 0)
		fail(s, "fork");
	if (s->pid) {
		s->in = master;
		s->out = master;
		return;
	}
	setsid();
	slave = open(name, O_RDWR);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0))
		child_fail(name);
	dup2(slave, 0);
	dup2(slave, 1);
	dup2(slave, 2);
	if (slave > 2)
		close(slave);
	exec_command(req, 0);
}

static void start_on_pipes(struct session *s, const struct request *req)
{
	int in[2], out[2], err[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) ||
	    pipe2(err, O_CLOEXEC))
		fail(s, "pipe");
	s->pid = fork();
	if (s->pid < 0)
		fail(s, "fork");
	if (!s->pid) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		exec_command(req, -1);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	s->in = in[1];
	s->out = out[0];
	s->err = err[0];
	set_nonblocking(s->err);
}

static bool strip(char **text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*text, prefix, len))
		return false;
	*text += len;
	return true;
}

static void parse_option(struct request *req, char *text)
{
	if (!strcmp(text, "tty"))
		req->tty = true;
	else if (strip(&text, "user="))
		req->user = text;
	else if (strip(&text, "cwd="))
		req->cwd = text;
	else if (strip(&text, "env="))
		putenv(text);
	else if (strip(&text, "try-cwd=")) {
		req->cwd = text;
		req->cwd_optional = true;
	}
}

/*
 * The strings stay in @text, which must outlive the command's start. Returns
 * false when they do not end in a NUL or hold no command.
 */
static bool parse_request(struct request *req, char *text, size_t len)
{
	char *end = text + len;
	char **arg;

	if (!len || text[len - 1])
		return false;
	for (; text < end && strcmp(text, "--"); text += strlen(text) + 1)
		parse_option(req, text);
	if (text >= end)
		return false;

	arg = req->argv = calloc(len, sizeof(char *));
	if (!arg)
		return false;
	for (text += strlen(text) + 1; text < end; text += strlen(text) + 1)
		*arg++ = text;
	return req->argv[0];
}

static void start_command(struct session *s, const struct vm_frame *frame)
{
	struct request req = { .user = "root" };
	char *text = malloc(frame->len + 1);

	memcpy(text, frame->data, frame->len);
	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
	       "/sbin:/bin", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("SHELL", "/bin/sh", 1);
	if (!parse_request(&req, text, frame->len)) {
		errno = EINVAL;
		fail(s, "request");
	}
	s->tty = req.tty;
	if (s->tty)
		start_on_tty(s, &req);
	else
		start_on_pipes(s, &req);
	set_nonblocking(s->in);
	set_nonblocking(s->out);
	set_nonblocking(s->conn);
}

/* ---- ending it ---- */

/* Returns the session of a process, or -1. The name may hold anything. */
static pid_t session_of(const char *pid)
{
	char path[64], stat[512], *after;
	pid_t session = -1;
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	len = fread(stat, 1, sizeof(stat) - 1, file);
	fclose(file);
	stat[len] = '\0';
	after = strrchr(stat, ')');
	if (after)
		sscanf(after + 1, " %*c %*d %*d %d", &session);
	return session;
}

static void kill_session(pid_t session)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (session_of(entry->d_name) == session)
			kill(atoi(entry->d_name), SIGKILL);
	if (proc)
		closedir(proc);
}

static void hang_up(struct session *s)
{
	struct pollfd pfd = { .fd = s->child_events, .events = POLLIN };

	if (s->pid <= 0)
		exit(0);
	if (!s->exited) {
		kill(-s->pid, SIGHUP);
		kill(-s->pid, SIGCONT);
		poll(&pfd, 1, 1000);
		kill_session(s->pid);
	}
	exit(0);
}

/* ---- bytes in both directions ---- */

static void take_output(struct session *s, int *fd, enum vm_frame_type type)
{
	char data[VM_FRAME_MAX / 4];
	ssize_t len = read(*fd, data, sizeof(data));

	if (len > 0) {
		vm_frame_put(&s->to_client, type, data, len);
		return;
	}
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (s->in == *fd)
		s->in = -1;
	close(*fd);
	*fd = -1;
}

/*
 * A command that has ended may have left others behind that hold its stdout:
 * only what is there is taken.
 */
static void take_rest(struct session *s)
{
	size_t before;

	do {
		before = s->to_client.len;
		if (s->out >= 0)
			take_output(s, &s->out, VM_STDOUT);
		if (s->err >= 0)
			take_output(s, &s->err, VM_STDERR);
	} while (s->to_client.len != before);
}

static void reap(struct session *s)
{
	struct signalfd_siginfo info;

	while (read(s->child_events, &info, sizeof(info)) > 0)
		;
	if (waitpid(s->pid, &s->status, WNOHANG) == s->pid)
		s->exited = true;
}

static void give_input(struct session *s)
{
	size_t given = 0;
	uint32_t grant;

	if (!vm_buf_drain(&s->to_command, s->in, &given)) {
		/* Nobody reads: throw it away, the client need not know. */
		given += s->to_command.len;
		s->to_command.len = 0;
		s->in_ends = !s->tty;
	}
	if (given) {
		grant = given;
		vm_frame_put(&s->to_client, VM_GRANT, &grant, sizeof(grant));
	}
	if (s->in_ends && !s->to_command.len) {
		close(s->in);
		s->in = -1;
	}
}

/* A terminal has no end of file of its own: type what stands for it. */
static void end_input(struct session *s)
{
	struct termios tio;

	if (!s->tty) {
		s->in_ends = true;
		return;
	}
	if (s->in >= 0 && !tcgetattr(s->in, &tio))
		vm_buf_append(&s->to_command, &tio.c_cc[VEOF], 1);
}

static void set_winsize(struct session *s, const struct vm_frame *frame)
{
	struct vm_winsize size;
	struct winsize ws = { 0 };

	if (!s->tty || s->in < 0 || frame->len != sizeof(size))
		return;
	memcpy(&size, frame->data, sizeof(size));
	ws.ws_row = size.rows;
	ws.ws_col = size.cols;
	ioctl(s->in, TIOCSWINSZ, &ws);
}

static void send_signal(struct session *s, const struct vm_frame *frame)
{
	int32_t sig;

	if (frame->len != sizeof(sig) || s->exited)
		return;
	memcpy(&sig, frame->data, sizeof(sig));
	kill(-s->pid, sig);
}

static void handle_frame(struct session *s, const struct vm_frame *frame)
{
	switch (frame->type) {
	case VM_STDIN:
		vm_buf_append(&s->to_command, frame->data, frame->len);
		break;
	case VM_STDIN_EOF:
		end_input(s);
		break;
	case VM_WINSIZE:
		set_winsize(s, frame);
		break;
	case VM_SIGNAL:
		send_signal(s, frame);
		break;
	default:
		hang_up(s);
	}
}

static void handle_frames(struct session *s)
{
	struct vm_frame frame;
	int got;

	while ((got = vm_frame_get(&s->from_client, &frame)) > 0)
		handle_frame(s, &frame);
	if (got < 0)
		hang_up(s);
}

static void serve_round(struct session *s)
{
	bool full = s->to_client.len > OUTPUT_HIGH;
	bool feed = s->to_command.len || s->in_ends;
	struct pollfd pfd[] = {
		{ s->conn, POLLIN | (s->to_client.len ? POLLOUT : 0), 0 },
		{ s->child_events, POLLIN, 0 },
		{ full ? -1 : s->out, POLLIN, 0 },
		{ full ? -1 : s->err, POLLIN, 0 },
		{ feed ? s->in : -1, POLLOUT, 0 },
	};

	poll(pfd, sizeof(pfd) / sizeof(pfd[0]), 1000);
	if (pfd[0].revents & ~POLLOUT) {
		if (!vm_buf_fill(&s->from_client, s->conn))
			hang_up(s);
		handle_frames(s);
	}
	if (pfd[1].revents)
		reap(s);
	if (pfd[4].revents && s->in >= 0)
		give_input(s);
	if (pfd[2].revents && s->out >= 0)
		take_output(s, &s->out, VM_STDOUT);
	if (pfd[3].revents && s->err >= 0)
		take_output(s, &s->err, VM_STDERR);

	if (!s->to_client.len && now_seconds() != s->last_sent)
		vm_frame_put(&s->to_client, VM_ALIVE, NULL, 0);
	if (s->to_client.len) {
		s->last_sent = now_seconds();
		if (!vm_buf_drain(&s->to_client, s->conn, NULL))
			hang_up(s);
	}
}

/* Whoever cannot name the token within ten seconds is not our client. */
static void check_client(int conn, const char token[VM_TOKEN_LEN])
{
	char said[VM_TOKEN_LEN];

	alarm(10);
	if (recv(conn, said, sizeof(said), MSG_WAITALL) != sizeof(said) ||
	    memcmp(said, token, sizeof(said)))
		exit(0);
	alarm(0);
}

static void read_request(struct session *s)
{
	struct vm_frame frame;
	int got;

	while (!(got = vm_frame_get(&s->from_client, &frame)))
		if (!vm_buf_fill(&s->from_client, s->conn))
			exit(0);
	if (got < 0 || frame.type != VM_REQUEST)
		exit(0);
	start_command(s, &frame);
	/* The first input may have come with the request. */
	handle_frames(s);
}

static void serve_connection(int conn, const char token[VM_TOKEN_LEN])
{
	struct session s = { .conn = conn, .in = -1, .out = -1, .err = -1 };
	sigset_t child;
	int32_t status;

	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "vm-agent");
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	s.child_events = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s.child_events < 0)
		exit(1);

	check_client(conn, token);
	read_request(&s);
	while (!s.exited)
		serve_round(&s);

	take_rest(&s);
	status = s.status;
	vm_frame_put(&s.to_client, VM_EXIT, &status, sizeof(status));
	flush_all(&s);
	exit(0);
}

static int listen_for_clients(void)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(VM_AGENT_PORT),
	};
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (sock < 0 || bind(sock, (struct sockaddr *)&in, sizeof(in)) ||
	    listen(sock, 64)) {
		perror("vm: agent");
		exit(1);
	}
	return sock;
}

/**
 * agent_serve() - the rest of pid 1's life
 * @token: what a client must say first
 *
 * Ignoring SIGCHLD makes the kernel reap every orphan.
 */
void agent_serve(const char token[VM_TOKEN_LEN])
{
	int sock = listen_for_clients();

	signal(SIGCHLD, SIG_IGN);
	printf("vm: ready\n");
	fflush(stdout);
	for (;;) {
		int conn = accept4(sock, NULL, NULL, SOCK_CLOEXEC);

		if (conn < 0)
			continue;
		if (!fork()) {
			close(sock);
			serve_connection(conn, token);
		}
		close(conn);
	}
}
