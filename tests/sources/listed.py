"""Every source file stands in its folder's meson.build: a test that nobody builds would pass for ever."""

import re
from checks import ROOT, report


def check(folder, lists=None):
    lists = lists or folder
    build_file = ROOT / lists / "meson.build"
    # Strings, and comments, in which there are quotes too.
    words = {word for word in re.findall(r"'([^'\n]*)'|#.*", build_file.read_text()) if word}
    missing = [f"{folder}/{path.name} is in no list" for path in sorted((ROOT / folder).glob("*.cpp"))
               if path.name not in words and path.stem not in words]
    return f"{folder}", missing, f"add a line for it to {lists}/meson.build, or delete the file"


report([*(check(folder) for folder in ("src", "tests", "examples", "bench")), check("tests/fuzz", "tests")])
