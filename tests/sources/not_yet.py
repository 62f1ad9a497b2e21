"""Where the laws of laws.py, sizes.py and layering.py do not hold yet. Each table is to become empty: an entry whose place
holds the law by now fails the test, and is then deleted."""

# Headers, below include/hourglass, that touch the integers of a node's options.
OPTIONS_BY_NUMBER = ()
# Headers that ask which operation a node is: the algebra and the scan, which have no rooms of their own yet; and words of
# advice about matrix products.
OPERATIONS_BY_NAME = (
    "graph/literals.hpp", "graph/row_sums.hpp", "graph/simplify.hpp", "graph/singularities.hpp", "graph/squares.hpp",
    "graph/body.hpp", "graph/reverse_scan.hpp", "graph/operands_in_words.hpp",
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
