"""Where the laws of laws.py, sizes.py and layering.py do not hold yet. The tables are meant to become empty: once a place
keeps the law, its entry fails the test and must be deleted."""

# Headers, below include/hourglass, that touch the integers of a node's options.
OPTIONS_BY_NUMBER = ()
# Headers that ask which operation a node is: advice about matrix products in a diagnostic.
OPERATIONS_BY_NAME = ("ir/operands_in_words.hpp",)
# Headers with arrays that mean one element more: powers from 0 on, the end of what comes last, rows and extents with a
# batch axis.
ARRAYS_OF_ONE_MORE = (
    "inspect/sparsity.hpp", "math/divergence.hpp", "program/parameters.hpp", "program/tensor_view.hpp",
)
# Functions, as "path: name".
LONG_FUNCTIONS = ()
LONG_FILES = ()
# Folders below include/hourglass.
LARGE_FOLDERS = ()
# Declarations of what a room further down the order defines, as "header: class or function", with the reason.
ARROWS = {}
