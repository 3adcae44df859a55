// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * askers BESIDE: the errors of ptrace requests that come from who asks, of whom,
 * and when: not the thread that traces, a tracer that may no more look, or not
 * begin to; a tracee that has changed its id, or is a worker of io_uring. BESIDE
 * is as in tracee.h.
 */
#include <dirent.h>
#include <linux/io_uring.h>
#include <pthread.h>

#include "tracee.h"

#define NOBODY 65534
#define YAMA "/proc/sys/kernel/yama/ptrace_scope"
/* Of x86, by the numbers of its own header. */
#define PTRACE_GETREGS_X86 12
#define PTRACE_SETFPREGS_X86 15
#define PTRACE_SINGLEBLOCK_X86 33
#define LAST_REQUEST 0x4211

/* Memory that each tracee has at this place. */
static union {
	long word;
	siginfo_t info;
	char room[8192];
} memory;

/* Every request but the three that make a tracee, of one that is stopped. */
static void say_requests(const char *who, pid_t pid)
{
	static const struct {
		const char *name;
		int first, last;
	} ranges[] = {
		{ "PEEKTEXT to SINGLESTEP", PTRACE_PEEKTEXT,
		  PTRACE_SINGLESTEP },
		{ "GETREGS to SETFPREGS", PTRACE_GETREGS_X86,
		  PTRACE_SETFPREGS_X86 },
		{ "DETACH", PTRACE_DETACH, PTRACE_DETACH },
		{ "SYSCALL to SINGLEBLOCK", PTRACE_SYSCALL,
		  PTRACE_SINGLEBLOCK_X86 },
		{ "SETOPTIONS to SETREGSET", PTRACE_SETOPTIONS,
		  PTRACE_SETREGSET },
		{ "INTERRUPT to GET_SYSCALL_USER_DISPATCH", PTRACE_INTERRUPT,
		  LAST_REQUEST },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		int request, others = 0;

		for (request = ranges[i].first; request <= ranges[i].last;
		     request++)
			others += syscall(SYS_ptrace, request, pid, 0,
					  &memory) != -1 ||
				  errno != ESRCH;
		say("%s: %s: ESRCH but for %d", who, ranges[i].name, others);
	}
}

static void *ask_as_thread(void *pid)
{
	say_requests("another thread of the tracer's", *(pid_t *)pid);
	REQ(SEIZE, *(pid_t *)pid, 0, 0);
	REQ(ATTACH, getpid(), 0, 0);
	return NULL;
}

static int ask_as_process(void *pid)
{
	say_requests("another process", *(pid_t *)pid);
	REQ(SEIZE, *(pid_t *)pid, 0, 0);
	return 0;
}

/* A tracee is its tracing thread's alone. */
static void who_asks(void)
{
	pid_t pid = make_stopped(count_for_ever);
	pthread_t thread;

	if (pthread_create(&thread, NULL, ask_as_thread, &pid))
		die("pthread_create");
	pthread_join(thread, NULL);
	run_tracer(ask_as_process, &pid);
	REQ(GETSIGINFO, pid, 0, &memory);
	drop_tracee(pid);
}

/* Counts, and is not to be looked at from @word[0] = 1 on. */
static int hide_and_count(void *arg)
{
	(void)arg;
	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		die("setresuid");
	prctl(PR_SET_DUMPABLE, 1);
	prctl(PR_SET_PTRACER, -1L, 0, 0, 0);
	for (;;) {
		if (shared->word[0] == 1) {
			prctl(PR_SET_DUMPABLE, 0);
			shared->word[0] = 2;
		}
		shared->counter++;
		nap_ms(1);
	}
	return 0;
}

static void hide(void)
{
	shared->word[0] = 1;
	while (shared->word[0] != 2)
		nap_ms(1);
}

static int trace_as_nobody(void *arg)
{
	pid_t pid = *(pid_t *)arg;
	long word;

	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		die("setresuid");
	REQ(SEIZE, pid, 0, 0);
	release();
	hide();
	interrupt_tracee(pid);
	ask("PEEKDATA", PTRACE_PEEKDATA, pid, (unsigned long)&memory, &word);
	ask("POKEDATA", PTRACE_POKEDATA, pid, (unsigned long)&memory, NULL);
	ask("PEEKUSER", PTRACE_PEEKUSER, pid, 0, &word);
	REQ(GETSIGINFO, pid, 0, &memory);
	REQ(DETACH, pid, 0, 0);
	REQ(SEIZE, pid, 0, 0);
	REQ(ATTACH, pid, 0, 0);
	return 0;
}

/* A tracee of the tracer's own user whose memory became nobody's business. */
static void not_dumpable(void)
{
	pid_t pid;

	shared->word[0] = 0;
	pid = make_tracee(hide_and_count);
	run_tracer(trace_as_nobody, &pid);
	drop_tracee(pid);
}

static void set_scope(char scope, char *before)
{
	int file = open(YAMA, O_RDWR);

	if (file < 0 || (before && read(file, before, 1) != 1) ||
	    pwrite(file, &scope, 1, 0) != 1)
		die(YAMA);
	close(file);
}

