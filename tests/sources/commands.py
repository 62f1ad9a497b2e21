"""./dev itself: what it answers to words that it does not know, which tests it takes names for, how it finds what was
slowest, that signals reach a program and let it finish, and what becomes of streams that take nothing."""

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from checks import ROOT, report

sys.path.insert(0, str(ROOT / "tools"))
import builds  # noqa: E402
from builds import CACHED, Build, tests_in_words, tests_of_some_builds  # noqa: E402
from selection import selected  # noqa: E402
from timing import TIMED, Times, source_of, written_down  # noqa: E402

# What a training does: it needs a second to finish its step and save, and ends at once at a second signal. Its exit
# status is its own.
SAVES = """
import signal, sys, time
def save(number, _):
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_DFL)
    time.sleep(1)
    print("saved after", signal.Signals(number).name, flush=True)
    sys.exit(7)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, save)
print("ready", flush=True)
time.sleep(30)
"""
ENDS = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); print('ready', flush=True); signal.pause()"
IGNORES = """
import signal, time
print("ready", flush=True)
time.sleep(1)
print("ignored" if signal.getsignal(signal.SIGINT) == signal.SIG_IGN else "not ignored")
"""
PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
import processes
processes.end_at_signals()
try:
    status = processes.{function}([sys.executable, "-c", sys.argv[2]])
except processes.Interrupted as reason:
    status = f"stopped by {{reason.number}}"
print(status)
"""


def to_all(parent, number):
    os.killpg(parent.pid, number)  # as from a terminal


def to_one(parent, number):
    os.kill(parent.pid, number)


def to_one_then_all(parent, number):
    """As timeout(1) does it."""
    to_one(parent, number)
    time.sleep(0.1)
    to_all(parent, number)


def after_a_signal(function, child, send=to_all, number=signal.SIGINT, ignored=False):
    """The words of a parent that runs `child` through a function of tools/processes.py, and of the child, after a
    signal."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup has it ignored
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.SIG_DFL)
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(function=function), ROOT / "tools", child], text=True,
                              stdout=subprocess.PIPE, start_new_session=True)
    signal.signal(signal.SIGINT, before)
    first = parent.stdout.readline()
    send(parent, number)
    rest, _ = parent.communicate(timeout=60)  # until the child has ended too
    return (first + rest).split("\n")[:-1]


END, STOP = "run_to_its_end", "run_or_stop"
SIGNALLED = [
    ("a program saves after a Ctrl-C", (END, SAVES), ["ready", "saved after SIGINT", "(7, True)"]),
    ("a program ends at a Ctrl-C", (END, ENDS), ["ready", "(130, True)"]),
    ("a Ctrl-C ends what is still to do", (STOP, SAVES), ["ready", "saved after SIGINT", "stopped by 2"]),
    ("an ignored Ctrl-C stays ignored", (END, IGNORES, to_all, signal.SIGINT, True), ["ready", "ignored", "(0, False)"]),
    ("a program is not left alone where ./dev is killed", (END, SAVES, to_one, signal.SIGKILL),
     ["ready", "saved after SIGTERM"]),
    *[(f"{number.name}, {send.__name__}", (STOP, SAVES, send, number),
       ["ready", f"saved after {number.name}", f"stopped by {number.value}"])
      for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) for send in (to_one, to_all, to_one_then_all)],
]


def faults_after(arguments, wanted):
    said = after_a_signal(*arguments)
    return [] if said == wanted else [f"parent and child should say {wanted}, and said {said}"]


UNKNOWN = "There is no command 'bogus'. The commands are: "
# the words, the exit status, and how the answer begins: on standard error where the status is not 0
ANSWERS = [
    (["bogus"], 2, UNKNOWN),
    (["bogus", "--help"], 2, UNKNOWN),
    (["bogus", "-h"], 2, UNKNOWN),
    (["help", "bogus"], 2, UNKNOWN),
    ([], 0, "./dev builds and runs Hourglass."),
    (["--help"], 0, "./dev builds and runs Hourglass."),
    (["help"], 0, "./dev builds and runs Hourglass."),
    *[(words, 0, f"./dev {name}: ") for name in ("demo", "test", "bench", "docs", "lint")
      for words in ([name, "--help"], [name, "-h"], ["help", name])],
]

