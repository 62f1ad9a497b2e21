// Numbers of 50 digits and the interpreter's rules of all operations, compiled here for every test that asks for them:
// precompiled/umbrella.hpp and ir/graph_values.hpp say so. For each number type they are as much as a small program.
#include "ir/graph_values.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/expm1.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>

template class boost::multiprecision::backends::cpp_dec_float<50>;
template class hourglass::forward_rules<float>;
template class hourglass::forward_rules<double>;
template class hourglass::forward_rules<fuzz::noisy>;
template class hourglass::forward_rules<
    boost::multiprecision::number<boost::multiprecision::cpp_dec_float<50>, boost::multiprecision::et_off>>;

namespace fuzz {
template std::vector<std::vector<double>> results_of<float>(hg::graph_view, long);
template std::vector<std::vector<double>> results_of<double>(hg::graph_view, long);
template std::vector<std::vector<double>> results_of<noisy>(hg::graph_view, long);
}
