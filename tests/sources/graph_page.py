"""The examples of docs/graph.md are what the tests compare: each printed graph, schedule, picture or sentence in the page
stands in tests/inspect/."""

import re
from checks import ROOT, report

BLOCK = re.compile(r"^```(?:text|mermaid)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PRINTED = re.compile(r"^(graph|schedule|without dead code|final): \d|^the (equation|gradient)|^---\ntitle: ")
tests = "\n".join(path.read_text() for path in sorted((ROOT / "tests" / "inspect").glob("*.cpp")))
page = ROOT / "docs" / "graph.md"
examples = [block for block in BLOCK.findall(page.read_text()) if PRINTED.match(block)]


def faults_of(example):
    return [] if example.rstrip("\n") in tests else [example]


results = [(f"docs/graph.md, example {number}", faults_of(example), "copy it from the test that compares it")
           for number, example in enumerate(examples, 1)]
found = [] if len(examples) >= 6 else [f"the page has {len(examples)} examples that this script knows for printed text"]
results.append(("docs/graph.md has examples", found, "make the page and PRINTED in tests/sources/graph_page.py agree"))
report(results)
