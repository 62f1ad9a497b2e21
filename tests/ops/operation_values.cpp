// The value of every elementwise operation in float and in double, by the C library's functions (one number) and by a
// compiled program (the build's vectors), against 50 digits: how many units in the last place each may be off is stated
// in ops/operation_units.hpp. Not a number, infinities and zeros; and what reductions make of them.
//
// Where the true value is smaller than the smallest normal number, zero will do.
#include "autodiff/gradient_check.hpp"
#include "ops/operation_units.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

using namespace gradient_check;
using namespace operation_units;

namespace {

constexpr double inf = points::inf, nan_ = points::nan;

constexpr int elements = 67; // whole vectors of every width, and a rest
struct all_elementwise {
    static constexpr long rows = 1;
    static constexpr bool values_only = true;
    static constexpr hg::list<operation_case> cases() {
        hg::list<operation_case> result;
        hg::elementwise_operations::for_each([&]<class Op>(Op) {
            operation_case c{&hg::record<Op>, points::options_for<Op>(elements), {}, Op::arity};
            for (int i = 0; i < Op::arity; ++i) c.operands[static_cast<std::size_t>(i)] = shared_by_rows(elements);
            result.push(c);
        });
        return result;
    }
};

using point = std::array<double, 4>; // the operands, as many as an operation has

// Where functions of one number are hardest: beside the multiples of pi/2, among which are the doubles nearest to one
// below 2^17; where results over- and underflow; and where n changes in x = n ln 2 + r.
template <class T> std::vector<double> hard_points() {
    using limits = std::numeric_limits<T>;
    std::vector<double> result;
    const auto around = [&](double x) {
        for (const T at : {static_cast<T>(x), static_cast<T>(-x)}) {
            result.push_back(static_cast<double>(at));
            result.push_back(static_cast<double>(std::nextafter(at, limits::infinity())));
            result.push_back(static_cast<double>(std::nextafter(at, -limits::infinity())));
        }
    };
    for (int n = 1; n < 40; ++n) around(n * (points::pi / 2));
    for (const int n : {710, 1909, 10229, 31425, 104348 / 2, 208341 / 2, 1 << 20}) around(n * (points::pi / 2));
    for (const double x : {45.553093477052002, 1.0e5, 3000.0, 40000.0, 1e22, 6381956970095103.0 * 0x1p797})
        if (x < static_cast<double>(limits::max())) around(x);
    const double high = std::log(static_cast<double>(limits::max())),
                 low = -std::log(static_cast<double>(limits::min()));
    for (const double x : {high, high - 0.1, high - 0.3, high - 0.5, high - 0.7, high + 0.5, low, low - 0.1, low + 0.7})
        around(x);
    for (int n = 1; n < 8; ++n) around((n - 0.5) * 0.69314718055994531);
    for (const double x : {1.0, 0.66291260736238833, 1e-4, 1e-8, 1e-16, 1e-30, 5.6568542494923806, 13.1, 37.5})
        around(x);
    return result;
}

// What of an operation decides where it is tried.
struct sampling {
    int arity;
    bool positive, last_below_one, costly;
};

// Every combination of special numbers, hard points, and numbers spread over the range of most functions.
template <class T> void add_samples(const sampling& s, std::vector<point>& result) {
    using limits = std::numeric_limits<T>;
    const double special[] = {
        0.0, -0.0, 1, -1, 0.5, inf, -inf, nan_, limits::max(), limits::lowest(), limits::min(), limits::denorm_min()};
    constexpr int count = static_cast<int>(std::size(special));
    // Of three operands not the largest and smallest, of four numbers and no limits.
    const int of_each = s.arity == 4 ? 5 : s.arity == 3 ? 8 : count;
    const auto arity = static_cast<std::size_t>(s.arity);
    int combinations = s.positive ? 0 : 1;
    for (int i = 0; i < s.arity; ++i) combinations *= of_each;
    for (int i = 0; i < combinations; ++i) {
        point x{};
        int rest = i;
        for (std::size_t k = 0; k < arity; ++k) {
            x[k] = special[rest % of_each];
            rest /= of_each;
        }
        result.push_back(x);
    }
    if (s.arity == 1)
        for (const double x : hard_points<T>()) result.push_back({x});
    for (const double range : {1.0, 20.0, static_cast<double>(std::is_same_v<T, float> ? 90 : 720)}) {
        const std::size_t number = s.costly ? 60 : 400;
        std::vector<numbers> columns;
        for (int i = 0; i < s.arity; ++i) columns.push_back(spread(number, -range, range, 0.21 * i + range / 7));
        for (std::size_t k = 0; k < number; ++k) {
            point x{};
            for (std::size_t i = 0; i < arity; ++i) x[i] = columns[i][k];
            if (s.positive) { // from 1e-3 to 1e3, the last of some from 1e-3 to 1
                for (double& e : x) e = std::pow(10, 3 * e / range);
                if (s.last_below_one) x[arity - 1] /= 1 + x[arity - 1];
            }
            result.push_back(x);
        }
    }
}

// The points of the gradient checks first.
template <class Op, class T> std::vector<point> samples() {
    using table = points::table<Op>;
    std::vector<point> result;
    for (const auto& p : table::points) {
        point x{};
        std::copy(p.at.begin(), p.at.end(), x.begin());
        result.push_back(x);
    }
    sampling s{Op::arity, of_positive_numbers<Op>, false, table::costly};
    if constexpr (of_positive_numbers<Op>) s.last_below_one = table::last_below_one;
    add_samples<T>(s, result);
    if (s.positive)
        std::erase_if(result, [&](const point& x) { return *std::min_element(x.begin(), x.begin() + Op::arity) < 0; });
    for (point& x : result)
        for (double& e : x) {
            volatile T rounded = static_cast<T>(e); // at -O2 GCC 12 drops the way through T and back
            e = static_cast<double>(rounded);
        }
    return result;
}

// By the interpreter's rules, which are compiled once for all tests.
template <class V> V forward(const hg::operation& op, const point& x) {
    static const hg::forward_rules<V> rules;
    V result(0);
    rules[op].one(std::array{V(x[0]), V(x[1]), V(x[2]), V(x[3])}.data(), result);
    return result;
}

// The value at a point to 50 digits or, where there is none that is finite, what the C library says.
template <class T> struct reference {
    bool finite;
    precise exact;
    T wanted;
};
template <class Op, class T> reference<T> reference_at(const point& x) {
    bool finite = !std::is_same_v<Op, ops::finite>;
    // What 50 digits cannot say: sines and powers of numbers with more digits before the point.
    if constexpr (std::is_same_v<Op, ops::sin> || std::is_same_v<Op, ops::cos>) finite = std::abs(x[0]) < 1e30;
    if constexpr (std::is_same_v<Op, ops::sine_of_half>) finite = std::abs(x[0]) < 1e30 && std::abs(x[1]) < 1e30;
    if constexpr (std::is_same_v<Op, ops::pow>) finite = std::abs(x[1]) < 1e9;
    // What is 1 where it overflows.
    if constexpr (std::is_same_v<Op, ops::exp_from_largest>) finite = x[0] <= x[1];
    for (int i = 0; i < Op::arity; ++i) finite = finite && std::isfinite(x[static_cast<std::size_t>(i)]);
    if (finite) {
        try {
            if (precise exact = forward<precise>(hg::record<Op>, x); isfinite(exact)) return {true, exact, T(0)};
        } catch (const std::exception&) { // a pole or a place without a value
        }
    }
    return {false, 0, forward<T>(hg::record<Op>, x)};
}

// How much may be lost of an operation's values: see units, size_of_unit and lost_below.
struct allowance {
    double units, size_of_unit, lost_below;
};

// How far `got` is from the value, in units in the last place.
template <class T> double error_of(T got, const reference<T>& value, const allowance& allowed) {
    using limits = std::numeric_limits<T>;
    if (!value.finite) {
        const T wanted = value.wanted;
        if ((std::isnan(wanted) && std::isnan(got)) || wanted == got) return 0;
        return std::abs(got - wanted) <= 2 * limits::epsilon() * std::abs(wanted) ? 0 : inf;
    }
    const precise& exact = value.exact;
    const precise largest = limits::max();
    if (std::isinf(got)) return abs(exact) > largest && (got > 0) == (exact > 0) ? 0 : inf;
    if (std::isnan(got)) return inf;
    const precise lost = precise(limits::min()) * allowed.lost_below;
    if (abs(exact) < lost && (got == 0 || (allowed.lost_below > 1 && abs(precise(got) - exact) < lost))) return 0;
    // The distance between neighbours of the value's size, of which denormals have the smallest normal one's.
    const T least = std::max(limits::min(), static_cast<T>(allowed.size_of_unit));
    const T size = std::min(std::max(static_cast<T>(abs(exact)), least), limits::max());
    const T unit =
        size == limits::max() ? size - std::nextafter(size, T(0)) : std::nextafter(size, limits::infinity()) - size;
    return static_cast<double>(precise(abs(precise(got) - exact) / precise(unit)));
}

template <class T> struct worst {
    allowance allowed;
    double error = 0;
    point at{};
    T value{};
    void add(T got, const reference<T>& wanted, const point& x) {
        const double e = error_of(got, wanted, allowed);
        if (e > error) error = e, at = x, value = got;
    }
    void check(std::string_view name, int arity, const std::string& by) const {
        std::string where;
        for (int i = 0; i < arity; ++i) {
            char digits[32];
            std::snprintf(digits, sizeof digits, " %.17g", at[static_cast<std::size_t>(i)]);
            where += digits;
        }
        // Half a unit, and what rounding the measurement adds.
        CHECK_MESSAGE(error <= allowed.units + 0.01, std::string(name)
                                                         << " by " << by << ": " << error << " units off at" << where
                                                         << ": " << static_cast<double>(value));
    }
};

}

