// The exception of everything under data/: a file that is not what it should be, or a request that no data set can
// meet. Its text names the file, what was expected, what was found and what to do; catching it is all a caller needs.
#pragma once

#include <hourglass/config.hpp>

#include <stdexcept>

namespace hourglass::data {

class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}
