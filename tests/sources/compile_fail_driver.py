"""The compile-fail driver itself: it must accept the right error and report every wrong one."""

import subprocess
import sys
import tempfile
from pathlib import Path
from checks import ROOT, report

DRIVER = ROOT / "tests" / "compile_fail" / "run.py"
MISTAKE = 'static_assert(sizeof(int) == 1, "a byte is wanted");\n'

# name, the file, and what the driver must say: nothing where it must pass
CASES = [
    ("the expected words", "// expect: a byte is wanted\n" + MISTAKE, None),
    ("other words", "// expect: a word is wanted\n" + MISTAKE, "no line of the output matches expect: a word"),
    ("no error", "// expect: a byte is wanted\n", "compiles, but must not"),
    ("two errors", "// expect: a byte is wanted\n" + MISTAKE * 2, "2 errors, at most 1 wanted"),
    ("two errors allowed", "// expect: a byte is wanted\n// max-errors: 2\n" + MISTAKE * 2, None),
    ("rejected words", "// expect: a byte\n// reject: is wanted\n" + MISTAKE, "reject: is wanted matches"),
    ("too long", "// expect: a byte\n// max-lines: 0\n" + MISTAKE, "at most 0 wanted"),
    ("nothing expected", MISTAKE, "no `// expect:` line"),
    ("a misspelt comment", "// expect: a byte\n// expects: b\n" + MISTAKE, "unknown comment `// expects:`"),
    ("repaired", "// expect: a byte\n#ifndef FIXED\n" + MISTAKE + "#endif\n", None),
    ("a flag", "// flag: -DWRONG\n// expect: a byte\n#ifdef WRONG\n" + MISTAKE + "#elif defined FIXED\n#endif\n", None),
    ("not repaired", "// expect: a byte\n#ifdef FIXED\n#endif\n" + MISTAKE, "does not compile with -DFIXED"),
]


def check(name, text, wanted):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "case.cpp").write_text(text)
        done = subprocess.run([sys.executable, DRIVER, folder, "--", "g++", "-std=c++20"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if wanted is None:
        good = done.returncode == 0 and done.stdout.splitlines()[-1] == "1 passed, 0 failed"
    else:
        good = done.returncode == 1 and wanted in done.stdout and done.stdout.splitlines()[-1] == "0 passed, 1 failed"
    fault = f"the driver should {'say: ' + wanted if wanted else 'accept it'}\nand said:\n{done.stdout}"
    return f"compile_fail/run.py, {name}", [] if good else [fault], "repair tests/compile_fail/run.py"


# words, and what the driver must answer
MISTAKES = [
    (["--only", "nosuch"], "no .cpp file in . has 'nosuch' in its name"),
    (["--wordng"], "unrecognized arguments: --wordng"),
    (["nowhere"], "there is no folder nowhere"),
    (["--only", ""], "no .cpp file in . has '' in its name"),
]


def check_mistake(words, wanted):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, DRIVER, *words, *([] if words == ["nowhere"] else ["."])], text=True, cwd=folder,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    good = done.returncode == 2 and done.stdout.rstrip().endswith(wanted)
    fault = f"exit status {done.returncode}, 2 wanted; it should say: {wanted}\nand said:\n{done.stdout}"
    return f"compile_fail/run.py {' '.join(words)}", [] if good else [fault], "repair tests/compile_fail/run.py"


report([*(check(*case) for case in CASES), *(check_mistake(*case) for case in MISTAKES)])
