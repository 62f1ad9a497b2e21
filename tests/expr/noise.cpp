// Noise in equations: leaves with a name, an identity and a value that depends on seed, step, example and element
// only; noise that is fed; dropout and what else differs between training and evaluation. The generator's own tests
// are elsewhere.
#include <hourglass/hourglass.hpp>
#include <hourglass/math/philox.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<double>;
using in_double = hg::element<double>;

numbers copy(auto view) { return {view.begin(), view.end()}; }
bool equal(auto view, const numbers& other) { return std::ranges::equal(copy(view), other); }
// The leaf's identity, as the language defines it: from the hash of its full name.
std::uint32_t identity(std::string_view name) {
    const std::uint64_t hash = hg::hash_of(name);
    return static_cast<std::uint32_t>((hash ^ hash >> 32) & 0x7fffffffu);
}

}

namespace noisy {

inline constexpr hg::input<"x", 11> x;
inline constexpr hg::symbol<"corrupted"> corrupted;
inline constexpr hg::symbol<"two"> two;
inline constexpr hg::symbol<"common"> common;
inline constexpr hg::symbol<"kept"> kept;
inline constexpr hg::symbol<"dropped"> dropped;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"even"> even;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::scalar<"level"> level{0.5};

inline constexpr hg::graph model{
    corrupted = x + level * hg::normal_noise_like(x),
    two = hg::uniform_noise_like(x) - hg::uniform_noise_like(x), // two occurrences are two leaves
    common = hg::shared(hg::normal_noise<3>()) + 0 * slice<0, 3>(x),
    kept = mask_and_rescale(x, 0.25),
    dropped = dropout(x, 0.25),
    z = sample(normal(x, 1 + 0 * x)),
    even = hg::bernoulli_noise_like(x, 0.3),
    loss = sum(square(dropped)) + 0 * sum(square(z)),
};
static_assert(hg::check<model>);

template <auto... Symbols> using returns =
    hg::function<model, hg::from<x>, hg::to<Symbols...>, in_double, hg::max_rows<64>>;

numbers data(int rows) {
    numbers d(static_cast<std::size_t>(rows) * 11);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = 1 + static_cast<double>(i % 7);
    return d;
}

}

TEST_CASE("noise is a function of seed, leaf, example and element, as math/philox.hpp defines it") {
    using namespace noisy;
    constexpr int rows = 5;
    returns<corrupted, two, common, even> f{hg::seed = 9};
    const numbers d = data(rows);
    const auto out = f(x = d, level = 2);
    hg::random::noise_stream stream{9, 0, identity("corrupted.noise")};
    const auto uniform = [](std::string_view name, std::uint64_t example, int element) {
        return hg::random::uniform<double>({9, 0, identity(name)}, example, element);
    };
    for (int r = 0; r < rows; ++r)
        for (int i = 0; i < 11; ++i) {
            const auto example = static_cast<std::uint64_t>(r);
            const double eps = hg::random::normal<double>(stream, example, i);
            CHECK(out[corrupted](r, i) ==
                  doctest::Approx(d[static_cast<std::size_t>(r * 11 + i)] + 2 * eps).epsilon(1e-13));
            CHECK(out[two](r, i) == uniform("two.0.noise", example, i) - uniform("two.1.noise", example, i));
            CHECK(out[even](r, i) == (uniform("even.noise", example, i) < 0.3 ? 1 : 0));
            if (i < 3)
                CHECK(
                    out[common](r, i) ==
                    doctest::Approx(hg::random::normal<double>({9, 0, identity("common.noise")}, 0, i)).epsilon(1e-13));
        }
}

TEST_CASE("pruning a graph changes no noise, and neither does the number of rows or threads") {
    using namespace noisy;
    const numbers d = data(40);
    returns<corrupted, two, common, kept, z, even> everything{hg::seed = 2};
    returns<z> alone{hg::seed = 2}, other_seed{hg::seed = 3};
    returns<kept> masked{hg::seed = 2};
    hg::function<model, hg::from<x>, hg::to<z>, in_double, hg::max_rows<200>> larger{hg::seed = 2};
    const auto all = everything(x = d);
    CHECK(equal(alone(x = d)[z], copy(all[z])));
    CHECK(equal(masked(x = d)[kept], copy(all[kept])));
    CHECK(equal(larger(x = d)[z], copy(all[z])));
    CHECK_FALSE(equal(other_seed(x = d)[z], copy(all[z])));
    const numbers few = data(3);
    const numbers three = copy(alone(x = few)[z]);
    CHECK(std::equal(three.begin(), three.end(), copy(all[z]).begin()));
    for (int threads : {1, 2, 3}) {
        returns<z> some{hg::seed = 2, hg::threads = hg::pinned(threads)};
        CHECK(equal(some(x = d)[z], copy(all[z])));
    }
}

