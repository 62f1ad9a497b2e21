"""The rooms of include/hourglass and their order, in which a room knows those above it in this list and none below. Rooms
in one line do not know each other. docs/architecture.md tells what each is for."""

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
# Those that are listed and not there yet.
TO_COME = {"ir", "math", "scan", "autodiff", "passes", "lowering", "schedule", "compile", "runtime", "inspect",
           "probability"}

# Rooms that know nothing but these, wherever they stand in the order, or without a place in it.
KNOWS_ONLY = {
    "kernels": {"math"},
    "data": set(),
    "io": {"data"},
    "storage": {"io"},  # templates over io, for whatever calls a function for each of its tensors
}
# Headers that everybody may include, and that include nothing but one another.
EVERYBODYS = {"config.hpp", "ops/philox.hpp"}
UMBRELLA = "hourglass.hpp"  # includes everything

# Who may include xsimd.
KNOWS_XSIMD = {"kernels", "program", "runtime"}
