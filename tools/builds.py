"""The builds: how each is configured, what it is for, and which of them `./dev test --all` makes."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from machine import NEEDED_FLAGS, native_width, runs_here, widths_of_this_processor
from processes import run_or_stop, say, shown, stop
from timing import TIMED

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
CACHED = Path(__file__).resolve().parent / "cached"  # put before a compiler


@contextmanager
def writing():
    """What is done inside writes under build/; where that cannot be, it is said."""
    try:
        yield
    except OSError as fault:
        stop(f"{os.path.relpath(fault.filename)} cannot be written: {fault.strerror}")


def hint_on(said, known, folder):
    """What may help where Meson fails."""
    if re.search(r"not found|Unknown compiler", said):
        return " (a missing package?)"
    return f". What is built stays; if no meson.build is at fault, delete {os.path.relpath(folder)}" if known else ""


@dataclass
class Build:
    name: str                   # of the folder under build/
    compiler: str = "g++"
    simd: str = "native"
    groups: tuple = ()          # of the tests in tests/meson.build; none: all of them
    optimization: str = "2"
    options: list = field(default_factory=list)
    slowdown: int = 1           # how many times as long a test may take
    jobs: int = 1
    without: tuple = ()         # groups that it leaves to another build,
    always: tuple = ()          # but not what is in one of these too
    targets: tuple = ()         # what else it compiles

    @property
    def folder(self):
        return BUILD / self.name

    @property
    def times(self):
        """What tools/timed writes for this build."""
        return self.folder / "times.txt"

    def environment(self):
        few = {"HOURGLASS_FEW": "1"} if {"quick", "sanitizers"} & set(self.groups) else {}  # see tests/support/shares.hpp
        return {**os.environ, "HOURGLASS_TIMES": str(self.times), **few}

    def launched(self):
        """The compiler, and what it is started through."""
        return [str(TIMED), *([str(CACHED)] if shutil.which("ccache") else []), self.compiler]

    def configure(self):
        # What is not a release keeps its asserts.
        kind = [] if self.optimization == "3" else [f"-Doptimization={self.optimization}", "-Db_ndebug=false"]
        arguments = ["meson", "setup", str(self.folder), str(ROOT), f"-Dsimd={self.simd}", "-Ddevelopment=true", *kind,
                     *self.options]
        stamp, wanted = self.folder / "configured", json.dumps([self.launched(), *arguments])
        with writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            known = stamp.exists() and stamp.read_text() == wanted and (self.folder / "build.ninja").exists()
            if known:  # what changed in a meson.build is seen by ninja
                arguments = ["ninja", "-C", str(self.folder), "build.ninja"]
            else:
                shutil.rmtree(self.folder)
        done = subprocess.run(arguments, env={**self.environment(), "CXX": shlex.join(self.launched())}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            print(done.stdout)
            say(f"{self.name}: meson cannot configure; its reason stands above{hint_on(done.stdout, known, self.folder)}")
            return False
        if not known:
            with writing():
                stamp.write_text(wanted)
        return True

    def compile(self, targets=(), watched=False):
        """watched: somebody waits for it alone, so each file is told, and how many there are."""
        if not self.configure():
            return False
        self.forget(self.times)
        return run_or_stop(["ninja", "-C", self.folder, "-j", str(self.jobs), "-k", "0",
                            *([] if watched else ["--quiet"]), *targets], env=self.environment()) == 0

    def is_made(self, target):
        """Whether a target is there and made of the sources as they are now."""
        told = subprocess.run(["ninja", "-C", self.folder, "-n", target], text=True, env=self.environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return told.returncode == 0 and "no work to do" in told.stdout

    def forget(self, path):
        """Deletes a file of the folder."""
        with writing():
            path.unlink(missing_ok=True)

    def takes(self, groups):
        """Whether it runs a test of these groups."""
        left_out = groups & set(self.without) and not groups & set(self.always)
        return (not self.groups or bool(groups & set(self.groups))) and not left_out

    def tests(self, every=False):
        """The tests that this build runs, or every one that it has: name -> its programs, relative to the folder, also
        where a script runs them."""
        programs = {file for target in self.introspected("--targets") for file in target["filename"]}
        return {test["name"]: [os.path.relpath(path, self.folder) for word in test["cmd"]
                               if (path := os.path.normpath(self.folder / word)) in programs]
                for test in self.introspected("--tests")
                if every or self.takes({suite.split(":")[-1] for suite in test["suite"]})}

    def introspected(self, what):
        told = subprocess.run(["meson", "introspect", what, self.folder], text=True, capture_output=True, check=True)
        return json.loads(told.stdout)


def examples():
    """The names of the examples, which are those of their models."""
    return sorted(path.stem for path in (ROOT / "examples").glob("*.cpp"))


def find_clang():
    return next((name for name in ("clang++-19", "clang++") if shutil.which(name)), None)


TESTED = ["-Dtests=enabled"]
CHECKED = [*TESTED, "-Dwerror=true"]
# The sanitizers make GCC warn of what cannot happen, so there warnings are no errors.
SANITIZED = [*TESTED, "-Dcpp_args=-g1", "-Db_lundef=false"]


# What compiles in the least time and still runs fast. GCC takes as long for -O0 as for -O1 and a quarter less for -Og.
# With a sanitizer Clang takes a third of -O1's time for -O0.
FOR_GCC, FOR_CLANG, FOR_CLANG_SANITIZED = "g", "1", "0"
VECTORS = ("kernels", "widths")  # the groups of tests that have vectors


def main_build(simd, jobs, groups=(), without=(), always=()):
    return Build(f"gcc-{simd}", simd=simd, groups=groups, optimization=FOR_GCC, jobs=jobs, options=CHECKED,
                 without=without, always=always)


def width_builds(clang, jobs):
    """All of a width's tests run under one compiler, and its kernels under both. Where this machine lacks the width,
    only the kernels are compiled: nothing else has instructions of its own."""
    widths = [width for width in widths_of_this_processor() if width not in ("native", native_width())]
    for family, compiler, level in (("gcc", "g++", FOR_GCC), ("clang", clang, FOR_CLANG)):
        for n, width in enumerate(widths):
            whole = runs_here(width) and (family == "gcc") == (n % 2 == 0)
            yield Build(f"{family}-{width}", compiler, width, VECTORS if whole else ("kernels",), level, CHECKED, jobs=jobs)


def matrix(jobs):
    """Every build of `test --all`. Each test runs in one build of a compiler at least, and where more would say the same,
    in no other: a width or an optimiser runs what has vectors, a sanitizer what has pointers, the thread sanitizer what
    has threads, and each compiler's first build the rest, with the halves of a test's work that are its own."""
    clang = find_clang() or stop("no clang++-19 found; it is needed for --all")
    address, thread = [*SANITIZED, "-Db_sanitize=address,undefined"], [*SANITIZED, "-Db_sanitize=thread"]
    checked = "-Dwerror=true"  # GCC's sanitizers make it warn of what cannot happen, Clang's do not
    trained = [f"examples/hourglass-{name}" for name in examples()]  # their tests compile them for the other builds
    return [main_build("native", jobs, without=("clang", "trained", *VECTORS, "sanitizers"), always=("halves", "costly")),
            Build("gcc-optimised", "g++", "native", (*VECTORS, "trained"), "2", CHECKED, jobs=jobs,
                  targets=(*trained, "bench/bench-train_step")),
            Build("clang-native", clang, "native", (), FOR_CLANG, CHECKED, jobs=jobs,
                  without=("once", "gcc", "trained", "widths", "sanitizers"), always=("kernels", "halves")),
            *width_builds(clang, jobs),
            Build("gcc-address", "g++", "native", ("sanitizers",), FOR_GCC, address, 5, jobs, without=("costly",)),
            Build("clang-address", clang, "native", ("sanitizers",), FOR_CLANG_SANITIZED, [*address, checked], 5, jobs),
            Build("clang-thread", clang, "native", ("threads",), FOR_CLANG, [*thread, checked], 10, jobs)]


# The groups of tests/meson.build that a build leaves out.
LEFT_OUT = {"clang": "Clang's own", "gcc": "GCC's own", "lint": "lint's", "costly": "the costly", "once": "the scripts",
            "trained": "those that run whole programs", "kernels": "the kernels'",
            "widths": "the widths'", "sanitizers": "the sanitizers'"}


def listed(words, last="and"):
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def tests_in_words(build, patterns=()):
    """Which tests a build runs."""
    all_of_them = "every test" if not build.groups else "the quick tests" if build.groups == ("quick",) else \
        f"the tests of {listed(build.groups)}"
    what = f"of {all_of_them.replace('every test', 'all tests')} those that match {listed(patterns, 'or')}" \
        if patterns else all_of_them
    if build.without:
        what += f"; {listed([LEFT_OUT[group] for group in build.without])} are left out"
    return what + (f" where they are not of {listed(build.always, 'or')} too" if build.always else "")


def tests_of_some_builds():
    """The names of the tests that stand in a condition of tests/meson.build, so that not every build has them."""
    return re.findall(r"^ +test\('(\w+)'", (ROOT / "tests" / "meson.build").read_text(), re.MULTILINE)


def plan(builds, patterns=()):
    say("The plan:")
    for build in builds:
        what = tests_in_words(build, patterns)
        how = "" if runs_here(build.simd) else "; compiled only, this machine lacks it"
        width = f"native ({native_width()})" if build.simd == "native" else build.simd
        print(f"    {build.name:<16} {build.compiler:<12} {width:<16} -O{build.optimization}  {what}{how}")
    sys.stdout.flush()


def chosen_simd():
    simd = os.environ.get("HOURGLASS_SIMD", "native")
    if simd not in NEEDED_FLAGS:
        stop(f"HOURGLASS_SIMD is {shown(simd)}; it can be {', '.join(NEEDED_FLAGS)}")
    return simd


def release(jobs):
    simd = chosen_simd()
    if not runs_here(simd):
        stop(f"this machine lacks {simd}; choose another HOURGLASS_SIMD")
    return Build(f"release-{simd}", simd=simd, optimization="3", jobs=jobs)