TEST_CASE_TEMPLATE("values of elementwise operations, to so many units in the last place", T, float, double) {
    const auto program = std::make_unique<case_program<all_elementwise, T>>();
    // All operations run at once, on as many pieces as the one with the most samples needs.
    std::vector<std::vector<case_data>> pieces;
    int index = 0;
    hg::elementwise_operations::for_each([&]<class Op>(Op) {
        const auto x = samples<Op, T>();
        const std::size_t needed = (x.size() + elements - 1) / elements;
        if (pieces.size() < needed)
            pieces.resize(needed, std::vector<case_data>(static_cast<std::size_t>(hg::elementwise_operations::count)));
        for (std::size_t p = 0; p < pieces.size(); ++p) {
            case_data& data = pieces[p][static_cast<std::size_t>(index)];
            data.operands.assign(static_cast<std::size_t>(Op::arity), numbers(elements));
            for (std::size_t e = 0; e < elements; ++e)
                for (std::size_t i = 0; i < data.operands.size(); ++i)
                    data.operands[i][e] = x[(p * elements + e) % x.size()][i];
        }
        ++index;
    });
    std::vector<std::vector<std::vector<T>>> results;
    for (auto& piece : pieces) {
        for (case_data& data : piece) // operations that came before the number of pieces grew
            if (data.operands.empty()) data.operands.assign(4, numbers(elements, 0.5));
        program->run(piece);
        results.emplace_back();
        for (int c = 0; c < hg::elementwise_operations::count; ++c) results.back().push_back(program->value(c));
    }
    index = 0;
    hg::elementwise_operations::for_each([&]<class Op>(Op) {
        const auto x = samples<Op, T>();
        worst<T> one{{units<Op>, size_of_unit<Op>, lost_below<Op>}}, many = one;
        for (std::size_t k = 0; k < x.size(); ++k) {
            const reference<T> value = reference_at<Op, T>(x[k]);
            one.add(forward<T>(hg::record<Op>, x[k]), value, x[k]);
            many.add(results[k / elements][static_cast<std::size_t>(index)][k % elements], value, x[k]);
        }
        one.check(Op::name, Op::arity, "the interpreter");
        many.check(Op::name, Op::arity, "a program");
        ++index;
    });
}

