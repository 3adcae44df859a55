// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ugdb as a whole, with the stand-in for the module: what it prints, how it
 * ends, what becomes of the program. "#" in an expected text stands for any
 * number.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../lib/array.h"
#include "../../lib/procfs.h"
#include "../../lib/rsp_client.h"
#include "check.h"

#define WAIT_MS 60000

/* ugdb while it runs: @output grows as it prints. */
struct run {
	pid_t pid;
	int messages;
	struct buf output;
	struct rsp_client client;
	bool connected;
};

static char program_path[4096];

/* Starts ugdb with the words of @line; @in_out becomes its stdin and stdout. */
static void start(struct run *run, const char *line, int in_out)
{
	char *words = xstrdup(line), *argv[32] = { program_path };
	int messages[2], nr = 1;

	memset(run, 0, sizeof(*run));
	for (char *word = strtok(words, " "); word && nr < 31;
	     word = strtok(NULL, " "))
		argv[nr++] = word;
	if (pipe2(messages, O_CLOEXEC))
		perror_msg_and_die("pipe");
	run->pid = fork();
	if (!run->pid) {
		dup2(in_out, STDIN_FILENO);
		dup2(in_out, STDOUT_FILENO);
		dup2(messages[1], STDERR_FILENO);
		setenv("SHELL", "/bin/sh", 1);
		execv(program_path, argv);
		_exit(126);
	}
	close(messages[1]);
	run->messages = messages[0];
	free(words);
}

/* Return: false when ugdb prints nothing for too long, or has ended. */
static bool read_messages(struct run *run)
{
	struct pollfd pfd = { .fd = run->messages, .events = POLLIN };
	ssize_t got = 0;

	if (poll(&pfd, 1, WAIT_MS) > 0)
		got = read(run->messages, buf_add_space(&run->output, 4096),
			   4096);
	if (got <= 0)
		return false;
	run->output.len += got;
	run->output.data[run->output.len] = '\0';
	return true;
}

static bool wait_for_text(struct run *run, const char *text)
{
	while (!run->output.len || !strstr(run->output.data, text))
		if (!read_messages(run))
			return false;
	return true;
}

static bool same_text(const char *text, const char *pattern)
{
	while (*pattern) {
		if (*pattern != '#') {
			if (*text++ != *pattern++)
				return false;
			continue;
		}
		if (!isdigit(*text))
			return false;
		while (isdigit(*text))
			text++;
		pattern++;
	}
	return !*text;
}

/* Waits for the end of ugdb. Return: its wait status, or -1 if it hangs. */
static int finish(struct run *run)
{
	struct timespec pause = { .tv_nsec = 10000000 };
	int status = -1;

	if (run->connected)
		rsp_close(&run->client);
	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (waitpid(run->pid, &status, WNOHANG) == run->pid)
			break;
		status = -1;
		nanosleep(&pause, NULL);
	}
	if (status == -1) {
		kill(run->pid, SIGKILL);
		waitpid(run->pid, NULL, 0);
	}
	while (read_messages(run))
		;
	close(run->messages);
	return status;
}

static void expect_end(struct run *run, int status, const char *messages)
{
	int got = finish(run);

	buf_add(&run->output, "", 0);
	if (!CHECK(got == status))
		printf("  wait status 0x%x, want 0x%x\n", got, status);
	if (!CHECK(same_text(run->output.data, messages)))
		printf("  got:\n%s\n  want:\n%s\n", run->output.data, messages);
	buf_free(&run->output);
}

static bool connect_port(struct run *run)
{
	const char *line, *next;
	char address[64];

	if (!CHECK(wait_for_text(run, "Listening on port ")))
		return false;
	line = strstr(run->output.data, "Listening on port ");
	while ((next = strstr(line + 1, "Listening on port ")))
		line = next;
	snprintf(address, sizeof(address), "localhost:%d", atoi(line + 18));
	run->connected = !rsp_connect(&run->client, address, WAIT_MS);
	return CHECK(run->connected);
}

