# SPDX-License-Identifier: GPL-2.0-or-later
"""Sourced by gdb: connects, has one row measured, writes the times as JSON."""
import importlib
import json
import os
import sys
import time

import gdb

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
job = json.loads(os.environ["BENCH_JOB"])
row = importlib.import_module("rows." + job["row"])
for setting in ("pagination off", "confirm off", "sysroot /", "width 0",
                "debuginfod enabled off"):
    gdb.execute("set " + setting)
gdb.execute("file " + job["program"])
os.environ["BENCH_SCRATCH"] = job["result"] + ".memory"
start, start_own = time.monotonic(), time.thread_time()
if getattr(row, "RAW", False):
    times = row.measure(gdb, job["case"], job["server"], int(job["port"]))
else:
    gdb.execute(f"target remote 127.0.0.1:{job['port']}", to_string=True)
    connect = time.monotonic() - start
    connect_own = time.thread_time() - start_own
    times = row.measure(gdb, job["case"], job["server"])
    times.update(connect=connect, connect_own=connect_own)
with open(job["result"], "w", encoding="ascii") as result:
    json.dump(times, result)
