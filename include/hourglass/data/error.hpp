// The exception of everything in data/: a file with a fault, or a request that no data set can meet. The message names
// the file, what was expected and found, and what to do; callers need to catch nothing else.
#pragma once

#include <hourglass/config.hpp>

#include <stdexcept>

namespace hourglass::data {

/// A file with a fault, or a request that no data set can meet.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}
