// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of ugdb that are string work, and its file packets. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../lib/array.h"
#include "../../lib/options.h"
#include "../../lib/rsp_client.h"
#include "../cmdline.h"
#include "../comm.h"
#include "../fileio.h"
#include "../helper.h"
#include "../programs.h"
#include "../quote.h"
#include "../report.h"
#include "check.h"

static struct helper helper;
static struct answer answer;

/* Return: the reply as a string; good until the next call. */
static const char *ask(const char *packet)
{
	helper_answer(&helper, &answer, 0, packet, strlen(packet));
	return answer.reply.data;
}

static const char *ask_path(const char *name, const char *path,
			    const char *rest)
{
	struct buf packet = { 0 };

	buf_add_string(&packet, name);
	buf_add_hex(&packet, path, strlen(path));
	buf_add_string(&packet, rest);
	helper_answer(&helper, &answer, 0, packet.data, packet.len);
	buf_free(&packet);
	return answer.reply.data;
}

static const char *ask_monitor(const char *command)
{
	return ask_path("qRcmd,", command, "");
}

static void test_quoting(void)
{
	char *words[] = { "/bin/a b", "", "it's", "$HOME", "*", "a-b_c.d/e",
			  "x\ny", NULL };
	char *command = quote_command("exec", words);

	CHECK_STRING(command, "exec '/bin/a b' '' 'it'\\''s' '$HOME' '*' "
			      "a-b_c.d/e 'x\ny'");
	free(command);
}

/* What a real shell makes of the quoting, for every character there is. */
static void test_quoting_in_shell(void)
{
	char all[256], *words[] = { "printf", "%s", all, NULL };
	char got[300] = "";
	FILE *shell;
	char *command;

	for (int i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	command = quote_command("exec", words);
	shell = popen(command, "r");
	if (CHECK(shell != NULL)) {
		got[fread(got, 1, sizeof(got) - 1, shell)] = '\0';
		pclose(shell);
	}
	CHECK_STRING(got, all);
	free(command);
}

static bool no_tty(const char *path)
{
	(void)path;
	return false;
}

static bool all_ttys(const char *path)
{
	(void)path;
	return true;
}

static void check_tcp(const char *text, const char *host, const char *service)
{
	struct comm comm;

	if (!CHECK(comm_parse(&comm, text, no_tty)))
		return;
	CHECK(comm.kind == COMM_TCP);
	if (host)
		CHECK_STRING(comm.host, host);
	else
		CHECK(comm.host == NULL);
	CHECK_STRING(comm.service, service);
	comm_free(&comm);
}

static void check_path(const char *text, bool (*is_tty)(const char *path),
		       enum comm_kind kind, const char *path)
{
	struct comm comm;

	if (!CHECK(comm_parse(&comm, text, is_tty)))
		return;
	CHECK(comm.kind == kind);
	CHECK_STRING(comm.path, path);
	comm_free(&comm);
}

static void check_vsock(const char *text, unsigned int cid, unsigned int port)
{
	struct comm comm;

	if (!CHECK(comm_parse(&comm, text, no_tty)))
		return;
	CHECK(comm.kind == COMM_VSOCK);
	CHECK(comm.cid == cid);
	CHECK(comm.port == port);
	comm_free(&comm);
}

static void test_comm(void)
{
	static const char *const bad[] = { "abc", "localhost:", "[::1]", "[]:1",
					   "[::1:2", "unix:", "vsock:", "", "/",
					   "vsock:1:", "vsock:x:1", "dir/" };
	struct comm comm;

	check_tcp(":1234", NULL, "1234");
	check_tcp("localhost:0", "localhost", "0");
	check_tcp("[::1]:1234", "::1", "1234");
	check_tcp("::1:1234", "::1", "1234");
	check_tcp("0.0.0.0:http", "0.0.0.0", "http");
	check_path("unix:sock", no_tty, COMM_UNIX, "sock");
	check_path("unix:/a:b", no_tty, COMM_UNIX, "/a:b");
	check_path("/run/sock", no_tty, COMM_UNIX, "/run/sock");
	check_path("./sock", no_tty, COMM_UNIX, "./sock");
	check_path("/dev/ttyS0", all_ttys, COMM_TTY, "/dev/ttyS0");
	check_path("/dev/serial/a:1", all_ttys, COMM_TTY, "/dev/serial/a:1");
	check_vsock("vsock:3:1234", 3, 1234);
	check_vsock("vsock:any:1", (unsigned int)-1, 1);
	check_vsock("vsock::1", (unsigned int)-1, 1);
	CHECK(comm_parse(&comm, "-", no_tty) && comm.kind == COMM_STDIO);
	CHECK(comm_parse(&comm, "stdio", no_tty) && comm.kind == COMM_STDIO);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!CHECK(!comm_parse(&comm, bad[i], no_tty)))
			printf("  taken: \"%s\"\n", bad[i]);
}

