"""The rooms of include/hourglass in order: a room may know those above it in this list. Rooms on one line do not know each
other. docs/architecture.md explains what each room is for."""

ORDER = [
    "expr",
    "ir",
    "math",
    "ops",
    "scan",
    "autodiff",
    "passes",
    "lowering",
    "graph",
    "schedule",
    "compile",
    "kernels",
    "runtime",
    "program",
    "inspect",
    "probability",
    "nn optim",
    "models",
]
# Listed, but not there yet.
TO_COME = {"ir", "math", "scan", "autodiff", "passes", "lowering", "schedule", "compile", "runtime", "inspect",
           "probability"}

# Rooms that may know only these, whatever their place in the order, if they have one.
KNOWS_ONLY = {
    "kernels": {"math"},
    "data": set(),
    "io": {"data"},
    "storage": {"io"},  # templates over anything that can list its tensors
}
# Any header may include these, and they include only one another.
EVERYBODYS = {"config.hpp", "ops/philox.hpp"}
UMBRELLA = "hourglass.hpp"  # may include everything

# Rooms that may include xsimd.
KNOWS_XSIMD = {"kernels", "program", "runtime"}
