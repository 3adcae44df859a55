// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vFile packets: files as the debugged process sees them, opened with the
 * rights of the user who runs ugdb. A client names only descriptors that it
 * has opened itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "fileio.h"
#include "helper.h"

/* "F", a number of 16 digits at most, ";". */
#define ATTACHMENT_HEADER 18

static void reply_error(struct request *request, int err)
{
	buf_add_format(&request->answer->reply, "F-1,%x", fileio_errno(err));
}

static void reply_result(struct request *request, uint64_t result)
{
	buf_add_format(&request->answer->reply, "F%" PRIx64, result);
}

/* The result says how many bytes are attached, so it is cut with them. */
static void reply_data(struct request *request, const void *data, size_t len)
{
	len = escaped_fit(data, len, HELPER_WIRE_MAX - ATTACHMENT_HEADER);
	buf_add_format(&request->answer->reply, "F%zx;", len);
	buf_add(&request->answer->reply, data, len);
}

/*
 * In another root, absolute links lead into that root and ".." does not lead
 * out of it, as they would for the process itself.
 */
static int open_in_root(const struct helper *helper, const char *path,
			int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_IN_ROOT,
	};

	if (helper->root < 0)
		return open(path, flags | O_CLOEXEC, mode);
	return (int)syscall(SYS_openat2, helper->root, path, &how, sizeof(how));
}

static bool same_file(const char *a, const char *b)
{
	struct stat st_a, st_b;

	return !stat(a, &st_a) && !stat(b, &st_b) &&
	       st_a.st_dev == st_b.st_dev && st_a.st_ino == st_b.st_ino;
}

/*
 * A process with ugdb's own mounts and root needs no other root: plain paths
 * are the same for both, and /proc/PID/exe works in them.
 */
static bool shares_root(pid_t pid)
{
	char root[32], mounts[32];

	snprintf(root, sizeof(root), "/proc/%d/root", pid);
	snprintf(mounts, sizeof(mounts), "/proc/%d/ns/mnt", pid);
	return same_file(root, "/proc/self/root") &&
	       same_file(mounts, "/proc/self/ns/mnt");
}

static void set_root(struct helper *helper, int root)
{
	if (helper->root >= 0)
		close(helper->root);
	helper->root = root;
}

void vfile_setfs(struct request *request)
{
	char path[32];
	uint64_t pid;
	int root;

	if (!args_take_number(&request->args, &pid) || pid > INT_MAX ||
	    !args_at_end(&request->args)) {
		reply_error(request, EINVAL);
		return;
	}
	if (!pid || shares_root((pid_t)pid)) {
		set_root(request->helper, -1);
		reply_result(request, 0);
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/root", (pid_t)pid);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		reply_error(request, errno);
		return;
	}
	set_root(request->helper, root);
	reply_result(request, 0);
}

/*
 * O_NONBLOCK: the open of a FIFO or a device, and reads from it, must not hold
 * up the session.
 */
void vfile_open(struct request *request)
{
	struct helper *helper = request->helper;
	uint64_t wire_flags, mode;
	struct buf path = { 0 };
	int flags, fd;

	if (!args_take_hex(&request->args, &path) || !path.len ||
	    !args_take_char(&request->args, ',') ||
	    !args_take_number(&request->args, &wire_flags) ||
	    !args_take_char(&request->args, ',') ||
	    !args_take_number(&request->args, &mode) ||
	    !args_at_end(&request->args) ||
	    !fileio_open_flags(wire_flags, &flags)) {
		reply_error(request, EINVAL);
		goto out;
	}
	fd = open_in_root(helper, path.data, flags | O_NONBLOCK | O_NOCTTY,
			  mode & 0777);
	if (fd < 0) {
		reply_error(request, errno);
	} else if (fd >= HELPER_NR_FILES) {
		close(fd);
		reply_error(request, EMFILE);
	} else {
		helper->files[fd] = true;
		reply_result(request, (uint64_t)fd);
	}
out:
	buf_free(&path);
}

/* Replies itself when the descriptor is none of the client's. */
static bool take_file(struct request *request, int *fd)
{
	uint64_t number;

	if (!args_take_number(&request->args, &number)) {
		reply_error(request, EINVAL);
		return false;
	}
	if (number >= HELPER_NR_FILES || !request->helper->files[number]) {
		reply_error(request, EBADF);
		return false;
	}
	*fd = (int)number;
	return true;
}

