// Adept 2 (rjhogan/Adept-2), if the benchmark is given an installed copy. Every call records onto its stack, which
// keeps its memory. Uses its arrays where possible, else loops over its numbers.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include "gradients_any_number.hpp"

    #include <adept_arrays.h>

    #include <algorithm>

namespace gradients {
namespace {

adept::aReal in_arrays(const problem& p, adept::aVector& x) {
    using adept::end, adept::range, adept::sum;
    const auto squares = [](const auto& of) { return sum(of * of); };
    const int n = static_cast<int>(p.size);
    const auto passive = [&p](long first, auto... sizes) {
        return adept::Array<sizeof...(sizes), double>(const_cast<double*>(p.constants.data()) + first,
                                                      adept::ExpressionSize<sizeof...(sizes)>(sizes...));
    };
    switch (p.id) {
    case function_id::sum:
        return sum(x);
    case function_id::product:
        return product(x);
    case function_id::log_sum_exp:
        return log(sum(exp(x)));
    case function_id::log_sum_exp_stable: {
        const double largest = *std::max_element(p.x.begin(), p.x.end());
        return largest + log(sum(exp(x - largest)));
    }
    case function_id::normal_log_density:
        return -0.5 / (density_sigma * density_sigma) * squares(adept::aVector(x - density_mu)) - n * log_density_sigma;
    case function_id::matrix_product: {
        const int k = static_cast<int>(std::lround(std::sqrt(n / 2.0)));
        adept::aVector left = x(range(0, k * k - 1)), right = x(range(k * k, end));
        const adept::aMatrix a = left.reshape(k, k), b = right.reshape(k, k);
        return sum(a * *b);
    }
    case function_id::regression: {
        constexpr int rows = 1000;
        const adept::aVector w = x(range(0, n - 1));
        const adept::aReal b = x(n), s = x(n + 1);
        const adept::Matrix data = passive(0, rows, n);
        const adept::Vector targets = passive(rows * n, rows);
        const adept::aVector fitted = data * *w;
        return -0.5 * squares(adept::aVector(targets - fitted - b)) / (s * s) - rows * log(s) - 0.5 * squares(w) -
               0.5 * b * b - std::log(10 - 0.1);
    }
    default: {
        constexpr int in = 30, hidden = 32;
        adept::aVector weights = x(range(0, in * hidden - 1));
        const adept::aMatrix W = weights.reshape(hidden, in);
        const adept::aVector c = x(range(in * hidden, (in + 1) * hidden - 1));
        const adept::aVector v = x(range((in + 1) * hidden, (in + 2) * hidden - 1));
        const adept::Vector example = passive(0, in);
        const adept::aVector h = (W * *example) + c;
        const adept::aReal error = sum(v * tanh(h)) + x(end) - p.constants[in];
        return error * error;
    }
    }
}
bool has_arrays(const problem& p) {
    switch (p.id) {
    case function_id::sum:
    case function_id::product:
    case function_id::log_sum_exp:
    case function_id::log_sum_exp_stable:
    case function_id::normal_log_density:
        return true;
    case function_id::matrix_product:
    case function_id::regression:
    case function_id::network:
        return adept::have_matrix_multiplication();
    default:
        return false;
    }
}

std::vector<contestant> contestants_for(const problem& p) {
    if (operations_of(p) > most_recorded) return {};
    static adept::Stack stack;
    const auto gradient = std::make_shared<std::vector<double>>(p.x.size());
    const int n = static_cast<int>(p.x.size());
    const auto told = [gradient] { return *gradient; };
    const auto reverse = [](adept::aReal& y) {
        y.set_gradient(1.0);
        stack.reverse();
        return y.value();
    };
    std::vector<contestant> one;
    if (has_arrays(p)) {
        const auto active = std::make_shared<adept::aVector>(n);
        one.push_back(make_contestant(
            form::peer_built_inside, "Adept",
            [&p, n, active, gradient, reverse] {
                *active = adept::Vector(const_cast<double*>(p.x.data()), adept::ExpressionSize<1>(n));
                stack.new_recording();
                adept::aReal y = in_arrays(p, *active);
                const double value = reverse(y);
                adept::Vector(gradient->data(), adept::ExpressionSize<1>(n)) = active->get_gradient();
                return value;
            },
            told));
    } else {
        const auto active = std::make_shared<std::vector<adept::adouble>>(p.x.size());
        one.push_back(make_contestant(
            form::peer_built_inside, "Adept",
            [&p, n, active, gradient, reverse] {
                adept::set_values(active->data(), n, p.x.data());
                stack.new_recording();
                adept::aReal y = value_of<adept::adouble>(p, active->data());
                const double value = reverse(y);
                adept::get_gradients(active->data(), n, gradient->data());
                return value;
            },
            told));
    }
    return one;
}

}

peer adept() { return {"Adept", contestants_for}; }

}
#else
namespace gradients {
peer adept() { return {}; }
}
#endif
