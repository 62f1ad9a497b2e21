// Same seed, same bits, whatever the number of threads: training steps, gradients and calls in chunks, noise included.
// Sizes are such that the work is worth a team and does not divide evenly; speed is not looked at.
#include "../../testing/autoencoders.hpp"
#include "support/child_process.hpp"

#include <cstring>
#include <utility>

#include <doctest/doctest.h>

namespace {

using namespace autoencoders;
using hourglass_test::holds_in_child;

template <class T> bool same_bits(std::span<const T> a, std::span<const T> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

// Everything that a run leaves: losses of every step, parameters, and the optimiser's moments.
template <class Case, class T> std::vector<T> run_of_training(int threads, const std::vector<int>& rows_of_steps) {
    hg::parameters<Case::graph, hg::element<T>> theta{hg::seed = 9};
    trainer<Case, T> train{theta, hg::seed = 4, hg::threads = hg::pinned(threads)};
    const std::vector<T> pixels = images<T>(2, 128, Case::features);
    std::vector<T> left;
    for (const int rows : rows_of_steps) {
        const std::span<const T> x(pixels.data(), static_cast<std::size_t>(rows * Case::features));
        const naive::losses l = Case::losses(step<Case, T>(train, x, {}));
        for (const double loss : {l.loss, l.reconstruction, l.penalty}) left.push_back(static_cast<T>(loss));
    }
    const auto keep = [&](const std::string&, auto view, bool) { left.insert(left.end(), view.begin(), view.end()); };
    std::as_const(theta).for_each(keep);
    std::as_const(train.state()).for_each(keep);
    return left;
}

template <class Case, class T> void check_training(const std::vector<int>& rows_of_steps) {
    CAPTURE(Case::name);
    const std::vector<T> alone = run_of_training<Case, T>(1, rows_of_steps);
    for (const int threads : {2, 3}) {
        CAPTURE(threads);
        CHECK(same_bits<T>(alone, run_of_training<Case, T>(threads, rows_of_steps)));
    }
    CHECK(same_bits<T>(alone, run_of_training<Case, T>(1, rows_of_steps)));
}

}

TEST_CASE("training gives the same bits with 1, 2 and 3 threads") {
    const std::vector<int> rows{128, 128, 128, 37, 128, 1};
    check_training<full_basic, float>(rows);
    check_training<full_undercomplete, float>(rows);
    check_training<sparse<784, 331>, float>(rows);
    check_training<denoising<784, 203>, float>(rows);
    check_training<full_variational, float>(rows);
}

TEST_CASE("so it does in double, and at widths that no vector divides") {
    check_training<variational<331, 103, 13>, double>({128, 127, 61});
}

TEST_CASE("another seed gives other bits") {
    using Case = full_variational;
    hg::parameters<Case::graph> theta{hg::seed = 9};
    const std::vector<float> pixels = images<float>(2, 16, Case::features);
    trainer<Case, float> one{theta, hg::seed = 4}, other{theta, hg::seed = 5};
    const float first = step<Case, float>(one, pixels, {})[hg::name<"kl">];
    const float loss = step<Case, float>(one, pixels, {})[hg::name<"loss">];
    CHECK(first != loss);
    hg::gradient<Case::graph, hg::name<"loss">> with_four{hg::seed = 4}, with_five{hg::seed = 5};
    CHECK(with_four(theta, hg::name<"x"> = pixels)[hg::name<"loss">] !=
          with_five(theta, hg::name<"x"> = pixels)[hg::name<"loss">]);
}

TEST_CASE("gradients, and functions in chunks, give the same bits with 1, 2 and 3 threads") {
    using Case = full_variational;
    using gradient = hg::gradient<Case::graph, hg::name<"loss">>;
    using reconstruct = hg::function<Case::graph, hg::to<hg::name<"xhat">>>;
    const hg::parameters<Case::graph> theta{hg::seed = 9};
    const int rows = 300;
    const std::vector<float> pixels = images<float>(2, rows, Case::features);
    const std::span<const float> first(pixels.data(), 128 * Case::features);

    std::vector<float> gradient_alone, images_alone;
    for (const int threads : {1, 2, 3}) {
        CAPTURE(threads);
        gradient g{hg::seed = 4, hg::threads = hg::pinned(threads)};
        const auto out = g(theta, hg::name<"x"> = first);
        const auto view = out.gradient(hg::name<"h.weight">).span();
        reconstruct f{hg::seed = 4, hg::threads = hg::pinned(threads)};
        std::vector<float> restored(pixels.size());
        f(theta, hg::name<"x"> = pixels, hg::into(hg::name<"xhat">, restored));
        if (threads == 1) {
            gradient_alone.assign(view.begin(), view.end());
            images_alone = restored;
        }
        CHECK(same_bits<float>(gradient_alone, view));
        CHECK(same_bits<float>(images_alone, restored));
    }
}

TEST_CASE("in a child process programs run, those of its parent and its own, and give the same bits") {
    using Case = full_variational;
    using gradient = hg::gradient<Case::graph, hg::name<"loss">>;
    const std::vector<float> pixels = images<float>(2, 128, Case::features);
    const std::vector<float> expected = run_of_training<Case, float>(1, {128, 128});
    for (const int threads : {2, 3}) {
        CAPTURE(threads);
        hg::parameters<Case::graph> theta{hg::seed = 9}, other{hg::seed = 9};
        trainer<Case, float> train{theta, hg::seed = 4, hg::threads = hg::pinned(threads)};
        trainer<Case, float> alone{other, hg::seed = 4, hg::threads = 1};
        gradient g{hg::threads = hg::pinned(threads)}, g_alone{hg::threads = 1};
        step<Case, float>(train, pixels, {}); // the team has worked
        step<Case, float>(alone, pixels, {});
        const auto same_again = [&] {
            step<Case, float>(train, pixels, {});
            step<Case, float>(alone, pixels, {});
            const auto weight = [](const auto& out) { return out.gradient(hg::name<"h.weight">).span(); };
            const auto a = g(theta, hg::name<"x"> = pixels), b = g_alone(other, hg::name<"x"> = pixels);
            return same_bits<float>(weight(a), weight(b)) &&
                   same_bits<float>(expected, run_of_training<Case, float>(threads, {128, 128}));
        };
        CHECK(holds_in_child(same_again));
        CHECK(holds_in_child([&] { return holds_in_child(same_again); }));
        CHECK(same_again()); // and the parent's team is as it was
    }
}
