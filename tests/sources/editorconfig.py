"""That every text file of the tree is written as .editorconfig says. The format is that of https://spec.editorconfig.org:
sections by pattern, of which a later one overrides an earlier; `unset` takes a property back."""

import configparser
import re
from pathlib import Path

from checks import ROOT, git, report

LEFT = {".git", "build", "out", "__pycache__"}
SETTINGS = ROOT / ".editorconfig"
KNOWN = {"charset": ("utf-8",), "end_of_line": ("lf",), "insert_final_newline": ("true",), "indent_style": ("space",),
         "trim_trailing_whitespace": ("true",), "indent_size": None, "max_line_length": None}


def pattern_of(glob):
    """A section's name as a regular expression on a path relative to the root."""
    parts = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    expression = "".join(parts.get(part, re.escape(part)) for part in re.findall(r"\*\*|.", glob))
    return re.compile(expression if "/" in glob else f"(?:.*/)?{expression}")


def sections(text):
    """The pattern and the properties of each section, in order."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.read_string("[root of all]\n" + text)  # what stands before the first section has no name
    return [(pattern_of(name), dict(parser[name])) for name in parser.sections()[1:]]


def properties_of(path, settings):
    found = {}
    for pattern, properties in settings:
        if pattern.fullmatch(path):
            found |= properties
    return {name: value for name, value in found.items() if value != "unset"}


def faults_of(path, content, properties):
    """What is wrong with a file's bytes, each by its line."""
    faults = [f"{name} = {value} is nothing that this script knows how to check" for name, value in properties.items()
              if name not in KNOWN or KNOWN[name] and value not in KNOWN[name]]
    try:
        text = content.decode()
    except UnicodeDecodeError as fault:
        return faults + [f"{path}: byte {fault.start} is no UTF-8"] if "charset" in properties else faults
    if "insert_final_newline" in properties and text and not text.endswith("\n"):
        faults.append(f"{path}: the last line has no end")
    longest = int(properties.get("max_line_length", "0"))
    for number, line in enumerate(text.split("\n"), 1):
        wrong = []
        if "end_of_line" in properties and "\r" in line:
            wrong.append("ends with a carriage return")
        if "trim_trailing_whitespace" in properties and line != line.rstrip(" \t"):
            wrong.append("ends with spaces")
        if "indent_style" in properties and "\t" in line[:len(line) - len(line.lstrip())]:
            wrong.append("is indented by a tab")
        if 0 < longest < len(line):
            wrong.append(f"has {len(line)} characters, {longest} at most")
        faults += [f"{path}:{number}: the line {what}" for what in wrong]
    return faults


def files():
    """All that git has or would add; outside of a checkout all that lies here but what programs leave."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard")
    names = listed.splitlines() if listed is not None else \
        [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not LEFT & {*path.relative_to(ROOT).parts}]
    return [ROOT / name for name in sorted(names) if Path(ROOT, name).is_file()]


def results():
    settings = sections(SETTINGS.read_text())
    for path in files():
        content = path.read_bytes()
        if b"\0" not in content:  # a picture and the like
            name = str(path.relative_to(ROOT))
            yield name, faults_of(name, content, properties_of(name, settings)), "write it as .editorconfig says"


PLANTED = [
    ("a tab", "src/a.cpp", b"int a;\n\tint b;\n", ["src/a.cpp:2: the line is indented by a tab"]),
    ("spaces at the end", "a.py", b"a = 1 \n", ["a.py:1: the line ends with spaces"]),
    ("such spaces in a page", "docs/a.md", b"a \n", []),
    ("no end", "dev", b"a", ["dev: the last line has no end"]),
    ("carriage returns", "a/meson.build", b"a\r\nb\n", ["a/meson.build:1: the line ends with a carriage return"]),
    ("another encoding", "a.hpp", b"// \xe4\n", ["a.hpp: byte 3 is no UTF-8"]),
    ("a long line", "tools/a.py", b"#" * 131 + b"\n", ["tools/a.py:1: the line has 131 characters, 130 at most"]),
    ("an input of a fuzzer", "tests/fuzz/corpus/csv/a", b"\t\xe4 \r", []),
]


def planted():
    settings = sections(SETTINGS.read_text())
    for name, path, content, wanted in PLANTED:
        found = faults_of(path, content, properties_of(path, settings))
        yield f"planted: {name}", [] if found == wanted else [f"found {found}, wanted {wanted}"], None


if __name__ == "__main__":
    report([*planted(), *results()])
