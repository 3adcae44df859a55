// SPDX-License-Identifier: GPL-2.0-or-later
/* Clients on the standard input and output, or on a serial line. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "line.h"
#include "report.h"

void line_init(struct line *line)
{
	*line = (struct line) { .in = -1, .out = -1, .tty = -1 };
}

bool line_names_tty(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISCHR(st.st_mode);
}

static void take_stdio(struct line *line)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	line->in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	line->out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (null < 0 || line->in < 0 || line->out < 0 ||
	    dup2(null, STDIN_FILENO) < 0 ||
	    dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		perror_msg_and_die("cannot redirect stdin and stdout");
	close(null);
	report("stdin/stdout redirected");
}

/*
 * The protocol is made for eight bits and no echo. Opened without waiting for
 * a carrier; reads and writes follow poll().
 */
static void take_tty(struct line *line, const char *path)
{
	struct termios raw;
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		report_and_exit("Could not open remote device: %s.",
				strerror(errno));
	line->in = fd;
	line->out = fd;
	if (tcgetattr(fd, &line->settings))
		report_and_exit("%s is no serial line: %s.", path,
				strerror(errno));
	raw = line->settings;
	cfmakeraw(&raw);
	raw.c_cflag |= CLOCAL;
	tcsetattr(fd, TCSANOW, &raw);
	line->tty = fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

void line_open(struct line *line, const struct comm *comm)
{
	if (comm->kind == COMM_STDIO)
		take_stdio(line);
	else
		take_tty(line, comm->path);
}

static bool is_connected_stream(int fd)
{
	struct sockaddr_storage peer;
	socklen_t peer_len = sizeof(peer), type_len = sizeof(int);
	int type;

	return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) &&
	       type == SOCK_STREAM &&
	       !getpeername(fd, (struct sockaddr *)&peer, &peer_len);
}

static bool same_socket(int a, int b)
{
	struct stat st_a, st_b;

	return !fstat(a, &st_a) && !fstat(b, &st_b) &&
	       st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
}

int line_connect(struct line *line, struct relay *relay)
{
	int in = line->in, out = line->out;

	line->in = -1;
	line->out = -1;
	if (!is_connected_stream(in) || !same_socket(in, out))
		return relay_open(relay, in, out);
	close(out);
	return in;
}

void line_close(struct line *line)
{
	if (line->tty >= 0) {
		tcsetattr(line->tty, TCSADRAIN, &line->settings);
		close(line->tty);
	}
	if (line->in >= 0)
		close(line->in);
	if (line->out >= 0 && line->out != line->in)
		close(line->out);
	line_init(line);
}
