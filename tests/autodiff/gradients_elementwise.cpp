// Every elementwise operation at its points: the gradient by the interpreter, before and after the passes, and by a
// compiled program, half of them by each compiler, against differences in 50 digits; at kinks and ties against the
// documented subgradient.
#include "autodiff/gradient_check.hpp"
#include "ops/operation_points.hpp"
#include "support/shares.hpp"

using namespace gradient_check;
namespace points = operation_points;

namespace {

// The operations First, First + Step, ...: as many programs as compile in reasonable time and memory.
template <int First, int Step> struct every {
    static constexpr long rows = 1;
    static constexpr void for_each(auto&& f) {
        hg::elementwise_operations::for_each([&]<class Op>(Op) {
            if constexpr (points::place<Op> % Step == First) f(Op{});
        });
    }
    static constexpr hg::list<operation_case> cases() {
        hg::list<operation_case> result;
        for_each([&]<class Op>(Op) {
            static_assert(points::covered<Op>, "this operation has no points in ops/operation_points.hpp");
            constexpr int n = points::count<Op>;
            operation_case c{&hg::record<Op>, points::options_for<Op>(n), {}, Op::arity};
            for (int i = 0; i < Op::arity; ++i) c.operands[static_cast<std::size_t>(i)] = shared_by_rows(n);
            result.push(c);
        });
        return result;
    }
};

template <class Op> case_data data_of() {
    case_data data;
    for (std::size_t i = 0; i < static_cast<std::size_t>(Op::arity); ++i) {
        data.operands.emplace_back();
        for (const auto& p : points::table<Op>::points) data.operands.back().push_back(p.at[i]);
    }
    data.weights = spread(std::size(points::table<Op>::points), 0.5, 2, 0.1);
    if (points::table<Op>::step == points::step_kind::absolute) data.step = [](double) { return 1e-15; };
    return data;
}

enum class computed_by { interpreter, program };

template <class table, computed_by By> void check_table() {
    const hg::list<operation_case> cases = table::cases();
    std::vector<case_data> data;
    std::vector<std::vector<numbers>> wanted;
    std::vector<std::string> names;
    table::for_each([&]<class Op>(Op) {
        const int c = static_cast<int>(data.size());
        data.push_back(data_of<Op>());
        names.emplace_back(Op::name);
        wanted.push_back(differences(cases[c], data.back(), 1));
        for (std::size_t i = 0; i < static_cast<std::size_t>(Op::arity); ++i)
            for (std::size_t p = 0; p < std::size(points::table<Op>::points); ++p)
                if (points::table<Op>::points[p].kink) {
                    const double d = points::table<Op>::points[p].derivative[i];
                    wanted.back()[i][p] = d == 0 ? 0 : d * data.back().weights[p];
                }
    });
    const auto describe = [&](int c) { return names[static_cast<std::size_t>(c)]; };
    if constexpr (By == computed_by::interpreter)
        check_interpreted(cases, data, 1, wanted, describe);
    else
        check_program<table>(data, wanted, describe);
}

// Each operation by the interpreter, and by a program of one of the two compilers.
template <int First> void check_group() {
    SUBCASE("interpreter") { check_table<every<First, 3>, computed_by::interpreter>(); }
    SUBCASE("program") { check_table<every<First + 3 * hourglass_test::half, 6>, computed_by::program>(); }
}

}

TEST_CASE("gradients of elementwise operations at their points, first third of the list") { check_group<0>(); }
TEST_CASE("gradients of elementwise operations at their points, second third of the list") { check_group<1>(); }
TEST_CASE("gradients of elementwise operations at their points, last third of the list") { check_group<2>(); }
