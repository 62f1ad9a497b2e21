"""What headers may know of operations. Options have names: only the record of a node and the headers that define operations
touch the integers in which a node stores its options. And properties of an operation are read from its record: no other
header asks which operation a node is, except for kinds of leaves. Arrays that may be empty are hourglass::table (ir/list.hpp),
which is indexed by int: none has an element more than it needs, so that it has one. Two mistakes are refused besides that a
compiler does not report, or reports far from where they are made: a list that is chosen by a conditional expression, and a
function that returns a reference into a graph that grows."""

import re

from checks import ROOT, apart_from, report, shown
from cpp_text import code_of, line_of, without_comments
from not_yet import ARRAYS_OF_ONE_MORE, OPERATIONS_BY_NAME, OPTIONS_BY_NUMBER

HEADERS = ROOT / "include" / "hourglass"

# Where code may touch the integers: beginnings of paths below include/hourglass, each with the reason.
OPTIONS_MAY_BE_TOUCHED = {
    "ir/": "the record of a node stores them",
    "ops/": "each operation's own header packs them and reads them back",
    "special/": "operations are defined here too",
}
# Where code may ask which operation a node is.
OPERATIONS_MAY_BE_NAMED = {
    "ops/": "operations are defined here",
    "special/": "operations are defined here too, and the exact forms of logarithms of them",
    "scan/": "the body of a recurrence consists of steps, states and results",
    "passes/simplify": "its subject is the algebra of named operations",
}
# Kinds of leaves, which any header may ask for: they say where a value comes from.
LEAVES = re.compile(r"input|argument|parameter|state|scalar|rows|fed|noise|literal|step|step_input|scan_value|index_\w+")

INTEGERS = "flags"  # the name of the member
TOUCHED = re.compile(rf"\b{INTEGERS}\s*\[|(?:\.|->)\s*{INTEGERS}\b(?!\s*\()")
# is<ops::sum>(n), is_one_of<ops::sum, ops::matmul>(n), std::is_same_v<Op, ops::sum>
ASKED = re.compile(r"\bis\w*\s*<([^;{}()]*?)>(?=\s*[({;)&|?:,!]|::)")
# id_of<ops::sum>
NUMBERED = re.compile(r"\bid_of\s*<([^<>;{}()]+)>")
# record<ops::sum>.id, op == &record<ops::sum>, &record<ops::sum> != op
COMPARED = re.compile(r"\brecord\s*<([^<>;{}()]+)>\s*(?:\.|[!=]=)|[!=]=\s*&?\s*(?:\w+::)*record\s*<([^<>;{}()]+)>")
# op->name == "sum"
BY_TEXT = re.compile(r"\b(?:op|operation|applied\s*\(\s*\))\s*(?:->|\.)\s*name\s*[!=]=\s*\""
                     r"|\"\s*[!=]=\s*[\w.>()\[\]-]*\bop->name\b")
# std::array<node, Room.nodes + 1>
ONE_TOO_MANY = re.compile(r"\b(?:std\s*::\s*)?(?:array|table)\s*<[^;{}()]*?(?:\([^()]*\)[^;{}()]*?)*\+\s*1\s*>")
REGISTERED = re.compile(r"\bHOURGLASS_OPERATION\(\s*(?:\w+\s*::\s*)*(\w+)")
# A function that makes a list: `constexpr list<bool> parts_of(`.
MAKES_LIST = re.compile(r"\bconstexpr\s+list\s*<[^;(){}=&]*>\s+(?:\w+::)*(\w+)\s*\(")
LIST = re.compile(r"(?:\w+\s*::\s*)*list\s*<")
CALLED = re.compile(r"(?:\w+\s*(?:::|\.|->)\s*)*(\w+)\s*\(")
# constexpr const shape& extents(int n) const { return graph_.nodes[n].type.extents; }
GIVES_REFERENCE = re.compile(r"\b(?:shape|value_type|attributes)\s*(?:const\s*)?&\s*(?:\w+::)*\w+\s*\([^(){};]*\)\s*(?:const\s*)?"
                             r"\{\s*return\s+(?P<what>(?P<of>\w+)[^;{}]*);\s*\}")


def headers_outside(rooms):
    return [path for path in sorted(HEADERS.rglob("*.hpp"))
            if not str(path.relative_to(HEADERS)).startswith(tuple(rooms))]


def operations():
    """The names of all registered operations."""
    return {name for path in HEADERS.rglob("*.hpp") for name in REGISTERED.findall(code_of(path.read_text()))}


def places(path, text, offsets, what):
    lines = text.splitlines()
    return [f"{shown(path)}:{line}: {what}: {lines[line - 1].strip()}"
            for line in sorted({line_of(text, offset) for offset in offsets})]


def options_by_number():
    found = {}
    for path in headers_outside(OPTIONS_MAY_BE_TOUCHED):
        text = path.read_text()
        offsets = [place.start() for place in TOUCHED.finditer(code_of(text))]
        if offsets:
            found[str(path.relative_to(HEADERS))] = places(path, text, offsets, "options by number")
    return apart_from(found, "OPTIONS_BY_NUMBER", OPTIONS_BY_NUMBER) + integers_exist()


