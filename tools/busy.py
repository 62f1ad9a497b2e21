"""./dev bench --busy: how fast each example trains on its default number of threads, against one thread, while as many
other processes as there are processors keep them busy."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from builds import ROOT, examples, release
from processes import say, stop

ROUNDS, EPOCHS = 3, 2
LEAST = 0.8  # of the speed on one thread


@contextmanager
def busy_processes(count):
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def seconds_of_training(program, words):
    """Of all epochs together, as metrics.json has them."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program, "--epochs", str(EPOCHS), "--out", folder, *words], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            print(done.stdout)
            stop(f"{program.name} ended with status {done.returncode}")
        return sum(epoch["seconds"] for epoch in json.loads(Path(folder, "metrics.json").read_text())["epochs"])


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def busy(jobs, json_path):
    build = release(jobs)
    if not build.compile([f"examples/hourglass-{name}" for name in examples()]):
        return 1
    processors = len(os.sched_getaffinity(0))
    say(f"{processors} busy processes on {processors} processors; seconds of {EPOCHS} epochs, in turn, {ROUNDS} rounds")
    print(f"\n{'':<16}{'default':>9}{'one thread':>12}{'ratio':>8}{'least - most':>16}")
    results = []
    with busy_processes(processors):
        for name in examples():
            program = build.folder / "examples" / f"hourglass-{name}"
            pairs = [(seconds_of_training(program, []), seconds_of_training(program, ["--threads", "1"]))
                     for _ in range(ROUNDS)]
            default, alone = (spread(times) for times in zip(*pairs))
            ratio = spread([one / many for many, one in pairs])
            print(f"{name:<16}{default['median']:>9.2f}{alone['median']:>12.2f}{ratio['median']:>8.2f}"
                  f"{ratio['min']:>9.2f} -{ratio['max']:>5.2f}", flush=True)
            results.append({"name": name, "unit": "s", "default": default, "one_thread": alone, "ratio": ratio})
    slower = [one["name"] for one in results if one["ratio"]["median"] < LEAST]
    print(f"\nratio: how many times as fast as on one thread; wanted is at least {LEAST}: "
          f"{'less with ' + ', '.join(slower) if slower else 'reached by all'}")
    if json_path:
        whole = {"machine": {"processors": processors, "busy_processes": processors}, "results": results}
        Path(json_path).write_text(json.dumps(whole, indent=2) + "\n")
        print(f"Written to {json_path}")
    return 0
