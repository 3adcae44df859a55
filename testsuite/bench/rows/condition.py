# SPDX-License-Identifier: GPL-2.0-or-later
"""How often a second can a breakpoint be hit whose condition is false? The
breakpoint is where gdb puts it, after the prologue, on an instruction that the
stub emulates; or on one that it executes out of line. The condition becomes true
with the last hit, which shows that all were looked at."""
import time

PROGRAM = "hot"
EMULATED, OUT_OF_LINE = "hot", "*hot_vector_at"
# The name's end, place, where evaluated, flags, threads, hits of the stub.
KINDS = [
    ("-O0", EMULATED, "target", "-O0", 1, 20000),
    ("-O2", EMULATED, "target", "-O2", 1, 20000),
    ("out of line", OUT_OF_LINE, "target", "-O0", 1, 20000),
    ("-O0, 8 threads", EMULATED, "target", "-O0", 8, 4000),
    ("-O0", EMULATED, "host", "-O0", 1, 300),
    ("-O2", EMULATED, "host", "-O2", 1, 300),
    ("out of line", OUT_OF_LINE, "host", "-O0", 1, 300),
]
CASES = [
    {"name": f"false condition, evaluated by the {where}, {what}",
     "flags": flags, "where": where, "place": place, "threads": threads,
     "arguments": [str(threads)],
     "hits": {"ugdb": hits, "gdbserver": min(hits, 2000 // threads)}}
    for what, place, where, flags, threads, hits in KINDS
]
# What a user gains who leaves it to gdb where conditions are evaluated when the
# server cannot: the stub's way against gdbserver's other one.
ACROSS = {f"false condition, in the kernel against by gdb, {what}":
          (f"false condition, evaluated by the target, {what}",
           f"false condition, evaluated by the host, {what}", "hits")
          for what in ("-O0", "-O2", "out of line")}
# Name of the figure: unit, and whether more is better.
FIGURES = {"hits": ("/s", True)}


def measure(gdb, case, server):
    """Runs in gdb, attached. Returns times in seconds."""
    last = case["hits"][server] - 1
    gdb.execute(f"set breakpoint condition-evaluation {case['where']}")
    counter = "i" if case["place"] == "hot" else "(long)$rdi"
    if case["threads"] == 1 and case["place"] == "hot":
        gdb.execute(f"break {case['place']} if {counter} == {last}")
    else:
        gdb.execute(f"break {case['place']} if $rsp == 0")
        gdb.execute("break round_done")
    gdb.execute(f"set variable nr_calls = {last + 1}")
    gdb.execute("set variable go = 1")
    start = time.monotonic()
    gdb.execute("continue")
    seconds = time.monotonic() - start
    stop = gdb.selected_frame().name()
    info = gdb.execute("info breakpoints", to_string=True)
    gdb.execute("delete")
    gdb.execute("detach")
    if stop not in ("hot", "round_done"):
        raise RuntimeError(f"stopped in {stop}")
    if ("(target evals)" in info) != (case["where"] == "target"):
        raise RuntimeError("evaluated elsewhere: " + info)
    return {"seconds": seconds}


def figures(case, server, times):
    """From what was measured."""
    return {"hits": case["threads"] * case["hits"][server] / times["seconds"]}
