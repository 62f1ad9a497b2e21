// load_csv on any bytes: data::error with a short message, or a table that is written and read again the same, and
// whose encoding, saved and loaded, gives the same finite floats.
#include "input_file.hpp"

#include "hourglass/data/csv.hpp"
#include "hourglass/data/encoding.hpp"

#include <cmath>
#include <cstring>

using namespace hourglass_fuzz;
namespace data = hourglass::data;

namespace {

// The first byte chooses them.
data::csv_options options_of(unsigned bits) {
    data::csv_options options;
    options.header = static_cast<data::csv_header>(bits % 3);
    options.separator = "\0,;\t"[bits / 4 % 4];
    options.decimal = bits / 16 % 2 != 0 && options.separator != ',' ? ',' : '.';
    options.keep_missing = bits / 32 % 2 != 0;
    return options;
}

void check(const data::table& rows, const std::filesystem::path& scratch) {
    expect(rows.rows() >= 1 && rows.lines.size() == static_cast<std::size_t>(rows.rows()));
    data::encoding how{{.missing = data::missing_values::fill_and_mark}, {}};
    for (const data::column& c : rows.columns) how.columns.push_back({c.name, c.kind}); // of names and kinds only
    data::save_csv(scratch, rows);
    const data::table again =
        data::load_csv(scratch, data::reading(how, {.header = data::csv_header::names, .separator = ','}));
    expect(again.columns.size() == rows.columns.size() && again.rows() == rows.rows());
    for (std::size_t n = 0; n < rows.columns.size(); ++n)
        for (int row = 0; row < rows.rows(); ++row) expect(again.columns[n].text(row) == rows.columns[n].text(row));
    try {
        how = data::fit_encoding(rows, how.options);
    } catch (const data::error&) {
        return; // a column without values
    }
    const std::vector<float> floats = data::encode(how, rows);
    for (const float x : floats) expect(std::isfinite(x));
    data::save_encoding(scratch, how);
    expect(data::encode(data::load_encoding(scratch), again) == floats);
    expect(data::decode(how, floats).rows() == rows.rows());
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static input_file input("input");
    static const std::filesystem::path scratch =
        std::filesystem::temp_directory_path() / ("hourglass-fuzz-" + std::to_string(::getpid()));
    if (size == 0) return 0;
    input.put(bytes + 1, size - 1);
    data::table rows;
    try {
        rows = data::load_csv(input.path(), options_of(bytes[0]));
    } catch (const data::error& refused) {
        expect(std::strlen(refused.what()) < 1200); // names of columns are quoted
        return 0;
    }
    check(rows, scratch);
    std::filesystem::remove(scratch);
    return 0;
}
