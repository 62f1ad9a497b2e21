"""The oracle's generator (tests/oracle/) has every operation that users write, and tests/oracle/models_*.cpp are what it
makes. The numbers in these are JAX's, and taken as they stand."""

import importlib.util
import io
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from checks import ROOT, report

sys.path.insert(0, str(ROOT / "tests" / "oracle"))
import build  # noqa: E402
import coverage  # noqa: E402
import fixed  # noqa: E402
import models  # noqa: E402
import run  # noqa: E402

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


def said_of(compiled, uncompiled):
    """What is said where JAX's two answers are so far from the program's."""
    answer = {True: compiled, False: uncompiled}
    fakes = {"reference": SimpleNamespace(evaluate=lambda model, compiled=True: answer[compiled]),
             "compare": SimpleNamespace(compare=lambda model, lines, wanted: [("x", wanted, "")], agrees=lambda e: e < 1)}
    with mock.patch.dict(sys.modules, fakes), redirect_stdout(io.StringIO()) as said:
        run.Report(None).compared(SimpleNamespace(seed=5), [])
    return said.getvalue()


def faults_of_second_answer():
    """That XLA's compiler is wrong is said only where JAX without it agrees with the program."""
    words = "The model of seed 5 was evaluated again without XLA's compiler, which disagreed.\n"
    for errors, wanted in (((0, 0), ""), ((2, 0), words), ((2, 2), "")):
        if said_of(*errors) != wanted:
            yield f"errors {errors}: {said_of(*errors)!r} is said, {wanted!r} wanted"


def faults_of_slowest():
    with redirect_stdout(io.StringIO()) as said:
        run.show_slowest("to compile", [(n / 10, f"model {n}") for n in range(17)])
        run.show_slowest("in JAX", [(0.1, "model 1")])
    wanted = ["The slowest to compile, in seconds:", *(f"      {n / 10}  model {n}" for n in range(16, 6, -1))]
    return [] if said.getvalue().splitlines() == wanted else [said.getvalue()]


def faults_of_python():
    """A Python without JAX is told so at once."""
    done = subprocess.run([sys.executable, "-S", ROOT / "tests" / "oracle" / "run.py"], text=True, capture_output=True)
    wanted = "run ./dev test --oracle, and then this by build/oracle-python/bin/python\n"
    return [] if done.returncode == 2 and done.stderr.endswith(wanted) else [f"{wanted} wanted, found {done}"]


report([
    ("tests/oracle has the functions of docs/operations.md", list(faults_of_coverage()),
     "add what is new to elementwise.py, structural.py, families.py or constructs.py in tests/oracle"),
    ("the fixed models have them", faults_of_fixed(), "choose others: tests/oracle/fixed.py --choose"),
    ("tests/oracle/models_*.cpp are what tests/oracle/fixed.py makes", list(fixed.faults()),
     "run tests/oracle/fixed.py --write in the environment of ./dev test --oracle"),
    ("a model that crashes", faults_of_crash(), "repair run_program in tests/oracle/build.py"),
    ("what is compared", list(faults_of_comparison()), "repair tests/oracle/compare.py"),
    ("what is said of XLA's compiler", list(faults_of_second_answer()), "repair Report.compared in tests/oracle/run.py"),
    ("the slowest models", faults_of_slowest(), "repair show_slowest in tests/oracle/run.py"),
    ("a Python without JAX", faults_of_python(), "repair the imports in tests/oracle/run.py"),
])
