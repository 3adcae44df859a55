// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * random SEED FIRST COUNT [say] [calm]: sequences of what a tracer, a tracee, its parent
 * and who sends signals may do, chosen by a seed. Says of each a number made of
 * all that could be seen of it, or with "say" all that: what each request and each
 * wait(2) came to, and the state of each thread whenever all has come to rest. It
 * depends on the seed alone, so a kernel that says something else than another one
 * has another ptrace.
 *
 * How all comes to rest: everybody has one processor, and who is traced is of a
 * class of its own (SCHED_FIFO), so the tracer goes on when nobody else can. No
 * tracee waits for a time that comes.
 *
 * Each sequence has a process of its own for the tracer, which ends in the middle
 * of things or lets go before. Who is left is killed; that takes no time, or is an
 * error. In a calm sequence nothing is raised that an engine which looks at signals
 * may take for the work of one: that comes before a stop then, and not behind it
 * (doc/PTRACE.md). It has no faults, no int3, and no signal of theirs that the tracer
 * makes, which the kernel queues as if an instruction had raised it; nor a tracer
 * that has a system call look like an exception, or ends in its tracee's stop.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "random.h"

#define NR_STEPS 40
#define LOG_SIZE (1 << 18)
#define PATIENCE_MS 20000
#define LOWEST_PID 1000
#define MAX_NAMES 64

/* What a sequence says; the tracer writes it, who waits for it prints it. */
struct story {
	size_t size;
	char text[LOG_SIZE];
};

static struct story *story;
static uint64_t state;
static bool has_parent, is_calm;

/* Process ids that have been seen, in the order in which they were. */
static struct {
	int pid;
	char name[4];
} names[MAX_NAMES];
static int nr_names;

static const int signals[] = {
	SIGUSR1, SIGUSR2, SIGURG, SIGSTOP, SIGTSTP, SIGTTIN, SIGCONT, SIGCONT,
	SIGCHLD, SIGSEGV, SIGTRAP, SIGTERM, SIGALRM, 34, 35,
};

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	size_t room = LOG_SIZE - story->size;
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(story->text + story->size, room, format, args);
	va_end(args);
	if (size > 0 && (size_t)size < room)
		story->size += size;
}

static void die(const char *what)
{
	fprintf(stderr, "random: %s: %s\n", what, strerror(errno));
	exit(3);
}

static long now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static uint64_t next_random(void)
{
	state += 0x9e3779b97f4a7c15;
	uint64_t z = state;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static long any(long below)
{
	return next_random() % below;
}

static int any_signal(void)
{
	return signals[any(sizeof(signals) / sizeof(*signals))];
}

static void add_name(int pid, const char *name)
{
	for (int i = 0; i < nr_names; i++)
		if (names[i].pid == pid)
			return;
	if (nr_names == MAX_NAMES)
		die("names");
	names[nr_names].pid = pid;
	snprintf(names[nr_names++].name, sizeof(names->name), "%s", name);
}

/* A number, or whose it is. */
static const char *name_of(long number)
{
	static char texts[8][24];
	static int turn;
	char *text = texts[turn++ % 8];

	for (int i = 0; i < nr_names; i++)
		if (names[i].pid == number && number)
			return names[i].name;
	snprintf(text, sizeof(*texts), "%lx", number);
	return text;
}

static void learn_names(void)
{
	static const char letters[NR_SLOTS][4] = { "A", "B", "C", "D", "E", "P" };

	for (int i = 0; i < NR_SLOTS; i++)
		if (shared->tid[i])
			add_name(shared->tid[i], letters[i]);
}

/* What /proc says of a thread, on one line. */
static void say_thread(int slot)
{
	static const char *const wanted[] = { "State:", "SigPnd:", "ShdPnd:",
					      "SigBlk:", "SigIgn:", "SigCgt:" };
	char path[64], line[256], text[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", shared->tid[slot]);
	file = fopen(path, "r");
	say("  %s", name_of(shared->tid[slot]));
	while (file && fgets(line, sizeof(line), file)) {
		int tracer;

		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			say(" %s", name_of(tracer));
		for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
			if (!strncmp(line, wanted[i], strlen(wanted[i])) &&
			    sscanf(line, "%*s %63s", text) == 1)
				say(" %s", text + strspn(text, "0"));
		/* What was in the queues of a dead one is nobody's business. */
		if (!strncmp(line, "State:", 6) && *text == 'Z')
			break;
	}
	if (file)
		fclose(file);
	else
		say(" gone");
	say(" %d.%d=%s\n", shared->done[slot], shared->interrupted[slot],
	    name_of(shared->result[slot]));
}

static void say_all(void)
{
	learn_names();
	for (int i = 0; i < NR_SLOTS; i++)
		if (shared->tid[i])
			say_thread(i);
	say("  handled");
	for (int i = 0; i < NR_SIGNALS; i++)
		if (shared->handled[i])
			say(" %d*%d", i, shared->handled[i]);
	say(" %lx\n", shared->trail);
}

static void say_info(const siginfo_t *info)
{
	say(" signal %d code %x", info->si_signo, info->si_code);
	if (info->si_signo == SIGCHLD)
		say(" of %s status %x", name_of(info->si_pid), info->si_status);
	else if (info->si_code <= 0 || info->si_signo == SIGTRAP)
		say(" from %s", name_of(info->si_pid));
	else if (info->si_signo == SIGSEGV)
		say(" at %p", info->si_addr);
	if (info->si_code == SI_QUEUE)
		say(" value %d", info->si_value.sival_int);
}

static void say_regs(int tid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, tid, 0, &regs))
		return;
	/* What a calculation has left in the flags may be that of a process id. */
	say("  at %llx flags %llx sp %llx", regs.rip, regs.eflags & ~0x8d5,
	    regs.rsp);
	say(" rax %s call %lld\n", name_of(regs.rax), regs.orig_rax);
}

