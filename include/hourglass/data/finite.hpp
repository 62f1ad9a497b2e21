// Checks that images and tables are consistent and hold finite numbers: one NaN makes all weights NaN in the first step
// that uses it. Files of bytes cannot contain one; arrays passed by a caller can.
#pragma once

#include "hourglass/data/error.hpp"
#include "hourglass/data/image_set.hpp"
#include "hourglass/data/table.hpp"

#include <span>
#include <string_view>

namespace hourglass::data {

/// Throws `error` if a set is empty, if `pixels` is not count x features, or if a value is not finite; names the image,
/// row and column, counted from 0. `what` describes the images: "training".
void check_images(const image_set& set, std::string_view what);

/// Throws `error` if a table has no rows, columns of different lengths, a duplicate name or a code without a category,
/// or if a value is missing (NaN among numbers) or infinite, with its place.
void check_table(const table& rows);

/// The same for rows of numbers without names: throws `error` unless they are complete rows of `columns` numbers, at
/// least one row, and all finite. Places count from 0. `what` describes the rows: "the prices".
void check_rows(std::span<const float> rows, int columns, std::string_view what);
/// The same for double.
void check_rows(std::span<const double> rows, int columns, std::string_view what);

}
