// Stan Math (stan-dev/math), if the benchmark is given a copy: every call fills its arena, which keeps its memory. Uses
// its vectors and matrices where possible, else loops over its numbers.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #include <stan/math.hpp>

    #include "gradients_any_number.hpp"

namespace gradients {
namespace {

namespace sm = stan::math;
using number = sm::var;
using numbers = sm::var_value<Eigen::VectorXd>;
using vector_of_numbers = Eigen::Matrix<number, Eigen::Dynamic, 1>;
using matrix = sm::var_value<Eigen::MatrixXd>;
using seen_vector = Eigen::Map<const Eigen::VectorXd>;
using seen_matrix = Eigen::Map<const Eigen::MatrixXd>;

// Returns the value of compute(pieces...) and stores the gradient. The pieces of the variables are the last arguments.
template <class Compute, class... Pieces>
double sweep(std::vector<double>& gradient, const Compute& compute, Pieces... pieces) {
    number y = compute(pieces...);
    y.grad();
    double* to = gradient.data();
    const auto take = [&to]<class Piece>(const Piece& piece) {
        if constexpr (std::is_same_v<Piece, number>) {
            *to++ = piece.adj();
        } else {
            const Eigen::MatrixXd adjoints = piece.adj();
            to = std::copy(adjoints.data(), adjoints.data() + adjoints.size(), to);
        }
    };
    (take(pieces), ...);
    return y.val();
}

// The regression's constants, in the library's own order.
struct constants {
    Eigen::MatrixXd matrix;
    Eigen::VectorXd targets;

    explicit constants(const problem& p) {
        using by_rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        if (p.id != function_id::regression) return;
        const long n = p.size, rows = static_cast<long>(p.constants.size()) / (n + 1);
        matrix = Eigen::Map<const by_rows>(p.constants.data(), rows, n);
        targets = seen_vector(p.constants.data() + rows * n, rows);
    }
};

double run(const problem& p, const constants& seen, std::vector<double>& gradient) {
    const sm::nested_rev_autodiff memory; // released at the end
    const long n = p.size;
    const auto vector = [&] { return numbers(seen_vector(p.x.data(), n)); };
    switch (p.id) {
    case function_id::sum:
        return sweep(
            gradient, [](const numbers& x) { return sm::sum(x); }, vector());
    case function_id::product:
        return sweep(
            gradient, [](const vector_of_numbers& x) { return sm::prod(x); },
            vector_of_numbers(seen_vector(p.x.data(), n)));
    case function_id::log_sum_exp:
        return sweep(
            gradient, [](const numbers& x) { return sm::log(sm::sum(sm::exp(x))); }, vector());
    case function_id::log_sum_exp_stable:
        return sweep(
            gradient, [](const numbers& x) { return sm::log_sum_exp(x); }, vector());
    case function_id::normal_log_density:
        return sweep(
            gradient,
            [n](const numbers& x) {
                const double left_out = static_cast<double>(n) * sm::HALF_LOG_TWO_PI;
                return number(sm::normal_lpdf(x, density_mu, density_sigma) + left_out);
            },
            vector());
    case function_id::matrix_product: {
        // Its matrices are column-major, so read as ours they are transposed and the product is reversed.
        const long k = std::lround(std::sqrt(static_cast<double>(n) / 2));
        return sweep(
            gradient, [](const matrix& a, const matrix& b) { return sm::sum(sm::multiply(b, a)); },
            matrix(seen_matrix(p.x.data(), k, k)), matrix(seen_matrix(p.x.data() + k * k, k, k)));
    }
    case function_id::regression:
        return sweep(
            gradient,
            [&seen, n](const numbers& w, const number& b, const number& s) {
                const double left_out =
                    static_cast<double>(seen.targets.size() + n + 1) * sm::HALF_LOG_TWO_PI - std::log(10 - 0.1);
                return number(sm::normal_id_glm_lpdf(seen.targets, seen.matrix, b, w, s) + sm::normal_lpdf(w, 0, 1) +
                              sm::normal_lpdf(b, 0, 1) + left_out);
            },
            vector(), number(p.x[p.x.size() - 2]), number(p.x.back()));
    default: {
        std::vector<number> x(p.x.begin(), p.x.end());
        number y = value_of<number>(p, x.data());
        y.grad();
        for (std::size_t i = 0; i < x.size(); ++i) gradient[i] = x[i].adj();
        return y.val();
    }
    }
}

}

peer stan() {
    return {"Stan Math", [](const problem& p) {
                if (!knows<number>(p) || operations_of(p) > most_recorded) return std::vector<contestant>();
                const auto gradient = std::make_shared<std::vector<double>>(p.x.size());
                std::vector<contestant> one;
                one.push_back(make_contestant(
                    form::peer_built_inside, "Stan Math",
                    [&p, gradient, seen = constants(p)] { return run(p, seen, *gradient); },
                    [gradient] { return *gradient; }));
                return one;
            }};
}

}
#else
namespace gradients {
peer stan() { return {}; }
}
#endif
