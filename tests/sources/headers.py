"""Each header compiles alone and without a warning: it includes what it uses.

    tests/sources/headers.py [-- COMPILER FLAG...]
"""

import re
from functools import cache

from checks import ROOT, check_syntax, compile_command, in_parallel, parsed_once, report

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion"]
# Derivative rules in ops/ are written against functions that other rooms define, so alone they lack a definition.
DEFINED_ELSEWHERE = re.compile(r"warning: inline function .*(used but never defined|is not defined)")
INCLUDED = re.compile(r"^\s*#\s*include\s*<([\w./]+)>", re.MULTILINE)
INCLUDE = ROOT / "include"
HEADERS = sorted(INCLUDE.rglob("*.hpp"))
VECTORS = "xsimd/xsimd.hpp"  # by far the largest
# For the processors that every one is like: xsimd has a third less to parse there, and headers are the same for all.
command = [word for word in compile_command() if not word.startswith("-march=")] + WARNINGS


@cache
def needs(header):
    """The headers of others that one includes, itself or through ours."""
    found = frozenset(INCLUDED.findall(header.read_text()))
    ours = {name for name in found if (INCLUDE / name).exists()}
    return (found - ours).union(*(needs(INCLUDE / name) for name in ours))


def check(header, command):
    accepted, text = check_syntax(command, f'#include "{header.relative_to(INCLUDE)}"\n')
    warned = any("warning:" in line and not DEFINED_ELSEWHERE.search(line) for line in text.splitlines())
    advice = "include what the header uses, or repair what the compiler warns of"
    return str(header.relative_to(ROOT)), [] if accepted and not warned else [text], advice


# What all that need xsimd include anyway is parsed once for them.
with_vectors = [header for header in HEADERS if VECTORS in needs(header)]
with parsed_once(command, sorted(frozenset.intersection(*map(needs, with_vectors)))) as quick:
    report(in_parallel(lambda header: check(header, quick if header in with_vectors else command), HEADERS))
