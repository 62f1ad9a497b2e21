"""What compiling alone needs does not get into programs: no function that builds, differentiates or changes a graph is in
the machine code of the examples.

    tests/sources/object_code.py PROGRAM...

A single reference, while a program runs, to a table that names operations would bring all their functions along."""

import re
import subprocess
import sys
from pathlib import Path

from checks import report

AT_COMPILE_TIME = re.compile(r"hourglass::\w+::(graph_builder|handle|inference|derivation|rewriter|fusion|planning)\b")


def faults_of(program):
    symbols = subprocess.run(["nm", "--demangle", "--defined-only", program], text=True, capture_output=True, check=True).stdout
    names = [line.split(" ", 2)[2] for line in symbols.splitlines() if " " in line]
    own = [name for name in names if "hourglass::" in name]
    if not own:
        return ["it has no symbols of the library: is it stripped?"]
    return [name[:200] for name in own if AT_COMPILE_TIME.search(name)][:5]


report([(Path(program).name, faults_of(program), "look up compiled<...>::run_time, not ::schedule or a graph's nodes")
        for program in sys.argv[1:]])
