// Layout changes: every order to every order, with padding that must stay untouched.
#include <hourglass/kernels/transpose.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <numeric>
#include <vector>

namespace {

namespace kernels = hourglass::kernels;

struct strides {
    std::ptrdiff_t row, column;
};

}

TEST_CASE_TEMPLATE("copies from any order to any order", T, float, double) {
    for (const int rows : {1, 2, 7, 8, 16, 17, 33, 70})
        for (const int columns : {1, 3, 8, 15, 16, 32, 65, 130}) {
            CAPTURE(rows);
            CAPTURE(columns);
            const strides orders[] = {{columns, 1}, {1, rows}, {columns + 3, 1}, {1, rows + 5}, {2 * columns, 2}};
            const auto extent = [&](strides s) {
                return static_cast<std::size_t>((rows - 1) * s.row + (columns - 1) * s.column + 1);
            };
            for (const strides from : orders)
                for (const strides to : orders) {
                    // Exactly as large as what is touched: the address sanitizer watches both ends.
                    const std::unique_ptr<T[]> source(new T[extent(from)]), target(new T[extent(to)]);
                    std::iota(source.get(), source.get() + extent(from), T(1));
                    std::fill(target.get(), target.get() + extent(to), T(0));
                    kernels::copy_matrix<T>(target.get(), to.row, to.column, source.get(), from.row, from.column, rows,
                                            columns);
                    bool equal = true;
                    std::size_t touched = 0;
                    for (int i = 0; i < rows; ++i)
                        for (int j = 0; j < columns; ++j)
                            equal = equal && target[static_cast<std::size_t>(i * to.row + j * to.column)] ==
                                                 source[static_cast<std::size_t>(i * from.row + j * from.column)];
                    for (std::size_t i = 0; i < extent(to); ++i) touched += target[i] != T(0);
                    CHECK(equal);
                    CHECK(touched == static_cast<std::size_t>(rows * columns));
                }
        }
}

TEST_CASE("transposing twice is the identity, and nothing is nothing") {
    std::vector<float> a(37 * 20), b(a.size()), c(a.size());
    std::iota(a.begin(), a.end(), 0.0F);
    kernels::transpose(b.data(), a.data(), 37, 20);
    CHECK(b[1] == 20.0F);
    kernels::transpose(c.data(), b.data(), 20, 37);
    CHECK(a == c);
    kernels::transpose<float>(nullptr, nullptr, 0, 5);
}
