"""docs/operations.md tells of every operation: its table is made from inspect/operation_list.hpp, the derivative rules and
the comments beside the operations, and must be what is in the page.

    tests/sources/operations.py [--write] [-- COMPILER FLAG...]
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from checks import ROOT, compile_command, report

PAGE = ROOT / "docs" / "operations.md"
BEGIN, END = "<!-- made by tests/sources/operations.py --write -->\n", "<!-- end -->\n"
NAMED = re.compile(r'((?:^ *//.*\n)*)^ *struct (\w+)[^\n]*\{\n *static constexpr std::string_view name = "(\w+)"', re.MULTILINE)
COMPARISON = re.compile(r'^ *HOURGLASS_COMPARISON\((\w+),', re.MULTILINE)
HEADINGS = {"elementwise": "### Elementwise", "structural": "### Reductions, products, movements"}


def remarks():
    """The comment before each operation's struct, by the operation's name, with the header that it stands in."""
    found = {}
    rooms = [ROOT / "include/hourglass" / room for room in ("ir", "ops", "special")]
    for header in sorted((path for room in rooms for path in room.glob("*.hpp")), key=lambda path: path.name):
        text = header.read_text()
        for comment, _, name in NAMED.findall(text):
            found[name] = " ".join(line.strip().lstrip("/").strip() for line in comment.splitlines()), header.name
        for name in COMPARISON.findall(text):
            found[name] = "1 where it holds, else 0", header.name
    return found


def printed():
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "operations")
        subprocess.run([*compile_command(), "-O0", str(ROOT / "tests/sources/operations.cpp"), "-o", str(program)], check=True)
        return subprocess.run([program], text=True, check=True, stdout=subprocess.PIPE).stdout


def table():
    notes, lines, heading = remarks(), [], None
    for line in printed().splitlines():
        name, kind, value, slope = line.split("\t")
        note, header = notes[name]
        if (kind == "elementwise") != (heading == "elementwise") or heading is None:
            heading = "elementwise" if kind == "elementwise" else "structural"
            lines += ["", HEADINGS[heading], ""]
            lines += ["| operation | value | derivative | | header |", "|---|---|---|---|---|"] if heading == "elementwise" else \
                     ["| operation | kind | | header |", "|---|---|---|---|"]
        note = note.replace("|", "\\|")
        if heading == "elementwise":
            slope = "zero" if slope == "-" else "; ".join(f"`{part}`" for part in slope.split("; "))
            lines.append(f"| {name} | `{value}` | {slope} | {note} | {header} |")
        else:
            lines.append(f"| {name} | {kind} | {note} | {header} |")
    return "\n".join(lines) + "\n\n"


def check():
    text = PAGE.read_text()
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        return [f"docs/operations.md lacks the lines {BEGIN.strip()} and {END.strip()}"]
    wanted = before + BEGIN + table() + END + after
    if "--write" in sys.argv:
        PAGE.write_text(wanted)
    return [] if PAGE.read_text() == wanted else ["its table is not what the sources say"]


report([("docs/operations.md", check(), "run tests/sources/operations.py --write")])
