// expect: \{"in equation `loss`: `sum_of_products` is given 3 operands, but takes 4"\}
// max-lines: 25
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

struct sum_of_products : hg::elementwise<4> {
    static constexpr std::string_view name = "sum_of_products";
    template <class V> static constexpr V forward(const V& a, const V& b, const V& c, const V& d) {
        return a * b + c * d;
    }
    template <class H> static constexpr auto derivative(H a, H b, H c, H d, H, H g) {
        return std::array{hadamard(g, b), hadamard(g, a), hadamard(g, d), hadamard(g, c)};
    }
};
HOURGLASS_OPERATION(sum_of_products);

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::parameter<"w", 3> w;
inline constexpr hg::symbol<"loss"> loss;
#ifndef FIXED
inline constexpr hg::graph model{loss = sum(hg::apply_operation(sum_of_products{}, x, w, x))};
#else
inline constexpr hg::graph model{loss = sum(hg::apply_operation(sum_of_products{}, x, w, x, w))};
#endif
static_assert(hg::check<model>);

double use(hg::parameters<model>& theta, const std::vector<float>& data) {
    hg::trainer<model, loss, hg::sgd> train{theta};
    return train(x = data)[loss];
}