TEST_CASE("first_example shifts the noise by whole rows, in one call only") {
    using namespace noisy;
    const numbers d(11 * 20, 0.0), part(11 * 6, 0.0);
    returns<corrupted, common> f{hg::seed = 4};
    const auto out = f(x = d);
    const numbers whole = copy(out[corrupted]), shared_whole = copy(out[common]);
    const auto shifted = f(x = part, hg::first_example = 9);
    CHECK(std::equal(shifted[corrupted].begin(), shifted[corrupted].end(), whole.begin() + 9 * 11));
    CHECK(
        std::equal(shifted[common].begin(), shifted[common].end(), shared_whole.begin())); // one draw for all examples
    CHECK(std::equal(whole.begin(), whole.begin() + 6 * 11, f(x = part)[corrupted].begin()));
    // Beyond 32 bits too, where nothing begins again.
    CHECK_FALSE(equal(f(x = part, hg::first_example = 1ull << 32)[corrupted], {whole.begin(), whole.begin() + 6 * 11}));
    const numbers across = copy(f(x = part, hg::first_example = (1ull << 32) - 3)[corrupted]);
    CHECK(std::equal(across.begin() + 3 * 11, across.end(),
                     f(x = part, hg::first_example = 1ull << 32)[corrupted].begin()));
    const std::uint64_t far = (1ull << 40) + 3;
    const double eps = hg::random::normal<double>({4, 0, identity("corrupted.noise")}, far + 2, 10);
    CHECK(f(x = part, level = 1, hg::first_example = far)[corrupted](2, 10) == doctest::Approx(eps).epsilon(1e-13));
}

TEST_CASE("noise is fed by name") {
    using namespace noisy;
    const numbers d = data(2);
    numbers eps(22), first(22, 0.75), second(22, 0.5), row = {1, 2, 3};
    for (std::size_t i = 0; i < eps.size(); ++i) eps[i] = static_cast<double>(i);
    hg::function<model,
                 hg::from<x, hg::name<"corrupted.noise">, hg::name<"two.0.noise">, hg::name<"two.1.noise">,
                          hg::name<"common.noise">>,
                 hg::to<corrupted, two, common>, in_double>
        f;
    const auto out = f(x = d, hg::name<"corrupted.noise"> = eps, hg::name<"two.0.noise"> = first,
                       hg::name<"two.1.noise"> = second, hg::name<"common.noise"> = row, level = 10);
    CHECK(out[corrupted](1, 3) == d[14] + 10 * 14);
    CHECK(out[two](1, 10) == 0.25);
    CHECK(out[common](0, 2) == 3);
    CHECK(out[common](1, 0) == 1);
}

TEST_CASE("corruption is switched off by feeding the corrupted symbol") {
    using namespace noisy;
    hg::function<model, hg::from<corrupted>, hg::to<corrupted>, in_double> f;
    const numbers d = data(3);
    CHECK(equal(f(corrupted = d)[corrupted], d));
}

TEST_CASE("dropout acts only in training, sample and masks always") {
    using namespace noisy;
    const numbers d = data(30);
    returns<dropped, kept, z> evaluate{hg::seed = 1};
    hg::function<model, hg::from<x>, hg::to<dropped, kept, z>, in_double, hg::training> as_in_training{hg::seed = 1};
    const auto still = evaluate(x = d);
    const auto moving = as_in_training(x = d);
    CHECK(equal(still[dropped], d));
    CHECK(equal(moving[kept], copy(still[kept])));
    CHECK(equal(moving[z], copy(still[z])));
    CHECK_FALSE(equal(still[z], d));
    int zeros = 0, rescaled = 0;
    for (int r = 0; r < 30; ++r)
        for (int i = 0; i < 11; ++i) {
            const double before = d[static_cast<std::size_t>(r * 11 + i)], after = moving[dropped](r, i);
            zeros += after == 0;
            rescaled += std::abs(after - before / 0.75) < 1e-12;
        }
    CHECK(zeros + rescaled == 330);
    CHECK(zeros > 50); // 82.5 expected, deviation 7.9
    CHECK(zeros < 115);
}

namespace trained_noise {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::parameter<"w", 4> w{hg::ones};
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"squares"> squares;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    y = dropout(w * x, 0.5),
    squares = sum(square(y)),
    loss = squares + sum(hg::normal_noise<4>()),
};

}