static void expect_reply(struct run *run, const char *packet,
			 const char *expected)
{
	struct buf reply = { 0 };

	int got = rsp_request(&run->client, packet, &reply);

	if (CHECK(got == 1))
		CHECK_STRING(reply.data, expected);
	else
		printf("  packet \"%s\", error %d\n", packet, got);
	buf_free(&reply);
}

static pid_t program_pid(const struct run *run)
{
	const char *text = strstr(run->output.data, "pid = ");

	return text ? atoi(text + 6) : 0;
}

static bool is_alive(pid_t pid)
{
	struct buf stat = { 0 };
	bool alive = procfs_read(&stat, "/proc/%d/stat", pid) &&
		     !strstr(stat.data, ") Z ") && !strstr(stat.data, ") X ");

	buf_free(&stat);
	return alive;
}

static bool is_gone(pid_t pid)
{
	return !is_alive(pid);
}

static int null_fd(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return fd;
}

#define PEER "Remote debugging from host #.#.#.#, port #\n"

#define REOPEN \
	"Remote side has terminated connection.  GDBserver will reopen the " \
	"connection.\nListening on port #\n"

static void test_run_to_exit(void)
{
	struct run run;

	start(&run, "127.0.0.1:0 /bin/false", null_fd());
	if (connect_port(&run)) {
		expect_reply(&run, "?", "S05");
		expect_reply(&run, "vMustReplyEmpty", "");
		expect_reply(&run, "c", "W01");
	}
	expect_end(&run, 0, "Process /bin/false created; pid = #\n"
			    "Listening on port #\n" PEER
			    "\nChild exited with status 1\n");
}

static void test_kill(void)
{
	struct run run;

	start(&run, "--no-startup-with-shell 127.0.0.1:0 sleep 100",
	      null_fd());
	if (connect_port(&run))
		expect_reply(&run, "k", "X09");
	expect_end(&run, 0, "Process sleep created; pid = #\n"
			    "Listening on port #\n" PEER
			    "\nChild terminated with signal = 0x9 (SIGKILL)\n");
}

static void test_wrapper(void)
{
	struct run run;

	start(&run, "--wrapper env A=B -- 127.0.0.1:0 printenv A", null_fd());
	if (connect_port(&run))
		expect_reply(&run, "c", "W00");
	expect_end(&run, 0, "Process printenv created; pid = #\n"
			    "Listening on port #\n" PEER
			    "\nChild exited with status 0\n");
}

/* ugdb stays until a program that was detached from has ended. */
static void test_detach(void)
{
	struct run run;
	pid_t pid;

	start(&run, "127.0.0.1:0 sleep 0.5", null_fd());
	if (connect_port(&run))
		expect_reply(&run, "D", "OK");
	pid = program_pid(&run);
	expect_end(&run, 0, "Process sleep created; pid = #\n"
			    "Listening on port #\n" PEER
			    "Detaching from process #\n");
	CHECK(pid && is_gone(pid));
}

static void test_reconnect(void)
{
	struct run run;

	start(&run, "127.0.0.1:0 sleep 1", null_fd());
	if (connect_port(&run)) {
		expect_reply(&run, "?", "S05");
		rsp_close(&run.client);
		CHECK(wait_for_text(&run, "reopen the connection.\n"
					  "Listening on port "));
	}
	if (connect_port(&run)) {
		expect_reply(&run, "?", "S05");
		expect_reply(&run, "c", "W00");
	}
	expect_end(&run, 0, "Process sleep created; pid = #\n"
			    "Listening on port #\n" PEER
			    REOPEN PEER "\nChild exited with status 0\n");
}

static void test_once(void)
{
	struct run run;
	pid_t pid;

	start(&run, "--once 127.0.0.1:0 sleep 100", null_fd());
	connect_port(&run);
	pid = program_pid(&run);
	expect_end(&run, 0, "Process sleep created; pid = #\n"
			    "Listening on port #\n" PEER
			    "Killing process(es): #\n");
	CHECK(pid && is_gone(pid));
}

