"""docs/data.md names every public function and class of data/ and io/."""

import re
from checks import ROOT, report

PAGE = "docs/data.md"
# At the start of a line stands what a namespace holds: a class, or a function's type and name.
DECLARED = re.compile(r"^(?:class (\w+)|\w[\w:<>,&* ]*[ &*](\w+)\()", re.MULTILINE)


def names_in(text):
    code = re.sub(r"//[^\n]*", "", text)
    return {a or b for a, b in DECLARED.findall(code)} - {"error"}  # the one exception of each folder


def check(folder):
    page = (ROOT / PAGE).read_text()
    missing = [f"{header.relative_to(ROOT)} has {name}, of which {PAGE} says nothing"
               for header in sorted((ROOT / "include/hourglass" / folder).glob("*.hpp"))
               for name in sorted(names_in(header.read_text())) if not re.search(rf"\b{name}\b", page)]
    return f"{PAGE}, {folder}/", missing, "write a line about it"


if __name__ == "__main__":
    report([check("data"), check("io")])
