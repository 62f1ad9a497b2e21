// load_npy on any bytes: data::error with a short message, or an array that is written and read again the same.
#include "input_file.hpp"

#include "hourglass/data/npy.hpp"

#include <cmath>
#include <cstring>

using namespace hourglass_fuzz;
namespace data = hourglass::data;

namespace {

template <class Element> void check(const std::filesystem::path& file, const std::filesystem::path& scratch) {
    data::array<Element> read;
    try {
        read = data::load_npy<Element>(file);
    } catch (const data::error& refused) {
        expect(std::strlen(refused.what()) < 2000); // a shape of 64 axes is the longest that is quoted
        return;
    }
    data::save_npy(scratch, read.shape, std::span<const Element>(read.values));
    const data::array<Element> again = data::load_npy<Element>(scratch);
    expect(again.shape == read.shape && again.values.size() == read.values.size());
    for (std::size_t n = 0; n < read.values.size(); ++n)
        expect(again.values[n] == read.values[n] || (std::isnan(again.values[n]) && std::isnan(read.values[n])));
    std::filesystem::remove(scratch);
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static input_file input("input");
    static const std::filesystem::path scratch =
        std::filesystem::temp_directory_path() / ("hourglass-fuzz-" + std::to_string(::getpid()));
    input.put(bytes, size);
    check<float>(input.path(), scratch);
    check<double>(input.path(), scratch);
    return 0;
}
