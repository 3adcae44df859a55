// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * relay ADDRESS PORT TO-PORT: listens at ADDRESS:PORT, takes one connection
 * there, makes one to TO-PORT of the loopback address, and copies between them.
 * SIGUSR1 resets both: the peer sees ECONNRESET, and no end of file before it.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int ends[2];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void reset(int signo)
{
	const struct linger now = { .l_onoff = 1 };
	int i;

	(void)signo;
	for (i = 0; i < 2; i++)
		setsockopt(ends[i], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	_exit(0);
}

static struct sockaddr_in address_of(const char *host, const char *port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(atoi(port)),
	};

	if (inet_pton(AF_INET, host, &addr.sin_addr) != 1)
		exit(2);
	return addr;
}

static int accept_one(const char *host, const char *port)
{
	struct sockaddr_in addr = address_of(host, port);
	int sock = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;

	setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(sock, 1))
		die("relay: listen");
	printf("relay %d\n", getpid());
	fflush(stdout);
	return accept(sock, NULL, NULL);
}

static void copy(int from, int to)
{
	char buf[65536];
	ssize_t got = read(from, buf, sizeof(buf));

	if (got <= 0 || write(to, buf, got) != got)
		exit(0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr;
	struct pollfd pfds[2];

	if (argc != 4)
		return 2;
	ends[0] = accept_one(argv[1], argv[2]);
	ends[1] = socket(AF_INET, SOCK_STREAM, 0);
	addr = address_of("127.0.0.1", argv[3]);
	if (connect(ends[1], (struct sockaddr *)&addr, sizeof(addr)))
		die("relay: connect");
	signal(SIGUSR1, reset);
	for (;;) {
		pfds[0] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
		pfds[1] = (struct pollfd){ .fd = ends[1], .events = POLLIN };
		if (poll(pfds, 2, -1) < 0)
			continue;
		if (pfds[0].revents)
			copy(ends[0], ends[1]);
		if (pfds[1].revents)
			copy(ends[1], ends[0]);
	}
}
