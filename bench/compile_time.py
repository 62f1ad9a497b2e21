"""What compiling costs, on GCC and Clang at the release flags: ./dev bench --compile.

    bench/compile_time.py [--json PATH] [--binary PATH] [--quick]

Seconds and memory of one compilation at a time, from the source to an object file. Seconds are the processor's, so that
other work on the machine is not counted; a compiler has one thread, so on an idle machine they are the clock's. Each is
given as a multiple of what including xsimd alone costs in the same run, too, and ceilings are such multiples.

Then what each stage of compile/stages.hpp takes for the variational autoencoder's training step: the seconds of a source that
evaluates the stages up to it, and what they are more than up to the one before.

Then what noise cannot move: how many templates Clang instantiates, and how many steps the longest constant evaluation
takes, by the least limit under which the source still compiles (-fconstexpr-steps, -fconstexpr-ops-limit). From 50 to
200 nodes both may grow at most as the nodes do. Last the sizes of what comes out. --binary is the linked example whose
stripped size is reported; --quick measures each time once, and leaves the stages and the counts out.

The exit status is 1 where a ceiling is passed or a source is refused.
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
sys.path.insert(0, str(ROOT / "tools"))
import stage_list  # noqa: E402

LANGUAGE = ["-std=c++20", "-march=native", f"-I{ROOT / 'include'}"]
FLAGS = [*LANGUAGE, "-O3", "-DNDEBUG", "-c"]
REPEATS = 3
NODES = (10, 50, 100, 200)
GROWTH = 4.4           # from 50 to 200 nodes: four times, and a tenth for what is rounded up
TEXT_CEILING = 300e3   # bytes of machine code in the object file of the variational example
LIMIT_FLAG = {"g++": "-fconstexpr-ops-limit={}", "clang++": "-fconstexpr-steps={}"}
FUNCTIONS = ["tanh({})", "sin({})", "sigmoid({})", "softplus({})", "square({})", "cos({})", "exp(-{})", "relu({})"]


def program_over(model, equations, loss):
    return f"""#include <hourglass/hourglass.hpp>
#include <span>
namespace hg = hourglass;

namespace {model} {{

inline constexpr hg::input<"x", 64> x;
{equations}

}}

float loss_with_gradient(std::span<const float> images, std::span<float> gradient_of_a_weight) {{
    using namespace {model};
    hg::parameters<graph> theta;
    hg::gradient<graph, loss> gradient;
    const auto out = gradient(theta, x = images);
    for (std::size_t i = 0; i < gradient_of_a_weight.size(); ++i)
        gradient_of_a_weight[i] = out.gradient({loss}).data()[i];
    return out[loss];
}}
"""


def symbols(names):
    return "\n".join(f'inline constexpr hg::symbol<"{name}"> {name};' for name in names)


def residual_blocks(count):
    """A program for the gradient of `count` residual blocks, each used by name in the one graph."""
    names = [f"h{i}" for i in range(count + 1)]
    equations = "\n".join(f'    h{i} = hg::use<"b{i}">(residual, in = h{i - 1})[out],' for i in range(1, count + 1))
    return program_over("tower_model", f"""{symbols(["in", "out", "loss", *names])}

inline constexpr hg::graph residual{{out = in + dense<64>(relu(dense<64>(in)))}};

inline constexpr hg::graph graph{{
    h0 = dense<64>(x),
{equations}
    loss = mse(h{count}, x),
}};""", 'hg::name<"h0.weight">')


def chain(nodes):
    """A program for the gradient of that many elementwise nodes, one after another, with an equation for each."""
    names = [f"h{i}" for i in range(nodes)]
    equations = "\n".join(f"    h{i} = {FUNCTIONS[i % len(FUNCTIONS)].format(f'h{i - 1}')}," for i in range(1, nodes))
    return program_over("chain_model", f"""{symbols(["loss", *names])}
inline constexpr hg::parameter<"w", 64> w;

