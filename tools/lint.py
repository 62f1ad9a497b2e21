"""./dev lint: formatting, clang-tidy, and the scripts that hold the sources without building anything."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from builds import BUILD, ROOT, writing
from processes import say
from testing import Count, count_of

FOLDERS = ("include", "src", "tests", "testing", "examples", "bench")
SCRIPTS = ("editorconfig", "layering", "laws", "sizes", "listed", "reference", "contributing", "headers")
TIDY = "clang-tidy-19"  # older ones do not read all of C++20


def formatting():
    if not shutil.which("clang-format"):
        say("Formatting is not checked: clang-format is not installed")
        return Count()
    say("Formatting")
    sources = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.[ch]pp"))]
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", *sources], text=True, capture_output=True)
    wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error:", done.stderr, re.MULTILINE)))
    for path in wrong:
        print(f"FAILED: {os.path.relpath(path, ROOT)} is not formatted: clang-format -i {os.path.relpath(path)}")
    if done.returncode and not wrong:
        print(done.stderr)
    return Count(passed=len(sources) - len(wrong), failed=len(wrong) or int(done.returncode != 0))


def all_headers():
    """A source that includes every header, so that each is read once."""
    path = BUILD / "lint" / "headers.cpp"
    headers = sorted((ROOT / "include").rglob("*.hpp"))
    with writing():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"#include <{header.relative_to(ROOT / 'include')}>\n" for header in headers))
    return path


def tidied(source):
    """The errors that clang-tidy finds in a source and what it includes: each names a file of this tree and a check."""
    done = subprocess.run([TIDY, "--quiet", str(source), "--", "-std=c++20", "-march=native", f"-I{ROOT / 'include'}",
                           f"-I{ROOT / 'src'}"], cwd=ROOT, text=True, capture_output=True)
    found = set(re.findall(r"^\S+:\d+:\d+: error: .*$", done.stdout, re.MULTILINE))
    return found or ({done.stdout + done.stderr} if done.returncode else set())


def tidy(jobs):
    if not shutil.which(TIDY):
        say(f"clang-tidy is not run: {TIDY} is not installed")
        return Count()
    say("clang-tidy")
    sources = [all_headers(), *sorted((ROOT / "src").glob("*.cpp"))]
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(tidied, sources))
    for error in sorted(set().union(*found)):
        print(f"FAILED: {error.replace(f'{ROOT}/', '')}")
    failed = sum(1 for errors in found if errors)
    return Count(passed=len(sources) - failed, failed=failed)


def lint(arguments):
    jobs = arguments.jobs()
    os.environ["HOURGLASS_JOBS"] = str(jobs)
    arguments.finish("lint")
    total = Count()
    total += formatting()
    total += tidy(jobs)
    for script in SCRIPTS:
        say(script.capitalize())
        done = subprocess.run([sys.executable, ROOT / "tests" / "sources" / f"{script}.py"], text=True,
                              stdout=subprocess.PIPE)
        print(done.stdout, end="")
        total += count_of({"stdout": done.stdout, "result": "OK" if done.returncode == 0 else "FAIL"})
    print(total)
    sys.exit(1 if total.failed else 0)
