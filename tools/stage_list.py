"""The list of stages, as include/hourglass/compile/stages.hpp has it: for tests/sources/stages.py, which holds it, and
bench/compile_time.py, which measures each. Run by itself it prints what docs/architecture.md says of them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = ROOT / "include" / "hourglass" / "compile" / "stages.hpp"
STRUCT = re.compile(r"^struct (\w+) \{\n(.*?)^\};", re.MULTILINE | re.DOTALL)
TEXT = r'static constexpr std::string_view {} = "([^"]*)";'
LIST = re.compile(r"^using (\w+) = stage_list<([^>]*)>;", re.MULTILINE)
CALLS = re.compile(r"\b(?:run|edit)\([^{}]*\) \{(.*?)\}\n", re.DOTALL)
CALLED = re.compile(r"\b(?!return|static_cast|graph_builder)(\w+)\(")
HELD = {"tests": "tests of what it makes", "bits": "`passes_fuzz`: to the bit",
        "rounding": "`passes_fuzz`: but for rounding", "schedule": "`schedule_fuzz`"}


class Stage:
    """One of them: `function` is what its `run` or `edit` calls."""

    def __init__(self, struct, body, group):
        def one(pattern):
            found = re.findall(pattern, body)
            return found[0] if len(found) == 1 else None

        self.struct, self.group = struct, group
        self.name, self.does = one(TEXT.format("name")), one(TEXT.format("does"))
        self.held = one(r"static constexpr held_by check = held_by::(\w+);")
        calls = CALLS.search(body)
        self.function = CALLED.search(calls[1])[1] if calls else None


def stages():
    """In order; a struct that no list names has no group, and a name in a list that is no struct, no body."""
    text = HEADER.read_text()
    structs = {name: body for name, body in STRUCT.findall(text) if "std::string_view name" in body}
    listed = [(name.strip(), group) for group, names in LIST.findall(text) for name in names.split(",")]
    found = [Stage(name, structs.get(name, ""), group) for name, group in listed]
    return found + [Stage(name, body, None) for name, body in structs.items() if name not in dict(listed)]


def in_groups():
    listed = [stage for stage in stages() if stage.group]
    return {group: [stage for stage in listed if stage.group == group]
            for group in dict.fromkeys(stage.group for stage in listed)}


def diagram():
    lines, groups = ["flowchart LR"], in_groups()
    for group, of_group in groups.items():
        names = [f'{stage.struct}["{stage.name}"]' for stage in of_group]
        lines += [f'  subgraph {group} ["{group.removeprefix("of_")}"]', "    " + " --> ".join(names), "  end"]
    ends = list(groups.values())
    lines += [f"  {before[-1].struct} --> {after[0].struct}" for before, after in zip(ends, ends[1:])]
    return "\n".join(lines)


def table():
    return "\n".join(["| stage | what it does | held by |", "|---|---|---|",
                      *(f"| `{stage.name}` | {stage.does} | {HELD.get(stage.held)} |"
                        for of_group in in_groups().values() for stage in of_group)])


if __name__ == "__main__":
    print(f"```mermaid\n{diagram()}\n```\n\n{table()}")
