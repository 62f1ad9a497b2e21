"""What the scripts that hold the sources share: a run of nothing fails, one that is stopped leaves no temporary folder,
a file that stands in no list is found, and so is a program of a page that does not do what the page says."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import listed
from checks import ROOT, report
from page_programs import Program, build, run_in_order

SOURCES = ROOT / "tests" / "sources"
STOPPED = """
import time
import checks
with checks.umbrella_parsed_once(["true"]):
    print("ready", flush=True)
    time.sleep(60)
"""
LISTS = """
# 'commented'
tests = {
  'one': ['threads'],
  'two' : [],
}
executable('x', 'main.cpp', 'named.cpp')
"""


def stopped():
    with tempfile.TemporaryDirectory() as folder:
        script = subprocess.Popen([sys.executable, "-c", STOPPED], cwd=SOURCES, text=True, stdout=subprocess.PIPE,
                                  env={**os.environ, "TMPDIR": folder, "PYTHONPATH": str(SOURCES)})
        script.stdout.readline()
        script.send_signal(signal.SIGTERM)
        script.communicate(timeout=60)
        left = [path.name for path in Path(folder).iterdir()]
    return [f"exit status {script.returncode}, 143 wanted, and {left} left"] if left or script.returncode != 143 else []


def nothing():
    done = subprocess.run([sys.executable, "-c", "import checks; checks.report([])"], text=True, capture_output=True,
                          env={**os.environ, "PYTHONPATH": str(SOURCES)})
    wanted = (1, "Nothing was checked.\n0 passed, 0 failed\n")
    return [] if (done.returncode, done.stdout) == wanted else [f"{wanted} wanted, found {done}"]


def unlisted():
    names = ("one", "two", "threads", "main", "named", "commented", "x")
    found = [listed.unlisted(LISTS, [f"{name}.cpp" for name in names], of_tests) for of_tests in (True, False)]
    wanted = [["threads.cpp", "commented.cpp", "x.cpp"], ["commented.cpp"]]
    return [] if found == wanted else [f"{wanted} wanted, found {found}"]


def untested():
    headers = ["passes/one", "passes/two", "passes/inner/three", "schedule/fuse", "schedule/order", "schedule/plan",
               "schedule/other", "ops/four"]
    found = listed.untested(headers, ["passes/one", "schedule/fuse", "schedule/order", "schedule/layout"])
    wanted = ["tests/passes/two.cpp is missing, the test of passes/two.hpp",
              "tests/schedule/plan.cpp is missing, the test of schedule/plan.hpp", "schedule/layout.hpp is gone"]
    return [] if found == wanted else [f"{wanted} wanted, found {found}"]


def page_programs():
    """What each of these programs is answered: in one word, since compilers' and programs' own words are long."""
    begin = "#include <cstdio>\nint main() {\n"
    programs = [Program("right", f'{begin}    std::puts("loss  0.123 of 8");\n}}\n'),
                Program("wrong number", f'{begin}    std::puts("loss 0.126 of 8");\n}}\n'),
                Program("wrong count", f'{begin}    std::puts("loss 0.124 of 9");\n}}\n'),
                Program("fails", f"{begin}    return 3;\n}}\n"),
                Program("has braces", f"{begin}if (true) {{\n}} else {{\n}}\n    return 4;\n}}\n"),
                Program("reads", f'{begin}    return std::fopen("table.csv", "r") ? 0 : 1;\n}}\n'),
                Program("does not compile", f"{begin}    return unknown;\n}}\n"),
                Program("has no main", "int other() {\n}\n")]
    for program in programs[:3]:
        program.prints = "loss 0.124 of 8\n"
    with tempfile.TemporaryDirectory() as folder:
        build((["g++", "-std=c++20"], []), programs, Path(folder))
        run_in_order(programs, {"table.csv": "1,2\n"}, Path(folder))
    wanted = {"right": "", "wrong number": "printed", "wrong count": "printed", "fails": "ended with 3",
              "has braces": "ended with 4", "reads": "",
              "does not compile": "unknown", "has no main": "main"}
    return [f"{program.name}: `{wanted[program.name]}` wanted, found {program.faults}" for program in programs
            if len(program.faults) != bool(wanted[program.name]) or wanted[program.name] not in "".join(program.faults)]


report([("a script that is stopped", stopped(), "repair the handler of SIGTERM in tests/sources/checks.py"),
        ("a script that checks nothing", nothing(), "repair report in tests/sources/checks.py"),
        ("a file that is in no list", unlisted(), "repair tests/sources/listed.py"),
        ("a header that has no test by its name", untested(), "repair tests/sources/listed.py"),
        ("programs of a page", page_programs(), "repair tests/sources/page_programs.py")])
