// For the block of docs/own_operations.md that checks the operations of the block before it.
// PREVIOUS
#include <cstdio>
#include <hourglass/inspect/check_derivatives.hpp>

namespace mine {
// BLOCK
}
