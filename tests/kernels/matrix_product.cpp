// The matrix product against naive sums in long double: every transposition, extents around the tile, any thread split.
#include <hourglass/kernels/few_rows.hpp>
#include <hourglass/kernels/matrix_product.hpp>
#include <hourglass/kernels/small_products.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace {

namespace kernels = hourglass::kernels;

// Memory without slack after it, so that the address sanitizer sees any read past the end.
template <class T> struct exact_array {
    explicit exact_array(std::size_t size) : size(size), data(new T[size]) {}
    std::size_t size;
    std::unique_ptr<T[]> data;
};

// The three ways in which a product is computed.
enum class way { by_panels, by_rows, few_rows };
enum class layout { row_major, column_major, strided };

template <class T> struct matrix {
    matrix(int rows, int columns, layout order, std::mt19937& random)
        : storage(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) *
                  (order == layout::strided ? 2 : 1)) {
        std::uniform_real_distribution<T> uniform(T(-1), T(1));
        for (std::size_t i = 0; i < storage.size; ++i) storage.data[i] = uniform(random);
        if (order == layout::row_major) operand = {storage.data.get(), columns, 1};
        if (order == layout::column_major) operand = {storage.data.get(), 1, rows};
        if (order == layout::strided) operand = {storage.data.get(), 2 * columns, 2};
    }
    T operator()(int i, int j) const { return operand.data[i * operand.row_stride + j * operand.column_stride]; }
    exact_array<T> storage;
    kernels::matrix_operand<T> operand;
};

template <class T>
std::vector<T> multiply(const matrix<T>& a, const matrix<T>& b, int m, int n, int k, int threads, way how) {
    std::vector<T> c(static_cast<std::size_t>(m) * static_cast<std::size_t>(n), std::numeric_limits<T>::quiet_NaN());
    std::vector<int> visits(c.size());
    exact_array<T> packed(how == way::by_rows ? kernels::packed_right_size<T>(k, n)
                                              : kernels::packed_left_size<T>(m, k));
    exact_array<T> scratch(kernels::scratch_size<T>(k));
    if (how == way::by_panels) kernels::pack_left(packed.data.get(), a.operand, m, k);
    for (int panel = 0; how == way::by_rows && panel * kernels::blocking<T>::columns < n; ++panel)
        kernels::pack_right_panel(packed.data.get() + static_cast<std::size_t>(panel) * kernels::panel_size<T>(k),
                                  b.operand, k, n, panel);
    const auto epilogue = [&](const kernels::finished_part<T>& part) {
        for (int r = 0; r < part.rows; ++r)
            for (int j = 0; j < part.columns; ++j) {
                const auto at = static_cast<std::size_t>((part.first_row + r) * n + part.first_column + j);
                c[at] = part.data[r * part.stride + j];
                ++visits[at];
            }
    };
    for (int thread = 0; thread < threads; ++thread) {
        if (how == way::few_rows)
            kernels::multiply_few_rows(a.operand, b.operand, m, n, k, scratch.data.get(), thread, threads, epilogue);
        else if (how == way::by_rows)
            kernels::multiply_by_rows(a.operand, static_cast<const T*>(packed.data.get()), m, n, k, scratch.data.get(),
                                      thread, threads, epilogue);
        else
            kernels::multiply_packed(static_cast<const T*>(packed.data.get()), b.operand, m, n, k, scratch.data.get(),
                                     thread, threads, epilogue);
    }
    bool once = true;
    for (const int count : visits) once = once && count == 1;
    CHECK(once);
    return c;
}

template <class T> void check_product(int m, int n, int k, layout left, layout right, way how) {
    CAPTURE(m);
    CAPTURE(n);
    CAPTURE(k);
    CAPTURE(static_cast<int>(left));
    CAPTURE(static_cast<int>(right));
    CAPTURE(static_cast<int>(how));
    std::mt19937 random(static_cast<unsigned>(m + 131 * n + 1031 * k));
    const matrix<T> a(m, k, left, random), b(k, n, right, random);
    const std::vector<T> c = multiply(a, b, m, n, k, 1, how);
    long double worst = 0;
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < n; ++j) {
            long double sum = 0;
            for (int l = 0; l < k; ++l) sum += static_cast<long double>(a(i, l)) * static_cast<long double>(b(l, j));
            const long double error = std::fabs(sum - static_cast<long double>(c[static_cast<std::size_t>(i * n + j)]));
            // A product that is not a number must not pass as small.
            worst = error <= worst ? worst : error;
        }
    CHECK(worst <= static_cast<long double>(std::numeric_limits<T>::epsilon()) * (k + 1));
    for (const int threads : {2, 3, 7}) CHECK(multiply(a, b, m, n, k, threads, how) == c);
}

}

