// For numpy_files.py: what load_npy reads of files, and the same written by save_npy.
//
//     npy_values FILE...      for each file a line: its shape, a colon, its values; and FILE.f32, FILE.f64, as written
#include <hourglass/data/npy.hpp>

#include <cstdio>
#include <exception>

namespace data = hourglass::data;

int main(int argc, char** argv) {
    for (int n = 1; n < argc; ++n) try {
            const std::string name = argv[n];
            const data::array<double> read = data::load_npy<double>(name);
            for (const std::int64_t extent : read.shape) std::printf("%lld ", static_cast<long long>(extent));
            std::printf(":");
            for (const double value : read.values) std::printf(" %.17g", value);
            std::printf("\n");
            const data::array<float> narrow = data::load_npy<float>(name);
            data::save_npy(name + ".f32", narrow.shape, std::span<const float>(narrow.values));
            data::save_npy(name + ".f64", read.shape, std::span<const double>(read.values));
        } catch (const std::exception& reason) { std::printf("%s\n", reason.what()); }
}
