"""A small tree of sources that keeps every law, and a way to run the scripts of the laws on it, also with changes."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from checks import ROOT

ROOMS = '''
ORDER = ["expr", "ops", "passes scan", "program"]
TO_COME = set()
KNOWS_ONLY = {"kernels": set()}
EVERYBODYS = {"config.hpp"}
UMBRELLA = "hourglass.hpp"
KNOWS_XSIMD = {"kernels"}
'''
NOT_YET = '''
OPTIONS_BY_NUMBER = ()
OPERATIONS_BY_NAME = ()
ARRAYS_OF_ONE_MORE = ()
LONG_FUNCTIONS = ()
LONG_FILES = ()
LARGE_FOLDERS = ()
ARROWS = {}
'''
OPERATION = '''#include <hourglass/config.hpp>
#include <hourglass/expr/shape.hpp>
struct attributes {
    int flags[3]{};
};
struct node;
struct node {
    attributes options;
    int operand(int) const;
};
inline int node::operand(int i) const { return options.flags[i]; }
'''
SUM = '''#include <hourglass/ops/operation.hpp>
namespace ops {
struct sum {
    static int of(const attributes& a) { return a.flags[0]; }
};
}
HOURGLASS_OPERATION(hourglass::ops::sum);
HOURGLASS_OPERATION(hourglass::ops::parameter);
'''
SIMPLIFY = '''#include "../ops/sum.hpp"
class simplification;
inline bool is_sum(const node& n) { return is<ops::sum>(n) && n.op->id == record<ops::sum>.id; }
'''
SELECT = '''#include <hourglass/passes/simplify/rules.hpp>
#include <hourglass/passes/simplify.hpp>
// is<ops::sum>(n), n.options.flags[0]
inline const char* said = "is<ops::sum>(n), n.options.flags[0]";
inline bool is_leaf(const node& n) { return is<ops::parameter>(n) || is_one_of<ops::parameter, ops::step>(n); }
inline int made(builder& b) { return b.push(&record<ops::sum>) + b.flags() + trace<ops::sum>(1); }
'''


def function(lines, name="long_one", line="    g1();\n", ends="}\n"):
    """A function of so many lines."""
    return f"void {name}() {{\n" + "".join(line.replace("1", str(n)) for n in range(lines - 2)) + ends


TABLES = (function(80, "of_calls", "    add(1);\n")
          + function(80, "of_macros", "    ENTRY(1)\n")
          + function(80, "of_entries", "        {1, [] { return 2; }},\n").replace("{\n", "{ return table{\n", 1)[:-2] + "}; }\n"
          + "#define LIST(X) \\\n" + "    X(1) \\\n" * 70 + "    X(2)\n")
TEXTS = 'TEST_CASE("texts are data") {\n    CHECK(a == R"(' + "line\n" * 90 + ')");\n}\n'
PYTHON_TEXT = 'def told():\n    return """' + "line\n" * 90 + '"""\n'

TREE = {
    "include/hourglass/config.hpp": "// Nothing.\n",
    "include/hourglass/hourglass.hpp": "#include <hourglass/program/program.hpp>\n#include <hourglass/kernels/simd.hpp>\n",
    "include/hourglass/expr/shape.hpp": "#include <hourglass/config.hpp>\nstruct shape { int rank; };\nint used_by(shape);\n",
    "include/hourglass/ops/operation.hpp": OPERATION,
    "include/hourglass/ops/sum.hpp": SUM,
    "include/hourglass/passes/simplify.hpp": "#include <hourglass/passes/simplify/rules.hpp>\nclass simplification {};\n",
    "include/hourglass/passes/simplify/rules.hpp": SIMPLIFY.replace("../ops/", "../../ops/"),
    "include/hourglass/passes/select.hpp": SELECT,
    "include/hourglass/scan/body.hpp": "#include <hourglass/ops/sum.hpp>\ninline bool a = is_one_of<ops::sum>(n);\n",
    "include/hourglass/program/program.hpp": "#include <hourglass/passes/select.hpp>\n#include <hourglass/scan/body.hpp>\n"
                                             "struct program {\n    program() : a_{1} {}\n};\n",
    "include/hourglass/kernels/simd.hpp": "#include <xsimd/xsimd.hpp>\n#include <hourglass/config.hpp>\n",
    "src/short.cpp": function(60) + TABLES,
    "tests/texts.cpp": TEXTS,
    "tools/texts.py": PYTHON_TEXT,
    "bench/file.cpp": "// A line\n" * 400,
    "docs/architecture.md": "    expr <- ops <- passes/scan <- program\n",
}


class Planted:
    """The tree in a temporary folder, with the scripts, and with rooms and exceptions of its own."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        scripts = self.root / "tests" / "sources"
        scripts.mkdir(parents=True)
        for script in (ROOT / "tests" / "sources").glob("*.py"):
            shutil.copy(script, scripts)
        self.write({"tests/sources/rooms.py": ROOMS, "tests/sources/not_yet.py": NOT_YET} | TREE)
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def write(self, texts):
        for path, text in texts.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)

    def said_with(self, script, change):
        """Runs a script on a changed tree, and undoes the change: new texts by path. Returns the exit status and the output."""
        before = {path: (self.root / path).read_text() if (self.root / path).exists() else None for path in change}
        self.put(change)
        done = subprocess.run([sys.executable, self.root / "tests" / "sources" / script], text=True, capture_output=True)
        self.put(before)
        return done.returncode, done.stdout + done.stderr

    def put(self, texts):
        self.write({path: text for path, text in texts.items() if text is not None})
        for path in (path for path, text in texts.items() if text is None):
            (self.root / path).unlink()
            if not any((self.root / path).parent.iterdir()):
                (self.root / path).parent.rmdir()
