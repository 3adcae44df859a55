# SPDX-License-Identifier: GPL-2.0-or-later
"""dump memory of 16 MB."""
import os
import time

PROGRAM = "heap"
CASES = [{"name": "dump memory of 16 MB", "flags": "-O2"}]
FIGURES = {"time": ("ms", False)}


def measure(gdb, case, _server):
    """Runs in gdb, attached. Returns times in seconds."""
    path = os.environ["BENCH_SCRATCH"]
    start = time.monotonic()
    gdb.execute(f"dump binary memory {path} memory memory+sizeof(memory)")
    seconds = time.monotonic() - start
    if os.path.getsize(path) != 1 << 24:
        raise RuntimeError(case["name"] + ": not all of it")
    os.unlink(path)
    gdb.execute("detach")
    return {"seconds": seconds}


def figures(_case, _server, times):
    """From what was measured."""
    return {"time": 1000 * times["seconds"]}
