// load_idx on any bytes: data::error, or a set whose numbers agree.
#include "input_file.hpp"

#include "hourglass/data/idx.hpp"

using namespace hourglass_fuzz;
namespace data = hourglass::data;

namespace {

void check(const data::image_set& set) {
    expect(set.count >= 1 && set.rows >= 1 && set.columns >= 1);
    expect(set.pixels.size() == static_cast<std::size_t>(set.count) * static_cast<std::size_t>(set.features()));
    for (const float pixel : set.pixels) expect(pixel >= 0 && pixel <= 1);
}

}

// The first byte tells where the images end and the labels begin, in 256ths; 0: there are no labels.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static input_file images("images"), labels("labels");
    if (size == 0) return 0;
    const std::size_t share = bytes[0];
    ++bytes, --size;
    const std::size_t cut = share == 0 ? size : size * share / 256;
    images.put(bytes, cut);
    labels.put(bytes + cut, size - cut);
    try {
        if (share == 0) {
            check(data::load_idx(images.path()));
        } else {
            const data::image_set set = data::load_idx(images.path(), labels.path());
            check(set);
            expect(set.labels.size() == static_cast<std::size_t>(set.count));
        }
    } catch (const data::error&) {
        // refused in words
    }
    return 0;
}
