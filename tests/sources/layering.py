"""Dependencies point one way: who may include whom among the headers' folders. It also finds circles of includes."""

import re
from checks import ROOT, report

ORDER = "expr <- ops <- graph <- program <- nn/optim <- models"  # as docs/architecture.md states it
APART = ["kernels", "data", "io", "storage"]  # know no equations; io may use data, storage is templates over io
MAY_INCLUDE = {folder: {folder} for folder in APART}
MAY_INCLUDE["io"].add("data")
MAY_INCLUDE["storage"].add("io")
NO_XSIMD = {"expr", "ops", "graph", "data", "io", "storage"}
EVERYBODYS = {"config.hpp", "ops/philox.hpp"}  # know no equations, and include nothing but one another
UMBRELLA = "hourglass.hpp"  # includes everything

below = set()
for level in ORDER.split(" <- "):
    folders = level.split("/")
    for folder in folders:
        MAY_INCLUDE[folder] = below | {folder}
    below = below | set(folders)
    if level == "graph":
        below = below | {"kernels"}  # program is where graphs and kernels meet

INCLUDE = ROOT / "include" / "hourglass"
DIRECTIVE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
headers = {str(path.relative_to(INCLUDE)): path for path in sorted(INCLUDE.rglob("*.hpp"))}


def included(header):
    """The headers of ours, by their path below include/hourglass, and the others, as written."""
    for name in DIRECTIVE.findall(headers[header].read_text()):
        beside = (headers[header].parent / name).resolve()
        if name.startswith("hourglass/"):
            yield name.removeprefix("hourglass/"), True
        elif beside.is_relative_to(INCLUDE) and beside.is_file():
            yield str(beside.relative_to(INCLUDE)), True
        else:
            yield name, False


ours = {header: [name for name, own in included(header) if own] for header in headers}


def faults_of(header):
    if header == UMBRELLA:
        return []
    if header in EVERYBODYS:
        return [f"includes hourglass/{name}, but everybody includes it, so it may include only "
                f"{', '.join(sorted(EVERYBODYS))}" for name in ours[header] if name not in EVERYBODYS]
    folder = header.split("/")[0]
    if folder not in MAY_INCLUDE:
        return [f"the folder {folder}/ has no place in the order: {ORDER}; {', '.join(APART)} apart"]
    faults = []
    for name in ours[header]:
        target = name.split("/")[0]
        if name in EVERYBODYS:
            continue
        if name not in headers:
            faults.append(f"includes hourglass/{name}, which does not exist")
        elif target not in MAY_INCLUDE[folder]:
            faults.append(f"{folder} includes hourglass/{name}, but may include only "
                          f"{', '.join(sorted(MAY_INCLUDE[folder]))} and {', '.join(sorted(EVERYBODYS))}")
    if folder in NO_XSIMD:
        faults += [f"{folder} includes <{name}>, but xsimd belongs to kernels and program"
                   for name, own in included(header) if not own and name.startswith("xsimd")]
    return faults


def circle():
    """The headers of one circle of includes, first and last the same, or nothing."""
    done = set()

    def visit(header, path):
        if header in path:
            return path[path.index(header):] + [header]
        if header in done:
            return []
        for name in ours.get(header, []):
            if found := visit(name, path + [header]):
                return found
        done.add(header)
        return []

    return next((found for header in headers if (found := visit(header, []))), [])


def documented():
    page = ROOT / "docs" / "architecture.md"
    if not page.exists() or ORDER in page.read_text():
        return []
    return [f"docs/architecture.md does not state the order that is held here: {ORDER}"]


advice = "move what both need to the lower of the two folders, or turn the dependency round (docs/architecture.md)"
results = [(f"include/hourglass/{header}", faults_of(header), advice) for header in headers]
results.append(("no circle of includes", [" -> ".join(circle())] if circle() else [], advice))
results.append(("the order as documented", documented(), "make page and tests/sources/layering.py agree"))
report(results)
