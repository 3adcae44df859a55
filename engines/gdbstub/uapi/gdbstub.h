/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The face of the gdbstub module towards user space: one device, one ioctl
 * and one kind of record.
 *
 * open("/dev/gdbstub")  makes a session.
 * GDBSTUB_START         gives it a connected stream socket, a process, or
 *                       both; it may be called again to give what was missing.
 * read, write, poll     carry records: packets that the module does not answer
 *                       itself, and news of the processes of the session.
 * close                 ends the session: breakpoints are lifted and every
 *                       thread of every process runs on.
 */
#ifndef _UAPI_GDBSTUB_H
#define _UAPI_GDBSTUB_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define GDBSTUB_DEVICE_NAME "gdbstub"

/**
 * enum gdbstub_start_flags - bits of &struct gdbstub_start.flags
 * @GDBSTUB_START_LAUNCH: The process is being launched: it runs freely until
 *	it has made @nr_execs successful execve() calls and is held before the
 *	first instruction of the last of these. Without this flag every thread
 *	of the process is stopped at once (an attach).
 * @GDBSTUB_START_NO_VCONT: With a socket: the client is to find out how it does
 *	without `vCont`. These flags are for testing clients.
 * @GDBSTUB_START_NO_QC: Likewise without `qC`.
 * @GDBSTUB_START_NO_THREAD_LIST: Likewise without `qfThreadInfo`.
 * @GDBSTUB_START_NO_T_THREAD: Stop replies name no thread.
 * @GDBSTUB_START_NO_T: Stop replies are `S`, not `T`.
 */
enum gdbstub_start_flags {
	GDBSTUB_START_LAUNCH = 1 << 0,
	GDBSTUB_START_NO_VCONT = 1 << 1,
	GDBSTUB_START_NO_QC = 1 << 2,
	GDBSTUB_START_NO_THREAD_LIST = 1 << 3,
	GDBSTUB_START_NO_T_THREAD = 1 << 4,
	GDBSTUB_START_NO_T = 1 << 5,
};

/**
 * struct gdbstub_start - argument of GDBSTUB_START
 * @size: sizeof(struct gdbstub_start), for extension.
 * @flags: Bits of &enum gdbstub_start_flags. An unknown bit is EINVAL.
 * @sockfd: A connected stream socket, or -1 to leave the session without one
 *	for the moment. From then on the module alone reads and writes it; the
 *	caller may close its own descriptor.
 * @pidfd: A pidfd of the process to bring into the session, or -1. The right
 *	to ptrace it (PTRACE_MODE_ATTACH_REALCREDS) is checked against the
 *	caller.
 * @nr_execs: With GDBSTUB_START_LAUNCH, the number of successful execve()
 *	calls after which the process is held: 1 for a program executed
 *	directly, 2 for one executed by a shell. Else 0.
 * @reserved: Zero.
 *
 * Errors: EINVAL unknown flag, bad size, neither socket nor process, nr_execs
 * without GDBSTUB_START_LAUNCH or the other way round; EBADF a descriptor that
 * is not open, or a pidfd that is none; ENOTSOCK, EPROTOTYPE not a stream
 * socket; ENOTCONN the socket is not connected; EBUSY the session has a socket
 * already, or its processes run, or another session debugs the process; EPERM
 * the caller may not ptrace the process, or is in its memory; ESRCH the process is gone; ENOMEM.
 */
struct gdbstub_start {
	__u32 size;
	__u32 flags;
	__s32 sockfd;
	__s32 pidfd;
	__u32 nr_execs;
	__u32 reserved;
};

#define GDBSTUB_START _IOW('G', 0xdb, struct gdbstub_start)

/**
 * enum gdbstub_record_type - what a record says
 * @GDBSTUB_RECORD_PACKET: To user space. A packet that the module does not
 *	know (unescaped payload, without '$', '#' and checksum). It must be
 *	answered by one GDBSTUB_RECORD_REPLY, NO_REPLY or STARTED, with the same
 *	@cookie.
 * @GDBSTUB_RECORD_STOPPED: To user space. The process @pid of a LAUNCH has
 *	reached its last execve() and is held there, or the threads of an
 *	attached one are all stopped.
 * @GDBSTUB_RECORD_EXITED: To user space. The process @pid is gone; @status is
 *	its wait(2) status.
 * @GDBSTUB_RECORD_CLOSED: To user space. The socket is closed, or the client
 *	has detached from or killed all it debugged; no process is in the
 *	session, and the session takes a new START. @status: 0 after a
 *	detach, a kill or an exit, else the positive errno that ended the
 *	connection (ECONNRESET, EPIPE; ENODATA for an end of file without a
 *	detach). With a @pid that process is in the session still, held or
 *	running, since the client has defined tracepoints in it: the next one is
 *	given with a START of its socket alone. After a detach, with @status 0,
 *	an experiment goes on in it.
 * @GDBSTUB_RECORD_DETACHED: To user space. The process @pid has left the
 *	session. @status: 0: the client has detached from it, and EPERM: it has
 *	executed a program that the opener may not trace; with these there are
 *	others in the session. ENOTCONN: the client has gone, and it runs on;
 *	CLOSED follows.
 * @GDBSTUB_RECORD_REPLY: From user space. The answer to a packet, unescaped;
 *	empty for a packet that is not supported.
 * @GDBSTUB_RECORD_OUTPUT: From user space. Text that the client shows to its
 *	user (an `O` packet) before the answer to the packet with that @cookie
 *	(only for qRcmd). Plain bytes; the module does the hex coding.
 * @GDBSTUB_RECORD_NO_REPLY: From user space. The packet with that @cookie has
 *	been dealt with and has no answer (`R`). No payload.
 * @GDBSTUB_RECORD_STARTED: From user space. The process that the packet with that
 *	@cookie is to start or to attach to is in the session and has stopped;
 *	the module answers with its stop. No payload.
 */
enum gdbstub_record_type {
	GDBSTUB_RECORD_PACKET = 1,
	GDBSTUB_RECORD_STOPPED = 2,
	GDBSTUB_RECORD_EXITED = 3,
	GDBSTUB_RECORD_CLOSED = 4,
	GDBSTUB_RECORD_DETACHED = 5,
	GDBSTUB_RECORD_REPLY = 16,
	GDBSTUB_RECORD_OUTPUT = 17,
	GDBSTUB_RECORD_NO_REPLY = 18,
	GDBSTUB_RECORD_STARTED = 19,
};

/**
 * struct gdbstub_record - header of a record, followed by @len bytes
 * @type: One of &enum gdbstub_record_type.
 * @len: Bytes that follow the header, at most %GDBSTUB_RECORD_MAX.
 * @cookie: Names the packet; 0 in records that belong to none.
 * @pid: The process it is about, as the pid namespace of the opener of the
 *	device numbers it; for a packet the process that `Hg` selected last,
 *	or 0.
 * @status: See the record types. Else 0.
 *
 * read() gives whole records, one a call, and waits for one unless O_NONBLOCK
 * is set (EAGAIN); a buffer too small for the next record is EMSGSIZE and
 * leaves it in the queue. write() takes one whole record: EINVAL a malformed
 * one or a type that is not from user space, ENOENT a cookie that awaits no
 * answer. A process that leaves hundreds of records unread is not given more
 * to debug: the children of a fork are not followed then.
 */
struct gdbstub_record {
	__u32 type;
	__u32 len;
	__u64 cookie;
	__s32 pid;
	__s32 status;
};

#define GDBSTUB_RECORD_MAX (256 * 1024)

#endif /* _UAPI_GDBSTUB_H */
