// The five autoencoders as cases that tests and benchmarks go through alike: the model, the hand-written model that it
// is compared with, one step of each on the same numbers, and made-up images. What is compared, and how closely, is
// theirs.
#pragma once

#include "naive_loops.hpp"

#include <hourglass/hourglass.hpp>
#include <hourglass/kernels/philox.hpp>
#include <hourglass/models/basic.hpp>
#include <hourglass/models/denoising.hpp>
#include <hourglass/models/sparse.hpp>
#include <hourglass/models/undercomplete.hpp>
#include <hourglass/models/variational.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace autoencoders {

namespace hg = hourglass;

// The run-time numbers of a step; each model takes those that it has.
struct settings {
    double learning_rate = 1e-3;
    double lambda = 1e-4;
    double beta = 1;
    double noise_level = 0.5;
};

struct no_noise {
    static constexpr int width = 0;
    template <class T, const auto& Graph> using trainer =
        hg::trainer<Graph, hg::name<"loss">, hg::adam, hg::element<T>>;
};
// A model that draws Width standard normal numbers for each example, from the leaf of the given name.
template <hg::fixed_string Leaf, int Width> struct normal_noise {
    static constexpr int width = Width;
    static constexpr auto& leaf = hg::name<Leaf>;
    template <class T, const auto& Graph> using trainer =
        hg::trainer<Graph, hg::name<"loss">, hg::adam, hg::element<T>, hg::from<hg::name<Leaf>>>;
};

// Each case has a name, the graph, the kind and widths of the hand-written model, its noise, and a `call` that gives a
// program what it is given and the run-time numbers besides.
template <int Features, int Code> struct basic {
    static constexpr const char* name = "basic";
    static constexpr const auto& graph = hg::models::basic::model<Features, Code>;
    static constexpr naive::model_kind kind = naive::model_kind::basic;
    static constexpr int features = Features;
    using noise = no_noise;
    static std::vector<int> widths() { return {Features, Code}; }
    static auto call(auto& program, const settings&, const auto&... given) { return program(given...); }
    template <class Out> static naive::losses losses(const Out& out) {
        return {out[hg::name<"loss">], out[hg::name<"loss">], 0};
    }
};

template <int Features, int Outer, int Inner, int Code> struct undercomplete {
    static constexpr const char* name = "undercomplete";
    static constexpr const auto& graph = hg::models::undercomplete::model<Features, Outer, Inner, Code>;
    static constexpr naive::model_kind kind = naive::model_kind::undercomplete;
    static constexpr int features = Features;
    using noise = no_noise;
    static std::vector<int> widths() { return {Features, Outer, Inner, Code}; }
    static auto call(auto& program, const settings&, const auto&... given) { return program(given...); }
    template <class Out> static naive::losses losses(const Out& out) {
        return {out[hg::name<"loss">], out[hg::name<"loss">], 0};
    }
};

template <int Features, int Hidden> struct sparse {
    static constexpr const char* name = "sparse";
    static constexpr const auto& graph = hg::models::sparse::model<Features, Hidden>;
    static constexpr naive::model_kind kind = naive::model_kind::sparse;
    static constexpr int features = Features;
    using noise = no_noise;
    static std::vector<int> widths() { return {Features, Hidden}; }
    static auto call(auto& program, const settings& s, const auto&... given) {
        return program(given..., hg::models::sparse::lambda = s.lambda);
    }
    template <class Out> static naive::losses losses(const Out& out) {
        using namespace hg::models::sparse;
        return {out[loss], out[reconstruction], out[penalty]};
    }
};

template <int Features, int Hidden> struct denoising {
    static constexpr const char* name = "denoising";
    static constexpr const auto& graph =
        hg::models::denoising::model<hg::models::denoising::corruption::gaussian, Features, Hidden>;
    static constexpr naive::model_kind kind = naive::model_kind::denoising;
    static constexpr int features = Features;
    using noise = normal_noise<"corrupted.noise", Features>;
    static std::vector<int> widths() { return {Features, Hidden}; }
    static auto call(auto& program, const settings& s, const auto&... given) {
        return program(given..., hg::models::denoising::level = s.noise_level);
    }
    template <class Out> static naive::losses losses(const Out& out) {
        return {out[hg::name<"loss">], out[hg::name<"loss">], 0};
    }
};

