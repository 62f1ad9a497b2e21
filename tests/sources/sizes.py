"""Limits on size: 60 lines for a function unless it is a table, 400 for a file, 140 for the median header, 2,500 for the
headers that stand directly in one folder of include/hourglass. Every line counts, also comments and empty lines. Only a
string of several lines counts as one, since it is data: many tests compare a printed graph with such a string.

Functions are members, lambdas, tests (TEST_CASE), macros and the functions of Python scripts, too. A function extends from
the first token of its declaration to its closing brace. It is a table, and may be longer, if it has no control flow (if,
for, while, do, switch, try, goto) and its body is
  - a single statement whose outermost brackets list entries of at most three lines each, or
  - statements of at most three lines each that begin with the same word, except for the first and the last, or
  - a macro call on each line.
A macro is a table if each of its lines is a macro call."""

import ast
import re
import statistics
from functools import cache

from checks import ROOT, apart_from, report, shown
from cpp_outline import outline
from cpp_text import DIRECTIVE, code_of, line_of, lines_of_text, tokens_of, without_directives
from not_yet import LARGE_FOLDERS, LONG_FILES, LONG_FUNCTIONS

MOST_OF_FUNCTION, MOST_OF_ENTRY = 60, 3
MOST_OF_FILE, MOST_AT_MEDIAN = 400, 140
MOST_OF_FOLDER = 2500

FOLDERS = ("include", "src", "tests", "testing", "bench", "examples", "tools")
HEADERS = ROOT / "include" / "hourglass"
DIRECTLY = "*.hpp"  # "**/*.hpp" would count the folders within a folder as well
CONTROL = re.compile(r"\b(?:if|for|while|do|switch|try|goto|co_await|co_yield)\b")
CALL = re.compile(r"[A-Z_][A-Z_0-9]*\(.*\);?")
SPLIT = "turn its steps into functions with names"


@cache
def text_of(path):
    return path.read_text()


def files(folder, *kinds):
    return sorted(path for kind in kinds for path in (ROOT / folder).rglob(f"*.{kind}"))


def length_of(text):
    return len(text.splitlines())


# --- tables


def parts(code, separator):
    """Splits code at the separators outside all brackets."""
    depth, begin = 0, 0
    for token in tokens_of(code):
        depth += token.text in "([{"
        depth -= token.text in ")]}"
        if token.text == separator and depth == 0:
            yield code[begin:token.offset].strip()
            begin = token.offset + 1
    if rest := code[begin:].strip():
        yield rest


def entries_in(statement):
    """What the outermost brackets of a statement list."""
    opens = re.search(r"[({]", statement)
    return list(parts(statement[opens.end():max(statement.rfind(")"), statement.rfind("}"))], ",")) if opens else []


def is_table(body):
    if CONTROL.search(body):
        return False
    if all(CALL.fullmatch(line.strip()) for line in body.splitlines() if line.strip()):
        return True
    statements = list(parts(body, ";"))
    if len(statements) == 1:
        entries = entries_in(statements[0])
    else:
        entries = statements
        if len({re.match(r"\W*\w*", statement)[0] for statement in statements[1:-1]}) > 1:
            return False
    return len(entries) > MOST_OF_FUNCTION // MOST_OF_ENTRY and all(length_of(entry) <= MOST_OF_ENTRY for entry in entries)


# --- functions


def long_in_cpp(path):
    """(line, name, length) for each function that is too long."""
    text = text_of(path)
    if length_of(text) <= MOST_OF_FUNCTION:
        return
    strings, code = lines_of_text(text), without_directives(code_of(text))
    for item in outline(text):
        if item.kind == "class" or not item.last:
            continue
        length = item.length - sum(lines for at, lines in strings if item.begin <= at < item.end)
        if length > MOST_OF_FUNCTION and not is_table(code[item.begin:item.end]):
            yield item.first, f"“{item.name[-1]}”" if item.kind == "test" else item.name[-1], length
    code = code_of(text)
    for macro in DIRECTIVE.finditer(code):
        lines = [line.rstrip(" \\") for line in macro[0].splitlines()]
        if len(lines) > MOST_OF_FUNCTION and not all(CALL.fullmatch(line.strip()) for line in lines[1:]):
            yield line_of(code, macro.start()), " ".join(lines[0].split()[:2]), len(lines)


def long_in_python(path):
    for node in ast.walk(ast.parse(text_of(path))):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        first = min(part.lineno for part in (node, *node.decorator_list))
        texts = sum(part.end_lineno - part.lineno for part in ast.walk(node)
                    if isinstance(part, ast.JoinedStr) or isinstance(part, ast.Constant) and isinstance(part.value, str))
        if (length := node.end_lineno - first + 1 - texts) > MOST_OF_FUNCTION:
            yield first, node.name, length


def functions():
    found = {}
    for folder in FOLDERS:
        for path in files(folder, "hpp", "cpp", "py"):
            for line, name, length in (long_in_python if path.suffix == ".py" else long_in_cpp)(path):
                found.setdefault(f"{shown(path)}: {name}", []).append(
                    f"{shown(path)}:{line}: {name} has {length} lines, and may have {MOST_OF_FUNCTION}")
    return apart_from(found, "LONG_FUNCTIONS", LONG_FUNCTIONS)


# --- files and folders


def long_files():
    found = {str(shown(path)): [f"{shown(path)}:{MOST_OF_FILE + 1}: the file has {length} lines, and may have {MOST_OF_FILE}"]
             for folder in FOLDERS for path in files(folder, "hpp", "cpp", "py")
             if (length := length_of(text_of(path))) > MOST_OF_FILE}
    return apart_from(found, "LONG_FILES", LONG_FILES)


def median():
    lengths = [length_of(text_of(path)) for path in files("include", "hpp")]
    middle = statistics.median(lengths) if lengths else 0
    return [] if middle <= MOST_AT_MEDIAN else [
        f"{shown(HEADERS)}: the median header has {middle:g} lines, and may have {MOST_AT_MEDIAN}"]


def large_folders():
    found = {}
    for folder in sorted(path for path in HEADERS.rglob("*") if path.is_dir()):
        if (length := sum(length_of(text_of(path)) for path in folder.glob(DIRECTLY))) > MOST_OF_FOLDER:
            found[str(folder.relative_to(HEADERS))] = [
                f"{shown(folder)}: its headers have {length} lines, and may have {MOST_OF_FOLDER}"]
    return apart_from(found, "LARGE_FOLDERS", LARGE_FOLDERS)


if __name__ == "__main__":
    report([("no function past 60 lines", functions(), SPLIT),
            ("no file past 400 lines", long_files(), "split it by subject"),
            ("no more than 140 lines in the median header", median(), "split the longest by subject"),
            ("no folder past 2,500 lines", large_folders(), "give a part of it a folder of its own")])
