"""What ./dev does once everything is installed: configures builds, compiles, runs, counts. ./dev itself explains."""

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
WIDTHS = ["avx512", "avx2", "sse", "scalar"]
NEEDED_FLAGS = {  # of /proc/cpuinfo, for a program compiled at that width to run
    "avx512": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx2", "fma"},
    "avx2": {"avx2", "fma", "bmi1", "bmi2", "f16c", "movbe"},
    "sse": {"sse4_2", "ssse3", "popcnt"},
    "scalar": set(),
    "native": set(),
}


def stop(message):
    print(f"./dev: {message}", file=sys.stderr)
    sys.exit(2)


def say(message):
    print(f"==> {message}", flush=True)


def run_to_its_end(command, **options):
    """Runs a program in the foreground; answers its exit status as a shell does, and whether there was a Ctrl-C.

    The terminal sends Ctrl-C to the program too, and it alone decides what to do: a training finishes its step and
    saves, which takes a while. (subprocess.run would wait for a quarter of a second, then kill it.)
    """
    pressed = []
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # a handler goes back to the default in the child, SIG_IGN would be handed on
        signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        status = subprocess.Popen(command, **options).wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return status if status >= 0 else 128 - status, bool(pressed)


def run_or_stop(command, **options):
    """The same as a part of more to do: a Ctrl-C ends it all, once this program has ended. Answers its status."""
    status, pressed = run_to_its_end(command, **options)
    if pressed:
        raise KeyboardInterrupt
    return status


# --- the machine

