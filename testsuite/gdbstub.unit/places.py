#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: places.py FILE [DEBUG]: the lines of objdump at which gdb would put
breakpoints: of each function what stands after the prologue (endbr64, push rbp,
mov rsp to rbp, sub from rsp), and, with a file that has the line table, what
begins a line."""
import re
import subprocess
import sys


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          errors="replace", stderr=subprocess.DEVNULL,
                          check=False).stdout


def functions(path):
    text = output_of("readelf", "--debug-dump=frames", path)
    return {int(start, 16) for start in
            re.findall(r" FDE .* pc=([0-9a-f]+)\.\.", text)}


def line_starts(path):
    text = output_of("readelf", "--debug-dump=decodedline", path)
    return {int(addr, 16) for addr in
            re.findall(r"^\S+ +\d+ +0x([0-9a-f]+) .*x$", text, re.M)}


def is_prologue(line):
    return re.search(r"\tendbr64|\tpush +%rbp|\tmov +%rsp,%rbp|"
                     r"\tsub +\$0x[0-9a-f]+,%rsp", line)


def main():
    wanted = functions(sys.argv[1])
    lines = line_starts(sys.argv[2]) if len(sys.argv) > 2 else set()
    in_prologue = False
    for line in output_of("objdump", "-dw", sys.argv[1]).splitlines():
        match = re.match(r" *([0-9a-f]+):\t", line)
        if not match:
            continue
        addr = int(match[1], 16)
        in_prologue |= addr in wanted
        if in_prologue and is_prologue(line):
            continue
        if in_prologue or addr in lines:
            print(line)
        in_prologue = False


main()
