#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The guided tour: gdb debugs a server under load, and each thing it says is
checked. Called by demo/run, which has booted the guest.

Printed with "(gdb)" before it is what is typed; the lines below are what gdb
says to that, all of it. Lines with "|" say what is done and what was measured.
"""
import argparse
import os
import re
import sys
import time

from guests import Failure, Gdb, Guest, Load, Server, read_line

CONNECTIONS = 8
# A condition that no request of the load meets: they are of two words.
FALSE_CONDITION = "ntokens == 99"
CONDITION_S = 3


class Tour:
    """The steps, in their order, and what they have counted."""

    def __init__(self, options):
        self.options = options
        self.began = time.monotonic()
        self.guest = Guest(options.vm_run, options.vm_dir)
        self.step_nr = 0
        self.stops = 0
        self.conditions = 0
        self.condition_rate = 0
        self.threads = 0
        self.rate = 0
        self.ugdb = None
        self.gdb = None

    # What is printed.

    def heading(self, text):
        self.step_nr += 1
        line = f"{self.step_nr}. {text}"
        if sys.stdout.isatty():
            line = f"\033[1m{line}\033[0m"
        print("\n" + line, flush=True)

    @staticmethod
    def note(text):
        print(f"| {text}", flush=True)

    # What is asked of gdb.

    def show(self, command, expected, **options):
        """Type a command; what gdb says has to match the pattern."""
        print(f"(gdb) {command}", flush=True)
        return self.answer(self.gdb.run(command, **options), expected)

    def answer(self, text, expected):
        if text.strip():
            print(text.strip("\n"), flush=True)
        match = re.search(expected, text, re.MULTILINE | re.DOTALL)
        if not match:
            raise Failure(f"gdb did not say {expected!r}")
        return match

    def resume(self, command, expected):
        """A command that ends with the next stop."""
        match = self.show(command, expected)
        self.stops += 1
        return match

    def let_run(self, action):
        """Let the server run for as long as something is done to it."""
        print("(gdb) continue", flush=True)
        self.gdb.send("continue")
        print(self.gdb.read(until=b"Continuing.\n") + "Continuing.")
        result = action()
        self.gdb.interrupt()
        print("^C", end="")
        self.answer(self.gdb.read(), r"received signal SIGINT")
        return result

    # The steps.

    def start_load(self):
        self.heading(f"memcached serves {CONNECTIONS} connections in the "
                     "guest, as user nobody")
        self.load = Load(self.guest, "/srv/demo/load", "10.0.2.15",
                         self.options.server_port, CONNECTIONS)
        # It counts from when the server has taken all its connections.
        self.load.counters()
        self.server = Server(self.options.server_forward)
        self.pid = self.guest.run("pidof", "memcached").strip()
        start = self.load.counters()
        time.sleep(2)
        self.before = self.load.counters()
        self.rate = (self.before["answered"] - start["answered"]) / 2
        self.note(f"process {self.pid}; {self.rate:.0f} requests a second, "
                  f"longest pause {self.before['longest_ms']} ms")
        if self.rate <= 0:
            raise Failure("the server serves nothing")
        self.expect_store(2000, "STORED")

    def expect_store(self, size, expected):
        got = self.server.store(size)
        self.note(f'asked to store a value of {size} bytes, it answers '
                  f'"{got}"')
        if got != expected:
            raise Failure(f"the server had to answer {expected!r}")

    def attach(self):
        self.heading("gdb on this machine attaches to it through the module")
        comm = f"10.0.2.15:{self.options.stub_port}"
        self.note(f"in the guest, as nobody: ugdb --once --attach {comm} "
                  f"{self.pid}")
        self.ugdb = self.guest.start("/srv/demo/ugdb", "--once", "--attach",
                                     comm, self.pid, user="nobody")
        for _ in range(2):
            line = read_line(self.ugdb).strip()
            self.note(f"ugdb: {line}")
        if not line.startswith("Listening on port"):
            raise Failure("ugdb does not listen")
        self.gdb = Gdb(self.options.gdb)
        with open(os.path.join(os.path.dirname(__file__), "gdbinit"),
                  encoding="ascii") as lines:
            for line in lines:
                self.gdb.run(line.strip())
        self.gdb.run("file " + self.options.server)
        self.show(f"target remote 127.0.0.1:{self.options.stub_forward}",
                  r"^(0x\w+ in )?\w+.* \(")
        status = self.guest.run("cat", f"/proc/{self.pid}/status")
        lines = re.findall(r"^(?:TracerPid|Utrace):.*$", status, re.MULTILINE)
        self.note("all its threads are held; its status in the guest: " +
                  ", ".join(" ".join(line.split()) for line in lines))
        if not re.match(r"TracerPid:\t0\n.*\nUtrace:\t\w+ stopped",
                        "\n\n".join(lines)):
            raise Failure("it is to be held by an engine and by no ptracer")

    def list_threads(self):
        self.heading("All its threads, and where they are")
        wanted = len(self.guest.run("ls", f"/proc/{self.pid}/task").split())
        self.show("set print frame-arguments presence", "")
        text = self.show("info threads", r"Thread \d+\.\d+ \"mc-worker\"").string
        self.threads = len(re.findall(r"^\*? +\d+ +Thread ", text,
                                      re.MULTILINE))
        text = self.show("thread apply all -s backtrace -frame-info "
                         "short-location", r"^#\d+ .* main \(").string
        self.show("set print frame-arguments scalars", "")
        traces = len(re.findall(r"^#0 ", text, re.MULTILINE))
        workers = len(re.findall(r"^#\d+ .* worker_libevent \(", text,
                                 re.MULTILINE))
        self.note(f"{self.threads} threads with {traces} backtraces, "
                  f"{workers} of worker threads")
        if not wanted == self.threads == traces or workers != 4:
            raise Failure(f"there are {wanted} threads, and 4 are workers")

    def break_under_load(self):
        self.heading("A breakpoint that many requests hit")
        self.show("break process_get_command", r"^Breakpoint 1 at ")
        for _ in range(3):
            self.resume("continue", r"\"mc-worker\" hit Breakpoint 1, ")
        self.show("backtrace 4", r"^#0 .*process_get_command.*"
                  r"^#1 .*process_command_ascii.*^#2 .*try_read_command_ascii")
        self.show("print tokens[1].value",
                  r'^\$1 = 0x\w+ "demo:\d+:\d+"')
        self.show("info breakpoints", r"already hit 3 times")
        self.show("delete 1", "")

    def step(self):
        self.heading("Steps, and the end of a function")
        self.resume("next", r"^\d+\t")
        self.resume("next", r"^\d+\t")
        self.resume("stepi", r"^(0x\w+\t)?\d+\t")
        self.show("tbreak do_item_get", r"^Temporary breakpoint 2 at ")
        self.resume("continue", r"hit Temporary breakpoint 2, do_item_get")
        self.resume("finish", r"Run till exit.*^Value returned is \$2 = "
                    r"\(item \*\) 0x\w+")

    def condition(self):
        self.heading("A breakpoint with a condition, evaluated in the kernel")
        self.show("break process_get_command if " + FALSE_CONDITION,
                  r"^Breakpoint 3 at ")

        def count():
            # The first look is taken with the breakpoint in place.
            hits = int(self.server.statistics()["cmd_get"])
            served = self.load.counters()["answered"]
            start = time.monotonic()
            time.sleep(CONDITION_S)
            hits = int(self.server.statistics()["cmd_get"]) - hits
            served = self.load.counters()["answered"] - served
            seconds = time.monotonic() - start
            return hits, hits / seconds, served / seconds

        hits, self.condition_rate, served_rate = self.let_run(count)
        self.conditions = hits
        self.note(f"by the server's own count {hits} requests came through "
                  f"the breakpoint, {self.condition_rate:.0f} a second, and "
                  "none of them stopped")
        self.note(f"with the other half of the requests, {served_rate:.0f} a "
                  f"second were served; before gdb came, {self.rate:.0f}")
        if hits < 10:
            raise Failure("the server came to a standstill")
        self.note("and a condition that is true for the requests of "
                  f"connection 2 only ({ord('2')} is '2')")
        self.show(f"condition 3 tokens[1].value[5] == {ord('2')}", "")
        self.resume("continue", r"hit Breakpoint 3, process_get_command")
        self.show("print tokens[1].value", r'^\$3 = 0x\w+ "demo:2:\d+"')
        self.show("info breakpoints", r"stop only if tokens\[1\]\.value\[5\] "
                  rf"== {ord('2')} \(target evals\)")
        self.show("delete 3", "")

    def watch(self):
        self.heading("A watchpoint on the counter of one worker")
        self.show("watch -location threads[0].stats.get_cmds",
                  r"^Hardware watchpoint 4: ")
        match = self.resume("continue", r"hit Hardware watchpoint 4:.*"
                            r"^Old value = (\d+)\s+^New value = (\d+)$")
        if int(match[2]) != int(match[1]) + 1:
            raise Failure("the counter did not go up by one")
        self.show("backtrace 3", r"^#0 .*^#1 .*^#2 ")
        self.show("delete 4", "")

    def change(self):
        self.heading("A function of the server called, a variable changed")
        self.show("print settings.item_size_max", r"^\$4 = 1048576$")
        self.show("print item_size_ok(10, 0, 2000)", r"^\$5 = true$")
        self.show("set variable settings.item_size_max = 1024", "")
        self.show("print item_size_ok(10, 0, 2000)", r"^\$6 = false$")
        self.let_run(lambda: self.expect_store(
            2000, "SERVER_ERROR object too large for cache"))
        self.show("set variable settings.item_size_max = 1048576", "")

    def detach(self):
        self.heading("gdb lets the server go")
        self.during = self.load.counters()
        self.show("detach", r"^\[Inferior 1 \(.*\) detached\]")
        self.gdb.end()
        self.gdb = None
        said = self.ugdb.communicate(timeout=30)[0].decode()
        for line in said.splitlines():
            self.note(f"ugdb: {line}")
        if self.ugdb.returncode or "Detaching from process" not in said:
            raise Failure(f"ugdb: exit status {self.ugdb.returncode}")

    def look_back(self):
        self.heading("What is left of it")
        start = self.load.counters()
        time.sleep(2)
        end = self.load.counters()
        rate = (end["answered"] - start["answered"]) / 2
        self.note(f"the server goes on: {rate:.0f} requests a second, longest "
                  f"pause {end['longest_ms']} ms")
        if rate <= 0:
            raise Failure("the server serves nothing")
        self.expect_store(2000, "STORED")
        self.check_process()
        self.guest.run("rmmod", "gdbstub")
        self.note("the module is unloaded")
        balance, status = self.load.end()
        self.note(f"requests asked {balance['asked']}, answered "
                  f"{balance['answered']}, wrong {balance['wrong']}, lost "
                  f"{balance['lost']}")
        self.note("held by the debugger for at most "
                  f"{self.during['longest_ms'] / 1000:.1f} s, and then "
                  "answered")
        self.after = balance
        if (status or balance["asked"] != balance["answered"] or
                balance["wrong"] or balance["lost"]):
            raise Failure("requests were dropped or answered wrongly")

    def check_process(self):
        text = self.guest.run("grep", "-E", "^(State|TracerPid|Utrace)",
                              f"/proc/{self.pid}/status")
        for line in text.splitlines():
            self.note(" ".join(line.split()))
        if (not re.search(r"^State:\t[SR]", text) or
                "TracerPid:\t0\n" not in text or "Utrace" in text):
            raise Failure("the server is not as it was")
        text = self.guest.run(
            "/usr/bin/python3", self.options.check_text, self.pid)
        self.note(text.strip())

    def summary(self):
        before = self.before["answered"]
        during = self.during["answered"]
        after = self.after["answered"]
        dropped = self.after["asked"] - after + self.after["lost"]
        print(f"\ndemo: {self.threads} threads, {self.stops} stops, "
              f"{self.conditions} conditions evaluated in the kernel "
              f"({self.condition_rate:.0f}/s), requests served "
              f"{before} before, {during - before} during, {after - during} "
              f"after, {dropped} dropped, "
              f"{time.monotonic() - self.began:.0f} s")

    def run(self):
        try:
            for step in (self.start_load, self.attach, self.list_threads,
                         self.break_under_load, self.step, self.condition,
                         self.watch, self.change, self.detach,
                         self.look_back):
                step()
        finally:
            if self.gdb:
                self.gdb.end()
        self.summary()


def parse_options():
    parser = argparse.ArgumentParser()
    for name in ("vm-run", "vm-dir", "gdb", "server", "check-text"):
        parser.add_argument("--" + name, required=True)
    for name in ("server-port", "server-forward", "stub-port",
                 "stub-forward"):
        parser.add_argument("--" + name, required=True, type=int)
    return parser.parse_args()


def main():
    try:
        Tour(parse_options()).run()
    except Failure as failure:
        print(f"\ndemo: FAILED: {failure}", flush=True)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: interrupted", flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
