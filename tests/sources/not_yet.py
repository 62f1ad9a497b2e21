"""Where the laws of laws.py, sizes.py and layering.py do not hold yet. Each table is to become empty: an entry whose place
holds the law by now fails the test, and is then deleted."""

# Headers, below include/hourglass, that touch the integers of a node's options.
OPTIONS_BY_NUMBER = (
    "graph/body.hpp", "graph/cost.hpp", "graph/dependence.hpp", "graph/directions.hpp",
    "graph/forward.hpp", "graph/fuse.hpp", "graph/groups.hpp", "graph/interpret.hpp", "graph/layout.hpp",
    "graph/merge.hpp", "graph/open_scan.hpp", "graph/print.hpp", "graph/reverse_scan.hpp", "graph/row_sums.hpp",
    "graph/select.hpp", "graph/simplify.hpp", "graph/split.hpp", "graph/squares.hpp", "graph/trace.hpp",
    "nn/derivatives.hpp", "nn/sparse_derivatives.hpp", "program/direct.hpp", "program/executor.hpp",
    "program/local_lane.hpp", "program/plain_groups.hpp", "program/step_lane.hpp",
)
# Headers that ask which operation a node is. First the algebra and the scan, which have no room of their own yet.
OPERATIONS_BY_NAME = (
    "graph/literals.hpp", "graph/row_sums.hpp", "graph/simplify.hpp", "graph/singularities.hpp", "graph/smooth.hpp",
    "graph/squares.hpp", "graph/body.hpp", "graph/reverse_scan.hpp",
    "graph/cost.hpp", "graph/cut_derivatives.hpp", "graph/dependence.hpp", "graph/directions.hpp", "graph/forward.hpp",
    "graph/groups.hpp", "graph/interpret.hpp", "graph/operands_in_words.hpp", "graph/print.hpp", "graph/rewrite.hpp", "graph/select.hpp",
    "graph/split.hpp", "nn/derivatives.hpp", "nn/sparse_derivatives.hpp", "program/check_derivatives.hpp",
    "program/direct.hpp", "program/inspect.hpp", "program/members.hpp", "program/plain_groups.hpp",
)
# Functions, as "path: name".
LONG_FUNCTIONS = (
    "include/hourglass/graph/directions.hpp: of_scan",
    "include/hourglass/graph/forward.hpp: of_scan",
    "include/hourglass/graph/groups.hpp: plan_product",
    "include/hourglass/graph/order.hpp: ordering",
    "include/hourglass/graph/print.hpp: options_text",
    "include/hourglass/graph/reverse_scan.hpp: reverse_scan",
    "include/hourglass/ops/von_mises_math.hpp: log_bessel_cumulant",
    "include/hourglass/ops/von_mises_math.hpp: von_mises_cdf_derivative",
)
# Folders below include/hourglass.
LARGE_FOLDERS = ("graph", "ops", "program")
# Declarations of what a room further down defines, as "header: class or function", with the reason that it is there.
ARROWS = {
    "ops/tracing.hpp: graph_builder": "a handle points to the graph that derivative rules write into",
    "ops/tracing.hpp: node": "a handle gives the node that it stands for",
    "ops/tracing.hpp: handle": "its members read and write the graph, which graph/trace.hpp does",
    "ops/tracing.hpp: derivation": "its members are those of reverse mode, in graph/differentiate.hpp and reverse_scan.hpp",
    "ops/tracing.hpp: differentiation": "it makes derivations, and only it",
    "ops/tracing.hpp: forward_differentiation": "it asks a derivation for one operand's share",
}
