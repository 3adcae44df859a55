# SPDX-License-Identifier: GPL-2.0-or-later
"""How many hits a second of an agent-style dprintf, whose text gdb shows? By
gdbserver it is printed on its own terminal instead."""
import time

PROGRAM = "hot"
CASES = [{"name": "agent-style dprintf", "flags": "-O0",
          "hits": {"ugdb": 3000, "gdbserver": 500}}]
FIGURES = {"hits": ("/s", True)}


def measure(gdb, case, server):
    """Runs in gdb, attached. Returns times in seconds."""
    hits = case["hits"][server]
    gdb.execute("set dprintf-style agent")
    gdb.execute('dprintf hot,"hot %ld\\n", i')
    gdb.execute("break round_done")
    gdb.execute(f"set variable nr_calls = {hits}")
    gdb.execute("set variable go = 1")
    start = time.monotonic()
    gdb.execute("continue", to_string=True)
    seconds = time.monotonic() - start
    stop = gdb.selected_frame().name()
    gdb.execute("delete")
    gdb.execute("detach")
    if stop != "round_done":
        raise RuntimeError(f"stopped in {stop}")
    return {"seconds": seconds}


def figures(case, server, times):
    """From what was measured."""
    return {"hits": case["hits"][server] / times["seconds"]}
