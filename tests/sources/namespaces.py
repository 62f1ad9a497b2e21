"""Many small sources in one compilation, each in a namespace of its own: most of what a small one costs is instantiated
for all of them alike."""

import re

from checks import check_syntax, cores, in_parallel

SYSTEM = re.compile(r"^[ \t]*#[ \t]*(?:include[ \t]*<[^>]+>.*|pragma once.*)$", re.MULTILINE)
# Flags of its own, and specialisations, which must stand in the namespace of their template.
ALONE = re.compile(r"//\s*flag:|HOURGLASS_OPERATION|operator new|template\s*<>\s*struct\s+hourglass")


def can_stand_in_namespace(text):
    return not ALONE.search(text)


def headers_of(text):
    return frozenset(line.strip() for line in SYSTEM.findall(text) if "include" in line)


def in_namespaces(texts):
    """One source that holds them all, in case_0, case_1 and so on; what they include stands before."""
    headers = frozenset().union(*map(headers_of, texts))
    parts = [f"namespace case_{n} {{\n{SYSTEM.sub('', text)}\n}}" for n, text in enumerate(texts)]
    return "\n".join([*sorted(headers), *parts]) + "\n"


def parts_of(texts):
    """The things whose texts these are, in about as many parts as there are cores. Those of a part include the same, so
    that none finds in it what it forgot to include."""
    groups = {}
    for thing, text in texts.items():
        if can_stand_in_namespace(text):
            groups.setdefault(headers_of(text), []).append(thing)
    for things in groups.values():
        count = max(1, round(len(things) * cores() / len(texts)))
        yield from (things[n::count] for n in range(count))


def accepted_together(command, texts):
    """Of the things whose texts these are, those that compile, as far as one compilation of many tells: where it fails,
    none of its part is among them."""

    def accepted(part):
        return part if check_syntax(command, in_namespaces([texts[thing] for thing in part]))[0] else []

    return {thing for part in in_parallel(accepted, list(parts_of(texts))) for thing in part}
