"""Programs that stand in pages: those of a page are compiled together, each in a namespace of its own, and run one after
the other in one folder."""

import math
import os
import re
import subprocess

from checks import in_parallel
from namespaces import can_stand_in_namespace, in_namespaces, parts_of

# To the end: a block inside of main has braces at the start of lines too.
MAIN = re.compile(r"^int main\(\) \{\n(.*)^\}((?:\s|#line[^\n]*)*)\Z", re.MULTILINE | re.DOTALL)
WORDS = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\s+|.")
NUMBER = re.compile(r"[-+]?\d+(?:\.(\d+))?(?:[eE]([-+]?\d+))?")
MOST_TOGETHER = 8  # of memory a compiler takes more with each
LONGEST = 120  # seconds that a program may run; it took a reader's patience long before


class Program:
    """A block that is run: its whole source, and what the page says it prints, if it does."""

    def __init__(self, name, source):
        self.name, self.source, self.prints, self.faults = name, source, None, []
        self.executable, self.number = None, 0
        if not MAIN.search(source) or source.count("int main(") != 1:
            self.faults.append("a block that runs ends with an `int main() {` ... `}` at the start of lines, or its context does")

    def callable(self):
        """The source with its main function under another name; that one does not return 0 by itself."""
        return MAIN.sub(r"inline int run_block() {\n\1return 0; }\2", self.source)


def compile_part(command, programs, executable):
    """Compiles these as one executable, which runs the one whose number it is given; answers the compiler's words."""
    sources = [program.callable() for program in programs]
    if len(programs) > 1:
        text, runs = in_namespaces(sources), [f"case_{n}::run_block()" for n in range(len(programs))]
    else:
        text, runs = sources[0] + "\n", ["run_block()"]
    choices = " ".join(f"case {n}: return {call};" for n, call in enumerate(runs))
    text += f"#include <cstdlib>\nint main(int, char** words) {{ switch (std::atoi(words[1])) {{ {choices} }} return 99; }}\n"
    compiler, link = command
    done = subprocess.run([*compiler, "-x", "c++", "-", "-x", "none", *link, "-o", str(executable)], input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                          env={**os.environ, "LC_ALL": "C"})
    if done.returncode:
        return done.stdout or f"the compiler ended with {done.returncode}"
    for number, program in enumerate(programs):
        program.executable, program.number = executable, number
    return ""


def build(command, programs, folder):
    """Compiles all of them into executables in this folder, in about as many as there are cores; what does not compile
    with others is compiled by itself, to tell which of them is wrong."""
    sound = [program for program in programs if not program.faults]
    parts = [part[first:first + MOST_TOGETHER] for part in parts_of({program: program.source for program in sound})
             for first in range(0, len(part), MOST_TOGETHER)]
    parts += [[program] for program in sound if not can_stand_in_namespace(program.source)]

    def together(numbered):
        number, part = numbered
        said = compile_part(command, part, folder / f"part_{number}")
        if said and len(part) == 1:
            part[0].faults.append(said)

    def alone(numbered):
        number, program = numbered
        said = compile_part(command, [program], folder / f"alone_{number}")
        if said:
            program.faults.append(said)

    list(in_parallel(together, list(enumerate(parts))))
    left = [program for program in sound if not program.executable and not program.faults]
    list(in_parallel(alone, list(enumerate(left))))


def same_word(stated, printed):
    """Equal, or numbers of which the page states one with a decimal point, and which are one apart in its last digit.
    Between words any number of spaces may stand, since columns are filled up with them."""
    if stated.isspace() and printed.isspace():
        return stated.count("\n") == printed.count("\n")
    a, b = NUMBER.fullmatch(stated), NUMBER.fullmatch(printed)
    if stated == printed or not (a and b and a[1]):
        return stated == printed
    step = 10.0 ** (int(a[2] or 0) - len(a[1]))
    return math.isclose(float(stated), float(printed), rel_tol=0, abs_tol=1.01 * step)


def same_text(stated, printed):
    words = WORDS.findall(stated), WORDS.findall(printed)
    return len(words[0]) == len(words[1]) and all(map(same_word, *words))


def run_one(program, folder):
    """Runs it in this folder; answers what is wrong."""
    try:
        done = subprocess.run([program.executable, str(program.number)], cwd=folder, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="replace", timeout=LONGEST)
    except subprocess.TimeoutExpired:
        return [f"it ran for more than {LONGEST} seconds"]
    if done.returncode:
        return [f"it ended with {done.returncode}, and said\n{done.stdout}{done.stderr}"]
    if program.prints is not None and not same_text(program.prints, done.stdout):
        return [f"the page says that it prints\n{program.prints}it printed\n{done.stdout}"]
    return []


def run_in_order(programs, files, folder):
    """Runs a page's programs in this folder, in which these files stand at first."""
    for name, text in files.items():
        (folder / name).write_text(text)
    for program in programs:
        if not program.faults:
            program.faults += run_one(program, folder)
