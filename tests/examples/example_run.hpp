// What the tests of the examples share: an example's main() is run in this process on a few hundred drawn images, and
// what it leaves is read back. A test includes its example's source under another name for main.
#pragma once

#include "support/folder.hpp"

#include <hourglass/io/safetensors.hpp>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace hourglass_test {

using main_function = int(int, char**);

inline int run_main(main_function& example, std::vector<std::string> words) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return example(static_cast<int>(words.size()), argv.data());
}

// 600 images are four batches of 128 and one of 88.
inline int run_example(main_function& example, const std::filesystem::path& out,
                       const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"example", "--data",        "shapes", "--out",    out.string(), "--train-images",
                                   "600",     "--test-images", "150",    "--epochs", "3"};
    words.insert(words.end(), more.begin(), more.end());
    return run_main(example, words);
}

inline std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

inline void check_picture(const std::filesystem::path& file) {
    CAPTURE(file);
    const std::string bytes = get(file);
    REQUIRE(bytes.size() > 100);
    CHECK(bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n");
    CHECK(big_endian(bytes, 16) >= 200); // width
    CHECK(big_endian(bytes, 20) >= 200); // height
    CHECK(bytes.substr(bytes.size() - 8, 4) == "IEND");
}

// The terms are the same, in order, for training and testing; the first of them, the loss, falls.
inline void check_metrics(const std::filesystem::path& file, const std::string& model,
                          const std::vector<std::string>& terms) {
    const auto all = nlohmann::ordered_json::parse(get(file));
    CHECK(all.at("model") == model);
    const auto& epochs = all.at("epochs");
    REQUIRE(epochs.size() == 3);
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        CHECK(epochs[i].at("epoch") == static_cast<int>(i) + 1);
        CHECK(epochs[i].at("seconds").get<double>() > 0);
        for (const char* part : {"train", "test"}) {
            std::vector<std::string> found;
            for (const auto& [name, value] : epochs[i].at(part).items()) {
                found.push_back(name);
                CHECK(std::isfinite(value.get<double>()));
            }
            CHECK(found == terms);
        }
    }
    for (const char* part : {"train", "test"})
        CHECK(epochs[2].at(part).at(terms[0]).get<double>() < 0.95 * epochs[0].at(part).at(terms[0]).get<double>());
}

inline void check_weights(const std::filesystem::path& file,
                          const std::map<std::string, std::vector<std::int64_t>>& shapes) {
    const auto read = hourglass::io::read_safetensors(file);
    std::map<std::string, std::vector<std::int64_t>> found;
    for (const auto& tensor : read.tensors) found[tensor.name] = tensor.shape;
    CHECK(found == shapes);
}

}
