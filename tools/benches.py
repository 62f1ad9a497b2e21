"""./dev bench: which benchmark is built, with which copies of other libraries, and run."""

import shutil
import sys
from pathlib import Path

from builds import ROOT, release
from processes import run_to_its_end, stop

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
            stop(f"--peer wants NAME=PATH, not {words}; the names are {', '.join(PEERS)}")
        path, file = Path(path).resolve(), PEERS[name]
        if not any((path / place).is_file() for place in (file, f"include/{file}")):
            stop(f"there is no {name} in {path}: {file} is missing; some are copies as they are, some installed ones")
        found[name] = path
    options = [f"-Dpeers={','.join(f'{name}={path}' for name, path in sorted(found.items()))}"] if found else []
    if "ddx" in found:
        cxx23 = cxx23 or next(filter(shutil.which, ("g++-15", "g++-14", "clang++-20")), None)
        options.append(f"-Dcxx23={cxx23 or stop('ddx wants GCC 14, or Clang with its library: name it by --cxx23')}")
    return options


def bench(arguments):
    jobs, json_path, compile_time = arguments.jobs(), arguments.value("--json", ""), arguments.flag("--compile")
    gradients, only = arguments.flag("--gradients"), arguments.value("--only", "")
    shorter = [f"{name}={path}" for name in ("fastad", "ddx") for path in arguments.values(f"--{name}")]
    copies = copies_of_peers([*shorter, *arguments.values("--peer")], arguments.value("--cxx23", ""))
    arguments.finish("bench")
    if compile_time and gradients:
        stop("bench measures one thing at a time: --compile or --gradients")
    if (copies or only) and not gradients:
        stop("--fastad, --ddx, --peer and --only belong to bench --gradients")
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
    if copies:
        build.name += "-peers"
        build.options = copies
    if not build.compile([program]):
        sys.exit(1)
    sys.exit(run_to_its_end([build.folder / program, *extra])[0])
