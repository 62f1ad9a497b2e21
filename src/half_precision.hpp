// IEEE 754's binary16, which occurs in safetensors and NumPy files and has no C++ type. Internal to src/.
#pragma once

#include <bit>
#include <cstdint>

namespace hourglass {

// Half precision is a subset of float, so the conversion is exact.
inline float from_half(std::uint16_t bits) {
    const std::uint32_t sign = (bits & 0x8000U) << 16U, exponent = (bits >> 10U) & 0x1fU, fraction = bits & 0x3ffU;
    if (exponent == 0) { // zero or subnormal: fraction units of 2^-24
        const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
        return sign == 0 ? magnitude : -magnitude;
    }
    const std::uint32_t widened = exponent == 0x1f ? 0xffU : exponent + 127 - 15; // keeps infinities and NaN
    return std::bit_cast<float>(sign | widened << 23U | fraction << 13U);
}

}
