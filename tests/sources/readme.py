"""Every code block of README.md, CONTRIBUTING.md and docs/*.md works: C++ compiles, commands exist, links lead somewhere.

    tests/sources/readme.py [-- COMPILER FLAG...]

A ```cpp block is compiled after `#include <hourglass/hourglass.hpp>`, as a file of its own. A block that needs more
names a file of tests/readme/ in a comment on the line before it, `<!-- context: in_a_function.cpp -->`: there the line
`// BLOCK` is replaced by the block, and `// PREVIOUS`, if there is one, by the last block without a context before it.
A block that shows a mistake belongs in tests/compile_fail/; in a page it stands as ```text. The blocks are compiled
together, each in a namespace of its own, and where that fails each by itself, to tell which of them is wrong.

A ```sh block may use only commands and options that `./dev COMMAND --help` knows.
"""

import re
import subprocess
from checks import ROOT, check_syntax, compile_command, in_parallel, report
from namespaces import accepted_together

CONTEXTS = ROOT / "tests" / "readme"
BLOCK = re.compile(r"^(?:<!--\s*context:\s*(\S+)\s*-->\n\s*)?```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
PLAIN = "#include <hourglass/hourglass.hpp>\nnamespace hg = hourglass;\n// BLOCK\n"

def blocks(text):
    """Each block as (context or None, language, code, line of its first line)."""
    for match in BLOCK.finditer(text):
        yield match[1], match[2], match[3], text.count("\n", 0, match.start(3)) + 1


class CppBlock:
    """A block in its context, as a file of its own."""

    def __init__(self, page, context, code, line, previous):
        self.faults, self.source = [], ""
        frame = PLAIN
        if context and not (CONTEXTS / context).is_file():
            self.faults.append(f"the context tests/readme/{context} does not exist")
            return
        if context:
            frame = (CONTEXTS / context).read_text()
        if "// BLOCK\n" not in frame:
            self.faults.append(f"tests/readme/{context} has no line `// BLOCK`")
        here = f'#line {line} "{page}"\n{code}'
        self.source = frame.replace("// PREVIOUS\n", previous).replace("// BLOCK\n", here + '#line 1 "after the block"\n')

    def check(self, command):
        accepted, text = (True, "") if self.faults else check_syntax(command, self.source)
        return [*self.faults, *([] if accepted else [text])]


def sh_faults(code):
    faults = []
    for words in (line.split("#")[0].split() for line in code.replace("\\\n", " ").splitlines()):
        words = words[[word.endswith("/dev") for word in words].index(True):] if "./dev" in words else []
        if len(words) < 2:
            continue
        name, options = words[1], {word.split("=")[0] for word in words[2:] if word.startswith("--") and word != "--"}
        told = subprocess.run([ROOT / "dev", name, "--help"], text=True, capture_output=True)
        if f"./dev {name}" not in told.stdout:
            faults.append(f"./dev has no command `{name}`")
            continue
        faults += [f"./dev {name} has no option {option}" for option in sorted(options - {"--help"})
                   if not re.search(rf"{option}\b", told.stdout)]
    return faults


def cases():
    """What is to be checked: its name, what checks it, and what to do where that finds faults."""
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if not path.exists():
            continue
        page, text, previous = path.relative_to(ROOT), path.read_text(), ""
        dead = [f"the link {link} leads nowhere" for link in LINK.findall(BLOCK.sub("", text)) if not (path.parent / link).exists()]
        yield f"{page}, links", lambda dead=dead: dead, "repair the link or add what it names"
        for context, language, code, line in blocks(text):
            name = f"{page}:{line}, {language} block"
            if language in ("cpp", "c++"):
                block = CppBlock(page, context, code, line, previous)
                yield name, block, "repair the block, or give it a context"
                previous = previous if context else code
            elif language in ("sh", "bash", "console"):
                yield name, lambda code=code: sh_faults(code), "write it as ./dev --help tells"


def main():
    command, all_cases = compile_command(), list(cases())
    together = accepted_together(command, {what: what.source for _, what, _ in all_cases
                                           if isinstance(what, CppBlock) and not what.faults})

    def check(case):
        name, what, advice = case
        if not isinstance(what, CppBlock):
            return name, what(), advice
        return name, [] if what in together else what.check(command), advice

    report(in_parallel(check, all_cases))


main()