static int any_tid(int *slot)
{
	int tid;

	*slot = any(shared->nr_slots);
	tid = shared->tid[*slot];
	learn_names();
	say(" %s", name_of(tid));
	return tid;
}

static void say_result(long ret)
{
	if (ret < 0)
		say(" %s\n", strerrorname_np(errno));
	else
		say(" = %s\n", name_of(ret));
}

static void send_order(int slot, int order, long arg, long more)
{
	struct command command = { order, arg, more };

	if (write(ORDER_FD + slot, &command, sizeof(command)) < 0)
		die("write");
}

static unsigned long any_set(void)
{
	unsigned long set = 0;

	for (long i = any(4); i > 0; i--)
		set |= 1UL << (any_signal() - 1);
	return set;
}

static void order_any(void)
{
	static const int often[] = {
		ORDER_CALL, ORDER_CALL, ORDER_RAISE, ORDER_RAISE, ORDER_QUEUE,
		ORDER_MASK, ORDER_HANDLE, ORDER_HANDLE, ORDER_CLONE, ORDER_CLONE,
		ORDER_SLEEP, ORDER_SLEEP, ORDER_WAIT,
	};
	int order = any(3) ? often[any(sizeof(often) / sizeof(*often))] :
			     (int)any(NR_ORDERS);
	static const unsigned long flags[] = { 0, SA_RESTART, SA_NODEFER };
	int slot = any(has_parent && !any(5) ? 1 : shared->nr_slots);
	long arg = 0, more = 0;

	if (is_calm && (order == ORDER_INT3 || order == ORDER_FAULT))
		order = ORDER_CALL;

	switch (order) {
	case ORDER_MASK:
		arg = any(3);
		more = any_set();
		break;
	case ORDER_RAISE:
	case ORDER_QUEUE:
	case ORDER_IGNORE:
	case ORDER_DEFAULT:
		arg = any_signal();
		break;
	case ORDER_HANDLE:
		arg = any_signal();
		more = flags[any(3)];
		break;
	case ORDER_WAIT:
		arg = WNOHANG | (any(2) ? WUNTRACED : 0) | (any(2) ? __WALL : 0) |
		      (any(3) ? 0 : WCONTINUED);
		break;
	default:
		arg = any(64);
	}
	say("order %s %d %lx %lx\n", name_of(shared->tid[slot]), order, arg, more);
	send_order(slot, order, arg, more);
}

static void order_parent(void)
{
	static const int flags[] = { WUNTRACED, WCONTINUED, WUNTRACED | WCONTINUED,
				     __WALL, __WNOTHREAD };
	long arg = WNOHANG | flags[any(5)];

	say("order P wait %lx\n", arg);
	send_order(PARENT, ORDER_WAIT, arg, 0);
}