static int have_child_trace_me(void *arg)
{
	(void)arg;
	REQ(TRACEME, 0, 0, 0);
	return 0;
}

/* Yama: from 2 on only who has the capability may trace. */
static int trace_in_scope_2(void *arg)
{
	pid_t pid = *(pid_t *)arg;

	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		die("setresuid");
	REQ(SEIZE, pid, 0, 0);
	REQ(ATTACH, pid, 0, 0);
	say_wait(start(have_child_trace_me, NULL));
	return 0;
}

static void not_in_scope(void)
{
	char before;
	pid_t pid;

	shared->word[0] = 0;
	pid = make_tracee(hide_and_count);
	set_scope('2', &before);
	run_tracer(trace_in_scope_2, &pid);
	set_scope(before, NULL);
	drop_tracee(pid);
}

static void *exec_in_thread(void *arg)
{
	(void)arg;
	execl("/bin/true", "true", NULL);
	return NULL;
}

static int exec_when_told(void *arg)
{
	pthread_t thread;

	(void)arg;
	shared->counter++;
	while (!shared->word[0])
		nap_ms(1);
	if (pthread_create(&thread, NULL, exec_in_thread, NULL))
		die("pthread_create");
	for (;;)
		pause();
	return 0;
}

/*
 * A thread that makes exec gets the leader's id. Who asks for that id before
 * wait(2) has told of the exec may mean the leader, which is gone.
 */
static void changed_its_id(void)
{
	unsigned long thread;
	pid_t pid;

	shared->word[0] = 0;
	pid = make_tracee(exec_when_told);
	REQ(SEIZE, pid, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC);
	release();
	shared->word[0] = 1;
	say_wait(pid);
	REQ(GETEVENTMSG, pid, 0, &thread);
	say_wait_for("the thread: ", thread, PATIENCE_MS);
	REQ(CONT, pid, 0, 0);
	/* The leader is to sleep, or it is killed in the midst of its stop. */
	say_state("the leader", pid, "S");
	REQ(CONT, thread, 0, 0);
	say_state("in exec", pid, "t");
	REQ(GETSIGINFO, pid, 0, &memory);
	REQ(DETACH, pid, 0, 0);
	say_wait(pid);
	REQ(GETSIGINFO, pid, 0, &memory);
	drop_tracee(pid);
}

/* Has a read of an empty pipe made by a worker of io_uring. */
static int have_worker(void *arg)
{
	struct io_uring_params params = { 0 };
	struct io_uring_sqe *sqe;
	int ring, pipes[2];
	unsigned int *tail;
	char *queue;

	(void)arg;
	ring = syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0 || pipe(pipes))
		die("io_uring");
	queue = mmap(NULL, params.sq_off.array + 4, PROT_READ | PROT_WRITE,
		     MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, sizeof(*sqe), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		   IORING_OFF_SQES);
	if (queue == MAP_FAILED || sqe == MAP_FAILED)
		die("mmap");
	*sqe = (struct io_uring_sqe){
		.opcode = IORING_OP_READ,
		.flags = IOSQE_ASYNC,
		.fd = pipes[0],
		.off = -1UL,
		.addr = (unsigned long)&memory,
		.len = 1,
	};
	*(unsigned int *)(queue + params.sq_off.array) = 0;
	tail = (unsigned int *)(queue + params.sq_off.tail);
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0) != 1)
		die("io_uring_enter");
	for (;;) {
		shared->counter++;
		nap_ms(1);
	}
	return 0;
}

/* The thread of a process that is not its leader, as soon as there is one. */
static pid_t other_thread(pid_t pid)
{
	long end = now_ms() + PATIENCE_MS;
	struct dirent *entry;
	pid_t other = 0;
	char path[40];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	while (!other && now_ms() < end) {
		dir = opendir(path);
		while (dir && (entry = readdir(dir)))
			if (atoi(entry->d_name) > 0 &&
			    atoi(entry->d_name) != pid)
				other = atoi(entry->d_name);
		if (dir)
			closedir(dir);
	}
	return other;
}

/* A worker can be traced, but has no mask of signals to be set. */
static void worker(void)
{
	pid_t pid = make_tracee(have_worker);
	pid_t thread = other_thread(pid);
	unsigned long mask = 0;

	REQ(SEIZE, thread, 0, 0);
	REQ(INTERRUPT, thread, 0, 0);
	say_wait(thread);
	REQ(GETSIGMASK, thread, 8, &mask);
	REQ(SETSIGMASK, thread, 8, &mask);
	REQ(CONT, thread, 0, 0);
	REQ(INTERRUPT, thread, 0, 0);
	say_wait(thread);
	REQ(DETACH, thread, 0, 0);
	drop_tracee(pid);
}

int main(int argc, char **argv)
{
	set_out(argc, argv);
	who_asks();
	not_dumpable();
	not_in_scope();
	changed_its_id();
	worker();
	say("end");
	return 0;
}
