// Calls: what binds, for how long, how many rows, where results go, and what is refused with which words. What a call
// may not even compile with is in tests/compile_fail/.
#include <hourglass/hourglass.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using floats = std::vector<float>;
using numbers = std::vector<double>;

floats counting(std::size_t count) {
    floats x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<float>(i % 17);
    return x;
}

}

namespace model {

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::input<"t", 2> t;
inline constexpr hg::input<"label"> label;
inline constexpr hg::argument<"table", 2, 2> table;
inline constexpr hg::parameter<"w", 2, 3> w{hg::ones};
inline constexpr hg::scalar<"scale"> scale{3};
inline constexpr hg::scalar<"shift"> shift{};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"noisy"> noisy;
inline constexpr hg::symbol<"length"> length;
inline constexpr hg::symbol<"weight_size"> weight_size;
inline constexpr hg::symbol<"mixed"> mixed;
inline constexpr hg::symbol<"labelled"> labelled;
inline constexpr hg::symbol<"centre"> centre;
inline constexpr hg::symbol<"relative"> relative;
inline constexpr hg::symbol<"loss"> loss;

inline constexpr hg::graph calls{
    y = scale * (w * x) + shift,
    noisy = y + hg::normal_noise_like(y),
    length = sum(y),
    weight_size = l2(w),
    mixed = table * y,
    labelled = label * length,
    centre = batch_mean(y),
    relative = y - centre,
    loss = mse(y, t),
};

using small = hg::function<calls, hg::from<x>, hg::to<y>, hg::max_rows<4>>;
using trainer = hg::trainer<calls, loss, hg::sgd, hg::max_rows<4>>;

}

TEST_CASE("scalars have their default in every call that does not bind them") {
    using namespace model;
    hg::parameters<calls> theta;
    small f;
    const floats one = {1, 1, 1};
    CHECK(f(theta, x = one)[y](0, 0) == 9);
    CHECK(f(theta, x = one, scale = 2)[y](0, 0) == 6);
    CHECK(f(theta, x = one, shift = 1.5, scale = 1)[y](0, 1) == 4.5f);
    CHECK(f(theta, x = one)[y](0, 0) == 9);
    trainer train{theta};
    const floats target = {0, 0};
    const float before = train(x = one, t = target, scale = 1, hg::learning_rate = 0)[loss];
    CHECK(before == 9);
    CHECK(train(x = one, t = target, hg::learning_rate = 0)[loss] == 81);
    train(x = one, t = target, scale = 0, shift = 1); // the default rate; no gradient in w
    CHECK(theta[w](0, 0) == 1);
}

TEST_CASE("what is bound may be any contiguous range of the program's numbers") {
    using namespace model;
    hg::parameters<calls> theta;
    small f;
    const std::array<float, 6> array{1, 2, 3, 4, 5, 6};
    const float plain[6] = {1, 2, 3, 4, 5, 6};
    floats vector(array.begin(), array.end());
    CHECK(f(theta, x = array)[y](1, 0) == 45);
    CHECK(f(theta, x = plain)[y](1, 0) == 45);
    CHECK(f(theta, x = vector)[y](1, 0) == 45);
    CHECK(f(theta, x = std::span<const float>(vector).subspan(3))[y](0, 0) == 45);
    CHECK(f(theta, x = floats{1, 2, 3})[y](0, 0) == 18);
}

TEST_CASE("an input of one number per row, and arguments beside inputs") {
    using namespace model;
    hg::parameters<calls> theta;
    hg::function<calls, hg::from<x, label, table>, hg::to<labelled, mixed>> f;
    const floats rows = {1, 0, 0, 2, 0, 0}, labels = {1, -1}, matrix = {1, 0, 1, 1};
    const auto out = f(theta, x = rows, label = labels, table = matrix);
    CHECK(out[labelled](0) == 6);
    CHECK(out[labelled](1) == -12);
    CHECK(out[mixed](1, 0) == 6);
    CHECK(out[mixed](1, 1) == 12);
    const floats single = {1, 0, 0};
    CHECK(f(theta, x = single, label = 5, table = matrix)[labelled](0) == 30);
}

TEST_CASE("results with a batch axis have the rows of the call first, others have none") {
    using namespace model;
    hg::parameters<calls> theta;
    hg::function<calls, hg::from<x>, hg::to<y, length, weight_size, w, x>> f;
    const floats rows = counting(9);
    const auto out = f(theta, x = rows);
    CHECK(out.rows() == 3);
    CHECK(out[y].rank() == 2);
    CHECK(out[y].extent(0) == 3);
    CHECK(out[length].rank() == 1);
    const float size = out[weight_size];
    CHECK(size == 6);
    CHECK(out[w].extent(1) == 3);
    CHECK(out[x](2, 0) == rows[6]);
}

