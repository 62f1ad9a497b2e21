"""Tests the scripts that hold the laws: each passes on a small tree that keeps them, and fails on every offence that is
planted there, naming file and line. An offence here is its name, a change of the tree, and what the script must say."""

from checks import report
from planted import NOT_YET, ROOMS, TREE, Planted, function

H = "include/hourglass/"


def with_more(path, text):
    """A header of the tree with a text appended."""
    return {H + path: TREE[H + path] + text}


def with_other(path, old, new):
    assert old in TREE[H + path]
    return {H + path: TREE[H + path].replace(old, new)}


def with_known(table, entries):
    assert table in NOT_YET
    return {"tests/sources/not_yet.py": NOT_YET + f"{table} = {entries!r}\n"}


def with_rooms(old, new):
    assert old in ROOMS
    return {"tests/sources/rooms.py": ROOMS.replace(old, new)}


def appended(name, path, text, line, said=""):
    """An offence that is appended to a header, in this line."""
    return name, with_more(path, text), f"{H}{path}:{line}: {said}"


def in_select(name, text, line=7):
    return appended(name, "passes/select.hpp", text, line, "an operation by name")


def list_chosen(name, text, line=7):
    return appended(f"a list that is chosen: {name}", "passes/select.hpp",
                    "constexpr list<int> scans_of(int);\n" + text, line + 1, "a list is chosen")


LAWS = [
    appended("options by number", "passes/select.hpp", "int a = n.options.flags[0];\n", 7, "options by number"),
    appended("options by a copy", "program/program.hpp", "\nconst auto& flags = n->flags;\n", 7),
    appended("options in simplification", "passes/simplify/rules.hpp", "int a = flags [1];\n", 4),
    ("options under another name", with_other("ops/operation.hpp", "flags[3]", "packed[3]"), "declares `flags`"),
    ("options by number that are gone", with_known("OPTIONS_BY_NUMBER", ("passes/select.hpp",)), "for passes/select.hpp"),
    in_select("is<>", "bool a = is<ops::sum>(n);\n"),
    in_select("is_op<>", "bool a =\n    is_op<hourglass::ops::sum>(n);\n", 8),
    in_select("is_one_of<>", "bool a = is_one_of<ops::parameter,\n    ops::sum>(n);\n"),
    in_select("is_same_v<>", "bool a = std::is_same_v<Op, ops::sum> || b;\n"),
    in_select("is_same<>", "bool a = std::is_same<Op, sum>::value;\n"),
    in_select("a record's hash", "bool a = n.op->id == record<ops::sum>.id;\n"),
    in_select("an operation's number", "bool a = n.op->id == id_of<ops::sum>;\n"),
    in_select("a record's address", "bool a = n.op != &hg::record<ops::sum>;\n"),
    in_select("an operation's text", 'bool a = n.op->name == "sum";\n'),
    list_chosen("made in place", "const list<int> a = b ? c : list<int>();\n"),
    list_chosen("made first", "const auto a = b ? hg::list<int>(3, -1) : c;\n"),
    list_chosen("made by a function", "const list<int> a = b > 0\n    ? scans_of(g, (1))\n    : c;\n", 8),
    list_chosen("made by a member", "for (int n : b ? c : all.scans_of(g)) {}\n"),
    list_chosen("in an argument", "int a = count(b, c ? list<node>{} : d, 1);\n"),
    list_chosen("in another choice", "const list<int> a = b ? 1 : c ? d : list<int>();\n"),
    appended("a reference to a type", "passes/select.hpp",
             "struct a {\n    graph_builder& g_;\n"
             "    const shape& extents(int n) const { return g_.nodes[n].type.extents; }\n};\n", 9, "a reference into the graph"),
    appended("a reference to a type by another one", "passes/select.hpp",
             "constexpr const shape& handle::extents() const { return type().extents; }\n", 7, "a reference into the graph"),
    ("operations by name that are gone", with_known("OPERATIONS_BY_NAME", ("passes/select.hpp",)), "for passes/select.hpp"),
    appended("an array of one more", "program/program.hpp", "std::array<int, Room.nodes + 1> nodes{};\n", 6, "an array of"),
    appended("an array of one more, cast", "scan/body.hpp",
             "array<node,\n      static_cast<std::size_t>(count) + 1> all;\n", 3, "an array of one element more"),
    ("arrays of one more that are gone", with_known("ARRAYS_OF_ONE_MORE", ("scan/body.hpp",)), "for scan/body.hpp"),
]

LONG = "has 61 lines, and may have 60"
BODY = function(61).removeprefix("void long_one() ")
ENTRIES = function(61, line="    add(1);\n")
TALL = "void entries() {\n    return {\n" + "        {1,\n         2,\n         3,\n         4},\n" * 20 + "    };\n}\n"
HEAD = "template <class T>\nauto member(T a,\n            T b) -> T "
MACRO = "#define LONG \\\n" + "    a += 1; \\\n" * 60 + "    b\n"
PYTHON = "@cache\ndef long_one():\n" + "    a = 1\n" * 59
PYTHON_CLASS = "class a:\n    def long_one():\n" + "        a = 1\n" * 60


