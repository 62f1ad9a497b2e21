// The header of a .npy file: a dictionary in Python's notation, of which only what numpy.save writes is understood. The
// values after it are the business of npy.cpp. For src/ only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hourglass::data {

struct npy_header {
    char kind = 'f'; // of the elements: b for bool, i and u for integers, f for floats
    int size = 8;    // bytes of an element
    bool is_big_endian = false;
    bool is_fortran_order = false;
    std::vector<std::int64_t> shape{};
};

// Throws `error` with a text that does not name the file.
npy_header parse_npy_header(std::string_view text);

// The text for a shape, without the padding that a file has.
std::string npy_header_text(const npy_header& header);

}
