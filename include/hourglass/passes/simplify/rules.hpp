// The table of simplification rules, by operation. A new rule takes a line in its operation's header, and a case of the
// same name in tests/passes/simplify_rules.cpp.
#pragma once

#include <hourglass/passes/simplify/axis_sums.hpp>
#include <hourglass/passes/simplify/by_operation.hpp>
#include <hourglass/passes/simplify/functions.hpp>
#include <hourglass/passes/simplify/matrix_products.hpp>
#include <hourglass/passes/simplify/movements.hpp>
#include <hourglass/passes/simplify/quotients.hpp>
#include <hourglass/passes/simplify/sums.hpp>

HOURGLASS_BEGIN
namespace simplify_rules {

// For any other operation that can be folded.
inline constexpr rule of_foldable[] = {
    {"f(c)", number, any, computed},
};

// The rules of an operation: all of them, and those that need no number, which suffice if no operand is one.
struct rules_by_operands {
    rules_in_order all{}, without_numbers{};
};
template <const auto& Rules> struct rules_without_numbers {
    static constexpr int find_count() {
        int count = 0;
        for (const rule& r : Rules) count += !asks_for_number(r);
        return count;
    }
    static constexpr auto find() {
        table<rule, find_count()> found;
        int i = 0;
        for (const rule& r : Rules)
            if (!asks_for_number(r)) found[i++] = r;
        return found;
    }
    static constexpr auto rules = find();
};
template <const auto& Rules> inline constexpr rules_by_operands are{
    {Rules, static_cast<int>(std::size(Rules))},
    {rules_without_numbers<Rules>::rules.begin(), rules_without_numbers<Rules>::rules.size()}};

inline constexpr known_of_operation<rules_by_operands> by_operations[] = {
    known_of<ops::add>(are<of_sum>),
    known_of<ops::subtract>(are<of_difference>),
    known_of<ops::negate>(are<of_negative>),
    known_of<ops::multiply>(are<of_product>),
    known_of<ops::square>(are<of_square>),
    known_of<ops::divide>(are<of_quotient>),
    known_of<ops::log>(are<of_logarithm>),
    known_of<ops::pow>(are<of_power>),
    known_of<ops::broadcast_to>(are<of_broadcast>),
    known_of<ops::reshape>(are<of_reshape>),
    known_of<ops::transpose>(are<of_transpose>),
    known_of<ops::after>(are<of_after>),
    known_of<ops::stop_gradient>(are<of_stop_gradient>),
    known_of<ops::sum>(are<of_axis_sum>),
    known_of<ops::matmul>(are<of_matrix_product>),
    known_of<ops::matmul_batch_sum>(are<of_matrix_product>),
};
inline constexpr by_operation all_rules(by_operations);

}
HOURGLASS_END
