// expect: an operation of this program has no HOURGLASS_OPERATION\(\.\.\.\): write one after its struct,
// expect: outside of any namespace
// max-lines: 60
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

struct softsign : hg::elementwise<1> {
    static constexpr std::string_view name = "softsign";
    template <class V> static constexpr V forward(const V& v) { return v / (hg::math::as<V>(1) + hg::math::abs(v)); }
    template <class H> static constexpr H derivative(H v, H, H g) { return g / square(1 + abs(v)); }
};
#ifdef FIXED
HOURGLASS_OPERATION(softsign);
#endif

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph model{y = hg::apply_operation(softsign{}, x)};

float use(const std::vector<float>& data) {
    hg::function<model, hg::to<y>> f;
    return f(x = data)[y].data()[0];
}
