"""What this machine has: the SIMD widths that run on it, and how many compilers it holds at once."""

import os
import platform
import re
from pathlib import Path

WIDTHS = ["avx512", "avx2", "sse", "scalar"]
NEEDED_FLAGS = {  # of /proc/cpuinfo, for a program compiled at that width to run
    "avx512": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx2", "fma"},
    "avx2": {"avx2", "fma", "bmi1", "bmi2", "f16c", "movbe"},
    "sse": {"sse4_2", "ssse3", "popcnt"},
    "scalar": set(),
    "native": set(),
}


def cpu_flags():
    try:
        return set(re.search(r"^flags\s*:(.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)[1].split())
    except (OSError, TypeError):
        return set()


def runs_here(simd):
    return NEEDED_FLAGS[simd] <= cpu_flags()


def widths_of_this_processor():
    """The widths that the compilers can compile for; x86 has four, others what they are and none."""
    return WIDTHS if platform.machine() in ("x86_64", "AMD64") else ["native", "scalar"]


def native_width():
    return next((width for width in WIDTHS[:-1] if runs_here(width)), "scalar") if cpu_flags() else "native"


def default_jobs():
    """One per core, but no more than memory holds at 1.5 GB a compilation."""
    cores = len(os.sched_getaffinity(0))
    try:
        available = int(re.search(r"MemAvailable:\s*(\d+) kB", Path("/proc/meminfo").read_text())[1]) * 1024
    except (OSError, TypeError):
        return cores
    return max(1, min(cores, int(available / 1.5e9)))
