// What the passes make of a user's own operations: twins of built-in ones, which the library does not know by name, are
// fused, given their kernels, computed for all directions at once, costed, printed and known to sparsity like them.
#include "../../testing/own_operations.hpp"

#include <hourglass/inspect/check_derivatives.hpp>

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;

namespace {

using in_double = hg::element<double>;

inline constexpr hg::input<"x", 6, 8> x;
inline constexpr hg::parameter<"w", 6, 8> w{hg::constant(0.5)};
inline constexpr hg::parameter<"v", 5, 8> v{hg::constant(0.25)};
HOURGLASS_LOCAL_SYMBOLS(y, loss);

template <bool Own> constexpr auto all_of(const auto& of) {
    if constexpr (Own)
        return twins::total_of(twins::part_of<1, 4, 1>(twins::positive(twins::by_rows(of, v) - 0.5)), hg::axes<1>);
    else
        return sum(hg::slice<1, 4, 1>(relu(twins::matmul_by_rows(of, v) - 0.5)), hg::axes<1>);
}
template <bool Own> inline constexpr hg::graph model{y = all_of<Own>(hadamard(w, x)), loss = sum(square(y))};
template <bool Own> using trainer_of = hg::trainer<model<Own>, loss, hg::adam>;

// A schedule without what its operations are called, and how their options print.
std::string without_names(std::string text) {
    const std::pair<std::string, std::string> names[] = {
        {"positive_part", "relu"}, {"total", "sum"}, {"uncut", "pad"}, {"cut", "slice"}, {"rows_by_rows", "matmul"}};
    for (const auto& [own, built_in] : names)
        for (std::size_t at = 0; (at = text.find(own, at)) != std::string::npos; at += built_in.size())
            text.replace(at, own.size(), built_in);
    std::string result;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        // options: a bracket right after a name
        if (text[i] == '[' && (depth > 0 || (i > 0 && std::isalpha(static_cast<unsigned char>(text[i - 1]))))) ++depth;
        if (depth == 0) result += text[i];
        if (text[i] == ']' && depth > 0) --depth;
    }
    return result;
}

template <class Compiled> std::vector<hg::group_kind> kinds_of() {
    std::vector<hg::group_kind> kinds;
    for (int g = 0; g < Compiled::sizes.groups; ++g) kinds.push_back(Compiled::schedule.groups[g].kind);
    return kinds;
}

}

TEST_CASE("a user's operations are fused as the built-in ones: the same groups with the same instructions") {
    using own = typename trainer_of<true>::compiled_graph;
    using built_in = typename trainer_of<false>::compiled_graph;
    CHECK(kinds_of<own>() == kinds_of<built_in>());
    CHECK(without_names(hg::print_schedule<trainer_of<true>>()) ==
          without_names(hg::print_schedule<trainer_of<false>>()));
}

TEST_CASE("and give the same numbers, to the bit, since the same kernels compute them") {
    std::vector<float> data(4 * 48);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<float>(i % 17) * 0.25f - 1.5f;
    hg::parameters<model<true>> own_theta{hg::seed = 3};
    hg::parameters<model<false>> theta{hg::seed = 3};
    trainer_of<true> own{own_theta};
    trainer_of<false> built_in{theta};
    for (int step = 0; step < 5; ++step)
        CHECK(float(own(x = data, hg::learning_rate = 1e-2)[loss]) ==
              float(built_in(x = data, hg::learning_rate = 1e-2)[loss]));
    for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 8; ++j) CHECK(own_theta[w](i, j) == theta[w](i, j));
}

TEST_CASE("their floating-point operations are counted alike") {
    CHECK(hg::operations_of(hg::lowered<model<true>>::view(), 7) ==
          hg::operations_of(hg::lowered<model<false>>::view(), 7));
}

namespace {

// More directions than are computed one by one.
inline constexpr hg::argument<"a", 40, 8> a;
inline constexpr hg::argument<"b", 3, 8> b;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"slopes"> slopes;
template <bool Own> constexpr auto through_all(const auto& of) {
    if constexpr (Own)
        return twins::total_of(twins::part_of<4, 40>(twins::positive(twins::by_rows(of, b))), hg::axes<1>);
    else
        return sum(hg::slice<4, 40>(relu(twins::matmul_by_rows(of, b))), hg::axes<1>);
}
template <bool Own> inline constexpr hg::graph jacobians{h = through_all<Own>(a), slopes = jacobian(h, a)};

std::vector<double> numbers(std::size_t count) {
    std::vector<double> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = 0.1 * static_cast<double>(i % 13) - 0.4;
    return all;
}

}

