"""How ./dev runs programs and speaks: what becomes of a signal, what ends a command, and what no word may do."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time

MOST_QUOTED = 200          # characters of what somebody else wrote
ENDING = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]  # what asks a program to end
SAME_EVENT = 0.5           # seconds: timeout(1) and service managers send a signal to a process, then to its group too
PR_SET_PDEATHSIG = 1       # of Linux's prctl


class Interrupted(KeyboardInterrupt):
    """A signal ends ./dev."""

    def __init__(self, number):
        super().__init__()
        self.number = number


def shown(text):
    """What came from a file or an option, short enough for a sentence."""
    text = str(text)
    return text if len(text) <= MOST_QUOTED else f"{text[:MOST_QUOTED // 2]}...{text[-MOST_QUOTED // 2:]}"


def stop(message):
    print(f"./dev: {message}", file=sys.stderr)
    sys.exit(2)


def say(message):
    print(f"==> {message}", flush=True)


def whole_number(text, least=0):
    """The number that digits mean, or None. (str.isdigit also takes ², which is no number, and int takes ٣.)"""
    number = int(text) if re.fullmatch("[0-9]{1,18}", text) else -1
    return number if number >= least else None


def end_at_signals():
    """From now on SIGTERM and SIGHUP end ./dev as a Ctrl-C does, and what it runs with it."""
    def interrupt(number, _):
        raise Interrupted(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)


def open_standard_streams():
    """Takes the numbers of standard streams that are closed, before a file that is opened gets one of them."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # writing there goes on to fail


def prctl():
    try:
        return ctypes.CDLL(None).prctl
    except (OSError, AttributeError):  # no Linux
        return lambda *_: None


class Child:
    """A program in a session of its own, so that each signal reaches it once: from here, and not from a terminal or a
    kill of the whole group too."""

    def __init__(self, command, options):
        self.process, self.early, self.got = None, [], []  # signals from before it ran, and all that came
        self.last = {}
        ask_kernel = prctl()

        def begin():
            os.setsid()
            ask_kernel(PR_SET_PDEATHSIG, signal.SIGTERM)  # for the case that ./dev is killed

        before = {number: signal.getsignal(number) for number in [*ENDING, signal.SIGTSTP]}
        try:
            for number in before:
                if before[number] != signal.SIG_IGN:  # which the child is started with
                    signal.signal(number, self.suspend if number == signal.SIGTSTP else self.hand_on)
            self.process = subprocess.Popen(command, preexec_fn=begin, **options)
            for number in self.early:
                self.send(number)
            self.status = self.process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def send(self, number):
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass

    def hand_on(self, number, _):
        now = time.monotonic()
        if now - self.last.get(number, -SAME_EVENT) < SAME_EVENT:
            return
        self.last[number] = now
        self.got.append(number)
        if self.process:
            self.send(number)
        else:
            self.early.append(number)

    def suspend(self, *_):
        if self.process:
            self.send(signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)
        if self.process:
            self.send(signal.SIGCONT)


def exit_status(status):
    """As a shell answers it."""
    return status if status >= 0 else 128 - status


def run_to_its_end(command, **options):
    """Runs a program in the foreground; answers its exit status as a shell does, and whether a signal came.

    SIGINT (Ctrl-C), SIGTERM and SIGHUP are handed on, and the program decides what to do: a training finishes its step
    and saves, which takes a while. (subprocess.run would wait for a quarter of a second, then kill it.)
    """
    child = Child(command, options)
    return exit_status(child.status), bool(child.got)


def run_or_stop(command, **options):
    """The same as a part of more to do: a signal ends it all, once this program has ended. Answers its status."""
    child = Child(command, options)
    if child.got:
        raise Interrupted(child.got[0])
    return exit_status(child.status)
