"""./dev itself: what it answers to words that it does not know, and that a Ctrl-C lets a program finish."""

import os
import signal
import subprocess
import sys
from checks import ROOT, report

# What a training does: it needs a second to finish its step and save. Its exit status is its own.
SAVES = """
import signal, sys, time
def save(*_):
    time.sleep(1)
    print("saved", flush=True)
    sys.exit(7)
signal.signal(signal.SIGINT, save)
print("ready", flush=True)
time.sleep(30)
"""
ENDS = "import signal; signal.signal(signal.SIGINT, signal.SIG_DFL); print('ready', flush=True); signal.pause()"
IGNORES = """
import signal, time
print("ready", flush=True)
time.sleep(1)
print("ignored" if signal.getsignal(signal.SIGINT) == signal.SIG_IGN else "not ignored")
"""
PARENT = """
import sys
sys.path.insert(0, sys.argv[1])
import processes
try:
    status = processes.{function}([sys.executable, "-c", sys.argv[2]])
except KeyboardInterrupt:
    status = "stopped"
print(status)
"""


def after_an_interrupt(function, child, ignored=False):
    """The words of a parent that runs `child` through a function of tools/processes.py, and of the child: both get
    SIGINT, as they do from a terminal."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.SIG_DFL)
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(function=function), ROOT / "tools", child], text=True,
                              stdout=subprocess.PIPE, start_new_session=True)
    signal.signal(signal.SIGINT, before)
    first = parent.stdout.readline()
    os.killpg(parent.pid, signal.SIGINT)
    rest, _ = parent.communicate(timeout=60)
    return (first + rest).split("\n")[:-1]


INTERRUPTED = [
    ("a program saves after a Ctrl-C", ("run_to_its_end", SAVES), ["ready", "saved", "(7, True)"]),
    ("a program ends at a Ctrl-C", ("run_to_its_end", ENDS), ["ready", "(130, True)"]),
    ("a Ctrl-C ends what is still to do", ("run_or_stop", SAVES), ["ready", "saved", "stopped"]),
    ("an ignored Ctrl-C stays ignored", ("run_to_its_end", IGNORES, True), ["ready", "ignored", "(0, False)"]),
]


def faults_after(arguments, wanted):
    said = after_an_interrupt(*arguments)
    return [] if said == wanted else [f"parent and child should say {wanted}, and said {said}"]


UNKNOWN = "There is no command 'bogus'. The commands are: "
# the words, the exit status, and how the answer begins: on standard error where the status is not 0
ANSWERS = [
    (["bogus"], 2, UNKNOWN),
    (["bogus", "--help"], 2, UNKNOWN),
    (["bogus", "-h"], 2, UNKNOWN),
    (["help", "bogus"], 2, UNKNOWN),
    ([], 0, "./dev builds and runs Hourglass."),
    (["--help"], 0, "./dev builds and runs Hourglass."),
    (["help"], 0, "./dev builds and runs Hourglass."),
    *[(words, 0, f"./dev {name}: ") for name in ("demo", "test", "bench", "lint")
      for words in ([name, "--help"], [name, "-h"], ["help", name])],
]


def faults_of(words, status, beginning):
    done = subprocess.run([ROOT / "dev", *words], text=True, capture_output=True)
    said = done.stderr if status else done.stdout
    if done.returncode == status and said.startswith(beginning):
        return []
    return [f"exit status {done.returncode}, {status} wanted, and the answer\n{said}should begin with {beginning}"]


results = [(f"./dev {' '.join(words)}", faults_of(words, *wanted), "repair ./dev") for words, *wanted in ANSWERS]
results += [(name, faults_after(arguments, wanted), "repair run_to_its_end in tools/processes.py")
            for name, arguments, wanted in INTERRUPTED]
report(results)
