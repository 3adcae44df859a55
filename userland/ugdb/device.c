// SPDX-License-Identifier: GPL-2.0-or-later
/* The door to the gdbstub module. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"

int device_open(void)
{
	return open("/dev/" GDBSTUB_DEVICE_NAME,
		    O_RDWR | O_CLOEXEC | O_NONBLOCK);
}

int device_start(int device, unsigned int flags, int sockfd, int pidfd,
		 unsigned int nr_execs)
{
	struct gdbstub_start start = {
		.size = sizeof(start),
		.flags = flags,
		.sockfd = sockfd,
		.pidfd = pidfd,
		.nr_execs = nr_execs,
	};

	return ioctl(device, GDBSTUB_START, &start);
}

int device_read(int device, struct device_record *record)
{
	ssize_t got = read(device, record, sizeof(*record));

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if ((size_t)got < sizeof(record->header) ||
	    (size_t)got - sizeof(record->header) != record->header.len) {
		errno = EPROTO;
		return -1;
	}
	return 1;
}

int device_write(int device, unsigned int type, unsigned long long cookie,
		 const void *payload, size_t len)
{
	static struct device_record record;
	ssize_t put;

	if (len > sizeof(record.payload)) {
		errno = EMSGSIZE;
		return -1;
	}
	record.header = (struct gdbstub_record) {
		.type = type,
		.len = (__u32)len,
		.cookie = cookie,
	};
	if (len)
		memcpy(record.payload, payload, len);
	do
		put = write(device, &record, sizeof(record.header) + len);
	while (put < 0 && errno == EINTR);
	return put < 0 ? -1 : 0;
}
