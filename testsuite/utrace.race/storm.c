// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Four tracers on a program of 64 threads: their engines come, change their
 * masks, act at random and go, while the program forks, execs, gets signals,
 * stops, continues and is killed. At the end all let go, and every thread must
 * move again.
 *
 *	storm run SECONDS SEED		the above
 *	storm unload TIMES SEED MODULE	the tracers' module goes in the middle of it
 *	storm target SEED		the program (not for use by hand)
 *
 * With RACE_LOAD=1 four more processes keep the machine busy.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "race.h"

#define NR_TRACERS	4
#define NR_THREADS	64
#define PATIENCE_S	30

/* Written by the program, read by the tracers. */
struct shared {
	atomic_int tids[NR_THREADS];
	atomic_ulong moves[NR_THREADS];
	atomic_int incarnation;	/* goes up with each exec */
};

static struct shared *shared;
static char self[256];
static atomic_int over;
static atomic_ulong rounds, attached, failures, bad, kills, followed;

#define FAILURE(fmt, ...)						\
	do {								\
		if (failures++ < 20)					\
			printf("FAILURE " fmt "\n", ##__VA_ARGS__);	\
	} while (0)

/*
 * The program.
 */

static unsigned long target_seed;

static void on_signal(int sig)
{
	(void)sig;
}

static void move(int number)
{
	atomic_fetch_add(&shared->moves[number], 1);
}

static void do_fork(struct chance *chance)
{
	pid_t pid = choose(chance, 2) ? fork() : vfork();

	if (!pid) {
		if (choose(chance, 4) == 0)
			execl(self, self, "nothing", NULL);
		_exit(0);
	}
	if (pid > 0)
		while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
			;
}

static void do_exec(void)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", target_seed + 1);
	execl(self, self, "target", text, NULL);
}

static void *be_short(void *arg)
{
	return arg;
}

static void do_thread(void)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, be_short, NULL))
		pthread_join(thread, NULL);
}

static void do_memory(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	page[4096] = 1;
	munmap(page, 8192);
}

static void do_something(int number, struct chance *chance)
{
	switch (choose(chance, 40)) {
	case 0:
		if (number % 8 == 1)
			do_fork(chance);
		break;
	case 1:
		if (number % 8 == 2)
			do_thread();
		break;
	case 2:
		do_memory();
		break;
	case 3:
		syscall(SYS_tgkill, getpid(),
			atomic_load(&shared->tids[choose(chance, NR_THREADS)]),
			choose(chance, 2) ? SIGURG : SIGUSR1);
		break;
	case 4:
		if (number == NR_THREADS - 1 && choose(chance, 200) == 0)
			do_exec();
		break;
	default:
		if (number % 4 == 0)
			nap_us(choose(chance, 3000));
		else
			syscall(SYS_getppid);
	}
}

static void *be_thread(void *arg)
{
	int number = (long)arg;
	struct chance chance = { target_seed * 100 + number };

	atomic_store(&shared->tids[number], syscall(SYS_gettid));
	for (;;) {
		do_something(number, &chance);
		move(number);
		/* 64 threads that never rest leave no time for the others. */
		nap_us(choose(&chance, 20000));
	}
	return NULL;
}

static void be_target(void)
{
	struct sigaction on = { .sa_handler = on_signal };
	pthread_t thread;
	long i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGURG, &on, NULL);
	sigaction(SIGWINCH, &on, NULL);
	atomic_fetch_add(&shared->incarnation, 1);
	for (i = 1; i < NR_THREADS; i++)
		while (pthread_create(&thread, NULL, be_thread, (void *)i))
			nap_us(1000);
	be_thread(NULL);
}

static pid_t start_target(unsigned long seed)
{
	char text[24];
	pid_t pid;

	snprintf(text, sizeof(text), "%lu", seed);
	pid = vfork();
	if (!pid) {
		execl(self, self, "target", text, NULL);
		_exit(1);
	}
	return pid;
}

