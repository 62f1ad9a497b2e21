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
    """The worst error of a result, and in words what is wrong with its size."""
    flat = numpy.ravel(wanted)
    if got.size != flat.size and got.size == rows * flat.size:  # it has rows here, all of them equal
        flat = numpy.tile(flat, rows)
    if got.size * rows == flat.size and rows > 1:
        rows_of_it = flat.reshape(rows, -1)
        if numpy.allclose(rows_of_it, rows_of_it[0], rtol=1e-12, atol=1e-12):
            flat = rows_of_it[0]
    if got.size != flat.size:
        return numpy.inf, f"has {got.size} numbers and not {flat.size}"
    if not numpy.all(numpy.isfinite(flat)):
        same = numpy.array_equal(got, flat, equal_nan=True)
        return (0.0 if same else numpy.inf), "is not finite in JAX"
    scale = numpy.abs(flat) + 0.01 * numpy.max(numpy.abs(flat), initial=0) + 1e-6
    errors = numpy.abs(got - flat) / scale
    worst = int(numpy.argmax(numpy.where(numpy.isnan(errors), numpy.inf, errors)))
    value = float(numpy.where(numpy.isnan(errors[worst]), numpy.inf, errors[worst]))
    return value, f"element {worst} is {got[worst]!r} and not {flat[worst]!r}"


def compare(model, lines, wanted):
    """(name of the result, its error, words) for each result."""
    got = parsed(lines)
    for name, value in wanted.items():
        if name not in got:
            yield name, numpy.inf, "is not printed"
        else:
            yield (name, *error_of(got[name], value, model.rows))
