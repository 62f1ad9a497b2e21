// Whether images and tables are what they say, and hold numbers: a NaN in one of them makes all weights NaN at the
// first step that sees it. Files of bytes cannot hold one; arrays of a caller's own can.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"
#include "hourglass/data/table.hpp"

#include <span>
#include <string_view>

namespace hourglass::data {

// Throws `error` where a set is empty, where `pixels` is not count x features, and where one of them is not finite,
// which it names by image, row and column, counted from 0. `what` says whose images they are: "training".
void check_images(const image_set& set, std::string_view what);

// Throws `error` where a table has no rows, columns of different lengths, a name twice or a code without a category,
// and for a value that is missing (which is a NaN among numbers) or infinite, which it names by its place.
void check_table(const table& rows);

// The same of rows of numbers without names: throws `error` unless there are whole rows of `columns` numbers, one at
// least, and all of them finite. The place is counted from 0. `what` says what they are: "the prices".
void check_rows(std::span<const float> rows, int columns, std::string_view what);
void check_rows(std::span<const double> rows, int columns, std::string_view what);

}
