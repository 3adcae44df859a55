# SPDX-License-Identifier: GPL-2.0-or-later
"""catch syscall of one call in a program that makes many others: how many does it
make per second? And how many of them when nothing is caught, as share. getppid()
is the cheapest call there is; the others do what programs call the kernel for."""
import time

PROGRAM = "calls"
CASES = [{"name": "catch syscall, a rare one among others", "flags": "-O2",
          "calls": {"ugdb": 2000000, "gdbserver": 2000}},
         {"name": "catch syscall, a rare one among reads of 4 KiB",
          "flags": "-O2", "arguments": ["1", "read"],
          "calls": {"ugdb": 300000, "gdbserver": 2000}},
         {"name": "catch syscall, a rare one among bytes through a pipe",
          "flags": "-O2", "arguments": ["1", "pipe"],
          "calls": {"ugdb": 300000, "gdbserver": 2000}}]
FIGURES = {"others": ("/s", True), "of those without a catch": ("%", True)}


def run_to_rare(gdb, calls):
    """Lets it make the calls. Returns calls per second."""
    gdb.execute(f"set variable nr_calls = {calls}")
    gdb.execute("set variable go = 1")
    start = time.monotonic()
    gdb.execute("continue", to_string=True)
    return calls / (time.monotonic() - start)


def measure(gdb, case, server):
    """Runs in gdb, attached. Returns rates per second."""
    calls = case["calls"][server]
    gdb.execute("break getpgid_made")
    free = run_to_rare(gdb, case["calls"]["ugdb"])
    gdb.execute("delete")
    gdb.execute("catch syscall getpgid")
    caught = run_to_rare(gdb, calls)
    number = gdb.parse_and_eval("$orig_rax")
    gdb.execute("delete")
    gdb.execute("detach")
    if int(number) != 121:
        raise RuntimeError(f"stopped at system call {number}")
    return {"free": free, "caught": caught}


def figures(_case, _server, times):
    """From what was measured."""
    return {"others": times["caught"],
            "of those without a catch": 100 * times["caught"] / times["free"]}
