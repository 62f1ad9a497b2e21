"""The picture of the rooms in docs/architecture.md is made from the code: which room knows which, by their includes.

    tests/sources/room_map.py [--write]

An arrow that follows from others is left out: where a room knows another through one between them, the picture shows the
way through that."""

import re
import sys
from collections import defaultdict
from pathlib import Path

from checks import ROOT, report
from rooms import KNOWS_ONLY, ORDER, UMBRELLA

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- made by tests/sources/room_map.py --write -->\n", "<!-- end of the map -->\n"
INCLUDE = ROOT / "include" / "hourglass"
DIRECTIVE = re.compile(r"^\s*#\s*include\s*<hourglass/([^/>]+)/[^>]+>", re.MULTILINE)


def known():
    """The rooms that each room includes."""
    rooms = defaultdict(set)
    for path in INCLUDE.rglob("*.hpp"):
        header = path.relative_to(INCLUDE)
        if len(header.parts) > 1:
            rooms[header.parts[0]] |= set(DIRECTIVE.findall(path.read_text())) - {header.parts[0]}
    return rooms


def without_shortcuts(rooms):
    """Only those arrows that no longer way stands for."""
    def reached(room):
        found, left = set(), list(rooms.get(room, ()))
        while left:
            if (other := left.pop()) not in found:
                found.add(other)
                left += rooms.get(other, ())
        return found

    below = {room: reached(room) for room in rooms}
    return {room: {other for other in others if not any(other in below.get(via, ()) for via in others - {other})}
            for room, others in rooms.items()}


def drawn():
    rooms = known()
    arrows = without_shortcuts(rooms)
    apart = [room for room in KNOWS_ONLY if room in rooms or (INCLUDE / room).is_dir()]
    places = [room for line in ORDER for room in line.split()]
    order = [room for room in places + [room for room in apart if room not in places] if (INCLUDE / room).is_dir()]
    lines = ["The arrows as the code has them, from a room to those that it builds on:", "", "```mermaid", "flowchart BT"]
    lines += [f"    {room}" for room in order if not arrows.get(room) and not any(room in others for others in arrows.values())]
    for room in order:
        lines += [f"    {room} --> {other}" for other in order if other in arrows.get(room, ())]
    return "\n".join(lines) + "\n```\n"


def main():
    text = PAGE.read_text()
    before, found, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    if not found:
        report([("the map of the rooms", [f"docs/architecture.md has no line {BEGIN.strip()}"], "put it where the map is to be")])
        return
    new = drawn()
    if "--write" in sys.argv:
        PAGE.write_text(before + BEGIN + new + END + after)
        return
    missing = sorted(set(new.splitlines()) ^ set(old.splitlines()))
    report([("the map of the rooms", [f"differs from the code: {line.strip()}" for line in missing] if new != old else [],
             "run tests/sources/room_map.py --write")])


main()