template <int Features, int Hidden, int Latent> struct variational {
    static constexpr const char* name = "variational";
    static constexpr const auto& graph = hg::models::variational::model<Features, Hidden, Latent>;
    static constexpr naive::model_kind kind = naive::model_kind::variational;
    static constexpr int features = Features;
    using noise = normal_noise<"z.noise", Latent>;
    static std::vector<int> widths() { return {Features, Hidden, Latent}; }
    static auto call(auto& program, const settings& s, const auto&... given) {
        return program(given..., hg::models::variational::beta = s.beta);
    }
    template <class Out> static naive::losses losses(const Out& out) {
        using namespace hg::models::variational;
        return {out[loss], out[reconstruction], out[divergence]};
    }
};

// The widths of the lecture notes' models.
using full_basic = basic<784, 32>;
using full_undercomplete = undercomplete<784, 128, 64, 32>;
using full_sparse = sparse<784, 1024>;
using full_denoising = denoising<784, 512>;
using full_variational = variational<784, 400, 20>;

// A training step that draws its own noise, and one that is fed it.
template <class Case, class T> using trainer = hg::trainer<Case::graph, hg::name<"loss">, hg::adam, hg::element<T>>;
template <class Case, class T> using fed_trainer = typename Case::noise::template trainer<T, Case::graph>;

template <class Case, class T> auto step(trainer<Case, T>& train, std::span<const T> x, const settings& s) {
    return Case::call(train, s, hg::name<"x"> = x, hg::learning_rate = s.learning_rate);
}
template <class Case, class T> auto fed_step(fed_trainer<Case, T>& train, std::span<const T> x,
                                             [[maybe_unused]] std::span<const T> noise, const settings& s) {
    if constexpr (Case::noise::width == 0)
        return step<Case, T>(train, x, s);
    else
        return Case::call(train, s, hg::name<"x"> = x, Case::noise::leaf = noise, hg::learning_rate = s.learning_rate);
}

template <class Case, class T> naive::losses naive_step(naive::naive_model<T>& model, std::span<const T> x,
                                                        std::span<const T> noise, const settings& s) {
    naive::step_inputs<T> in;
    in.x = x.data();
    in.rows = static_cast<int>(x.size()) / Case::features;
    in.noise = noise.data();
    in.learning_rate = static_cast<T>(s.learning_rate);
    in.lambda = static_cast<T>(s.lambda);
    in.beta = static_cast<T>(s.beta);
    in.noise_level = static_cast<T>(s.noise_level);
    return model.step(in);
}

// A hand-written model with the same parameters, by name. theta is hg::parameters of the case's graph, of the type T.
template <class Case, class T>
std::unique_ptr<naive::naive_model<T>> naive_copy(const auto& theta, naive::loop_form form, int max_rows = 128) {
    auto model = naive::make_naive<T>(Case::kind, form, Case::widths(), max_rows);
    theta.for_each([&](const std::string& name, auto view, bool) { model->set(name, {view.begin(), view.end()}); });
    return model;
}

// The noise that a trainer of this case with the given seed draws in its step of the given number, counted from 1.
template <class Case, class T> std::vector<T> noise_of_step(std::uint64_t seed, std::uint64_t step_number, int rows) {
    std::vector<T> noise(static_cast<std::size_t>(rows) * Case::noise::width);
    if constexpr (Case::noise::width > 0) {
        const std::uint64_t hash = Case::noise::leaf.hash;
        hg::kernels::fill_normal(noise.data(),
                                 {seed, static_cast<std::uint32_t>(step_number),
                                  static_cast<std::uint32_t>((hash ^ hash >> 32) & 0x7fffffffu)},
                                 0, rows, Case::noise::width);
    }
    return noise;
}

// Made-up images, values in [0, 1]: three smooth patterns mixed at random, a little noise, and one pixel in seven that
// is always black, as the margins of real images are.
template <class T> std::vector<T> images(std::uint64_t seed, int count, int features) {
    std::vector<T> pixels;
    pixels.reserve(static_cast<std::size_t>(count) * static_cast<std::size_t>(features));
    for (int n = 0; n < count; ++n) {
        const auto draw = [&](int element) {
            return hg::random::uniform<double>({seed, 0, 1}, static_cast<std::uint64_t>(n), element);
        };
        for (int i = 0; i < features; ++i) {
            double value = 0.1 * (draw(3 + i) - 0.5);
            for (int k = 0; k < 3; ++k)
                value += draw(k) * (0.5 + 0.5 * std::sin((k + 1) * 6.3 * (i + 1) / features + k)) / 2;
            pixels.push_back(i % 7 == 3 ? T(0) : static_cast<T>(std::min(1.0, std::max(0.0, value))));
        }
    }
    return pixels;
}

}
