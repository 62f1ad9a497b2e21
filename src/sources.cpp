// Tells names, folders and files apart, and cuts what was read to the number of images asked for.
#include "hourglass/data/sources.hpp"

#include "hourglass/data/idx.hpp"
#include "hourglass/data/sensors.hpp"
#include "hourglass/data/shapes.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

// Images first .. first+count-1 of a set.
image_set part(const image_set& all, int first, int count) {
    const auto size = static_cast<std::ptrdiff_t>(all.features());
    image_set some{{}, {}, count, all.rows, all.columns};
    some.pixels.assign(all.pixels.begin() + first * size, all.pixels.begin() + (first + count) * size);
    if (!all.labels.empty()) some.labels.assign(all.labels.begin() + first, all.labels.begin() + first + count);
    return some;
}

split with_test_part(const image_set& all, const std::string& source) {
    if (all.count < 2)
        throw error(fmt::format("{}: expected at least 2 images, one of them for testing, found {}; give a larger file",
                                source, all.count));
    const int test = std::max(1, all.count / 10);
    return {part(all, 0, all.count - test), part(all, all.count - test, test)};
}

void keep(image_set& set, int count, const std::string& source, std::string_view what) {
    if (count <= 0) return;
    if (count > set.count)
        throw error(fmt::format("{}: expected {} {} images, as asked for, found {}; ask for fewer", source, count, what,
                                set.count));
    set = part(set, 0, count);
}

bool is_file(const std::string& name) {
    std::error_code ignored;
    return std::filesystem::exists(name, ignored) && !std::filesystem::is_directory(name, ignored);
}

split read(const std::string& source) {
    if (source == "fashion-mnist") return load_fashion_mnist();
    std::error_code ignored;
    if (std::filesystem::is_directory(source, ignored)) return load_fashion_mnist(source);
    if (is_file(source)) return with_test_part(load_idx(source), source);
    // The comma that parts two files, both of which may have commas in their names.
    for (std::size_t comma = source.find(','); comma != std::string::npos; comma = source.find(',', comma + 1)) {
        const std::string images = source.substr(0, comma);
        if (is_file(images)) return with_test_part(load_idx(images, source.substr(comma + 1)), images);
    }
    throw error(fmt::format("{}: expected a data set, found neither a known name nor a folder or file; give {}", source,
                            known_sources));
}

}

std::string default_source() { return fashion_mnist_installed() ? "fashion-mnist" : "shapes"; }

split load(const std::string& source, int train_images, int test_images) {
    if (source == "shapes")
        return make_shapes_split(train_images > 0 ? train_images : 10000, test_images > 0 ? test_images : 2000);
    if (source == "sensors")
        return make_sensors_split(train_images > 0 ? train_images : 4000, test_images > 0 ? test_images : 1000);
    split both = read(source);
    keep(both.train, train_images, source, "training");
    keep(both.test, test_images, source, "test");
    return both;
}

}
