// Groups that are loops over memory: movements of odd extents against the operations' own plain loops, with each thread
// doing its part and no more, and reductions to one number. What programs make of them is tested elsewhere.
#include <hourglass/autodiff/differentiate.hpp>
#include <hourglass/runtime/plain_groups.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

namespace {

namespace hg = hourglass;
using hg::make_shape;

// Exactly as large as it is said to be: the address sanitizer watches both ends.
template <class T> std::unique_ptr<T[]> memory(long size, T first) {
    std::unique_ptr<T[]> data(new T[static_cast<std::size_t>(size)]);
    std::iota(data.get(), data.get() + size, first);
    return data;
}

// Any one movement: its options and what it is given.
template <class T, class Op> void check_movement(hg::attributes options, std::vector<hg::value_type> types, long rows) {
    const int count = static_cast<int>(types.size());
    hg::inference in{};
    in.operands = types.data();
    in.count = count;
    in.options = options;
    const hg::value_type type = Op::infer(in);
    REQUIRE(in.problem.empty());

    std::vector<std::unique_ptr<T[]>> given;
    std::vector<const T*> from;
    for (const hg::value_type& t : types) {
        given.push_back(memory(t.extents.size() * (t.batched ? rows : 1), static_cast<T>(1 + 1000 * from.size())));
        from.push_back(given.back().get());
    }
    const long size = type.extents.size() * (type.batched ? rows : 1);
    std::vector<T> expected(static_cast<std::size_t>(size));
    Op::reference(hg::evaluation<T>{from.data(), types.data(), count, in.options, type, rows, expected.data()});

    constexpr const hg::operation& op = hg::record<Op>;
    hg::plain_node n{in.options, type};
    std::vector<hg::runs_of_movement> parts;
    if (op.axes_of_result != nullptr) n.order = op.axes_of_result(in.options);
    for (int i = 0; op.runs != nullptr && i < count; ++i)
        parts.push_back(op.runs(type, types.data(), count, in.options, i));
    for (const int threads : {1, 2, 3, 7}) {
        CAPTURE(threads);
        std::vector<int> writers(expected.size());
        int idle = 0;
        for (int thread = 0; thread < threads; ++thread) {
            const auto to = memory(size, T(0));
            std::fill_n(to.get(), size, T(-1)); // no element's value
            const long rows_moved = type.batched ? rows : 1;
            const hg::worker w{thread, threads};
            if (op.runs == nullptr)
                hg::move_axes<T>(n, types.data(), from.data(), to.get(), rows_moved, w);
            else
                hg::move_runs<T>(n, parts.data(), types.data(), from.data(), count, to.get(), rows_moved, w);
            bool right = true;
            int written = 0;
            for (std::size_t i = 0; i < expected.size(); ++i) {
                if (to[i] == T(-1)) continue;
                ++written;
                ++writers[i];
                right = right && to[i] == expected[i];
            }
            CHECK(right);
            idle += written == 0;
        }
        CHECK(std::all_of(writers.begin(), writers.end(), [](int w) { return w == 1; }));
        if (size >= 5000 && threads <= 3) CHECK(idle == 0);
    }
}

hg::attributes flags(int a, int b, int c) {
    hg::attributes o;
    o.flags = {a, b, c};
    return o;
}
hg::attributes order(hg::shape target) {
    hg::attributes o;
    o.target = target;
    return o;
}

}

TEST_CASE_TEMPLATE("axes in any order", T, float, double) {
    const hg::shape all[] = {make_shape(1),       make_shape(70),        make_shape(1, 37),     make_shape(2, 3),
                             make_shape(17, 33),  make_shape(3, 1000),   make_shape(403, 7),    make_shape(101, 99),
                             make_shape(5, 1, 9), make_shape(13, 4, 19), make_shape(2, 67, 35), make_shape(3, 5, 2, 7)};
    for (const hg::shape& extents : all) {
        hg::shape axes;
        axes.rank = extents.rank;
        std::iota(axes.extents, axes.extents + axes.rank, 0);
        do {
            CAPTURE(extents[0]);
            CAPTURE(axes[0]);
            check_movement<T, hg::ops::transpose>(order(axes), {{extents, false}}, 5);
            check_movement<T, hg::ops::transpose>(order(axes), {{extents, true}}, 5);
        } while (std::next_permutation(axes.extents, axes.extents + axes.rank));
    }
}

TEST_CASE_TEMPLATE("parts of an axis, and axes with zeros around them", T, float, double) {
    for (const bool batched : {false, true})
        for (const long rows : {1L, 3L, 33L}) {
            CAPTURE(batched);
            CAPTURE(rows);
            const auto check = [&](hg::shape extents, int axis, int first, int last) {
                check_movement<T, hg::ops::slice>(flags(axis, first, last), {{extents, batched}}, rows);
                hg::shape part = extents;
                part[axis] = last - first;
                check_movement<T, hg::ops::pad>(flags(axis, first, extents[axis]), {{part, batched}}, rows);
            };
            check(make_shape(40), 0, 3, 4);
            check(make_shape(3001), 0, 1, 3000);
            check(make_shape(3001), 0, 0, 3001);
            check(make_shape(7, 5, 3), 0, 2, 5);
            check(make_shape(7, 5, 3), 1, 4, 5);
            check(make_shape(7, 5, 3), 2, 0, 2);
            check(make_shape(61, 47), 0, 10, 60);
            check(make_shape(61, 47), 1, 1, 44);
        }
}

