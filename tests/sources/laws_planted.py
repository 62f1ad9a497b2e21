"""That the laws are held: each script passes on a small tree in which they hold, and fails on each offence planted in it,
saying in which file and line."""

from checks import report
from planted import NOT_YET, ROOMS, TREE, Planted, function

H = "include/hourglass/"


def behind(path, text):
    """The tree's file with more behind it."""
    return {H + path: TREE[H + path] + text}


def within(path, old, new):
    assert old in TREE[H + path]
    return {H + path: TREE[H + path].replace(old, new)}


def not_yet(table, entries):
    assert table in NOT_YET
    return {"tests/sources/not_yet.py": NOT_YET + f"{table} = {entries!r}\n"}


def rooms(old, new):
    assert old in ROOMS
    return {"tests/sources/rooms.py": ROOMS.replace(old, new)}


# What is planted, and what must be said of it.
LAWS = [
    ("options by number", behind("passes/select.hpp", "int a = n.options.flags[0];\n"), H + "passes/select.hpp:7: options"),
    ("options by a copy", behind("program/program.hpp", "\nconst auto& flags = n->flags;\n"), H + "program/program.hpp:7:"),
    ("options in simplification", behind("passes/simplify/rules.hpp", "int a = flags [1];\n"), H + "passes/simplify/rules.hpp:4:"),
    ("options under another name", within("ops/operation.hpp", "flags[3]", "packed[3]"), "declares `flags`"),
    ("options that are known to be touched", not_yet("OPTIONS_BY_NUMBER", ("passes/select.hpp",)), "for passes/select.hpp"),
    ("is<>", behind("passes/select.hpp", "bool a = is<ops::sum>(n);\n"), H + "passes/select.hpp:7: an operation by name"),
    ("is_op<>", behind("passes/select.hpp", "bool a =\n    is_op<hourglass::ops::sum>(n);\n"), H + "passes/select.hpp:8:"),
    ("is_one_of<>", behind("program/program.hpp", "bool a = is_one_of<ops::parameter,\n    ops::sum>(n);\n"),
     H + "program/program.hpp:6:"),
    ("is_same_v<>", behind("program/program.hpp", "bool a = std::is_same_v<Op, ops::sum> || b;\n"), H + "program/program.hpp:6:"),
    ("is_same<>", behind("program/program.hpp", "bool a = std::is_same<Op, sum>::value;\n"), H + "program/program.hpp:6:"),
    ("a record's hash", behind("passes/select.hpp", "bool a = n.op->id == record<ops::sum>.id;\n"), H + "passes/select.hpp:7:"),
    ("a record's address", behind("passes/select.hpp", "bool a = n.op != &hg::record<ops::sum>;\n"), H + "passes/select.hpp:7:"),
    ("an operation's text", behind("passes/select.hpp", 'bool a = n.op->name == "sum";\n'), H + "passes/select.hpp:7:"),
    ("operations that are known to be named", not_yet("OPERATIONS_BY_NAME", ("passes/select.hpp",)), "for passes/select.hpp"),
]
LONG = "has 61 lines, and may have 60"
CONTROLLED = function(61, line="    add(1);\n").replace("    add(7)", "    if (a) add(7)")
MIXED = function(61, line="    add(1);\n").replace("add(7)", "subtract(7)")
TALL = "void entries() {\n    return {\n" + "        {1,\n         2,\n         3,\n         4},\n" * 20 + "    };\n}\n"
WRAPPED = "template <class T>\nauto member(T a,\n            T b) -> T {\n" + function(61)[len("void long_one() {\n"):]
MACRO = "#define LONG \\\n" + "    a += 1; \\\n" * 60 + "    b\n"
PYTHON = "@cache\ndef long_one():\n" + "    a = 1\n" * 59
SIZES = [
    ("a function", {"src/long.cpp": "\n\n" + function(61)}, f"src/long.cpp:3: long_one {LONG}"),
    ("a member", {H + "ops/sum.hpp": TREE[H + "ops/sum.hpp"] + "struct a {\n" + function(61) + "};\n"},
     H + f"ops/sum.hpp:10: long_one {LONG}"),
    ("a head of many lines", {"examples/long.cpp": WRAPPED}, "examples/long.cpp:1: member has 63"),
    ("a constructor", {"src/long.cpp": "a::a() : b_{}, c_(1) " + function(61)[len("void long_one() "):]}, f"src/long.cpp:1: a {LONG}"),
    ("a lambda", {"bench/long.cpp": "auto one = []() " + function(61)[len("void long_one() "):]}, f"bench/long.cpp:1: one {LONG}"),
    ("a lambda in a test", {"tests/long.cpp": 'TEST_CASE("a b") {\n    auto c = [&] ' + function(61)[len("void long_one() "):] + "}\n"},
     f"tests/long.cpp:2: lambda {LONG}"),
    ("a test", {"tests/long.cpp": 'TEST_CASE("a b") ' + function(61)[len("void long_one() "):]}, f"tests/long.cpp:1: “a b” {LONG}"),
    ("a macro", {"src/long.cpp": MACRO}, "src/long.cpp:1: #define LONG has 62"),
    ("a function behind braces in text", {"src/long.cpp": 'auto a = "{{";\nchar b = \'{\';\n// {\n' + function(61)},
     f"src/long.cpp:4: long_one {LONG}"),
    ("entries with control", {"src/long.cpp": CONTROLLED}, f"src/long.cpp:1: long_one {LONG}"),
    ("entries of two kinds", {"src/long.cpp": MIXED}, f"src/long.cpp:1: long_one {LONG}"),
    ("entries of four lines", {"src/long.cpp": TALL}, "src/long.cpp:1: entries has 84"),
    ("a function of Python", {"tools/long.py": PYTHON}, f"tools/long.py:1: long_one {LONG}"),
    ("a function of a class of Python", {"tests/long.py": "class a:\n" + PYTHON.replace("\n", "\n    ")[7:].rstrip() + "\n        b\n"},
     f"tests/long.py:2: long_one {LONG}"),
    ("a function that is known to be long", not_yet("LONG_FUNCTIONS", ("src/short.cpp: long_one",)), "for src/short.cpp: long_one"),
    ("a file", {"bench/file.cpp": TREE["bench/file.cpp"] + "\n"}, "bench/file.cpp:401: the file has 401 lines"),
    ("a file of Python", {"tools/file.py": "a = 1\n" * 401}, "tools/file.py:401: the file has 401 lines"),
    ("the median", {H + f"expr/shape_{n}.hpp": "// A line\n" * 141 for n in range(12)}, "half have more than 141 lines"),
    ("a folder", {H + f"scan/part_{n}.hpp": "// A line\n\n" * 200 for n in range(7)} |
     {H + f"expr/small_{n}.hpp": "// A line\n" for n in range(9)}, H + "scan: the folder's own headers have 2802 lines"),
    ("a folder that is known to be large", not_yet("LARGE_FOLDERS", ("scan",)), "for scan"),
]
LAYERING = [
    ("an include of a later room", behind("ops/sum.hpp", '#include "../scan/body.hpp"\n'), H + "ops/sum.hpp:9: ops includes"),
    ("an include of a room beside", behind("scan/body.hpp", "#include <hourglass/passes/select.hpp>\n"), H + "scan/body.hpp:3: scan"),
    ("an include of a room apart from the order", behind("kernels/simd.hpp", "#include <hourglass/expr/shape.hpp>\n"),
     H + "kernels/simd.hpp:3: kernels includes"),
    ("an include by what everybody includes", {H + "config.hpp": "#include <hourglass/expr/shape.hpp>\n"}, H + "config.hpp:1: includes"),
    ("an include of nothing", behind("ops/sum.hpp", "#include <hourglass/ops/none.hpp>\n"), H + "ops/sum.hpp:9: includes hourglass/ops/none.hpp"),
    ("xsimd", behind("ops/sum.hpp", "#include <xsimd/xsimd.hpp>\n"), H + "ops/sum.hpp:9: ops includes <xsimd/xsimd.hpp>"),
    ("a class", behind("ops/sum.hpp", "struct program;\n"),
     H + "ops/sum.hpp:9: declares program, which include/hourglass/program/program.hpp:3 defines"),
    ("a template", behind("expr/shape.hpp", "template <class> class pass;\n") | behind("passes/select.hpp", "template <class T> class pass {\n};\n"),
     H + "expr/shape.hpp:4: declares pass, which include/hourglass/passes/select.hpp:7 defines"),
    ("a friend", behind("ops/sum.hpp", "class all {\n    friend struct program;\n};\n"), H + "ops/sum.hpp:10: declares program"),
    ("a function", behind("ops/sum.hpp", "namespace ops { constexpr int later(int, int = 0); }\n") |
     behind("scan/body.hpp", "namespace ops {\nconstexpr int later(int a, int b) { return a; }\n}\n"),
     H + "ops/sum.hpp:9: declares ops::later, which include/hourglass/scan/body.hpp:4 defines"),
    ("a member", {H + "ops/operation.hpp": TREE[H + "ops/operation.hpp"].rsplit("inline", 1)[0]} |
     behind("passes/select.hpp", "inline int node::operand(int i) const {\n}\n"),
     H + "ops/operation.hpp:9: declares node::operand, which include/hourglass/passes/select.hpp:7 defines"),
    ("an arrow that is known", not_yet("ARROWS", {"ops/sum.hpp: program": "a reason"}), "for ops/sum.hpp: program"),
    ("a ring of headers", behind("expr/shape.hpp", '#include "shape_2.hpp"\n') | {H + "expr/shape_2.hpp": '#include "shape.hpp"\n'},
     H + "expr/shape.hpp -> expr/shape_2.hpp -> expr/shape.hpp"),
    ("a ring of folders by includes", {H + "passes/a/one.hpp": "#include <hourglass/passes/b/two.hpp>\n", H + "passes/b/two.hpp": "",
                                       H + "passes/b/three.hpp": "\n#include <hourglass/passes/a/four.hpp>\n", H + "passes/a/four.hpp": ""},
     H + "passes/b/three.hpp:2: passes/b knows passes/a"),
    ("a ring of folders by a declaration",
     {H + "passes/a/one.hpp": "#include <hourglass/passes/b/two.hpp>\nclass one {};\n", H + "passes/b/two.hpp": "\nclass one;\n"},
     H + "passes/b/two.hpp:2: passes/b knows passes/a, by passes/a/one.hpp"),
    ("a room without a place", {H + "attic/old.hpp": "\n"}, H + "attic: the room has no place"),
    ("a place without a room", rooms('"expr"', '"cellar", "expr"'), "rooms.py: cellar is not there"),
    ("a room that has come", rooms("TO_COME = set()", 'TO_COME = {"scan"}'), "rooms.py: scan is there now"),
    ("another order in the page", {"docs/architecture.md": "    expr <- passes\n"}, "does not state the order"),
]
# Changes that offend nothing.
INNOCENT = [
    ("laws.py", "a known offence", not_yet("OPERATIONS_BY_NAME", ("program/program.hpp",)) |
     behind("program/program.hpp", "bool a = is<ops::sum>(n);\n")),
    ("sizes.py", "a known long function", not_yet("LONG_FUNCTIONS", ("src/long.cpp: long_one",)) | {"src/long.cpp": function(61)}),
    ("layering.py", "a known arrow", not_yet("ARROWS", {"ops/sum.hpp: program": "a reason"}) | behind("ops/sum.hpp", "struct program;\n")),
    ("layering.py", "an overload of a name that is declared and defined here", behind("scan/body.hpp", "int used_by(long, int) {}\n") |
     {H + "expr/size.hpp": '#include "shape.hpp"\ninline int used_by(shape) { return 1; }\n'}),
    ("layering.py", "a room that is to come", rooms("TO_COME = set()", 'TO_COME = {"attic"}') |
     {"tests/sources/rooms.py": ROOMS.replace("TO_COME = set()", 'TO_COME = {"attic"}').replace('"expr"', '"attic", "expr"')}),
]


def faults_of_offence(tree, script, change, wanted):
    status, said = tree.said_with(script, change)
    if status == 1 and wanted in said and "Traceback" not in said:
        return []
    return [f"exit status 1 wanted, and {wanted!r}, but exit status {status}:\n{said}"]


def faults_of_innocence(tree, script, change):
    status, said = tree.said_with(script, change)
    return [] if status == 0 and "Traceback" not in said else [f"exit status 0 wanted, but {status}:\n{said}"]


def results():
    with Planted() as tree:
        for script in ("laws.py", "sizes.py", "layering.py"):
            yield f"{script} on a tree that keeps the laws", faults_of_innocence(tree, script, {}), "repair the script, or planted.py"
        for script, name, change in INNOCENT:
            yield f"{script} with {name}", faults_of_innocence(tree, script, change), f"repair tests/sources/{script}"
        for script, offences in (("laws.py", LAWS), ("sizes.py", SIZES), ("layering.py", LAYERING)):
            for name, change, wanted in offences:
                yield f"{script} finds {name}", faults_of_offence(tree, script, change, wanted), f"repair tests/sources/{script}"


if __name__ == "__main__":
    report(results())