static void send_any(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };
	int signo = any(30) ? any_signal() : SIGKILL;
	int slot, tid, tgid;
	char path[64], line[256];
	FILE *file;

	say("send %d", signo);
	tid = any_tid(&slot);
	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	file = fopen(path, "r");
	tgid = tid;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Tgid: %d", &tgid) == 1)
			break;
	if (file)
		fclose(file);
	info.si_signo = signo;
	info.si_pid = getpid();
	info.si_value.sival_int = signo * 7;
	if (!tid)
		say(" nobody\n");
	else if (any(2))
		say_result(kill(tgid, signo));
	else if (any(2))
		say_result(syscall(SYS_tgkill, tgid, tid, signo));
	else
		say_result(syscall(SYS_rt_tgsigqueueinfo, tgid, tid, signo, &info));
}

/* Says what a stopped one can be asked. */
static void look(int tid, int status)
{
	struct __ptrace_syscall_info call;
	unsigned long message;
	siginfo_t info;
	sigset_t mask;

	memset(&info, 0, sizeof(info));
	if (!ptrace(PTRACE_GETSIGINFO, tid, 0, &info)) {
		say("  info");
		say_info(&info);
		say("\n");
	} else {
		say("  info %s\n", strerrorname_np(errno));
	}
	/* An exit status may be the number of a process as well. */
	if (ptrace(PTRACE_GETEVENTMSG, tid, 0, &message))
		say("  no message\n");
	else if (status >> 16 == PTRACE_EVENT_EXIT)
		say("  status %lx\n", message);
	else
		say("  message %s\n", name_of(message));
	if (!ptrace(PTRACE_GETSIGMASK, tid, 8, &mask))
		say("  mask %lx\n", *(unsigned long *)&mask);
	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(call), &call) > 0)
		say("  syscall %d\n", call.op);
	say_regs(tid);
}

static bool wait_any(void)
{
	int status, pid, flags;
	static const int kinds[] = { __WALL, __WALL, __WALL | WUNTRACED,
				     WUNTRACED | WCONTINUED, __WCLONE,
				     __WALL | __WNOTHREAD };

	flags = WNOHANG | kinds[any(6)];
	pid = waitpid(-1, &status, flags);
	say("wait %x", flags);
	if (pid < 0) {
		say(" %s\n", strerrorname_np(errno));
		return false;
	}
	learn_names();
	if (!pid) {
		say(" nothing\n");
		return false;
	}
	say(" %s %x\n", name_of(pid), status);
	if (WIFSTOPPED(status))
		look(pid, status);
	return true;
}

static void waitid_any(void)
{
	static const int flags[] = { WSTOPPED, WEXITED, WCONTINUED,
				     WSTOPPED | WEXITED,
				     WSTOPPED | WEXITED | WCONTINUED };
	int chosen = flags[any(5)] | WNOHANG | (any(2) ? WNOWAIT : 0) |
		     (any(2) ? __WALL : 0);
	siginfo_t info;
	int slot, tid;
	long ret;

	memset(&info, 0, sizeof(info));
	say("waitid %x", chosen);
	tid = any_tid(&slot);
	ret = waitid(any(2) ? P_ALL : P_PID, tid, &info, chosen);
	if (!ret && info.si_pid)
		say_info(&info);
	say_result(ret);
}

static unsigned long any_options(void)
{
	static const unsigned long options[] = {
		PTRACE_O_TRACESYSGOOD,	 PTRACE_O_TRACEFORK,
		PTRACE_O_TRACEVFORK,	 PTRACE_O_TRACECLONE,
		PTRACE_O_TRACEEXEC,	 PTRACE_O_TRACEVFORKDONE,
		PTRACE_O_TRACEEXIT,	 PTRACE_O_TRACESECCOMP,
		PTRACE_O_EXITKILL,
	};
	unsigned long chosen = 0;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (any(2) && (options[i] != PTRACE_O_EXITKILL || !any(4)))
			chosen |= options[i];
	return chosen;
}

