"""Dependencies point one way, in the order of rooms.py. A header depends on the headers that it includes, and on those that
define what it only declares: classes, functions, members and friends. Folders must not depend on each other in a ring, and
headers must not include each other in one."""

import re
from collections import defaultdict
from pathlib import PurePosixPath

from checks import ROOT, apart_from, report
from cpp_outline import outline
from cpp_text import line_of
from not_yet import ARROWS
from rooms import EVERYBODYS, KNOWS_ONLY, KNOWS_XSIMD, ORDER, TO_COME, UMBRELLA

INCLUDE = ROOT / "include" / "hourglass"
DIRECTIVE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
ADVICE = "move what both need to the lower of the two rooms, or turn the dependency round (docs/architecture.md)"
headers = {str(path.relative_to(INCLUDE)): path.read_text() for path in sorted(INCLUDE.rglob("*.hpp"))}


def room_of(header):
    return header.split("/")[0]


def folder_of(header):
    return PurePosixPath(header).parent


# --- the order


def allowed():
    """The rooms that each room may know, itself included."""
    may, above = {}, set()
    for line in ORDER:
        for room in line.split():
            may[room] = above | {room}
        above = above | set(line.split())
    return may | {room: only | {room} for room, only in KNOWS_ONLY.items()}


MAY_KNOW = allowed()


def may_know(header, other):
    return room_of(other) in MAY_KNOW.get(room_of(header), {room_of(header)})


rooms = sorted({room_of(header) for header in headers if "/" in header})


def known_to(room):
    return ", ".join(sorted(MAY_KNOW.get(room, {room}) & set(rooms)))


def stated_order():
    """The order as docs/architecture.md must state it, without rooms that do not exist or stand apart."""
    lines = [[room for room in line.split() if room in rooms and room not in KNOWS_ONLY] for line in ORDER]
    return " <- ".join("/".join(line) for line in lines if line)


def places():
    """Every room has a place in the order, and every place has a room."""
    faults = [f"include/hourglass/{room}: the room has no place in tests/sources/rooms.py"
              for room in rooms if room not in MAY_KNOW]
    faults += [f"tests/sources/rooms.py: {room} is not there" for room in MAY_KNOW if room not in {*rooms, *TO_COME}]
    return faults + [f"tests/sources/rooms.py: {room} is there now: take it out of TO_COME"
                     for room in sorted(TO_COME & set(rooms))]


def documented():
    page = ROOT / "docs" / "architecture.md"
    if not page.exists() or stated_order() in page.read_text():
        return []
    return [f"docs/architecture.md does not state the order of tests/sources/rooms.py: {stated_order()}"]


# --- includes


def included(header):
    """What a header includes: (line, the path below include/hourglass or None if it is not ours, the name as written)."""
    for found in DIRECTIVE.finditer(headers[header]):
        name = found[1]
        beside = ((INCLUDE / header).parent / name).resolve()
        own = None
        if name.startswith("hourglass/"):
            own = name.removeprefix("hourglass/")
        elif beside.is_relative_to(INCLUDE) and beside.is_file():
            own = str(beside.relative_to(INCLUDE))
        yield line_of(headers[header], found.start(1)), own, name


includes = {header: list(included(header)) for header in headers}


def faults_of(header):
    if header == UMBRELLA:
        return []
    at = f"include/hourglass/{header}"
    faults, room = [], room_of(header)
    for line, own, name in includes[header]:
        if own in EVERYBODYS:
            continue
        if header in EVERYBODYS:
            if own:
                faults.append(f"{at}:{line}: includes {name}, but everybody includes it, so it may include only "
                              f"{', '.join(sorted(EVERYBODYS))}")
        elif own is None:
            if name.startswith("xsimd") and room not in KNOWS_XSIMD:
                faults.append(f"{at}:{line}: {room} includes <{name}>, but only "
                              f"{', '.join(sorted(KNOWS_XSIMD & set(rooms)))} may")
        elif own not in headers:
            faults.append(f"{at}:{line}: includes hourglass/{own}, which does not exist")
        elif room in MAY_KNOW and not may_know(header, own):
            faults.append(f"{at}:{line}: {room} includes hourglass/{own}, but may know only {known_to(room)}")
    return faults


