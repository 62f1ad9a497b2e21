// What generated graphs are made of: random numbers, leaves of every kind, and elementwise operations whose operands
// are first brought to where the operation is tame. Every node carries an interval that its values lie in, so that
// nothing overflows and nothing stands near a pole. How a graph is put together is in ir/graph_generator.hpp.
#pragma once

#include <hourglass/inspect/operation_list.hpp>
#include <hourglass/ir/trace.hpp>

namespace fuzz {

namespace hg = hourglass;
namespace ops = hourglass::ops;

// splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014)
class dice {
    std::uint64_t state_;

public:
    constexpr explicit dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
    constexpr std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    constexpr int below(int n) { return static_cast<int>((next() >> 33) % static_cast<unsigned>(n)); }
    constexpr bool one_in(int n) { return below(n) == 0; }
    // A multiple of 1/64 from 1/4 to 5/4, which is a float.
    constexpr double number() { return 0.25 + below(65) / 64.0; }
};

struct generator_options {
    int steps = 14;           // operations, roughly
    long largest = 64;        // elements of one example's value
    bool odd_extents = false; // the extents at which kernels change their ways
    bool products = false;    // product_over, gather too: compiled seeds were chosen without
    bool scans = false;       // as well
    int deepest = 1;          // how many bodies of scans stand in one another
    bool constants = false;   // matrices of literals, which are computed once for all calls; as well
};

struct interval {
    double low = 0, high = 0;
    constexpr double magnitude() const { return -low > high ? -low : high; }
};

// Those of probabilities have tests of their own: most are well conditioned only where their operands belong together.
inline constexpr auto elementwise_table = [] {
    std::array<const hg::operation*, static_cast<std::size_t>(hg::general_operations::count)> table{};
    std::size_t i = 0;
    hg::general_operations::for_each([&]<class Op>(Op) { table[i++] = &hg::record<Op>; });
    return table;
}();

class tame_operations {
protected:
    generator_options options_;
    dice dice_;
    hg::graph_builder g_;
    hg::list<interval> range_; // by node
    hg::list<int> uses_;       // by node
    hg::list<int> pool_;       // nodes that may be operands
    hg::list<int> states_, parameters_, inputs_;
    int leaves_ = 0;

    using handle = hg::handle;
    constexpr handle h(int n) { return {&g_, nullptr, n}; }
    template <class Op> constexpr bool is_op(const hg::operation* op) const { return op->id == hg::record<Op>.id; }
    constexpr int extent() {
        constexpr int odd[] = {1, 3, 5, 16, 17, 31, 33}, small[] = {1, 2, 3, 4, 5};
        return options_.odd_extents ? odd[dice_.below(7)] : small[dice_.below(5)];
    }
    constexpr hg::shape extents() {
        hg::shape s;
        const int rank = dice_.below(8);
        s.rank = rank < 3 ? 1 : rank < 6 ? 2 : rank == 6 ? 0 : 3;
        for (int i = 0; i < s.rank; ++i) s[i] = s.size() * 5 > options_.largest ? 1 : extent();
        while (s.size() > options_.largest) s[dice_.below(s.rank)] = 1 + dice_.below(3);
        return s;
    }

    // Records what is known of a node that was just made, and what it uses.
    constexpr int known(int n, interval range) {
        while (range_.size() < g_.nodes.size()) {
            range_.push({-1, 1});
            uses_.push(0);
        }
        range_[n] = range;
        return n;
    }
    constexpr interval range(int n) const { return range_[n]; }
    constexpr int push(const hg::operation* op, const hg::attributes& o, std::initializer_list<int> of,
                       interval range) {
        hg::list<int> operands;
        for (int i : of) operands.push(i);
        return push(op, o, operands, range);
    }
    constexpr int push(const hg::operation* op, const hg::attributes& o, const hg::list<int>& of, interval range) {
        const int n = g_.push(op, o, of.view());
        known(n, range);
        for (int i : of) ++uses_[i];
        return n;
    }
    template <class Op>
    constexpr int apply(std::initializer_list<int> of, interval range, const hg::attributes& o = {}) {
        return push(&hg::record<Op>, o, of, range);
    }

