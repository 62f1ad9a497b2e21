"""Each header compiles alone and without a warning: it includes what it uses.

    tests/sources/headers.py [-- COMPILER FLAG...]
"""

from checks import ROOT, check_syntax, compile_command, in_parallel, report

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
INCLUDE = ROOT / "include"
command = compile_command() + WARNINGS


def check(header):
    accepted, text = check_syntax(command, f'#include "{header.relative_to(INCLUDE)}"\n')
    advice = "include what the header uses, or repair what the compiler warns of"
    return str(header.relative_to(ROOT)), [] if accepted else [text], advice


report(in_parallel(check, sorted(INCLUDE.rglob("*.hpp"))))
