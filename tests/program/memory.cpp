// The memory that a call is given and the memory that it gives back: results keep their values until the program's next
// call, whatever becomes of what was bound, and what would make a call read its own results is refused.
#include <hourglass/hourglass.hpp>

#include <algorithm>
#include <span>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using floats = std::vector<float>;

floats copy(auto view) { return {view.begin(), view.end()}; }
floats counting(std::size_t count, float first = 1) {
    floats x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = first + static_cast<float>(i);
    return x;
}
void spoil(floats& x) { std::ranges::fill(x, -999.0f); }

}

namespace leaves {

inline constexpr hg::argument<"a", 3> a;
inline constexpr hg::argument<"b", 3> b;
inline constexpr hg::argument<"table", 2, 3> table;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"g"> g;
inline constexpr hg::symbol<"part"> part;
inline constexpr hg::symbol<"flat"> flat;
inline constexpr hg::symbol<"renamed"> renamed;
inline constexpr hg::symbol<"unscaled"> unscaled;
inline constexpr hg::graph plain{
    y = dot(a, b),   g = grad(y, a),         part = hg::slice<1, 3>(b), flat = hg::reshape<6>(table),
    renamed = table, unscaled = 1 * (0 + b),
};
// The same for each row, with parameters and a state beside it.
inline constexpr hg::input<"x", 2> x;
inline constexpr hg::parameter<"w", 2> w{hg::ones};
inline constexpr hg::parameter<"frozen", 2> frozen{hg::ones};
inline constexpr hg::state<"seen", 2> seen{3.0};
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"s"> s;
inline constexpr hg::symbol<"last"> last;
inline constexpr hg::symbol<"all"> all;
inline constexpr hg::graph keeps{next(s) = s, y = u};
inline constexpr auto scanned = hg::scan<"keeps">(keeps, hg::along(u = table), hg::carry(s = b));
inline constexpr hg::graph model{
    h = 2 * x,        loss = sum(w * x) + sum(frozen), next(seen) = batch_mean(h), last = scanned[hg::last(s)],
    all = scanned[y],
};

}

// The memory of a program is where it was made: a class that holds one is held by a pointer, or in a std::deque.
template <class Program> inline constexpr bool stays_where_it_is =
    !std::is_constructible_v<Program, Program&&> && !std::is_constructible_v<Program, Program&> &&
    !std::is_constructible_v<Program, const Program&> && !std::is_assignable_v<Program&, Program&&>;
static_assert(stays_where_it_is<hg::trainer<leaves::model, leaves::loss, hg::adam>>);
static_assert(stays_where_it_is<hg::gradient<leaves::model, leaves::loss>>);
static_assert(stays_where_it_is<hg::function<leaves::plain, hg::to<leaves::y>>>);

TEST_CASE("results that are what was bound keep the values of the call, whatever becomes of it") {
    using namespace leaves;
    const floats expected_a = counting(3), expected_b = counting(3, 4), expected_table = counting(6, 10);
    const auto check = [&](auto& program, auto gradient) {
        floats bound_a = expected_a, bound_b = expected_b, bound_table = expected_table;
        auto out = program(a = bound_a, b = bound_b, table = bound_table);
        spoil(bound_a), spoil(bound_b), spoil(bound_table);
        floats().swap(bound_b); // and some of it is freed
        CHECK(out[y] == 32);
        CHECK(copy(gradient(out)) == expected_b);
        CHECK(copy(out[part]) == floats{5, 6});
        CHECK(copy(out[flat]) == expected_table);
        CHECK(copy(out[renamed]) == expected_table);
        CHECK(copy(out[unscaled]) == expected_b);
        CHECK(copy(out[b]) == expected_b);
    };
    hg::function<plain, hg::to<y, g, part, flat, renamed, unscaled, b>> f;
    check(f, [](auto& out) { return out[g]; });
    hg::function<plain, hg::to<y, g, part, flat, renamed, unscaled, b>, hg::arena_inside> inside;
    check(inside, [](auto& out) { return out[g]; });
    hg::gradient<plain, y, hg::wrt<a>, hg::to<part, flat, renamed, unscaled, b>> slope;
    check(slope, [](auto& out) { return out.gradient(a); });
    // Fed symbols, and what a scan only carries and collects.
    hg::function<plain, hg::from<g>, hg::to<g>> fed;
    floats bound = expected_a;
    auto same = fed(g = bound);
    spoil(bound);
    CHECK(copy(same[g]) == expected_a);
    hg::function<model, hg::to<last, all>> scans;
    floats start = expected_b, sequence = expected_table;
    auto out = scans(b = start, table = sequence);
    spoil(start), spoil(sequence);
    CHECK(copy(out[last]) == expected_b);
    CHECK(copy(out[all]) == expected_table);
}