    // Leaves.
    constexpr int literal(double value) { return known(g_.push_literal(value), {value, value}); }
    constexpr int named(const hg::operation* op, std::string_view stem, hg::value_type type, interval range,
                        hg::attributes o = {}) {
        const int name = g_.intern(hg::sentence(stem, leaves_++).view());
        const int n = g_.push_leaf(op, name, type, o);
        g_.names[name].node = n;
        if (is_op<ops::parameter>(op) || is_op<ops::state>(op)) g_.starts.push({name, hg::constant(0)});
        return known(n, range);
    }
    constexpr int parameter(const hg::shape& s) {
        const int n = named(&hg::record<ops::parameter>, "parameter", {s, false}, {-1, 1});
        parameters_.push(n);
        return n;
    }
    constexpr int input(const hg::shape& s) {
        const int n = named(&hg::record<ops::input>, "input", {s, true}, {-1, 1});
        inputs_.push(n);
        return n;
    }
    constexpr int state(const hg::shape& s) {
        const int n = named(&hg::record<ops::state>, "state", {s, false}, {-1, 1});
        states_.push(n);
        return n;
    }
    constexpr int scalar() {
        hg::attributes o;
        o.number = dice_.number();
        return named(&hg::record<ops::scalar>, "scalar", {}, {o.number, o.number}, o);
    }
    constexpr int noise(const hg::shape& s) {
        const bool shared = dice_.one_in(4), uniform = dice_.one_in(2);
        hg::attributes o;
        o.flags = {uniform, shared, static_cast<int>(dice_.next() >> 34)};
        return named(&hg::record<ops::noise>, "noise", {s, !shared}, uniform ? interval{0, 1} : interval{-6, 6}, o);
    }
    constexpr int leaf(const hg::shape& s) {
        switch (dice_.below(11)) {
        case 0:
        case 1:
        case 2:
            return input(s);
        case 3:
        case 4:
        case 5:
            return parameter(s);
        case 6:
            return named(&hg::record<ops::argument>, "argument", {s, false}, {-1, 1});
        case 7:
            return named(&hg::record<ops::fed>, "fed", {s, dice_.one_in(2)}, {-1, 1});
        case 8:
            return state(s);
        case 9:
            return noise(s);
        default:
            return s.rank == 0 ? number_leaf() : input(s);
        }
    }
    constexpr int number_leaf() {
        const int kind = dice_.below(6);
        if (kind < 3) return literal(dice_.one_in(4) ? dice_.below(3) - 1 : dice_.number());
        if (kind < 5) return scalar();
        const int n = h(0).rows().index;
        if (n >= range_.size()) known(n, {1, 40});
        return apply<ops::divide>({literal(1), n}, {0.02, 1});
    }

    constexpr int keep(int n) {
        pool_.push(n);
        return n;
    }
    // Mostly what nothing has used yet.
    constexpr int pick() {
        int n = pool_[dice_.below(pool_.size())];
        for (int tries = 0; tries < 2 && uses_[n] > 0; ++tries) n = pool_[dice_.below(pool_.size())];
        return n;
    }
    constexpr int pick_where(auto good) {
        for (int tries = 0; tries < 8; ++tries)
            if (const int n = pick(); good(g_.nodes[n].type)) return n;
        return -1;
    }
    constexpr const hg::value_type& type(int n) const { return g_.nodes[n].type; }

    // x brought within a magnitude.
    constexpr int small(int n, double limit) {
        const double m = range(n).magnitude();
        if (m <= limit) return n;
        const int way = dice_.below(3);
        if (way == 0 && limit >= 1) return apply<ops::tanh>({n}, {-1, 1});
        if (way == 1 && limit >= 1) return apply<ops::sin>({n}, {-1, 1});
        double scale = 1;
        while (m * scale > limit) scale /= 2;
        return apply<ops::multiply>({n, literal(scale)}, {range(n).low * scale, range(n).high * scale});
    }
    // x made at least 1/5 and at most 3.
    constexpr int positive(int n) {
        if (range(n).low >= 0.2 && range(n).high <= 3) return n;
        n = small(n, 1.5);
        switch (dice_.below(4)) {
        case 0:
            return apply<ops::add>({apply<ops::square>({n}, {0, 2.25}), literal(0.5)}, {0.5, 2.75});
        case 1:
            return apply<ops::exp>({apply<ops::tanh>({n}, {-1, 1})}, {0.36, 2.72});
        case 2:
            return apply<ops::add>({literal(0.25), apply<ops::abs>({n}, {0, 1.5})}, {0.25, 1.75});
        default:
            return apply<ops::softplus>({n}, {0.2, 1.71});
        }
    }

    // The number of a function in a family, which is rounded to a whole one.
    constexpr int order() { return literal(1 + dice_.below(2)); }

