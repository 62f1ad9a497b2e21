"""How ./dev runs programs and speaks: what a Ctrl-C does, and what ends a command."""

import signal
import subprocess
import sys


def stop(message):
    print(f"./dev: {message}", file=sys.stderr)
    sys.exit(2)


def say(message):
    print(f"==> {message}", flush=True)


def run_to_its_end(command, **options):
    """Runs a program in the foreground; answers its exit status as a shell does, and whether there was a Ctrl-C.

    The terminal sends Ctrl-C to the program too, and it alone decides what to do: a training finishes its step and
    saves, which takes a while. (subprocess.run would wait for a quarter of a second, then kill it.)
    """
    pressed = []
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # a handler goes back to the default in the child, SIG_IGN would be handed on
        signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        status = subprocess.Popen(command, **options).wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return status if status >= 0 else 128 - status, bool(pressed)


def run_or_stop(command, **options):
    """The same as a part of more to do: a Ctrl-C ends it all, once this program has ended. Answers its status."""
    status, pressed = run_to_its_end(command, **options)
    if pressed:
        raise KeyboardInterrupt
    return status
