"""The rooms of include/hourglass in order: a room may know those above it in this list. Rooms on one line do not know each
other. docs/architecture.md explains what each room is for."""

ORDER = [
    "expr",
    "ir",
    "math",
    "ops",
    "special",
    "scan",
    "passes",
    "autodiff",
    "lowering",
    "schedule",
    "compile",
    "kernels",
    "threads",
    "runtime",
    "program",
    "inspect",
    "probability",
    "nn optim",
    "models",
]
# Listed, but not there yet.
TO_COME = set()

# Rooms that may know only these, whatever their place in the order, if they have one.
KNOWS_ONLY = {
    "kernels": {"math"},
    "data": set(),
    "io": {"data"},
    "storage": {"io"},  # templates over anything that can list its tensors
}
# Any header may include these, and they include only one another.
EVERYBODYS = {"config.hpp", "math/philox.hpp"}
UMBRELLA = "hourglass.hpp"  # may include everything

# Rooms that may include xsimd.
KNOWS_XSIMD = {"kernels", "runtime", "program"}
