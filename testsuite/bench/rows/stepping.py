# SPDX-License-Identifier: GPL-2.0-or-later
"""next over a line of 100,000 instructions; stepi 1000 times."""
import time

PROGRAM = "hot"
CASES = [{"name": "stepping", "flags": "-O1"}]
FIGURES = {"next over 100,000 instructions": ("ms", False),
           "stepi": ("ms", False), "of it gdb's own": ("ms", False)}
STEPS = 1000


def measure(gdb, _case, _server):
    """Runs in gdb, attached. Returns times in seconds."""
    gdb.execute("break long_line")
    gdb.execute("set variable nr_calls = 1")
    gdb.execute("set variable go = 1")
    gdb.execute("continue", to_string=True)
    gdb.execute("delete")
    start = time.monotonic()
    gdb.execute("next", to_string=True)
    over, over_own = time.monotonic(), time.thread_time()
    gdb.execute(f"stepi {STEPS}", to_string=True)
    end, end_own = time.monotonic(), time.thread_time()
    gdb.execute("detach")
    return {"next": over - start, "stepi": (end - over) / STEPS,
            "own": (end_own - over_own) / STEPS}


def figures(_case, _server, times):
    """From what was measured."""
    return {"next over 100,000 instructions": 1000 * times["next"],
            "stepi": 1000 * times["stepi"],
            "of it gdb's own": 1000 * times["own"]}
