// Distinguishes names, folders and files, and selects the requested images.
#include "hourglass/data/sources.hpp"

#include "hourglass/data/idx.hpp"
#include "hourglass/data/sensors.hpp"
#include "hourglass/data/shapes.hpp"
#include "quote.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

using std::filesystem::path;

struct request {
    int train_images, test_images;
    const extents_check& check;
};

int first_of(int wanted, int there, const std::string& source, std::string_view what) {
    if (wanted > there)
        throw error(fmt::format("{}: expected {} {} images, as asked for, found {}; ask for fewer", shown(source),
                                wanted, what, there));
    return wanted > 0 ? wanted : there;
}

// The last tenth of a file becomes the test images.
split load_pair(const path& images, const path& labels, const request& wanted) {
    const std::string source = images.string();
    const image_extents all = idx_extents(images, labels);
    if (wanted.check) wanted.check(all.rows, all.columns);
    if (all.count < 2)
        throw error(fmt::format("{}: expected at least 2 images, one of them for testing, found {}; give a larger file",
                                shown(source), all.count));
    const int test = std::max(1, all.count / 10), train = all.count - test;
    const std::array<image_range, 2> kept{{{0, first_of(wanted.train_images, train, source, "training")},
                                           {train, first_of(wanted.test_images, test, source, "test")}}};
    std::vector<image_set> sets = load_idx(images, labels, kept);
    return {std::move(sets[0]), std::move(sets[1])};
}

bool is_file(const std::string& name) {
    std::error_code ignored;
    return std::filesystem::exists(name, ignored) && !std::filesystem::is_directory(name, ignored);
}

// Explains why a name leads to nothing, if it does not simply not exist: a circle of links, a name that is too long.
std::string reason(const std::string& name) {
    std::error_code code;
    static_cast<void>(std::filesystem::status(name, code));
    const bool plain = !code || code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory;
    return plain ? "" : fmt::format(" ({})", code.message());
}

split read(const std::string& source, const request& wanted) {
    const auto folder = [&](const path& of, const std::string& prefix = "") {
        return load_idx_files(find_idx_files(of, prefix), wanted.train_images, wanted.test_images, wanted.check);
    };
    if (source.empty()) throw error(fmt::format("expected a data set, found an empty name; give {}", known_sources));
    if (source == "fashion-mnist") return folder(fashion_mnist_folder);
    std::error_code ignored;
    if (std::filesystem::is_directory(source, ignored)) return folder(source);
    if (is_file(source)) return load_pair(source, {}, wanted);
    // Finds the comma that separates two files, whose names may contain commas themselves.
    for (std::size_t comma = source.find(','); comma != std::string::npos; comma = source.find(',', comma + 1)) {
        const std::string images = source.substr(0, comma), labels = source.substr(comma + 1);
        if (!is_file(images)) continue;
        if (labels.empty())
            throw error(fmt::format("{}: expected a file of labels after the comma, found nothing; give IMAGES,LABELS, "
                                    "or IMAGES without a comma",
                                    shown(source)));
        return load_pair(images, labels, wanted);
    }
    // One of several data sets in a folder.
    const path whole(source), above = whole.parent_path();
    const std::string prefix = whole.filename().string();
    if (!above.empty() && !prefix.empty() && std::filesystem::is_directory(above, ignored) &&
        has_idx_files(above, prefix))
        return folder(above, prefix);
    throw error(fmt::format("{}: expected a data set, found neither a known name nor a folder or file{}; give {}",
                            shown(source), reason(source), known_sources));
}

}

std::string default_source() { return fashion_mnist_installed() ? "fashion-mnist" : "shapes"; }

split load(const std::string& source, int train_images, int test_images, const extents_check& check) {
    const auto number = [](int wanted, int otherwise) { return wanted > 0 ? wanted : otherwise; };
    if (source == "shapes") {
        constexpr int side = 28;
        if (check) check(side, side);
        return make_shapes_split(number(train_images, 10000), number(test_images, 2000), 1, side);
    }
    if (source == "sensors") {
        if (check) check(sensor_steps, sensor_count);
        return make_sensors_split(number(train_images, 4000), number(test_images, 1000));
    }
    return read(source, {train_images, test_images, check});
}

}
