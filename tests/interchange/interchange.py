"""Weights that hg::save wrote give the same outputs elsewhere, and weights from elsewhere the same outputs here.

    tests/interchange/interchange.py DENSE_NET

Elsewhere is a reader and writer of the format in plain Python, and PyTorch with the safetensors package. Where these are
not installed, their half is skipped and the exit status is 77. HOURGLASS_PYTHON names a Python that has them.
"""

import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

TOLERANCE = 1e-6
SHAPES = {"h.weight": [3, 4], "h.bias": [3], "y.weight": [2, 3], "y.bias": [2]}
INPUTS = [[(4 * row + k) * 7 % 11 / 8 - 0.5 for k in range(4)] for row in range(5)]  # as dense_net.cpp makes them


def dense_net(*words):
    """The outputs, and what it said besides."""
    done = subprocess.run([sys.argv[1], *map(str, words)], text=True, capture_output=True)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, words))}: exit status {done.returncode}: {done.stderr}")
    return [[float(word) for word in line.split()] for line in done.stdout.splitlines()], done.stderr


def expect_close(found, wanted):
    assert len(found) == len(wanted) == 5, f"{len(found)} and {len(wanted)} rows"
    for a, b in zip(sum(found, []), sum(wanted, []), strict=True):
        assert abs(a - b) <= TOLERANCE * max(1, abs(b)), f"{found} is not {wanted}"


def read(path):
    """Each tensor of a file: its shape and numbers."""
    content = path.read_bytes()
    length, = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + length]), content[8 + length:]
    tensors = {}
    for name, about in header.items():
        if name != "__metadata__":
            assert about["dtype"] == "F32", about
            begin, end = about["data_offsets"]
            tensors[name] = about["shape"], struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
    return tensors


def write(path, tensors, code="f", dtype="F32"):
    """Numbers by name, in the shapes of the net, beside a counter of integers."""
    header, data = {"count": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]}}, struct.pack("<q", 5)
    for name, numbers in tensors.items():
        packed = struct.pack(f"<{len(numbers)}{code}", *numbers)
        header[name] = {"dtype": dtype, "shape": SHAPES[name], "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def layer(weight, bias, row):
    width = len(row)
    return [sum(w * x for w, x in zip(weight[k * width:], row)) + b for k, b in enumerate(bias)]


def outputs(tensors):
    """Of the net, in Python's doubles: y = W x + b with W as [out, in]."""
    rows = []
    for row in INPUTS:
        hidden = [max(0, x) for x in layer(tensors["h.weight"], tensors["h.bias"], row)]
        rows.append(layer(tensors["y.weight"], tensors["y.bias"], hidden))
    return rows


def made_up():
    sizes = {"h.weight": 12, "h.bias": 3, "y.weight": 6, "y.bias": 2}
    return {name: [(i * 5 + len(name)) % 13 / 8 - 0.75 for i in range(size)] for name, size in sizes.items()}


def python_reads_ours(folder):
    ours, _ = dense_net("save", folder / "ours")
    tensors = read(folder / "ours")
    assert {name: shape for name, (shape, _) in tensors.items()} == SHAPES, tensors
    expect_close(ours, outputs({name: numbers for name, (_, numbers) in tensors.items()}))


def we_read_pythons(folder):
    wanted = outputs(made_up())  # whose numbers each of these types holds exactly
    for code, dtype in (("f", "F32"), ("d", "F64"), ("e", "F16")):
        write(folder / "theirs", made_up(), code, dtype)
        found, said = dense_net("load", folder / "theirs")
        assert said == "count I64\n", said
        expect_close(found, wanted)


TORCH = '''
import sys, torch
from safetensors.torch import load_file, save_file
torch.manual_seed(3)
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.h, self.y = torch.nn.Linear(4, 3), torch.nn.Linear(3, 2)
    def forward(self, x):
        return self.y(torch.relu(self.h(x)))
net = Net()
if sys.argv[1] == "load":
    net.load_state_dict(load_file(sys.argv[2]))
else:
    kind = getattr(torch, sys.argv[3])
    net = net.to(kind)
    state = dict(net.state_dict(), **{"bn.num_batches_tracked": torch.tensor(5)})
    save_file(state, sys.argv[2])
    net = net.float()
x = torch.tensor(eval(sys.argv[-1]))
for row in net(x).tolist():
    print(*(format(value, ".9g") for value in row))
'''


def python_with_torch():
    for python in (os.environ.get("HOURGLASS_PYTHON"), sys.executable):
        probe = [python, "-c", "import torch, safetensors.torch"]
        if python and subprocess.run(probe, capture_output=True).returncode == 0:
            return python
    return None


def torch(*words):
    done = subprocess.run([python_with_torch(), "-c", TORCH, *map(str, words), repr(INPUTS)], text=True,
                          capture_output=True)
    if done.returncode:
        raise AssertionError(f"PyTorch, {words[0]}: {done.stderr}")
    return [[float(word) for word in line.split()] for line in done.stdout.splitlines()]


def torch_reads_ours(folder):
    ours, _ = dense_net("save", folder / "ours")
    expect_close(torch("load", folder / "ours"), ours)


def we_read_torchs(folder):
    for kind in ("float32", "float64", "float16", "bfloat16"):
        wanted = torch("save", folder / "theirs", kind)
        found, said = dense_net("load", folder / "theirs")
        assert said == "bn.num_batches_tracked I64\n", said
        expect_close(found, wanted)


def main():
    cases, skipped = [python_reads_ours, we_read_pythons], 0
    if python_with_torch():
        cases += [torch_reads_ours, we_read_torchs]
    else:
        print("skipped: PyTorch's half, since no Python with torch and safetensors was found; "
              "HOURGLASS_PYTHON=PATH names one")
        skipped = 2
    failed = 0
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            try:
                case(Path(folder))
            except AssertionError as fault:
                failed += 1
                print(f"FAILED: {case.__name__}: {fault}")
    print(f"{len(cases) - failed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 77 if skipped else 0)


main()
