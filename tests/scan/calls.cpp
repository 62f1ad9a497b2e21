// How programs with scans are called: by several threads, in chunks, fed in the middle, trained; what they are compiled
// to does not grow with the number of steps; what is not finite in a body is found.
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using numbers = std::vector<float>;
numbers waves(std::size_t count) {
    numbers x(count);
    for (std::size_t i = 0; i < count; ++i)
        x[i] = static_cast<float>(0.5 + 0.5 * std::sin(1.3 * static_cast<double>(i)));
    return x;
}
numbers copy(auto view) { return {view.begin(), view.end()}; }

}

namespace model_of {

inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"reset"> reset;
inline constexpr hg::symbol<"gate"> gate;
inline constexpr hg::symbol<"candidate"> candidate;
inline constexpr hg::symbol<"hidden"> hidden;
inline constexpr hg::symbol<"code"> code;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;

// A gated recurrent unit.
template <int Units> inline constexpr hg::graph unit{
    reset = sigmoid(hg::dense<Units>(concatenate(u, h))),
    gate = sigmoid(hg::dense<Units>(concatenate(u, h))),
    candidate = tanh(hg::dense<Units>(concatenate(u, reset* h))),
    next(h) = h + gate*(candidate - h),
};
template <int Steps> inline constexpr hg::input<"x", Steps, 3> x;
template <int Steps, int Units> inline constexpr auto run = hg::scan<"cell">(unit<Units>, hg::along(u = x<Steps>),
                                                                             hg::carry(h = hg::broadcast_to<Units>(0)));
template <int Steps, int Units> inline constexpr hg::graph model{
    hidden = run<Steps, Units>[next(h)],
    code = run<Steps, Units>[last(h)],
    y = matmul(hidden, hg::parameter<"V", Units, 3>{}),
    loss = mse(y, x<Steps>) + 0.01 * sum(square(code)),
};
// The same, of whose states every fifth is kept.
inline constexpr hg::graph sparing{
    hidden = hg::scan<"cell">(unit<32>, hg::along(u = x<12>), hg::carry(h = hg::broadcast_to<32>(0)),
                              hg::keep_every<5>)[last(h)],
    loss = sum(square(hidden)),
};
inline constexpr hg::graph lavish{
    hidden = hg::scan<"cell">(unit<32>, hg::along(u = x<12>), hg::carry(h = hg::broadcast_to<32>(0)))[last(h)],
    loss = sum(square(hidden)),
};
// Each row sees the mean of all, so that the threads run every step together.
inline constexpr hg::graph herd{
    candidate = tanh(hg::dense<32>(concatenate(u, h))),
    next(h) = 0.5 * h + 0.1 * batch_mean(h) + candidate,
};
inline constexpr hg::graph coupled{
    hidden = hg::scan<"herd">(herd, hg::along(u = x<12>), hg::carry(h = hg::broadcast_to<32>(0)))[next(h)],
    y = matmul(hidden, hg::parameter<"V", 32, 3>{}),
    loss = mse(y, x<12>),
};
inline constexpr auto& small = model<6, 5>;
inline constexpr auto& large = model<12, 32>;

}

// Parameters after some steps, and the loss.
template <const auto& Model> numbers trained_by(int threads, const numbers& data) {
    using namespace model_of;
    hg::parameters<Model> theta{hg::seed = 1};
    hg::trainer<Model, loss, hg::adam, hg::max_rows<72>> train{theta, hg::threads = hg::pinned(threads)};
    for (int i = 0; i < 3; ++i) train(x<12> = data);
    numbers result = copy(theta[hg::name<"V">]);
    result.push_back(train(x<12> = data)[loss]);
    return result;
}

TEST_CASE("the bits do not depend on the number of threads") {
    const numbers data = waves(72 * 12 * 3);
    const numbers apart = trained_by<model_of::large>(1, data), together = trained_by<model_of::coupled>(1, data);
    for (const int threads : {2, 3}) {
        CHECK(trained_by<model_of::large>(threads, data) == apart);
        CHECK(trained_by<model_of::coupled>(threads, data) == together);
    }
    using apart_program = hg::trainer<model_of::large, model_of::loss, hg::adam, hg::max_rows<72>>;
    using together_program = hg::trainer<model_of::coupled, model_of::loss, hg::adam, hg::max_rows<72>>;
    static_assert(apart_program::compiled_graph::step<0>::by_blocks &&
                  apart_program::compiled_graph::step<1>::by_blocks);
    static_assert(!together_program::compiled_graph::step<0>::by_blocks);
}