static void attach_any(void)
{
	unsigned long options = any_options();
	int slot, tid;

	if (any(3)) {
		say("seize %lx", options);
		tid = any_tid(&slot);
		say_result(tid ? ptrace(PTRACE_SEIZE, tid, 0, options) : 0);
	} else {
		say("attach");
		tid = any_tid(&slot);
		say_result(tid ? ptrace(PTRACE_ATTACH, tid, 0, 0) : 0);
	}
}

static int any_to_pass(int tid)
{
	siginfo_t info;

	switch (any(4)) {
	case 0:
		return any(4) ? 0 : any_signal();
	case 1:
		return 0;
	default:
		/* What it stopped for, as a tracer does. */
		if (ptrace(PTRACE_GETSIGINFO, tid, 0, &info) ||
		    (info.si_signo == SIGTRAP && info.si_code > 0))
			return 0;
		return info.si_signo;
	}
}

static int signal_to_pass(int tid)
{
	int signo = any_to_pass(tid);

	return is_calm && (signo == SIGSEGV || signo == SIGTRAP) ? 0 : signo;
}

static void resume_any(void)
{
	static const struct {
		const char *name;
		int request;
	} kinds[] = {
		{ "cont", PTRACE_CONT },
		{ "cont", PTRACE_CONT },
		{ "syscall", PTRACE_SYSCALL },
		{ "syscall", PTRACE_SYSCALL },
		{ "step", PTRACE_SINGLESTEP },
		{ "sysemu", PTRACE_SYSEMU },
		{ "sysemu-step", PTRACE_SYSEMU_SINGLESTEP },
		{ "listen", PTRACE_LISTEN },
		{ "listen", PTRACE_LISTEN },
		{ "detach", PTRACE_DETACH },
	};
	int kind = any(sizeof(kinds) / sizeof(*kinds)), slot, tid, signo;

	say("%s", kinds[kind].name);
	tid = any_tid(&slot);
	if (!tid) {
		say(" nobody\n");
		return;
	}
	signo = kinds[kind].request == PTRACE_LISTEN ? 0 : signal_to_pass(tid);
	say(" %d", signo);
	say_result(ptrace(kinds[kind].request, tid, 0, signo));
}

static void resume_all(void)
{
	static const int requests[] = { PTRACE_CONT, PTRACE_CONT, PTRACE_SYSCALL };
	int request = requests[any(3)];

	say("resume all by %d\n", request);
	for (int i = 0; i < shared->nr_slots; i++) {
		int signo, tid = shared->tid[i];

		if (!tid)
			continue;
		learn_names();
		signo = signal_to_pass(tid);
		say(" %s %d", name_of(tid), signo);
		say_result(ptrace(request, tid, 0, signo));
	}
}

/* Several, with a look at where each leads; what stops it is waited for. */
static void step_some(void)
{
	int slot, tid, status, pid;

	say("steps");
	tid = any_tid(&slot);
	say("\n");
	for (long i = any(20); tid && i > 0; i--) {
		int signo = signal_to_pass(tid);

		if (ptrace(PTRACE_SINGLESTEP, tid, 0, signo)) {
			say("  %s\n", strerrorname_np(errno));
			return;
		}
		pid = waitpid(tid, &status, WNOHANG | __WALL);
		learn_names();
		say("  %d %s", signo, name_of(pid));
		say(" %x\n", pid > 0 ? status : 0);
		if (pid <= 0 || !WIFSTOPPED(status))
			return;
		say_regs(tid);
	}
}

static void ask_any(void)
{
	unsigned long set = any_set(), options = any_options();
	struct __ptrace_peeksiginfo_args peek = { .nr = 4 };
	siginfo_t info, many[4];
	int slot, tid;
	long ret;

	switch (any(8)) {
	case 0:
	case 1:
	case 2:
		say("interrupt");
		tid = any_tid(&slot);
		say_result(ptrace(PTRACE_INTERRUPT, tid, 0, 0));
		break;
	case 3:
		say("options %lx", options);
		tid = any_tid(&slot);
		say_result(ptrace(PTRACE_SETOPTIONS, tid, 0, options));
		break;
	case 4:
		say("mask %lx", set);
		tid = any_tid(&slot);
		say_result(ptrace(PTRACE_SETSIGMASK, tid, 8, &set));
		break;
	case 5:
		say("siginfo");
		tid = any_tid(&slot);
		ret = ptrace(PTRACE_GETSIGINFO, tid, 0, &info);
		info.si_code = SI_QUEUE;
		info.si_value.sival_int = 7;
		say_result(ret ? ret : ptrace(PTRACE_SETSIGINFO, tid, 0, &info));
		break;
	case 6:
		if (is_calm)
			break;
		say("no call");
		tid = any_tid(&slot);
		say_result(ptrace(PTRACE_POKEUSER, tid,
				  offsetof(struct user_regs_struct, orig_rax), -1L));
		break;
	default:
		peek.flags = any(2);
		say("queue %x", peek.flags);
		tid = any_tid(&slot);
		ret = ptrace(PTRACE_PEEKSIGINFO, tid, &peek, many);
		for (long i = 0; i < ret; i++)
			say_info(many + i);
		say_result(ret);
	}
}

