"""That CONTRIBUTING.md names files that exist and commits of this history, and for each kind of change both."""

import re

from checks import ROOT, git, report

PAGE = ROOT / "CONTRIBUTING.md"
KINDS = ("elementwise operation", "structural operation with kernels", "pass", "distribution", "update rule", "layer",
         "model with its example", "file format", "diagnostic")
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*|\w+\.(?:py|md|build)")
COMMIT = re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7}\b")
PLACEHOLDERS = ("tests/ROOM/NAME.cpp", "ROOM/NAME", "build/")  # nothing that a fresh checkout has


def paths_in(text):
    """What stands in backticks or in a link and is written as a path; a folder ends with a slash."""
    for code, link in re.findall(r"`([^`\n]+)`|\]\(([^)#\s]+)", text):
        name = code or link
        if PATH.fullmatch(name) and name not in PLACEHOLDERS:
            yield name


def exists(name):
    places = (ROOT, ROOT / "tests", ROOT / "tests" / "sources")  # scripts are told of by their names
    return any((place / name).is_dir() if name.endswith("/") else (place / name).exists() for place in places)


def has_history():
    return (git("rev-parse", "--is-shallow-repository") or "").strip() == "false"


def sections(text):
    parts = re.split(r"^### (?:An?|The) (.*)$", re.sub(r"^## ", "\n### A ", text, flags=re.MULTILINE), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def faults_of_paths(text):
    return [f"{name} does not exist" for name in sorted({*paths_in(text)}) if not exists(name)]


def faults_of_commits(text):
    if not has_history():
        return []
    return [f"{commit} is no commit of this history" for commit in sorted({*COMMIT.findall(text)})
            if git("merge-base", "--is-ancestor", commit, "HEAD") is None]


def faults_of_kinds(text):
    found = sections(text)
    faults = [f"there is no section '{kind}'" for kind in KINDS if kind not in found]
    for kind in KINDS:
        of_kind = found.get(kind, "")
        if of_kind and not (re.search(r"^1\. ", of_kind, re.MULTILINE) and [*paths_in(of_kind)] and COMMIT.search(of_kind)):
            faults.append(f"'{kind}' wants a list of files and a commit that made such a change")
    return faults


def planted():
    text = PAGE.read_text()
    for name, check, changed in (
            ("a file that is gone", faults_of_paths, text.replace("`src/meson.build`", "`src/gone.build`")),
            ("a folder that is gone", faults_of_paths, text.replace("`tests/fuzz/`", "`tests/gone/`")),
            ("an unknown commit", faults_of_commits, text + "\n0123456\n"),
            ("a kind that is gone", faults_of_kinds, text.replace("### A pass", "### Something else")),
            ("a kind without a commit", faults_of_kinds, text.replace("88e51de", "")),
    ):
        found = check(changed) or check is faults_of_commits and not has_history()
        yield f"planted: {name}", [] if found and changed != text else ["it is not found"], None


def results():
    text = PAGE.read_text()
    yield "files", faults_of_paths(text), "name what is there"
    yield "commits", faults_of_commits(text), "name a commit of this history"
    yield "kinds of change", faults_of_kinds(text), "tell what to touch for each"


if __name__ == "__main__":
    report([*planted(), *results()])