TEST_CASE("each step of a trainer draws its own noise; the gradient does not flow into it") {
    using namespace trained_noise;
    const numbers d(4 * 64, 1.0);
    hg::parameters<model, in_double> theta;
    hg::trainer<model, loss, hg::sgd, in_double> train{theta, hg::seed = 6}, other{theta, hg::seed = 6};
    const double first = train(x = d, hg::learning_rate = 0)[loss], second = train(x = d, hg::learning_rate = 0)[loss];
    CHECK(first != second);
    CHECK(other(x = d, hg::learning_rate = 0)[loss] == first);
    other.set_steps(1);
    CHECK(other(x = d, hg::learning_rate = 0)[loss] == second);
    other.set_steps(1ull << 32); // steps do not begin again either
    CHECK(other(x = d, hg::learning_rate = 0)[loss] != first);
    // kept with probability one half and doubled: 4 * 2^2 / 2 expected
    CHECK(train(x = d, hg::learning_rate = 0)[squares] == doctest::Approx(8).epsilon(0.25));

    // A step on the gradient that hand-fed noise gives: w - rate * 2 w mean(mask^2).
    hg::trainer<model, loss, hg::sgd, in_double, hg::from<x, hg::name<"y.noise">>> fed{theta};
    numbers mask(4 * 64, 0.9); // dropped
    for (std::size_t row = 0; row < 16; ++row) mask[row * 4 + 1] = 0.1;
    fed(x = d, hg::name<"y.noise"> = mask, hg::learning_rate = 0.25);
    CHECK(theta[w](0) == 1);
    CHECK(theta[w](1) == doctest::Approx(1 - 0.25 * 2 * 4 * 16.0 / 64).epsilon(1e-14));
}

namespace generated {

inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph prior{
    z = hg::normal_noise<3>(),
    y = 2 * z,
};

}

TEST_CASE("hg::rows gives the number of rows if nothing batched is fed") {
    using namespace generated;
    hg::function<prior, hg::to<z, y>, in_double> draw{hg::seed = 1};
    const auto out = draw(hg::rows = 6);
    CHECK(out.rows() == 6);
    CHECK(out[y].size() == 18);
    CHECK(out[y](5, 2) == 2 * out[z](5, 2));
    CHECK(out[z](0, 0) != out[z](1, 0));
    CHECK_THROWS_WITH_AS(draw(), "nothing with a batch axis is bound, so the call must say how many rows: hg::rows = n",
                         hg::call_error);
}

namespace one_draw {

inline constexpr hg::input<"x", 11> x;
inline constexpr hg::scalar<"p"> p{0.25};
inline constexpr hg::symbol<"normal"> gaussian;
inline constexpr hg::symbol<"even"> even;
inline constexpr hg::symbol<"kept"> kept;
inline constexpr hg::symbol<"dropped"> dropped;
inline constexpr hg::symbol<"z"> z;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::graph model{
    gaussian = x + hg::shared(hg::normal_noise_like(x)),
    even = x + hg::shared(hg::bernoulli_noise_like(x, p)),
    kept = hg::shared(mask_and_rescale(x, p)),
    dropped = hg::shared(dropout(x, p)),
    z = hg::shared(sample(normal(x, 2))),
    loss = sum(square(dropped)),
};

}

TEST_CASE("shared noise is one draw for all examples: leaves, Bernoulli draws, masks, dropout and samples") {
    using namespace one_draw;
    hg::function<model, hg::from<x>, hg::to<gaussian, even, kept, dropped, z>, in_double, hg::training> f{hg::seed = 9};
    const numbers d = noisy::data(5);
    const auto out = f(x = d, hg::first_example = 3);
    const auto drawn = [](std::string_view name, int element) {
        return hg::random::uniform<double>({9, 0, identity(name)}, 0, element);
    };
    int zeros = 0;
    for (int r = 0; r < 5; ++r)
        for (int i = 0; i < 11; ++i) {
            const double at = d[static_cast<std::size_t>(r * 11 + i)];
            CHECK(out[gaussian](r, i) - at == doctest::Approx(out[gaussian](0, i) - d[static_cast<std::size_t>(i)]));
            CHECK((out[z](r, i) - at) / 2 ==
                  doctest::Approx(hg::random::normal<double>({9, 0, identity("z.noise")}, 0, i)).epsilon(1e-12));
            CHECK(out[even](r, i) - at == (drawn("even.noise", i) < 0.25 ? 1 : 0));
            CHECK(out[kept](r, i) == doctest::Approx(drawn("kept.noise", i) < 0.75 ? at / 0.75 : 0));
            CHECK(out[dropped](r, i) == doctest::Approx(drawn("dropped.noise", i) < 0.75 ? at / 0.75 : 0));
            zeros += out[kept](r, i) == 0;
        }
    CHECK(zeros % 5 == 0);
    CHECK(zeros > 0);
    CHECK(zeros < 55);
}

TEST_CASE("a mask that drops everything leaves zeros and a zero gradient") {
    using namespace one_draw;
    hg::gradient<model, loss, hg::wrt<x, p>, hg::to<kept>, in_double> g;
    const numbers d = noisy::data(3);
    const auto all = g(x = d, p = 1);
    CHECK(all[loss] == 0);
    CHECK(equal(all[kept], numbers(33)));
    CHECK(equal(all.gradient(x), numbers(33)));
    CHECK(all.gradient(p) == 0);
    const auto none = g(x = d, p = 0);
    CHECK(equal(none[kept], d));
}