static void do_something(void)
{
	static void (*const deeds[])(void) = {
		order_any, order_any, order_any, send_any, send_any, attach_any,
		resume_any, resume_any, resume_all, resume_all, resume_all,
		step_some, ask_any, ask_any, waitid_any,
	};
	long deed = any(sizeof(deeds) / sizeof(*deeds) + 8);

	if (has_parent && !any(12)) {
		order_parent();
	} else if (deed < (long)(sizeof(deeds) / sizeof(*deeds))) {
		deeds[deed]();
	} else {
		for (long most = 1 + any(4); most > 0 && wait_any(); most--)
			;
	}
}

/* Nobody else runs from here on until it sleeps. */
static void __attribute__((noreturn)) come_first(int slot)
{
	const struct sched_param param = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("sched_setscheduler");
	shared->nr_begun++;
	obey(slot);
}

static void fork_to_obey(int slot)
{
	int pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		shared->tid[slot] = getpid();
		come_first(slot);
	}
}

/* The tracee is a child of the tracer's, or of a process of its own. */
static void make_tracee(void)
{
	int pid;

	pid = has_parent ? fork() : 0;
	if (pid < 0)
		die("fork");
	if (!pid)
		fork_to_obey(0);
	if (!pid && has_parent) {
		shared->tid[PARENT] = getpid();
		come_first(PARENT);
	}
	while (shared->nr_begun < 1 + has_parent)
		sched_yield();
}

static bool is_anybody_there(void)
{
	for (int i = 0; i < shared->nr_slots; i++)
		if (shared->tid[i] && !kill(shared->tid[i], 0))
			return true;
	return false;
}

static void __attribute__((noreturn)) trace(void)
{
	static const int handled[] = { SIGUSR1, SIGUSR2, SIGCHLD, SIGURG,
				       SIGTERM, SIGALRM, 34,	  35 };
	long restart = any(2) ? SA_RESTART : 0;

	setpgid(0, 0);
	add_name(getpid(), "M");
	add_name(getppid(), "S");
	has_parent = any(2);
	shared->nr_slots = 1;
	make_tracee();
	for (size_t i = 0; i < sizeof(handled) / sizeof(*handled); i++) {
		if (!any(8))
			continue;
		send_order(0, ORDER_HANDLE, handled[i], restart);
		if (has_parent)
			send_order(PARENT, ORDER_HANDLE, handled[i], 0);
	}
	say_all();
	if (any(8))
		attach_any();
	for (int i = 0; i < NR_STEPS && is_anybody_there(); i++) {
		do_something();
		say_all();
	}
	if (any(2) || is_calm) {
		say("let go\n");
		for (int i = 0; i < shared->nr_slots; i++)
			if (shared->tid[i])
				ptrace(PTRACE_DETACH, shared->tid[i], 0, 0);
	}
	_exit(0);
}

static int open_pipe(int read_fd, int write_fd)
{
	int fds[2];

	if (pipe(fds) || dup2(fds[0], read_fd) < 0 || dup2(fds[1], write_fd) < 0)
		die("pipe");
	close(fds[0]);
	close(fds[1]);
	return 0;
}

static void map_shared(void)
{
	if (mmap((void *)SHARED_ADDRESS, sizeof(*shared), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED_NOREPLACE, MEMORY_FD, 0) == MAP_FAILED)
		die("mmap");
}

