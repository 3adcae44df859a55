// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a debugger may leave in a process: text that is not that of its file,
 * threads that are stopped, traced or have an engine. The process may run and
 * end meanwhile.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "look.h"

#define CHUNK 65536
#define FILES_MAX 32

struct file {
	char path[512];
	const unsigned char *data;
	size_t len;
};

/* Programs and libraries do not change under a test: each is mapped once. */
static const struct file *map_file(const char *path)
{
	static struct file files[FILES_MAX];
	static unsigned int nr_files;
	struct file *file;
	struct stat st;
	void *data;
	int fd;

	for (file = files; file < files + nr_files; file++)
		if (!strcmp(file->path, path))
			return file;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (nr_files == FILES_MAX || fd < 0 || fstat(fd, &st))
		return NULL;
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return NULL;
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->data = data;
	file->len = st.st_size;
	nr_files++;
	return file;
}

/* @at: where @ours was read; @offset: where in @file it should be from. */
static void compare(const unsigned char *ours, size_t len, unsigned long at,
		    const struct file *file, unsigned long offset,
		    look_complain_t *complain)
{
	size_t has = offset < file->len ? file->len - offset : 0, i;
	unsigned char theirs;

	if (len <= has && !memcmp(ours, file->data + offset, len))
		return;
	for (i = 0; i < len; i++) {
		/* Behind the end of the file the page is zero. */
		theirs = i < has ? file->data[offset + i] : 0;
		if (ours[i] != theirs)
			complain("%s: %02x and not %02x at %lx\n", file->path,
				 ours[i], theirs, at + i);
	}
}

/* Return: whether all of it could be looked at. */
static bool compare_mapping(int mem, const char *path, unsigned long start,
			    unsigned long end, unsigned long offset,
			    look_complain_t *complain)
{
	static unsigned char ours[CHUNK];
	const struct file *file = map_file(path);
	size_t len;

	if (!file)
		return false;
	for (; start < end; start += len, offset += len) {
		len = end - start < CHUNK ? end - start : CHUNK;
		if (pread(mem, ours, len, (off_t)start) != (ssize_t)len)
			return false;
		compare(ours, len, start, file, offset, complain);
	}
	return true;
}

static int compare_mappings(int mem, FILE *maps, look_complain_t *complain)
{
	unsigned long start, end, offset;
	char path[512], line[1024], perms[8];
	bool whole = true;
	int nr = 0;

	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %511s", &start, &end,
			   perms, &offset, path) != 5 ||
		    path[0] != '/' || strcmp(perms, "r-xp"))
			continue;
		whole &= compare_mapping(mem, path, start, end, offset,
					 complain);
		nr++;
	}
	return whole ? nr : -1;
}

/**
 * look_at_text() - is each page of a file that can be executed and not written
 * as it is in the file?
 * @pid: a process
 * @complain: called for each byte that is not
 *
 * Return: the number of mappings; negative: not all could be looked at, as when
 * the process ends.
 */
int look_at_text(int pid, look_complain_t *complain)
{
	char name[64];
	FILE *maps;
	int mem, nr;

	snprintf(name, sizeof(name), "/proc/%d/mem", pid);
	mem = open(name, O_RDONLY | O_CLOEXEC);
	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "re");
	nr = mem >= 0 && maps ? compare_mappings(mem, maps, complain) : -1;
	if (maps)
		fclose(maps);
	if (mem >= 0)
		close(mem);
	return nr;
}

static bool is_debugging(const char *line)
{
	return !strncmp(line, "Utrace:", 7) ||
	       (!strncmp(line, "TracerPid:", 10) && atoi(line + 10));
}

static void look_at_thread(int pid, const char *tid, bool stops_only,
			   look_complain_t *complain)
{
	char name[512], line[512];
	FILE *status;

	snprintf(name, sizeof(name), "/proc/%d/task/%s/status", pid, tid);
	status = fopen(name, "re");
	if (!status)
		return;
	while (fgets(line, sizeof(line), status))
		if ((!strncmp(line, "State:", 6) && strpbrk(line + 6, "tT")) ||
		    (!stops_only && is_debugging(line)))
			complain("thread %d/%s: %s", pid, tid, line);
	fclose(status);
}

/**
 * look_at_threads() - is a thread stopped or debugged?
 * @pid: a process
 * @stops_only: stops alone count
 * @complain: called for each that is
 *
 * Return: whether there is such a process.
 */
bool look_at_threads(int pid, bool stops_only, look_complain_t *complain)
{
	struct dirent *entry;
	char name[64];
	DIR *dir;

	snprintf(name, sizeof(name), "/proc/%d/task", pid);
	dir = opendir(name);
	if (!dir)
		return false;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			look_at_thread(pid, entry->d_name, stops_only,
				       complain);
	closedir(dir);
	return true;
}