TEST_CASE_TEMPLATE("products agree with naive sums for all extents and transpositions", T, float, double) {
    for (const layout left : {layout::row_major, layout::column_major, layout::strided})
        for (const layout right : {layout::row_major, layout::column_major, layout::strided}) {
            for (const int m : {1, 2, 3, 5, 11, 12, 13, 31})
                for (const int n : {1, 3, 13, 31, 32, 33, 100})
                    for (const int k : {1, 2, 5, 16, 33}) {
                        check_product<T>(m, n, k, left, right, way::by_panels);
                        check_product<T>(m, n, k, left, right, way::by_rows);
                        if (kernels::prefers_few_rows<T>(m, n, k))
                            check_product<T>(m, n, k, left, right, way::few_rows);
                    }
            check_product<T>(100, 65, 100, left, right, way::by_panels);
            check_product<T>(100, 65, 100, left, right, way::by_rows);
            check_product<T>(kernels::few_rows_limit<T>, 300, 101, left, right, way::few_rows);
        }
    // Wider than a strip.
    check_product<T>(7, 1100, 20, layout::column_major, layout::row_major, way::by_rows);
}

TEST_CASE_TEMPLATE("of two million products no digits are lost, however they are summed", T, float, double) {
    constexpr int m = 2, n = 3, k = 2'000'000;
    for (const layout right : {layout::row_major, layout::column_major}) {
        std::mt19937 random(1);
        matrix<T> a(m, k, layout::column_major, random), b(k, n, right, random);
        for (std::size_t i = 0; i < a.storage.size; ++i) a.storage.data[i] = T(0.1); // every rounding goes one way
        for (std::size_t i = 0; i < b.storage.size; ++i) b.storage.data[i] = T(0.3) + b.storage.data[i] / 8;
        for (const way how : {way::by_panels, way::by_rows, way::few_rows}) {
            CAPTURE(static_cast<int>(how));
            const std::vector<T> c = multiply(a, b, m, n, k, 1, how);
            long double worst = 0;
            for (int j = 0; j < n; ++j) {
                long double sum = 0;
                for (int l = 0; l < k; ++l)
                    sum += static_cast<long double>(a(0, l)) * static_cast<long double>(b(l, j));
                for (int i = 0; i < m; ++i)
                    worst = std::max(
                        worst, std::fabs(static_cast<long double>(c[static_cast<std::size_t>(i * n + j)]) / sum - 1));
            }
            CHECK(worst <= 8 * static_cast<long double>(std::numeric_limits<T>::epsilon()));
        }
    }
}

TEST_CASE_TEMPLATE("nor are they lost of a vector times a matrix", T, float, double) {
    constexpr int n = 3, k = 1 << 20;
    std::vector<T> x(static_cast<std::size_t>(k), T(0.1)), b(static_cast<std::size_t>(k) * n, T(0.3));
    const long double wanted = static_cast<long double>(T(0.1)) * static_cast<long double>(T(0.3)) * k;
    const auto check = [&](const kernels::finished_part<T>& part) {
        for (int j = 0; j < part.columns; ++j)
            CHECK(std::fabs(static_cast<long double>(part.data[j]) / wanted - 1) <=
                  256 * static_cast<long double>(std::numeric_limits<T>::epsilon()));
    };
    kernels::vector_times_columns<T, n, k>(x.data(), b.data(), k, 0, 1, check);
    kernels::vector_times_rows<T, n, k>(x.data(), b.data(), n, check);
}

TEST_CASE_TEMPLATE("blocks of rows cover each row once, and none is large", T, float, double) {
    for (int m = 1; m < 100; ++m) {
        const kernels::row_blocks<T> blocks{m};
        int next = 0;
        for (int block = 0; block < blocks.count(); ++block) {
            CHECK(blocks.first(block) == next);
            CHECK(blocks.size(block) > 0);
            CHECK(blocks.size(block) <= blocks.rows);
            next += blocks.size(block);
        }
        CHECK(next == m);
    }
}

