// A small model without a mistake, for tests of programs and calls.
#pragma once

#include <vector>

#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

namespace model {

inline constexpr hg::input<"x", 4> x;
inline constexpr hg::input<"y", 3> y;
inline constexpr hg::parameter<"W", 3, 4> W;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"code"> code;
inline constexpr hg::symbol<"error"> error;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"nowhere"> nowhere;
inline constexpr hg::scalar<"beta"> beta{1.0};

inline constexpr hg::graph net{
    h = W * x,
    code = tanh(h),
    error = squared_error(code, y),
    loss = beta * error,
};

using numbers = std::vector<float>;

}
