// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vm-run: runs a command in a guest as if it ran here: its output, its input,
 * its exit status, with -t a terminal. One thread, one connection. When this
 * process ends early, however it ends, the agent ends the command.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"

/* Exit statuses of our own, out of the way of most programs'. */
#define STATUS_TIMEOUT	124	/* as timeout(1) */
#define STATUS_USAGE	254
#define STATUS_GUEST	255	/* the guest is dead, hung, or not there */

#define CONSOLE_TAIL	4096

struct client {
	const char *dir;
	const char *user;
	const char *cwd;
	bool tty;
	bool no_stdin;
	int timeout_s;		/* 0: none */
	int silence_s;		/* after this long the guest counts as hung */
	char **env;
	int nr_env;

	int sock;
	int signals;		/* signalfd */
	int stdin_fd;		/* -1 after its end */
	size_t window;		/* stdin bytes that may still be sent */
	bool ending;		/* the timeout has passed */
	bool raw;
	struct termios saved;
	struct vm_buf in;
	struct vm_buf out;
};

static struct client client = {
	.user = "root",
	.silence_s = 60,
	.stdin_fd = STDIN_FILENO,
	.window = VM_STDIN_WINDOW,
};

static void restore_tty(void)
{
	if (client.raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &client.saved);
}

static void __attribute__((noreturn, format(printf, 2, 3)))
quit(int status, const char *fmt, ...)
{
	va_list args;

	restore_tty();
	fprintf(stderr, "vm-run: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(status);
}

static FILE *open_run_file(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", client.dir, name);
	return fopen(path, "re");
}

static void show_console_tail(void)
{
	FILE *file = open_run_file("console");
	char text[CONSOLE_TAIL];
	size_t len;

	if (!file)
		return;
	fseek(file, 0, SEEK_END);
	if (ftell(file) > CONSOLE_TAIL)
		fseek(file, -CONSOLE_TAIL, SEEK_END);
	else
		rewind(file);
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	fprintf(stderr, "---- end of %s/console ----\n", client.dir);
	fwrite(text, 1, len, stderr);
	fprintf(stderr, "\n----\n");
}

static void __attribute__((noreturn)) guest_lost(const char *how)
{
	restore_tty();
	client.raw = false;
	show_console_tail();
	quit(STATUS_GUEST, "the guest %s", how);
}

static time_t now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* ---- connecting ---- */

/* Reads "GUESTPORT HOSTPORT" lines; the agent's is named "agent". */
static int agent_host_port(void)
{
	FILE *file = open_run_file("ports");
	char name[32];
	int port;

	if (!file)
		quit(STATUS_GUEST, "no guest in %s (vm-boot starts one)",
		     client.dir);
	while (fscanf(file, "%31s %d", name, &port) == 2) {
		if (!strcmp(name, "agent")) {
			fclose(file);
			return port;
		}
	}
	quit(STATUS_GUEST, "%s/ports names no agent", client.dir);
}

static void send_token(void)
{
	FILE *file = open_run_file("token");
	char token[VM_TOKEN_LEN];

	if (!file || fread(token, 1, sizeof(token), file) != sizeof(token))
		quit(STATUS_GUEST, "%s/token: %s", client.dir,
		     strerror(errno));
	fclose(file);
	vm_buf_append(&client.out, token, sizeof(token));
}

static void connect_guest(void)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(agent_host_port()),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	client.sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client.sock < 0)
		quit(STATUS_GUEST, "socket: %s", strerror(errno));
	if (connect(client.sock, (struct sockaddr *)&in, sizeof(in)))
		guest_lost("is not running");
	fcntl(client.sock, F_SETFL, O_NONBLOCK);
}

static void add_string(struct vm_buf *buf, const char *prefix,
		       const char *text)
{
	vm_buf_append(buf, prefix, strlen(prefix));
	vm_buf_append(buf, text, strlen(text) + 1);
}

static void add_directory(struct vm_buf *buf)
{
	char cwd[4096];

	if (client.cwd)
		add_string(buf, "cwd=", client.cwd);
	else if (getcwd(cwd, sizeof(cwd)))
		add_string(buf, "try-cwd=", cwd);
}

