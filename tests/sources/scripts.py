"""What the scripts that hold the sources share: a run of nothing fails, one that is stopped leaves no temporary folder,
and a file that stands in no list is found."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import listed
from checks import ROOT, report

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
    files = [Path(f"{name}.cpp") for name in names]
    found = [listed.unlisted(folder, LISTS, files) for folder in ("tests", "src")]
    wanted = [["threads.cpp", "commented.cpp", "x.cpp"], ["commented.cpp"]]
    return [] if found == wanted else [f"{wanted} wanted, found {found}"]


report([("a script that is stopped", stopped(), "repair the handler of SIGTERM in tests/sources/checks.py"),
        ("a script that checks nothing", nothing(), "repair report in tests/sources/checks.py"),
        ("a file that is in no list", unlisted(), "repair tests/sources/listed.py")])
