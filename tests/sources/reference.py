"""That every public name has a comment of the reference, `///`, before its first declaration. Public is what a user spells:
each name of a namespace in include/ that stands in the code of README.md, of a page in docs/ or of an example."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from checks import ROOT, report
from cpp_outline import outline
from cpp_text import code_of

HEADERS = ROOT / "include" / "hourglass"
# Its code names what the library is made of.
INTERNAL_PAGES = {"architecture.md"}
INTERNAL_NAMESPACES = re.compile(r"(?:^|_)detail$|^in_vectors$")
INTERNAL_ROOMS = {"passes", "lowering", "schedule", "runtime", "kernels", "scan"}
# Variables, aliases and concepts: what no brace tells apart. Declarations of a namespace are not indented.
OTHERS = re.compile(r"^(?:template <.*> ?)?(?:requires .* )?(?:(?:inline )?constexpr [\w:<>&*, ]+?[ &*](\w+)(?:<.*>)?(?: = |\{|;)"
                    r"|using (\w+) = |concept (\w+) =)")
MACROS = re.compile(r"^#define (HOURGLASS_\w+)")
CODE = re.compile(r"^```(?:cpp|text)?\n(.*?)^```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)


@cache
def names_of_users():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    code = ["".join(found) for page in pages if page.name not in INTERNAL_PAGES for found in CODE.findall(page.read_text())]
    code += [path.read_text() for path in sorted((ROOT / "examples").glob("*.cpp"))]
    return {name for text in code for name in re.findall(r"[A-Za-z_]\w*", code_of(text))}


@cache
def classes():
    """Of all headers, since some define what another class declares: handle in ir/tracing.hpp and ir/trace.hpp."""
    return {item.name for path in HEADERS.rglob("*.hpp") for item in outline(path.read_text()) if item.kind == "class"}


def declared(text):
    """The names that namespaces of a header declare, each with the line of its declaration."""
    lines = code_of(text).splitlines()
    items = outline(text)
    scopes = classes() | {item.name for item in items if item.kind == "class"}
    for item in items:
        inside = item.name[:-1]
        in_detail = any(INTERNAL_NAMESPACES.search(name) for name in inside)
        if item.kind in ("class", "function") and not in_detail and not item.is_special and inside not in scopes:
            yield item.name[-1], item.first
    for number, line in enumerate(lines, 1):
        if found := OTHERS.match(line):
            begin = number - 1 if number > 1 and re.match(r"template <[^;{]*$", lines[number - 2]) else number
            yield next(filter(None, found.groups())), begin
    for number, line in enumerate(text.splitlines(), 1):
        if found := MACROS.match(line):
            yield found[1], number


def undocumented(text, wanted):
    """Of the wanted names those that a header declares, each with its line and whether a comment of the reference precedes."""
    lines = text.splitlines()
    for name, number in declared(text):
        if name in wanted:
            yield name, number, number > 1 and lines[number - 2].lstrip().startswith("///")


def results():
    documented, places = set(), {}
    for path in sorted(HEADERS.rglob("*.hpp")):
        if path.relative_to(HEADERS).parts[0] in INTERNAL_ROOMS:
            continue
        for name, number, is_documented in undocumented(path.read_text(), names_of_users()):
            if is_documented:
                documented.add(name)
            places.setdefault(name, f"{path.relative_to(ROOT)}:{number}")
    for name, place in sorted(places.items(), key=lambda entry: entry[1]):
        faults = [] if name in documented else [f"{place}: {name} has no comment that begins with ///"]
        yield name, faults, "say what it is for, with shapes, units, errors, complexity and source where they matter"


def pages():
    """That Doxygen, where it is installed, has no warning."""
    if shutil.which("doxygen"):
        Path(ROOT, "build").mkdir(exist_ok=True)
        done = subprocess.run(["doxygen", "docs/Doxyfile"], cwd=ROOT, text=True, capture_output=True)
        faults = done.stderr.splitlines() or ([f"it ends with {done.returncode}"] if done.returncode else [])
        yield "the pages", faults, "write the comments as Doxygen reads them: code stands in backticks"


PLANTED = [
    ("a function", "/// Adds.\nint wanted(int);\n", True),
    ("a function without a comment", "int wanted(int);\n", False),
    ("a function with another comment", "// Adds.\nint wanted(int);\n", False),
    ("a function in a namespace", "namespace ops {\nint wanted(int);\n}\n", False),
    ("a template", "/// Adds.\ntemplate <class T> T wanted(T) { return {}; }\n", True),
    ("a constrained template", "/// Adds.\ntemplate <class T>\nrequires true\nconstexpr auto wanted(T) { return 0; }\n", True),
    ("a class", "// Adds.\nstruct wanted {};\n", False),
    ("a variable", "inline constexpr wanted_type wanted{};\n", False),
    ("a variable with a comment", "/// Adds.\ninline constexpr wanted_type wanted{};\n", True),
    ("an alias", "template <class T> using wanted = T;\n", False),
    ("a concept", "/// Adds.\ntemplate <class T>\nconcept wanted = true;\n", True),
    ("a macro", "#define HOURGLASS_X 1\n", False),
    ("what is internal", "namespace some_detail {\nint wanted(int);\n}\n", None),
    ("a member", "/// Holds.\nstruct other {\n    int wanted(int);\n};\n", None),
]


def planted():
    for name, text, wanted in PLANTED:
        found = [is_documented for _, _, is_documented in undocumented(text, {"wanted", "HOURGLASS_X"})]
        yield f"planted: {name}", [] if found == ([] if wanted is None else [wanted]) else [f"found {found}"], None


if __name__ == "__main__":
    report([*planted(), *results(), *pages()])
