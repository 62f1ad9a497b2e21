// expect: \{"hg::sparsity names `code`, whose equation is no sparse_jacobian\(\.\.\.\) or sparse_hessian\(\.\.\.\):
// expect: give it an equation of its own"\}
// max-lines: 25
#include "small_model.hpp"

namespace model {

inline constexpr hg::symbol<"J"> J;

inline constexpr hg::graph sparse{
    h = W * x,
    code = tanh(h),
    J = sparse_jacobian(code, h),
};
#ifndef FIXED
constexpr auto& pattern = hg::sparsity<sparse, code>;
#else
constexpr auto& pattern = hg::sparsity<sparse, J>;
#endif
constexpr int elements = pattern.non_zeros;

}
