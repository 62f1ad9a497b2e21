"""Builds small programs in each of the ways that a project of its own can use the library, and runs them, all in a folder
of its own and with warnings as errors, except for the library's own files. The one of the compiled part is built where the
library is installed; elsewhere that would be the same once more.

    tests/consumers/run.py [--only WAY]

WAY is flags, flags_of_clang, fetch_content, add_subdirectory, find_package, pkg_config or subproject.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADERS_ALONE, PROGRAMS = ("regression",), ("regression", "saving")
SOURCES = (*PROGRAMS, "derivatives")
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"
# Without optimisation and debugging information, and of several files at once, the library is built in a fifth of the time.
CMAKE = ["-DCMAKE_BUILD_TYPE=None"]
TOGETHER_BY_CMAKE, TOGETHER_BY_MESON = "-DCMAKE_UNITY_BUILD=ON", "--unity=on"


class Failed(Exception):
    pass


def run(*command, cwd, env=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env={**os.environ, **(env or {})})
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def run_programs(folder, names=PROGRAMS):
    for name in names:
        run(f"./{name}", cwd=folder)


def compile_by_hand(folder, compiler, name, *options):
    run(*compiler, "-std=c++20", *options, *WARNINGS.split(), "-I", ROOT / "include", f"{name}.cpp", "-o", name, cwd=folder)


def flags(folder):
    compile_by_hand(folder, ["g++"], "regression", "-O1")
    compile_by_hand(folder, ["g++"], "derivatives", "-O3", "-march=native")
    run_programs(folder, ("regression", "derivatives"))


def has_libcxx(clang):
    told = subprocess.run([clang, "-stdlib=libc++", "-x", "c++", "-fsyntax-only", "-"], input="#include <vector>\n",
                          text=True, capture_output=True)
    return told.returncode == 0


def flags_of_clang(folder):
    """On both standard libraries, every header included."""
    clang = shutil.which("clang++-19")
    if not clang:
        return "clang++-19 is not installed"
    headers = sorted((ROOT / "include").rglob("*.hpp"))
    Path(folder, "every_header.cpp").write_text("".join(f'#include "{h}"\n' for h in headers) + "int main() {}\n")
    libraries = ["-stdlib=libstdc++", *(["-stdlib=libc++"] if has_libcxx(clang) else [])]
    for library in libraries:
        compile_by_hand(folder, [clang, library], "every_header", "-O0")
        compile_by_hand(folder, [clang, library], "regression", "-O1")
        run_programs(folder, HEADERS_ALONE)
    return None if len(libraries) == 2 else "libc++ is not installed"


def with_cmake(folder, lines, programs, *options):
    targets = "\n".join(f"add_executable({name} {name}.cpp)" for name in PROGRAMS)
    Path(folder, "CMakeLists.txt").write_text(f"""cmake_minimum_required(VERSION 3.21)
project(consumer CXX)
{lines}
{targets}
target_link_libraries(regression hourglass::hourglass)
target_link_libraries(saving hourglass::support)
""")
    run("cmake", "-S", ".", "-B", "build", *CMAKE, f"-DCMAKE_CXX_FLAGS={WARNINGS}", *options, cwd=folder)
    run("cmake", "--build", "build", "-j2", "--target", *programs, cwd=folder)
    run_programs(Path(folder, "build"), programs)


def fetch_content(folder):
    with_cmake(folder, f"""include(FetchContent)
FetchContent_Declare(hourglass SOURCE_DIR {ROOT})
FetchContent_MakeAvailable(hourglass)""", HEADERS_ALONE)


def add_subdirectory(folder):
    Path(folder, "hourglass").symlink_to(ROOT)
    with_cmake(folder, "add_subdirectory(hourglass)", HEADERS_ALONE)


def find_package(folder):
    run("cmake", "-S", ROOT, "-B", "library", *CMAKE, TOGETHER_BY_CMAKE, f"-DCMAKE_INSTALL_PREFIX={folder}/installed", cwd=folder)
    run("cmake", "--build", "library", "-j2", cwd=folder)
    run("cmake", "--install", "library", cwd=folder)
    with_cmake(folder, "find_package(hourglass 0.1 REQUIRED)", PROGRAMS, f"-DCMAKE_PREFIX_PATH={folder}/installed")


def pkg_config(folder):
    run("meson", "setup", "library", ROOT, "-Doptimization=0", TOGETHER_BY_MESON, f"--prefix={folder}/installed", cwd=folder)
    run("meson", "install", "-C", "library", cwd=folder)
    described = next(Path(folder, "installed").rglob("hourglass.pc"))
    env = {"PKG_CONFIG_PATH": str(described.parent)}
    words = run("pkg-config", "--cflags", "--libs", "hourglass", cwd=folder, env=env).split()
    for name in PROGRAMS:
        run("g++", "-O1", *WARNINGS.split(), f"{name}.cpp", *words, "-o", name, cwd=folder)
    run_programs(folder)


def subproject(folder):
    Path(folder, "subprojects").mkdir()
    Path(folder, "subprojects/hourglass").symlink_to(ROOT)
    Path(folder, "subprojects/hourglass.wrap").write_text(f"""[wrap-git]
directory = hourglass
url = file://{ROOT}
revision = head

[provide]
dependency_names = hourglass, hourglass_support
""")
    Path(folder, "meson.build").write_text("""project('consumer', 'cpp', default_options: ['cpp_std=c++20', 'optimization=1'])
executable('regression', 'regression.cpp', dependencies: dependency('hourglass'))
executable('saving', 'saving.cpp', dependencies: dependency('hourglass_support'))
""")
    run("meson", "setup", "build", cwd=folder)
    run("ninja", "-C", "build", *HEADERS_ALONE, cwd=folder)
    run_programs(Path(folder, "build"), HEADERS_ALONE)


WAYS = {f.__name__: f for f in (flags, flags_of_clang, fetch_content, add_subdirectory, find_package, pkg_config, subproject)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", choices=WAYS)
    only = parser.parse_args().only
    failed = 0
    for name in [only] if only else WAYS:
        with tempfile.TemporaryDirectory() as folder:
            for program in SOURCES:
                shutil.copy(ROOT / "tests/consumers" / f"{program}.cpp", folder)
            try:
                left_out = WAYS[name](folder)
                print(f"{name}: built and run" + (f"; in part, since {left_out}" if left_out else ""))
            except Failed as fault:
                failed += 1
                print(f"FAILED: {name}: {fault}")
    print(f"{(1 if only else len(WAYS)) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
