// Products of one left operand, which is packed once for all that follow each other: whichever kernels multiply them,
// and whatever runs between them, each finds what it counts on.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;

// Few enough rows and columns for the kernel of small products, unless the right operand is wide; and too many for the
// one of few rows. All in all enough work for an executor to start a team, where it is given threads.
constexpr int rows = 24, depth = 20, columns = 4, more_columns = 30, many_columns = 500;

inline constexpr hg::argument<"x", rows, depth> x;
inline constexpr hg::argument<"a", depth, columns> a;
inline constexpr hg::argument<"b", depth, more_columns> b;
inline constexpr hg::argument<"c", depth, many_columns> c;
inline constexpr hg::argument<"z", 40> z;
inline constexpr hg::input<"square", 4, 4> square;
inline constexpr hg::symbol<"xa"> xa;
inline constexpr hg::symbol<"xb"> xb;
inline constexpr hg::symbol<"xc"> xc;
inline constexpr hg::symbol<"doubled"> doubled;
inline constexpr hg::symbol<"of_each_row"> of_each_row;
inline constexpr hg::symbol<"slopes"> slopes;
inline constexpr hg::symbol<"of_all_calls"> of_all_calls;

// Between the first products and the last may lie one of each row of the call, one that is computed once for all calls,
// or nothing. Without anything batched, a single thread calls the groups by name.
inline constexpr hg::graph products{
    doubled = 2 * square,
    xa = matmul(x, a),
    xb = matmul(x, b),
    of_each_row = matmul(square, square),
    slopes = jacobian(concatenate(2 * z, z + sum(z)), z),
    of_all_calls = matmul(transpose(slopes), sin(slopes)),
    xc = matmul(x, c),
};

template <class Program> bool last_finds_it_packed() {
    bool packed = false;
    for (const hg::schedule_group& group : Program::compiled_graph::schedule.view().groups)
        if (hg::packs_in_order(group)) packed = group.product.left_is_packed;
    return packed;
}

numbers pattern(int count, int period) {
    numbers made;
    for (int i = 0; i < count; ++i) made.push_back(i % period - 0.25 * period);
    return made;
}
const numbers given_x = pattern(rows * depth, 7), given_a = pattern(depth * columns, 5),
              given_b = pattern(depth * more_columns, 13), given_c = pattern(depth * many_columns, 11),
              given_squares = pattern(3 * 16, 9), given_z(40, 1);

double largest_error(const auto& made, const numbers& right, int wide) {
    double worst = 0;
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < wide; ++j) {
            double sum = 0;
            for (int k = 0; k < depth; ++k)
                sum += given_x[static_cast<std::size_t>(i * depth + k)] * right[static_cast<std::size_t>(k * wide + j)];
            worst = std::max(worst, std::abs(made(i, j) - sum));
        }
    return worst;
}

// The numbers are such that no sum is rounded.
template <auto... Results> void check_products(const std::string& text, const auto& call) {
    using Program = hg::function<products, hg::to<Results...>, hg::element<double>>;
    constexpr bool with_a = ((Results.name == xa.name) || ...);
    constexpr bool with_b = ((Results.name == xb.name) || ...);
    CAPTURE(text);
    CHECK(last_finds_it_packed<Program>());
    for (const int threads : {1, 2, 3}) {
        CAPTURE(threads);
        Program f(hg::threads = hg::pinned(threads));
        for (int again = 0; again < 2; ++again) {
            const auto out = call(f);
            if constexpr (with_a) CHECK(largest_error(out[xa], given_a, columns) == 0);
            if constexpr (with_b) CHECK(largest_error(out[xb], given_b, more_columns) == 0);
            CHECK(largest_error(out[xc], given_c, many_columns) == 0);
        }
    }
}

}

TEST_CASE("products of one left operand, alone") {
    const auto with_a = [](auto& f) { return f(x = given_x, a = given_a, c = given_c); };
    const auto with_b = [](auto& f) { return f(x = given_x, b = given_b, c = given_c); };
    const auto with_both = [](auto& f) { return f(x = given_x, a = given_a, b = given_b, c = given_c); };
    check_products<xa, xc>("little, much", with_a);
    check_products<xb, xc>("more, much", with_b);
    check_products<xa, xb, xc>("little, more, much", with_both);
    check_products<xa, of_all_calls, xc>("little, one of all calls, much", with_a);
    check_products<xb, of_all_calls, xc>("more, one of all calls, much", with_b);
}

TEST_CASE("products of one left operand, beside values of a batch") {
    const auto with_a = [](auto& f) { return f(square = given_squares, x = given_x, a = given_a, c = given_c); };
    const auto with_b = [](auto& f) { return f(square = given_squares, x = given_x, b = given_b, c = given_c); };
    check_products<doubled, xa, xc>("little, much", with_a);
    check_products<doubled, xb, xc>("more, much", with_b);
    check_products<doubled, xa, of_all_calls, xc>("little, one of all calls, much", with_a);
    check_products<doubled, xa, of_each_row, xc>("little, one of each row, much", with_a);
    check_products<doubled, xb, of_each_row, xc>("more, one of each row, much", with_b);
    check_products<doubled, xa, of_each_row, of_all_calls, xc>("little, both, much", with_a);
}