TEST_CASE("the same of inputs, parameters and states, in functions, gradients of each row and trainers") {
    using namespace leaves;
    hg::parameters<model> theta;
    const floats expected = counting(4);
    const auto check = [&](auto&& call, auto&& look) {
        floats rows = expected;
        auto out = call(rows);
        spoil(rows);
        theta[w](0) = theta[frozen](1) = theta[seen](0) = -999;
        look(out);
        theta = hg::parameters<model>();
    };
    hg::function<model, hg::to<x, w, frozen, seen>> f;
    check([&](floats& rows) { return f(theta, x = rows); },
          [&](auto& out) {
              CHECK(copy(out[x]) == expected);
              CHECK(copy(out[w]) == floats{1, 1});
              CHECK(copy(out[frozen]) == floats{1, 1});
              CHECK(copy(out[seen]) == floats{3, 3});
          });
    hg::function<model, hg::from<h>, hg::to<h>> fed;
    check([&](floats& rows) { return fed(h = rows); }, [&](auto& out) { CHECK(copy(out[h]) == expected); });
    hg::gradient<model, loss, hg::wrt<w, x>, hg::per_example> each;
    check([&](floats& rows) { return each(theta, x = rows); },
          [&](auto& out) {
              CHECK(copy(out.gradient(w)) == expected);
              CHECK(copy(out.gradient(x)) == floats{1, 1, 1, 1});
          });
    // Results of a step are from before it: the state and the parameters, written or not.
    hg::trainer<model, loss, hg::sgd, hg::trains<w>, hg::to<x, w, frozen, seen>> train{theta};
    check([&](floats& rows) { return train(x = rows); },
          [&](auto& out) {
              CHECK(copy(out[x]) == expected);
              CHECK(copy(out[w]) == floats{1, 1});
              CHECK(copy(out[frozen]) == floats{1, 1});
              CHECK(copy(out[seen]) == floats{3, 3});
          });
}

namespace rowwise {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::argument<"shift", 2> shift;
inline constexpr hg::parameter<"w", 2> w{hg::ones};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"total"> total;
inline constexpr hg::symbol<"fit"> fit;
inline constexpr hg::graph model{
    y = w * x + shift,
    total = sum(y),
    fit = sum(w * square(x)),
};
using small = hg::function<model, hg::to<y, total>, hg::max_rows<4>>;

}