TEST_CASE("a Jacobian of 320 directions goes through them, all directions at once") {
    const auto left = numbers(320), right = numbers(24);
    hg::function<jacobians<true>, hg::to<slopes>, in_double> own;
    hg::function<jacobians<false>, hg::to<slopes>, in_double> built_in;
    const auto first = own(a = left, b = right);
    const auto second = built_in(a = left, b = right);
    REQUIRE(first[slopes].size() == second[slopes].size());
    auto wanted = second[slopes].begin();
    for (const double got : first[slopes]) CHECK(got == *wanted++);
}

namespace {

inline constexpr hg::argument<"c", 12> c;
inline constexpr hg::symbol<"force"> force;
inline constexpr hg::symbol<"entries"> entries;
template <bool Own> constexpr auto differences() {
    if constexpr (Own)
        return hadamard(twins::part_of<1, 12>(c), twins::part_of<0, 11>(c)) + twins::positive(twins::part_of<1, 12>(c));
    else
        return hadamard(hg::slice<1, 12>(c), hg::slice<0, 11>(c)) + relu(hg::slice<1, 12>(c));
}
template <bool Own> inline constexpr hg::graph chains{force = differences<Own>(), entries = sparse_jacobian(force, c)};

}

TEST_CASE("their patterns of dependence are found") {
    constexpr const auto& own = hg::sparsity<chains<true>, entries>;
    constexpr const auto& built_in = hg::sparsity<chains<false>, entries>;
    CHECK(own.non_zeros == 22);
    CHECK(own.colours == built_in.colours);
    CHECK(own.row_starts == built_in.row_starts);
    CHECK(own.columns == built_in.columns);
}

TEST_CASE("options print as the operation describes them") {
    const std::string text = hg::print(hg::lowered<model<true>>::view());
    CAPTURE(text);
    CHECK(text.find("cut[axis 1 from 1 to 4](") != std::string::npos);
    CHECK(text.find("total[axis 1](") != std::string::npos);
}

namespace {

// x transpose(x): a product of one operand, whose options are no transposes of two, and which no rule of products that
// the library knows by name may touch.
struct gram : hg::ops::movement {
    static constexpr std::string_view name = "gram";
    static constexpr hg::operation_kind kind = hg::operation_kind::product;
    static constexpr hg::value_type infer(hg::inference& in) {
        return {hg::make_shape(in[0].extents[0], in[0].extents[0]), in[0].batched};
    }
    static constexpr hg::product_plan matrix_product(const hg::value_type* types, const hg::attributes&) {
        const hg::value_type both[] = {types[0], types[0]};
        hg::product_plan p = hg::ops::matmul::matrix_product(both, hg::ops::product_transposes{false, true});
        p.right = 0;
        return p;
    }
    template <class T> static constexpr void reference(const hg::evaluation<T>& e) {
        const int n = e.type.extents[0], k = e.types[0].extents[1];
        for (long r = 0; r < e.rows_of(e.type); ++r)
            for (int i = 0; i < n; ++i)
                for (int j = 0; j < n; ++j) {
                    T sum(0);
                    for (int l = 0; l < k; ++l) sum += e.operand(0, r)[i * k + l] * e.operand(0, r)[j * k + l];
                    e.result[(r * n + i) * n + j] = sum;
                }
    }
    static constexpr void derivative(auto& d) {
        const auto g = d.adjoint_full();
        d.accumulate(0, matmul(g + transpose(g), d.operand(0)));
    }
};

}

HOURGLASS_OPERATION(gram);

namespace {

inline constexpr hg::argument<"m", 5, 7> m;
inline constexpr hg::graph grams{y = tanh(hg::apply_operation(gram{}, transpose(transpose(m) * 2.0)) - 1.0),
                                 loss = sum(square(y))};

}

TEST_CASE("a product of one operand runs by the kernel of matrix products, with what follows it") {
    const auto given = numbers(35);
    hg::gradient<grams, loss, hg::wrt<m>, in_double> program;
    using compiled = decltype(program)::compiled_graph;
    const auto kinds = kinds_of<compiled>();
    CHECK(std::count(kinds.begin(), kinds.end(), hg::group_kind::product) >= 2);
    double wanted = 0;
    for (int i = 0; i < 5; ++i)
        for (int j = 0; j < 5; ++j) {
            double sum = 0;
            for (int l = 0; l < 7; ++l)
                sum += 4 * given[static_cast<std::size_t>(7 * i + l)] * given[static_cast<std::size_t>(7 * j + l)];
            const double value = std::tanh(sum - 1);
            wanted += value * value;
        }
    CHECK(program(m = given)[loss] == doctest::Approx(wanted).epsilon(1e-13));
    const auto report = hg::check_derivatives<grams, loss, hg::wrt<m>>(m = given);
    CHECK_MESSAGE(report.passed(), report.text());
}
