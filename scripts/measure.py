#!/usr/bin/env python3
"""Runs a command and says on standard error how long it took and how much memory it needed; keeps its exit code."""
import resource
import subprocess
import sys
import time

start = time.monotonic()
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False).returncode
seconds = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"[{seconds:.2f} s, {used.ru_utime + used.ru_stime:.2f} s of processor time, {used.ru_maxrss / 1024:.0f} MB]", file=sys.stderr)
sys.exit(code if code >= 0 else 128 - code)
