# SPDX-License-Identifier: GPL-2.0-or-later
"""32 threads count; one of them goes through a breakpoint whose condition is
false. How much do the other 31 count, per second and beside their share of the
processor, of what they count without a breakpoint?"""
import os
import signal
import threading
import time

PROGRAM = "herd"
CASES = [{"name": "32 threads, one on a false breakpoint", "flags": "-O2",
          "arguments": ["32"]}]
FIGURES = {"the others still count": ("%", True)}
SECONDS = 2.0


def counted(gdb):
    return sum(int(gdb.parse_and_eval(f"counts[{nr}][0]"))
               for nr in range(1, 32))


def rate(gdb):
    """What the others count per second, until ^C."""
    before = counted(gdb)
    interrupt = threading.Timer(SECONDS, os.kill, [os.getpid(), signal.SIGINT])
    start = time.monotonic()
    interrupt.start()
    gdb.execute("continue", to_string=True)
    seconds = time.monotonic() - start
    interrupt.join()
    return (counted(gdb) - before) / seconds


def measure(gdb, _case, _server):
    """Runs in gdb, attached. Returns what the others still count."""
    alone = rate(gdb)
    gdb.execute("set breakpoint condition-evaluation target")
    gdb.execute("break hit if i == 0")
    under = rate(gdb)
    gdb.execute("delete")
    gdb.execute("detach")
    return {"share": 100 * under / alone}


def figures(_case, _server, times):
    """From what was measured."""
    return {"the others still count": times["share"]}
