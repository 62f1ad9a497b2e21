// The multivariate normal distribution with a lower triangular scale. For a diagonal scale, use `normal` of vectors.
#pragma once

#include <hourglass/ops/triangular.hpp>
#include <hourglass/probability/normal.hpp>

HOURGLASS_BEGIN
namespace ops {

// N(mu, L transpose(L)). Only the lower triangle of L is read. A whole vector is one value.
struct multivariate_normal_family {
    static constexpr std::string_view name = "multivariate_normal";
    static constexpr pathwise_form pathwise = pathwise_form::explicit_function;
    static constexpr int noise_leaves = 1;

    // The length of the vectors. Reports an error if shapes do not fit.
    static constexpr int length_of(const auto& p) {
        const auto mu = p[0].written, l = p[1].written;
        const shape &of_mu = mu.extents(), &of_l = l.extents();
        if (of_l.rank == 2 && of_l[0] == of_l[1] && (of_mu.rank == 0 || (of_mu.rank == 1 && of_mu[0] == of_l[0])))
            return of_l[0];
        mu.misfit(text(name), l,
                  sentence("it takes a mean of the shape [n] and a lower triangular scale of the shape [n, n], not ",
                           of_mu, " and ", of_l));
        return 0;
    }
    static constexpr auto stretched(auto x, int n) { return filled(x, {make_shape(n), x.batched()}); }
    static constexpr auto lower(const auto& p) { return hourglass::lower_triangle(p[1].value()); }
    // |diagonal of L|, and L with signs of columns flipped so that its diagonal is positive, which leaves the
    // covariance unchanged.
    static constexpr auto scale_of(const auto& p) { return hourglass::abs(hourglass::diagonal(p[1].value())); }
    static constexpr auto positive_scale(const auto& p) {
        auto signs = hourglass::sign(hourglass::diagonal(p[1].value()));
        return hadamard(lower(p), signs);
    }
    static constexpr auto diagonal_scale(auto sigma, int n) {
        auto ones = filled(sigma.convert(1.0), {make_shape(n, n), false});
        return hadamard(apply_operation(band{}, ones), sigma);
    }
    // log |det L|
    static constexpr auto log_determinant(const auto& p) { return hourglass::sum(hourglass::log(scale_of(p))); }
    // |L^-1 x|^2
    static constexpr auto squared_length(const auto& p, auto x) {
        return hourglass::sum(hourglass::square(hourglass::triangular_solve(p[1].value(), x)));
    }

    static constexpr auto log_prob(const auto& p, auto x) {
        const int n = length_of(p);
        if (n == 0) return x;
        if (!(x.extents() == make_shape(n))) {
            p[0].written.misfit(text("log_prob"), x,
                                sentence("its values have the shape ", make_shape(n), ", not ", x.extents()));
            return x;
        }
        auto distance = squared_length(p, x - p[0].value());
        auto half = hadamard(distance, 0.5) + n * (math::log_two_pi / 2);
        return -(half + log_determinant(p));
    }
    static constexpr auto entropy(const auto& p) {
        const int n = length_of(p);
        if (n == 0) return p[0].written;
        return log_determinant(p) + n * (math::log_two_pi / 2 + 0.5);
    }
    // mu + L eps
    template <bool Shared> static constexpr auto sample(const auto& p) {
        const int n = length_of(p);
        auto mu = p[0].value();
        if (n == 0) return mu;
        auto l = lower(p);
        auto noise = mu.noise(noise_kind::normal, Shared, make_shape(n));
        return mu + product<matmul>(l, noise, false, false);
    }
};
// With S_q = L_q transpose(L_q) etc.: (trace(S_p^-1 S_q) + |L_p^-1 (mu_q - mu_p)|^2 - n) / 2 + log(det L_p / det L_q)
// (Duchi 2007, "Derivations for linear algebra and optimization", section 9). The trace is the sum of the squared
// elements of L_p^-1 L_q. With positive diagonals and r_i the ratios of their elements, that equals (|L_p^-1 (L_q -
// L_p)|^2 + |L_p^-1 (mu_q - mu_p)|^2) / 2 plus the sum of r_i - 1 - log r_i: no part is negative.
constexpr auto divergence_of_normals(auto squared_scale, auto squared_distance, auto gaps) {
    auto half = hadamard(squared_scale + squared_distance, 0.5);
    return half + hourglass::sum(gaps);
}
template <> struct closed_divergence<multivariate_normal_family, multivariate_normal_family> {
    using family = multivariate_normal_family;
    static constexpr auto build(const auto& q, const auto& p) {
        const int n = family::length_of(q);
        auto mu = q[0].value();
        if (n == 0) return mu;
        if (const int other = family::length_of(p); n != other) {
            if (other != 0)
                mu.misfit(text("kl"), p[0].written, sentence("vectors of ", n, " and of ", other, " elements"));
            return mu;
        }
        auto distance = family::stretched(mu - p[0].value(), n);
        auto squared_distance = family::squared_length(p, distance);
        auto of_q = family::positive_scale(q);
        auto squared_scale = family::squared_length(p, of_q - family::positive_scale(p));
        auto size = family::scale_of(q);
        auto gaps = apply_operation(itakura_saito{}, size, family::scale_of(p));
        return divergence_of_normals(squared_scale, squared_distance, gaps);
    }
};
template <> struct closed_divergence<multivariate_normal_family, normal_family> {
    using family = multivariate_normal_family;
    static constexpr auto build(const auto& q, const auto& p) {
        const int n = family::length_of(q);
        auto mu = q[0].value();
        if (n == 0) return mu;
        auto sigma = family::stretched(p[1].value(), n);
        auto distance = family::stretched(mu - p[0].value(), n);
        auto squared_distance = hourglass::sum(hourglass::square(distance / sigma));
        auto column = reshaped(sigma, make_shape(n, 1));
        auto of_q = family::positive_scale(q);
        auto more = of_q - family::diagonal_scale(sigma, n);
        auto squared_scale = hourglass::sum(hourglass::square(more / column));
        auto gaps = apply_operation(itakura_saito{}, family::scale_of(q), sigma);
        return divergence_of_normals(squared_scale, squared_distance, gaps);
    }
};
template <> struct closed_divergence<normal_family, multivariate_normal_family> {
    using family = multivariate_normal_family;
    static constexpr auto build(const auto& q, const auto& p) {
        const int n = family::length_of(p);
        auto mu = q[0].value();
        if (n == 0) return mu;
        auto distance = family::stretched(mu - p[0].value(), n);
        auto squared_distance = family::squared_length(p, distance);
        auto sigma = family::stretched(q[1].value(), n);
        auto of_q = family::diagonal_scale(sigma, n);
        auto squared_scale = family::squared_length(p, of_q - family::positive_scale(p));
        auto gaps = apply_operation(itakura_saito{}, sigma, family::scale_of(p));
        return divergence_of_normals(squared_scale, squared_distance, gaps);
    }
};

}

/// The normal distribution of vectors with mean mu, [n], and covariance L transpose(L). Only the lower triangle of L,
/// [n, n], is read; its diagonal must not be zero. Both may differ between examples.
template <operand_or_number M, operand L> constexpr auto multivariate_normal(const M& mu, const L& l) {
    return make_distribution<ops::multivariate_normal_family>(mu, l);
}

HOURGLASS_END