TEST_CASE("a program's own results are refused as what it is bound to") {
    using namespace rowwise;
    hg::parameters<model> theta;
    small f, other;
    floats rows = counting(8), shifts = {0, 0};
    const auto out = f(theta, x = rows, shift = shifts);
    CHECK_THROWS_WITH_AS(
        f(theta, x = out[y], shift = shifts),
        "'x' is bound to a result of the program that is called, which the call overwrites: bind a copy",
        hg::call_error);
    CHECK_THROWS_AS(f(theta, x = out[y].span().subspan(2), shift = shifts), hg::call_error);
    CHECK_THROWS_AS(f(theta, x = rows, shift = out[y].row(3)), hg::call_error);
    CHECK(copy(out[y]) == rows);                                      // nothing was written
    CHECK(copy(other(theta, x = out[y], shift = shifts)[y]) == rows); // another program may read them
    const floats copied = copy(out[y]);
    CHECK(copy(f(theta, x = copied, shift = shifts)[y]) == rows);

    hg::function<leaves::plain, hg::to<leaves::part>, hg::arena_inside> inside;
    const floats three = counting(3);
    CHECK(inside(leaves::b = three)[leaves::part](1) == 3);
    hg::gradient<leaves::plain, leaves::y, hg::wrt<leaves::a>, hg::arena_inside> slope;
    const auto g = slope(leaves::a = three, leaves::b = three);
    CHECK_THROWS_AS(slope(leaves::a = g.gradient(leaves::a), leaves::b = three), hg::call_error);
}

namespace {

// A call that answers by chunks of four rows, and what it gives where nothing overlaps.
struct rowwise_call {
    bool whole; // in one chunk everything is read before anything is written
    floats data, expected, totals, shifts = {1, 2};
    hg::parameters<rowwise::model> theta;
    rowwise::small f;

    explicit rowwise_call(std::size_t rows)
        : whole(rows <= 4), data(counting(2 * rows)), expected(2 * rows), totals(rows) {
        theta[rowwise::w](1) = 2;
        f(theta, rowwise::x = data, rowwise::shift = shifts, hg::into(rowwise::y, expected),
          hg::into(rowwise::total, totals));
    }
};

}

TEST_CASE("destinations over the rows that a call reads give the numbers of copies, or are refused") {
    using namespace rowwise;
    for (const std::size_t rows : {1u, 4u, 5u, 9u}) {
        CAPTURE(rows);
        rowwise_call of(rows);
        // Row over row, in chunks too.
        floats memory = of.data;
        of.f(of.theta, x = memory, shift = of.shifts, hg::into(y, memory));
        CHECK(memory == of.expected);
        // In parts.
        const auto part = [&](std::size_t read, std::size_t write, std::size_t size, auto what, const floats& right) {
            floats block(3 * rows + 4);
            std::ranges::copy(of.data, block.begin() + static_cast<long>(read));
            const auto from = std::span<float>(block).subspan(read, 2 * rows),
                       to = std::span<float>(block).subspan(write, size);
            if (of.whole) {
                of.f(of.theta, x = from, shift = of.shifts, hg::into(what, to));
                CHECK(std::ranges::equal(to, right));
            } else {
                CHECK_THROWS_AS(of.f(of.theta, x = from, shift = of.shifts, hg::into(what, to)), hg::call_error);
                CHECK(std::ranges::equal(from, of.data)); // nothing was written
            }
        };
        part(2, 0, 2 * rows, y, of.expected);
        part(0, 2, 2 * rows, y, of.expected);
        part(0, 1, 2 * rows, y, of.expected);
        part(0, 0, rows, total, of.totals);
        part(0, rows, rows, total, of.totals);
    }
}

TEST_CASE("destinations over an argument or a parameter give the numbers of copies, or are refused") {
    using namespace rowwise;
    for (const std::size_t rows : {1u, 4u, 5u, 9u}) {
        CAPTURE(rows);
        rowwise_call of(rows);
        floats small_shift(2 * rows);
        small_shift[0] = 1, small_shift[1] = 2;
        const auto shift_in_it = std::span<float>(small_shift).first(2);
        auto moved = of.theta;
        const auto parameter = std::span<float>(moved[w].data(), rows); // its place is a whole cache line
        if (of.whole) {
            of.f(of.theta, x = of.data, shift = shift_in_it, hg::into(y, small_shift));
            CHECK(small_shift == of.expected);
            of.f(moved, x = of.data, shift = of.shifts, hg::into(total, parameter));
            CHECK(std::ranges::equal(parameter, of.totals));
        } else {
            CHECK_THROWS_WITH_AS(of.f(of.theta, x = of.data, shift = shift_in_it, hg::into(y, small_shift)),
                                 "the destination of 'y' overlaps what is bound to 'shift', which later chunks of the "
                                 "call read: give it memory of its own",
                                 hg::call_error);
            CHECK_THROWS_WITH_AS(of.f(moved, x = of.data, shift = of.shifts, hg::into(total, parameter)),
                                 "the destination of 'total' overlaps the parameters, which later chunks of the call "
                                 "read: give it memory of its own",
                                 hg::call_error);
        }
    }
}

