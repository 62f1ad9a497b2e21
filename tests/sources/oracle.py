"""The oracle's generator (tests/oracle/) has every operation that users write, and tests/oracle_models_*.cpp are what it
makes. The numbers in these are JAX's, and taken as they stand."""

import sys
from checks import ROOT, report

sys.path.insert(0, str(ROOT / "tests" / "oracle"))
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


report([
    ("tests/oracle has the functions of docs/operations.md", list(faults_of_coverage()),
     "add what is new to elementwise.py, structural.py, families.py or constructs.py in tests/oracle"),
    ("the fixed models have them", faults_of_fixed(), "choose others: tests/oracle/fixed.py --choose"),
    ("tests/oracle_models_*.cpp are what tests/oracle/fixed.py makes", list(fixed.faults()),
     "run tests/oracle/fixed.py --write in the environment of ./dev test --oracle"),
])
