// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * visitor ADDRESS PORT STAY_US: connects, says nothing, and resets the connection
 * STAY_US microseconds later.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const struct linger reset = { .l_onoff = 1 };
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int sock = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 4 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1)
		return 2;
	addr.sin_port = htons(atoi(argv[2]));
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)))
		return 1;
	usleep(atoi(argv[3]));
	setsockopt(sock, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(sock);
	return 0;
}
