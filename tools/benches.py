"""./dev bench: which benchmark is built, with which copies of other libraries, and run."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from builds import ROOT, Build, release
from busy import busy
from machine import runs_here, widths_of_this_processor
from processes import run_or_stop, run_to_its_end, say, shown, stop

# What the gradients' benchmark can time, if it is given a copy, and the file by which that is known.
PEERS = {
    "adept": "include/adept_arrays.h",
    "autodiff": "autodiff/reverse/var.hpp",
    "codipack": "include/codi.hpp",
    "cppad": "include/cppad/configure.hpp",
    "ddx": "include/ddx.hpp",
    "fastad": "include/fastad",
    "stan": "include/stan/math.hpp",
    "xad": "include/XAD/Config.hpp",
}


def copies_of_peers(given, cxx23):
    """The --peer NAME=PATH of the command line as Meson's options."""
    found = {}
    for words in given:
        name, _, path = words.partition("=")
        if name not in PEERS or not path:
            stop(f"--peer wants NAME=PATH, not {shown(words)}; the names are {', '.join(PEERS)}")
        path, file = Path(os.path.realpath(path)), PEERS[name]  # Path.resolve raises where links form a circle
        if not any((path / place).is_file() for place in (file, f"include/{file}")):
            stop(f"there is no {name} in {shown(path)}: {file} is missing; some are copies as they are, some installed ones")
        found[name] = path
    options = [f"-Dpeers={','.join(f'{name}={path}' for name, path in sorted(found.items()))}"] if found else []
    if "ddx" in found:
        cxx23 = cxx23 or next(filter(shutil.which, ("g++-15", "g++-14", "clang++-20")), None)
        options.append(f"-Dcxx23={cxx23 or stop('ddx wants GCC 14, or Clang with its library: name it by --cxx23')}")
    return options


MOST_UNITS = 4


def accuracy(jobs, json_path):
    """How exact the functions of vectors are at each width that runs here, as the table of docs/operations.md."""
    widths = [width for width in widths_of_this_processor() if runs_here(width)]
    runs = []
    for width in widths:
        build = Build(f"release-{width}", simd=width, optimization="3", jobs=jobs)
        if not build.compile(["bench/bench-accuracy"]):
            return 1
        say(width)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "accuracy.json")
            if run_or_stop([build.folder / "bench/bench-accuracy", "--json", path]):
                return 1
            runs.append(json.loads(path.read_text()))
    found = {}
    for width, run in zip(widths, runs):
        for one in run["results"]:
            row = found.setdefault((one["function"], one["element"]), {})
            row[width] = max(row.get(width, 0), float("inf") if one["wrong"] else one["units"])
    print("\n| function | element |" + "".join(f" {width} |" for width in widths))
    print("|---|---|" + "---|" * len(widths))
    for (function, element), row in found.items():
        print(f"| {function} | {element} |" + "".join(f" {row[width]:.2f} |" for width in widths))
    if json_path:
        whole = {"machine": runs[0]["machine"], "results": [one for run in runs for one in run["results"]]}
        Path(json_path).write_text(json.dumps(whole, indent=2) + "\n")
        print(f"Written to {json_path}")
    worst = max(units for row in found.values() for units in row.values())
    print(f"at most {worst:.2f} units in the last place; allowed are {MOST_UNITS}")
    return int(worst > MOST_UNITS)


def bench(arguments):
    jobs, json_path, compile_time = arguments.jobs(), arguments.value("--json", ""), arguments.flag("--compile")
    gradients, only = arguments.flag("--gradients"), arguments.value("--only", "")
    accurate, beside_others = arguments.flag("--accuracy"), arguments.flag("--busy")
    own_operations = arguments.flag("--own-operations")
    shorter = [f"{name}={path}" for name in ("fastad", "ddx") for path in arguments.values(f"--{name}")]
    copies = copies_of_peers([*shorter, *arguments.values("--peer")], arguments.value("--cxx23", ""))
    arguments.finish("bench")
    if compile_time + gradients + accurate + beside_others + own_operations > 1:
        stop("bench measures one thing at a time: --compile, --gradients, --own-operations, --accuracy or --busy")
    if (copies or only) and not gradients:
        stop("--fastad, --ddx, --peer and --only belong to bench --gradients")
    if accurate:
        sys.exit(accuracy(jobs, json_path))
    if beside_others:
        sys.exit(busy(jobs, json_path))
    extra = ["--json", json_path] if json_path else []
    build = release(jobs)
    if compile_time:
        example = "examples/hourglass-variational"
        if not build.compile([example]):
            sys.exit(1)
        sys.exit(run_to_its_end([sys.executable, ROOT / "bench" / "compile_time.py", *extra,
                                 "--binary", build.folder / example])[0])
    program = "bench/bench-train_step"
    if gradients:
        program = "bench/bench-gradients"
        extra += ["--only", only] if only else []
    if own_operations:
        program = "bench/bench-own_operations"
    if copies:
        build.name += "-peers"
        build.options = copies
    if not build.compile([program]):
        sys.exit(1)
    sys.exit(run_to_its_end([build.folder / program, *extra])[0])
