"""Which tests ./dev test NAME... means."""

import difflib
from fnmatch import fnmatchcase

from processes import shown, stop

NEAR = 8  # names at most, when none matches


def matches(name, pattern):
    """A pattern with *, ? or [ is a glob of the whole name; another one is a part of it."""
    return fnmatchcase(name, pattern) if any(c in pattern for c in "*?[") else pattern in name


def near(pattern, names):
    """Names that look like the pattern, or that have one of its words, best first."""
    plain = pattern.strip("*?[]").lower()
    close = difflib.get_close_matches(plain, names, NEAR, 0.5)
    words = {word for word in plain.split("_") if len(word) > 2}
    parts = {part for name in names for part in name.split("_")}
    similar = {part for word in words for part in difflib.get_close_matches(word, parts, 3, 0.7)}
    return [*close, *(name for name in names if name not in close and similar & set(name.split("_")))][:NEAR]


def matching(names, patterns):
    """The names that one of the patterns matches, in their order; all of them where there are no patterns."""
    return [name for name in names if not patterns or any(matches(name, pattern) for pattern in patterns)]


def selected(names, patterns, others={}):
    """The same, but a pattern that matches none is an error that lists names near it; `others` maps further names to
    why they are not among these."""
    for pattern in patterns:
        if not matching(names, [pattern]):
            for found in matching(others, [pattern])[:1]:
                stop(f"'{pattern}' means {found}, {others[found]}")
            found = near(pattern, names)
            stop(f"no test matches '{shown(pattern)}'; " + (f"near it are {', '.join(found)}" if found
                                                     else f"the tests are {', '.join(sorted(names))}"))
    return matching(names, patterns)