# The same of tools/dev.py, which installs nothing.
MISTAKES = [
    (["test", "--bogus"], 2, "./dev: test does not know --bogus; see ./dev test --help"),
    (["test", "scans", "--bogus"], 2, "./dev: test does not know --bogus; see ./dev test --help"),
    (["test", "--all", "--quick"], 2, "./dev: test runs everything, with --all, or the quick tests, with --quick"),
    (["test", "--jobs", "none"], 2, "./dev: --jobs wants a number above 0, not none"),
    *[(words, 2, f"./dev: --jobs wants a number above 0, not {words[-1][:100]}")
      for digits in ("0", "-1", "²", "٣", "1_0", " 1", "9" * 5000)
      for words in (["test", "--jobs", digits], ["demo", "--jobs", digits])],
    (["demo", "--out="], 2, "./dev: --out wants a value"),
    (["demo", "--data", ""], 2, "./dev: --data wants a value"),
    (["demo", "--model", b"\xff"], 2, "./dev: there is no model '\\udcff'; the models are "),
    (["bench", "--gradients", "--peer", "stan=" + "x" * 300], 1, "./dev: "),
    (["test", "--oracle", "--models", "²"], 2, "./dev: --models wants a number above 0, not ²"),
    (["test", "--oracle", "--seed", "٣"], 2, "./dev: --seed wants a number, not ٣"),
    (["test", ""], 2, "./dev: test wants names that are not empty"),
    (["test", "--models", "3"], 2, "./dev: --models belongs to test --oracle"),
    (["test", "--seed=3"], 2, "./dev: --seed belongs to test --oracle"),
    (["test", "--", "--quick"], 2, "./dev: test does not know --; see ./dev test --help"),
    (["test", "--oracle", "--models", "0"], 2, "./dev: --models wants a number above 0, not 0"),
    (["test", "--oracle", "--seed", "-1"], 2, "./dev: --seed wants a number, not -1"),
    (["bench", "--bogus"], 2, "./dev: bench does not know --bogus; see ./dev bench --help"),
]


MOST_SAID = 1000  # characters: what was given is quoted in part


def faults_of(words, status, beginning, command=(ROOT / "dev",)):
    done = subprocess.run([*command, *words], text=True, capture_output=True)
    said = done.stderr if status else done.stdout
    if done.returncode == status and said.startswith(beginning) and (not status or len(said) < MOST_SAID):
        return []
    return [f"exit status {done.returncode}, {status} wanted, and the answer\n{said}should begin with {beginning}"]


# Words, what becomes of the standard streams, the exit status, and what is said on standard error where that can be.
STREAMS = [
    ("dev --help", ">/dev/full", 1, "No space left on device"),
    ("dev bogus", "2>/dev/full", 1, ""),
    ("dev bogus", "2>&-", 1, ""),
    ("tools/dev.py lint", ">/dev/full", 1, "./dev: No space left on device"),
    ("tools/dev.py lint", ">&-", 1, "./dev: standard output is closed"),
    ("tools/dev.py lint", ">/dev/full 2>/dev/full", 1, ""),
    ("tools/dev.py test --bogus", "2>/dev/full", 1, ""),
    ("tools/dev.py test --bogus", "2>&-", 2, ""),
]


