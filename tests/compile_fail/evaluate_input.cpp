// expect: \{"hg::evaluate takes a program of arguments only, but `x` is for each example: make it an hg::argument"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::argument<"point", 4> point;
inline constexpr hg::symbol<"height"> height;

inline constexpr hg::graph bowl{
#ifndef FIXED
    height = sum(square(x)),
#else
    height = sum(square(point)),
#endif
};
using program = hg::function<bowl, hg::to<height>>;

#ifndef FIXED
constexpr auto out = hg::evaluate<program>(x = std::array{1.0f, 2.0f, 3.0f, 4.0f});
#else
constexpr auto out = hg::evaluate<program>(point = std::array{1.0f, 2.0f, 3.0f, 4.0f});
#endif

}