def in_file(name, path, text, line, said):
    return name, {path: text}, f"{path}:{line}: {said}"


SIZES = [
    in_file("a function", "src/long.cpp", "\n\n" + function(61), 3, f"long_one {LONG}"),
    appended("a member", "ops/sum.hpp", f"struct a {{\n{function(61)}}};\n", 10, f"long_one {LONG}"),
    in_file("a head of many lines", "examples/long.cpp", HEAD + BODY, 1, "member has 63"),
    in_file("a constructor", "src/long.cpp", "a::a() : b_{}, c_(1) " + BODY, 1, f"a {LONG}"),
    in_file("a lambda", "bench/long.cpp", "auto one = []() " + BODY, 1, f"one {LONG}"),
    in_file("a lambda in a test", "tests/long.cpp", f'TEST_CASE("a b") {{\n    auto c = [&] {BODY}}}\n', 2, f"lambda {LONG}"),
    in_file("a test", "tests/long.cpp", f'TEST_CASE("a b") {BODY}', 1, f"“a b” {LONG}"),
    in_file("a macro", "src/long.cpp", MACRO, 1, "#define LONG has 62"),
    in_file("a function after braces in strings", "src/long.cpp", f'auto a = "{{{{";\nchar b = \'{{\';\n// {{\n{function(61)}', 4,
            f"long_one {LONG}"),
    in_file("entries with control flow", "src/long.cpp", ENTRIES.replace("    add(7)", "    if (a) add(7)"), 1,
            f"long_one {LONG}"),
    in_file("entries of two kinds", "src/long.cpp", ENTRIES.replace("add(7)", "subtract(7)"), 1, f"long_one {LONG}"),
    in_file("entries of four lines", "src/long.cpp", TALL, 1, "entries has 84"),
    in_file("a function of Python", "tools/long.py", PYTHON, 1, f"long_one {LONG}"),
    in_file("a method of Python", "tests/long.py", PYTHON_CLASS, 2, f"long_one {LONG}"),
    ("a long function that is gone", with_known("LONG_FUNCTIONS", ("src/short.cpp: long_one",)), "for src/short.cpp: long_one"),
    in_file("a file", "bench/file.cpp", "// A line\n" * 401, 401, "the file has 401 lines"),
    in_file("a file of Python", "tools/file.py", "a = 1\n" * 401, 401, "the file has 401 lines"),
    ("a long file that is gone", with_known("LONG_FILES", ("src/short.cpp",)), "for src/short.cpp"),
    ("the median", {H + f"expr/shape_{n}.hpp": "// A line\n" * 141 for n in range(12)}, "the median header has 141 lines"),
    ("a folder", {H + f"scan/part_{n}.hpp": "// A line\n\n" * 200 for n in range(7)} |
     {H + f"expr/small_{n}.hpp": "// A line\n" for n in range(9)}, H + "scan: its headers have 2802 lines"),
    ("a large folder that is gone", with_known("LARGE_FOLDERS", ("scan",)), "for scan"),
]

MEMBER_ELSEWHERE = {H + "ops/operation.hpp": TREE[H + "ops/operation.hpp"].rsplit("inline", 1)[0]} | with_more(
    "passes/select.hpp", "inline int node::operand(int i) const {\n}\n")
RING_OF_HEADERS = with_more("expr/shape.hpp", '#include "shape_2.hpp"\n') | {
    H + "expr/shape_2.hpp": '#include "shape.hpp"\n'}
RING_OF_FOLDERS = {H + "passes/a/one.hpp": "#include <hourglass/passes/b/two.hpp>\n", H + "passes/b/two.hpp": "",
                   H + "passes/b/three.hpp": "\n#include <hourglass/passes/a/four.hpp>\n", H + "passes/a/four.hpp": ""}
RING_BY_DECLARATION = {H + "passes/a/one.hpp": "#include <hourglass/passes/b/two.hpp>\nclass one {};\n",
                       H + "passes/b/two.hpp": "\nclass one;\n"}
