// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The server's customers: several connections to a memcached, each of which
 * sends one request after the other and checks every byte of the answer.
 *
 *	load ADDRESS PORT CONNECTIONS
 *
 * A line on standard input asks for a line of counters since the start; the
 * longest pause is that since the last such line. The end of input ends the
 * load: no more is asked, what is under way is waited for, and the last line
 * of counters is the balance. Exit status 1: an answer was wrong or never came.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS	16
#define NR_KEYS		100
#define PATIENCE_MS	10000	/* with a server that starts, or has to answer */

struct connection {
	int index;
	int fd;			/* -1: lost */
	bool is_waiting;
	uint64_t nr;		/* requests sent */
	uint64_t sent_ms;
	char expected[256];
	size_t expected_len;
	char answer[256];
	size_t answer_len;
};

static struct connection connections[MAX_CONNECTIONS];
static int nr_connections;
static bool is_ending;
static uint64_t asked, answered, wrong, lost, longest_ms;

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "load: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(2);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void lose(struct connection *c, const char *why)
{
	fprintf(stderr, "load: connection %d: %s\n", c->index, why);
	close(c->fd);
	c->fd = -1;
	lost += c->is_waiting;
	c->is_waiting = false;
}

/* Even requests store a value, odd ones fetch what the one before stored. */
static void ask(struct connection *c)
{
	bool is_get = c->nr & 1;
	uint64_t pair = c->nr / 2;
	char request[256], key[64], value[64];
	int len, value_len;

	snprintf(key, sizeof(key), "demo:%d:%" PRIu64, c->index,
		 pair % NR_KEYS);
	value_len = snprintf(value, sizeof(value), "value %" PRIu64, pair);
	if (is_get) {
		len = snprintf(request, sizeof(request), "get %s\r\n", key);
		c->expected_len = snprintf(c->expected, sizeof(c->expected),
					   "VALUE %s 0 %d\r\n%s\r\nEND\r\n",
					   key, value_len, value);
	} else {
		len = snprintf(request, sizeof(request),
			       "set %s 0 0 %d\r\n%s\r\n", key, value_len,
			       value);
		c->expected_len = snprintf(c->expected, sizeof(c->expected),
					   "STORED\r\n");
	}
	c->nr++;
	c->answer_len = 0;
	c->sent_ms = now_ms();
	c->is_waiting = true;
	asked++;
	if (send(c->fd, request, len, MSG_NOSIGNAL) != len)
		lose(c, "a request was not taken");
}

static void note_pause(const struct connection *c)
{
	uint64_t pause = now_ms() - c->sent_ms;

	if (pause > longest_ms)
		longest_ms = pause;
}

static void check_answer(struct connection *c)
{
	c->is_waiting = false;
	answered++;
	note_pause(c);
	if (memcmp(c->answer, c->expected, c->expected_len)) {
		wrong++;
		fprintf(stderr, "load: connection %d: wrong answer: %.*s\n",
			c->index, (int)c->answer_len, c->answer);
	}
	if (!is_ending)
		ask(c);
}

static void receive(struct connection *c)
{
	size_t missing = c->expected_len - c->answer_len;
	ssize_t got;

	got = recv(c->fd, c->answer + c->answer_len, missing, MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		lose(c, got ? strerror(errno) : "closed by the server");
		return;
	}
	c->answer_len += got;
	/* An error message is shorter: its end of line completes it. */
	if (c->answer_len == c->expected_len ||
	    (memcmp(c->answer, c->expected, c->answer_len) &&
	     c->answer[c->answer_len - 1] == '\n'))
		check_answer(c);
}

static int count_waiting(void)
{
	int waiting = 0;

	for (int i = 0; i < nr_connections; i++)
		waiting += connections[i].is_waiting;
	return waiting;
}

static void print_counters(void)
{
	for (int i = 0; i < nr_connections; i++)
		if (connections[i].is_waiting)
			note_pause(&connections[i]);
	printf("asked %" PRIu64 " answered %" PRIu64 " waiting %d wrong %"
	       PRIu64 " lost %" PRIu64 " longest_ms %" PRIu64 "\n",
	       asked, answered, count_waiting(), wrong, lost, longest_ms);
	fflush(stdout);
	longest_ms = 0;
}

static void read_command(void)
{
	char buf[256];
	ssize_t got = read(STDIN_FILENO, buf, sizeof(buf));

	if (got <= 0)
		is_ending = true;
	for (ssize_t i = 0; i < got; i++)
		if (buf[i] == '\n')
			print_counters();
}

static void handle_events(void)
{
	struct pollfd pfds[MAX_CONNECTIONS + 1];

	for (int i = 0; i < nr_connections; i++)
		pfds[i] = (struct pollfd){ connections[i].fd, POLLIN, 0 };
	pfds[nr_connections] =
		(struct pollfd){ is_ending ? -1 : STDIN_FILENO, POLLIN, 0 };
	if (poll(pfds, nr_connections + 1, is_ending ? 100 : -1) <= 0)
		return;
	for (int i = 0; i < nr_connections; i++)
		if (pfds[i].revents)
			receive(&connections[i]);
	if (pfds[nr_connections].revents)
		read_command();
}

static void open_connection(struct connection *c, const char *address,
			    int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	if (!inet_aton(address, &to.sin_addr))
		die("%s: no address", address);
	for (uint64_t end_ms = now_ms() + PATIENCE_MS; now_ms() < end_ms;) {
		c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (c->fd < 0)
			die("no socket: %s", strerror(errno));
		if (!connect(c->fd, (struct sockaddr *)&to, sizeof(to)))
			return;
		close(c->fd);
		usleep(100000);
	}
	die("cannot connect to %s:%d: %s", address, port,
	    strerror(errno));
}

int main(int argc, char **argv)
{
	uint64_t end_ms = 0;

	if (argc != 4)
		die("usage: load ADDRESS PORT CONNECTIONS");
	nr_connections = atoi(argv[3]);
	if (nr_connections < 1 || nr_connections > MAX_CONNECTIONS)
		die("%s: not a number from 1 to %d", argv[3], MAX_CONNECTIONS);
	for (int i = 0; i < nr_connections; i++) {
		connections[i].index = i;
		open_connection(&connections[i], argv[1], atoi(argv[2]));
	}
	for (int i = 0; i < nr_connections; i++)
		ask(&connections[i]);
	while (!is_ending || count_waiting()) {
		handle_events();
		if (is_ending && !end_ms)
			end_ms = now_ms() + PATIENCE_MS;
		if (end_ms && now_ms() > end_ms)
			break;
	}
	lost += count_waiting();
	print_counters();
	return wrong || lost;
}
