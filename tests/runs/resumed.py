"""Interrupts examples at random moments, goes on with them by --resume, on another number of threads, and holds the weights
that they end with against those of a run that was never stopped: they must be the same, byte for byte.

    tests/runs/resumed.py [--stops N] [--seed S] PROGRAM...
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import reader

SMALL = ["--epochs", "6"]
FILES = ("weights.safetensors", "best.safetensors", "trainer.safetensors")


def start(program, folder, threads, *more):
    arguments = [*reader.data_for(program, 3000, 60), *SMALL, "--threads", str(threads), "--out", folder, *more]
    return subprocess.Popen([program, *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def finished(program, folder, threads, *more):
    process = start(program, folder, threads, *more)
    words = process.communicate(timeout=300)[0]
    if process.returncode:
        sys.exit(f"{Path(program).name} ended with status {process.returncode}: {words}")


def stopped_and_resumed(program, folder, threads, moment):
    """How many times it was stopped: a run may have nothing yet to go on with."""
    process = start(program, folder, threads)
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=300)
    stopped = process.returncode != 0
    resume = ["--resume"] if Path(folder, "trainer.safetensors").exists() else []
    finished(program, folder, 3 - threads, *resume)
    return stopped and bool(resume)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stops", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    dice, passed, failed = random.Random(options.seed), 0, 0
    with tempfile.TemporaryDirectory() as root:
        for program in options.programs:
            name, whole = Path(program).name, Path(root, Path(program).name + "-whole")
            began = time.monotonic()
            finished(program, whole, 1)
            took, resumed = time.monotonic() - began, 0
            for stop in range(options.stops):
                folder = Path(root, f"{name}-{stop}")
                resumed += stopped_and_resumed(program, folder, 1 + stop % 2, took * (0.1 + 0.9 * dice.random()))
                differ = [file for file in FILES if (folder / file).read_bytes() != (whole / file).read_bytes()]
                if differ:
                    print(f"FAILED: {name}, stop {stop}: {', '.join(differ)} differ from those of a run that was not stopped")
                passed, failed = passed + (not differ), failed + bool(differ)
            if options.stops > 2 and not resumed:
                failed += 1
                print(f"FAILED: {name} was never stopped where it could go on")
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