LAYERING = [
    appended("a later room", "ops/sum.hpp", '#include "../scan/body.hpp"\n', 9, "ops includes"),
    appended("a room beside", "scan/body.hpp", "#include <hourglass/passes/select.hpp>\n", 3, "scan includes"),
    appended("a room for kernels", "kernels/simd.hpp", "#include <hourglass/expr/shape.hpp>\n", 3, "kernels includes"),
    appended("a header that everybody includes", "config.hpp", "#include <hourglass/expr/shape.hpp>\n", 2, "includes"),
    appended("a header that does not exist", "ops/sum.hpp", "#include <hourglass/ops/none.hpp>\n", 9,
             "includes hourglass/ops/none"),
    appended("xsimd", "ops/sum.hpp", "#include <xsimd/xsimd.hpp>\n", 9, "ops includes <xsimd/xsimd.hpp>"),
    appended("a class", "ops/sum.hpp", "struct program;\n", 9,
             "declares program, which include/hourglass/program/program.hpp:3 defines"),
    ("a template", with_more("expr/shape.hpp", "template <class> class pass;\n") |
     with_more("passes/select.hpp", "template <class T> class pass {\n};\n"),
     H + "expr/shape.hpp:4: declares pass, which include/hourglass/passes/select.hpp:7 defines"),
    appended("a friend", "ops/sum.hpp", "class all {\n    friend struct program;\n};\n", 10, "declares program"),
    ("a function", with_more("ops/sum.hpp", "namespace ops { constexpr int later(int, int = 0); }\n") |
     with_more("scan/body.hpp", "namespace ops {\nconstexpr int later(int a, int b) { return a; }\n}\n"),
     H + "ops/sum.hpp:9: declares ops::later, which include/hourglass/scan/body.hpp:4 defines"),
    ("a member", MEMBER_ELSEWHERE,
     H + "ops/operation.hpp:9: declares node::operand, which include/hourglass/passes/select.hpp:7 defines"),
    ("an arrow that is gone", with_known("ARROWS", {"ops/sum.hpp: program": "a reason"}), "for ops/sum.hpp: program"),
    ("a ring of headers", RING_OF_HEADERS, H + "expr/shape.hpp -> expr/shape_2.hpp -> expr/shape.hpp"),
    ("a ring of folders by includes", RING_OF_FOLDERS, H + "passes/b/three.hpp:2: passes/b knows passes/a"),
    ("a ring of folders by a declaration", RING_BY_DECLARATION,
     H + "passes/b/two.hpp:2: passes/b knows passes/a, by passes/a/one.hpp"),
    ("a room without a place", {H + "attic/old.hpp": "\n"}, H + "attic: the room has no place"),
    ("a place without a room", with_rooms('"expr"', '"cellar", "expr"'), "rooms.py: cellar is not there"),
    ("a room that has come", with_rooms("TO_COME = set()", 'TO_COME = {"scan"}'), "rooms.py: scan is there now"),
    ("another order in the page", {"docs/architecture.md": "    expr <- passes\n"}, "does not state the order"),
]

CHOICES = '''constexpr list<int> scans_of(int);
const list<int>& a = b ? c : d;
int e = b ? scans_of(1).size() : list<int>(3)[1] + 1;
struct f : list<int> { f(int n) : list<int>(n ? 1 : 2) {} };
int g = b ? h::i : c(list<int>(), 1);
'''
REFERENCES = '''struct a {
    const graph_builder& g_;
    graph_view v_;
    shape own_;
    const shape& one(int n) const { return g_.nodes[n].type.extents; }
    const shape& two(int n) const { return v_.nodes[n].type.extents; }
    const shape& three() const { return own_; }
    shape four(int n) const { return made_.nodes[n].type.extents; }
};
'''
# Changes that break no law.
INNOCENT = [
    ("laws.py", "choices that make no list", with_more("passes/select.hpp", CHOICES)),
    ("laws.py", "references that stay", with_more("passes/select.hpp", REFERENCES)),
    ("laws.py", "a known offence", with_known("OPERATIONS_BY_NAME", ("program/program.hpp",)) |
     with_more("program/program.hpp", "bool a = is<ops::sum>(n);\n")),
    ("sizes.py", "a known long function", with_known("LONG_FUNCTIONS", ("src/long.cpp: long_one",)) |
     {"src/long.cpp": function(61)}),
    ("layering.py", "a known arrow", with_known("ARROWS", {"ops/sum.hpp: program": "a reason"}) |
     with_more("ops/sum.hpp", "struct program;\n")),
    ("layering.py", "a declaration with its definition, and an overload elsewhere",
     with_more("scan/body.hpp", "int used_by(long, int) {}\n") |
     {H + "expr/size.hpp": '#include "shape.hpp"\ninline int used_by(shape) { return 1; }\n'}),
    ("layering.py", "a room that is to come", {"tests/sources/rooms.py": ROOMS.replace(
        "TO_COME = set()", 'TO_COME = {"attic"}').replace('"expr"', '"attic", "expr"')}),
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
            faults = faults_of_innocence(tree, script, {})
            yield f"{script} on a tree that keeps the laws", faults, "repair the script, or planted.py"
        for script, name, change in INNOCENT:
            yield f"{script} with {name}", faults_of_innocence(tree, script, change), f"repair tests/sources/{script}"
        for script, offences in (("laws.py", LAWS), ("sizes.py", SIZES), ("layering.py", LAYERING)):
            for name, change, wanted in offences:
                faults = faults_of_offence(tree, script, change, wanted)
                yield f"{script} finds {name}", faults, f"repair tests/sources/{script}"


if __name__ == "__main__":
    report(results())