static void parse(struct cmdline *cmdline, char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	cmdline_parse(cmdline, argc, argv);
}

static void test_cmdline_launch(void)
{
	char *argv[] = { "ugdb", "--once", "--no-startup-with-shell",
			 "--no-disable-randomization", "--wrapper", "env",
			 "--A=1", "--", ":1", "prog", "--once", "--", "-x",
			 NULL };
	struct cmdline cmdline;

	parse(&cmdline, argv);
	CHECK_STRING(cmdline.comm, ":1");
	CHECK(cmdline.once && !cmdline.shell && cmdline.randomize);
	CHECK(!cmdline.multi && !cmdline.attach_pid);
	CHECK_STRING(cmdline.wrapper[0], "env");
	CHECK_STRING(cmdline.wrapper[1], "--A=1");
	CHECK(cmdline.wrapper[2] == NULL);
	CHECK_STRING(cmdline.program[0], "prog");
	CHECK_STRING(cmdline.program[1], "--once");
	CHECK_STRING(cmdline.program[2], "--");
	CHECK_STRING(cmdline.program[3], "-x");
	CHECK(cmdline.program[4] == NULL);
	free(cmdline.wrapper);
}

static void test_cmdline_modes(void)
{
	char *before[] = { "ugdb", "--attach", ":1", "42", NULL };
	char *after[] = { "ugdb", ":1", "--attach", "42", NULL };
	char *multi[] = { "ugdb", "--multi", "--debug", "-", NULL };
	struct cmdline cmdline;

	parse(&cmdline, before);
	CHECK(cmdline.attach_pid == 42 && !cmdline.program);
	CHECK(cmdline.shell && !cmdline.randomize);
	parse(&cmdline, after);
	CHECK_STRING(cmdline.comm, ":1");
	CHECK(cmdline.attach_pid == 42 && !cmdline.program);
	parse(&cmdline, multi);
	CHECK(cmdline.multi && cmdline.debug_topics == DEBUG_GENERAL);
	CHECK_STRING(cmdline.comm, "-");
}

