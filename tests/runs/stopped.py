"""Stops the examples at random moments, by signals that they can handle and by one that they cannot, and has an independent
reader look at what they left: every file whole, all of one run and epoch, and never fewer than there were.

    tests/runs/stopped.py [--kills N] [--signals N] [--seed S] PROGRAM...
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

SMALL = ["--epochs", "100000"]
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def as_in_a_terminal():
    """Under nohup SIGHUP is ignored, and programs leave that so."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def stop_at(program, folder, number, moment):
    """Starts a run, stops it so many seconds later; returns its exit status."""
    with open(Path(folder).parent / "words.txt", "wb") as words:
        process = subprocess.Popen([program, *reader.data_for(program, 400, 60), *SMALL, "--out", folder], stdout=words,
                                   stderr=words, preexec_fn=as_in_a_terminal)
        time.sleep(moment)
        process.send_signal(number)
        try:
            return process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise reader.Broken(f"it went on for a minute after {signal.Signals(number).name}") from None


def expected_status(number):
    """A signal that comes before the program handles it ends it as by default."""
    return (-number,) if number == signal.SIGKILL else (128 + number, -number)


def check(program, folder, number, moment, before):
    """What is there afterwards, as reader.read says it."""
    status = stop_at(program, folder, number, moment)
    if status not in expected_status(number):
        raise reader.Broken(f"exit status {status}: {(Path(folder).parent / 'words.txt').read_text()[-300:]}")
    after = reader.read(folder) if Path(folder).is_dir() else (None, 0)
    if before[0] and not after[0]:
        raise reader.Broken(f"what was there is gone: {before}")
    return after


def leftovers(folder):
    return [str(p) for p in Path(folder).glob(".*.tmp")] + [str(p) for p in Path(folder, ".epochs").iterdir()][1:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--signals", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    numbers = [signal.SIGKILL] * options.kills + [HANDLED[i % len(HANDLED)] for i in range(options.signals)]
    dice.shuffle(numbers)
    failed, epochs = 0, set()
    with tempfile.TemporaryDirectory() as root:
        seen = {}
        for i, number in enumerate(numbers):
            program = options.programs[i % len(options.programs)]
            folder = Path(root, Path(program).name, "out")
            folder.parent.mkdir(exist_ok=True)
            moment = dice.choice([0.3, 1.0]) * dice.random()
            try:
                seen[program] = check(program, folder, number, moment, seen.get(program, (None, 0)))
                epochs.add(seen[program][0])
            except reader.Broken as fault:
                failed += 1
                print(f"FAILED: {Path(program).name}, {signal.Signals(number).name} after {moment:.3f} s: {fault}")
        for program in options.programs:  # a run that ends by itself clears up
            folder = Path(root, Path(program).name, "out")
            arguments = [*reader.data_for(program, 400, 60), *SMALL, "--epochs", "1", "--out", folder]
            done = subprocess.run([program, *arguments], capture_output=True, text=True)
            left = leftovers(folder) if done.returncode == 0 else [done.stderr]
            if left:
                failed += 1
                print(f"FAILED: {Path(program).name} leaves {', '.join(left)}")
    print(f"{len(numbers)} runs stopped, {len(epochs)} epochs seen; {len(numbers) - failed} passed, {failed} failed")
    if len(epochs) < 2:
        sys.exit("no run came to its first epoch: nothing was tested")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
