"""A kind of group is two places: schedule/group_rules.hpp says what the stages must know of it, runtime/group_runners.hpp how
it runs. Nothing else names one; it asks what is true of a kind (schedule/group_kinds.hpp). Tests may name kinds: they hold
the rules against what they know themselves."""

import re
from checks import ROOT, report

PLACES = ["include/hourglass/schedule/group_rules.hpp", "include/hourglass/runtime/group_runners.hpp"]
FOLDERS = ["include", "src", "examples", "bench"]
NAMED = re.compile(r"\bgroup_kind\s*::|\busing\s+enum\s+(?:\w+\s*::\s*)*group_kind\b|\bgroup_kind\s*[({]\s*\d")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def code_of(text):
    """The text without comments, on the same lines."""
    return COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)


def offences(path, text):
    code = code_of(text)
    return [f"{path}:{code.count(chr(10), 0, found.start()) + 1}: names a kind of group"
            for found in NAMED.finditer(code)]


def faults_of_tree():
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.[ch]pp"))]
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in files}
    faults = [fault for path, text in texts.items() if path not in PLACES for fault in offences(path, text)]
    # A place that names none is no place any more, and the pattern finds nothing.
    return faults + [f"{path}: names no kind of group" for path in PLACES if not offences(path, texts.get(path, ""))]


# What must be found, and what must not.
PLANTED = {
    "if (group.kind == group_kind::scan) return;\n": [1],
    "// kinds\n\nreturn hg::group_kind :: product;\n": [3],
    "/* one\n   two */ using enum hourglass::group_kind;\n": [2],
    "f(group_kind{2}, group_kind(3));\n": [1, 1],
    "// as group_kind::scan is\nif (has_steps(group.kind)) return;\n": [],
    "enum class group_kind : int;\nconstexpr bool multiplies(group_kind kind);\n": [],
    "template <group_kind> struct group_rules;\nother_group_kind::scan;\n": [],
}


def faults_of_planted():
    faults = []
    for text, expected in PLANTED.items():
        found = [int(fault.split(":")[1]) for fault in offences("planted", text)]
        if found != expected:
            faults.append(f"in {text!r}: found in lines {found}, planted in {expected}")
    return faults


if __name__ == "__main__":
    report([("kinds of groups are named in two places", faults_of_tree(),
             "ask what is true of the kind (schedule/group_kinds.hpp), or let its rules or its runner state it"),
            ("offences that are planted are found", faults_of_planted(), None)])