static bool cmdline_refused(char **argv)
{
	struct cmdline cmdline;
	int status, null;
	pid_t pid = fork();

	if (!pid) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, STDERR_FILENO);
		parse(&cmdline, argv);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static void test_cmdline_errors(void)
{
	char *lines[][7] = {
		{ "ugdb", NULL },
		{ "ugdb", ":1", NULL },
		{ "ugdb", "--attach", ":1", NULL },
		{ "ugdb", "--attach", ":1", "0", NULL },
		{ "ugdb", "--attach", ":1", "-5", NULL },
		{ "ugdb", "--attach", ":1", "12x", NULL },
		{ "ugdb", "--attach", ":1", "1", "2", NULL },
		{ "ugdb", "--attach", "--multi", ":1", "1", NULL },
		{ "ugdb", "--wrapper", "env", ":1", "prog", NULL },
		{ "ugdb", "--wrapper", "--", ":1", "prog", NULL },
		{ "ugdb", "--wrapper", NULL },
		{ "ugdb", "--debug-format=loud", ":1", "prog", NULL },
		{ "ugdb", "--bogus", ":1", "prog", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (!CHECK(cmdline_refused(lines[i])))
			printf("  line %zu\n", i);
}

static void test_numbers(void)
{
	unsigned long value = 7;
	pid_t pid = 7;

	CHECK(option_read_number("65535", 65535, &value) && value == 65535);
	CHECK(!option_read_number("65536", 65535, &value));
	CHECK(!option_read_number("99999999999999999999", -1UL, &value));
	CHECK(!option_read_number("", 10, &value));
	CHECK(!option_read_number(" 1", 10, &value));
	CHECK(!option_read_number("+1", 10, &value));
	CHECK(value == 65535);
	CHECK(!option_read_pid("0", &pid) && !option_read_pid("4294967297",
							     &pid));
	CHECK(option_read_pid("1", &pid) && pid == 1);
}

static void test_fileio_numbers(void)
{
	int flags = -1;

	CHECK(fileio_open_flags(0, &flags) && flags == O_RDONLY);
	CHECK(fileio_open_flags(0xe0a, &flags) &&
	      flags == (O_RDWR | O_APPEND | O_CREAT | O_TRUNC | O_EXCL));
	CHECK(!fileio_open_flags(3, &flags));
	CHECK(!fileio_open_flags(0x10, &flags));
	CHECK(!fileio_open_flags(1ULL << 40, &flags));
	CHECK(fileio_errno(ENOENT) == 2 && fileio_errno(ENAMETOOLONG) == 91);
	CHECK(fileio_errno(ELOOP) == 9999);
}

static void test_fileio_stat(void)
{
	static const unsigned char expected[FILEIO_STAT_SIZE] = {
		0, 0, 0, 1,  0, 0, 0, 2,  0, 0, 0x81, 0xa4,  0, 0, 0, 3,
		0, 0, 0, 4,  0, 0, 0, 5,  0, 0, 0, 6,
		0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x9a,
		0, 0, 0, 0, 0, 0, 0x10, 0,  0, 0, 0, 0, 0, 0, 0, 8,
		0x11, 0x22, 0x33, 0x44,  0, 0, 0, 9,  0, 0, 0, 10,
	};
	unsigned char wire[FILEIO_STAT_SIZE];
	struct stat st = {
		.st_dev = 1, .st_ino = 2, .st_mode = S_IFREG | 0644,
		.st_nlink = 3, .st_uid = 4, .st_gid = 5, .st_rdev = 6,
		.st_size = 0x123456789aLL, .st_blksize = 4096, .st_blocks = 8,
	};

	st.st_atim.tv_sec = 0x11223344;
	st.st_mtim.tv_sec = 9;
	st.st_ctim.tv_sec = 10;
	fileio_stat(wire, &st);
	CHECK(!memcmp(wire, expected, sizeof(wire)));
	st.st_mode = S_IFIFO | 0600;
	fileio_stat(wire, &st);
	CHECK(wire[10] == 0x01 && wire[11] == 0x80);
}

/* A file is made, written, read, looked at, closed and removed. */
static void test_vfile(void)
{
	char path[] = "/tmp/ugdb-unit-XXXXXX";
	char packet[64];
	unsigned int fd;
	int made = mkstemp(path);

	if (!CHECK(made >= 0))
		return;
	close(made);
	CHECK_STRING(ask("vFile:setfs:0"), "F0");
	CHECK_STRING(ask_path("vFile:open:", path, ",a00,180"), "F-1,11");
	if (!CHECK(sscanf(ask_path("vFile:open:", path, ",602,180"), "F%x",
			  &fd) == 1))
		return;
	snprintf(packet, sizeof(packet), "vFile:pwrite:%x,2,a#$}*b", fd);
	CHECK_STRING(ask(packet), "F6");
	snprintf(packet, sizeof(packet), "vFile:pread:%x,100,2", fd);
	CHECK_STRING(ask(packet), "F6;a#$}*b");
	snprintf(packet, sizeof(packet), "vFile:pread:%x,2,3", fd);
	CHECK_STRING(ask(packet), "F2;#$");
	snprintf(packet, sizeof(packet), "vFile:pread:%x,10,8", fd);
	CHECK_STRING(ask(packet), "F0;");
	snprintf(packet, sizeof(packet), "vFile:fstat:%x", fd);
	CHECK(!strncmp(ask(packet), "F40;", 4) && answer.reply.len == 68);
	CHECK(answer.reply.data[4 + 35] == 8);
	snprintf(packet, sizeof(packet), "vFile:close:%x", fd);
	CHECK_STRING(ask(packet), "F0");
	CHECK_STRING(ask(packet), "F-1,9");
	CHECK_STRING(ask_path("vFile:readlink:", path, ""), "F-1,16");
	CHECK_STRING(ask_path("vFile:unlink:", path, ""), "F0");
	CHECK_STRING(ask_path("vFile:unlink:", path, ""), "F-1,2");
	CHECK_STRING(ask_path("vFile:open:", path, ",0,0"), "F-1,2");
}

static void test_vfile_errors(void)
{
	static const char *const bad[] = {
		"vFile:open:", "vFile:open:zz,0,0", "vFile:open:2,0,0",
		"vFile:open:2f,0", "vFile:open:2f,0,0,", "vFile:open:2f,,0",
		"vFile:open:2f00,0,0", "vFile:open:,0,0", "vFile:close:",
		"vFile:pread:", "vFile:fstat:-1", "vFile:setfs:",
		"vFile:setfs:1x", "vFile:setfs:ffffffffff", "vFile:unlink:",
		"vFile:readlink:2f,",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (!CHECK_STRING(ask(bad[i]), "F-1,16"))
			printf("  packet \"%s\"\n", bad[i]);
	/* Descriptors of ugdb itself are none of the client's. */
	CHECK_STRING(ask("vFile:pread:0,10,0"), "F-1,9");
	CHECK_STRING(ask("vFile:close:2"), "F-1,9");
	CHECK_STRING(ask("vFile:pwrite:ffffffffffffffff,0,x"), "F-1,9");
	CHECK_STRING(ask("vFile:rename:1"), "");
	CHECK_STRING(ask("vFile:"), "");
	CHECK_STRING(ask(""), "");
}

/* The count that is told is of what fits, with every byte escaped. */
static void test_vfile_long(void)
{
	char path[] = "/tmp/ugdb-unit-XXXXXX", packet[64];
	static char dollars[HELPER_WIRE_MAX];
	size_t told, attached;
	unsigned int fd;
	int file = mkstemp(path);

	memset(dollars, '$', sizeof(dollars));
	if (!CHECK(write(file, dollars, sizeof(dollars)) ==
		   (ssize_t)sizeof(dollars)))
		return;
	close(file);
	if (CHECK(sscanf(ask_path("vFile:open:", path, ",0,0"), "F%x",
			 &fd) == 1)) {
		snprintf(packet, sizeof(packet), "vFile:pread:%x,7fffffff,0",
			 fd);
		CHECK(sscanf(ask(packet), "F%zx;", &told) == 1);
		attached = answer.reply.data + answer.reply.len -
			   (strchr(answer.reply.data, ';') + 1);
		CHECK(told == attached && told > 65000 && told < 65536);
	}
	vfile_reset(&helper);
	unlink(path);
}

/* In another root a link that starts with a slash stays inside. */
static void test_vfile_root(void)
{
	char dir[] = "/tmp/ugdb-unit-XXXXXX";
	struct buf path = { 0 };
	int fd;

	if (!CHECK(mkdtemp(dir) && !chdir(dir)))
		return;
	fd = open("file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && !close(fd) && !symlink("/file", "link"));
	CHECK(!symlink("/etc/passwd", "out"));
	helper.root = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	CHECK_STRING(ask_path("vFile:readlink:", "/link", ""), "F5;/file");
	CHECK(ask_path("vFile:open:", "/link", ",0,0")[1] != '-');
	CHECK(ask_path("vFile:open:", "/../../link", ",0,0")[1] != '-');
	CHECK_STRING(ask_path("vFile:open:", "/out", ",0,0"), "F-1,2");
	CHECK_STRING(ask_path("vFile:open:", dir, ",0,0"), "F-1,2");
	CHECK_STRING(ask_path("vFile:unlink:", "/file", ""), "F0");
	CHECK_STRING(ask_path("vFile:unlink:", "/../out", ""), "F0");
	CHECK_STRING(ask("vFile:setfs:0"), "F0");
	CHECK(helper.root == -1);
	vfile_reset(&helper);
	unlink("link");
	CHECK(!chdir("/") && !rmdir(dir));
	buf_free(&path);
}

static void test_exec_file(void)
{
	char exe[4096], packet[64], expected[4200];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[len > 0 ? len : 0] = '\0';
	snprintf(packet, sizeof(packet), "qXfer:exec-file:read:%x:0,fff",
		 getpid());
	snprintf(expected, sizeof(expected), "l%s", exe);
	CHECK_STRING(ask(packet), expected);
	helper.program_pid = getpid();
	CHECK_STRING(ask("qXfer:exec-file:read::0,fff"), expected);
	snprintf(expected, sizeof(expected), "m%.3s", exe + 1);
	CHECK_STRING(ask("qXfer:exec-file:read::1,3"), expected);
	CHECK_STRING(ask("qXfer:exec-file:read::fffff,3"), "E01");
	helper.program_pid = 0;
	CHECK_STRING(ask("qXfer:exec-file:read::0,fff"), "E01");
	CHECK_STRING(ask("qXfer:exec-file:read:7fffffff:0,fff"), "E01");
	CHECK_STRING(ask("qXfer:exec-file:read:1"), "E01");
	CHECK_STRING(ask("qXfer:exec-file:write::0,"), "");
}

/* Pieces of an object, put together, are the object. */
static void read_osdata(struct buf *whole, const char *name, size_t piece)
{
	bool last = false;
	char packet[80];

	buf_reset(whole);
	for (int i = 0; i < 100000 && !last; i++) {
		snprintf(packet, sizeof(packet), "qXfer:osdata:read:%s:%zx,%zx",
			 name, whole->len, piece);
		last = *ask(packet) == 'l';
		buf_add(whole, answer.reply.data + 1, answer.reply.len - 1);
	}
	CHECK(last && !strcmp(whole->data + whole->len - 10, "</osdata>\n"));
}

/* What this very process, with a socket, must find of itself. */
static void test_osdata(void)
{
	static const char *const rest[] = { "shm", "semaphores", "msg",
					    "modules", "procgroups" };
	struct buf whole = { 0 };
	char self[300];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);

	CHECK_STRING(ask("qXfer:osdata:read:nonsense:0,fff"), "l");
	read_osdata(&whole, "", 0x1000);
	CHECK(!strncmp(whole.data, "<osdata type=\"types\">\n<item>", 28));
	read_osdata(&whole, "processes", 100);
	snprintf(self, sizeof(self), "<item><column name=\"pid\">%d</column>",
		 getpid());
	CHECK(strstr(whole.data, self) != NULL);
	read_osdata(&whole, "files", 0x10000);
	CHECK(strstr(whole.data, self) != NULL);
	read_osdata(&whole, "threads", 0x10000);
	CHECK(strstr(whole.data, self) != NULL);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(!bind(fd, (struct sockaddr *)&addr, len) && !listen(fd, 1) &&
	      !getsockname(fd, (struct sockaddr *)&addr, &len));
	snprintf(self, sizeof(self),
		 "<item><column name=\"local address\">127.0.0.1</column>"
		 "<column name=\"local port\">%d</column>"
		 "<column name=\"remote address\">0.0.0.0</column>"
		 "<column name=\"remote port\">0</column>"
		 "<column name=\"state\">LISTEN</column>",
		 ntohs(addr.sin_port));
	read_osdata(&whole, "sockets", 0x1000);
	CHECK(strstr(whole.data, self) != NULL);
	read_osdata(&whole, "cpus", 0x1000);
	CHECK(strstr(whole.data, "\n<item><column name=\"processor\">0<"));
	for (size_t i = 0; i < ARRAY_SIZE(rest); i++)
		read_osdata(&whole, rest[i], 0x1000);
	buf_free(&whole);
	close(fd);
}

static void test_monitor(void)
{
	CHECK_STRING(ask_monitor("help"), "OK");
	CHECK(!strncmp(answer.output.data, "The following monitor commands are "
					   "supported:\n", 46));
	CHECK_STRING(ask_monitor("set debug 1"), "OK");
	CHECK_STRING(answer.output.data, "Debug output enabled.\n");
	CHECK_STRING(ask_monitor("set debug 0"), "OK");
	CHECK_STRING(answer.output.data, "Debug output disabled.\n");
	CHECK_STRING(ask_monitor("set remote-debug 0"), "OK");
	CHECK_STRING(answer.output.data, "Protocol debug output disabled.\n");
	CHECK_STRING(ask_monitor("set debug-format none"), "OK");
	CHECK_STRING(answer.output.data,
		     "All extra debug format options disabled.\n");
	CHECK_STRING(ask_monitor("set debug 2"), "E01");
	CHECK_STRING(ask_monitor("bogus"), "E01");
	CHECK(!strncmp(answer.output.data, "Unknown monitor command.\n\n", 26));
	CHECK_STRING(ask_monitor(""), "E01");
	CHECK_STRING(ask("qRcmd,zz"), "E01");
	CHECK_STRING(ask("qRcmd,6"), "E01");
	CHECK(!helper.exit_requested);
	CHECK_STRING(ask_monitor("exit"), "OK");
	CHECK(helper.exit_requested);
}

/* When one leaves, the others stay in the order in which they came. */
static void test_programs(void)
{
	struct programs programs = { .last = { .pidfd = -1 } };

	for (pid_t pid = 1; pid <= 4; pid++) {
		programs_make_other(&programs);
		programs.last.pid = pid;
	}
	programs_forget_other(&programs, programs_find_other(&programs, 1));
	CHECK(programs.last.pid == 4 && programs.nr_others == 2);
	CHECK(programs_take_back(&programs) && programs.last.pid == 3);
	CHECK(programs_take_back(&programs) && programs.last.pid == 2);
	CHECK(!programs_take_back(&programs) && !programs.last.pid);
	programs_forget_others(&programs);
}

/* The client's side of the protocol, against a scripted stub. */
static void test_rsp_client(void)
{
	static const char stub[] =
		"+$a*\"}\x03#2d-$bad#00$OK#9a%Stop:x#58$#00$x*#a2";
	struct rsp_client client;
	struct buf reply = { 0 };
	char sent[64];
	int pair[2];

	if (!CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair)))
		return;
	rsp_adopt(&client, pair[0], 1000);
	CHECK(!rsp_send(&client, "a#b", 3));
	CHECK(recv(pair[1], sent, 64, 0) == 8 && !memcmp(sent, "$a}\003b#43", 8));
	CHECK(send(pair[1], stub, sizeof(stub) - 1, 0) ==
	      (ssize_t)sizeof(stub) - 1);
	CHECK(rsp_receive(&client, &reply) == 1);
	CHECK_STRING(reply.data, "aaaaaa#");
	CHECK(rsp_receive(&client, &reply) == 1);
	CHECK_STRING(reply.data, "OK");
	CHECK(client.nr_nacks == 1 && client.nr_bad == 1);
	CHECK(recv(pair[1], sent, 64, 0) == 11 &&
	      !memcmp(sent, "+$a}\003b#43-+", 11));
	CHECK(rsp_receive(&client, &reply) == 2);
	CHECK_STRING(reply.data, "Stop:x");
	CHECK(rsp_receive(&client, &reply) == 1);
	CHECK_STRING(reply.data, "");
	CHECK(rsp_receive(&client, &reply) == -EPROTO);
	CHECK(!shutdown(pair[1], SHUT_WR));
	CHECK(rsp_receive(&client, &reply) == 0);
	close(pair[1]);
	rsp_close(&client);
	buf_free(&reply);
}

int main(void)
{
	helper_init(&helper);
	test_quoting();
	test_quoting_in_shell();
	test_comm();
	test_cmdline_launch();
	test_cmdline_modes();
	test_cmdline_errors();
	test_numbers();
	test_fileio_numbers();
	test_fileio_stat();
	test_vfile();
	test_vfile_errors();
	test_vfile_long();
	test_vfile_root();
	test_exec_file();
	test_osdata();
	test_monitor();
	test_programs();
	test_rsp_client();
	helper_reset(&helper);
	answer_free(&answer);
	return check_result();
}
