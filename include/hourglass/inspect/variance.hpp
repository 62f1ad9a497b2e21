// Measures the variance of gradient estimators: the mean of a gradient over draws of its noise, and how much it varies.
// The model's equations choose the estimator (probability/estimators.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN

/// Mean and variance over some draws of each element of the gradients. Symbols without a gradient throw `call_error`.
template <class Program> class gradient_moments {
    struct tensor {
        std::uint64_t hash = 0;
        std::vector<double> mean, squares; // squares: the sum of squared distances from the mean
    };
    std::vector<tensor> tensors_;
    long draws_ = 0, rows_ = 1;

    template <class Leaf> const tensor& find(const Leaf&) const {
        for (const tensor& t : tensors_)
            if (t.hash == Leaf::hash) return t;
        throw call_error{"the program gives no gradient with respect to '", Leaf::name, "': name it in hg::wrt<...>"};
    }

public:
    long draws() const { return draws_; }
    /// Returns the mean, of the symbol's shape, row-major; rows first with `hg::per_example`.
    template <named_leaf Leaf> const std::vector<double>& mean(const Leaf& leaf) const { return find(leaf).mean; }
    /// Returns the unbiased variance: divides by `draws() - 1`.
    template <named_leaf Leaf> std::vector<double> variance(const Leaf& leaf) const {
        std::vector<double> result = find(leaf).squares;
        for (double& v : result) v /= static_cast<double>(draws_ - 1);
        return result;
    }

    /// Adds one draw (Welford 1962).
    void add(const typename Program::result& out) {
        ++draws_;
        std::size_t at = 0;
        out.each_gradient([&](std::uint64_t hash, auto elements) {
            if (draws_ == 1)
                tensors_.push_back({hash, std::vector<double>(elements.size()), std::vector<double>(elements.size())});
            tensor& t = tensors_[at++];
            for (std::size_t i = 0; i < elements.size(); ++i) {
                const double x = static_cast<double>(elements[i]), off = x - t.mean[i];
                t.mean[i] += off / static_cast<double>(draws_);
                t.squares[i] += off * (x - t.mean[i]);
            }
        });
    }
};

/// Calls `hg::gradient<Graph, Loss, Options...>` once per draw, with fresh noise each time:
///
///     hg::gradient_variance<model, loss, hg::wrt<mu>> meter{hg::seed = 1};
///     auto moments = meter(1000000, mu = 0.5f, hg::rows = 1); // parameters first, if the model has any
///     double v = moments.variance(mu)[0];
/// Measures the gradient that a step would take: the mean over the rows of a call, unless options say otherwise. Throws
/// `call_error` for fewer than two draws, and what `hg::gradient` throws.
template <const auto& Graph, auto Loss, class... Options> class gradient_variance {
    using program = gradient<Graph, Loss, Options...>;
    program program_;

public:
    using moments = gradient_moments<program>;

    /// Takes `hg::threads = n` and `hg::seed = n`, in any order.
    template <class... Arguments> explicit gradient_variance(const Arguments&... arguments) : program_(arguments...) {}

    template <class... Arguments> moments operator()(long draws, const Arguments&... arguments) {
        if (draws < 2)
            throw call_error{"the variance of a gradient is asked for ", draws, " draws, but takes at least 2"};
        moments result;
        long rows = 0;
        for (long i = 0; i < draws; ++i) {
            const auto out = program_(arguments..., first_example = static_cast<std::uint64_t>(i * rows));
            rows = out.rows();
            result.add(out);
        }
        return result;
    }
};

HOURGLASS_END
