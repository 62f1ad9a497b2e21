// Parsed once for all tests that are written in equations: see meson.build. Each of them includes what it uses all the
// same. Numbers of 50 digits, and the interpreter's rules for the number types that tests compute in, are compiled
// once, in inspect/reference_rules.cpp.
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/expm1.hpp>
#include <boost/math/special_functions/log1p.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>
#include <doctest/doctest.h>
#include <hourglass/hourglass.hpp>
#include <hourglass/inspect/inspect.hpp>

extern template class boost::multiprecision::backends::cpp_dec_float<50>;
extern template class hourglass::forward_rules<float>;
extern template class hourglass::forward_rules<double>;
extern template class hourglass::forward_rules<
    boost::multiprecision::number<boost::multiprecision::cpp_dec_float<50>, boost::multiprecision::et_off>>;