TEST_CASE("more rows than a program takes are an exception that names both numbers") {
    using namespace model;
    hg::parameters<calls> theta;
    small f;
    const floats five = counting(15);
    CHECK_THROWS_WITH_AS(f(theta, x = five),
                         "the call has 5 rows, the program takes at most 4: give it hg::max_rows<5>, or fewer rows, or "
                         "take results by hg::into(symbol, range), which any number of rows may have",
                         hg::call_error);
    trainer train{theta};
    const floats targets(10);
    CHECK_THROWS_WITH_AS(
        train(x = five, t = targets),
        "the call has 5 rows, a training step, which is never cut into chunks, takes at most 4: give it "
        "hg::max_rows<5>, or fewer rows",
        hg::call_error);
    CHECK(train.steps() == 0);
    CHECK(theta[w](0, 0) == 1);
    hg::function<calls, hg::from<x>, hg::to<y>> usual;
    CHECK(usual.max_rows == 128);
}

TEST_CASE("extents and row counts that do not fit are exceptions that name the symbol") {
    using namespace model;
    hg::parameters<calls> theta;
    hg::function<calls, hg::from<x, label, table>, hg::to<labelled, mixed>> f;
    const floats rows = counting(6), bad = counting(7), labels = {1, 2}, three = {1, 2, 3}, matrix(4), empty;
    CHECK_THROWS_WITH_AS(f(theta, x = bad, label = labels, table = matrix),
                         "'x' needs 3 numbers for each row, but is bound to 7, which is no multiple of that",
                         hg::call_error);
    CHECK_THROWS_WITH_AS(f(theta, x = rows, label = three, table = matrix), "'label' has 3 rows, but 'x' has 2",
                         hg::call_error);
    CHECK_THROWS_WITH_AS(f(theta, x = rows, label = labels, table = three),
                         "'table' needs 4 numbers, but is bound to 3", hg::call_error);
    CHECK_THROWS_WITH_AS(f(theta, x = rows, label = labels, table = matrix, hg::rows = 3),
                         "'hg::rows' has 3 rows, but 'label' has 2", hg::call_error);
    CHECK_THROWS_WITH_AS(f(theta, x = empty, label = empty, table = matrix), "a call with no rows: 'label' is empty",
                         hg::call_error);
    CHECK_THROWS_AS(f(theta, x = bad, label = labels, table = matrix), std::invalid_argument);
}

TEST_CASE("with hg::into a function takes any number of rows, in chunks, and gives what row by row would") {
    using namespace model;
    hg::parameters<calls> theta{hg::seed = 2};
    hg::function<calls, hg::from<x>, hg::to<y, noisy, length, weight_size>, hg::max_rows<4>> f{hg::seed = 5};
    hg::function<calls, hg::from<x>, hg::to<y, noisy, length, weight_size>, hg::max_rows<64>> whole{hg::seed = 5};
    for (const std::size_t rows : {1u, 3u, 4u, 5u, 8u, 23u}) {
        CAPTURE(rows);
        const floats data = counting(rows * 3);
        floats into_y(rows * 2, -1), into_noisy(rows * 2 + 1, -1), into_length(rows, -1), size(1, -1);
        f(theta, x = data, hg::first_example = 100, hg::into(y, into_y), hg::into(noisy, into_noisy),
          hg::into(length, into_length), hg::into(weight_size, size));
        const auto expected = whole(theta, x = data, hg::first_example = 100);
        CHECK(std::ranges::equal(expected[y], into_y));
        CHECK(std::equal(expected[noisy].begin(), expected[noisy].end(),
                         into_noisy.begin())); // the noise goes by the example
        CHECK(into_noisy.back() == -1);
        CHECK(std::ranges::equal(expected[length], into_length));
        CHECK(size[0] == expected[weight_size]);
    }
    const floats data = counting(15);
    floats short_of_it(9);
    CHECK_THROWS_WITH_AS(f(theta, x = data, hg::into(y, short_of_it)),
                         "the destination of 'y' holds 9 numbers, but 10 are to be written", hg::call_error);
    CHECK(short_of_it == floats(9)); // nothing was written
    // A view of another buffer is a destination too.
    floats image(10);
    f(theta, x = data, hg::into(y, std::span<float>(image)));
    CHECK(image[9] == f(theta, x = std::span<const float>(data).subspan(12))[y](0, 1));
}

