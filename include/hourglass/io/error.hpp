// The exception of everything in io/: a file that cannot be written, or one that was read and has a fault. The message
// names the file, the place in it, what was expected and what was found; callers need to catch nothing else.
#pragma once

#include <hourglass/config.hpp>

#include <stdexcept>

namespace hourglass::io {

/// A file that cannot be written, or one that was read and has a fault.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}
