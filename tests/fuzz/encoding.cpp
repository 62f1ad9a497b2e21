// load_encoding on any bytes: data::error with a short message, or an encoding that is saved and loaded again the same.
#include "input_file.hpp"

#include "hourglass/data/encoding.hpp"

#include <cmath>
#include <cstring>

using namespace hourglass_fuzz;
namespace data = hourglass::data;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static input_file input("input");
    static const std::filesystem::path scratch =
        std::filesystem::temp_directory_path() / ("hourglass-fuzz-" + std::to_string(::getpid()));
    input.put(bytes, size);
    data::encoding how;
    try {
        how = data::load_encoding(input.path());
    } catch (const data::error& refused) {
        expect(std::strlen(refused.what()) < 1000);
        return 0;
    }
    expect(how.width() >= 1);
    data::save_encoding(scratch, how);
    const data::encoding again = data::load_encoding(scratch);
    expect(again.width() == how.width() && again.columns.size() == how.columns.size());
    for (std::size_t n = 0; n < how.columns.size(); ++n) {
        const data::encoded_column &a = again.columns[n], &b = how.columns[n];
        expect(a.name == b.name && a.mean == b.mean && a.deviation == b.deviation && a.deviation > 0);
        expect(std::isfinite(a.mean) && a.categories == b.categories && a.fill == b.fill && a.first == b.first);
    }
    for (const data::column& c : data::decode(how, std::vector<float>(static_cast<std::size_t>(how.width()))).columns)
        expect(c.size() == 1);
    std::filesystem::remove(scratch);
    return 0;
}
