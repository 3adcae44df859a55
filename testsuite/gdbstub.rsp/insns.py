#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: insns.py FILE [SKIP]: offsets of the instructions of a file's functions,
in hex, one a line. A function is what has unwind data: between functions there
may be tables, in which a breakpoint would be seen. SKIP is a regexp for lines of
objdump that are left out."""
import bisect
import re
import subprocess
import sys


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, check=False).stdout


def functions(path):
    text = output_of("readelf", "--debug-dump=frames", path)
    return sorted((int(start, 16), int(end, 16)) for start, end in
                  re.findall(r" FDE .* pc=([0-9a-f]+)\.\.([0-9a-f]+)", text))


def main():
    path = sys.argv[1]
    skip = re.compile(sys.argv[2]) if len(sys.argv) > 2 else None
    ranges = functions(path)
    starts = [start for start, _ in ranges]
    for line in output_of("objdump", "-dw", path).splitlines():
        match = re.match(r" *([0-9a-f]+):\t", line)
        if not match or (skip and skip.search(line)):
            continue
        addr = int(match[1], 16)
        at = bisect.bisect(starts, addr) - 1
        if at >= 0 and addr < ranges[at][1]:
            print(match[1])


main()