static void prepare(void)
{
	int fd = memfd_create("shared", 0);

	if (fd < 0 || ftruncate(fd, sizeof(*shared)) || dup2(fd, MEMORY_FD) < 0)
		die("memfd_create");
	close(fd);
	map_shared();
	story = mmap(NULL, sizeof(*story), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (story == MAP_FAILED)
		die("mmap");
	open_pipe(EMPTY_FD, EMPTY_FD + 1);
}

/* Everybody who is left; the tracer's children are ours by now. */
static bool kill_all(void)
{
	long limit = now_ms() + PATIENCE_MS;
	int pid;

	for (;;) {
		for (int i = 0; i < NR_SLOTS; i++)
			if (shared->tid[i])
				kill(shared->tid[i], SIGKILL);
		pid = waitpid(-1, NULL, __WALL | WNOHANG);
		if (pid < 0 && errno == ECHILD)
			return true;
		if (now_ms() > limit)
			return false;
		if (!pid)
			sched_yield();
	}
}

static uint64_t hash_of(const char *text, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325;

	while (size--)
		hash = (hash ^ (unsigned char)*text++) * 0x100000001b3;
	return hash;
}

/* The tracer is gone; what has become of those that it had traced? */
static bool end(int tracer)
{
	bool all_died;
	int status;

	if (waitpid(tracer, &status, 0) != tracer)
		die("waitpid");
	nr_names = 0;
	add_name(tracer, "M");
	add_name(getpid(), "S");
	say("tracer ended by %x\n", status);
	say_all();
	all_died = kill_all();
	if (!all_died) {
		say("somebody does not die\n");
		say_all();
	}
	return all_died;
}

static bool run(unsigned long seed, long number, bool in_full)
{
	bool all_died;
	int tracer;

	memset(shared, 0, sizeof(*shared));
	story->size = 0;
	state = seed * 0x2545f4914f6cdd1d + number;
	next_random();
	for (int i = 0; i < NR_SLOTS; i++)
		open_pipe(COMMAND_FD + i, ORDER_FD + i);
	tracer = fork();
	if (tracer < 0)
		die("fork");
	if (!tracer) {
		alarm(PATIENCE_MS / 1000);
		trace();
	}
	all_died = end(tracer);
	if (in_full)
		fwrite(story->text, 1, story->size, stdout);
	printf("%ld %016llx\n", number,
	       (unsigned long long)hash_of(story->text, story->size));
	fflush(stdout);
	return all_died;
}

/* No process id is a number that means something else. */
static void use_low_pids(void)
{
	int pid;

	do {
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	} while (pid < LOWEST_PID);
}

/*
 * How long those may run that come first, of each second; -1: as long as they want.
 * A machine that does other work lets one look as if it had run for that long.
 */
static void limit_first(const char *us)
{
	int fd = open("/proc/sys/kernel/sched_rt_runtime_us", O_WRONLY);

	if (fd < 0 || write(fd, us, strlen(us)) < 0)
		die("sched_rt_runtime_us");
	close(fd);
}

/* What depends on where things are is the same everywhere, and nobody dumps core. */
static void settle_down(char **argv)
{
	const struct rlimit none = { 0, 0 };
	char *envp[] = { NULL };
	cpu_set_t first;

	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execve("/proc/self/exe", argv, envp);
		die("execve");
	}
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		die("sched_setaffinity");
	setrlimit(RLIMIT_CORE, &none);
	setsid();
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		die("prctl");
}

int main(int argc, char **argv)
{
	bool in_full = false, all_died = true;
	long first, count;

	if (argc == 2 && !strcmp(argv[0], "obey")) {
		map_shared();
		shared->tid[atoi(argv[1])] = syscall(SYS_gettid);
		obey(atoi(argv[1]));
	}
	if (argc < 4) {
		fprintf(stderr, "usage: random SEED FIRST COUNT [say] [calm]\n");
		return 2;
	}
	for (int i = 4; i < argc; i++) {
		in_full |= !strcmp(argv[i], "say");
		is_calm |= !strcmp(argv[i], "calm");
	}
	settle_down(argv);
	use_low_pids();
	prepare();
	first = atol(argv[2]);
	count = atol(argv[3]);
	limit_first("-1");
	while (count-- && all_died)
		all_died = run(strtoul(argv[1], NULL, 0), first++, in_full);
	limit_first("950000");
	return !all_died;
}
