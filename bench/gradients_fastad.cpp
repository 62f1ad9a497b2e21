// FastAD (JamesYang007/FastAD), if the benchmark is given a copy. Its expressions are built and bound to their memory
// once, as in its own benchmark, or in every call.
#include "gradients_peers.hpp"

#if defined(PEER_IS_HERE)
    #define EIGEN_DONT_PARALLELIZE // one thread, like all others
    #include <fastad>

    #include <cmath>
    #include <numeric>

namespace gradients {
namespace {

using vector_view = ad::VarView<double, ad::vec>;
using matrix_view = ad::VarView<double, ad::mat>;
using number_view = ad::VarView<double>;

// The memory of an expression. It may have more variables than the problem; `told` lists the problem's.
struct variables {
    Eigen::VectorXd x, adjoints;
    std::vector<long> told;

    explicit variables(const std::vector<double>& values)
        : x(Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<long>(values.size()))), adjoints(x.size()),
          told(values.size()) {
        std::iota(told.begin(), told.end(), 0L);
    }
    vector_view vector(long first, long count) { return {x.data() + first, adjoints.data() + first, at(count)}; }
    vector_view vector() { return vector(0, x.size()); }
    matrix_view matrix(long first, long rows, long columns) {
        return {x.data() + first, adjoints.data() + first, at(rows), at(columns)};
    }
    number_view number(long i) { return {x.data() + i, adjoints.data() + i}; }
    std::vector<double> gradient() const {
        std::vector<double> g;
        for (long i : told) g.push_back(adjoints(i));
        return g;
    }

private:
    static std::size_t at(long n) { return static_cast<std::size_t>(n); }
};

template <class Make> class bound_expression {
    decltype(std::declval<const Make&>()()) expression_;
    Eigen::VectorXd values_, adjoints_;
    variables& of_;

public:
    bound_expression(const Make& make, variables& of) : expression_(make()), of_(of) {
        const auto sizes = expression_.bind_cache_size();
        values_.resize(static_cast<long>(sizes(0)));
        adjoints_.resize(static_cast<long>(sizes(1)));
        expression_.bind_cache({values_.data(), adjoints_.data()});
    }
    double operator()() {
        of_.adjoints.setZero();
        return ad::autodiff(expression_);
    }
};

// `make` receives the variables, and keeps whatever else it needs.
template <class Make> std::vector<contestant> both(const std::shared_ptr<variables>& of, Make make) {
    const auto build = [of, make] { return make(*of); };
    using expression = bound_expression<decltype(build)>;
    const auto kept = std::make_shared<expression>(build, *of);
    const auto told = [of] { return of->gradient(); };
    std::vector<contestant> result;
    result.push_back(make_contestant(
        form::peer, "FastAD", [kept] { return (*kept)(); }, told));
    result.push_back(make_contestant(
        form::peer_built_inside, "FastAD",
        [build, of] {
            expression made(build, *of);
            return made();
        },
        told));
    return result;
}

std::vector<contestant> regression(const problem& p, const std::shared_ptr<variables>& of) {
    const long n = p.size;
    using by_rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const long rows = static_cast<long>(p.constants.size()) / (n + 1);
    const auto data = std::make_shared<Eigen::MatrixXd>(Eigen::Map<const by_rows>(p.constants.data(), rows, n));
    const auto targets =
        std::make_shared<Eigen::VectorXd>(Eigen::Map<const Eigen::VectorXd>(p.constants.data() + rows * n, rows));
    return both(of, [n, data, targets](variables& v) {
        const number_view b = v.number(n), s = v.number(n + 1);
        const vector_view w = v.vector(0, n);
        return ad::normal_adj_log_pdf(*targets, ad::dot(*data, w) + b, s) + ad::normal_adj_log_pdf(w, 0., 1.) +
               ad::normal_adj_log_pdf(b, 0., 1.) + ad::uniform_adj_log_pdf(s, 0.1, 10.);
    });
}

std::vector<contestant> stochastic_volatility(const problem& p, const std::shared_ptr<std::vector<long>>& indices) {
    const long n = p.size;
    std::vector<double> x(static_cast<std::size_t>(2 * n + 3)); // h_std, h, phi, sigma, mu
    std::copy_n(p.x.begin(), n, x.begin());
    std::copy_n(p.x.begin() + n, 3, x.begin() + 2 * n);
    const auto with_h = std::make_shared<variables>(x);
    with_h->told.erase(with_h->told.begin() + n, with_h->told.begin() + 2 * n);
    const auto observed = std::make_shared<Eigen::VectorXd>(Eigen::Map<const Eigen::VectorXd>(p.constants.data(), n));
    return both(with_h, [n, observed, indices](variables& v) {
        const vector_view h_std = v.vector(0, n);
        vector_view h = v.vector(n, n);
        number_view phi = v.number(2 * n), sigma = v.number(2 * n + 1), mu = v.number(2 * n + 2);
        auto steps = (h = h_std * sigma, h[0] /= ad::sqrt(1. - phi * phi), h += mu,
                      ad::for_each(indices->begin() + 1, indices->begin() + n,
                                   [h, phi, mu](long i) mutable { return h[i] += phi * (h[i - 1] - mu); }));
        auto density = ad::normal_adj_log_pdf(*observed, 0., ad::exp(h / 2.)) + ad::normal_adj_log_pdf(h_std, 0., 1.) +
                       ad::cauchy_adj_log_pdf(sigma, 0., 5.) + ad::cauchy_adj_log_pdf(mu, 0., 10.) +
                       ad::uniform_adj_log_pdf(phi, -1., 1.);
        return (steps, density);
    });
}

std::vector<contestant> contestants_for(const problem& p) {
    const long n = p.size;
    const auto of = std::make_shared<variables>(p.x);
    const auto indices = std::make_shared<std::vector<long>>(p.x.size());
    std::iota(indices->begin(), indices->end(), 0L);
    switch (p.id) {
    case function_id::sum:
        return both(of, [](variables& v) { return ad::sum(v.vector()); });
    case function_id::sum_iterated:
        return both(of, [indices](variables& v) {
            return ad::sum(indices->begin(), indices->end(), [x = v.vector()](long i) mutable { return x[i]; });
        });
    case function_id::product:
        return both(of, [](variables& v) { return ad::prod(v.vector()); });
    case function_id::product_iterated:
        return both(of, [indices](variables& v) {
            return ad::prod(indices->begin(), indices->end(), [x = v.vector()](long i) mutable { return x[i]; });
        });
    case function_id::log_sum_exp:
        return both(of, [](variables& v) { return ad::log(ad::sum(ad::exp(v.vector()))); });
    case function_id::normal_log_density:
        return both(of, [](variables& v) { return ad::normal_adj_log_pdf(v.vector(), density_mu, density_sigma); });
    case function_id::matrix_product: {
        // Its matrices are column-major, so read as ours they are transposed and the product is reversed.
        const long k = std::lround(std::sqrt(static_cast<double>(n) / 2));
        return both(of, [k](variables& v) { return ad::sum(ad::dot(v.matrix(k * k, k, k), v.matrix(0, k, k))); });
    }
    case function_id::regression:
        return regression(p, of);
    case function_id::stochastic_volatility:
        return stochastic_volatility(p, indices);
    case function_id::ddx_f1:
        return both(of, [](variables& v) {
            const number_view x = v.number(0);
            return ad::exp(x) * ad::sin(x) + x * x * x + 2. * x;
        });
    case function_id::ddx_f2:
        return both(of, [](variables& v) {
            const number_view x = v.number(0), y = v.number(1);
            return x * y + ad::sin(x) + y * y + ad::exp(x + y);
        });
    case function_id::ddx_f3:
        return both(of, [](variables& v) {
            const number_view x = v.number(0), y = v.number(1), z = v.number(2);
            return ad::exp(x * y) + x * ad::sin(z) + y * z + x * x * z;
        });
    case function_id::ddx_f4:
        return both(of, [](variables& v) {
            const number_view x = v.number(0), y = v.number(1), z = v.number(2), w = v.number(3);
            return (x + y) * (z - w) + ad::exp(x * z) + ad::sin(y * w) + x * y * z * w;
        });
    default:
        return {};
    }
}

}

peer fastad() { return {"FastAD", contestants_for}; }

}
#else
namespace gradients {
peer fastad() { return {}; }
}
#endif
