# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tour talks to: gdb, the load, the server; each has a deadline."""
import os
import re
import select
import signal
import socket
import subprocess
import time

PROMPT = "\x02demo-ready\x03"


class Failure(Exception):
    """Something is not as it has to be; the text says what."""


def read_line(process, deadline_s=60):
    """The next line that a process of Guest.start() says; "" at its end."""
    if not select.select([process.stdout], [], [], deadline_s)[0]:
        raise Failure(f"{' '.join(process.args)}: silent")
    return process.stdout.readline().decode(errors="replace")


class Gdb:
    """The user's gdb: takes what is typed, gives what it says to that."""

    def __init__(self, gdb, deadline_s=60):
        self.deadline_s = deadline_s
        # A session of its own: ^C on the terminal is the tour's, not gdb's.
        self.process = subprocess.Popen(
            [gdb, "-nx", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)
        self.pending = b""
        self.send("set prompt " + PROMPT)
        self.read(until=b"(gdb) " + PROMPT.encode())

    def send(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def read(self, until=PROMPT.encode(), deadline_s=None):
        """What gdb says up to its prompt."""
        end = time.monotonic() + (deadline_s or self.deadline_s)
        while until not in self.pending:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [],
                                              left)[0]:
                raise Failure("gdb is silent; so far it said:\n" + self.said())
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                raise Failure("gdb ended; it said:\n" + self.said())
            self.pending += data
        text, self.pending = self.pending.split(until, 1)
        return text.decode(errors="replace")

    def said(self):
        return self.pending.decode(errors="replace")

    def run(self, command, **options):
        self.send(command)
        return self.read(**options)

    def interrupt(self):
        """^C, as from the terminal."""
        self.process.send_signal(signal.SIGINT)

    def end(self):
        self.process.kill()
        self.process.wait()


class Guest:
    """The guest that demo/run has booted."""

    def __init__(self, vm_run, directory):
        self.command = [vm_run, "--dir", directory]

    def run(self, *words, user="root"):
        """The output of a command that has to succeed."""
        done = subprocess.run(
            self.command + ["-n", "-T", "60", "-u", user, "--", *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        text = done.stdout.decode(errors="replace")
        if done.returncode:
            raise Failure(f"{' '.join(words)}: exit status "
                          f"{done.returncode}\n{text}")
        return text

    def start(self, *words, user="root"):
        # Without a buffer, so that select() knows of every line.
        return subprocess.Popen(
            self.command + ["-u", user, "--", *words], bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)


class Load:
    """demo/load.c in the guest."""

    def __init__(self, guest, program, address, port, connections):
        self.process = guest.start(program, address, str(port),
                                   str(connections), user="nobody")

    def _counters(self):
        line = read_line(self.process)
        words = line.split()
        if not line.startswith("asked "):
            raise Failure(f"the load says: {line!r}")
        return dict(zip(words[::2], map(int, words[1::2])))

    def counters(self):
        self.process.stdin.write(b"\n")
        return self._counters()

    def end(self):
        """The balance, and the exit status."""
        self.process.stdin.close()
        return self._counters(), self.process.wait(timeout=30)


class Server:
    """memcached, asked over a connection of the tour's own."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)

    def ask(self, request, end):
        """The answer to a request, which ends with a line that matches."""
        answer = b""
        self.socket.sendall(request.encode())
        while not re.search(rb"(?m)^(" + end.encode() + rb")\r\n\Z", answer):
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                data = b""
            if not data:
                raise Failure(f"no answer to {request[:40]!r} but {answer!r}")
            answer += data
        return answer.decode()

    def statistics(self):
        lines = self.ask("stats\r\n", "END").split("\r\n")
        return dict(line.split(" ", 2)[1:] for line in lines
                    if line.startswith("STAT "))

    def store(self, size):
        """The server's word on a value of that many bytes."""
        request = f"set demo:probe 0 0 {size}\r\n{'x' * size}\r\n"
        return self.ask(request, "STORED|[A-Z_]*ERROR.*").strip()
