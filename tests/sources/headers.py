"""Each header compiles alone and without a warning: it includes what it uses.

    tests/sources/headers.py [-- COMPILER FLAG...]
"""

import re
from checks import ROOT, check_syntax, compile_command, in_parallel, report

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion"]
# Derivative rules in ops/ are written against functions that other rooms define, so alone they lack a definition.
DEFINED_ELSEWHERE = re.compile(r"warning: inline function .*(used but never defined|is not defined)")
INCLUDE = ROOT / "include"
# For the processors that every one is like: xsimd has a third less to parse there, and headers are the same for all.
command = [word for word in compile_command() if not word.startswith("-march=")] + WARNINGS


def check(header):
    accepted, text = check_syntax(command, f'#include "{header.relative_to(INCLUDE)}"\n')
    warned = any("warning:" in line and not DEFINED_ELSEWHERE.search(line) for line in text.splitlines())
    advice = "include what the header uses, or repair what the compiler warns of"
    return str(header.relative_to(ROOT)), [] if accepted and not warned else [text], advice


report(in_parallel(check, sorted(INCLUDE.rglob("*.hpp"))))
