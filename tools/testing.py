"""./dev test: compiles the tests of one build or of many, runs them and counts."""

import json
import os
import re
import shlex
import sys
import time
from dataclasses import dataclass

from builds import chosen_simd, main_build, matrix, plan, tests_of_some_builds
from machine import runs_here
from oracle import oracle
from processes import run_or_stop, say, stop
from selection import matching, selected
from timing import TIMED, Times, processor_seconds


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
    good = is_good(record)
    count = Count(*(int(number or 0) for number in said[-1])) if said else Count(
        passed=int(good), skipped=int(record["result"] == "SKIP"))
    if not good and record["result"] != "SKIP" and count.failed == 0:
        count.failed = 1  # a crash, a time-out, a leak found at the end
    if count == Count():
        count.failed = 1  # nothing was tested
    return count


def is_good(record):
    return record["result"] in ("OK", "EXPECTEDFAIL")


def alone(record):
    """A command line that runs the test by itself, with what its environment has beyond this one."""
    more = [f"{name}={value}" for name, value in sorted((record.get("env") or {}).items())
            if os.environ.get(name) != value and name != "HOURGLASS_TIMES"]
    return shlex.join([*(["env", *more] if more else []), *record["command"]])


class NotConfigured(Exception):
    """Meson cannot configure a build, and has said why: the others would fail alike."""


def run(build, patterns, times):
    """Compiles a build's tests that match, without names also its other targets, and runs the tests; answers the
    count."""
    say(f"{build.name}: compiling")
    start, count = time.monotonic(), Count()
    with times.measured("compiling"):
        configured = build.configure()
    if not configured:
        raise NotConfigured
    tests = build.tests()
    tests = {name: tests[name] for name in matching(tests, patterns)}
    if not tests:
        say(f"{build.name}: no tests")
        return count
    with times.measured("compiling"):
        broken = not_compiled(build, {**tests, **({} if patterns else {target: [target] for target in build.targets})})
    times.add_compiled(build.name, build.times)
    count.failed += len(broken)
    tests = {name: programs for name, programs in tests.items() if name not in broken}
    compiled = time.monotonic()
    if not runs_here(build.simd):
        count.skipped += sum(bool(programs) for programs in tests.values())
        say(f"{build.name}: compiled in {compiled - start:.0f} s; not run: this machine lacks {build.simd}")
        return count

    with times.measured("running"):
        records = records_of(build, list(tests))
    times.add_run(build.name, build.times, {tuple(record["command"]): record["name"] for record in records})
    count += judged(build, records)
    for name in sorted(set(tests) - {record["name"] for record in records}):
        say(f"{build.name}: {name}: meson did not run it")
        count.failed += 1
    say(f"{build.name}: {count} (compiled in {compiled - start:.0f} s, run in {time.monotonic() - compiled:.0f} s)")
    return count


def judged(build, records):
    """The count of tests that ran; what is wrong is printed."""
    count = Count()
    for record in records:
        part = count_of(record)
        count += part
        if part.failed:
            say(f"{build.name}: {record['name']}: {'no case ran' if is_good(record) else record['result']}")
            print((record.get("stdout") or "") + (record.get("stderr") or ""), flush=True)
            say(f"that was {record['name']} of {build.name}; alone: {alone(record)}")
    return count


def not_compiled(build, programs):
    """Compiles programs (name -> targets); answers the names of those that are not there or are older than their
    sources."""
    if build.compile(sorted(set().union(*programs.values())) or ["build.ninja"]):
        return []
    broken = [name for name, targets in programs.items() if not all(build.is_made(target) for target in targets)]
    say(f"{build.name}: does not compile, so not run: {', '.join(broken)}; the compiler's reasons stand above"
        if broken else f"{build.name}: ninja fails, though everything is compiled; its reason stands above")
    return broken or ["ninja"]


def records_of(build, names):
    """Runs tests of a build that are compiled; answers what Meson's log says of each."""
    log = build.folder / "meson-logs" / f"testlog-{TIMED.name}.json"  # as Meson names it after a wrapper
    build.forget(log)
    build.forget(build.times)
    if names:
        run_or_stop(["meson", "test", "-C", build.folder, "--no-rebuild", "--num-processes", str(build.jobs),
                     "--timeout-multiplier", str(build.slowdown), f"--wrapper={TIMED}", *names],
                    env={**build.environment(), "HOURGLASS_JOBS": str(build.jobs)})
    records = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    for record in records:
        record["name"] = record["name"].split(" / ")[-1]  # without its groups
        if record["command"][:1] == [str(TIMED)]:
            del record["command"][0]
    return records


def named(builds, patterns, quick):
    """Stops where a name matches no test of the builds."""
    names, others = {}, {}
    for build in builds:  # most names are in the first
        if all(matching(names, [pattern]) for pattern in patterns):
            return
        if not build.configure():
            raise NotConfigured
        names |= build.tests()
    if quick:
        others |= dict.fromkeys(builds[0].tests(every=True), "none of the quick tests: leave out --quick")
    if len(builds) == 1:
        others |= dict.fromkeys(tests_of_some_builds(), "which only some builds of Clang have: --all")
    selected(list(names), patterns, others)


def test(arguments):
    if arguments.flag("--oracle"):
        sys.exit(oracle(arguments))
    for name in ("--models", "--seed"):
        if arguments.values(name):
            stop(f"{name} belongs to test --oracle")
    jobs, everything, quick = arguments.jobs(), arguments.flag("--all"), arguments.flag("--quick")
    patterns = arguments.names("test")
    if everything and quick:
        stop("test runs everything, with --all, or the quick tests, with --quick")
    start, times, results = time.monotonic(), Times(), []
    builds = matrix(jobs) if everything else [
        main_build(chosen_simd(), jobs, ("quick",) if quick else (), ("clang", "lint", "trained"))]
    if "" in patterns:
        stop("test wants names that are not empty")
    total = Count()
    try:
        if patterns:
            builds[0].without = ()  # it can run every test
            named(builds, patterns, quick)
        plan(builds, patterns)
        for build in builds:
            before = processor_seconds()
            results.append((build, run(build, patterns, times), processor_seconds() - before))
    except NotConfigured:
        total.failed += 1

    times.show()
    say(f"All of it, in {(time.monotonic() - start) / 60:.1f} minutes:")
    for build, count, seconds in results:
        print(f"    {build.name:<16} {count}, in {seconds:.0f} s of processor time")
        total += count
    if total.passed + total.failed == 0:
        print("No test ran.")
    print(total)
    sys.exit(1 if total.failed or not total.passed else 0)
