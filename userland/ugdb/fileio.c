// SPDX-License-Identifier: GPL-2.0-or-later
/* The protocol's own numbers for open flags, errors and file types. Pure. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

#include "../lib/array.h"
#include "fileio.h"

#define FILEIO_O_ACCMODE 3
#define FILEIO_EUNKNOWN 9999

static const struct {
	unsigned int wire;
	int flag;
} open_flags[] = {
	{ 0x008, O_APPEND },
	{ 0x200, O_CREAT },
	{ 0x400, O_TRUNC },
	{ 0x800, O_EXCL },
};

bool fileio_open_flags(uint64_t wire, int *flags)
{
	static const int access[] = { O_RDONLY, O_WRONLY, O_RDWR };
	int result;

	if ((wire & FILEIO_O_ACCMODE) >= ARRAY_SIZE(access))
		return false;
	result = access[wire & FILEIO_O_ACCMODE];
	wire &= ~(uint64_t)FILEIO_O_ACCMODE;
	for (size_t i = 0; i < ARRAY_SIZE(open_flags); i++) {
		if (wire & open_flags[i].wire)
			result |= open_flags[i].flag;
		wire &= ~(uint64_t)open_flags[i].wire;
	}
	if (wire)
		return false;
	*flags = result;
	return true;
}

static const struct {
	int err;
	int wire;
} errors[] = {
	{ EPERM, 1 },	{ ENOENT, 2 },	{ EINTR, 4 },	{ EBADF, 9 },
	{ EACCES, 13 },	{ EFAULT, 14 },	{ EBUSY, 16 },	{ EEXIST, 17 },
	{ ENODEV, 19 },	{ ENOTDIR, 20 }, { EISDIR, 21 }, { EINVAL, 22 },
	{ ENFILE, 23 },	{ EMFILE, 24 },	{ EFBIG, 27 },	{ ENOSPC, 28 },
	{ ESPIPE, 29 },	{ EROFS, 30 },	{ ENAMETOOLONG, 91 },
};

int fileio_errno(int err)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].err == err)
			return errors[i].wire;
	return FILEIO_EUNKNOWN;
}

/* The protocol knows three file types; permissions are those of POSIX. */
static unsigned int fileio_mode(mode_t mode)
{
	unsigned int wire = mode & 0777;

	if (S_ISREG(mode))
		wire |= 0100000;
	else if (S_ISDIR(mode))
		wire |= 0040000;
	else if (S_ISCHR(mode))
		wire |= 0020000;
	return wire;
}

static unsigned char *put_number(unsigned char *wire, uint64_t value,
				 unsigned int len)
{
	while (len--)
		*wire++ = (unsigned char)(value >> 8 * len);
	return wire;
}

void fileio_stat(unsigned char wire[FILEIO_STAT_SIZE], const struct stat *st)
{
	wire = put_number(wire, st->st_dev, 4);
	wire = put_number(wire, st->st_ino, 4);
	wire = put_number(wire, fileio_mode(st->st_mode), 4);
	wire = put_number(wire, st->st_nlink, 4);
	wire = put_number(wire, st->st_uid, 4);
	wire = put_number(wire, st->st_gid, 4);
	wire = put_number(wire, st->st_rdev, 4);
	wire = put_number(wire, (uint64_t)st->st_size, 8);
	wire = put_number(wire, (uint64_t)st->st_blksize, 8);
	wire = put_number(wire, (uint64_t)st->st_blocks, 8);
	wire = put_number(wire, (uint64_t)st->st_atime, 4);
	wire = put_number(wire, (uint64_t)st->st_mtime, 4);
	put_number(wire, (uint64_t)st->st_ctime, 4);
}
