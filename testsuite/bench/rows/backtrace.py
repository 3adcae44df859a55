# SPDX-License-Identifier: GPL-2.0-or-later
"""thread apply all bt, 200 threads."""
import time

PROGRAM = "threads"
CASES = [{"name": "thread apply all bt, 200 threads", "flags": "-O2",
          "arguments": ["200"]}]
FIGURES = {"time": ("ms", False), "gdb's own share": ("ms", False)}


def measure(gdb, _case, _server):
    """Runs in gdb, attached. Returns times in seconds, own those that gdb
    computed."""
    start, start_own = time.monotonic(), time.thread_time()
    text = gdb.execute("thread apply all bt", to_string=True)
    seconds = time.monotonic() - start
    own = time.thread_time() - start_own
    gdb.execute("detach")
    if text.count("#0 ") != 200 or text.count(" sleeper ") < 199:
        raise RuntimeError("not all threads: " + text)
    return {"seconds": seconds, "own": own}


def figures(_case, _server, times):
    """From what was measured."""
    return {"time": 1000 * times["seconds"],
            "gdb's own share": 1000 * times["own"]}