/*
 * Load.
 */

static void be_load(int kind)
{
	int ends[2];
	char byte = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pipe(ends))
		_exit(1);
	if (kind == 3)
		fork();
	for (;;) {
		switch (kind) {
		case 0:
			spin_us(1000);
			break;
		case 1:
			if (!fork())
				_exit(0);
			wait(NULL);
			break;
		case 2:
			do_memory();
			break;
		case 3:
			if (write(ends[1], &byte, 1) != 1 ||
			    read(ends[0], &byte, 1) != 1)
				_exit(1);
			break;
		}
	}
}

static void start_load(void)
{
	int kind;

	if (!getenv("RACE_LOAD"))
		return;
	for (kind = 0; kind < 4; kind++)
		if (!fork())
			be_load(kind);
}

/*
 * The tracers.
 */

struct tracer {
	int fd;
	bool unloading;
	struct chance chance;
	struct {
		int tid;	/* 0: no engine */
		unsigned int id;
	} threads[NR_THREADS];
};

static struct tracer tracers[NR_TRACERS];
static atomic_int target;

static unsigned long some_mask(struct tracer *tracer)
{
	unsigned long mask = choose(&tracer->chance, EVENTS_ALL + 1);

	/* Every call of every thread, often: rather now and then. */
	if (choose(&tracer->chance, 3))
		mask &= ~(EVENT(SYSCALL_ENTRY) | EVENT(SYSCALL_EXIT));
	return mask;
}

/* What a file answers whose module has gone. */
static bool is_unloaded(struct tracer *tracer, int answer)
{
	return tracer->unloading &&
	       (answer == -ENOTTY || answer == -EBADF);
}

static void check(struct tracer *tracer, const char *what, int answer,
		  const int *allowed)
{
	if (answer == 0 || is_unloaded(tracer, answer))
		return;
	for (; *allowed; allowed++)
		if (answer == *allowed)
			return;
	FAILURE("%s answers %s", what, strerror(-answer));
}

static void new_policy(struct tracer *tracer)
{
	struct chance *chance = &tracer->chance;
	unsigned int actions = 1 << RESUME;

	if (choose(chance, 2))
		actions |= choose(chance, 1 << DETACH);
	if (choose(chance, 8) == 0)
		actions |= 1 << DETACH;
	race_call(tracer->fd, RACE_RANDOM, 0, actions,
		  choose(chance, 1 << RACE_NR_KINDS));
	race_call(tracer->fd, RACE_DELAY, 0,
		  choose(chance, 3) ? 0 : choose(chance, 500),
		  choose(chance, 1 << RACE_NR_KINDS));
	race_call(tracer->fd, RACE_FOLLOW, 0, choose(chance, 2), 0);
}

/* Lets all go, and forgets children that are gone. */
static void sweep(struct tracer *tracer)
{
	struct race_command command = { .op = RACE_HARVEST };

	race_call(tracer->fd, RACE_CONTROL_ALL, 0, RESUME, 0);
	race_do(tracer->fd, &command);
	followed += command.value;
}

static void leave_thread(struct tracer *tracer, int number)
{
	static const int allowed[] = {
		-EINPROGRESS, -EALREADY, -ESRCH, 0
	};
	unsigned int id = tracer->threads[number].id;
	double end = now() + patience_s(PATIENCE_S);
	int answer;

	check(tracer, "DETACH",
	      race_call(tracer->fd, RACE_CONTROL, id, DETACH, 0), allowed);
	while ((answer = race_call(tracer->fd, RACE_DROP, id, 0, 0)) == -EBUSY) {
		if (now() > end) {
			FAILURE("thread %d: the engine does not leave",
				tracer->threads[number].tid);
			break;
		}
		nap_us(200);
		/* The death of a zombie's engines waits for nobody. */
		race_call(tracer->fd, RACE_CONTROL, id, DETACH, 0);
	}
	tracer->threads[number].tid = 0;
}

