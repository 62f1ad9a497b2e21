"""Holds what a model's programs print against what JAX says."""

import numpy

# Of an element: |difference| / (|wanted| + a hundredth of the largest + 1e-6).
TOLERANCE = 1e-9


def agrees(error):
    return error <= TOLERANCE  # a NaN does not


def parsed(lines):
    found = {}
    for line in lines:
        words = line.split(" ")
        found[" ".join(words[:3])] = numpy.array([float(w) for w in words[3:]])
    return found


def error_of(got, wanted, rows):
    """The worst error of a result, and in words where it is, or what is wrong with its size. What is not finite must be
    the same in both."""
    flat = numpy.ravel(wanted)
    if got.size != flat.size and got.size == rows * flat.size:  # it has rows here, all of them equal
        flat = numpy.tile(flat, rows)
    if got.size * rows == flat.size and rows > 1:
        rows_of_it = flat.reshape(rows, -1)
        if numpy.allclose(rows_of_it, rows_of_it[0], rtol=1e-12, atol=1e-12, equal_nan=True):
            flat = rows_of_it[0]
    if got.size != flat.size:
        return numpy.inf, f"has {got.size} numbers and not {flat.size}"
    errors = errors_of(got, flat)
    worst = int(numpy.argmax(errors))
    return float(errors[worst]), f"element {worst} is {float(got[worst])} and not {float(flat[worst])}"


def errors_of(got, wanted):
    """Of each element."""
    finite = numpy.isfinite(got) & numpy.isfinite(wanted)
    same = (got == wanted) | numpy.isnan(got) & numpy.isnan(wanted)
    largest = numpy.max(numpy.abs(wanted), where=numpy.isfinite(wanted), initial=0)
    with numpy.errstate(invalid="ignore"):
        errors = numpy.abs(got - wanted) / (numpy.abs(wanted) + 0.01 * largest + 1e-6)
    return numpy.where(same, 0.0, numpy.where(finite, errors, numpy.inf))


def compare(model, lines, wanted):
    """(name of the result, its error, words) for each result."""
    got = parsed(lines)
    for name, value in wanted.items():
        if name not in got:
            yield name, numpy.inf, "is not printed"
        else:
            yield (name, *error_of(got[name], value, model.rows))
