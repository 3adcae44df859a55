// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process of four threads dumps core while an engine holds one of them, and
 * while callbacks take their time: the dump is complete, in a file and through
 * a pipe.
 *
 *	core			the tests
 *	core save FILE		what the kernel starts at the end of the pipe
 */
#define _GNU_SOURCE
#include <elf.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/resource.h>

#include "beside.h"

#define PATTERN "/proc/sys/kernel/core_pattern"
#define NR_THREADS 4

static struct {
	volatile long ready;
	volatile long tids[NR_THREADS];
	volatile long go;
} *shared;

static volatile int *volatile nowhere;

static void *be_thread(void *arg)
{
	long number = (long)arg;

	shared->tids[number] = syscall(SYS_gettid);
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
	if (number != 1)
		for (;;)
			nap_us(1000);
	wait_word(&shared->go, 1);
	*nowhere = 0;
	return NULL;
}

static void be_child(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	pthread_t thread;
	long i;

	setrlimit(RLIMIT_CORE, &limit);
	prctl(PR_SET_DUMPABLE, 1);
	for (i = 1; i < NR_THREADS; i++)
		pthread_create(&thread, NULL, be_thread, (void *)i);
	be_thread(NULL);
}

/* The numbers of the threads in a core file, as a set of those in shared. */
static unsigned int threads_of(const char *notes, size_t len)
{
	unsigned int set = 0;
	size_t at = 0;
	int i;

	while (at + sizeof(Elf64_Nhdr) <= len) {
		const Elf64_Nhdr *note = (const void *)(notes + at);
		size_t desc = at + sizeof(*note) + ((note->n_namesz + 3) & ~3u);
		const struct elf_prstatus *status =
			(const void *)(notes + desc);

		for (i = 0; note->n_type == NT_PRSTATUS && i < NR_THREADS; i++)
			if (status->pr_pid == shared->tids[i])
				set |= 1 << i;
		at = desc + ((note->n_descsz + 3) & ~3u);
	}
	return set;
}

/* Says what is wrong with a core file, or NULL. */
static const char *find_fault(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	off_t len = file < 0 ? 0 : lseek(file, 0, SEEK_END);
	const Elf64_Ehdr *elf;
	const Elf64_Phdr *segment;
	int i;

	if (len < (off_t)sizeof(*elf))
		return "no file";
	elf = mmap(NULL, len, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (elf == MAP_FAILED || memcmp(elf->e_ident, ELFMAG, SELFMAG) ||
	    elf->e_type != ET_CORE)
		return "no core file";
	segment = (const void *)((const char *)elf + elf->e_phoff);
	for (i = 0; i < elf->e_phnum; i++)
		if ((off_t)(segment[i].p_offset + segment[i].p_filesz) > len)
			return "the file is cut off";
	for (i = 0; i < elf->e_phnum; i++)
		if (segment[i].p_type == PT_NOTE)
			return threads_of((const char *)elf +
					  segment[i].p_offset,
					  segment[i].p_filesz) ==
					       (1 << NR_THREADS) - 1 ?
				       NULL : "a thread is missing";
	return "no notes";
}

static void test_dump(int fd, const char *name, const char *path,
		      unsigned int held, unsigned int slow_kinds)
{
	double end = now() + patience_s(20);
	const char *fault;
	unsigned int id;
	pid_t pid;
	int status;

	unlink(path);
	memset((void *)shared, 0, sizeof(*shared));
	engine_returns(fd, RESUME);
	race_call(fd, RACE_DELAY, 0, 0, EVENTS_ALL);
	pid = child(be_child);
	wait_word(&shared->ready, NR_THREADS);
	id = engine_on(fd, shared->tids[held],
		       HOLDS_MASK | EVENT(EXIT) | EVENT(DEATH) |
		       EVENT(SIGNAL_CORE));
	if (slow_kinds)
		race_call(fd, RACE_DELAY, 0, 300000, slow_kinds);
	else
		hold(fd, id, shared->tids[held]);
	shared->go = 1;
	status = wait_child(pid);
	/* A pipe's reader ends when it likes. */
	while ((fault = find_fault(path)) && now() < end)
		nap_us(10000);
	verdict(status != -1 && WIFSIGNALED(status) &&
		WTERMSIG(status) == SIGSEGV && WCOREDUMP(status) && !fault,
		name, "status %x, %s", status, fault ?: "complete");
	if (status == -1)
		kill_child(pid);
	unlink(path);
}

static void test_all(int fd, const char *path, const char *where)
{
	char name[100];

	snprintf(name, sizeof(name), "%s: a thread is held", where);
	test_dump(fd, name, path, 2, 0);
	snprintf(name, sizeof(name), "%s: the leader is held", where);
	test_dump(fd, name, path, 0, 0);
	snprintf(name, sizeof(name), "%s: report_exit takes time", where);
	test_dump(fd, name, path, 2, 1 << RACE_EXIT);
	snprintf(name, sizeof(name), "%s: report_signal takes time", where);
	test_dump(fd, name, path, 1, 1 << RACE_SIGNAL);
}

static int save(const char *path)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	static char bytes[65536];
	ssize_t len;

	while ((len = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0)
		if (write(file, bytes, len) != len)
			return 1;
	return len < 0;
}

int main(int argc, char **argv)
{
	static const char path[] = "/dev/shm/utrace-core";
	char self[200] = "", pattern[300];
	char before[300];
	int fd;

	if (argc > 2 && !strcmp(argv[1], "save"))
		return save(argv[2]);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 2;
	fd = race_open();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(before, sizeof(before), "%.200s", read_file(PATTERN));
	write_file(PATTERN, path);
	test_all(fd, path, "into a file");
	snprintf(pattern, sizeof(pattern), "|%s save %s", self, path);
	if (strlen(pattern) < 128 && write_file(PATTERN, pattern))
		test_all(fd, path, "into a pipe");
	else
		unsupported("into a pipe", "the path is too long");
	write_file(PATTERN, before);
	return verdicts_failed || race_bad(fd);
}