TEST_CASE("one destination over another is never of use") {
    using namespace rowwise;
    for (const std::size_t rows : {1u, 4u, 5u, 9u}) {
        CAPTURE(rows);
        rowwise_call of(rows);
        floats both(3 * rows);
        CHECK_THROWS_WITH_AS(of.f(of.theta, x = of.data, shift = of.shifts, hg::into(y, both),
                                  hg::into(total, std::span<float>(both).subspan(2 * rows - 1, rows))),
                             "the destination of 'total' overlaps that of 'y'", hg::call_error);
        of.f(of.theta, x = of.data, shift = of.shifts, hg::into(y, both),
             hg::into(total, std::span<float>(both).subspan(2 * rows, rows)));
        CHECK(std::equal(of.totals.begin(), of.totals.end(), both.begin() + static_cast<long>(2 * rows)));
    }
}

TEST_CASE("a training step is not bound to what it writes") {
    using namespace rowwise;
    hg::parameters<model> theta, other;
    hg::trainer<model, fit, hg::adam> train{theta};
    CHECK_THROWS_WITH_AS(train(x = theta[w]),
                         "'x' is bound to memory of the parameters, the state or the optimiser, which a training step "
                         "writes: bind a copy",
                         hg::call_error);
    CHECK_THROWS_AS(train(x = train.state()[hg::name<"w.first_moment">]), hg::call_error);
    CHECK(train.steps() == 0);
    CHECK(theta[w](0) == 1);
    train(x = other[w]);
    CHECK(train.steps() == 1);
}

TEST_CASE("in several chunks, what is kept of the last one only cannot be read") {
    using namespace rowwise;
    hg::parameters<model> theta;
    const floats data = counting(10), shifts = {0, 0};
    floats to(10), values(5);
    small f;
    const auto out = f(theta, x = data, shift = shifts, hg::into(y, to));
    CHECK(out.rows() == 5);
    CHECK_THROWS_WITH_AS(
        out[total],
        "the call has 5 rows, in chunks of 4, so that 'total' would be that of the last chunk only: read "
        "it from its destination, hg::into, or give the program more hg::max_rows",
        hg::call_error);
    CHECK_THROWS_AS(out[y], hg::call_error);
    const auto few = f(theta, x = std::span<const float>(data).first(8), shift = shifts, hg::into(y, to));
    CHECK(few[total](3) == 15); // one chunk is all there is

    hg::gradient<model, fit, hg::per_example, hg::max_rows<4>> each;
    hg::gradient<model, fit, hg::per_example, hg::max_rows<5>> whole;
    CHECK_THROWS_WITH_AS(
        each(theta, x = data, hg::into(fit, values)),
        "the call has 5 rows, in chunks of 4, so that the gradient with respect to 'w' would be that of "
        "the last chunk only: call it with fewer rows at a time, or give the program hg::max_rows<5>",
        hg::call_error);
    CHECK(values == floats(5)); // nothing was written
    const auto all = whole(theta, x = data, hg::into(fit, values));
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t i = 0; i < 2; ++i) CHECK(all.gradient(w)(r, i) == data[2 * r + i] * data[2 * r + i]);
    CHECK(values[4] == 9 * 9 + 10 * 10);
}
