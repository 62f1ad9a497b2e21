"""The oracle's generator (tests/oracle/) has every operation that users write, and tests/oracle_models_*.cpp are what it
makes. The numbers in these are JAX's, and taken as they stand."""

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from checks import ROOT, report

sys.path.insert(0, str(ROOT / "tests" / "oracle"))
import build  # noqa: E402
import coverage  # noqa: E402
import fixed  # noqa: E402
import models  # noqa: E402

PAGE = (ROOT / "docs" / "operations.md").read_text()
MANY = 500  # seeds of small models
NEWER = {"log_normal_cdf"}  # than the choice of the fixed models


def faults_of_coverage():
    many = [models.Model(seed, small=True) for seed in range(MANY)]
    if "no_such_function" not in coverage.missing(PAGE.replace("`dropout(x, p)`", "`no_such_function(x)`"), many):
        yield "a function that the page lists and no model has is not found to be missing"
    yield from (f"{name} is in no model" for name in coverage.missing(PAGE, many))


def faults_of_fixed():
    return [f"{name} is in none of them" for name in coverage.missing(PAGE, fixed.all_models()) if name not in NEWER]


# A program of four models: it begins with the one that it is told, and crashes in the second.
CRASHES = """#!/bin/sh
for n in 0 1 2 3; do
    [ $n -lt $1 ] && continue
    printf 'model 1%s\\n0 function e0 %s\\n' $n $n
    [ $n = 1 ] && printf '1 function' && kill -SEGV $$
done
exit 0
"""


def faults_of_crash():
    """The models after one that crashes are run all the same."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program")
        program.write_text(CRASHES)
        program.chmod(0o700)
        said = list(build.run_program(program, [SimpleNamespace(seed=10 + n) for n in range(4)]))
    wanted = [(10 + n, [f"0 function e0 {n}"], None) for n in range(4)]
    wanted[1] = (11, None, "ends with the status -11: 0 function e0 1\n1 function")
    return [] if said == wanted else [f"{wanted} wanted, found {said}"]


NAN, INFINITE = float("nan"), float("inf")
COMPARED = [  # of the program, of JAX, and whether they agree
    ([1 + 1e-12, NAN, INFINITE], [1, NAN, INFINITE], True),
    ([1 + 1e-12, NAN, 2], [1, 2, NAN], False),
    ([1 + 1e-6, NAN], [1, NAN], False),
    ([1, INFINITE], [1, -INFINITE], False),
    ([1, INFINITE], [1, 1e300], False),
    ([1, 2], [1, 2.1], False),
    ([1, 2, 3], [1, 2], False),
]


def faults_of_comparison():
    if importlib.util.find_spec("numpy") is None:  # it is there where JAX is
        return
    import compare
    import numpy
    for got, wanted, good in COMPARED:
        value, words = compare.error_of(numpy.array(got), numpy.array(wanted), 1)
        if compare.agrees(value) != good or "(" in words:
            yield f"{got} against {wanted}: error {value}, {words}"


def faults_of_python():
    """A Python without JAX is told so at once."""
    done = subprocess.run([sys.executable, "-S", ROOT / "tests" / "oracle" / "run.py"], text=True, capture_output=True)
    wanted = "run ./dev test --oracle, and then this by build/oracle-python/bin/python\n"
    return [] if done.returncode == 2 and done.stderr.endswith(wanted) else [f"{wanted} wanted, found {done}"]


report([
    ("tests/oracle has the functions of docs/operations.md", list(faults_of_coverage()),
     "add what is new to elementwise.py, structural.py, families.py or constructs.py in tests/oracle"),
    ("the fixed models have them", faults_of_fixed(), "choose others: tests/oracle/fixed.py --choose"),
    ("tests/oracle_models_*.cpp are what tests/oracle/fixed.py makes", list(fixed.faults()),
     "run tests/oracle/fixed.py --write in the environment of ./dev test --oracle"),
    ("a model that crashes", faults_of_crash(), "repair run_program in tests/oracle/build.py"),
    ("what is compared", list(faults_of_comparison()), "repair tests/oracle/compare.py"),
    ("a Python without JAX", faults_of_python(), "repair the imports in tests/oracle/run.py"),
])
