// What a program throws when it is made or called with a wrong number. Mistakes in a model are compile errors instead.
#pragma once

#include <stdexcept>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN

// A wrong number where a program is made or called: of rows, elements, threads. The message names the symbol and the
// numbers.
class call_error : public std::invalid_argument {
public:
    using std::invalid_argument::invalid_argument;
};

HOURGLASS_END