def cpu_flags():
    try:
        return set(re.search(r"^flags\s*:(.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)[1].split())
    except (OSError, TypeError):
        return set()


def runs_here(simd):
    return NEEDED_FLAGS[simd] <= cpu_flags()


def widths_of_this_processor():
    """The widths that the compilers can compile for; x86 has four, others what they are and none."""
    return WIDTHS if platform.machine() in ("x86_64", "AMD64") else ["native", "scalar"]


def native_width():
    return next((width for width in WIDTHS[:-1] if runs_here(width)), "scalar") if cpu_flags() else "native"


def default_jobs():
    """One per core, but no more than memory holds at 1.5 GB a compilation."""
    cores = len(os.sched_getaffinity(0))
    try:
        available = int(re.search(r"MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text())[1]) * 1024
    except (OSError, TypeError):
        return cores
    return max(1, min(cores, int(available / 1.5e9)))


# --- builds

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

    def configure(self):
        # What is not a release keeps its asserts.
        kind = [] if self.optimization == "3" else [f"-Doptimization={self.optimization}", "-Db_ndebug=false"]
        arguments = ["meson", "setup", str(self.folder), str(ROOT), f"-Dsimd={self.simd}", *kind, *self.options]
        stamp, wanted = self.folder / "configured", json.dumps([self.compiler, *arguments])
        if stamp.exists() and stamp.read_text() == wanted:  # what changed in meson.build is seen by ninja
            arguments = ["ninja", "-C", str(self.folder), "build.ninja"]
        elif self.folder.exists():
            shutil.rmtree(self.folder)
        done = subprocess.run(arguments, env={**os.environ, "CXX": self.compiler}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            print(done.stdout)
            stamp.unlink(missing_ok=True)
            say(f"{self.name}: meson cannot configure; its reason stands above (a missing package?)")
            return False
        stamp.write_text(wanted)
        return True

    def compile(self, targets=()):
        return self.configure() and run_or_stop(
            ["ninja", "-C", self.folder, "-j", str(self.jobs), "-k", "0", "--quiet", *targets]) == 0

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


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __iadd__(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        return self

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


DOCTEST = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed \|\s*(\d+) skipped")
SCRIPT = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)


def count_of(record):
    """What one test of Meson's log says of itself: doctest's cases, a script's own sum, or itself as one."""
    said = DOCTEST.findall(record.get("stdout") or "") or SCRIPT.findall(record.get("stdout") or "")
    good = record["result"] in ("OK", "EXPECTEDFAIL")
    count = Count(*(int(number or 0) for number in said[-1])) if said else Count(
        passed=int(good), skipped=int(record["result"] == "SKIP"))
    if not good and record["result"] != "SKIP" and count.failed == 0:
        count.failed = 1  # a crash, a time-out, a leak found at the end
    return count


def examples():
    """The names of the examples, which are those of their models."""
    return sorted(path.stem for path in (ROOT / "examples").glob("*.cpp"))


def run(build, targets=()):
    """Compiles a build's tests and what else is named, and runs the tests; answers the count."""
    say(f"{build.name}: compiling")
    start, count = time.monotonic(), Count()
    if not build.configure():
        return Count(failed=1)
    tests = build.tests()
    programs = [program for program in tests.values() if program]
    if not tests:
        say(f"{build.name}: no tests")
        return count
    if not build.compile([*programs, *targets] or ["all"]):
        say(f"{build.name}: does not compile; the compiler's reasons stand above")
        count.failed += 1
    compiled = time.monotonic()
    if not runs_here(build.simd):
        count.skipped += len(programs)
        say(f"{build.name}: compiled in {compiled - start:.0f} s; not run: this machine lacks {build.simd}")
        return count

    there = [name for name, program in tests.items() if not program or (build.folder / program).exists()]
    log = build.folder / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    if there:
        run_or_stop(["meson", "test", "-C", build.folder, "--no-rebuild", "--num-processes", str(build.jobs),
                     "--timeout-multiplier", str(build.slowdown), *there],
                    env={**os.environ, "HOURGLASS_JOBS": str(build.jobs)})
    records = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    for record in records:
        part = count_of(record)
        count += part
        if part.failed:
            say(f"{build.name}: {record['name']}: {record['result']}")
            print((record.get("stdout") or "") + (record.get("stderr") or ""), flush=True)
            say(f"that was {record['name']} of {build.name}; alone: {' '.join(record['command'])}")
    count.failed += max(0, len(there) - len(records)) + len(tests) - len(there)
    say(f"{build.name}: {count} (compiled in {compiled - start:.0f} s, run in {time.monotonic() - compiled:.0f} s)")
    return count


def find_clang():
    return next((name for name in ("clang++-19", "clang++") if shutil.which(name)), None)


TESTED = ["-Dtests=enabled", "-Dopenmp=enabled"]
CHECKED = [*TESTED, "-Dwerror=true"]
# The sanitizers make GCC warn of what cannot happen, so there warnings are no errors.
SANITIZED = [*TESTED, "-Dcpp_args=-g1", "-Db_lundef=false"]


def main_build(simd, jobs):
    return Build(f"gcc-{simd}", simd=simd, jobs=jobs, options=CHECKED)


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


def plan(builds):
    say("The plan:")
    for build in builds:
        what = f"the tests of the group {build.group}" if build.group else "every test"
        what += f" but the group {build.without}" if build.without else ""
        how = "" if runs_here(build.simd) else "; compiled only, this machine lacks it"
        width = f"native ({native_width()})" if build.simd == "native" else build.simd
        print(f"    {build.name:<16} {build.compiler:<12} {width:<16} -O{build.optimization}  {what}{how}")
    sys.stdout.flush()


# --- the commands

class Arguments:
    """The command line: takes out what ./dev itself understands; what is left is for others, or a mistake."""

    def __init__(self, words):
        self.words = words

    def values(self, name):
        """Of every --name VALUE or --name=VALUE before a `--`."""
        results, rest = [], []
        words = iter(self.words)
        for word in words:
            if word == "--":
                rest += [word, *words]
            elif word == name:
                results.append(next(words, None) or stop(f"{name} wants a value"))
            elif word.startswith(name + "="):
                results.append(word.split("=", 1)[1])
            else:
                rest.append(word)
        self.words = rest
        return results

    def value(self, name, default):
        """The last of them."""
        return (self.values(name) or [default])[-1]

    def flag(self, name):
        found = name in self.words
        self.words = [word for word in self.words if word != name]
        return found

    def jobs(self):
        value = self.value("--jobs", str(default_jobs()))
        return int(value) if value.isdigit() and int(value) else stop(f"--jobs wants a number above 0, not {value}")

    def finish(self, command):
        if self.words:
            stop(f"{command} does not know {self.words[0]}; see ./dev {command} --help")


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


def demo(arguments):
    jobs = arguments.jobs()
    model = arguments.value("--model", "variational")
    models = examples()
    if model not in models:
        stop(f"there is no model '{model}'; the models are {', '.join(models) or 'not written yet'}")
    out = Path(arguments.value("--out", str(ROOT / "out" / model)))
    data = arguments.value("--data", "")  # else each program knows what it trains on
    build = release(jobs)
    program = f"examples/hourglass-{model}"
    if not build.compile([program]):
        sys.exit(1)
    rest = [word for word in arguments.words if word != "--"]
    say(f"training {model}" + (f" on {data}" if data else ""))
    done, _ = run_to_its_end([build.folder / program, "--out", out, *(["--data", data] if data else []), *rest])
    if done == 0 and (pictures := sorted(out.glob("*.png"))):
        say("The pictures:")
        for picture in pictures:
            print(f"    {picture}")
    sys.exit(done)


def test(arguments):
    jobs, everything = arguments.jobs(), arguments.flag("--all")
    arguments.finish("test")
    start = time.monotonic()
    builds = matrix(jobs) if everything else [main_build(chosen_simd(), jobs)]
    plan(builds)
    results = []
    for build in builds:
        # With --all everything is compiled, too; but the benchmarks, which are timed with GCC, only by that.
        targets = []
        if everything and not build.group:
            targets = ["all"] if build is builds[0] else [f"examples/hourglass-{name}" for name in examples()]
        results.append((build, run(build, targets)))

    total = Count()
    say(f"All of it, in {(time.monotonic() - start) / 60:.1f} minutes:")
    for build, count in results:
        print(f"    {build.name:<16} {count}")
        total += count
    if total.passed + total.failed == 0:
        print("No test ran.")
    print(total)
    sys.exit(1 if total.failed or not total.passed else 0)


# What the gradients' benchmark can time, if it is given a copy, and the file by which that is known.
PEERS = {
    "adept": "include/adept_arrays.h",
    "autodiff": "autodiff/reverse/var.hpp",
    "codipack": "include/codi.hpp",
    "cppad": "include/cppad/configure.hpp",
    "ddx": "include/ddx.hpp",
    "fastad": "include/fastad",
    "stan": "include/stan/math.hpp",
    "xad": "include/XAD/Config.hpp",
}


def copies_of_peers(given, cxx23):
    """The --peer NAME=PATH of the command line as Meson's options."""
    found = {}
    for words in given:
        name, _, path = words.partition("=")
        if name not in PEERS or not path:
            stop(f"--peer wants NAME=PATH, not {words}; the names are {', '.join(PEERS)}")
        path, file = Path(path).resolve(), PEERS[name]
        if not any((path / place).is_file() for place in (file, f"include/{file}")):
            stop(f"there is no {name} in {path}: {file} is missing; some are copies as they are, some installed ones")
        found[name] = path
    options = [f"-Dpeers={','.join(f'{name}={path}' for name, path in sorted(found.items()))}"] if found else []
    if "ddx" in found:
        cxx23 = cxx23 or next(filter(shutil.which, ("g++-15", "g++-14", "clang++-20")), None)
        options.append(f"-Dcxx23={cxx23 or stop('ddx wants GCC 14, or Clang with its library: name it by --cxx23')}")
    return options


def bench(arguments):
    jobs, json_path, compile_time = arguments.jobs(), arguments.value("--json", ""), arguments.flag("--compile")
    gradients, only = arguments.flag("--gradients"), arguments.value("--only", "")
    shorter = [f"{name}={path}" for name in ("fastad", "ddx") for path in arguments.values(f"--{name}")]
    copies = copies_of_peers([*shorter, *arguments.values("--peer")], arguments.value("--cxx23", ""))
    arguments.finish("bench")
    if compile_time and gradients:
        stop("bench measures one thing at a time: --compile or --gradients")
    if (copies or only) and not gradients:
        stop("--fastad, --ddx, --peer and --only belong to bench --gradients")
    extra = ["--json", json_path] if json_path else []
    build = release(jobs)
    if compile_time:
        example = "examples/hourglass-variational"
        if not build.compile([example]):
            sys.exit(1)
        sys.exit(run_to_its_end([sys.executable, ROOT / "bench" / "compile_time.py", *extra,
                                 "--binary", build.folder / example])[0])
    program = "bench/bench-train_step"
    if gradients:
        program = "bench/bench-gradients"
        extra += ["--only", only] if only else []
    if copies:
        build.name += "-peers"
        build.options = copies
    if not build.compile([program]):
        sys.exit(1)
    sys.exit(run_to_its_end([build.folder / program, *extra])[0])


def lint(arguments):
    os.environ["HOURGLASS_JOBS"] = str(arguments.jobs())
    arguments.finish("lint")
    total = Count()
    if shutil.which("clang-format"):
        sources = [path for folder in ("include", "src", "tests", "examples", "bench")
                   for path in sorted((ROOT / folder).rglob("*.[ch]pp"))]
        say("Formatting")
        done = subprocess.run(["clang-format", "--dry-run", "--Werror", *sources], text=True, capture_output=True)
        wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error:", done.stderr, re.MULTILINE)))
        for path in wrong:
            print(f"FAILED: {os.path.relpath(path, ROOT)} is not formatted: clang-format -i {os.path.relpath(path)}")
        if done.returncode and not wrong:
            print(done.stderr)
        total += Count(passed=len(sources) - len(wrong), failed=len(wrong) or int(done.returncode != 0))
    else:
        say("Formatting is not checked: clang-format is not installed")
    for script in ("layering", "listed", "headers"):
        say(script.capitalize())
        done = subprocess.run([sys.executable, ROOT / "tests" / "sources" / f"{script}.py"], text=True,
                              stdout=subprocess.PIPE)
        print(done.stdout, end="")
        total += count_of({"stdout": done.stdout, "result": "OK" if done.returncode == 0 else "FAIL"})
    print(total)
    sys.exit(1 if total.failed else 0)


if __name__ == "__main__":
    try:
        {"demo": demo, "test": test, "bench": bench, "lint": lint}[sys.argv[1]](Arguments(sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
