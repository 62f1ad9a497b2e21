"""Where the laws of laws.py, sizes.py and layering.py do not hold yet. The tables are meant to become empty: once a place
keeps the law, its entry fails the test and must be deleted."""

# Headers, below include/hourglass, that touch the integers of a node's options.
OPTIONS_BY_NUMBER = ()
# Headers that ask which operation a node is: the algebra and the scan, which have no rooms of their own yet, and advice
# about matrix products in a diagnostic.
OPERATIONS_BY_NAME = (
    "graph/literals.hpp", "graph/row_sums.hpp", "graph/simplify.hpp", "graph/singularities.hpp", "graph/squares.hpp",
    "graph/body.hpp", "graph/sums_over_steps.hpp", "graph/operands_in_words.hpp",
)
# Functions, as "path: name".
LONG_FUNCTIONS = (
    "include/hourglass/graph/order.hpp: ordering",
)
LONG_FILES = ("include/hourglass/program/executor.hpp",)
# Folders below include/hourglass.
LARGE_FOLDERS = ("graph", "ops", "program")
# Declarations of what a room further down the order defines, as "header: class or function", with the reason.
ARROWS = {
    "ops/tracing.hpp: graph_builder": "a handle points to the graph that derivative rules write into",
    "ops/tracing.hpp: node": "a handle returns the node that it stands for",
    "ops/tracing.hpp: handle": "its members, in graph/trace.hpp, read and write the graph",
    "ops/tracing.hpp: derivation": "its members, in graph/trace.hpp, read the graph",
}