inline constexpr hg::graph graph{{
    h0 = w * x,
{equations}
    loss = sum(h{nodes - 1}),
}};""", "w")


# Derivatives of each kind through one recurrence, one of them of the second order and one mixed.
SCAN_DERIVATIVES = """#include <hourglass/hourglass.hpp>
#include <span>
namespace hg = hourglass;

namespace recurrence {

HOURGLASS_SYMBOLS(u, h, y, in_w, in_x, curvature, along, bent, in_w_twice, mixed);
inline constexpr hg::argument<"w"> w;
inline constexpr hg::argument<"b"> b;
inline constexpr hg::argument<"x", 10> x;
inline constexpr hg::argument<"v", 10> v;

inline constexpr hg::graph body{next(h) = tanh(w * h + u + b)};
inline constexpr hg::graph graph{
    y          = hg::scan<"steps">(body, hg::along(u = x), hg::carry(h = 0.0))[last(h)],
    in_w       = grad(y, w),
    in_x       = grad(y, x),
    curvature  = hessian(y, x),
    along      = jvp(y, x, v),
    bent       = hessian_vector_product(y, x, v),
    in_w_twice = grad(in_w, w),
    mixed      = jacobian(in_x, w),
};

}

double mixed_derivative(std::span<const double> xs, std::span<const double> direction) {
    using namespace recurrence;
    hg::function<graph, hg::to<in_w, in_x, curvature, along, bent, in_w_twice, mixed>, hg::element<double>> all;
    return all(w = 0.3, b = 0.1, x = xs, v = direction)[mixed].data()[0];
}
"""

# Ceilings for each compiler: "x" in multiples of xsimd alone, "s" in seconds, "GB" of memory.
CEILINGS = {
    "hourglass.hpp alone": {"g++": {"x": 2.5}, "clang++": {"x": 2.5}},
    "variational": {"g++": {"x": 8, "s": 20, "GB": 1}, "clang++": {"x": 10, "GB": 1}},
    "64 residual blocks": {"g++": {"s": 15}, "clang++": {"s": 15}},
    "7 derivatives of scan": {"g++": {"s": 25, "GB": 1.2}, "clang++": {"GB": 1.2}},
}
# name, and the source or its text
CASES = [
    ("xsimd alone", "#include <xsimd/xsimd.hpp>\n"),
    ("hourglass.hpp alone", "#include <hourglass/hourglass.hpp>\n"),
    *[(f"{nodes} nodes", chain(nodes)) for nodes in NODES],
    *[(path.stem, path) for path in sorted((ROOT / "examples").glob("*.cpp"))],
    ("64 residual blocks", residual_blocks(64)),
    ("7 derivatives of scan", SCAN_DERIVATIVES),
]


def kind_of(compiler):
    return compiler.removesuffix("-19")


def accepted(compiler, flags, source, folder):
    done = subprocess.run([compiler, *flags, source, "-o", folder / "out.o"], text=True, capture_output=True)
    return done.returncode == 0


def compile_once(compiler, source, folder, flags=FLAGS):
    """Processor seconds, peak bytes of the largest process, and what the compiler said if it refused."""
    with open(folder / "said", "w+") as said:
        child = subprocess.Popen([compiler, *flags, source, "-o", folder / "out.o"], stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return seconds, usage.ru_maxrss * 1024, said.read() if child.returncode else ""


def text_of(binary):
    """Bytes of machine code, by `size`."""
    told = subprocess.run(["size", "-A", binary], text=True, capture_output=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    return sum(int(row[1]) for row in rows if len(row) == 3 and row[0].startswith(".text"))


def stripped_size(binary, folder):
    subprocess.run(["strip", "-o", folder / "stripped", binary], check=True)
    return (folder / "stripped").stat().st_size


def measure(compiler, name, source, repeats, folder):
    runs = []
    for _ in range(repeats):
        seconds, memory, complaint = compile_once(compiler, source, folder)
        if complaint:
            print(f"{compiler} refuses {name}:\n{complaint}", file=sys.stderr)
            return None
        runs.append((seconds, memory))
    seconds = sorted(run[0] for run in runs)
    return {"name": name, "compiler": compiler,
            "seconds": {"median": seconds[len(seconds) // 2], "min": seconds[0], "max": seconds[-1]},
            "peak_memory_bytes": max(run[1] for run in runs), "text_bytes": text_of(folder / "out.o")}


def verdict(result, base):
    """In words: whether a result keeps its ceilings; sets them in the result."""
    result["multiple_of_xsimd"] = result["seconds"]["median"] / base
    ceilings = result["ceilings"] = CEILINGS.get(result["name"], {}).get(kind_of(result["compiler"]), {})
    is_now = {"x": result["multiple_of_xsimd"], "s": result["seconds"]["median"],
              "GB": result["peak_memory_bytes"] / 1e9}
    result["within"] = all(is_now[unit] <= most for unit, most in ceilings.items())
    if not ceilings:
        return ""
    return ("within " if result["within"] else "OVER ") + ", ".join(f"{most} {unit}" for unit, most in ceilings.items())


def times(compilers, repeats, folder):
    print(f"Times: {' '.join(FLAGS[:3])} -O3, the median of {repeats}\n")
    print(f"{'':<22}{'compiler':<12}{'seconds':>8}{'x xsimd':>9}{'peak MB':>9}{'.text KB':>9}  ceiling")
    results, good, base = [], True, {}
    for name, source in CASES:
        if isinstance(source, str):
            (folder / "source.cpp").write_text(source)
            source = folder / "source.cpp"
        for compiler in compilers:
            result = measure(compiler, name, source, repeats, folder)
            if result is None:
                good = False
                continue
            base.setdefault(compiler, result["seconds"]["median"])
            said = verdict(result, base[compiler])
            good = good and result["within"]
            results.append(result)
            print(f"{name:<22}{compiler:<12}{result['seconds']['median']:>8.2f}{result['multiple_of_xsimd']:>9.1f}"
                  f"{result['peak_memory_bytes'] / 1e6:>9.0f}{result['text_bytes'] / 1e3:>9.0f}  {said}", flush=True)
    return results, good


STAGES_OF = """#include <hourglass/compile/compile.hpp>
#include <hourglass/models/variational.hpp>
#include <hourglass/optim/rules.hpp>
namespace hg = hourglass;
inline constexpr auto& vae = hg::models::variational::model<784, 400, 20>;
using spec = hg::program_spec<vae, hg::program_kind::trainer, hg::models::variational::loss, hg::adam>;
"""


def stage_times(compilers, repeats, folder):
    """What a source takes that has the compiler evaluate the stages of a training step up to one of them, and what each
    stage adds. The headers are parsed before: they would take most of the time, and vary by more than a stage takes."""
    print(f"\nStages: -fsyntax-only, the least of {repeats}; seconds up to the stage, and what it adds\n")
    print(f"{'':<22}{'compiler':<12}{'seconds':>8}{'added':>8}")
    header, source, results = folder / "stages.hpp", folder / "source.cpp", []
    header.write_text(STAGES_OF)
    for compiler in compilers:
        flags = [*LANGUAGE, "-fsyntax-only", "-include", header]
        parsed = [compiler, *LANGUAGE, "-x", "c++-header", header, "-o", f"{header}.gch"]  # a name that both look for
        if subprocess.run(parsed).returncode:
            return results, False
        before = None
        for stage in (None, *stage_list.stages()):
            name = stage.name if stage else "none"
            source.write_text(f"static_assert(hg::evaluates<spec, hg::stages::{stage.struct}>());\n" if stage else "")
            runs = [compile_once(compiler, source, folder, flags) for _ in range(repeats)]
            if any(complaint for _, _, complaint in runs):
                print(f"{compiler} refuses the stage {name}:\n{runs[0][2]}", file=sys.stderr)
                return results, False
            seconds = min(run[0] for run in runs)
            before = seconds if before is None else before
            results.append({"name": name, "compiler": compiler, "seconds": seconds, "added": seconds - before})
            print(f"{name:<22}{compiler:<12}{seconds:>8.2f}{seconds - before:>8.2f}", flush=True)
            before = seconds
    return results, True


def least_limit(compiler, source, folder):
    """The least limit of constant evaluation under which a source compiles, to a fiftieth."""
    flag = LIMIT_FLAG[kind_of(compiler)]
    works = lambda limit: accepted(compiler, [*LANGUAGE, "-fsyntax-only", flag.format(limit)], source, folder)
    high = 4096
    while not works(high):
        high *= 4
        if high > 1 << 32:
            return None
    low = high // 4
    while high - low > high // 50:
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return high


def instantiations(compiler, source, folder):
    """How many templates Clang instantiates, as its own trace has them."""
    trace = folder / "trace.json"
    flags = [*LANGUAGE, "-O0", "-c", f"-ftime-trace={trace}", "-ftime-trace-granularity=0"]
    if not accepted(compiler, flags, source, folder):
        return None
    events = json.loads(trace.read_text())["traceEvents"]
    return sum(event["name"] in ("InstantiateClass", "InstantiateFunction") for event in events)


def counts(compilers, folder):
    print("\nCounts, and how they grow from 50 to 200 nodes (four times as many)\n")
    print(f"{'':<40}{'50':>12}{'200':>12}{'growth':>8}  ceiling {GROWTH}")
    results, good = [], True
    questions = [(f"steps of constant evaluation, {compiler}", least_limit, compiler) for compiler in compilers]
    questions += [(f"templates instantiated, {compiler}", instantiations, compiler)
                  for compiler in compilers if kind_of(compiler) == "clang++"]
    for what, count, compiler in questions:
        found = []
        for nodes in (50, 200):
            (folder / "source.cpp").write_text(chain(nodes))
            found.append(count(compiler, folder / "source.cpp", folder))
        if None in found:
            print(f"{what}: does not compile")
            good = False
            continue
        growth = found[1] / found[0]
        good = good and growth <= GROWTH
        results.append({"what": what, "nodes": [50, 200], "counts": found, "growth": growth})
        print(f"{what:<40}{found[0]:>12}{found[1]:>12}{growth:>8.2f}  {'within' if growth <= GROWTH else 'OVER'}", flush=True)
    return results, good


def sizes(results, binary, folder):
    good = True
    print()
    for result in results:
        if result["name"] != "variational":
            continue
        kept = result["text_bytes"] <= TEXT_CEILING
        good = good and kept
        print(f"The variational example's object file by {result['compiler']}: {result['text_bytes'] / 1e3:.0f} KB of "
              f"machine code, {'within' if kept else 'OVER'} {TEXT_CEILING / 1e3:.0f} KB")
    if binary:
        print(f"{Path(binary).name}, linked and stripped: {stripped_size(binary, folder) / 1e3:.0f} KB")
    return good


def value_of(option):
    return sys.argv[sys.argv.index(option) + 1] if option in sys.argv else None


def main():
    json_path, binary, quick = value_of("--json"), value_of("--binary"), "--quick" in sys.argv
    clang = next((name for name in ("clang++-19", "clang++") if shutil.which(name)), None)
    compilers = ["g++"] + ([clang] if clang else [])
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        results, good = times(compilers, 1 if quick else REPEATS, folder)
        by_stage, staged = ([], True) if quick else stage_times(compilers, REPEATS, folder)
        counted, linear = ([], True) if quick else counts(compilers, folder)
        small = sizes(results, binary, folder)
    if json_path:
        versions = {name: subprocess.run([name, "--version"], text=True, capture_output=True).stdout.splitlines()[0]
                    for name in compilers}
        Path(json_path).write_text(json.dumps({
            "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "compilers": versions},
            "flags": FLAGS[:3] + ["-O3"], "results": results, "stages": by_stage, "counts": counted}, indent=2) + "\n")
        print(f"\nWritten to {json_path}")
    sys.exit(0 if good and staged and linear and small else 1)


if __name__ == "__main__":
    main()