# --- declarations of what is defined elsewhere


def known_by_outline():
    """Where each name is only declared, and where it is defined. Overloads are distinguished by their number of parameters."""
    declared, defined = defaultdict(list), defaultdict(list)
    for header, text in headers.items():
        for item in outline(text):
            if item.kind not in ("class", "function") or item.is_special:
                continue
            key = (item.name, item.parameters if item.kind == "function" else None)
            (defined if item.last else declared)[key].append((header, item.first))
    return declared, defined


def declarations():
    """Arrows from declarations to definitions: (header, line, name, defining header, its line). A definition in the same folder
    makes no arrow, and one that the header may know is preferred to others."""
    declared, defined = known_by_outline()
    for key, declared_at in declared.items():
        for header, line in declared_at:
            known = [place for place in defined[key] if may_know(header, place[0])]
            if any(folder_of(place[0]) == folder_of(header) for place in known):
                continue
            for other, other_line in known[:1] or defined[key][:1]:
                yield header, line, "::".join(key[0]), other, other_line


arrows = sorted(set(declarations()))


def place_of(header, name):
    """The key of an arrow in not_yet.py: the header, and the class or function that it declares."""
    return f"{header}: {name.split('::')[0]}"


def declared_upwards():
    found = defaultdict(list)
    for header, line, name, other, other_line in arrows:
        if may_know(header, other):
            continue
        found[place_of(header, name)].append(
            f"include/hourglass/{header}:{line}: declares {name}, which include/hourglass/{other}:{other_line} defines, but "
            f"{room_of(header)} may know only {known_to(room_of(header))}")
    return apart_from(found, "ARROWS", ARROWS)


# --- rings


def ring(next_of):
    """The members of one ring, the first of them repeated at the end, or an empty list."""
    done = set()

    def visit(one, path):
        if one in path:
            return path[path.index(one):] + [one]
        if one in done:
            return []
        for other in next_of.get(one, []):
            if found := visit(other, path + [one]):
                return found
        done.add(one)
        return []

    return next((found for one in sorted(next_of) if (found := visit(one, []))), [])


def folder_arrows():
    """Arrows between folders, each with an example. A folder and those within it count as one."""
    found = {}
    pairs = [(header, line, own) for header in headers for line, own, _ in includes[header] if own in headers]
    pairs += [(header, line, other) for header, line, name, other, _ in arrows if place_of(header, name) not in ARROWS]
    for header, line, other in pairs:
        a, b = folder_of(header), folder_of(other)
        if header not in EVERYBODYS | {UMBRELLA} and other not in EVERYBODYS and a != b and a not in b.parents and (
                b not in a.parents):
            found.setdefault((str(a), str(b)), f"include/hourglass/{header}:{line}: {a} knows {b}, by {other}")
    return found


def ring_of_folders():
    found, next_of = folder_arrows(), defaultdict(list)
    for a, b in sorted(found):
        next_of[a].append(b)
    members = ring(next_of)
    return [found[pair] for pair in zip(members, members[1:])]


def ring_of_headers():
    members = ring({header: [own for _, own, _ in includes[header] if own in headers] for header in headers})
    return ["include/hourglass/" + " -> ".join(members)] if members else []


results = [(f"include/hourglass/{header}", faults_of(header), ADVICE) for header in headers]
results += [("declarations of what other rooms define", declared_upwards(), ADVICE),
            ("no ring of headers", ring_of_headers(), ADVICE),
            ("no ring of folders", ring_of_folders(), ADVICE),
            ("rooms and their places", places(), "make include/hourglass and tests/sources/rooms.py agree"),
            ("the order as documented", documented(), "make page and tests/sources/rooms.py agree")]
report(results)
