#include "hourglass/data/idx_folder.hpp"

#include "hourglass/data/idx.hpp"
#include "quote.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hourglass::data {
namespace {

using std::filesystem::path;

constexpr std::array<const char*, 4> names{"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                           "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};
constexpr std::size_t most_named = 6; // files in a message
constexpr std::string_view separators = "-_. ";

std::string in_small_letters(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

// A name taken apart: its prefix, and which of the four files it is.
struct role {
    std::string prefix;
    std::size_t which;
    int strangeness; // among files with the same role, the one with the least is chosen
};

// Removes `ending` and the separators before it.
bool take_off(std::string& text, std::string_view ending) {
    if (!text.ends_with(ending)) return false;
    text.resize(text.size() - ending.size());
    while (!text.empty() && separators.find(text.back()) != std::string_view::npos) text.pop_back();
    return true;
}

std::optional<role> role_of(const std::string& name) {
    std::string text = in_small_letters(name);
    const bool gzipped = take_off(text, ".gz");
    take_off(text, "ubyte");
    if (!take_off(text, "idx3") && !take_off(text, "idx1") && !take_off(text, "idx")) return {};
    const bool labels = take_off(text, "labels");
    if (!labels && !take_off(text, "images")) return {};
    const bool train = take_off(text, "train");
    if (!train && !take_off(text, "t10k") && !take_off(text, "test")) return {};
    const std::size_t which = (train ? 0U : 2U) + (labels ? 1U : 0U);
    const std::string_view usual = names[which],
                           plain = gzipped ? std::string_view(name).substr(0, name.size() - 3) : std::string_view(name);
    return role{name.substr(0, text.size()), which, (plain == usual ? 0 : 2) + (gzipped ? 0 : 1)};
}

struct data_set {
    std::array<path, 4> files{};
    std::array<int, 4> strangeness{};
    bool complete() const {
        return std::none_of(files.begin(), files.end(), [](const path& file) { return file.empty(); });
    }
};

// The contents of a folder: data sets by prefix, other files with similar names, subfolders.
struct contents {
    std::map<std::string, data_set> sets;
    std::vector<std::string> near;
    std::vector<path> folders;

    std::vector<std::string> complete() const {
        std::vector<std::string> found;
        for (const auto& [prefix, set] : sets)
            if (set.complete()) found.push_back(prefix);
        return found;
    }
};

bool looks_meant(const std::string& name) {
    const std::string text = in_small_letters(name);
    for (const char* word : {"idx", "ubyte", "image", "label"})
        if (text.find(word) != std::string::npos) return true;
    return false;
}

contents look_into(const path& folder, std::error_code& code) {
    contents found;
    std::vector<path> entries;
    for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
        entries.push_back(at->path());
    std::sort(entries.begin(), entries.end());
    for (const path& entry : entries) {
        std::error_code ignored;
        const std::string name = entry.filename().string();
        if (std::filesystem::is_directory(entry, ignored))
            found.folders.push_back(entry);
        else if (const auto role = role_of(name)) {
            data_set& set = found.sets[role->prefix];
            if (!set.files[role->which].empty() && set.strangeness[role->which] <= role->strangeness) continue;
            set.files[role->which] = entry;
            set.strangeness[role->which] = role->strangeness;
        } else if (looks_meant(name))
            found.near.push_back(shown(name));
    }
    return found;
}

std::string listed(std::vector<std::string> all) {
    const std::size_t more = all.size() > most_named ? all.size() - most_named : 0;
    if (more) all.resize(most_named);
    return fmt::format("{}{}", fmt::join(all, ", "), more ? fmt::format(" and {} more", more) : "");
}

// The usual name of a file of the data set with this prefix.
std::string usual_name(const std::string& prefix, std::size_t which) {
    std::string name = names[which];
    if (prefix.empty()) return name;
    return fmt::format("{}-{}", shown(prefix), which < 2 ? name : "test" + name.substr(4));
}

// The data set with the most files; if there are none, the one without a prefix.
std::pair<std::string, data_set> fullest(const contents& found) {
    std::pair<std::string, data_set> best;
    std::ptrdiff_t missing = 4;
    for (const auto& [prefix, set] : found.sets)
        if (const auto n = std::count(set.files.begin(), set.files.end(), path()); n < missing) {
            missing = n;
            best = {prefix, set};
        }
    return best;
}

[[noreturn]] void fail_missing(const path& folder, contents found, const std::string& prefix) {
    auto [name, set] = fullest(found);
    if (!prefix.empty()) {
        name = prefix;
        set = found.sets[prefix];
    }
    for (const auto& [other, files] : found.sets)
        if (other != name)
            for (const path& file : files.files)
                if (!file.empty()) found.near.push_back(shown(file.filename()));
    const auto at = static_cast<std::size_t>(std::find(set.files.begin(), set.files.end(), path()) - set.files.begin());
    std::string below;
    for (const path& one : found.folders) {
        std::error_code ignored;
        if (below.empty() && !look_into(one, ignored).complete().empty())
            below = fmt::format("give {}, where such files are, ", shown(one));
    }
    throw error(fmt::format("{}: expected the file {}.gz (or without .gz), found no such file{}; {}install it with "
                            "'apt install dataset-fashion-mnist', give the folder that holds the four files, or "
                            "use the built-in data set 'shapes'",
                            shown(folder), usual_name(name, at),
                            found.near.empty() ? "" : "; near it are " + listed(found.near), below));
}

idx_files named(const data_set& set) { return {set.files[0], set.files[1], set.files[2], set.files[3]}; }

int first_of(int wanted, const path& file, int there, const char* what) {
    if (wanted > there)
        throw error(fmt::format("{}: expected {} {} images, as asked for, found {}; ask for fewer", shown(file), wanted,
                                what, there));
    return wanted > 0 ? wanted : there;
}

}

idx_files find_idx_files(const path& folder, const std::string& prefix) {
    std::error_code code;
    const contents found = look_into(folder, code);
    if (code)
        throw error(fmt::format("{}: expected a folder with the four IDX files of a data set, but it cannot be read: "
                                "{}; check the path and its permissions",
                                shown(folder), code.message()));
    const std::vector<std::string> complete = found.complete();
    const auto has = [&](const std::string& one) { return std::count(complete.begin(), complete.end(), one) > 0; };
    if (has(prefix)) return named(found.sets.at(prefix));
    if (!prefix.empty() || complete.empty()) fail_missing(folder, found, prefix);
    if (complete.size() == 1) return named(found.sets.at(complete.front()));
    std::vector<std::string> names_of;
    for (const std::string& one : complete) names_of.push_back(shown(one));
    throw error(fmt::format("{}: expected the files of one data set, found those of {}; give one of them, as in {}",
                            shown(folder), listed(names_of), shown(folder / complete.front())));
}

bool has_idx_files(const path& folder, const std::string& prefix) {
    std::error_code ignored;
    const contents found = look_into(folder, ignored);
    const auto at = found.sets.find(prefix);
    return at != found.sets.end() && at->second.complete();
}

split load_idx_files(const idx_files& files, int train_images, int test_images, const extents_check& check) {
    const image_extents train = idx_extents(files.train_images, files.train_labels),
                        test = idx_extents(files.test_images, files.test_labels);
    if (test.rows != train.rows || test.columns != train.columns)
        throw error(fmt::format(
            "{}: expected images of {} x {}, as in {}, found {} x {}; give the four files of one set",
            shown(files.test_images), train.rows, train.columns, shown(files.train_images), test.rows, test.columns));
    if (check) check(train.rows, train.columns);
    const image_range kept{0, first_of(train_images, files.train_images, train.count, "training")},
        kept_of_test{0, first_of(test_images, files.test_images, test.count, "test")};
    split both{std::move(load_idx(files.train_images, files.train_labels, std::span(&kept, 1)).front()),
               std::move(load_idx(files.test_images, files.test_labels, std::span(&kept_of_test, 1)).front())};
    // The files contain no class names, so other data sets have none.
    if (files.train_images.parent_path() == fashion_mnist_folder) {
        both.train.class_names = {"T-shirt", "trousers", "pullover", "dress", "coat",
                                  "sandal",  "shirt",    "sneaker",  "bag",   "ankle boot"};
        both.test.class_names = both.train.class_names;
    }
    return both;
}

bool fashion_mnist_installed(const path& folder) {
    std::error_code ignored;
    const std::vector<std::string> complete = look_into(folder, ignored).complete();
    return complete.size() == 1 || std::count(complete.begin(), complete.end(), "") > 0;
}

split load_fashion_mnist(const path& folder) { return load_idx_files(find_idx_files(folder)); }

}