static void come_to_thread(struct tracer *tracer, int number)
{
	static const int allowed[] = { -ESRCH, -EALREADY, 0 };
	struct race_command command = {
		.op = RACE_ATTACH,
		.pid = atomic_load(&shared->tids[number]),
		.id = -1,
		.mask = some_mask(tracer),
	};
	int answer;

	if (!command.pid)
		return;
	answer = race_do(tracer->fd, &command);
	check(tracer, "attach", answer, allowed);
	if (command.id == (unsigned int)-1)
		return;
	tracer->threads[number].tid = command.pid;
	tracer->threads[number].id = command.id;
	attached++;
}

static void call_something(struct tracer *tracer, unsigned int id)
{
	static const int control[] = { -EINPROGRESS, -ESRCH, -EAGAIN, 0 };
	static const int events[] = { -EINPROGRESS, -EALREADY, -ESRCH, 0 };
	static const int barrier[] = { -ESRCH, -EINTR, 0 };
	static const int examine[] = { -EINVAL, -ESRCH, -EAGAIN, 0 };
	struct chance *chance = &tracer->chance;

	switch (choose(chance, 10)) {
	case 0:
	case 1:
		check(tracer, "set_events",
		      race_call(tracer->fd, RACE_EVENTS_LOOSE, id, 0,
				some_mask(tracer)), events);
		break;
	case 2:
		check(tracer, "barrier",
		      race_call(tracer->fd, RACE_BARRIER, id, 0, 0), barrier);
		break;
	case 3:
		check(tracer, "examine",
		      race_call(tracer->fd, RACE_EXAMINE, id, 0, 0), examine);
		break;
	default:
		check(tracer, "control",
		      race_call(tracer->fd, RACE_CONTROL, id,
				choose(chance, DETACH), 0), control);
		break;
	}
}

static void play(struct tracer *tracer)
{
	int number = choose(&tracer->chance, NR_THREADS);
	int tid = tracer->threads[number].tid;

	rounds++;
	if (!tid)
		come_to_thread(tracer, number);
	else if (tid != atomic_load(&shared->tids[number]) ||
		 choose(&tracer->chance, 20) == 0)
		leave_thread(tracer, number);
	else
		call_something(tracer, tracer->threads[number].id);
}

static void *be_tracer(void *arg)
{
	struct tracer *tracer = arg;
	double next = 0;

	while (!atomic_load(&over)) {
		if (now() > next) {
			sweep(tracer);
			new_policy(tracer);
			next = now() + 0.2;
		}
		play(tracer);
		if (choose(&tracer->chance, 4) == 0)
			nap_us(choose(&tracer->chance, 500));
	}
	return NULL;
}

static void send_something(struct chance *chance)
{
	static const int signals[] = { SIGURG, SIGWINCH, SIGUSR1, SIGSTOP };
	pid_t pid = atomic_load(&target);
	int sig = signals[choose(chance, 4)];

	kill(pid, sig);
	if (sig == SIGSTOP) {
		nap_us(choose(chance, 3000));
		kill(pid, SIGCONT);
	}
}

/* A held process dies of SIGKILL all the same. */
static void replace_target(unsigned long seed)
{
	double end = now() + patience_s(PATIENCE_S);
	pid_t pid = atomic_load(&target);

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, WNOHANG) != pid) {
		if (now() > end) {
			FAILURE("process %d does not die", pid);
			break;
		}
		nap_us(1000);
	}
	kills++;
	atomic_store(&target, start_target(seed));
}

static void check_all_move(void)
{
	double end = now() + patience_s(PATIENCE_S);
	unsigned long before[NR_THREADS];
	int i;

	kill(atomic_load(&target), SIGCONT);
	for (i = 0; i < NR_THREADS; i++)
		before[i] = atomic_load(&shared->moves[i]);
	for (i = 0; i < NR_THREADS; i++) {
		while (atomic_load(&shared->moves[i]) == before[i]) {
			if (now() > end) {
				FAILURE("thread %d (%d of %d) does not move", i,
					atomic_load(&shared->tids[i]),
					atomic_load(&target));
				break;
			}
			nap_us(1000);
		}
	}
}