TEST_CASE("NaN is passed on, and compares with nothing") {
    using hourglass::ops::relu;
    CHECK(std::isnan(relu::forward(nan_)));
    for (const double other : {-inf, -1.0, 0.0, 1.0, inf, nan_}) {
        CAPTURE(other);
        CHECK(std::isnan(ops::maximum::forward(nan_, other)));
        CHECK(std::isnan(ops::maximum::forward(other, nan_)));
        CHECK(std::isnan(ops::minimum::forward(nan_, other)));
        CHECK(std::isnan(ops::minimum::forward(other, nan_)));
        CHECK(ops::less::forward(nan_, other) == 0);
        CHECK(ops::less_equal::forward(other, nan_) == 0);
        CHECK(ops::greater::forward(nan_, other) == 0);
        CHECK(ops::greater_equal::forward(other, nan_) == 0);
        CHECK(ops::equal::forward(nan_, other) == 0);
        CHECK(ops::not_equal::forward(nan_, other) == 1);
    }
    CHECK(std::isnan(ops::clamp::forward(nan_, 0.0, 1.0)));
    CHECK(ops::where::forward(nan_, 2.0, 3.0) == 2);
    CHECK(std::isnan(ops::sign::forward(nan_)));
}

namespace {

struct reductions {
    static constexpr long rows = 1;
    static constexpr bool values_only = true;
    static constexpr hg::list<operation_case> cases() {
        hg::list<operation_case> result;
        for (int axis = 0; axis < 2; ++axis) {
            hg::attributes options;
            options.flags = {axis, axis + 1, 0};
            result.push(make_case<ops::max_over>(options, shared_by_rows(5, 37)));
            result.push(make_case<ops::sum>(options, shared_by_rows(5, 37)));
        }
        return result;
    }
};

}

TEST_CASE_TEMPLATE("reductions of infinities and of what is no number", T, float, double) {
    const auto program = std::make_unique<case_program<reductions, T>>();
    for (const double special : {nan_, inf, -inf})
        for (std::size_t at = 0; at < 5 * 37; at += 3) {
            CAPTURE(special);
            CAPTURE(at);
            numbers x = spread(5 * 37, -2, 2, 0.3);
            x[at] = special;
            std::vector<case_data> data(4);
            for (case_data& d : data) d.operands = {x};
            program->run(data);
            for (int c = 0; c < 4; ++c) {
                const std::vector<T> got = program->value(c);
                const std::size_t hit = c < 2 ? at % 37 : at / 37;
                for (std::size_t i = 0; i < got.size(); ++i) {
                    if (i == hit && std::isnan(special))
                        CHECK(std::isnan(got[i]));
                    else if (i == hit && (c % 2 == 1 || special > 0))
                        CHECK(static_cast<double>(got[i]) == special);
                    else
                        CHECK(std::isfinite(got[i]));
                }
            }
        }
}
