// The header of a .npy file, a dictionary in Python's notation; understands only what numpy.save writes. npy.cpp reads
// the values after it. Internal to src/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hourglass::data {

struct npy_header {
    char kind = 'f'; // of the elements: b for bool, i and u for integers, f for floats
    int size = 8;    // bytes per element
    bool is_big_endian = false;
    bool is_fortran_order = false;
    std::vector<std::int64_t> shape{};
};

// Throws `error` with a message that does not name the file.
npy_header parse_npy_header(std::string_view text);

// The text of the header for a shape, without the padding of a file.
std::string npy_header_text(const npy_header& header);

}
