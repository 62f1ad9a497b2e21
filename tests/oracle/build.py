"""Compiles generated models, several in a file, and runs them: seed -> what each prints, or why it does not."""

import re
import shutil
import subprocess
from pathlib import Path

import cpp

ROOT = Path(__file__).resolve().parents[2]
HARNESS = Path(__file__).resolve().parent / "harness.hpp"
TIME_LIMIT = 120  # seconds of one program


class Builder:
    def __init__(self, folder, compiler="g++", optimization="1"):
        self.folder, self.compiler = Path(folder), compiler
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
        parts = ["namespace hg = hourglass;", *(f"// model {m.seed}\n{cpp.text(m)}" for m in models), "int main() {",
                 "    oracle::printer print;"]
        parts += [f'    std::printf("model {m.seed}\\n");\n    model_{m.seed}::run(print);' for m in models]
        return "\n".join([*parts, "}", ""])

    def compile(self, models):
        """The program and None, or None and what the compiler says."""
        name = f"models_{models[0].seed}_{len(models)}"
        path, program = self.folder / f"{name}.cpp", self.folder / name
        path.write_text(self.source(models))
        done = subprocess.run([self.compiler, *self.flags, *self.include, str(path), "-o", str(program)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
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
        try:
            done = subprocess.run([str(program)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=TIME_LIMIT)
            said, status = done.stdout, done.returncode
        except subprocess.TimeoutExpired as late:
            said, status = (late.stdout or b"").decode(), "none: it does not end"
        program.unlink()
        parts = dict(re.findall(r"^model (\d+)\n((?:.*\n)*?)(?=model|\Z)", said, re.MULTILINE))
        last = list(parts)[-1] if parts else str(models[0].seed)
        for m in models:
            if status != 0 and str(m.seed) == last or str(m.seed) not in parts:
                yield m.seed, None, f"ends with the status {status}: {parts.get(str(m.seed), '')[-300:]}"
            else:
                yield m.seed, parts[str(m.seed)].splitlines(), None


def first_error(said):
    """The sentence in words, where the library says one, and the first error."""
    words = re.findall(r'says<[^>]*>\{"([^}]*)"\}', said)
    errors = [line for line in said.splitlines() if "error:" in line]
    return (words[0] if words else "") + " | " + (errors[0] if errors else said[-300:])
