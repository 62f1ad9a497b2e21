"""Every source file stands in a meson.build: a test that nobody builds would pass for ever. And each test stands in the
folder of the room that it is about; each pass and each stage of the schedule has one by its name."""

import re
from checks import ROOT, report
from rooms import KNOWS_ONLY, ORDER

# Folders of tests/ that are no rooms: what several rooms' tests share, what examples print, what other programs make
# of the same, and what scripts compile or run.
SHARED, PROGRAMS = ("support", "precompiled"), ("examples", "oracle", "interchange", "fuzz")
COMPILED_BY_SCRIPTS = ("compile_fail", "consumers", "readme", "runs", "sources", "tables")
# What has a test by its own name, tests/ROOM/NAME.cpp for ROOM/NAME.hpp: every header directly in a room, or these of it.
TESTED_BY_NAME = {"passes": None, "schedule": ("fuse", "order", "plan", "layout")}


def strings(text, end=""):
    """What stands in quotes before `end`, but for comments, in which there are quotes too."""
    return {word for word in re.findall(rf"#.*|'([^'\n]*)'{end}", text) if word}


def unlisted(text, names, of_tests=False):
    """The files that the text of a meson.build does not list: with .cpp, or without. Among the tests what stands without
    it is a key, since the words about a test are no files."""
    listed, without = strings(text), strings(text, r"\s*:" if of_tests else "")
    return [name for name in names if name not in listed and name.removesuffix(".cpp") not in without]


def check(folder, lists=None):
    lists = lists or folder
    build_file = ROOT / lists / "meson.build"
    names = [path.name for path in sorted((ROOT / folder).glob("*.cpp"))]
    missing = [f"{folder}/{name} is in no list" for name in unlisted(build_file.read_text(), names)]
    return folder, missing, f"add a line for it to {lists}/meson.build, or delete the file"


def check_tests():
    tests = ROOT / "tests"
    names = [str(path.relative_to(tests)) for path in sorted(tests.rglob("*.cpp"))]
    names = [name for name in names if name.split("/")[0] not in (*COMPILED_BY_SCRIPTS, "fuzz")]
    missing = [f"tests/{name} is in no list" for name in unlisted((tests / "meson.build").read_text(), names, True)]
    return "tests", missing, "add a line for it to tests/meson.build, or delete the file"


def check_rooms():
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    rooms = {*" ".join(ORDER).split(), *KNOWS_ONLY}
    known = {*rooms, *SHARED, *PROGRAMS, *COMPILED_BY_SCRIPTS}
    faults = [f"tests/{name} is no room of include/hourglass" for name in sorted(folders - known)]
    return "the folders of tests/", faults, "move its tests to the room that they are about"


def untested(headers, tests):
    """The headers, as ROOM/NAME, that have no test by their name; and those that TESTED_BY_NAME lists and that are gone."""
    wanted = []
    for room, names in TESTED_BY_NAME.items():
        own = [header for header in headers if re.fullmatch(rf"{room}/\w+", header)]
        wanted += own if names is None else [f"{room}/{name}" for name in names]
    return ([f"tests/{header}.cpp is missing, the test of {header}.hpp" for header in wanted if header not in tests]
            + [f"{header}.hpp is gone" for header in wanted if header not in headers])


def check_named_tests():
    def names(folder, ending):
        return [str(path.relative_to(folder).with_suffix("")) for path in sorted(folder.rglob(f"*{ending}"))]
    faults = untested(names(ROOT / "include" / "hourglass", ".hpp"), names(ROOT / "tests", ".cpp"))
    return "tests of passes and stages", faults, "write the test, or mend the list in tests/sources/listed.py"


if __name__ == "__main__":
    report([*(check(folder) for folder in ("src", "testing", "examples", "bench")), check("tests/fuzz", "tests"),
            check_tests(), check_rooms(), check_named_tests()])
