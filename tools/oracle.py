"""./dev test --oracle: random models against JAX. What is compared is in tests/oracle/; here is the environment that JAX
lives in, and the command line."""

import subprocess
import sys

from builds import BUILD, ROOT
from processes import run_to_its_end, say, stop

PACKAGES = ["jax>=0.4.30"]  # with jaxlib, NumPy and SciPy, which it wants
ENVIRONMENT = BUILD / "oracle-python"


def python_with_jax():
    """The Python of an environment of its own, which is made where it is not there."""
    python = ENVIRONMENT / "bin" / "python"
    probe = [python, "-c", "import jax, numpy, scipy"]
    if python.exists() and subprocess.run(probe, capture_output=True).returncode == 0:
        return python
    folder = ENVIRONMENT.relative_to(ROOT)
    say(f"Making a Python environment in {folder}, and installing {', '.join(PACKAGES)} there, "
        "from the package index that pip uses")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], text=True, capture_output=True)
    if made.returncode:
        stop(f"no environment can be made in {folder} (on Debian: apt-get install python3-venv):\n{made.stdout}{made.stderr}")
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-3:])
        stop(f"JAX cannot be installed; is there a network? pip says:\n{last}")
    return python


def oracle(arguments):
    """Answers the exit status of the comparison."""
    jobs = arguments.jobs()
    models, seed = arguments.number("--models", 50, least=1), arguments.number("--seed", 1, least=0)
    arguments.finish("test --oracle")
    script = ROOT / "tests" / "oracle" / "run.py"
    options = ["--models", str(models), "--seed", str(seed), "--jobs", str(jobs)]
    return run_to_its_end([python_with_jax(), script, *options])[0]
