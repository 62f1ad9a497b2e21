"""The models of the oracle that stand among the ordinary tests, with the numbers that JAX gave them.

    tests/oracle/fixed.py --write     makes tests/oracle/models_*.cpp; needs JAX, see tools/oracle.py
    tests/oracle/fixed.py --choose    looks for seeds whose models have everything between them

The models are small and each is one program, so that they are cheap to compile: its values, its gradient and its second
derivative are equations.
"""

import re
import sys
from pathlib import Path

import cpp
import models

TESTS = Path(__file__).resolve().parents[1]
FILES = 5
SEEDS = [86, 233, 319, 340, 856, 960, 1076, 1104, 1229, 1385, 1462, 1578, 1642, 1845, 1936, 2118, 2125, 2157, 2257,
         2413, 2418, 2487, 2514, 2684, 2963, 3297, 3369, 3577, 3937, 4186, 4349, 4620, 4633, 4735, 4829, 4990, 5265, 5439,
         5463, 5931]
FORMATTER_OFF = "// clang-format off"
# Lowering it takes some 1.5 million steps of constant evaluation: Clang ends at 1,048,576 unless it is told otherwise.
TOO_LARGE_FOR_CLANG = {4990}


def all_models():
    return [models.Model(seed, fixed=True) for seed in SEEDS]


def weight(model):
    """How long a model takes to compile, roughly."""
    return (150 + sum(len(cpp.spelled(e.value)) for e in model.equations) + 40 * len(model.blocks) + 120 * len(model.scans)
            + 60 * sum(len(o.hoisted) > 0 for e in model.equations for o in [e.value]))


def choose(count, candidates):
    """By what each model adds to those before it, where what is rare counts more, for its weight."""
    pool = [models.Model(seed, fixed=True) for seed in range(1, candidates)]
    pool = [m for m in pool if any(e.value.operation in ("hessian_vector_product", "hessian") or
                                   e.value.operation == "grad" and e.name != m.loss.names[0] for e in m.equations)]
    found = {id(m): set(models.operations_of(m)) for m in pool}
    missing, chosen = set().union(*found.values()), []
    often = {name: sum(name in names for names in found.values()) for name in missing}
    while len(chosen) < count:
        best = max(pool, key=lambda m: (sum(often[name] ** -0.35 for name in sorted(found[id(m)] & missing)) + 0.01) /
                   (900 + weight(m)))
        pool.remove(best)
        missing -= found[id(best)]
        chosen.append(best)
    return chosen, missing


# --- the text

def expectations(wanted):
    """What is held of each result: how many numbers, the first, a weighted sum and that of the absolute values."""
    import numpy
    import reference
    held = {}
    for name, value in wanted.items():
        flat = numpy.ravel(value)
        weights = reference.numbers(flat.size, "weight", 0.5, 1.5)
        held[name.split(" ")[-1]] = (flat.size, *(float(v) for v in (flat[0], weights @ flat, weights @ numpy.abs(flat))))
    return held


def expectation(name, held):
    size, *rest = held
    return f'        oracle::expect("{name}", out[{name}], {{{size}, {", ".join(f"{v:.17g}" for v in rest)}}});'


def test_of(model, held):
    """The model's test case; `held` maps the name of a result to its numbers."""
    program = model.programs[0]
    lines = [f'TEST_CASE("the model of seed {model.seed} is what JAX makes of it") {{',
             f"    using namespace model_{model.seed};"]
    lines += cpp.theta(model)
    lines += [f"    static program0 run0{{hg::threads = hg::pinned({model.threads})}};"]
    lines += [line.replace("rows", str(model.rows)) for line in cpp.numbers_of_leaves(model, "    ")]
    lines += ["    const auto out = oracle::call(run0" + "".join(", " + a for a in cpp.call_arguments(model)) + ");"]
    lines += [expectation(n, held[n])[4:] for n in program.results if n in held]
    return lines + ["}", ""]


def text(part, held):
    """A test program: `held` maps (seed, result) to numbers."""
    lines = ["// Random models with the values, gradients and second derivatives that JAX gives them in double. Made by",
             "// tests/oracle/fixed.py --write. GCC checks one half of them and Clang the other, as tests/support/shares.hpp "
             "has it.",
             FORMATTER_OFF,
             '#include "oracle/expect.hpp"', "", "namespace hg = hourglass;", ""]
    for i, model in enumerate(part):
        of_clang = i % 2 and model.seed not in TOO_LARGE_FOR_CLANG  # a half for each compiler, as in support/shares.hpp
        guard = "#ifdef __clang__" if of_clang else "#ifndef __clang__"
        lines += [guard, *cpp.definitions(model), ""]
        lines += [*test_of(model, {name: v for (seed, name), v in held.items() if seed == model.seed})[:-1], "#endif", ""]
    return "\n".join(lines)


EXPECTED = re.compile(r'TEST_CASE\("the model of seed (\d+)|expect\("(\w+)", out\[\w+\], \{(\d+), (\S+), (\S+), (\S+)\}\)')


def held_in(source):
    """The numbers that a test program holds."""
    held, seed = {}, None
    for made in EXPECTED.finditer(source):
        if made[1]:
            seed = int(made[1])
        else:
            held[seed, made[2]] = (int(made[3]), *(float(made[i]) for i in (4, 5, 6)))
    return held


def parts():
    found = all_models()
    each = -(-len(found) // FILES)
    return {TESTS / "oracle" / f"models_{i + 1}.cpp": found[i * each:(i + 1) * each] for i in range(FILES)}


def write():
    import reference
    for path, part in parts().items():
        held = {}
        for model in part:
            for name, numbers in expectations(reference.evaluate(model)).items():
                held[model.seed, name] = numbers
        path.write_text(text(part, held))
        print(path.name)


def faults():
    """What is not as the generator makes it; the numbers are taken as they stand. Needs no JAX."""
    for path, part in parts().items():
        source = path.read_text() if path.exists() else ""
        held = held_in(source)
        lacking = [f"{m.seed} {n}" for m in part for n in m.programs[0].results if (m.seed, n) not in held]
        if lacking:
            yield f"{path.name} has no numbers for {', '.join(lacking[:5])}"
        elif text(part, held) != source:
            yield f"{path.name} is not what tests/oracle/fixed.py makes"


if __name__ == "__main__":
    if "--choose" in sys.argv:
        chosen, missing = choose(40, 6000)
        print("SEEDS =", sorted(m.seed for m in chosen), "missing:", sorted(missing), sum(weight(m) for m in chosen) / 40)
    elif "--write" in sys.argv:
        write()
    else:
        print(__doc__)
