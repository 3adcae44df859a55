// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where clients come in. Whoever can connect can do with the program what the
 * user can, so nothing but the loopback address is listened on unless the user
 * names it, and a Unix socket is for the user alone.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "listener.h"
#include "report.h"

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
	struct sockaddr_vm vm;
	struct sockaddr_storage storage;
};

/* Return: 0 with the socket added to @listener, or an errno. */
static int bind_socket(struct listener *listener, const struct sockaddr *addr,
		       socklen_t len)
{
	int fd, err, on = 1;

	fd = socket(addr->sa_family,
		    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, addr, len)) {
		err = errno;
		close(fd);
		return err;
	}
	listener->fds[listener->nr_fds++] = fd;
	return 0;
}

static void die_of_bind(struct listener *listener, int err)
{
	listener_close(listener);
	report_and_exit("Can't bind address: %s.", strerror(err));
}

static uint16_t bound_port(int fd)
{
	union address addr;
	socklen_t len = sizeof(addr);

	if (getsockname(fd, &addr.any, &len))
		return 0;
	return ntohs(addr.any.sa_family == AF_INET6 ? addr.in6.sin6_port :
						      addr.in.sin_port);
}

/* The same port on every address, also when the kernel chose the first. */
static void set_port(struct sockaddr *addr, uint16_t port)
{
	union address *any = (union address *)addr;

	if (addr->sa_family == AF_INET6)
		any->in6.sin6_port = htons(port);
	else
		any->in.sin_port = htons(port);
}

/*
 * An address that this machine does not have is left out as long as another
 * one of the same name works: "localhost" is ::1 too where there is no IPv6.
 *
 * Return: 0 or the errno that counts.
 */
static int bind_all(struct listener *listener, const struct addrinfo *info)
{
	int first_err = 0, err;

	for (; info && listener->nr_fds < LISTENER_MAX_SOCKETS;
	     info = info->ai_next) {
		if (listener->nr_fds)
			set_port(info->ai_addr, listener->port);
		err = bind_socket(listener, info->ai_addr, info->ai_addrlen);
		if (!err)
			listener->port = bound_port(listener->fds[0]);
		else if (err != EADDRNOTAVAIL && err != EAFNOSUPPORT)
			return err;
		else if (!first_err)
			first_err = err;
	}
	return listener->nr_fds ? 0 : first_err;
}

static void close_sockets(struct listener *listener)
{
	for (size_t i = 0; i < listener->nr_fds; i++)
		close(listener->fds[i]);
	listener->nr_fds = 0;
}

/*
 * A port that the kernel found free on one address may be in use on the next:
 * then another one is tried.
 */
static void bind_infos(struct listener *listener, const struct addrinfo *infos,
		       bool any_port)
{
	int tries = any_port ? 20 : 1;
	int err;

	do {
		close_sockets(listener);
		err = bind_all(listener, infos);
	} while (err == EADDRINUSE && --tries);
	if (err)
		die_of_bind(listener, err);
}

/* No host without AI_PASSIVE: the loopback addresses. */
static void bind_tcp(struct listener *listener, const struct comm *comm)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *infos;
	unsigned long port;
	char *end;
	int err;

	/* getaddrinfo() would take a number modulo 65536. */
	port = strtoul(comm->service, &end, 10);
	if (!*end && port > UINT16_MAX)
		report_and_exit("%s: the port is too large.", comm->text);
	err = getaddrinfo(comm->host, comm->service, &hints, &infos);
	if (err)
		report_and_exit("%s: cannot resolve name: %s", comm->text,
				gai_strerror(err));
	bind_infos(listener, infos, !*end && !port);
	freeaddrinfo(infos);
}

static bool socket_answers(const union address *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	bool refused;

	if (fd < 0)
		return true;
	refused = connect(fd, &addr->any, sizeof(addr->un)) &&
		  errno == ECONNREFUSED;
	close(fd);
	return !refused;
}

