// Checks that every function that takes a table makes on its columns. Internal to src/.
#pragma once

#include "hourglass/data/table.hpp"

namespace hourglass::data {

// Throws `error` if there are no columns, if their lengths or that of the lines differ, if a name occurs twice, or if a
// code has no category.
void check_columns(const table& rows);

}
