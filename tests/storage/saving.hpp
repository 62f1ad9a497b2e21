// What the tests of hg::save and hg::load share: a model with noise, state and layers, another that does not fit its
// files, and training whose every bit can be compared.
#pragma once

#include "support/folder.hpp"

#include <hourglass/hourglass.hpp>
#include <hourglass/storage/save.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace hg = hourglass;
namespace io = hourglass::io;
using namespace hourglass_test;

// Noise, state and layers.
namespace noisy {

inline constexpr hg::input<"x", 5> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"now"> now;
inline constexpr hg::state<"running", 3> running{0.5};
inline constexpr hg::parameter<"scale"> scale{hg::ones};

inline constexpr hg::graph model{
    h = tanh(hg::dense<3>(x)),
    now = batch_mean(h),
    next(running) = 0.9 * running + 0.1 * now,
    y = hg::dense<5>(h - running + 0.1 * scale * sample(normal(now, exp(running)))),
    loss = mse(y, x),
};

}

// The same names, but other shapes, and without the state.
namespace wider {

inline constexpr hg::input<"x", 5> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"z"> z;

inline constexpr hg::graph model{
    h = tanh(hg::dense<4>(x)),
    z = hg::dense<2>(x),
    y = hg::dense<5>(h),
};

}

template <class T> using theta_of = hg::parameters<noisy::model, hg::element<T>>;
template <class T, class Rule> using trainer_of = hg::trainer<noisy::model, noisy::loss, Rule, hg::element<T>>;

// Every bit of the tensors, one after the other.
inline std::string bits_of(const auto& tensors) {
    std::string bits;
    tensors.for_each([&](const std::string&, const auto& view, bool) {
        bits.append(reinterpret_cast<const char*>(view.data()), view.size() * sizeof(*view.data()));
    });
    return bits;
}

template <class T> std::vector<T> batch_of(int step) {
    std::vector<T> batch;
    for (int i = 0; i < 35; ++i) batch.push_back(static_cast<T>((i * i + 3 * step) % 17) / 17);
    return batch;
}

// Seven rows in each step; answers the loss of the last.
template <class T> T train_steps(auto& train, int first, int count) {
    T loss = 0;
    for (int step = first; step < first + count; ++step) {
        const auto batch = batch_of<T>(step);
        loss = train(noisy::x = batch, hg::learning_rate = 0.05)[noisy::loss];
    }
    return loss;
}

inline std::string complaint_of(const std::filesystem::path& file, auto& into) {
    const std::string text = message_of<io::error>([&] { hg::load(file, into); });
    REQUIRE_MESSAGE(text.starts_with(file.string() + ": "), text);
    return text.substr(file.string().size() + 2);
}