def integers_exist():
    """Fails if the member has been renamed, since the search above would then find nothing."""
    kept = [path for room in OPTIONS_MAY_BE_TOUCHED for path in (HEADERS / room).glob("*.hpp")
            if re.search(rf"\w>?\s+{INTEGERS}\s*(?:\[\d*\])?\s*(?:\{{\s*\}})?;", code_of(path.read_text()))]
    return [] if kept else [f"no header of {' or '.join(OPTIONS_MAY_BE_TOUCHED)} declares `{INTEGERS}`: "
                            "give INTEGERS in tests/sources/laws.py the member's new name"]


def names_in(arguments):
    return set(re.findall(r"(\w+)\s*(?:<|,|$|>)", arguments + ","))


def operations_by_name():
    known, found = {name for name in operations() if not LEAVES.fullmatch(name)}, {}
    for path in headers_outside(OPERATIONS_MAY_BE_NAMED):
        text = path.read_text()
        code = code_of(text)
        offsets = [place.start() for pattern in (ASKED, NUMBERED, COMPARED) for place in pattern.finditer(code)
                   if any(names_in(arguments or "") & known for arguments in place.groups())]
        offsets += [place.start() for place in BY_TEXT.finditer(without_comments(text))]
        if offsets:
            found[str(path.relative_to(HEADERS))] = places(path, text, offsets, "an operation by name")
    return apart_from(found, "OPERATIONS_BY_NAME", OPERATIONS_BY_NAME)


def branches(code, question):
    """The two branches of the conditional expression whose question mark stands here."""
    found, begin, depth, inner = [], question + 1, 0, 0
    for sign in re.compile(r"::|[][(){}?:;,]").finditer(code, begin):
        if sign[0] in ("(", "[", "{"):
            depth += 1
        elif depth > 0:
            depth -= sign[0] in (")", "]", "}")
        elif sign[0] == "?":
            inner += 1
        elif sign[0] == ":" and inner > 0:
            inner -= 1
        elif sign[0] == ":" and not found:
            found, begin = [code[begin:sign.start()]], sign.end()
        elif sign[0] != "::":
            return [*found, code[begin:sign.start()]]
    return found


def is_one_call(text, begin):
    """Whether what opens at this place is closed by the end of the text."""
    depth = 0
    for sign in re.compile(r"[][(){}]").finditer(text, begin):
        depth += 1 if sign[0] in "([{" else -1
        if depth == 0:
            return not text[sign.end():].strip()
    return False


def makes_list(branch, functions):
    branch = branch.strip()
    if LIST.match(branch):
        opening = re.search(r"[({]", branch)
        return bool(opening) and is_one_call(branch, opening.start())
    called = CALLED.match(branch)
    return bool(called) and called[1] in functions and is_one_call(branch, called.end() - 1)


def lists_chosen():
    codes = {path: code_of(path.read_text()) for path in headers_outside(())}
    functions = {name for code in codes.values() for name in MAKES_LIST.findall(code)}
    found = []
    for path, code in codes.items():
        offsets = [place.start() for place in re.finditer(r"\?", code)
                   if any(makes_list(branch, functions) for branch in branches(code, place.start()))]
        found += places(path, path.read_text(), offsets, "a list is chosen")
    return found


def is_into_growing_graph(found, code):
    grows_not = re.search(rf"\b(?:const\s+graph_builder\s*&|graph_view)\s+{found['of']}\s*;", code)
    return bool(re.search(r"\b(?:nodes|type)\b", found["what"])) and not grows_not


def references_into_graphs():
    found = []
    for path in headers_outside(()):
        text = path.read_text()
        code = code_of(text)
        offsets = [place.start() for place in GIVES_REFERENCE.finditer(code) if is_into_growing_graph(place, code)]
        found += places(path, text, offsets, "a reference into the graph")
    return found


def arrays_one_too_long():
    found = {}
    for path in sorted(HEADERS.rglob("*.hpp")):
        text = path.read_text()
        offsets = [place.start() for place in ONE_TOO_MANY.finditer(code_of(text))]
        if offsets:
            found[str(path.relative_to(HEADERS))] = places(path, text, offsets, "an array of one element more")
    return apart_from(found, "ARRAYS_OF_ONE_MORE", ARRAYS_OF_ONE_MORE)


if __name__ == "__main__":
    report([("options have names", options_by_number(),
             "read them through the operation's struct of options, which stands beside it in ops/"),
            ("operations are asked of their records", operations_by_name(),
             "state the property in the operation's struct and read it from the record (ir/operation.hpp)"),
            ("no list is chosen by a conditional expression", lists_chosen(),
             "declare the list, then assign to it within an if: GCC 12 evaluates a list that is gone"),
            ("no function returns a reference into a graph", references_into_graphs(),
             "return it by value: nodes move when another argument of the same call makes more"),
            ("arrays that may be empty are tables", arrays_one_too_long(),
             "make it a table (ir/list.hpp); if it means one element more, say why in tests/sources/not_yet.py")])
