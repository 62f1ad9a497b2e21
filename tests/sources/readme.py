"""Every code block of README.md, CONTRIBUTING.md and docs/*.md works: C++ compiles and runs, commands exist, links lead
somewhere.

    tests/sources/readme.py [PAGE...] [--support libhourglass_support.a] [-- COMPILER FLAG...]

A ```cpp block is compiled after `#include <hourglass/hourglass.hpp>`, as a file of its own. A comment on the line before
a block says more about it; its words are separated by commas:

  context: FILE.cpp   a file of tests/readme/ in which the line `// BLOCK` is replaced by the block, and `// PREVIOUS`, if
                      there is one, by the last block without a context before it
  runs                the block is a program: it, or its context, ends with an `int main() {` ... `}` at the start of
                      lines. It is run, and has to end with 0. Programs of a page run in the page's order, all in one
                      folder, which is empty at first: a later one finds the files of an earlier one
  part                the block is a part of one program, which is all the parts of the page, in order; the last of them
                      runs. A page whose blocks a reader is told to paste into one file has these
  prints              of a ```text block: what the last program before it prints; after a part, what that part adds to
                      the program's output. Numbers with a decimal point may differ by one in their last digit, since
                      widths of vectors and compilers round differently
  file: NAME          of any block: it stands in that folder before the programs run

A block that shows a mistake belongs in tests/compile_fail/; in a page it stands as ```text. The blocks are compiled
together, each in a namespace of its own, and where that fails each by itself, to tell which of them is wrong.

A ```sh block may use only commands and options that `./dev COMMAND --help` knows.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from checks import ROOT, check_syntax, compile_command, in_parallel, report
from namespaces import accepted_together
from page_programs import Program, build, run_in_order

CONTEXTS = ROOT / "tests" / "readme"
BLOCK = re.compile(r"^(?:<!--[ \t]*([^\n]*?)[ \t]*-->\n\s*)?```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
KNOWN = {"context", "runs", "part", "prints", "file"}
PLAIN = "#include <hourglass/hourglass.hpp>\nnamespace hg = hourglass;\n// BLOCK\n"


def words_of(comment):
    """A comment's words, `context: x.cpp` by its name and others as they are."""
    words = [word.strip().partition(": ") for word in (comment or "").split(",") if word.strip()]
    return {name: value.strip() for name, _, value in words}


def blocks(text):
    """Each block as (words of its comment, language, code, line of its first line)."""
    for match in BLOCK.finditer(text):
        yield words_of(match[1]), match[2], match[3], text.count("\n", 0, match.start(3)) + 1


class CppBlock:
    """A block in its context, as a file of its own."""

    def __init__(self, page, name, words, code, line, previous):
        self.page, self.faults, self.source, self.program = page, [], "", None
        frame, context = PLAIN, words.get("context")
        if context and not (CONTEXTS / context).is_file():
            self.faults.append(f"the context tests/readme/{context} does not exist")
            return
        if context:
            frame = (CONTEXTS / context).read_text()
        if "// BLOCK\n" not in frame:
            self.faults.append(f"tests/readme/{context} has no line `// BLOCK`")
        here = f'#line {line} "{page}"\n{code}'
        self.source = frame.replace("// PREVIOUS\n", previous).replace("// BLOCK\n", here + '#line 1 "after the block"\n')
        if "runs" in words and not self.faults:
            self.program = Program(name, self.source)

    def check(self, command):
        if self.program:
            return self.program.faults
        accepted, text = (True, "") if self.faults else check_syntax(command, self.source)
        return [*self.faults, *([] if accepted else [text])]


