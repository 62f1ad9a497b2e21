// The other libraries that the benchmark of gradients knows, one function for each; it has no contestants where the
// library is not here.
#pragma once

#include "gradients.hpp"

namespace gradients {

// Another library: what it makes of a problem, none where it cannot. One that distinguishes building an expression from
// evaluating it gives both forms.
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
