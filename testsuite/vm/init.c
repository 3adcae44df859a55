// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's first process: mounts, network, then the agent. Static, single
 * thread. Any failure is printed on the console and ends the guest (pid 1
 * returns, the kernel panics, QEMU exits), so that vm-boot sees it at once.
 *
 * On the command line: g.dir=DIR, the guest's run directory on the host, where
 * DIR/token holds the agent's secret and DIR/shares one line "TAG PATH" for
 * each writable directory; g.overlay=1 for a root that takes writes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init.h"

static void die(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "vm: init: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

static void must_mount(const char *what, const char *where, const char *type,
		       const char *options)
{
	if (mount(what, where, type, 0, options))
		die("mount %s on %s", type, where);
}

/* For what a kernel may have been built without. */
static void may_mount(const char *what, const char *where, const char *type)
{
	if (mount(what, where, type, 0, NULL) && errno != ENODEV &&
	    errno != ENOENT)
		die("mount %s on %s", type, where);
}

/* Returns the value of NAME= on the kernel's command line, or NULL. */
static char *cmdline_value(const char *name)
{
	static char line[4096];
	size_t len = strlen(name);
	char *word, *at;
	FILE *file;

	file = fopen("/proc/cmdline", "r");
	if (!file || !fgets(line, sizeof(line), file))
		die("/proc/cmdline");
	fclose(file);
	for (word = strtok_r(line, " \n", &at); word;
	     word = strtok_r(NULL, " \n", &at))
		if (!strncmp(word, name, len) && word[len] == '=')
			return strdup(word + len + 1);
	return NULL;
}

static void read_run_file(const char *dir, const char *name, char *text,
			  size_t size)
{
	char path[4096];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		die("%s", path);
	len = read(fd, text, size - 1);
	if (len < 0)
		die("%s", path);
	text[len] = '\0';
	close(fd);
}

/*
 * Puts a tmpfs over the read-only root. A real pivot_root(), since a task in
 * a chroot may not make user namespaces.
 */
static void overlay_root(void)
{
	must_mount("tmpfs", "/mnt", "tmpfs", "mode=755");
	if (mkdir("/mnt/u", 0755) || mkdir("/mnt/w", 0755) ||
	    mkdir("/mnt/r", 0755))
		die("mkdir in /mnt");
	must_mount("overlay", "/mnt/r", "overlay",
		   "lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w,xino=off");
	if (chdir("/mnt/r") || syscall(SYS_pivot_root, ".", "mnt"))
		die("pivot_root");
	if (chdir("/") || umount2("/mnt", MNT_DETACH))
		die("leaving the old root");
	must_mount("proc", "/proc", "proc", NULL);
}

static void mount_shares(char *shares)
{
	char *line, *path, *at;

	for (line = strtok_r(shares, "\n", &at); line;
	     line = strtok_r(NULL, "\n", &at)) {
		path = strchr(line, ' ');
		if (!path)
			continue;
		*path++ = '\0';
		must_mount(line, path, "9p",
			   "trans=virtio,version=9p2000.L,msize=524288,cache=none");
	}
}

static void mount_all(char *shares)
{
	must_mount("sysfs", "/sys", "sysfs", NULL);
	must_mount("devtmpfs", "/dev", "devtmpfs", NULL);
	mkdir("/dev/pts", 0755);
	mkdir("/dev/shm", 01777);
	mkdir("/dev/mqueue", 01777);
	must_mount("devpts", "/dev/pts", "devpts",
		   "mode=620,gid=5,ptmxmode=666");
	must_mount("tmpfs", "/dev/shm", "tmpfs", "mode=1777");
	may_mount("mqueue", "/dev/mqueue", "mqueue");
	must_mount("tmpfs", "/run", "tmpfs", "mode=755");
	may_mount("debugfs", "/sys/kernel/debug", "debugfs");
	may_mount("tracefs", "/sys/kernel/tracing", "tracefs");
	may_mount("cgroup2", "/sys/fs/cgroup", "cgroup2");
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
	mount_shares(shares);
}

static void raise_link(int sock, const char *name, const char *address)
{
	struct ifreq req = { 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)&req.ifr_addr;

	strcpy(req.ifr_name, name);
	if (address) {
		in->sin_family = AF_INET;
		inet_pton(AF_INET, address, &in->sin_addr);
		if (ioctl(sock, SIOCSIFADDR, &req))
			die("address of %s", name);
		inet_pton(AF_INET, "255.255.255.0", &in->sin_addr);
		if (ioctl(sock, SIOCSIFNETMASK, &req))
			die("netmask of %s", name);
	}
	req.ifr_flags = IFF_UP;
	if (ioctl(sock, SIOCSIFFLAGS, &req))
		die("raising %s", name);
}

/* The addresses are those that QEMU's user network gives its one guest. */
static void raise_network(void)
{
	struct rtentry route = { .rt_flags = RTF_UP | RTF_GATEWAY };
	struct sockaddr_in *in = (struct sockaddr_in *)&route.rt_gateway;
	int sock = socket(AF_INET, SOCK_DGRAM, 0);

	if (sock < 0)
		die("socket");
	raise_link(sock, "lo", NULL);
	raise_link(sock, "eth0", "10.0.2.15");
	in->sin_family = AF_INET;
	inet_pton(AF_INET, "10.0.2.2", &in->sin_addr);
	route.rt_dst.sa_family = AF_INET;
	route.rt_genmask.sa_family = AF_INET;
	if (ioctl(sock, SIOCADDRT, &route))
		die("default route");
	close(sock);
}

int main(void)
{
	static char token[VM_TOKEN_LEN + 2], shares[65536];
	struct rlimit files = { 1024, 524288 };
	char *dir;

	umask(022);
	must_mount("proc", "/proc", "proc", NULL);
	dir = cmdline_value("g.dir");
	if (!dir)
		die("no g.dir= on the command line");
	read_run_file(dir, "token", token, sizeof(token));
	read_run_file(dir, "shares", shares, sizeof(shares));
	if (cmdline_value("g.overlay"))
		overlay_root();
	mount_all(shares);
	raise_network();
	sethostname("guest", 5);
	setrlimit(RLIMIT_NOFILE, &files);
	agent_serve(token);
}