static void send_request(char **argv)
{
	const char *term = getenv("TERM");
	struct vm_buf text = { 0 };
	int i;

	if (client.tty) {
		add_string(&text, "tty", "");
		add_string(&text, "env=TERM=", term ? term : "dumb");
	}
	add_string(&text, "user=", client.user);
	add_directory(&text);
	for (i = 0; i < client.nr_env; i++)
		add_string(&text, "env=", client.env[i]);
	add_string(&text, "--", "");
	for (; *argv; argv++)
		add_string(&text, "", *argv);
	if (text.len > VM_FRAME_MAX)
		quit(STATUS_USAGE, "the command is too long");
	vm_frame_put(&client.out, VM_REQUEST, text.data, text.len);
	free(text.data);
}

/* ---- our side of the terminal ---- */

static void send_winsize(void)
{
	struct vm_winsize size;
	struct winsize ws;

	if (!client.tty || ioctl(STDIN_FILENO, TIOCGWINSZ, &ws))
		return;
	size.rows = ws.ws_row;
	size.cols = ws.ws_col;
	vm_frame_put(&client.out, VM_WINSIZE, &size, sizeof(size));
}

static void make_raw(void)
{
	struct termios tio;

	if (!client.tty || tcgetattr(STDIN_FILENO, &client.saved))
		return;
	tio = client.saved;
	cfmakeraw(&tio);
	client.raw = !tcsetattr(STDIN_FILENO, TCSADRAIN, &tio);
}

static void take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	client.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (client.signals < 0)
		quit(STATUS_USAGE, "signalfd: %s", strerror(errno));
	signal(SIGPIPE, SIG_IGN);
}

static void pass_signal(void)
{
	struct signalfd_siginfo info;
	int32_t sig;

	if (read(client.signals, &info, sizeof(info)) != sizeof(info))
		return;
	sig = info.ssi_signo;
	if (sig == SIGWINCH) {
		send_winsize();
		return;
	}
	if (sig == SIGHUP) {
		restore_tty();
		exit(128 + SIGHUP);
	}
	vm_frame_put(&client.out, VM_SIGNAL, &sig, sizeof(sig));
}

/* ---- bytes in both directions ---- */

static void take_stdin(void)
{
	char data[VM_FRAME_MAX / 4];
	size_t want = sizeof(data);
	ssize_t len;

	if (want > client.window)
		want = client.window;
	len = read(client.stdin_fd, data, want);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		client.stdin_fd = -1;
		vm_frame_put(&client.out, VM_STDIN_EOF, NULL, 0);
		return;
	}
	client.window -= len;
	vm_frame_put(&client.out, VM_STDIN, data, len);
}

static void write_out(int fd, const char *data, size_t len)
{
	struct pollfd pfd = { fd, POLLOUT, 0 };

	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EAGAIN)
			poll(&pfd, 1, -1);
		else if (n < 0 && errno != EINTR)
			quit(128 + SIGPIPE, "output: %s", strerror(errno));
		if (n > 0) {
			data += n;
			len -= n;
		}
	}
}

static void __attribute__((noreturn)) finish(int32_t status)
{
	restore_tty();
	if (client.ending)
		exit(STATUS_TIMEOUT);
	exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
	     WEXITSTATUS(status));
}

static void handle_frame(const struct vm_frame *frame)
{
	uint32_t grant;
	int32_t status;

	switch (frame->type) {
	case VM_STDOUT:
		write_out(STDOUT_FILENO, frame->data, frame->len);
		break;
	case VM_STDERR:
		write_out(STDERR_FILENO, frame->data, frame->len);
		break;
	case VM_GRANT:
		memcpy(&grant, frame->data, sizeof(grant));
		client.window += grant;
		break;
	case VM_ALIVE:
		break;
	case VM_FAILED:
		quit(STATUS_GUEST, "%.*s", (int)frame->len, frame->data);
	case VM_EXIT:
		memcpy(&status, frame->data, sizeof(status));
		finish(status);
	default:
		guest_lost("does not speak vm-run's protocol");
	}
}

static void take_frames(void)
{
	bool open = vm_buf_fill(&client.in, client.sock);
	struct vm_frame frame;
	int got;

	while ((got = vm_frame_get(&client.in, &frame)) > 0)
		handle_frame(&frame);
	if (got < 0)
		guest_lost("does not speak vm-run's protocol");
	if (!open)
		guest_lost("went away");
}

