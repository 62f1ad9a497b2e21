// expect: \{"hg::evaluate takes a program of arguments only, but `W` is a parameter: feed it,
// expect: hg::from<\.\.\.>, or make it an hg::argument"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::argument<"point", 4> point;
inline constexpr hg::symbol<"height"> height;

inline constexpr hg::graph bowl{height = sum(square(W * point))};
#ifndef FIXED
using program = hg::function<bowl, hg::to<height>>;
constexpr auto out = hg::evaluate<program>(point = std::array{1.0f, 2.0f, 3.0f, 4.0f});
#else
using program = hg::function<bowl, hg::to<height>, hg::from<W>>;
constexpr auto out = hg::evaluate<program>(point = std::array{1.0f, 2.0f, 3.0f, 4.0f}, W = std::array<float, 12>{});
#endif

}