/* A socket that nobody listens on was left by a server that has died. */
static void remove_stale_socket(const union address *addr)
{
	struct stat st;

	if (!lstat(addr->un.sun_path, &st) && S_ISSOCK(st.st_mode) &&
	    !socket_answers(addr))
		unlink(addr->un.sun_path);
}

static void bind_unix(struct listener *listener, const struct comm *comm)
{
	union address addr = { .un = { .sun_family = AF_UNIX } };
	struct stat st;
	mode_t old_mask;
	int err;

	if (strlen(comm->path) >= sizeof(addr.un.sun_path))
		report_and_exit("%s: the path is too long for a socket.",
				comm->text);
	strcpy(addr.un.sun_path, comm->path);
	remove_stale_socket(&addr);
	old_mask = umask(0077);
	err = bind_socket(listener, &addr.any, sizeof(addr.un));
	umask(old_mask);
	if (err)
		die_of_bind(listener, err);
	if (!lstat(comm->path, &st)) {
		listener->path_dev = st.st_dev;
		listener->path_ino = st.st_ino;
	}
}

static void bind_vsock(struct listener *listener, const struct comm *comm)
{
	union address addr = { .vm = {
		.svm_family = AF_VSOCK,
		.svm_cid = comm->cid,
		.svm_port = comm->port,
	} };
	int err = bind_socket(listener, &addr.any, sizeof(addr.vm));

	if (err)
		die_of_bind(listener, err);
}

void listener_bind(struct listener *listener, const struct comm *comm)
{
	memset(listener, 0, sizeof(*listener));
	listener->comm = comm;
	if (comm->kind == COMM_TCP)
		bind_tcp(listener, comm);
	else if (comm->kind == COMM_UNIX)
		bind_unix(listener, comm);
	else
		bind_vsock(listener, comm);
}

void listener_open(struct listener *listener)
{
	for (size_t i = 0; i < listener->nr_fds; i++) {
		if (listen(listener->fds[i], 1)) {
			int err = errno;

			listener_close(listener);
			report_and_exit("Can't listen on socket: %s.",
					strerror(err));
		}
	}
	if (listener->comm->kind == COMM_TCP)
		report("Listening on port %u", listener->port);
	else
		report("Listening on %s", listener->comm->text);
}

static void report_inet_peer(const union address *addr, socklen_t len)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	const char *shown = host;

	if (getnameinfo(&addr->any, len, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		return;
	if (!strncmp(shown, "::ffff:", 7) && strchr(shown, '.'))
		shown += 7;
	report("Remote debugging from host %s, port %s", shown, port);
}

static void report_peer(int fd, const union address *addr, socklen_t len)
{
	struct ucred peer;
	socklen_t peer_len = sizeof(peer);

	if (addr->any.sa_family == AF_VSOCK)
		report("Remote debugging from vsock %u, port %u",
		       addr->vm.svm_cid, addr->vm.svm_port);
	else if (addr->any.sa_family != AF_UNIX)
		report_inet_peer(addr, len);
	else if (!getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len))
		report("Remote debugging from local process %d, user %u",
		       peer.pid, peer.uid);
}

/*
 * A stop reply must not wait for more bytes to send (TCP_NODELAY), and a
 * client's machine that has vanished must be noticed (SO_KEEPALIVE).
 */
int listener_accept(struct listener *listener, size_t index)
{
	union address addr = { 0 };
	socklen_t len = sizeof(addr);
	int fd, on = 1;

	fd = accept4(listener->fds[index], &addr.any, &len, SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	if (listener->comm->kind == COMM_TCP) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	report_peer(fd, &addr, len);
	return fd;
}

void listener_close(struct listener *listener)
{
	struct stat st;

	close_sockets(listener);
	if (!listener->path_ino)
		return;
	if (!lstat(listener->comm->path, &st) &&
	    st.st_ino == listener->path_ino && st.st_dev == listener->path_dev)
		unlink(listener->comm->path);
	listener->path_ino = 0;
}
