# SPDX-License-Identifier: GPL-2.0-or-later
"""How often a second can a breakpoint be hit whose condition is false? One
thread; the breakpoint is where gdb puts it, after the prologue. The condition
becomes true with the last hit, which shows that all were looked at."""
import time

PROGRAM = "hot"
CASES = [
    {"name": f"false condition, evaluated by the {where}, {flags}",
     "flags": flags, "where": where,
     "hits": {"ugdb": hits, "gdbserver": min(hits, 2000)}}
    for where, hits in (("target", 20000), ("host", 300))
    for flags in ("-O0", "-O2")
]
# Name of the figure: unit, and whether more is better.
FIGURES = {"hits": ("/s", True)}


def measure(gdb, case, server):
    """Runs in gdb, attached. Returns times in seconds."""
    last = case["hits"][server] - 1
    gdb.execute(f"set breakpoint condition-evaluation {case['where']}")
    gdb.execute(f"break hot if i == {last}")
    gdb.execute(f"set variable nr_calls = {last + 1}")
    gdb.execute("set variable go = 1")
    start = time.monotonic()
    gdb.execute("continue")
    seconds = time.monotonic() - start
    stop = gdb.selected_frame().name(), int(gdb.parse_and_eval("i"))
    info = gdb.execute("info breakpoints", to_string=True)
    gdb.execute("delete")
    gdb.execute("detach")
    if stop != ("hot", last):
        raise RuntimeError(f"stopped in {stop}")
    if ("(target evals)" in info) != (case["where"] == "target"):
        raise RuntimeError("evaluated elsewhere: " + info)
    return {"seconds": seconds}


def figures(case, server, times):
    """From what was measured."""
    return {"hits": case["hits"][server] / times["seconds"]}
