#!/usr/bin/env python3
"""Holds what the compiler says on a user's mistake: see README.md beside this file.

    tests/compile_fail/run.py [FOLDER] [--only NAME] [--wording] [-- COMPILER FLAG...]

--only takes the files whose names hold NAME. --wording leaves out that the repaired files compile.
"""

import argparse
import re
import sys
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sources"))
from checks import check_syntax, compile_command, in_parallel, report, shown, umbrella_parsed_once  # noqa: E402
from namespaces import accepted_together, in_namespaces, parts_of  # noqa: E402
from together import body, told_apart  # noqa: E402

COMMENT = re.compile(r"^\s*//\s*((?:expect|flag)(?:-gcc|-clang)?|reject|max-errors|max-lines):\s*(.*?)\s*$", re.MULTILINE)
KNOWN_WORDS = re.compile(r"^\s*//\s*((?:expect|flag|reject|max)[\w-]*):", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
UMBRELLA = re.compile(r"^\s*#\s*include\s*<hourglass/hourglass.hpp>", re.MULTILINE)
# Lines at most that a compiler writes once for many errors: by which way a header is included, GCC also a line of it.
SHORTER_TOGETHER = {"gcc": 8, "clang": 4}
HAS_FIXED = re.compile(r"^\s*#\s*if(n?def\s+|.*defined\W*)FIXED\b", re.MULTILINE)


def uses_umbrella(path):
    """Whether a file includes hourglass.hpp, itself or through a file beside it."""
    text = path.read_text()
    return bool(UMBRELLA.search(text)) or any(uses_umbrella(path.parent / name) for name in INCLUDE.findall(text))


class Case:
    """One file's comments, as they hold for one compiler."""

    def __init__(self, path, family):
        text = path.read_text()
        said = COMMENT.findall(text)

        def values(*words):
            return [value for word, value in said if word in words]

        self.path, self.family = path, family
        self.expect = values("expect", f"expect-{family}")
        self.flags = values("flag", f"flag-{family}")
        self.reject = values("reject")
        self.max_errors = int((values("max-errors") or [1])[-1])
        self.max_lines = int((values("max-lines") or [sys.maxsize])[-1])
        self.fixable = bool(HAS_FIXED.search(text))
        known = {word for word, _ in said}
        self.unknown = sorted({word for word in KNOWN_WORDS.findall(text) if word not in known})

    def faults(self, command, unlimited, repair, said_together=""):
        """What is wrong, each a sentence; the compiler's own text stands at the end. What it said of the file among
        others is enough where nothing is wrong with that. `repair` tells whether to compile the repaired file."""
        faults = [f"unknown comment `// {word}:`" for word in self.unknown]
        if not self.expect:
            faults.append("no `// expect:` line for this compiler: say which words the error must hold")
        if not said_together or self.wrong_words(said_together.splitlines(), SHORTER_TOGETHER[self.family]):
            accepted, text = check_syntax([*command, *unlimited, *self.flags], self.path)
            wrong = (["compiles, but must not"] if accepted else []) + self.wrong_words(text.splitlines())
            if wrong:
                said = "\n".join("  | " + line for line in text.splitlines()) or "  | (nothing)"
                faults += [*wrong, "The compiler said:\n" + said]
        if self.fixable and repair:
            accepted, text = check_syntax([*command, "-DFIXED"], self.path)
            if not accepted:
                faults.append("does not compile with -DFIXED, so the error may have another reason:\n"
                              + "\n".join("  | " + line for line in text.splitlines()))
        return faults

    def wrong_words(self, lines, slack=0):
        """What is wrong with the compiler's words."""
        wrong = [f"no line of the output matches expect: {pattern}" for pattern in self.expect
                 if not any(re.search(pattern, line) for line in lines)]
        for pattern in self.reject:
            wrong += [f"reject: {pattern} matches: {line}" for line in lines if re.search(pattern, line)][:1]
        errors = sum("error:" in line for line in lines)
        if errors > self.max_errors:
            wrong.append(f"{errors} errors, at most {self.max_errors} wanted: one mistake is one error")
        if len(lines) + slack > self.max_lines:
            wrong.append(f"{len(lines)} lines of output, at most {self.max_lines} wanted")
        return wrong


def said_together(paths, command):
    """What the compiler says of each file, of all that can be compiled together."""
    texts = {path: body(path) for path in paths}

    def said_of(part):
        return told_apart(part, check_syntax(command, in_namespaces([texts[path] for path in part]))[1])

    return {path: text for said in in_parallel(said_of, list(parts_of(texts))) for path, text in said.items()}


def arguments():
    """The options, and the files that they mean."""
    parser = argparse.ArgumentParser(allow_abbrev=False, usage=__doc__.split("\n")[2].strip())
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--only", default="")
    parser.add_argument("--wording", action="store_true")
    options = parser.parse_args(sys.argv[1:sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:])
    if not options.folder.is_dir():
        parser.error(f"there is no folder {options.folder}")
    paths = [path for path in sorted(options.folder.resolve().glob("*.cpp")) if options.only in path.stem]
    if not paths:
        parser.error(f"no .cpp file in {options.folder} has '{options.only}' in its name")
    return options, paths


def main():
    options, paths = arguments()
    repaired = not options.wording
    command = compile_command()
    _, about = check_syntax([*command, "-dM", "-E"], "")
    family = "clang" if "__clang__" in about else "gcc"
    unlimited = ["-ferror-limit=0"] if family == "clang" else ["-fmax-errors=0"]

    cases = {path: Case(path, family) for path in paths}
    # What is parsed once is parsed without flags.
    users = [path for path in paths if uses_umbrella(path) and not cases[path].flags]

    with umbrella_parsed_once(command) if len(users) > 2 else nullcontext(command) as quick:
        together = said_together(users, [*quick, *unlimited]) if len(users) > 2 else {}
        fixable = {path: body(path) for path in users if repaired and cases[path].fixable}
        mended = accepted_together([*command, "-DFIXED"], fixable)

        def check(path):
            advice = f"if the wording is better now, change the expectation in {shown(path)}; if not, repair the library"
            faults = cases[path].faults(quick if path in users else command, unlimited,
                                        repaired and path not in mended, together.get(path, ""))
            return f"{shown(path)} ({family})", faults, advice

        report(in_parallel(check, paths))


if __name__ == "__main__":
    main()
