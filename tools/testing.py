"""./dev test: compiles the tests of one build or of many, runs them and counts."""

import json
import re
import sys
import time
from dataclasses import dataclass

from builds import chosen_simd, main_build, matrix, plan
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
    good = record["result"] in ("OK", "EXPECTEDFAIL")
    count = Count(*(int(number or 0) for number in said[-1])) if said else Count(
        passed=int(good), skipped=int(record["result"] == "SKIP"))
    if not good and record["result"] != "SKIP" and count.failed == 0:
        count.failed = 1  # a crash, a time-out, a leak found at the end
    return count


def run(build, patterns, times):
    """Compiles a build's tests that match, without names also its other targets, and runs the tests; answers the
    count."""
    say(f"{build.name}: compiling")
    start, count = time.monotonic(), Count()
    with times.measured("compiling"):
        configured = build.configure()
    if not configured:
        return Count(failed=1)
    tests = build.tests()
    tests = {name: tests[name] for name in matching(tests, patterns)}
    programs = [program for program in tests.values() if program]
    if not tests:
        say(f"{build.name}: no tests")
        return count
    with times.measured("compiling"):
        compiles = build.compile([*programs, *(() if patterns else build.targets)] or ["build.ninja"])
    times.add_compiled(build.name, build.times)
    if not compiles:
        say(f"{build.name}: does not compile; the compiler's reasons stand above")
        count.failed += 1
    compiled = time.monotonic()
    if not runs_here(build.simd):
        count.skipped += len(programs)
        say(f"{build.name}: compiled in {compiled - start:.0f} s; not run: this machine lacks {build.simd}")
        return count

    there = [name for name, program in tests.items() if not program or (build.folder / program).exists()]
    with times.measured("running"):
        records = records_of(build, there)
    times.add_run(build.name, build.times, {" ".join(record["command"]): record["name"] for record in records})
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


def records_of(build, names):
    """Runs tests of a build that are compiled; answers what Meson's log says of each."""
    log = build.folder / "meson-logs" / f"testlog-{TIMED.name}.json"  # as Meson names it after a wrapper
    log.unlink(missing_ok=True)
    build.times.unlink(missing_ok=True)
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


def test(arguments):
    if arguments.flag("--oracle"):
        oracle(arguments)
    jobs, everything, quick = arguments.jobs(), arguments.flag("--all"), arguments.flag("--quick")
    patterns = arguments.names("test")
    if everything and quick:
        stop("test runs everything, with --all, or the quick tests, with --quick")
    start, times, results = time.monotonic(), Times(), []
    builds = matrix(jobs) if everything else [
        main_build(chosen_simd(), jobs, ("quick",) if quick else (), ("clang", "lint", "trained"))]
    if patterns:
        builds[0].without = ()  # it can run every test
        if builds[0].configure():
            selected(builds[0].tests(), patterns)
    plan(builds, patterns)
    for build in builds:
        before = processor_seconds()
        results.append((build, run(build, patterns, times), processor_seconds() - before))

    total = Count()
    times.show()
    say(f"All of it, in {(time.monotonic() - start) / 60:.1f} minutes:")
    for build, count, seconds in results:
        print(f"    {build.name:<16} {count}, in {seconds:.0f} s of processor time")
        total += count
    if total.passed + total.failed == 0:
        print("No test ran.")
    print(total)
    sys.exit(1 if total.failed or not total.passed else 0)