TEST_CASE_TEMPLATE("a product over nothing is zero", T, float, double) {
    std::mt19937 random(1);
    const matrix<T> a(5, 0, layout::row_major, random), b(0, 7, layout::row_major, random);
    for (const T value : multiply(a, b, 5, 7, 0, 2, way::by_panels)) CHECK(value == T(0));
    const matrix<T> row(2, 0, layout::row_major, random);
    for (const T value : multiply(row, b, 2, 7, 0, 2, way::few_rows)) CHECK(value == T(0));
}

TEST_CASE_TEMPLATE("NaN in an operand reaches exactly its row or column", T, float, double) {
    std::mt19937 random(1);
    const int m = 13, n = 37, k = 19;
    matrix<T> a(m, k, layout::row_major, random);
    const matrix<T> b(k, n, layout::column_major, random);
    a.storage.data[static_cast<std::size_t>(5 * k + 18)] = std::numeric_limits<T>::quiet_NaN();
    const std::vector<T> c = multiply(a, b, m, n, k, 1, way::by_panels);
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < n; ++j) CHECK(std::isnan(c[static_cast<std::size_t>(i * n + j)]) == (i == 5));
}

// y = x B and z = y B', for B whose n columns of k numbers lie contiguously, with `slack` numbers between them, as two
// products and in one sweep.
template <class T, int n, int k> void check_vector_products(int slack) {
    CAPTURE(n);
    CAPTURE(k);
    CAPTURE(slack);
    const int stride = k + slack;
    std::mt19937 random(static_cast<unsigned>(n + 131 * k));
    std::uniform_real_distribution<T> uniform(T(-1), T(1));
    const exact_array<T> b(static_cast<std::size_t>((n - 1) * stride + k)), x(k), y(n), z(k), v(n);
    for (std::size_t i = 0; i < b.size; ++i) b.data[i] = uniform(random);
    for (std::size_t i = 0; i < x.size; ++i) x.data[i] = uniform(random);
    const auto keep_in = [](const exact_array<T>& to) {
        return [&to](const kernels::finished_part<T>& part) {
            for (int j = 0; j < part.columns; ++j)
                to.data[static_cast<std::size_t>(part.first_column + j)] = part.data[j];
        };
    };
    const auto largest_error = [&](const exact_array<T>& result, const exact_array<T>& left, int to_column,
                                   int to_row) {
        long double worst = 0;
        for (std::size_t j = 0; j < result.size; ++j) {
            long double sum = 0;
            for (std::size_t i = 0; i < left.size; ++i)
                sum += static_cast<long double>(left.data[i]) *
                       static_cast<long double>(
                           b.data[j * static_cast<std::size_t>(to_column) + i * static_cast<std::size_t>(to_row)]);
            const long double error = std::fabs(sum - static_cast<long double>(result.data[j]));
            worst = error <= worst ? worst : error;
        }
        return worst;
    };
    constexpr long double epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    for (const int threads : {3, 1})
        for (int thread = 0; thread < threads; ++thread)
            kernels::vector_times_columns<T, n, k>(x.data.get(), b.data.get(), stride, thread, threads, keep_in(y));
    CHECK(largest_error(y, x, stride, 1) <= epsilon * (k + 1));
    kernels::vector_times_rows<T, k, n>(y.data.get(), b.data.get(), stride, keep_in(z));
    CHECK(largest_error(z, y, 1, stride) <= epsilon * (n + 1) * std::sqrt(static_cast<long double>(k)));

    alignas(kernels::scratch_alignment) T sums[static_cast<std::size_t>(kernels::row_sums_size<T, k>)] = {};
    kernels::sweep<T, n, k>(x.data.get(), b.data.get(), stride, v.data.get(), sums, keep_in(v));
    kernels::finish_rows<T, k>(sums);
    CHECK(std::equal(v.data.get(), v.data.get() + n, y.data.get()));
    CHECK(std::equal(z.data.get(), z.data.get() + k, sums));
}

TEST_CASE_TEMPLATE("vectors times matrices, and both products of one sweep are the same to the bit", T, float, double) {
    const auto check = []<int... k>(std::integer_sequence<int, k...>) {
        for (const int slack : {0, 3}) {
            (check_vector_products<T, 1, k>(slack), ...);
            (check_vector_products<T, 101, k>(slack), ...);
        }
        (check_vector_products<T, 1000, k>(0), ...);
    };
    check(std::integer_sequence<int, 1, 2, 7, 8, 20, 33, 61, 64, 80, 150>{});
}
