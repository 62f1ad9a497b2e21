"""What ./dev does once everything is installed: the command line, and the short commands. ./dev explains them."""

import os
import shutil
import signal
import sys
from pathlib import Path

from benches import bench
from builds import BUILD, ROOT, examples, release, writing
from lint import lint
from machine import default_jobs
from processes import (Interrupted, end_at_signals, open_standard_streams, run_or_stop, run_to_its_end, say, shown, stop,
                       whole_number)
from testing import test


class Arguments:
    """The command line: takes out what ./dev itself understands; what is left is for others, or a mistake."""

    def __init__(self, words):
        self.words = words

    def values(self, name):
        """Of every --name VALUE or --name=VALUE before a `--`."""
        results, rest = [], []
        words = iter(self.words)
        for word in words:
            if word == "--":
                rest += [word, *words]
            elif word == name:
                results.append(next(words, None) or stop(f"{name} wants a value"))
            elif word.startswith(name + "="):
                results.append(word.split("=", 1)[1] or stop(f"{name} wants a value"))
            else:
                rest.append(word)
        self.words = rest
        return results

    def value(self, name, default):
        """The last of them."""
        return (self.values(name) or [default])[-1]

    def number(self, name, default, least):
        """The same as a number."""
        value = self.value(name, str(default))
        number = whole_number(value, least)
        return number if number is not None else stop(
            f"{name} wants a number{f' above {least - 1}' if least else ''}, not {shown(value)}")

    def flag(self, name):
        """Whether --name stands before a `--`."""
        end = self.words.index("--") if "--" in self.words else len(self.words)
        own, rest = self.words[:end], self.words[end:]
        self.words = [word for word in own if word != name] + rest
        return name in own

    def jobs(self):
        return self.number("--jobs", default_jobs(), least=1)

    def names(self, command):
        """What is left, none of which may be an option."""
        names, self.words = self.words, [word for word in self.words if word.startswith("-")]
        self.finish(command)
        return names

    def finish(self, command):
        if self.words:
            stop(f"{command} does not know {shown(self.words[0])}; see ./dev {command} --help")


def demo(arguments):
    jobs = arguments.jobs()
    model = arguments.value("--model", "variational")
    models = examples()
    if model not in models:
        stop(f"there is no model '{shown(model)}'; the models are {', '.join(models) or 'not written yet'}")
    out = Path(arguments.value("--out", str(ROOT / "out" / model)))
    data = arguments.value("--data", "")  # else each program knows what it trains on
    build = release(jobs)
    program = f"examples/hourglass-{model}"
    say(f"compiling the example {model}: a minute or two the first time")
    if not build.compile([program], watched=True):
        sys.exit(1)
    rest = [word for word in arguments.words if word != "--"]
    scores = any(word.split("=")[0] == "--score" for word in rest)  # by a run that is there
    say(f"scoring by {shown(out)}" if scores else f"training {model}" + (f" on {shown(data)}" if data else ""))
    done, _ = run_to_its_end([build.folder / program, "--out", out, *(["--data", data] if data else []), *rest])
    if done == 0 and not scores and (pictures := sorted(out.glob("*.png"))):
        say("The pictures:")
        for picture in pictures:
            print(f"    {picture}")
    sys.exit(done)


def docs(arguments):
    arguments.finish("docs")
    if not shutil.which("doxygen"):
        stop("doxygen is not installed")
    with writing():
        BUILD.mkdir(exist_ok=True)
    if run_or_stop(["doxygen", "docs/Doxyfile"], cwd=ROOT):
        stop("Doxygen warns of comments: the places stand above")
    say(f"The reference: {os.path.relpath(BUILD / 'docs' / 'html' / 'index.html')}")


def main(words):
    if sys.stderr is None:  # so Python has it where the stream was closed, and print() would write to the other one
        sys.stderr = open(os.devnull, "w")
    if sys.stdout is None:
        print("./dev: standard output is closed; send it somewhere, to /dev/null for example", file=sys.stderr)
        sys.exit(1)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # names of files need be no text
    end_at_signals()
    status = 0
    try:
        {"demo": demo, "test": test, "bench": bench, "docs": docs, "lint": lint}[words[0]](Arguments(words[1:]))
    except SystemExit as end:
        status = end.code or 0
    except KeyboardInterrupt as end:
        status = 128 + (end.number if isinstance(end, Interrupted) else signal.SIGINT)
    except OSError as reason:
        status = complain(reason)
    try:
        sys.stdout.flush()
    except OSError as reason:
        status = status or complain(reason)
    # Not sys.exit: what a stream could not take, Python would try to write again, and tell of that with a traceback.
    os._exit(status)


def complain(reason):
    """What the system refused, in one sentence; standard error may be what it refused."""
    what = f"{shown(reason.filename)}: " if reason.filename else ""
    try:
        print(f"./dev: {what}{reason.strerror or reason}", file=sys.stderr, flush=True)
    except OSError:
        pass
    return 1


if __name__ == "__main__":
    open_standard_streams()
    main(sys.argv[1:])
