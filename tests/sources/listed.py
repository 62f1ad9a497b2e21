"""Every source file stands in its folder's meson.build: a test that nobody builds would pass for ever."""

import re
from checks import ROOT, report


def strings(text, end=""):
    """What stands in quotes before `end`, but for comments, in which there are quotes too."""
    return {word for word in re.findall(rf"#.*|'([^'\n]*)'{end}", text) if word}


def unlisted(folder, text, paths):
    """The files that the text of a meson.build does not list: by their names, or without .cpp by their stems. Among
    the tests these are keys, since the words about a test are no files."""
    names, stems = strings(text), strings(text, r"\s*:" if folder == "tests" else "")
    return [path.name for path in paths if path.name not in names and path.stem not in stems]


def check(folder, lists=None):
    lists = lists or folder
    build_file = ROOT / lists / "meson.build"
    missing = [f"{folder}/{name} is in no list"
               for name in unlisted(lists, build_file.read_text(), sorted((ROOT / folder).glob("*.cpp")))]
    return folder, missing, f"add a line for it to {lists}/meson.build, or delete the file"


if __name__ == "__main__":
    report([*(check(folder) for folder in ("src", "tests", "testing", "examples", "bench")), check("tests/fuzz", "tests")])
