"""Compiles generated models, several in a file, and runs them: seed -> what each prints, or why it does not."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import cpp

ROOT = Path(__file__).resolve().parents[2]
HARNESS = Path(__file__).resolve().parent / "harness.hpp"
TIME_LIMIT = 120  # seconds of one program


class Builder:
    """`times` are what compilations take: (seconds, which models)."""

    def __init__(self, folder, compiler="g++", optimization="1"):
        self.folder, self.compiler, self.times = Path(folder), compiler, []
        self.folder.mkdir(parents=True, exist_ok=True)
        self.flags = ["-std=c++20", f"-O{optimization}", "-march=native", f"-I{ROOT / 'include'}"]
        self.is_clang = "clang" in Path(shutil.which(compiler) or compiler).name
        if self.is_clang:  # large models take more than its own limit: see docs/language.md
            self.flags.append("-fconstexpr-steps=100000000")
        self.header = self.folder / "umbrella.hpp"

    def prepare(self):
        """Parses the library once for all files."""
        self.header.write_text(f'#include "{HARNESS}"\n')
        parsed = self.folder / ("umbrella.hpp.pch" if self.is_clang else "umbrella.hpp.gch")
        subprocess.run([self.compiler, *self.flags, "-x", "c++-header", str(self.header), "-o", str(parsed)], check=True)
        self.include = ["-include-pch", str(parsed)] if self.is_clang else ["-include", str(self.header)]

    def source(self, models):
        """Its first argument is the number of the model to begin with."""
        parts = ["namespace hg = hourglass;", *(f"// model {m.seed}\n{cpp.text(m)}" for m in models),
                 "int main(int, char** arguments) {", "    oracle::printer print;",
                 "    const int first = std::atoi(arguments[1]);"]
        parts += [f"    if (first <= {i}) oracle::begin({m.seed}), model_{m.seed}::run(print);" for i, m in enumerate(models)]
        return "\n".join([*parts, "}", ""])

    def compile(self, models):
        """The program and None, or None and what the compiler says."""
        name = f"models_{models[0].seed}_{len(models)}"
        path, program = self.folder / f"{name}.cpp", self.folder / name
        path.write_text(self.source(models))
        start = time.monotonic()
        done = subprocess.run([self.compiler, *self.flags, *self.include, str(path), "-o", str(program)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        self.times.append((time.monotonic() - start, f"{len(models)} in a file, from seed {models[0].seed} on"))
        return (program, None) if done.returncode == 0 else (None, done.stdout)

    def models_named_in(self, said, models):
        """Those in whose lines of the file the compiler finds something."""
        lines = [int(n) for n in re.findall(rf"models_{models[0].seed}_{len(models)}\.cpp:(\d+)", said)]
        starts = {}
        for number, line in enumerate(self.source(models).splitlines(), 1):
            starts.update({m.seed: number for m in models if line == f"// model {m.seed}"})
        found = {max((s for s in starts if starts[s] <= n), key=starts.get, default=None) for n in lines}
        return [m for m in models if m.seed in found]

    def run(self, models):
        """Of each model its lines, or a text that says what went wrong: (seed, lines or None, text)."""
        program, said = self.compile(models)
        if program is None and len(models) > 1:
            named = self.models_named_in(said, models)
            for m in named or models:
                yield from self.run([m])
            rest = [m for m in models if m not in named] if named else []
            if rest:
                yield from self.run(rest)
            return
        if program is None:
            yield models[0].seed, None, f"does not compile: {first_error(said)}"
            return
        yield from run_program(program, models)
        program.unlink()


def run_program(program, models):
    """What `run` answers. Where one crashes, the program begins again with the next."""
    first = 0
    while first < len(models):
        said, status = said_by(program, first)
        pieces = re.split(r"^model (\d+)\n", said, flags=re.MULTILINE)
        parts = dict(zip(pieces[1::2], pieces[2::2]))
        last = max((i for i, m in enumerate(models) if str(m.seed) in parts), default=first)
        for m in models[first:last + 1]:
            part = parts.get(str(m.seed))
            if part is None or status != 0 and m is models[last]:
                yield m.seed, None, f"ends with the status {status}: {(part or said)[-300:]}"
            else:
                yield m.seed, part.splitlines(), None
        first = last + 1


def said_by(program, first):
    """The words of a program that begins with this model, and its status."""
    try:
        done = subprocess.run([str(program), str(first)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              errors="replace", timeout=TIME_LIMIT)
        return done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode(errors="replace"), "none: it does not end"


def first_error(said):
    """The sentence in words, where the library says one, and the first error."""
    words = re.findall(r'says<[^>]*>\{"([^}]*)"\}', said)
    errors = [line for line in said.splitlines() if "error:" in line]
    return (words[0] if words else "") + " | " + (errors[0] if errors else said[-300:])
