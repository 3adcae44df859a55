// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vm-monitor SOCKET COMMAND: one command to QEMU's monitor, its answer on
 * stdout. The monitor echoes and edits like a terminal; the echo is dropped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static const char prompt[] = "(qemu) ";

/* Reads up to the next prompt. Returns the text before it, or exits. */
static const char *read_answer(int sock)
{
	static char text[65536];
	size_t len = 0;
	char *end;

	for (;;) {
		ssize_t n = read(sock, text + len, sizeof(text) - 1 - len);

		if (n <= 0) {
			fprintf(stderr, "vm-monitor: no answer\n");
			exit(1);
		}
		len += n;
		text[len] = '\0';
		end = strstr(text, prompt);
		if (end && !end[sizeof(prompt) - 1]) {
			*end = '\0';
			return text;
		}
	}
}

static int connect_monitor(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 5 };
	int sock = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(un.sun_path)) {
		fprintf(stderr, "vm-monitor: %s: name too long\n", path);
		exit(1);
	}
	strcpy(un.sun_path, path);
	if (sock < 0 || connect(sock, (struct sockaddr *)&un, sizeof(un))) {
		perror(path);
		exit(1);
	}
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return sock;
}

int main(int argc, char **argv)
{
	const char *answer;
	int sock;

	if (argc != 3) {
		fprintf(stderr, "Usage: vm-monitor SOCKET COMMAND\n");
		return 1;
	}
	sock = connect_monitor(argv[1]);
	read_answer(sock);
	if (dprintf(sock, "%s\n", argv[2]) < 0) {
		perror("vm-monitor");
		return 1;
	}
	answer = strchr(read_answer(sock), '\n');
	if (answer)
		fputs(answer + 1, stdout);
	return 0;
}
