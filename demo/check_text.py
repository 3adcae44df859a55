#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check_text.py PID: is the code of a process, byte for byte, what is in the
files that it was mapped from? It says how much that is. Exit status 1: no."""
import sys


def executable_mappings(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        for line in maps:
            words = line.split(maxsplit=5)
            if "x" in words[1] and len(words) == 6 and words[5][0] == "/":
                start, end = (int(word, 16) for word in words[0].split("-"))
                yield start, end, int(words[2], 16), words[5].strip()


def main():
    pid = sys.argv[1]
    compared = files = 0
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, offset, path in executable_mappings(pid):
            with open(path, "rb") as file:
                file.seek(offset)
                wanted = file.read(end - start)
            memory.seek(start)
            if memory.read(len(wanted)) != wanted:
                print(f"the code of {path} in process {pid} was changed")
                return 1
            compared += len(wanted)
            files += 1
    if not files:
        print(f"process {pid} has no code from files")
        return 1
    print(f"its code is what is in the files, {compared} bytes from {files} "
          "files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