TEST_CASE("states that are computed again from every fifth are the same, and take less memory") {
    using namespace model_of;
    const numbers data = waves(50 * 12 * 3);
    hg::parameters<lavish> theta{hg::seed = 4};
    using all = hg::gradient<lavish, loss>;
    using few = hg::gradient<sparing, loss>;
    static_assert(few::compiled_graph::step<1>::plan.again == 0 && all::compiled_graph::step<1>::plan.again < 0);
    CHECK(few::compiled_graph::schedule.arena < all::compiled_graph::schedule.arena / 2);
    all keep_all{hg::threads = 1};
    const auto wanted = keep_all(theta, x<12> = data);
    for (const int threads : {1, 2, 3}) {
        few keep_few{hg::threads = hg::pinned(threads)};
        hg::parameters<sparing> same{hg::seed = 4};
        const auto got = keep_few(same, x<12> = data);
        CHECK(got[loss] == wanted[loss]);
        const auto a = got.gradient(hg::name<"cell.candidate.weight">);
        const auto b = wanted.gradient(hg::name<"cell.candidate.weight">);
        for (int i = 0; i < 32; ++i)
            for (int j = 0; j < 35; ++j) CHECK(a(i, j) == doctest::Approx(b(i, j)).epsilon(2e-4));
    }
}

TEST_CASE("training lowers the loss") {
    using namespace model_of;
    const numbers data = waves(16 * 6 * 3);
    hg::parameters<small> theta{hg::seed = 1};
    hg::trainer<small, loss, hg::adam, hg::max_rows<16>> train{theta, hg::threads = 1};
    const float first = train(x<6> = data, hg::learning_rate = 0.01)[loss];
    for (int i = 0; i < 200; ++i) train(x<6> = data, hg::learning_rate = 0.01);
    const float trained = train(x<6> = data, hg::learning_rate = 0.01)[loss];
    CHECK(trained < 0.2f * first);
}

TEST_CASE("any number of rows in chunks, and fed in the middle") {
    using namespace model_of;
    const numbers data = waves(11 * 6 * 3);
    hg::parameters<small> theta{hg::seed = 2};
    hg::function<small, hg::to<hidden, y>, hg::max_rows<16>> whole;
    const auto out = whole(theta, x<6> = data);
    const numbers states = copy(out[hidden]), wanted = copy(out[y]);

    hg::function<small, hg::to<y>, hg::max_rows<4>> few;
    numbers in_chunks(wanted.size());
    few(theta, x<6> = data, hg::into(y, in_chunks));
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(in_chunks[i] == doctest::Approx(wanted[i]).epsilon(1e-5));

    hg::function<small, hg::from<hidden>, hg::to<y>, hg::max_rows<16>> cut;
    static_assert(decltype(cut)::compiled_graph::scans == 0);
    const numbers from_states = copy(cut(theta, hidden = states)[y]);
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(from_states[i] == doctest::Approx(wanted[i]).epsilon(1e-5));
}

TEST_CASE("the gradient of each row") {
    using namespace model_of;
    const numbers data = waves(4 * 6 * 3);
    hg::parameters<small> theta{hg::seed = 2};
    hg::gradient<small, loss, hg::per_example, hg::wrt<hg::name<"cell.gate.weight">>> each;
    hg::gradient<small, loss, hg::wrt<hg::name<"cell.gate.weight">>> together;
    const numbers rows = copy(each(theta, x<6> = data).gradient(hg::name<"cell.gate.weight">));
    for (std::size_t r = 0; r < 4; ++r) {
        const numbers row(data.begin() + static_cast<long>(r * 18), data.begin() + static_cast<long>(r * 18 + 18));
        const numbers alone = copy(together(theta, x<6> = row).gradient(hg::name<"cell.gate.weight">));
        for (std::size_t i = 0; i < alone.size(); ++i)
            CHECK(rows[r * alone.size() + i] == doctest::Approx(alone[i]).epsilon(1e-4));
    }
}

TEST_CASE("what is compiled does not grow with the number of steps") {
    using namespace model_of;
    using few = hg::gradient<model<6, 5>, loss>::compiled_graph;
    using many = hg::gradient<model<600, 5>, loss>::compiled_graph;
    static_assert(few::whole::sizes == many::whole::sizes);
    static_assert(few::scans == 2 && many::scans == 2);
    static_assert(few::sizes.groups == many::sizes.groups);
    static_assert(few::step<1>::sizes.groups == many::step<1>::sizes.groups);
}

namespace broken {

inline constexpr hg::argument<"v", 4> v;
inline constexpr hg::symbol<"u"> u;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"root"> root;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph falling{
    root = sqrt(h - u),
    next(h) = h - 1,
};
inline constexpr hg::graph model{
    y = sum(hg::scan<"fall">(falling, hg::along(u = v), hg::carry(h = 1.5))[root]),
};

}

TEST_CASE("what is not finite in a body is found, with its step") {
    hg::interpreter<broken::model> look;
    look(broken::v = std::vector<double>{0, 0, 0, 0});
    const auto bad = look.first_non_finite();
    REQUIRE(bad);
    CHECK(bad->name == "fall.root");
    CHECK(bad->step == 2);
    CHECK(bad->sentence() == "the equation 'fall.root' is the first that is not finite: sqrt(-0.5) = nan in step 2");
    look(broken::v = std::vector<double>{-9, -9, -9, -9});
    CHECK(!look.first_non_finite());
    CHECK(look[hg::name<"fall.h">] == -1.5); // before the last step
}
