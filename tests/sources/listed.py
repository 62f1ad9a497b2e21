"""Every source file stands in a meson.build: a test that nobody builds would pass for ever. And each test stands in the
folder of the room that it is about."""

import re
from checks import ROOT, report
from rooms import KNOWS_ONLY, ORDER

# Folders of tests/ that are no rooms: what several rooms' tests share, what examples print, what other programs make
# of the same, and what scripts compile or run.
SHARED, PROGRAMS = ("support", "precompiled"), ("examples", "oracle", "interchange", "fuzz")
COMPILED_BY_SCRIPTS = ("compile_fail", "consumers", "readme", "runs", "sources", "tables")


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


if __name__ == "__main__":
    report([*(check(folder) for folder in ("src", "testing", "examples", "bench")), check("tests/fuzz", "tests"),
            check_tests(), check_rooms()])
