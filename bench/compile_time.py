"""What compiling costs, in seconds and memory, on GCC and Clang at the release flags: ./dev bench --compile.

    bench/compile_time.py [--json PATH]

One compilation at a time, from the source to an object file. Seconds are the processor's, so that other work on the
machine is not counted; a compiler has one thread, so on an idle machine they are the clock's. The includes alone are
the base.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["-std=c++20", "-O3", "-DNDEBUG", "-march=native", "-fopenmp", f"-I{ROOT / 'include'}", "-c"]
REPEATS = 3


def residual_blocks(count):
    """A program for the gradient of `count` residual blocks, each used by name in the one graph."""
    names = [f"h{i}" for i in range(count + 1)]
    symbols = "\n".join(f'inline constexpr hg::symbol<"{name}"> {name};' for name in names)
    equations = "\n".join(f'    h{i} = hg::use<"b{i}">(residual, in = h{i - 1})[out],' for i in range(1, count + 1))
    return f"""#include <hourglass/hourglass.hpp>
#include <span>
namespace hg = hourglass;

namespace tower_model {{

inline constexpr hg::input<"x", 64> x;
inline constexpr hg::symbol<"in"> in;
inline constexpr hg::symbol<"out"> out;
inline constexpr hg::symbol<"loss"> loss;
{symbols}

inline constexpr hg::graph residual{{out = in + dense<64>(relu(dense<64>(in)))}};

inline constexpr hg::graph tower{{
    h0 = dense<64>(x),
{equations}
    loss = mse(h{count}, x),
}};

}}

float loss_with_gradient(std::span<const float> images, std::span<float> gradient_of_a_weight) {{
    using namespace tower_model;
    hg::parameters<tower> theta;
    hg::gradient<tower, loss> gradient;
    const auto out = gradient(theta, x = images);
    for (std::size_t i = 0; i < gradient_of_a_weight.size(); ++i)
        gradient_of_a_weight[i] = out.gradient(hg::name<"h0.weight">).data()[i];
    return out[loss];
}}
"""


# name, the source or its text, and the most that GCC or both may take, in seconds and bytes
CASES = [
    ("xsimd alone", "#include <xsimd/xsimd.hpp>\n", {}),
    ("hourglass.hpp alone", "#include <hourglass/hourglass.hpp>\n", {}),
    ("variational", ROOT / "examples" / "variational.cpp", {"g++": (20, 1.5e9)}),
    ("64 residual blocks", residual_blocks(64), {"g++": (15, None), "clang++": (15, None)}),
]


def compile_once(compiler, source, folder):
    """Processor seconds, peak bytes of the largest process, and what the compiler said if it refused."""
    with open(folder / "said", "w+") as said:
        child = subprocess.Popen([compiler, *FLAGS, source, "-o", folder / "out.o"], stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return seconds, usage.ru_maxrss * 1024, said.read() if child.returncode else ""


def measure(compiler, name, source, limits):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if isinstance(source, str):
            (folder / "source.cpp").write_text(source)
            source = folder / "source.cpp"
        runs = []
        for _ in range(REPEATS):
            seconds, memory, complaint = compile_once(compiler, source, folder)
            if complaint:
                print(f"{compiler} refuses {name}:\n{complaint}", file=sys.stderr)
                return None
            runs.append((seconds, memory))
    seconds = sorted(run[0] for run in runs)
    most_seconds, most_memory = limits.get(compiler.removesuffix("-19"), (None, None))
    return {"name": name, "compiler": compiler,
            "seconds": {"median": seconds[len(seconds) // 2], "min": seconds[0], "max": seconds[-1]},
            "peak_memory_bytes": max(run[1] for run in runs),
            "limit_seconds": most_seconds, "limit_memory_bytes": most_memory}


def within(result):
    """In words: whether a result keeps its limits."""
    if result["limit_seconds"] is None:
        return ""
    limit = f"{result['limit_seconds']} s"
    good = result["seconds"]["median"] <= result["limit_seconds"]
    if result["limit_memory_bytes"]:
        limit += f", {result['limit_memory_bytes'] / 1e9:.1f} GB"
        good = good and result["peak_memory_bytes"] <= result["limit_memory_bytes"]
    return f"within {limit}" if good else f"OVER {limit}"


def main():
    json_path = sys.argv[sys.argv.index("--json") + 1] if "--json" in sys.argv else None
    clang = next((name for name in ("clang++-19", "clang++") if shutil.which(name)), None)
    compilers = ["g++"] + ([clang] if clang else [])
    print(f"{' '.join(FLAGS[:5])}, the median of {REPEATS}\n")
    print(f"{'':<22}{'compiler':<12}{'seconds':>8}{'peak MB':>9}  limit")
    results, refused = [], False
    for name, source, limits in CASES:
        for compiler in compilers:
            result = measure(compiler, name, source, limits)
            refused = refused or result is None
            if result:
                results.append(result)
                print(f"{name:<22}{compiler:<12}{result['seconds']['median']:>8.2f}"
                      f"{result['peak_memory_bytes'] / 1e6:>9.0f}  {within(result)}", flush=True)
    if json_path:
        versions = {name: subprocess.run([name, "--version"], text=True, capture_output=True).stdout.splitlines()[0]
                    for name in compilers}
        Path(json_path).write_text(json.dumps({
            "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "compilers": versions},
            "flags": FLAGS[:5], "results": results}, indent=2) + "\n")
        print(f"\nWritten to {json_path}")
    sys.exit(1 if refused else 0)


main()
