"""The builds: how each is configured, what it is for, and which of them `./dev test --all` makes."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from machine import NEEDED_FLAGS, native_width, runs_here, widths_of_this_processor
from processes import run_or_stop, say, stop
from timing import TIMED

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
# For ccache, where it is installed: what a precompiled header needs, and no preprocessing to find an object.
CCACHE = {"CCACHE_SLOPPINESS": "pch_defines,time_macros,include_file_mtime,include_file_ctime", "CCACHE_DEPEND": "1"}


@dataclass
class Build:
    name: str                   # of the folder under build/
    compiler: str = "g++"
    simd: str = "native"
    group: str = ""             # of the tests in tests/meson.build; empty: all of them
    optimization: str = "2"
    options: list = field(default_factory=list)
    slowdown: int = 1           # how many times as long a test may take
    jobs: int = 1
    without: str = ""           # a group that it leaves to another build

    @property
    def folder(self):
        return BUILD / self.name

    @property
    def times(self):
        """What tools/timed writes for this build."""
        return self.folder / "times.txt"

    def environment(self):
        return {**os.environ, **CCACHE, "HOURGLASS_TIMES": str(self.times)}

    def launched(self):
        """The compiler, and what it is started through."""
        return [str(TIMED), *(["ccache"] if shutil.which("ccache") else []), self.compiler]

    def configure(self):
        # What is not a release keeps its asserts.
        kind = [] if self.optimization == "3" else [f"-Doptimization={self.optimization}", "-Db_ndebug=false"]
        arguments = ["meson", "setup", str(self.folder), str(ROOT), f"-Dsimd={self.simd}", *kind, *self.options]
        stamp, wanted = self.folder / "configured", json.dumps([self.launched(), *arguments])
        if stamp.exists() and stamp.read_text() == wanted:  # what changed in meson.build is seen by ninja
            arguments = ["ninja", "-C", str(self.folder), "build.ninja"]
        elif self.folder.exists():
            shutil.rmtree(self.folder)
        done = subprocess.run(arguments, env={**self.environment(), "CXX": shlex.join(self.launched())}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            print(done.stdout)
            stamp.unlink(missing_ok=True)
            say(f"{self.name}: meson cannot configure; its reason stands above (a missing package?)")
            return False
        stamp.write_text(wanted)
        return True

    def compile(self, targets=()):
        if not self.configure():
            return False
        self.times.unlink(missing_ok=True)
        return run_or_stop(["ninja", "-C", self.folder, "-j", str(self.jobs), "-k", "0", "--quiet", *targets],
                           env=self.environment()) == 0

    def tests(self):
        """The tests that this build runs: name -> executable, relative to the folder, or None for a script."""
        told = subprocess.run(["meson", "introspect", "--tests", self.folder], text=True, capture_output=True, check=True)
        found = {}
        for test in json.loads(told.stdout):
            groups = {suite.split(":")[-1] for suite in test["suite"]}
            if (not self.group or self.group in groups) and self.without not in groups:
                program = Path(test["cmd"][0])
                found[test["name"]] = (str(program.relative_to(self.folder))
                                       if program.is_relative_to(self.folder) else None)
        return found


def examples():
    """The names of the examples, which are those of their models."""
    return sorted(path.stem for path in (ROOT / "examples").glob("*.cpp"))


def find_clang():
    return next((name for name in ("clang++-19", "clang++") if shutil.which(name)), None)


TESTED = ["-Dtests=enabled", "-Dopenmp=enabled"]
CHECKED = [*TESTED, "-Dwerror=true"]
# The sanitizers make GCC warn of what cannot happen, so there warnings are no errors.
SANITIZED = [*TESTED, "-Dcpp_args=-g1", "-Db_lundef=false"]


def main_build(simd, jobs):
    return Build(f"gcc-{simd}", simd=simd, jobs=jobs, options=CHECKED)


def quick_build(jobs, group):
    """For while one writes: what tells most in little time, without optimisation."""
    return Build("gcc-quick", group=group, optimization="0", options=CHECKED, jobs=jobs)


def matrix(jobs):
    """Every build of `test --all`. The first of each compiler runs all tests, the others the group that they are for;
    what knows nothing of compilers runs once."""
    clang = find_clang() or stop("no clang++-19 found; it is needed for --all")
    builds = []
    for family, compiler in (("gcc", "g++"), ("clang", clang)):
        # At -O2 once; what another compiler makes of the same source shows at -O1, in three quarters of the time.
        builds.append(Build(f"{family}-native", compiler, without="once" if builds else "",
                            optimization="1" if builds else "2", options=CHECKED, jobs=jobs))
        builds += [Build(f"{family}-{width}", compiler, width, "widths", "1", CHECKED, jobs=jobs)
                   for width in widths_of_this_processor() if width not in ("native", native_width())]
        builds.append(Build(f"{family}-address", compiler, "native", "sanitizers", "1",
                            [*SANITIZED, "-Db_sanitize=address,undefined"], slowdown=5, jobs=jobs,
                            without="costly" if family == "gcc" else ""))
    builds.append(Build("gcc-serial", "g++", "native", "widths", "1", [*CHECKED, "-Dopenmp=disabled"], jobs=jobs))
    builds.append(Build("clang-thread", clang, "native", "threads", "1",
                        [*SANITIZED, "-Db_sanitize=thread"], slowdown=10, jobs=jobs))
    return builds


def plan(builds, patterns=()):
    say("The plan:")
    for build in builds:
        what = f"the tests of the group {build.group}" if build.group else "every test"
        what += f" but the group {build.without}" if build.without else ""
        what += f", of these {' '.join(patterns)}" if patterns else ""
        how = "" if runs_here(build.simd) else "; compiled only, this machine lacks it"
        width = f"native ({native_width()})" if build.simd == "native" else build.simd
        print(f"    {build.name:<16} {build.compiler:<12} {width:<16} -O{build.optimization}  {what}{how}")
    sys.stdout.flush()


def chosen_simd():
    simd = os.environ.get("HOURGLASS_SIMD", "native")
    if simd not in NEEDED_FLAGS:
        stop(f"HOURGLASS_SIMD is {simd}; it can be {', '.join(NEEDED_FLAGS)}")
    return simd


def release(jobs):
    simd = chosen_simd()
    if not runs_here(simd):
        stop(f"this machine lacks {simd}; choose another HOURGLASS_SIMD")
    return Build(f"release-{simd}", simd=simd, optimization="3", jobs=jobs)