def faults_of_streams(words, streams, status, saying):
    program, *rest = words.split()
    done = subprocess.run(["bash", "-c", f'exec "$@" {streams}', "bash", ROOT / program, *rest] if program == "dev" else
                          ["bash", "-c", f'exec "$@" {streams}', "bash", sys.executable, ROOT / program, *rest],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode == status and saying in done.stderr and "Traceback" not in done.stderr + done.stdout:
        return []
    return [f"exit status {done.returncode}, {status} wanted, with '{saying}' on standard error:\n{done.stdout}{done.stderr}"]


def faults_of_link():
    """That ./dev works through a link to it."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder, "link")
        link.symlink_to(ROOT / "dev")
        return faults_of(["lint", "--bogus"], 2, "./dev: lint does not know --bogus", (link,))


TESTS = ["scans", "scans_calls", "scans_local", "io_png", "fuzz_passes", "fuzz_plan", "print_scan", "operation_values"]
# what is asked for, and the tests that it means; or how the error ends
SELECTED = [
    ([], TESTS),
    (["scans"], ["scans", "scans_calls", "scans_local"]),
    (["png", "fuzz"], ["io_png", "fuzz_passes", "fuzz_plan"]),
    (["fuzz_p*n"], ["fuzz_plan"]),
    (["[s]cans"], ["scans"]),
    (["scan?"], ["scans"]),
    (["*scan"], ["print_scan"]),
    (["scans", "scans_calls"], ["scans", "scans_calls", "scans_local"]),
    (["fuzz_pases"], "no test matches 'fuzz_pases'; near it are fuzz_passes, fuzz_plan"),
    (["scans", "values_of"], "no test matches 'values_of'; near it are operation_values"),
    (["zzz*"], "no test matches 'zzz*'; the tests are " + ", ".join(sorted(TESTS))),
    (["scans", "*_race"], "'*_race' means planted_race, which is elsewhere"),
]
ELSEWHERE = {"planted_race": "which is elsewhere", "scans_of_old": "which are gone"}


def faults_of_selection(patterns, wanted):
    said = io.StringIO()
    try:
        with redirect_stderr(said):
            found = selected(TESTS, patterns, ELSEWHERE)
    except SystemExit as end:
        found = said.getvalue().strip().removeprefix("./dev: ") if end.code == 2 else f"exit status {end.code}"
    return [] if found == wanted else [f"{wanted} wanted, found {found}"]


def faults_of_groups():
    """Which tests a build takes, by their groups; and that the quick ones are what ./dev test --help says."""
    everything, quick = Build("all"), Build("quick", groups=("quick",))
    some = Build("some", groups=("kernels", "widths"), without=("costly",))
    faults = [f"{build.name} should{'' if wanted else ' not'} take {groups}" for build, groups, wanted in (
        (everything, set(), True), (everything, {"quick"}, True), (quick, {"quick", "widths"}, True),
        (quick, {"widths"}, False), (some, {"widths"}, True), (some, {"widths", "costly"}, False),
    ) if build.takes(groups) != wanted]
    listed = re.findall(r"^  '([\w/]+)':.*'quick'", (ROOT / "tests" / "meson.build").read_text(), re.MULTILINE)
    faults += [f"no test of {kind} is quick" for kind in ("passes", "expr", "values", "diagnostics", "compile_fail")
               if not any(kind in name for name in listed)]
    faults += [f"no test of Clang alone is found: {tests_of_some_builds()}"
               for name in ("kernels_vector_math_reassociated", "threads_planted_race") if name not in tests_of_some_builds()]
    return faults


def faults_of_matrix():
    """Each compiler runs each test in one of the builds of --all at least, but what only the other one runs."""
    listed = re.findall(r"^  '(\w+/\w+)': \[(.*)\],$", (ROOT / "tests" / "meson.build").read_text(), re.MULTILINE)
    before, builds.find_clang = builds.find_clang, lambda: "clang++"
    matrix, builds.find_clang = [build for build in builds.matrix(1) if builds.runs_here(build.simd)], before

    def runs(compiler, groups):
        return any(build.compiler == compiler and build.takes(groups) for build in matrix)

    groups_of = {name: set(re.findall(r"\w+", words)) for name, words in listed}
    others = {"g++": {"clang"}, "clang++": {"gcc", "trained"}}
    return [f"{compiler} runs {name} in no build" for compiler, not_its in others.items()
            for name, groups in groups_of.items() if not groups & not_its and not runs(compiler, groups)]


PLANNED = [
    (Build("a"), (), "every test"),
    (Build("a", without=("clang", "lint")), (), "every test; Clang's own and lint's are left out"),
    (Build("a", groups=("quick",), without=("lint",)), ("scans",),
     "of the quick tests those that match scans; lint's are left out"),
    (Build("a", groups=("kernels", "widths")), ("a", "b", "c"), "of the tests of kernels and widths those that match a, b or c"),
    (Build("a", without=("gcc",), always=("kernels", "halves")), (),
     "every test; GCC's own are left out where they are not of kernels or halves too"),
]


def faults_of_plan():
    return [f"{wanted} wanted, found {said}" for build, patterns, wanted in PLANNED
            if (said := tests_in_words(build, patterns)) != wanted]


COMPILES = "g++ -Itests -o tests/libtest_objects.a.p/scan_calls.cpp.o -c ../../tests/scan/calls.cpp".split()
LINKS = "g++ -o tests/test-scan_calls scan_calls.cpp.o".split()


def faults_of_times():
    """That a command's times, output and exit status come through tools/timed, and what is made of them."""
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "times.txt")
        busy = ("import sys; 'a word with an apostrophe'; sum(range(3000000)); print('out'); "
                "print('err', file=sys.stderr); sys.exit(7)")
        done = subprocess.run([TIMED, sys.executable, "-c", busy], text=True, capture_output=True,
                              env={**os.environ, "HOURGLASS_TIMES": str(path)})
        if (done.returncode, done.stdout, done.stderr) != (7, "out\n", "err\n"):
            faults.append(f"tools/timed changes what a command does: {done}")
        seconds, command = next(written_down(path), (0, []))
        if not 0.005 < seconds < 60 or command != [sys.executable, "-c", busy]:
            faults.append(f"tools/timed wrote {seconds} s for {command}")
        path.write_text("".join(f"{n}.5 0.25 g++ '-DIT=\"it'\\''s\"' -o tests/x.p/t{n}.cpp.o\n" for n in range(20)) +
                        "99 1 g++ -o t\n98 1 $'a\\'\\n'\n")
        times = Times()
        times.add_compiled("one", path)
        times.run = [(n / 10, "one", f"r{n}") for n in range(13)]
        with redirect_stdout(io.StringIO()) as said:
            times.show()
        shown = re.findall(r"^ +([\d.]+)  one +(\S+)$", said.getvalue(), re.MULTILINE)
        wanted = [(f"{n}.8", f"tests/t{n}.cpp") for n in range(19, 9, -1)]
        wanted += [(f"{n / 10}", f"r{n}") for n in range(12, 4, -1)]  # not what takes next to no time
        if shown != wanted:
            faults.append(f"the slowest are shown as {shown}, {wanted} wanted")
    if source_of(COMPILES) != "tests/scan_calls.cpp" or source_of(LINKS) is not None:
        faults.append("the source of a command is found wrongly")
    return faults


