# SPDX-License-Identifier: GPL-2.0-or-later
"""How long does it take to attach to a process of many threads, from the start
of the server until gdb has its prompt, to list the threads, and to detach? And
for how long at most does the program stand still, from attach to detach, gdb's
own share in it?"""
import os
import time

PROGRAM = "threads"
CASES = [{"name": f"{nr} threads", "flags": "-O2",
          "arguments": [str(nr), "SCRATCH/pause"]}
         for nr in (10, 100, 1000, 5000)]
FIGURES = {
    "attach": ("ms", False),
    "list threads": ("ms", False),
    "detach": ("ms", False),
    "all three": ("ms", False),
    "all three but for gdb's own share": ("ms", False),
    "gdb's own share": ("ms", False),
    "the program's longest pause": ("ms", False),
}


def measure(gdb, case, _server):
    """Runs in gdb, attached. Returns times in seconds, own those that gdb
    computed."""
    start, start_own = time.monotonic(), time.thread_time()
    text = gdb.execute("info threads", to_string=True)
    listed = time.monotonic()
    gdb.execute("detach")
    end, end_own = time.monotonic(), time.thread_time()
    if text.count("Thread ") != int(case["arguments"][0]):
        raise RuntimeError("not all threads: " + text)
    return {"list": listed - start, "detach": end - listed,
            "own": end_own - start_own}


def afterwards(guest, pid):
    """Asks the program. Returns its pause in seconds."""
    path = os.path.join(guest.directory, "pause")
    if os.path.exists(path):
        os.unlink(path)
    guest.run("sh", "-c", f"kill -USR1 {pid} && "
              f"until [ -s {path} ]; do sleep 0.05; done")
    return {"pause": int(guest.run("cat", path)) / 1e6}


def figures(_case, _server, times):
    """From what was measured."""
    attach = times["start"] + times["connect"]
    own = times["connect_own"] + times["own"]
    whole = attach + times["list"] + times["detach"]
    return {
        "attach": 1000 * attach,
        "list threads": 1000 * times["list"],
        "detach": 1000 * times["detach"],
        "all three": 1000 * whole,
        "all three but for gdb's own share": 1000 * (whole - own),
        "gdb's own share": 1000 * own,
        "the program's longest pause": 1000 * times["pause"],
    }
