"""The stages are one list, include/hourglass/compile/stages.hpp: each is named there once, with what it does and how it is
held; docs/architecture.md and docs/graph.md say the same of them; and nobody else calls two of them one after another."""

import re
import sys
from checks import ROOT, report
from cpp_text import code_of

sys.path.insert(0, str(ROOT / "tools"))
import stage_list  # noqa: E402

NEAR = 60  # lines, in which what one call makes is given to the next
SOURCES = [path for folder in ("include", "src", "tests", "testing", "bench", "examples", "docs")
           for path in sorted((ROOT / folder).rglob("*"))
           if path.suffix in (".hpp", ".cpp", ".md") and path != stage_list.HEADER]
DEFINITION = re.compile(r"\s*(template\b.*>\s*)?((static|inline|friend|explicit)\s+)*(constexpr\s+\w+\s+\w+\(|class|struct)\b")
VARIABLE = r"\b[a-z_]\w*\b(?!\s*[({:<])"

found = stage_list.stages()
names = [stage.name for stage in found]


def faults_of(stage):
    if stage.group is None:
        return [f"the struct {stage.struct} is in none of the lists"]
    faults = [f"the struct {stage.struct} states no {what} of its own" for what, value in
              (("name", stage.name), ("does", stage.does), ("check", stage.held)) if not value]
    if names.count(stage.name) > 1:
        faults.append(f"the name '{stage.name}' is given to {names.count(stage.name)} stages")
    if stage.function is None and stage.group not in ("of_model", "of_scans"):
        faults.append(f"the struct {stage.struct} has no run or edit that calls a function")
    return faults


graph_functions = re.findall(r"\bconstexpr graph_builder (\w+)\(const graph_view&",
                             "".join(path.read_text() for path in (ROOT / "include").rglob("*.hpp")))


def functions_of(stage):
    """What calls the stage: its function, and the pass's others, such as simplify beside prune_and_simplify."""
    if stage.function is None:
        return []
    word = stage.function.split("_")[-1]
    return sorted({stage.function, *(name for name in graph_functions if word in name.split("_"))})


functions = [functions_of(stage) for stage in found]
ANY_CALL = re.compile(rf"\b({'|'.join(name for names in functions for name in names)})\b")


def statements(text):
    """Each that calls a stage, with the line on which it begins; no definitions."""
    line = 1
    for statement in re.split(r"(?<=[;{}])", code_of(text)):
        begin = line + re.match(r"\s*", statement)[0].count("\n")
        line += statement.count("\n")
        if ANY_CALL.search(statement) and not DEFINITION.match(statement):
            yield begin, statement


def call_of(names, statement):
    """What is left of a call of one of these functions: the variables that it makes or is given, or None."""
    for name in names:
        called = re.search(rf"(?:\b(\w+)\s*=[^=].*?)?(?<![\w.>]){name}\b(?:\s+(\w+))?\s*[({{](.*)", statement, re.DOTALL)
        if called:
            return {called[1], called[2]} - {None}, set(re.findall(VARIABLE, called[3]))
    return None


def order_in(text):
    """Where a text gives what one stage has made to the next."""
    faults, latest = [], {}
    for line, statement in statements(text):
        calls = {i: call for i, names in enumerate(functions) if names and (call := call_of(names, statement))}
        for i, (_, given) in calls.items():
            made, before = latest.get(i - 1, (set(), -NEAR))
            if i - 1 in calls or (line - before <= NEAR and made & given):
                faults.append(f"line {line} gives what '{found[i - 1].name}' made to '{found[i].name}'")
        for i, (made, given) in calls.items():
            latest[i] = (made or given, line)
    return faults


PLANTED = {
    "auto simple = hg::simplify(g, true);\nauto merged =\n    hg::eliminate_common_subexpressions(simple.view());\n": ["line 2"],
    "return isolate_roots(eliminate_common_subexpressions(g, needed).view());\n": ["line 1"],
    "const use_analysis ahead(g);\n\nfusion fused(g, ahead.view());\n": ["line 3"],
    "lay_out(edit(s), rows);\nfind_representatives(edit(s), g);\n": ["line 2"],
    "g = Spec::select();\nif (trains) {\n    g = Spec::differentiate(std::move(g));\n}\n": ["line 3"],
    "// eliminate_common_subexpressions(prune_and_simplify(g));\nsays(\"merge(prune_and_simplify(g))\");\n": [],
    "auto simple = hg::simplify(g, true);\nauto merged = hg::eliminate_common_subexpressions(other.view());\n": [],
    "constexpr graph_builder eliminate_common_subexpressions(const graph_view& simple);\nrun_passes(g);\n": [],
}


def faults_of_planted():
    return [f"in {text!r}: found {order_in(text)}, planted in {expected}" for text, expected in PLANTED.items()
            if [fault.split(" gives")[0] for fault in order_in(text)] != expected]


def page_says(page, text):
    return [] if text in (ROOT / page).read_text() else [f"{page} does not have:\n{text}"]


graphs = [stage for stage in found if stage.group in ("of_model", "of_specification", "passes")]
printed = "\n".join(["| stage | what it does |", "|---|---|", *(f"| `{s.name}` | {s.does} |" for s in graphs)])
in_order = "use hg::specify, hg::run_passes, hg::plan or the lists of compile/stages.hpp"
results = [(f"stage {stage.struct}", faults_of(stage), "see the comments in compile/stages.hpp") for stage in found]
results += [("the diagram of the stages", page_says("docs/architecture.md", stage_list.diagram()), "python3 tools/stage_list.py"),
            ("the table of the stages", page_says("docs/architecture.md", stage_list.table()), "python3 tools/stage_list.py"),
            ("the stages that are printed", page_says("docs/graph.md", printed), None)]
results += [(str(path.relative_to(ROOT)), order_in(path.read_text()), in_order) for path in SOURCES]
results.append(("offences that are planted are found", faults_of_planted(), None))
report(results)
