// The other libraries of the gradient benchmark, one function for each; a library that is not available has no
// contestants.
#pragma once

#include "gradients.hpp"

namespace gradients {

// Another library: its contestants for a problem, none if it cannot solve it. Libraries that distinguish building an
// expression from evaluating it have both forms.
struct peer {
    std::string name;
    std::function<std::vector<contestant>(const problem&)> contestants;
};
peer adept();
peer adolc();
peer autodiff();
peer boost_math();
peer ceres();
peer codipack();
peer cppad();
peer ddx();
peer eigen();
peer fastad();
peer sacado();
peer stan();
peer xad();

}
