"""The oracle: random models, each written as Hourglass and as JAX, whose values, gradients and second derivatives are
compared in double. ./dev test --oracle runs it, in an environment that tools/oracle.py makes; later by hand:

    build/oracle-python/bin/python tests/oracle/run.py [--models N] [--seed S] [--jobs N] [--compiler C]
        [--optimization O] [--folder DIR] [--group N] [--size small|large] [--log FILE]
"""

import argparse
import collections
import importlib.util
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import build
import cpp
import jax_text
import models


MOST, LEAST = 10, 0.5  # of the slowest that are listed, and the seconds that they take


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    needs_less_memory = "clang++-19"
    parser.add_argument("--compiler", default=needs_less_memory if shutil.which(needs_less_memory) else "g++")
    parser.add_argument("--optimization", default="0")
    parser.add_argument("--folder", default=str(build.ROOT / "build" / "oracle"))
    parser.add_argument("--group", type=int, default=12, help="models in a file")
    parser.add_argument("--size", choices=["small", "large"], default="small")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--log", help="a line for each model: its seed, and the worst error of each kind of result")
    options = parser.parse_args()
    if options.models < 1:
        parser.error("--models wants a number above 0")
    lacking = [name for name in ("numpy", "scipy", "jax") if importlib.util.find_spec(name) is None]
    if lacking:
        parser.error(f"this Python has no {' and no '.join(lacking)}: run ./dev test --oracle, and then this by "
                     "build/oracle-python/bin/python")
    return options


class Report:
    def __init__(self, log):
        self.log = open(log, "a") if log else None
        self.passed = self.failed = self.results = self.numbers = 0
        self.worst = collections.defaultdict(lambda: (0.0, ""))
        self.operations = collections.Counter()
        self.times = []  # of JAX: (seconds, which model)

    def failure(self, model, what):
        self.failed += 1
        print(f"FAILED: the model of seed {model.seed}, {model.rows} rows, {model.threads} threads: {what}")
        print("  " + cpp.text(model).replace("\n", "\n  "))
        print("  " + jax_text.text(model).replace("\n", "\n  "), flush=True)
        if self.log:
            print(f"{model.seed} FAILED {what}", file=self.log, flush=True)

    def compared(self, model, lines):
        """Each result with its error, and what JAX says."""
        import compare
        import reference
        start = time.monotonic()
        wanted = reference.evaluate(model)
        found = list(compare.compare(model, lines, wanted))
        if not agree(found):
            again = reference.evaluate(model, compiled=False)
            found_again = list(compare.compare(model, lines, again))
            if agree(found_again):
                print(f"The model of seed {model.seed} was evaluated again without XLA's compiler, which disagreed.")
            wanted, found = again, found_again
        self.times.append((time.monotonic() - start, f"seed {model.seed}"))
        return found, wanted

    def take(self, model, lines, error):
        import compare
        self.operations.update(models.operations_of(model))
        if error:
            return self.failure(model, error)
        try:
            compared, wanted = self.compared(model, lines)
        except Exception as fault:  # the model is wrong in JAX: as bad
            return self.failure(model, f"JAX: {type(fault).__name__}: {str(fault)[:500]}")
        worst = {}
        for name, value, _ in compared:
            kind = kind_of(model, name)
            self.results, self.numbers = self.results + 1, self.numbers + wanted[name].size
            self.worst[kind] = max(self.worst[kind], (value, f"{name} of seed {model.seed}"))
            worst[kind] = max(worst.get(kind, 0.0), value)
        wrong = [f"{name} {words}, error {value:.2g}" for name, value, words in compared if not compare.agrees(value)]
        if wrong:
            return self.failure(model, "; ".join(wrong[:6]))
        if self.log:
            print(f"{model.seed} " + ", ".join(f"{kind} {value:.2g}" for kind, value in sorted(worst.items())),
                  file=self.log, flush=True)
        self.passed += 1

    def summary(self):
        print(f"{self.results} results, {self.numbers} numbers compared; the worst errors, relative to an element and a "
              "hundredth of the largest:")
        for kind, (value, where) in sorted(self.worst.items()):
            print(f"  {kind:<24} {value:.2g}  ({where})")
        print(f"{len(self.operations)} operations and constructs: " +
              ", ".join(f"{name} {count}" for name, count in sorted(self.operations.items())))
        print(f"{self.passed} passed, {self.failed} failed", flush=True)


def agree(compared):
    import compare
    return all(compare.agrees(value) for _, value, _ in compared)


def show_slowest(what, times):
    slowest = [time for time in sorted(times, reverse=True) if time[0] >= LEAST][:MOST]
    if slowest:
        print(f"The slowest {what}, in seconds:")
    for seconds, name in slowest:
        print(f"  {seconds:7.1f}  {name}")


def kind_of(model, name):
    number, kind, of = name.split(" ")
    if kind == "slope":
        return "gradient"
    if kind == "gradient" and of == model.programs[int(number)].loss:
        return "loss"
    value = next((e.value for e in model.equations if e.name == of), None)
    operations = models.operations_in(value) if value is not None else []
    if any(o in operations for o in ("hessian", "hessian_vector_product", "sparse_hessian")):
        return "second derivative"
    if any(o in operations for o in ("grad", "jacobian", "jvp", "vjp", "sparse_jacobian")):
        return "derivative in equation"
    return "value"


def main():
    options = arguments()
    builder = build.Builder(Path(options.folder), options.compiler, options.optimization)
    start = time.monotonic()
    builder.prepare()
    report = Report(options.log)
    seeds = range(options.seed, options.seed + options.models)
    all_models = {seed: models.Model(seed, small=options.size == "small") for seed in seeds}
    groups = [[all_models[s] for s in seeds[i:i + options.group]] for i in range(0, len(seeds), options.group)]
    with ThreadPoolExecutor(options.jobs) as pool:
        for done in pool.map(lambda group: list(builder.run(group)), groups):
            for seed, lines, error in done:
                report.take(all_models[seed], lines, error)
    show_slowest("to compile", builder.times)
    show_slowest("in JAX", report.times)
    print(f"in {time.monotonic() - start:.0f} s")
    report.summary()
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
