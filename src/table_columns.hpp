// What every function that takes a table expects of its columns. For src/ only.
#pragma once

#include "hourglass/data/table.hpp"

namespace hourglass::data {

// Throws `error` where there are no columns, where their lengths differ, or that of the lines', where a name is used
// twice, and where a code has no category.
void check_columns(const table& rows);

}
