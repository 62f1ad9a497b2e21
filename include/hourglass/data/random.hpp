// The random numbers by which data sets are drawn and shuffled. Their bits depend only on the seed, not on the standard
// library, whose distributions differ between vendors. Noise inside models must be addressable by element and comes
// from Philox, in math/philox.hpp.
#pragma once

#include <cstdint>

namespace hourglass::data {

/// SplitMix64 (Steele, Lea, Flood 2014): a counter that steps by an odd constant and is mixed, so that a stream may
/// start anywhere at no cost.
class random_stream {
public:
    /// Starts a stream. Streams of different (seed, stream) are independent for every practical purpose.
    constexpr random_stream(std::uint64_t seed, std::uint64_t stream)
        : state_(mix(seed + step) ^ mix(mix(stream + 2 * step) + step)) {}

    /// Returns the next 64 bits.
    constexpr std::uint64_t bits() {
        state_ += step;
        return mix(state_);
    }

    /// Returns an integer in [0, bound), all equally likely; bound > 0. Lemire's multiplication with rejection (2019).
    constexpr std::uint32_t below(std::uint32_t bound) {
        const std::uint32_t threshold = (0U - bound) % bound;
        for (;;) {
            const std::uint64_t product = (bits() >> 32U) * bound;
            if (static_cast<std::uint32_t>(product) >= threshold) return static_cast<std::uint32_t>(product >> 32U);
        }
    }

private:
    static constexpr std::uint64_t step = 0x9e3779b97f4a7c15ULL;

    static constexpr std::uint64_t mix(std::uint64_t z) {
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31U);
    }

    std::uint64_t state_;
};

}