static void test_monitor_exit(void)
{
	struct run run;
	pid_t pid;

	start(&run, "127.0.0.1:0 sleep 100", null_fd());
	if (connect_port(&run))
		expect_reply(&run, "qRcmd,65786974", "OK");
	pid = program_pid(&run);
	expect_end(&run, 0, "Process sleep created; pid = #\n"
			    "Listening on port #\n" PEER
			    "Killing process(es): #\n");
	CHECK(pid && is_gone(pid));
}

static void test_signal(int sig)
{
	struct run run;
	pid_t pid;

	start(&run, "127.0.0.1:0 sleep 100", null_fd());
	CHECK(wait_for_text(&run, "Listening on port "));
	pid = program_pid(&run);
	kill(run.pid, sig);
	expect_end(&run, sig, "Process sleep created; pid = #\n"
			      "Listening on port #\n");
	CHECK(pid && is_gone(pid));
}

static pid_t start_sleep(void)
{
	pid_t pid = fork();

	if (!pid) {
		execlp("sleep", "sleep", "100", NULL);
		_exit(126);
	}
	return pid;
}

static void end_sleep(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* What was running before runs on, whichever way the client leaves. */
static void test_attach(const char *option, const char *packet,
			const char *last_message)
{
	char line[64], *messages;
	pid_t pid = start_sleep();
	struct run run;

	snprintf(line, sizeof(line), "%s 127.0.0.1:0 --attach %d", option, pid);
	start(&run, line, null_fd());
	if (connect_port(&run) && packet)
		expect_reply(&run, packet, "OK");
	messages = xasprintf("Attached; pid = %d\nListening on port #\n" PEER
			     "%s\n", pid, last_message);
	expect_end(&run, 0, messages);
	CHECK(is_alive(pid));
	end_sleep(pid);
	free(messages);
}

static void test_attach_signal(void)
{
	char line[64], *messages;
	pid_t pid = start_sleep();
	struct run run;

	snprintf(line, sizeof(line), "--attach 127.0.0.1:0 %d", pid);
	start(&run, line, null_fd());
	CHECK(wait_for_text(&run, "Listening on port "));
	kill(run.pid, SIGTERM);
	messages = xasprintf("Attached; pid = %d\nListening on port #\n",
			     pid);
	expect_end(&run, SIGTERM, messages);
	CHECK(is_alive(pid));
	end_sleep(pid);
	free(messages);
}

static void test_killed_ugdb(void)
{
	char line[64];
	pid_t pid = start_sleep();
	struct run run;

	snprintf(line, sizeof(line), "--attach 127.0.0.1:0 %d", pid);
	start(&run, line, null_fd());
	connect_port(&run);
	kill(run.pid, SIGKILL);
	CHECK(finish(&run) == SIGKILL);
	buf_free(&run.output);
	CHECK(is_alive(pid));
	end_sleep(pid);
}

static void test_target_dies_while_waiting(void)
{
	char line[64], *messages;
	pid_t pid = start_sleep();
	struct run run;

	snprintf(line, sizeof(line), "--attach 127.0.0.1:0 %d", pid);
	start(&run, line, null_fd());
	CHECK(wait_for_text(&run, "Listening on port "));
	end_sleep(pid);
	messages = xasprintf("Attached; pid = %d\nListening on port #\n\n"
			     "Child terminated with signal = 0x9 (SIGKILL)\n",
			     pid);
	expect_end(&run, 0, messages);
	free(messages);
}

static void test_multi(void)
{
	struct run run;

	start(&run, "--multi --once 127.0.0.1:0", null_fd());
	if (connect_port(&run)) {
		expect_reply(&run, "?", "W00");
		expect_reply(&run, "vFile:setfs:0", "F0");
	}
	expect_end(&run, 0, "Listening on port #\n" PEER);
}

/* "true", "false" and "sleep" in hex, as vRun has them. */
#define HEX_TRUE "74727565"
#define HEX_FALSE "66616c7365"
#define HEX_SLEEP_100 "736c656570;313030"

/* One client starts, attaches to and leaves one process after the other. */
static void test_multi_starts(void)
{
	char packet[64], *messages;
	pid_t pid = start_sleep(), ran;
	struct run run;

	start(&run, "--multi --once 127.0.0.1:0", null_fd());
	if (connect_port(&run)) {
		expect_reply(&run, "vRun;", "E01");
		expect_reply(&run, "vRun;zz", "E01");
		expect_reply(&run, "vRun;2f6e6f6e65", "E01");
		expect_reply(&run, "vAttach;0", "E01");
		expect_reply(&run, "vAttach;7ffffffe", "E01");
		expect_reply(&run, "vRun;" HEX_TRUE, "S05");
		expect_reply(&run, "c", "W00");
		expect_reply(&run, "?", "W00");
		expect_reply(&run, "vRun;" HEX_FALSE ";61", "S05");
		expect_reply(&run, "c", "W01");
		snprintf(packet, sizeof(packet), "vAttach;%x", pid);
		expect_reply(&run, packet, "S05");
		expect_reply(&run, "D", "OK");
		expect_reply(&run, "vRun;" HEX_SLEEP_100, "S05");
	}
	CHECK(wait_for_text(&run, "Process sleep created; pid = "));
	ran = atoi(strstr(run.output.data, "sleep created; pid = ") + 21);
	messages = xasprintf(
		"Listening on port #\n" PEER
		"/bin/sh: 1: exec: /none: not found\n"
		"During startup program exited with code 127.\n"
		"Cannot attach to process #: No such process (3)\n"
		"Process true created; pid = #\n"
		"\nChild exited with status 0\n"
		"Process false created; pid = #\n"
		"\nChild exited with status 1\n"
		"Attached; pid = %d\nDetaching from process %d\n"
		"Process sleep created; pid = #\n"
		"Killing process(es): #\n", pid, pid);
	expect_end(&run, 0, messages);
	CHECK(is_alive(pid));
	CHECK(is_gone(ran));
	end_sleep(pid);
	free(messages);
}

/* An experiment for which no client comes back ends with its program. */
static void test_multi_detached_trace(void)
{
	struct run run;

	start(&run, "--multi --once 127.0.0.1:0", null_fd());
	if (connect_port(&run)) {
		expect_reply(&run, "vRun;" HEX_TRUE, "S05");
		expect_reply(&run, "QTDisconnected:1", "OK");
		expect_reply(&run, "D", "OK");
	}
	expect_end(&run, 0, "Listening on port #\n" PEER
			    "Process true created; pid = #\n"
			    "Detaching from process #\n");
}

/* The next client finds the server, and a program that the last one left. */
static void test_multi_returns(void)
{
	struct run run;

	start(&run, "--multi 127.0.0.1:0", null_fd());
	if (connect_port(&run)) {
		expect_reply(&run, "?", "W00");
		expect_reply(&run, "vRun;" HEX_SLEEP_100, "S05");
		rsp_close(&run.client);
	}
	CHECK(wait_for_text(&run, "reopen the connection.\nListening on"));
	if (connect_port(&run)) {
		expect_reply(&run, "?", "S05");
		expect_reply(&run, "k", "X09");
		rsp_close(&run.client);
	}
	run.connected = false;
	CHECK(wait_for_text(&run, "(SIGKILL)\nRemote side has terminated "
				  "connection.  GDBserver will reopen the "
				  "connection.\nListening on port "));
	kill(run.pid, SIGTERM);
	expect_end(&run, SIGTERM,
		   "Listening on port #\n" PEER
		   "Process sleep created; pid = #\n" REOPEN PEER
		   "\nChild terminated with signal = 0x9 (SIGKILL)\n" REOPEN);
}

/* A client waits for a program that may not be traced any more. */
static void test_refused(const char *options, bool serves_on)
{
	struct buf reply = { 0 };
	struct run run;
	char *line;

	setenv("FAKE_DEVICE_REFUSES", "1", 1);
	line = xasprintf("%s 127.0.0.1:0 sleep 2", options);
	start(&run, line, null_fd());
	unsetenv("FAKE_DEVICE_REFUSES");
	free(line);
	if (connect_port(&run)) {
		expect_reply(&run, "?", "S05");
		rsp_close(&run.client);
	}
	CHECK(wait_for_text(&run, "reopen the connection.\nListening on"));
	if (connect_port(&run)) {
		CHECK(wait_for_text(&run, "Detaching from process "));
		CHECK(rsp_receive(&run.client, &reply) == 0);
		rsp_close(&run.client);
	}
	run.connected = false;
	if (serves_on && connect_port(&run))
		expect_reply(&run, "?", "W00");
	if (serves_on)
		kill(run.pid, SIGTERM);
	expect_end(&run, serves_on ? SIGTERM : 0,
		   serves_on ? "Process sleep created; pid = #\n"
			       "Listening on port #\n" PEER REOPEN PEER
			       "Process # executed a program that you may not "
			       "trace.\nDetaching from process #\n" PEER :
			       "Process sleep created; pid = #\n"
			       "Listening on port #\n" PEER REOPEN PEER
			       "Process # executed a program that you may not "
			       "trace.\nDetaching from process #\n");
	buf_free(&reply);
}

static void test_unix_socket(void)
{
	char path[] = "/tmp/ugdb-run-XXXXXX", line[128], *messages;
	struct run run;

	CHECK(mkdtemp(path) != NULL);
	snprintf(line, sizeof(line), "--once unix:%s/s true", path);
	for (int i = 0; i < 2; i++) {
		start(&run, line, null_fd());
		CHECK(wait_for_text(&run, "Listening on unix:"));
		if (!i) {
			/* Leaves the socket's file behind for the next one. */
			kill(run.pid, SIGKILL);
			finish(&run);
			kill(program_pid(&run), SIGKILL);
			buf_free(&run.output);
		}
	}
	strcat(path, "/s");
	run.connected = !rsp_connect(&run.client, path, WAIT_MS);
	if (CHECK(run.connected))
		expect_reply(&run, "c", "W00");
	messages = xasprintf("Process true created; pid = #\n"
			     "Listening on unix:%s\nRemote debugging from "
			     "local process #, user #\n\n"
			     "Child exited with status 0\n", path);
	expect_end(&run, 0, messages);
	free(messages);
	CHECK(access(path, F_OK) < 0);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static const char stdio_hello[] = "stdin/stdout redirected\n"
				  "Process echo created; pid = #\n"
				  "Remote debugging using stdio\n"
				  "hello\n\nChild exited with status 0\n";

/* Starts ugdb on one end of a pair of sockets and talks to it on the other. */
static void start_on_pair(struct run *run, const char *args, int type)
{
	int pair[2];

	CHECK(!socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
	start(run, args, pair[1]);
	close(pair[1]);
	rsp_adopt(&run->client, pair[0], WAIT_MS);
	run->connected = true;
}

/* gdb gives "target remote | ugdb -" a socket; others give pipes. */
static void test_stdio_socket(void)
{
	struct run run;

	start_on_pair(&run, "--once - echo hello", SOCK_STREAM);
	expect_reply(&run, "?", "S05");
	expect_reply(&run, "c", "W00");
	expect_end(&run, 0, stdio_hello);
}

/* A datagram-like pair is no stream socket, so ugdb relays. */
static void test_stdio_relay(void)
{
	struct run run;

	start_on_pair(&run, "stdio echo hello", SOCK_SEQPACKET);
	expect_reply(&run, "?", "S05");
	expect_reply(&run, "vFile:setfs:0", "F0");
	expect_reply(&run, "c", "W00");
	expect_end(&run, 0, stdio_hello);
}

/* A client that only closes: its end of file goes through the relay. */
static void test_stdio_close(void)
{
	struct run run;
	int pair[2];

	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	start(&run, "- sleep 100", pair[1]);
	close(pair[1]);
	CHECK(wait_for_text(&run, "using stdio"));
	close(pair[0]);
	expect_end(&run, 0, "stdin/stdout redirected\n"
			    "Process sleep created; pid = #\n"
			    "Remote debugging using stdio\n"
			    "Killing process(es): #\n");
}

static void test_failures(void)
{
	static const struct {
		const char *line;
		const char *messages;
	} rows[] = {
		{ ":0 ./nonexistent",
		  "/bin/sh: 1: exec: ./nonexistent: not found\n"
		  "During startup program exited with code 127.\nExiting\n" },
		{ "--no-startup-with-shell :0 ./nonexistent",
		  "fake_ugdb: Cannot exec ./nonexistent\n"
		  "fake_ugdb: Error: No such file or directory\n"
		  "During startup program exited with code 127.\nExiting\n" },
		{ "- ./nonexistent",
		  "stdin/stdout redirected\n"
		  "/bin/sh: 1: exec: ./nonexistent: not found\n"
		  "During startup program exited with code 127.\nExiting\n" },
		{ "--attach :0 2147483646",
		  "Cannot attach to process 2147483646: No such process (3)\n"
		  "Exiting\n" },
		{ "localhost:nonsense true",
		  "localhost:nonsense: cannot resolve name: Servname not "
		  "supported for ai_socktype\nExiting\n" },
		{ "localhost:99999 true",
		  "localhost:99999: the port is too large.\nExiting\n" },
		{ "nonsense true",
		  "nonsense: no address to listen on.\nExiting\n" },
		{ "/nonexistent/socket true",
		  "Can't bind address: No such file or directory.\nExiting\n" },
	};
	struct run run;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		start(&run, rows[i].line, null_fd());
		expect_end(&run, 1 << 8, rows[i].messages);
	}
}

static void test_address_in_use(void)
{
	struct run first, second;
	char line[64];

	start(&first, "127.0.0.1:0 true", null_fd());
	CHECK(wait_for_text(&first, "Listening on port "));
	snprintf(line, sizeof(line), "127.0.0.1:%d true",
		 atoi(strstr(first.output.data, "port ") + 5));
	start(&second, line, null_fd());
	expect_end(&second, 1 << 8, "Can't bind address: Address already in "
				    "use.\nExiting\n");
	kill(first.pid, SIGINT);
	CHECK(finish(&first) == SIGINT);
	buf_free(&first.output);
}

static void test_no_module(void)
{
	struct run run;

	setenv("FAKE_DEVICE_ERRNO", "2", 1);
	start(&run, ":0 true", null_fd());
	expect_end(&run, 1 << 8, "fake_ugdb: no /dev/gdbstub: is the gdbstub "
				 "module loaded? (modprobe gdbstub)\n");
	setenv("FAKE_DEVICE_ERRNO", "13", 1);
	start(&run, ":0 true", null_fd());
	expect_end(&run, 1 << 8, "fake_ugdb: cannot open /dev/gdbstub: "
				 "Permission denied\n");
	unsetenv("FAKE_DEVICE_ERRNO");
}

int main(void)
{
	const char *build = getenv("UGDB_BUILD");

	snprintf(program_path, sizeof(program_path), "%s/fake_ugdb",
		 build ? build : ".");
	setlinebuf(stdout);
	/* nohup and shells' background jobs hand down signals as ignored. */
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	test_run_to_exit();
	test_kill();
	test_wrapper();
	test_detach();
	test_reconnect();
	test_once();
	test_monitor_exit();
	test_signal(SIGTERM);
	test_signal(SIGINT);
	test_signal(SIGHUP);
	test_attach("", "D", "Detaching from process #");
	test_attach("--once", NULL, "Detaching process(es): #");
	test_attach("", "qRcmd,65786974", "Detaching process(es): #");
	test_attach_signal();
	test_killed_ugdb();
	test_target_dies_while_waiting();
	test_multi();
	test_multi_starts();
	test_multi_detached_trace();
	test_multi_returns();
	test_refused("--multi", true);
	test_refused("", false);
	test_unix_socket();
	test_stdio_socket();
	test_stdio_relay();
	test_stdio_close();
	test_failures();
	test_address_in_use();
	test_no_module();
	return check_result();
}
