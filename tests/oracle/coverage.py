"""What models are made of, against what docs/operations.md says that users write. tests/sources/oracle.py holds that
nothing is missing: a new operation goes into the generator (elementwise.py, structural.py, families.py, constructs.py)."""

import re

import cpp

NAME = re.compile(r"\b([a-z]\w*)(?=[<(]|$)")
# What the page's first table also names: options, and what only says how others are called.
NO_OPERATIONS = {"hg", "axes"}


def written(page):
    """The functions that the page's first table lists."""
    table = page.partition("## What is written")[2].partition("What is missing here")[0]
    rows = [row for row in table.splitlines() if row.startswith("| `")]
    calls = [piece for row in rows for piece in re.findall(r"`([^`]*\([^`]*)`", row)]
    names = [piece for row in rows for piece in re.findall(r"`([^`]*)`", row.split("|")[1])]
    named = {match.group(1) for piece in calls + names if (match := NAME.match(piece.removeprefix("hg::")))}
    return named - NO_OPERATIONS


def spelled(models):
    """The functions that models call."""
    text = "\n".join(line for model in models for line in cpp.definitions(model))
    return set(re.findall(r"\b([a-z]\w*)[<(]", text))


def missing(page, models):
    return sorted(written(page) - spelled(models))
