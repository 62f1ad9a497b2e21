// hg::save and hg::load of parameters: what was saved comes back, and a file that does not fit changes nothing.
// Trainers are in storage/trainers.cpp.
#include "storage/saving.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

TEST_CASE("parameters and state come back to the bit, under the names of PyTorch's layers") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    theta[noisy::running](1) = std::numeric_limits<float>::quiet_NaN();
    theta[noisy::running](2) = -std::numeric_limits<float>::infinity();
    theta[noisy::scale]() = -0.0F;
    hg::save(folder / "w", theta);
    const io::safetensors_file file = io::read_safetensors(folder / "w");
    CHECK(file.metadata.empty());
    CHECK(file.tensors.size() == 6);
    REQUIRE(file.find("h.weight") != nullptr);
    CHECK(file.find("h.weight")->shape == std::vector<std::int64_t>{3, 5}); // [out, in]
    CHECK(file.find("h.bias")->shape == std::vector<std::int64_t>{3});
    CHECK(file.find("y.weight")->shape == std::vector<std::int64_t>{5, 3});
    CHECK(file.find("running")->shape == std::vector<std::int64_t>{3});
    CHECK(file.find("scale")->shape.empty());
    CHECK(file.find("h.weight")->f32()[5] == theta[hg::name<"h.weight">](1, 0));

    theta_of<float> back{hg::seed = 6};
    hg::load(folder / "w", back);
    CHECK(bits_of(back) == bits_of(theta));
    theta_of<double> in_more{hg::seed = 6};
    hg::load(folder / "w", in_more);
    CHECK(in_more[hg::name<"h.weight">](2, 3) == static_cast<double>(theta[hg::name<"h.weight">](2, 3)));
    hg::save(folder / "w", in_more);
    CHECK(io::read_safetensors(folder / "w").find("h.bias")->type() == io::dtype::f64);
}

TEST_CASE("double to float is rounded to the nearest, and refused where float has no such number") {
    const temporary_folder folder;
    theta_of<double> theta{hg::seed = 5};
    auto bias = theta[hg::name<"h.bias">];
    bias(0) = 0.1;
    bias(1) = 0x1.fffffefffffffp127; // below halfway to 2^128
    bias(2) = 1e-60;
    hg::save(folder / "w", theta);
    theta_of<float> narrow;
    hg::load(folder / "w", narrow);
    const auto narrow_bias = narrow[hg::name<"h.bias">];
    CHECK(narrow_bias(0) == 0.1F);
    CHECK(narrow_bias(1) == std::numeric_limits<float>::max());
    CHECK(narrow_bias(2) == 0);

    bias(1) = -0x1.ffffffp127;
    hg::save(folder / "w", theta);
    const std::string before = bits_of(narrow);
    CHECK(complaint_of(folder / "w", narrow)
              .starts_with("nothing is loaded, since the file does not fit:\n  \"h.bias\": expected numbers that float "
                           "holds, found -3.402823"));
    CHECK(bits_of(narrow) == before);
    const hg::load_result result = hg::load(folder / "w", narrow, hg::matching_only);
    REQUIRE(result.misfits.size() == 1);
    CHECK(result.misfits[0].name == "h.bias");
    bias(1) = std::numeric_limits<double>::infinity();
    hg::save(folder / "w", theta);
    hg::load(folder / "w", narrow);
    CHECK(narrow_bias(1) == std::numeric_limits<float>::infinity());
}

TEST_CASE("everything that does not fit is named in one error, and nothing is changed") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    hg::save(folder / "w", theta);
    hg::parameters<wider::model> other{hg::seed = 7};
    const std::string before = bits_of(other);
    CHECK(complaint_of(folder / "w", other) == "nothing is loaded, since the file does not fit:\n"
                                               "  missing \"z.weight\" [2, 5]\n"
                                               "  missing \"z.bias\" [2]\n"
                                               "  \"h.weight\": expected the shape [4, 5], found [3, 5]\n"
                                               "  \"h.bias\": expected the shape [4], found [3]\n"
                                               "  \"y.weight\": expected the shape [5, 4], found [5, 3]\n"
                                               "  extra \"running\" [3], which the model lacks\n"
                                               "  extra \"scale\" [], which the model lacks\n"
                                               "give the file of this model, or load what fits with hg::matching_only");
    CHECK(bits_of(other) == before);

    const hg::load_result result = hg::load(folder / "w", other, hg::matching_only);
    CHECK(result.missing == std::vector<std::string>{"z.weight", "z.bias"});
    CHECK(result.extra == std::vector<std::string>{"running", "scale"});
    REQUIRE(result.misfits.size() == 3);
    CHECK(result.misfits[1].name == "h.bias");
    CHECK(result.misfits[1].reason == "expected the shape [4], found [3]");
    CHECK(std::ranges::equal(other[hg::name<"y.bias">], theta[hg::name<"y.bias">]));
    CHECK(bits_of(other) != before);
}

TEST_CASE("of many that do not fit the first twenty are named, and the rest counted") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    auto records = hg::records_of(theta);
    for (int i = 100; i < 200; ++i) records.push_back({"t" + std::to_string(i), {}, std::vector<float>{1}});
    io::write_safetensors(folder / "w", records);
    const std::string text = complaint_of(folder / "w", theta);
    CHECK(text.find("extra \"t119\"") != std::string::npos);
    CHECK(text.find("extra \"t120\"") == std::string::npos);
    CHECK(text.find("\n  ... and 80 more\n") != std::string::npos);
}

TEST_CASE("a counter of integers is left out, unless the model has a tensor of its name") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5}, back{hg::seed = 6};
    hg::save(folder / "w", theta);
    std::string bytes = get(folder / "w");
    const auto put_dtype = [&](const std::string& tensor) { // F32 becomes I32, in as many bytes
        std::string changed = bytes;
        changed[changed.find("F32", changed.find('"' + tensor + '"'))] = 'I';
        put(folder / "w", changed);
    };
    put_dtype("running");
    const std::string before = bits_of(back);
    CHECK(complaint_of(folder / "w", back) == "nothing is loaded, since the file does not fit:\n"
                                              "  \"running\": expected floating-point numbers, found I32\n"
                                              "give the file of this model, or load what fits with hg::matching_only");
    CHECK(bits_of(back) == before);
    hg::parameters<wider::model> other{hg::seed = 7};
    const hg::load_result result = hg::load(folder / "w", other, hg::matching_only);
    REQUIRE(result.left_out.size() == 1);
    CHECK(result.left_out[0].name == "running");
    CHECK(result.left_out[0].dtype == "I32");
    CHECK(result.extra == std::vector<std::string>{"scale"});
}

TEST_CASE("saving replaces a file whole or not at all") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    CHECK(message_of<io::error>([&] { hg::save(folder / "none" / "w", theta); }).find("make it first") !=
          std::string::npos);
    put(folder / "w", "older");
    hg::save(folder / "w", theta);
    CHECK(io::read_safetensors(folder / "w").tensors.size() == 6);
    CHECK(folder.entries() == 1);
}
