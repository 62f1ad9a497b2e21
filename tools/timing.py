"""Where the time of ./dev test goes, in processor seconds: tools/timed writes down each compilation and each test."""

import resource
import shlex
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from processes import say

TIMED = Path(__file__).resolve().parent / "timed"  # put before a command
MOST = 10    # of the slowest that are listed
LEAST = 0.5  # seconds: what ccache has at hand takes less


def processor_seconds():
    """Of all programs that this one has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def written_down(path):
    """What tools/timed wrote: the processor seconds and the words of each command."""
    for line in path.read_text().splitlines() if path.exists() else []:
        user, system, command = line.split(" ", 2)
        try:
            yield float(user) + float(system), shlex.split(command)
        except ValueError:  # a word with a line's end in it, which Bash spells in a way of its own
            pass


def source_of(command):
    """The source that a command compiles, by the object's place in the build folder; None if it leaves none there."""
    output = Path(command[command.index("-o") + 1]) if "-o" in command[:-1] else Path()
    if output.suffix not in (".o", ".gch", ".pch") or output.is_absolute():
        return None
    return str(output.parent.parent / output.name.removesuffix(".o"))  # tests/libtest_objects.a.p/scan_calls.cpp.o


@dataclass
class Times:
    """Of one build or of many."""
    compiled: list = field(default_factory=list)  # (processor seconds, build, source)
    run: list = field(default_factory=list)       # (processor seconds, build, test)
    compiling: float = 0
    running: float = 0

    @contextmanager
    def measured(self, phase):
        """Adds what is spent inside to one of the two sums."""
        before = processor_seconds()
        try:
            yield
        finally:
            setattr(self, phase, getattr(self, phase) + processor_seconds() - before)

    def add_compiled(self, build, path):
        self.compiled += [(seconds, build, source) for seconds, command in written_down(path)
                          if (source := source_of(command))]

    def add_run(self, build, path, names):
        """`names` tells which test a command is, by its words."""
        self.run += [(seconds, build, names[tuple(command)]) for seconds, command in written_down(path)
                     if tuple(command) in names]

    def show(self):
        for what, times in (("compile", self.compiled), ("run", self.run)):
            slowest = sorted((time for time in times if time[0] >= LEAST), reverse=True)[:MOST]
            if slowest:
                say(f"The slowest to {what}, in processor seconds:")
            for seconds, build, name in slowest:
                print(f"    {seconds:7.1f}  {build:<16} {name}")
        say(f"Processor time: {self.compiling + self.running:.0f} s, of which {self.compiling:.0f} s compiling and "
            f"{self.running:.0f} s running tests")