VALUE = """#pragma once
// This is {comment} comment.
#define MORE {macro}
inline int value() {{ return {value}; }}
"""
USES = """
#include <vector>
#include "value.hpp"
int main() { return value() + MORE + static_cast<int>(std::vector<int>(3).size()); }
"""


# How each compiler makes a precompiled header, and how it uses one.
PRECOMPILED = {
    "g++": ("-o p/all.hpp.gch -c in/all.hpp", "-Ip -fpch-preprocess -include all.hpp"),
    "clang++-19": ("-o p/all.hpp.pch -c in/all.hpp", "-include-pch p/all.hpp.pch"),
}


def faults_of_ccache(compiler):
    """That what is compiled through ccache sees each change in a header that comes by a precompiled one."""
    if not shutil.which("ccache") or not shutil.which(compiler):
        return []
    makes, uses = PRECOMPILED[compiler]
    with tempfile.TemporaryDirectory() as folder:
        def run(*words):
            return subprocess.run(words, cwd=folder, env={**os.environ, "CCACHE_DIR": f"{folder}/cache"},
                                  stdout=subprocess.DEVNULL).returncode

        def program(value, macro, comment):
            Path(folder, "value.hpp").write_text(VALUE.format(value=value, macro=macro, comment=comment))
            run(CACHED, *f"{compiler} -I. -MD -MF p/all.d {makes}".split())
            run(CACHED, *f"{compiler} -I. {uses} -MD -MF use.d -o use.o -c use.cpp".split())
            run(compiler, "use.o", "-o", "use")
            return run("./use") - 3

        for name in ("p", "in"):
            Path(folder, name).mkdir()
        Path(folder, "in", "all.hpp").write_text('#include <vector>\n#include "value.hpp"\n')
        Path(folder, "use.cpp").write_text(USES)
        values = [(1, 10, "a"), (2, 10, "a"), (2, 20, "a"), (2, 20, "another"), (1, 10, "a")]
        found = [program(*each) for each in values]
    wanted = [value + macro for value, macro, comment in values]
    return [] if found == wanted else [f"programs with the values {wanted} give {found}"]


results = [(f"./dev {' '.join(words)}", faults_of(words, *wanted), "repair ./dev") for words, *wanted in ANSWERS]
results += [(name, faults_after(arguments, wanted), "repair run_to_its_end in tools/processes.py")
            for name, arguments, wanted in SIGNALLED]
results += [(f"{words} {streams}", faults_of_streams(words, streams, *wanted), "repair ./dev or main of tools/dev.py")
            for words, streams, *wanted in STREAMS]
results += [(f"dev.py {' '.join(map(str, words))[:80]}", faults_of(words, *wanted, (sys.executable, ROOT / "tools" / "dev.py")),
             "repair tools/dev.py") for words, *wanted in MISTAKES]
results += [(f"the tests that {' '.join(patterns) or 'nothing'} means", faults_of_selection(patterns, wanted),
             "repair tools/selection.py") for patterns, wanted in SELECTED]
results += [(f"a change in a precompiled header of {compiler}, by ccache", faults_of_ccache(compiler), "repair tools/cached")
            for compiler in PRECOMPILED]
results += [("./dev through a link", faults_of_link(), "repair ./dev"),
            ("the plan", faults_of_plan(), "repair tests_in_words in tools/builds.py"),
            ("the builds of --all", faults_of_matrix(), "repair matrix in tools/builds.py"),
            ("the tests of a build", faults_of_groups(), "repair Build.takes or the groups in tests/meson.build"),
            ("what was slowest", faults_of_times(), "repair tools/timed or tools/timing.py")]
report(results)
