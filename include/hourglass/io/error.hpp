// The exception of everything under io/: a file that cannot be written, or one read that is not what it should be. Its
// text names the file, the place in it, what was expected and what was found; catching it is all a caller needs.
#pragma once

#include <hourglass/config.hpp>

#include <stdexcept>

namespace hourglass::io {

class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}