    constexpr int unary(const hg::operation* op, int x) {
        if (is_op<ops::sqrt>(op)) return push(op, {}, {positive(x)}, {0.2, 3});
        if (is_op<ops::log>(op)) return push(op, {}, {positive(x)}, {-2, 1.1});
        if (is_op<ops::log1p>(op)) return push(op, {}, {small(x, 0.5)}, {-0.7, 0.5});
        if (is_op<ops::exp>(op)) return push(op, {}, {small(x, 2)}, {0.13, 7.4});
        if (is_op<ops::expm1>(op)) return push(op, {}, {small(x, 2)}, {-0.9, 6.4});
        const interval r = range(x);
        const double m = r.magnitude();
        if (is_op<ops::square>(op)) return push(op, {}, {x}, {0, m * m});
        if (is_op<ops::abs>(op) || is_op<ops::relu>(op)) return push(op, {}, {x}, {0, m});
        if (is_op<ops::negate>(op)) return push(op, {}, {x}, {-r.high, -r.low});
        if (is_op<ops::finite>(op)) return push(op, {}, {x}, r);
        if (is_op<ops::softplus>(op)) return push(op, {}, {x}, {0, m + 1});
        if (is_op<ops::sign>(op) || is_op<ops::sin>(op) || is_op<ops::cos>(op) || is_op<ops::tanh>(op))
            return push(op, {}, {x}, {-1, 1});
        if (is_op<ops::sigmoid>(op) || is_op<ops::normal_cdf>(op)) return push(op, {}, {x}, {0, 1});
        // An operation that this file has never heard of.
        return apply<ops::tanh>({push(op, {}, {positive(x)}, {-1, 1})}, {-1, 1});
    }
    constexpr int binary(const hg::operation* op, int x, int y) {
        if (is_op<ops::divide>(op)) y = positive(y);
        if (is_op<ops::log_gamma_quantile>(op) || is_op<ops::von_mises_quantile>(op)) {
            const int u = apply<ops::multiply>({positive(y), literal(0.25)}, {0.05, 0.75});
            return apply<ops::tanh>({push(op, {}, {positive(x), u}, {-20, 3.2})}, {-1, 1});
        }
        if (is_op<ops::polygamma>(op) || is_op<ops::log_bessel_i0>(op) || is_op<ops::log_bessel_i0e>(op) ||
            is_op<ops::stirling_remainder>(op) || is_op<ops::half_step_remainder>(op))
            return apply<ops::tanh>({push(op, {}, {order(), positive(y)}, {-30, 30})}, {-1, 1});
        if (is_op<ops::pow>(op)) return push(op, {}, {positive(x), small(y, 2)}, {0.04, 25});
        const interval a = range(x), b = range(y);
        const double ma = a.magnitude(), mb = b.magnitude();
        if (is_op<ops::add>(op)) return push(op, {}, {x, y}, {a.low + b.low, a.high + b.high});
        if (is_op<ops::subtract>(op)) return push(op, {}, {x, y}, {a.low - b.high, a.high - b.low});
        if (is_op<ops::multiply>(op) || is_op<ops::leaky_relu>(op)) {
            const double m = is_op<ops::multiply>(op) || mb > 1 ? ma * mb : ma;
            return push(op, {}, {x, y}, {-m, m});
        }
        if (is_op<ops::divide>(op)) return push(op, {}, {x, y}, {-5 * ma, 5 * ma});
        if (is_op<ops::maximum>(op) || is_op<ops::minimum>(op) || is_op<ops::elu>(op) || is_op<ops::gate>(op)) {
            const double m = ma > mb ? ma : mb;
            return push(op, {}, {x, y}, {-m, m});
        }
        if (!op->smooth) return push(op, {}, {x, y}, {0, 1});
        return apply<ops::tanh>({push(op, {}, {positive(x), positive(y)}, {-1, 1})}, {-1, 1});
    }
    constexpr int ternary(const hg::operation* op, int x, int y, int z) {
        const double m = range(x).magnitude() + range(y).magnitude() + range(z).magnitude();
        if (is_op<ops::clamp>(op)) z = apply<ops::add>({y, positive(z)}, {range(y).low, range(y).high + 3});
        if (is_op<ops::clamp>(op) || is_op<ops::where>(op)) return push(op, {}, {x, y, z}, {-m - 3, m + 3});
        if (is_op<ops::gamma_density_slope>(op) || is_op<ops::gamma_cdf_slope>(op) ||
            is_op<ops::von_mises_density_slope>(op) || is_op<ops::von_mises_cdf_slope>(op))
            return apply<ops::tanh>({push(op, {}, {order(), positive(y), small(z, 1)}, {-200, 200})}, {-1, 1});
        if (is_op<ops::beta_log_kernel>(op) || is_op<ops::beta_log_slope>(op) || is_op<ops::beta_log_ratio>(op) ||
            is_op<ops::beta_log_ratio_of_rest>(op))
            z = apply<ops::multiply>({positive(z), literal(0.25)}, {0.05, 0.75});
        return apply<ops::tanh>({push(op, {}, {positive(x), positive(y), positive(z)}, {-1, 1})}, {-1, 1});
    }

public:
    constexpr tame_operations(std::uint64_t seed, const generator_options& options) : options_(options), dice_(seed) {
        g_.nodes.reserve(128);
    }
};

}