TEST_CASE("rows that depend on each other are never cut into chunks") {
    using namespace model;
    hg::parameters<calls> theta;
    hg::function<calls, hg::from<x>, hg::to<relative>, hg::max_rows<4>> f;
    const floats data = counting(15), few = counting(12);
    floats to(10);
    CHECK_THROWS_WITH_AS(f(theta, x = data, hg::into(relative, to)),
                         "the call has 5 rows, the program, whose rows depend on each other, takes at most 4: give it "
                         "hg::max_rows<5>, or fewer rows",
                         hg::call_error);
    f(theta, x = few, hg::into(relative, to));
    CHECK(to[0] + to[2] + to[4] + to[6] == doctest::Approx(0));
}

TEST_CASE_TEMPLATE("float and double come from the same graph", T, float, double) {
    using namespace model;
    hg::parameters<calls, hg::element<T>> theta;
    hg::function<calls, hg::from<x>, hg::to<y>, hg::element<T>> f;
    theta[w](0, 0) = T(1) / 3;
    const std::vector<T> rows = {1, 0, 0};
    CHECK(f(theta, x = rows)[y](0, 0) == 3 * (T(1) / 3));
    static_assert(std::is_same_v<std::remove_cvref_t<decltype(f(theta, x = rows)[y](0, 0))>, T>);
    static_assert(std::is_same_v<typename hg::function<calls, hg::from<x>, hg::to<y>>::element_type, float>);
}

TEST_CASE("programs share parameters, and see what another program or the user changes") {
    using namespace model;
    hg::parameters<calls> theta, other{hg::seed = 3};
    small f, g;
    trainer train{theta};
    const floats one = {1, 2, 3}, target = {10, 10};
    const float before = f(theta, x = one)[y](0, 0);
    train(x = one, t = target);
    CHECK(f(theta, x = one)[y](0, 0) != before);
    CHECK(f(theta, x = one)[y](0, 0) == g(theta, x = one)[y](0, 0));
    theta[w](0, 0) = 100;
    const float after = f(theta, x = one)[y](0, 0);
    CHECK(after > 250);
    CHECK(f(other, x = one)[y](0, 0) != after);
    CHECK(f(theta, x = one)[y](0, 0) == after);
}

TEST_CASE("numbers of threads, rows and examples that cannot be are exceptions that say what was given") {
    using namespace model;
    for (const long threads : {0L, -1L, 1025L, (1L << 32) + 1, std::numeric_limits<long>::min()})
        CHECK_THROWS_WITH_AS(
            small(hg::threads = hg::pinned(threads)),
            ("hg::threads is " + std::to_string(threads) + ", but a program runs on 1 to 1024 threads").c_str(),
            hg::call_error);
    hg::parameters<calls> theta;
    CHECK_THROWS_WITH_AS(trainer(theta, hg::threads = 0), "hg::threads is 0, but a program runs on 1 to 1024 threads",
                         hg::call_error);

    const floats one = {1, 1, 1};
    hg::function<calls, hg::to<noisy>, hg::from<y>> f;
    for (const int rows : {0, -5})
        CHECK_THROWS_WITH_AS(f(theta, y = floats{1, 2}, hg::rows = rows),
                             ("hg::rows is " + std::to_string(rows) + ", but a call has 1 to 2^63 - 1 rows").c_str(),
                             hg::call_error);
    CHECK_THROWS_WITH_AS(f(theta, y = floats{1, 2}, hg::rows = std::numeric_limits<std::uint64_t>::max()),
                         "hg::rows is 18446744073709551615, but a call has 1 to 2^63 - 1 rows", hg::call_error);
    CHECK_THROWS_WITH_AS(f(theta, y = floats{1, 2}, hg::first_example = -1),
                         "hg::first_example is -1, but examples are numbered from 0", hg::call_error);
    CHECK(f(theta, y = floats{1, 2}, hg::rows = 1u, hg::first_example = 0)[noisy].size() == 2);
}

TEST_CASE("the message of an error is joined from texts and whole numbers") {
    const std::string name = "x";
    const hg::call_error error{"'", name, "' has ", -3, " rows, not ", std::numeric_limits<std::uint64_t>::max(), "."};
    CHECK(std::string(error.what()) == "'x' has -3 rows, not 18446744073709551615.");
    CHECK(hg::message_part::join({std::numeric_limits<long>::min()}) == "-9223372036854775808");
    CHECK(hg::message_part::join({}).empty());
}
