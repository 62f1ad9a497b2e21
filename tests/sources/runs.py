"""./dev test on a small project of its own: what does not compile is not run, a mistake in a meson.build costs no build
folder, and what tests nothing fails."""

import io
import os
import sys
import tempfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from checks import ROOT, report

sys.path.insert(0, str(ROOT / "tools"))
import builds  # noqa: E402
import testing  # noqa: E402
from dev import Arguments  # noqa: E402

os.environ.pop("HOURGLASS_SIMD", None)

TESTS = ("first", "second")
MESON = """
project('small', 'cpp')
foreach name : ['first', 'second']
  test(name, executable(name, name + '.cpp'), suite: name == 'first' ? 'quick' : 'kernels')
endforeach
"""
GOOD, BAD = "int main() {}\n", "int broken = ;\nint main() {}\n"
ONLY_CLANGS = "\nif false\n  test('clangs_own', executable('clangs_own', 'first.cpp'))\nendif\n"


@contextmanager
def project():
    """A project with two tests, which the tools take for this one while it lasts."""
    before = builds.ROOT, builds.BUILD
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "it's small").resolve()
        (root / "tests").mkdir(parents=True)
        (root / "meson.build").write_text(MESON)
        (root / "tests" / "meson.build").write_text(ONLY_CLANGS)
        (root / "meson_options.txt").write_text("option('simd', type: 'string')\noption('tests', type: 'feature')\n"
                                                "option('development', type: 'boolean')\n")
        for name in TESTS:
            (root / f"{name}.cpp").write_text(GOOD)
        builds.ROOT, builds.BUILD = root, root / "build"
        try:
            yield root
        finally:
            builds.ROOT, builds.BUILD = before


def said_by(*words):
    """The exit status of `./dev test WORD...`, and what it says."""
    with tempfile.TemporaryFile("w+") as said:
        kept = os.dup(1), os.dup(2)
        sys.stdout.flush()
        os.dup2(said.fileno(), 1), os.dup2(said.fileno(), 2)
        try:
            status = status_of(words, said)
        finally:
            os.dup2(kept[0], 1), os.dup2(kept[1], 2)
            os.close(kept[0]), os.close(kept[1])
        said.seek(0)
        return status, said.read()


def status_of(words, said):
    out = io.TextIOWrapper(os.fdopen(os.dup(1), "wb"), write_through=True)
    with out, redirect_stdout(out), redirect_stderr(out):
        try:
            testing.test(Arguments(["--jobs", "1", *words]))
        except SystemExit as end:
            return end.code


def faults_of(told, status, *wanted):
    """What is wrong with an exit status and words, of which each of `wanted` must be a part."""
    lacking = [words for words in wanted if words not in told[1]]
    lacking += [f"the last line {wanted[-1]}"] if not told[1].rstrip().endswith(wanted[-1]) else []
    return [f"exit status {told[0]} ({status} wanted), and not said: {lacking}, but:\n{told[1]}"] \
        if lacking or told[0] != status else []


def compiled():
    with project() as root:
        faults = faults_of(said_by(), 0, "2 passed, 0 failed")
        (root / "first.cpp").write_text(BAD)  # its program is still there
        faults += faults_of(said_by(), 1, "does not compile, so not run: first;", "1 passed, 1 failed")
        (root / "second.cpp").write_text(BAD)
        faults += faults_of(said_by(), 1, "so not run: first, second;", "0 passed, 2 failed")
        (root / "first.cpp").write_text(GOOD)
        return faults + faults_of(said_by("first"), 0, "of all tests those that match first", "1 passed, 0 failed")


def configured():
    with project() as root:
        folder = root / "build" / "gcc-native"
        (root / "meson.build").write_text(MESON + "(\n")
        faults = faults_of(said_by("first"), 1, "cannot configure; its reason stands above\n", "0 passed, 1 failed")
        (root / "meson.build").write_text(MESON)
        faults += faults_of(said_by(), 0, "2 passed, 0 failed")
        kept = folder / "kept"
        kept.touch()
        (root / "meson.build").write_text(MESON + "(\n")
        for words in ([], ["first"], ["first"]):
            told = said_by(*words)
            faults += faults_of(told, 1, "cannot configure; its reason stands above. What is built stays; ", "0 passed, 1 failed")
            faults += ["the mistake is told twice"] if told[1].count("cannot configure") > 1 else []
        (root / "meson.build").write_text(MESON)
        faults += faults_of(said_by(), 0, "2 passed, 0 failed")
        faults += [] if kept.exists() else ["the build folder was deleted"]
        (root / "meson.build").write_text(MESON + "dependency('no_such_package')\n")
        return faults + faults_of(said_by(), 1, "stands above (a missing package?)", "0 passed, 1 failed")


def not_writable():
    with project() as root:
        (root / "build").touch()
        return faults_of(said_by(), 2, "gcc-native cannot be written: Not a directory")


def named():
    with project():
        faults = faults_of(said_by("--quick", "second"), 2,
                           "./dev: 'second' means second, none of the quick tests: leave out --quick")
        faults += faults_of(said_by("clangs"), 2, "./dev: 'clangs' means clangs_own, which only some builds of Clang have: --all")
        return faults + faults_of(said_by("frist"), 2, "./dev: no test matches 'frist'; near it are first")


RECORDS = [
    ({"result": "OK", "stdout": "[doctest] test cases: 3 | 2 passed | 0 failed | 1 skipped"}, "2 passed, 0 failed, 1 skipped"),
    ({"result": "OK", "stdout": "[doctest] test cases: 0 | 0 passed | 0 failed | 0 skipped"}, "0 passed, 1 failed"),
    ({"result": "FAIL", "stdout": "0 passed, 0 failed"}, "0 passed, 1 failed"),
    ({"result": "FAIL", "stdout": "2 passed, 3 failed"}, "2 passed, 3 failed"),
    ({"result": "OK", "stdout": ""}, "1 passed, 0 failed"),
    ({"result": "SKIP", "stdout": ""}, "0 passed, 0 failed, 1 skipped"),
]


def counted():
    return [f"{record} is counted as {testing.count_of(record)}, and is {wanted}" for record, wanted in RECORDS
            if str(testing.count_of(record)) != wanted]


def alone():
    """The line that runs a test by itself sets what its environment has beyond the user's."""
    record = {"command": ["/a b/test"], "env": {"HOME": os.environ.get("HOME"), "HOURGLASS_FEW": "1", "HOURGLASS_TIMES": "t"}}
    return [] if testing.alone(record) == "env HOURGLASS_FEW=1 '/a b/test'" else [testing.alone(record)]


if __name__ == "__main__":
    report((name, check(), "repair tools/testing.py or tools/builds.py") for name, check in (
        ("a test that does not compile", compiled), ("a mistake in a meson.build", configured),
        ("a build folder that is not to be written", not_writable), ("the tests of other builds", named),
        ("what tests nothing", counted), ("a test by itself", alone)))
