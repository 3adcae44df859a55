# SPDX-License-Identifier: GPL-2.0-or-later
"""How long does it take to attach to a process of many threads, from the start
of the server until gdb has its prompt, to list the threads, and to detach?"""
import time

PROGRAM = "threads"
CASES = [{"name": f"{nr} threads", "flags": "-O2", "arguments": [str(nr)]}
         for nr in (10, 200, 1000)]
FIGURES = {
    "attach": ("ms", False),
    "of it gdb's connecting": ("ms", False),
    "list threads": ("ms", False),
    "detach": ("ms", False),
}


def measure(gdb, case, _server):
    """Runs in gdb, attached. Returns times in seconds."""
    start = time.monotonic()
    text = gdb.execute("info threads", to_string=True)
    listed = time.monotonic()
    gdb.execute("detach")
    end = time.monotonic()
    if text.count("Thread ") != int(case["arguments"][0]):
        raise RuntimeError("not all threads: " + text)
    return {"list": listed - start, "detach": end - listed}


def figures(_case, _server, times):
    """From what was measured."""
    return {
        "attach": 1000 * (times["start"] + times["connect"]),
        "of it gdb's connecting": 1000 * times["connect"],
        "list threads": 1000 * times["list"],
        "detach": 1000 * times["detach"],
    }
