"""What the scripts that hold the sources share: where they are, how they compile, how they report."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 60  # of one fault
os.environ.pop("HOURGLASS_TIMES", None)  # what a script compiles is a part of its own time


signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Meson's way to stop a test: temporary folders go then too


def compile_command():
    """The compiler and its flags: everything after `--` on the command line, or GCC with the library's headers."""
    if "--" in sys.argv:
        return sys.argv[sys.argv.index("--") + 1:]
    return ["g++", "-std=c++20", f"-I{ROOT / 'include'}", "-march=native"]


def check_syntax(command, source, directory=ROOT):
    """Compiles a path or, given as a string, a text; answers whether it is accepted, and the compiler's words."""
    text = source if isinstance(source, str) else None
    operand = ["-x", "c++", "-"] if text is not None else [str(source)]
    done = subprocess.run([*command, "-fsyntax-only", *operand], input=text, cwd=directory, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                          env={**os.environ, "LC_ALL": "C"})  # plain quotes, whatever the user's language
    return done.returncode == 0, done.stdout


@contextmanager
def parsed_once(command, headers):
    """The command that compiles files which all include these headers before anything else, parsed once for them all
    while this lasts: that is most of the work for a small file."""
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder, "headers.hpp")
        together.write_text("".join(f"#include <{header}>\n" for header in headers))
        parsed = Path(folder, "headers.hpp.gch")  # a name that both compilers look for
        done = subprocess.run([*command, "-x", "c++-header", str(together), "-o", str(parsed)], cwd=ROOT,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Where that fails, the files say themselves what is wrong.
        yield [*command, "-include", str(together)] if done.returncode == 0 else command


def umbrella_parsed_once(command):
    return parsed_once(command, ["hourglass/hourglass.hpp"])


def git(*words):
    """What git prints of this checkout; None where there is no git, or no checkout of one's own."""
    if not shutil.which("git"):
        return None
    done = subprocess.run(["git", *words], cwd=ROOT, text=True, capture_output=True)
    return done.stdout if done.returncode == 0 else None


def cores():
    return int(os.environ.get("HOURGLASS_JOBS") or len(os.sched_getaffinity(0)))


def in_parallel(function, items):
    with ThreadPoolExecutor(cores()) as pool:
        yield from pool.map(function, items)


def shown(path):
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def apart_from(found, table, known):
    """The faults, given by place, of all places that are not known; and a new fault for each known place that has none left,
    so that the table in tests/sources/not_yet.py becomes empty."""
    faults = [fault for place, of_place in sorted(found.items()) if place not in known for fault in of_place]
    return faults + [f"tests/sources/not_yet.py: {table} has an entry for {place}, which keeps the law now: delete the entry"
                     for place in known if place not in found]


def report(results):
    """Prints each failure, then the summary line; `results` yields (name, list of what is wrong, advice or None)."""
    passed = failed = 0
    for name, faults, advice in results:
        if not faults:
            passed += 1
            continue
        failed += 1
        print(f"FAILED: {name}")
        for fault in faults:
            lines = fault.rstrip().splitlines()
            for line in lines[:MOST_LINES]:
                print("  " + line)
            if len(lines) > MOST_LINES:
                print(f"  ... and {len(lines) - MOST_LINES} lines more")
        if advice:
            print(f"  What to do: {advice}")
        print(flush=True)
    if passed + failed == 0:
        print("Nothing was checked.")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)
