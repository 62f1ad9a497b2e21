// Draws the initial values of a parameter by the formulas named in expr/initialiser.hpp. Values are a pure function of
// the seed and the parameter's name; the rest of the model has no influence.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <hourglass/expr/initialiser.hpp>
#include <hourglass/expr/shape.hpp>
#include <hourglass/math/philox.hpp>

HOURGLASS_BEGIN

namespace detail {

// Orthonormal rows (orthonormal columns if there are more rows than columns), times the gain: normal draws,
// orthogonalised by Gram-Schmidt run twice (Saxe et al. 2014).
template <class T>
void orthogonal_rows(std::span<T> out, long rows, long columns, double gain, random::noise_stream stream) {
    const long vectors = std::min(rows, columns), length = std::max(rows, columns);
    std::vector<double> basis(static_cast<std::size_t>(vectors * length));
    for (long v = 0; v < vectors; ++v) {
        double* at = basis.data() + v * length;
        for (long i = 0; i < length; ++i)
            at[i] = random::normal<double>(stream, static_cast<std::uint64_t>(v), static_cast<int>(i));
        for (int pass = 0; pass < 2; ++pass)
            for (long u = 0; u < v; ++u) {
                const double* other = basis.data() + u * length;
                double dot = 0;
                for (long i = 0; i < length; ++i) dot += at[i] * other[i];
                for (long i = 0; i < length; ++i) at[i] -= dot * other[i];
            }
        double norm = 0;
        for (long i = 0; i < length; ++i) norm += at[i] * at[i];
        for (long i = 0; i < length; ++i) at[i] /= std::sqrt(norm);
    }
    for (long r = 0; r < rows; ++r)
        for (long c = 0; c < columns; ++c)
            out[static_cast<std::size_t>(r * columns + c)] =
                static_cast<T>(gain * (rows <= columns ? basis[static_cast<std::size_t>(r * length + c)]
                                                       : basis[static_cast<std::size_t>(c * length + r)]));
}

}

// `extents` are [out, in]; fan_in is the product of all extents but the first unless the initialiser states it. Models
// without orthogonal parameters skip that code: Orthogonal = false.
template <class T, bool Orthogonal = true> HOURGLASS_NOINLINE void
initialise(std::span<T> out, const shape& extents, const initialiser& how, random::noise_stream stream) {
    using rule = initialiser::rule;
    const double fan_in = how.fan_in > 0     ? how.fan_in
                          : extents.rank > 1 ? static_cast<double>(extents.size(1, extents.rank))
                                             : 1;
    const double fan_out = extents.rank > 0 ? extents[0] : 1;
    double half_width = 0, deviation = 0;
    switch (how.kind) {
    case rule::constant:
        for (T& x : out) x = static_cast<T>(how.scale);
        return;
    case rule::orthogonal:
        if constexpr (Orthogonal)
            detail::orthogonal_rows(out, extents.rank > 0 ? extents[0] : 1,
                                    extents.rank > 1 ? extents.size(1, extents.rank) : 1, how.scale, stream);
        return;
    case rule::uniform:
        half_width = how.scale;
        break;
    case rule::normal:
        deviation = how.scale;
        break;
    case rule::glorot_uniform:
        half_width = how.scale * std::sqrt(6 / (fan_in + fan_out));
        break;
    case rule::glorot_normal:
        deviation = how.scale * std::sqrt(2 / (fan_in + fan_out));
        break;
    case rule::he_uniform:
        half_width = how.scale * std::sqrt(6 / fan_in);
        break;
    case rule::he_normal:
        deviation = how.scale * std::sqrt(2 / fan_in);
        break;
    case rule::lecun_uniform:
        half_width = how.scale * std::sqrt(3 / fan_in);
        break;
    case rule::lecun_normal:
        deviation = how.scale * std::sqrt(1 / fan_in);
        break;
    case rule::fan_in_uniform:
        half_width = how.scale / std::sqrt(fan_in);
        break;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int element = static_cast<int>(i);
        if (half_width != 0)
            out[i] = static_cast<T>(half_width * (2 * random::uniform<double>(stream, 0, element) - 1));
        else
            out[i] = static_cast<T>(deviation * random::normal<double>(stream, 0, element));
    }
}

HOURGLASS_END
