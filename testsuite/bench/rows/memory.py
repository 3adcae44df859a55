# SPDX-License-Identifier: GPL-2.0-or-later
"""dump memory of 64 MB."""
import os
import time

PROGRAM = "heap"
CASES = [{"name": "dump memory of 64 MB", "flags": "-O2"}]
FIGURES = {"time": ("ms", False), "gdb's own share": ("ms", False)}


def measure(gdb, case, _server):
    """Runs in gdb, attached. Returns times in seconds."""
    path = os.environ["BENCH_SCRATCH"]
    start, start_own = time.monotonic(), time.thread_time()
    gdb.execute(f"dump binary memory {path} memory memory+sizeof(memory)")
    seconds = time.monotonic() - start
    own = time.thread_time() - start_own
    if os.path.getsize(path) != 1 << 26:
        raise RuntimeError(case["name"] + ": not all of it")
    os.unlink(path)
    gdb.execute("detach")
    return {"seconds": seconds, "own": own}


def figures(_case, _server, times):
    """From what was measured."""
    return {"time": 1000 * times["seconds"],
            "gdb's own share": 1000 * times["own"]}