static void open_tracers(unsigned long seed, bool unloading)
{
	int i;

	for (i = 0; i < NR_TRACERS; i++) {
		memset(&tracers[i], 0, sizeof(tracers[i]));
		tracers[i].fd = race_open();
		tracers[i].unloading = unloading;
		tracers[i].chance.state = seed * 10 + i;
	}
}

static void run(double seconds, unsigned long seed)
{
	struct chance chance = { seed };
	pthread_t threads[NR_TRACERS];
	double end = now() + seconds;
	int i;

	atomic_store(&target, start_target(seed));
	open_tracers(seed, false);
	for (i = 0; i < NR_TRACERS; i++)
		pthread_create(&threads[i], NULL, be_tracer, &tracers[i]);
	while (now() < end) {
		send_something(&chance);
		nap_us(choose(&chance, 20000));
		if (choose(&chance, 500) == 0)
			replace_target(choose(&chance, 1000));
	}
	atomic_store(&over, 1);
	for (i = 0; i < NR_TRACERS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < NR_TRACERS; i++) {
		bad += race_bad(tracers[i].fd);
		close(tracers[i].fd);
	}
	check_all_move();
	replace_target(0);
	kill(atomic_load(&target), SIGKILL);
}

/* The files stay open: the module closes them as it goes. */
static void unload_once(unsigned long seed, const char *module)
{
	pthread_t threads[NR_TRACERS];
	int i, file;

	atomic_store(&over, 0);
	open_tracers(seed, true);
	for (i = 0; i < NR_TRACERS; i++)
		pthread_create(&threads[i], NULL, be_tracer, &tracers[i]);
	nap_us(300000);
	if (syscall(SYS_delete_module, "utrace_race", O_NONBLOCK))
		FAILURE("the module does not go: %m");
	atomic_store(&over, 1);
	for (i = 0; i < NR_TRACERS; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < NR_TRACERS; i++)
		close(tracers[i].fd);
	check_all_move();
	file = open(module, O_RDONLY | O_CLOEXEC);
	if (file < 0 || syscall(SYS_finit_module, file, "", 0))
		FAILURE("the module does not come back: %m");
	close(file);
}

static void map_shared(void)
{
	const char *path = "/dev/shm/utrace-storm";
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (file < 0 || ftruncate(file, sizeof(*shared)))
		exit(2);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		      file, 0);
	if (shared == MAP_FAILED)
		exit(2);
	close(file);
}

static void unload(unsigned long times, unsigned long seed, const char *module)
{
	unsigned long i;

	atomic_store(&target, start_target(seed));
	for (i = 0; i < times; i++)
		unload_once(seed + i, module);
	printf("unloaded %lu times\n", times);
	kill(atomic_load(&target), SIGKILL);
}

int main(int argc, char **argv)
{
	unsigned long seed;

	if (argc < 3)	/* what the program's children exec */
		return 0;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	map_shared();
	if (!strcmp(argv[1], "target")) {
		target_seed = strtoul(argv[2], NULL, 0);
		be_target();
	}
	if (argc < 4) {
		fprintf(stderr, "Usage: storm run SECONDS SEED | unload TIMES SEED MODULE\n");
		return 2;
	}
	/* The program inherits this, and is safe before it runs. */
	signal(SIGUSR1, SIG_IGN);
	seed = strtoul(argv[3], NULL, 0);
	start_load();
	if (!strcmp(argv[1], "unload") && argc > 4)
		unload(strtoul(argv[2], NULL, 0), seed, argv[4]);
	else
		run(atof(argv[2]), seed);
	printf("%lu rounds, %lu engines, %lu kills, %d execs, %lu failures, %lu callbacks that must not come\n",
	       rounds, attached, kills, atomic_load(&shared->incarnation),
	       failures, bad);
	return failures || bad;
}