/*
 * The command gets SIGTERM, and five seconds later we leave, at which the
 * agent ends what is left.
 */
static void check_timeout(time_t started)
{
	int32_t sig = SIGTERM;
	time_t spent = now_seconds() - started;

	if (!client.timeout_s || spent < client.timeout_s)
		return;
	if (spent >= client.timeout_s + 5)
		quit(STATUS_TIMEOUT, "the command did not end in %d s",
		     client.timeout_s);
	if (!client.ending)
		vm_frame_put(&client.out, VM_SIGNAL, &sig, sizeof(sig));
	client.ending = true;
}

static void __attribute__((noreturn)) talk(void)
{
	time_t started = now_seconds(), heard = started;

	for (;;) {
		struct pollfd pfd[] = {
			{ client.sock,
			  POLLIN | (client.out.len ? POLLOUT : 0), 0 },
			{ client.signals, POLLIN, 0 },
			{ client.window ? client.stdin_fd : -1, POLLIN, 0 },
		};

		poll(pfd, sizeof(pfd) / sizeof(pfd[0]), 1000);
		if (pfd[0].revents & ~POLLOUT) {
			take_frames();
			heard = now_seconds();
		}
		if (now_seconds() - heard > client.silence_s)
			guest_lost("has fallen silent: hung");
		if (pfd[1].revents)
			pass_signal();
		if (pfd[2].revents)
			take_stdin();
		check_timeout(started);
		/* A reset shows in the next read, with what came before it. */
		vm_buf_drain(&client.out, client.sock, NULL);
	}
}

static const char help[] =
"Usage: vm-run [OPTION]... [--] COMMAND [ARGUMENT]...\n"
"Run COMMAND in the guest with this command's input, output and directory.\n"
"\n"
"  -d, --dir=DIR        the guest's run directory\n"
"  -t, --tty            give the command a terminal\n"
"  -n, --no-stdin       its input is empty\n"
"  -u, --user=NAME      run it as this user of the guest\n"
"  -C, --cwd=DIR        in this directory\n"
"  -e, --env=NAME=VALUE with this in its environment\n"
"  -T, --timeout=S      end it after S seconds, exit status 124\n"
"      --silence=S      take the guest for hung after S silent seconds (60)\n"
"\n"
"Exit status: the command's; 128 + N when signal N ended it; 126 or 127 when\n"
"it could not be started; 255 when the guest is dead, hung, or not there (then\n"
"the end of its console is shown); 254 for wrong usage.\n";

static int parse_seconds(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < 1 || value > 86400)
		quit(STATUS_USAGE, "%s: not a number of seconds", text);
	return value;
}

static void take_option(int opt)
{
	switch (opt) {
	case 'd':
		client.dir = optarg;
		break;
	case 't':
		client.tty = true;
		break;
	case 'n':
		client.no_stdin = true;
		break;
	case 'u':
		client.user = optarg;
		break;
	case 'C':
		client.cwd = optarg;
		break;
	case 'e':
		client.env[client.nr_env++] = optarg;
		break;
	case 'T':
		client.timeout_s = parse_seconds(optarg);
		break;
	case 's':
		client.silence_s = parse_seconds(optarg);
		break;
	case 'h':
		fputs(help, stdout);
		exit(0);
	default:
		exit(STATUS_USAGE);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "tty", no_argument, NULL, 't' },
		{ "no-stdin", no_argument, NULL, 'n' },
		{ "user", required_argument, NULL, 'u' },
		{ "cwd", required_argument, NULL, 'C' },
		{ "env", required_argument, NULL, 'e' },
		{ "timeout", required_argument, NULL, 'T' },
		{ "silence", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int opt;

	client.env = calloc(argc, sizeof(char *));
	while ((opt = getopt_long(argc, argv, "+d:tnu:C:e:T:h", options,
				  NULL)) >= 0)
		take_option(opt);
	if (optind == argc)
		quit(STATUS_USAGE, "no command; try vm-run --help");
	if (!client.dir)
		quit(STATUS_USAGE, "no --dir");

	connect_guest();
	send_token();
	send_request(argv + optind);
	take_signals();
	make_raw();
	send_winsize();
	if (client.no_stdin) {
		client.stdin_fd = -1;
		vm_frame_put(&client.out, VM_STDIN_EOF, NULL, 0);
	}
	talk();
}