TEST_CASE_TEMPLATE("one after another along an axis, with and without a batch axis", T, float, double) {
    for (const long rows : {1L, 3L, 33L})
        for (const bool first : {false, true})
            for (const bool second : {false, true}) {
                CAPTURE(rows);
                CAPTURE(first);
                CAPTURE(second);
                check_movement<T, hg::ops::concatenate>(
                    flags(0, 0, 0), {{make_shape(3), first}, {make_shape(1), second}, {make_shape(11), true}}, rows);
                check_movement<T, hg::ops::concatenate>(flags(1, 0, 0),
                                                        {{make_shape(5, 3), first}, {make_shape(5, 8), second}}, rows);
                check_movement<T, hg::ops::concatenate>(
                    flags(0, 0, 0), {{make_shape(31, 37), first}, {make_shape(29, 37), second}}, rows);
            }
}

TEST_CASE_TEMPLATE("sums and maxima of one number over rows", T, float, double) {
    for (long rows = 1; rows <= 200; ++rows) {
        CAPTURE(rows);
        // Below zero, and such that double holds the sum exactly but float does not.
        const auto data = memory(rows, T(0));
        for (long r = 0; r < rows; ++r)
            data[static_cast<std::size_t>(r)] = static_cast<T>(-1 - 1e-3 * static_cast<double>((r * 37) % 101));
        const std::span<const T> all(data.get(), static_cast<std::size_t>(rows));
        const T sum = static_cast<T>(std::accumulate(all.begin(), all.end(), 0.0L));
        const T largest = *std::max_element(all.begin(), all.end());
        for (const int threads : {1, 3}) {
            T of_sum = 0, of_max = 0;
            for (int thread = 0; thread < threads; ++thread) {
                hg::reduce_columns<hg::ops::sum>(&of_sum, data.get(), 1, rows, 1, {thread, threads});
                hg::reduce_columns<hg::ops::max_over>(&of_max, data.get(), 1, rows, 1, {thread, threads});
            }
            if constexpr (std::is_same_v<T, float>)
                CHECK(of_sum == sum);
            else
                CHECK(of_sum == doctest::Approx(sum).epsilon(1e-14));
            CHECK(of_max == largest);
        }
        T nothing = 0;
        data[static_cast<std::size_t>(rows * 5 % 7 % rows)] = std::numeric_limits<T>::quiet_NaN();
        hg::reduce_columns<hg::ops::max_over>(&nothing, data.get(), 1, rows, 1, {});
        CHECK(std::isnan(nothing));
    }
}

TEST_CASE_TEMPLATE("sums over two million rows keep their digits, the same for any number of threads", T, float,
                   double) {
    constexpr long rows = 2'000'003, inner = 5, outer = 2;
    for (const bool equal : {false, true}) {
        std::vector<T> in(static_cast<std::size_t>(rows * inner));
        for (std::size_t i = 0; i < in.size(); ++i) // roundings of equal numbers all go one way
            in[i] = equal ? T(0.1) : static_cast<T>(0.05 + 0.1 * std::fabs(std::sin(static_cast<double>(i))));
        const auto check = [&](long count, long side_by_side, const std::vector<T>& sums) {
            for (long j = 0; j < side_by_side; ++j) {
                long double sum = 0, lost = 0; // what one addition loses goes into the next (Kahan 1965)
                for (long r = 0; r < count; ++r) {
                    const long double term =
                        static_cast<long double>(in[static_cast<std::size_t>(r * side_by_side + j)]) - lost;
                    const long double next = sum + term;
                    lost = (next - sum) - term;
                    sum = next;
                }
                CHECK(std::fabs(static_cast<long double>(sums[static_cast<std::size_t>(j)]) / sum - 1) <=
                      4 * static_cast<long double>(std::numeric_limits<T>::epsilon()));
            }
        };
        const auto sums_of = [&](long outer_, long count, long side_by_side, int threads) {
            std::vector<T> sums(static_cast<std::size_t>(outer_ * side_by_side));
            for (int thread = 0; thread < threads; ++thread)
                hg::reduce_columns<hg::ops::sum>(sums.data(), in.data(), outer_, count, side_by_side,
                                                 {thread, threads});
            return sums;
        };
        for (const long side_by_side : {1L, inner}) check(rows, side_by_side, sums_of(1, rows, side_by_side, 1));
        const std::vector<T> twice = sums_of(outer, rows / 2, inner, 1);
        check(rows / 2, inner, twice);
        for (const int threads : {2, 3}) CHECK(sums_of(outer, rows / 2, inner, threads) == twice);
    }
}

TEST_CASE("what needs other rows for a row is computed from all of them, by one thread") {
    constexpr long rows = 37;
    constexpr int size = 3;
    const hg::value_type of_rows{make_shape(size), true}, of_all{make_shape(size), false};
    const hg::value_type types[] = {of_rows, of_all};
    std::vector<double> factors(rows * size, 2.0), product(size, std::ldexp(1.0, rows));
    factors[0] = product[0] = 0;
    const hg::plain_node n{flags(0, 0, 1), of_rows};
    for (const int threads : {1, 2, 3}) {
        std::vector<double> result(factors.size(), -1.0);
        for (int thread = 0; thread < threads; ++thread) {
            const double* from[] = {factors.data(), product.data()};
            hg::run_reference<hg::ops::exclusive_product>(n, types, from, 2, result.data(), nullptr, rows,
                                                          {thread, threads});
        }
        for (std::size_t i = 0; i < result.size(); ++i)
            CHECK(result[i] == (i % size == 0 && i > 0 ? 0 : std::ldexp(1.0, rows - 1)));
    }
}
