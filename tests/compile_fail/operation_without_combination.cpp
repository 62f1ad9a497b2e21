// expect: a reduction takes one operand and states start\(\) and combine\(a, b\)
// max-lines: 40
#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

struct product_over : hg::ops::reduction {
    static constexpr std::string_view name = "product_over";
#ifdef FIXED
    template <class V> static constexpr V start() { return hg::math::as<V>(1); }
    template <class V> static constexpr V combine(const V& a, const V& b) { return a * b; }
#endif
    template <class T> static void reference(const hg::evaluation<T>& e) {
        for (long r = 0; r < e.rows_of(e.type); ++r) {
            e.result[r] = 1;
            for (long i = 0; i < e.types[0].extents.size(); ++i) e.result[r] *= e.operand(0, r)[i];
        }
    }
    static constexpr void derivative(auto& d) {
        d.accumulate(0, hadamard(d.adjoint_full(), d.result()) / d.operand(0));
    }
};
HOURGLASS_OPERATION(product_over);

inline constexpr hg::input<"x", 3> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::graph model{
    y = hg::apply_operation(hg::ops::reduce_axes<product_over, hg::axes_t<0>, false>{}, x)};
static_assert(hg::check<model>);
