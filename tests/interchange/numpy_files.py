"""load_npy reads what NumPy saves, and NumPy loads what save_npy writes.

    tests/interchange/numpy_files.py NPY_VALUES

Where NumPy is not installed this is skipped, with the exit status 77. HOURGLASS_PYTHON names a Python that has it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy
except ImportError:
    other = os.environ.get("HOURGLASS_PYTHON")
    if other and subprocess.run([other, "-c", "import numpy"], capture_output=True).returncode == 0:
        os.execv(other, [other, *sys.argv])
    print("skipped: no Python with numpy was found; HOURGLASS_PYTHON=PATH names one")
    sys.exit(77)

TYPES = ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "u1", "<u2", ">u4",
         "<u8", "bool"]
SHAPES = [(), (1,), (7,), (0,), (3, 0, 2), (3, 4), (2, 3, 4), (2, 1, 3, 2)]


def arrays():
    dice = numpy.random.default_rng(1)
    for kind in TYPES:
        for shape in SHAPES:
            values = dice.integers(0, 2 if kind == "bool" else 100, size=shape)
            if kind[-2] == "f":
                values = values / 8 - 3
            elif kind[-2] == "i":
                values = values - 50
            for order in "CF":
                yield numpy.asarray(values, dtype=kind, order=order)
    yield numpy.array([numpy.inf, -numpy.inf, numpy.nan, -0.0, 6e-8, 65504], "<f2")
    yield numpy.array([5e-324, 1e-310, 0.1], "<f8")
    yield numpy.arange(24).reshape(4, 6)[::2, 1:5]  # a view, saved whole


def same(found, wanted):
    return found.shape == wanted.shape and numpy.array_equal(found, wanted, equal_nan=True)


def faults_of(line, path, wanted):
    shape, _, values = line.partition(":")
    wide = numpy.asarray(wanted, "f8")
    if "\n" in line or not _ or tuple(map(int, shape.split())) != wide.shape:
        return [f"{wanted.dtype} {wanted.shape}: {line}"]
    found = numpy.array([float(value) for value in values.split()]).reshape(wide.shape)
    faults = [] if same(found, wide) else [f"{wanted.dtype} {wanted.shape}: read as {found}, not {wide}"]
    for suffix, kind in (("f32", "<f4"), ("f64", "<f8")):
        written = numpy.load(f"{path}.{suffix}")
        if written.dtype != kind or not same(written, numpy.asarray(wanted, kind)):
            faults.append(f"{wanted.dtype} {wanted.shape}: written as {written.dtype} {written}")
    return faults


def main():
    with tempfile.TemporaryDirectory() as folder:
        cases = []
        for n, array in enumerate(arrays()):
            path = Path(folder, f"{n}.npy")
            with open(path, "wb") as file:
                numpy.lib.format.write_array(file, array, version=[(1, 0), (2, 0), (3, 0)][n % 3])
            cases.append((path, array))
        lines = subprocess.run([sys.argv[1], *(path for path, _ in cases)], text=True, capture_output=True,
                               check=True).stdout.splitlines()
        assert len(lines) == len(cases), f"{len(lines)} lines of {len(cases)}"
        faults = [fault for line, (path, array) in zip(lines, cases) for fault in faults_of(line, path, array)]
    for fault in faults[:20]:
        print(f"FAILED: {fault}")
    print(f"{len(cases) - len(faults)} passed, {len(faults)} failed")
    sys.exit(1 if faults else 0)


main()