def sh_faults(code):
    faults = []
    for words in (line.split("#")[0].split() for line in code.replace("\\\n", " ").splitlines()):
        words = words[[word.endswith("/dev") for word in words].index(True):] if "./dev" in words else []
        if len(words) < 2:
            continue
        own = words[2:words.index("--")] if "--" in words else words[2:]  # after it stand an example's
        name, options = words[1], {word.split("=")[0] for word in own if word.startswith("--")}
        told = subprocess.run([ROOT / "dev", name, "--help"], text=True, capture_output=True)
        if f"./dev {name}" not in told.stdout:
            faults.append(f"./dev has no command `{name}`")
            continue
        faults += [f"./dev {name} has no option {option}" for option in sorted(options - {"--help"})
                   if not re.search(rf"{option}\b", told.stdout)]
    return faults


def misplaced(words, language, after_program):
    """What is wrong with the words of a block's comment."""
    unknown = [f"unknown word `{word}` in the comment before the block" for word in words if word not in KNOWN]
    if "runs" in words and language != "cpp":
        unknown.append("only a cpp block runs")
    if "prints" in words and not after_program:
        unknown.append("no program stands before what it prints")
    return unknown


class Page:
    """A page's blocks, as (name, what checks it, advice), its programs in their order, and the files of their folder."""

    def __init__(self, path):
        self.path, self.cases, self.programs, self.files = path.relative_to(ROOT), [], [], {}
        text, previous, parts, parts_print = path.read_text(), "", "", ""
        prose = CODE.sub("", BLOCK.sub("", text))
        dead = [f"the link {link} leads nowhere" for link in LINK.findall(prose) if not (path.parent / link).exists()]
        self.cases.append((f"{self.path}, links", lambda: dead, "repair the link or add what it names"))
        for words, language, code, line in blocks(text):
            name = f"{self.path}:{line}, {language} block"
            wrong = misplaced(words, language, self.programs or parts)
            if wrong:
                self.cases.append((name, lambda wrong=wrong: wrong, "see tests/sources/readme.py"))
            if "file" in words:
                self.files[words["file"]] = code
            if "prints" in words and parts:
                parts_print += code
            elif "prints" in words and self.programs:
                self.programs[-1].prints = code
            if "part" in words:
                parts += f'#line {line} "{self.path}"\n{code}'
                code = parts
            if language in ("cpp", "c++") and ("part" not in words or "runs" in words):
                block = CppBlock(self.path, name, words, code, line, previous)
                self.programs += [block.program] if block.program else []
                if "part" in words and block.program:
                    block.program.prints, parts, parts_print = parts_print or None, "", ""
                self.cases.append((name, block, "repair the block, or give it a context"))
                previous = previous if words.get("context") else code
            elif language in ("sh", "bash", "console"):
                self.cases.append((name, lambda code=code: sh_faults(code), "write it as ./dev --help tells"))
        if parts:
            self.cases.append((f"{self.path}, parts", lambda: ["no part runs"], "say `part, runs` before the last one"))


def run_programs(command, support, pages):
    """Builds and runs the programs of these pages; their faults are in them afterwards."""
    link = ["-pthread", *([support, "-lfmt", "-lpng", "-lz"] if support else [])]
    with tempfile.TemporaryDirectory() as folder:
        build(([*command, "-O1"], link), [program for page in pages for program in page.programs], Path(folder))

        def run_page(numbered):
            number, page = numbered
            place = Path(folder, f"page_{number}")
            place.mkdir()
            run_in_order(page.programs, page.files, place)

        list(in_parallel(run_page, list(enumerate(pages))))


def main():
    words = sys.argv[1:sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    support = str(Path(words.pop(words.index("--support") + 1)).resolve()) if "--support" in words else None
    named = [Path(word).resolve() for word in words if word != "--support"]
    all_pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    command, pages = [*compile_command(), f"-I{ROOT / 'tests'}"], [Page(path) for path in named or all_pages]
    all_cases = [case for page in pages for case in page.cases]
    run_programs(command, support, pages)
    together = accepted_together(command, {what: what.source for _, what, _ in all_cases
                                           if isinstance(what, CppBlock) and not what.faults and not what.program})

    def check(case):
        name, what, advice = case
        if not isinstance(what, CppBlock):
            return name, what(), advice
        return name, [] if what in together else what.check(command), advice

    report(in_parallel(check, all_cases))


main()