void vfile_close(struct request *request)
{
	int fd;

	if (!take_file(request, &fd))
		return;
	if (!args_at_end(&request->args)) {
		reply_error(request, EINVAL);
		return;
	}
	request->helper->files[fd] = false;
	close(fd);
	reply_result(request, 0);
}

void vfile_pread(struct request *request)
{
	struct buf data = { 0 };
	uint64_t count, offset;
	ssize_t got;
	int fd;

	if (!take_file(request, &fd))
		return;
	if (!args_take_char(&request->args, ',') ||
	    !args_take_number(&request->args, &count) ||
	    !args_take_char(&request->args, ',') ||
	    !args_take_number(&request->args, &offset) ||
	    !args_at_end(&request->args) || offset > INT64_MAX) {
		reply_error(request, EINVAL);
		return;
	}
	if (count > HELPER_WIRE_MAX)
		count = HELPER_WIRE_MAX;
	got = pread(fd, buf_add_space(&data, count), count, (off_t)offset);
	if (got < 0)
		reply_error(request, errno);
	else
		reply_data(request, data.data, (size_t)got);
	buf_free(&data);
}

void vfile_pwrite(struct request *request)
{
	struct args *args = &request->args;
	uint64_t offset;
	ssize_t put;
	int fd;

	if (!take_file(request, &fd))
		return;
	if (!args_take_char(args, ',') || !args_take_number(args, &offset) ||
	    !args_take_char(args, ',') || offset > INT64_MAX) {
		reply_error(request, EINVAL);
		return;
	}
	put = pwrite(fd, args->next, (size_t)(args->end - args->next),
		     (off_t)offset);
	if (put < 0)
		reply_error(request, errno);
	else
		reply_result(request, (uint64_t)put);
}

void vfile_fstat(struct request *request)
{
	unsigned char wire[FILEIO_STAT_SIZE];
	struct stat st;
	int fd;

	if (!take_file(request, &fd))
		return;
	if (!args_at_end(&request->args)) {
		reply_error(request, EINVAL);
	} else if (fstat(fd, &st)) {
		reply_error(request, errno);
	} else {
		fileio_stat(wire, &st);
		reply_data(request, wire, sizeof(wire));
	}
}

/* Replies itself when there is no path, and nothing but a path. */
static bool take_path(struct request *request, struct buf *path)
{
	if (args_take_hex(&request->args, path) && path->len &&
	    args_at_end(&request->args))
		return true;
	reply_error(request, EINVAL);
	return false;
}

static int unlink_in_root(const struct helper *helper, char *path)
{
	char *slash = strrchr(path, '/');
	int dir, ret, saved_errno;

	if (helper->root < 0)
		return unlink(path);
	if (slash)
		*slash = '\0';
	dir = open_in_root(helper, slash && *path ? path : "/",
			   O_PATH | O_DIRECTORY, 0);
	if (dir < 0)
		return -1;
	ret = unlinkat(dir, slash ? slash + 1 : path, 0);
	saved_errno = errno;
	close(dir);
	errno = saved_errno;
	return ret;
}

void vfile_unlink(struct request *request)
{
	struct buf path = { 0 };

	if (take_path(request, &path)) {
		if (unlink_in_root(request->helper, path.data))
			reply_error(request, errno);
		else
			reply_result(request, 0);
	}
	buf_free(&path);
}

void vfile_readlink(struct request *request)
{
	char target[PATH_MAX];
	struct buf path = { 0 };
	ssize_t len;
	int fd;

	if (!take_path(request, &path))
		goto out;
	fd = open_in_root(request->helper, path.data, O_PATH | O_NOFOLLOW, 0);
	len = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target));
	if (len >= 0)
		reply_data(request, target, (size_t)len);
	else
		reply_error(request, fd >= 0 && errno == ENOENT ? EINVAL :
								  errno);
	if (fd >= 0)
		close(fd);
out:
	buf_free(&path);
}

void vfile_reset(struct helper *helper)
{
	set_root(helper, -1);
	for (int fd = 0; fd < HELPER_NR_FILES; fd++)
		if (helper->files[fd])
			close(fd);
	memset(helper->files, 0, sizeof(helper->files));
}
