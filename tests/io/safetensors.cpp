#include "hourglass/io/safetensors.hpp"

#include "support/folder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <doctest/doctest.h>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

std::string with_length(const std::string& header, const std::string& data = {}) {
    std::string bytes;
    for (std::size_t i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i));
    return bytes + header + data;
}

// What the reader says to these bytes, without the path in front.
std::string complaint(const std::string& bytes) {
    const temporary_folder folder;
    put(folder / "w", bytes);
    const std::string text = message_of<io::error>([&] { io::read_safetensors(folder / "w"); });
    const std::string start = (folder / "w").string() + ": ";
    REQUIRE_MESSAGE(text.starts_with(start), text);
    return text.substr(start.size());
}

// A file of one tensor "a", all of whose description is given.
std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets, std::size_t data) {
    return with_length("{\"a\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}",
                       std::string(data, '\0'));
}

std::string two(const std::string& first, const std::string& second, std::size_t data) {
    return with_length("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + first +
                           "},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + second + "}}",
                       std::string(data, '\0'));
}

}

TEST_CASE("tensors come back as they went in") {
    const temporary_folder folder;
    const std::vector<io::tensor_record> tensors{
        {"h.weight", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, -0.0F}},
        {"step", {}, std::vector<double>{1e-300}},
        {"h.bias", {2}, std::vector<float>{0.1F, 3e38F}},
        {"empty", {0, 9223372036854775807, 2}, std::vector<double>{}},
        {"a name of \"any\" kind \xc3\xa9\n", {1}, std::vector<float>{7}},
    };
    const std::map<std::string, std::string> metadata{{"model", "vae"}, {"made by", "a test"}};
    io::write_safetensors(folder / "w", tensors, metadata);
    CHECK(folder.entries() == 1);
    const io::safetensors_file back = io::read_safetensors(folder / "w");
    CHECK(back.metadata == metadata);
    CHECK(back.tensors.size() == tensors.size());
    for (const io::tensor_record& tensor : tensors) {
        CAPTURE(tensor.name);
        const io::tensor_record* found = back.find(tensor.name);
        REQUIRE(found != nullptr);
        CHECK(found->shape == tensor.shape);
        CHECK(found->type() == tensor.type());
        CHECK(found->values == tensor.values);
    }
    CHECK(back.find("none") == nullptr);
    CHECK(back.tensors[0].type() == io::dtype::f64); // doubles first
    CHECK(back.find("h.bias")->f32()[0] == 0.1F);
    CHECK(message_of<io::error>([&] { back.find("h.bias")->f64(); }) == "tensor \"h.bias\": expected F64, found F32");
    CHECK(message_of<io::error>([&] { back.find("step")->f32(); }) == "tensor \"step\": expected F32, found F64");
}

TEST_CASE("the bytes are those of the format") {
    const temporary_folder folder;
    const std::vector<io::tensor_record> tensors{{"b", {1, 2}, std::vector<float>{1, -2}},
                                                 {"a", {1}, std::vector<float>{0.5F}}};
    io::write_safetensors(folder / "w", tensors);
    std::string header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                         "\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]}}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    CHECK(get(folder / "w") == with_length(header, std::string("\0\0\0\x3f\0\0\x80\x3f\0\0\0\xc0", 12)));

    io::write_safetensors(folder / "reversed", std::vector{tensors[1], tensors[0]});
    CHECK(get(folder / "reversed") == get(folder / "w"));
    io::write_safetensors(folder / "empty", {});
    CHECK(get(folder / "empty") == with_length("{}      "));
    CHECK(io::read_safetensors(folder / "empty").tensors.empty());
}

TEST_CASE("what cannot be written is refused in words, and the old file stays") {
    const temporary_folder folder;
    put(folder / "w", "good");
    const auto refused = [&](const std::vector<io::tensor_record>& tensors,
                             const std::map<std::string, std::string>& m = {}) {
        return message_of<io::error>([&] { io::write_safetensors(folder / "w", tensors, m); })
            .substr((folder / "w").string().size());
    };
    const std::vector<float> three{1, 2, 3};
    CHECK(refused({{"a", {2}, three}}) == ": tensor \"a\": expected 2 values for shape [2], found 3");
    CHECK(refused({{"a", {}, three}}) == ": tensor \"a\": expected 1 values for shape [], found 3");
    CHECK(refused({{"a", {-3}, three}}) == ": tensor \"a\": expected extents of at least 0, found shape [-3]");
    CHECK(refused({{"a", {1LL << 62, 4}, three}}) ==
          ": tensor \"a\": expected more than 2^63 values for shape [4611686018427387904, 4], found 3");
    CHECK(refused({{"a", {3}, three}, {"a", {3}, three}}) ==
          ": tensor \"a\": expected every name once, found it twice");
    CHECK(refused({{"__metadata__", {3}, three}}) ==
          ": tensor \"__metadata__\": expected a name other than __metadata__, which the format keeps");
    CHECK(refused({{"\xff", {3}, three}}).starts_with(": header: expected names and metadata in UTF-8, found "));
    CHECK(refused({{"a", {3}, three}}, {{"model", "\xff"}})
              .starts_with(": header: expected names and metadata in UTF-8"));
    CHECK(get(folder / "w") == "good");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a missing file and a folder are named") {
    const temporary_folder folder;
    CHECK(message_of<io::error>([&] { io::read_safetensors(folder / "none"); }) ==
          (folder / "none").string() +
              ": expected a safetensors file, but it cannot be opened: No such file or directory");
    CHECK(message_of<io::error>([&] { io::read_safetensors(folder.path()); }) ==
          folder.path().string() + ": expected a safetensors file, found a folder");
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(message_of<io::error>([&] { io::read_safetensors(folder / "pipe"); }) ==
          (folder / "pipe").string() + ": expected a safetensors file, found a device, pipe or socket");
}

TEST_CASE("a wrong header is refused in words") {
    CHECK(complaint("abc") == "header length: expected 8 bytes, found a file of 3");
    CHECK(complaint("<!DOCTYPE html>") ==
          "header length: expected at most 100000000, found 5789751444030890300; is it a safetensors file?");
    CHECK(complaint(std::string("\x20\0\0\0\0\0\0\0{}", 10)) ==
          "header length: expected at most the 2 bytes that follow it, found 32; the file is truncated");
    CHECK(complaint(with_length("")) == "header: expected JSON that begins with '{', found nothing");
    CHECK(complaint(with_length(" {}")) == "header: expected JSON that begins with '{', found byte 20");
    CHECK(
        complaint(with_length("{\"a\"}")).starts_with("header: expected JSON, found [json.exception.parse_error.101]"));
    CHECK(complaint(with_length("{\"\xff\":{}}"))
              .starts_with("header: expected JSON, found [json.exception.parse_error.101]"));
    CHECK(complaint(with_length("{\"a\":[[[[[[1]]]]]]}")) == "tensor \"a\": expected an object, found list");
    CHECK(complaint(with_length("{\"a\":" + std::string(1000000, '[') + "}")) ==
          "tensor \"a\": expected an object, found list");
    CHECK(complaint(with_length("{\"a\":{\"shape\":[[[1]]]}}")) ==
          "tensor \"a\": shape: expected a whole number from 0 to 2^63 - 1, found list");
    CHECK(complaint(with_length("{\"__metadata__\":{},\"__metadata__\":{}}")) ==
          "header: expected every name once, found \"__metadata__\" twice");
    CHECK(complaint(with_length("{\"a\":{\"shape\":[],\"shape\":[]}}")) ==
          "header: expected every name once, found \"shape\" twice");
    CHECK(complaint(with_length("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}")) ==
          "header: expected every name once, found \"a\" twice");
    const std::string tensor = "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    CHECK(complaint(with_length("{" + tensor + "," + tensor + "}")) ==
          "header: expected every name once, found \"a\" twice");
    CHECK(complaint(with_length("{\"__metadata__\":1}")) == "__metadata__: expected an object, found number");
    CHECK(complaint(with_length("{\"__metadata__\":{\"epoch\":1}}")) ==
          "__metadata__.epoch: expected a string, found number");
}

TEST_CASE("after the header's JSON there are spaces and nothing else") {
    const std::string tensor = "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
    const temporary_folder folder;
    put(folder / "w", with_length(tensor + "       "));
    CHECK(io::read_safetensors(folder / "w").tensors.size() == 1);
    const auto place = std::to_string(tensor.size());
    CHECK(complaint(with_length(tensor + std::string(3, '\0'))) ==
          "header: expected JSON, found byte 00 at place " + place);
    CHECK(complaint(with_length(tensor + std::string("\0garbage}", 9))) ==
          "header: expected JSON, found byte 00 at place " + place);
    CHECK(complaint(with_length(tensor + "}")).starts_with("header: expected JSON, found "));
    CHECK(complaint(with_length(tensor + " {}")).starts_with("header: expected JSON, found "));
    CHECK(complaint(with_length(tensor + "\n")) ==
          "header: expected JSON that ends with '}' and then nothing but spaces, found byte 0a");
    CHECK(complaint(with_length(tensor + " x")) ==
          "header: expected JSON that ends with '}' and then nothing but spaces, found byte 78");
}

TEST_CASE("messages quote no more than a line of the file, and no control characters") {
    const std::string name(5000000, 'n');
    const std::string cut = std::string(80, 'n') + "... (5000000 bytes)";
    CHECK(complaint(with_length("{\"" + name + "\":1}")) == "tensor \"" + cut + "\": expected an object, found number");
    CHECK(complaint(one("\"" + name + "\"", "[0]", "[0,0]", 0)).size() < 250);
    CHECK(complaint(one("\"F32\"", "[" + std::string(5000000, '7') + "]", "[0,0]", 0)).size() < 250);
    CHECK(complaint(one("\"F32\"", "[\"" + name + "\"]", "[0,0]", 0)).size() < 250);
    CHECK(complaint(with_length("{\"a\":{\"" + name + "\":1}}")).size() < 250);
    CHECK(complaint(with_length("{\"__metadata__\":{\"" + name + "\":1}}")).size() < 250);
    CHECK(complaint(with_length("{" + name + "}")).size() < 250);
    CHECK(complaint(with_length("{\"\\u001b[31m\\n\":1}")) ==
          "tensor \"\\x1b[31m\\x0a\": expected an object, found number");
    std::string accented; // two bytes each: the cut is between characters
    for (int i = 0; i < 60; ++i) accented += "\xc3\xa9";
    CHECK(complaint(with_length("{\"x" + accented + "\":1}")) ==
          "tensor \"x" + accented.substr(0, 78) + "... (121 bytes)\": expected an object, found number");
}

TEST_CASE("half precision and bfloat16 are converted exactly") {
    const temporary_folder folder;
    const auto read = [&](const std::string& type, const std::vector<std::uint16_t>& bits) {
        const std::string size = std::to_string(2 * bits.size());
        put(folder / "w", with_length("{\"a\":{\"dtype\":\"" + type + "\",\"shape\":[" + std::to_string(bits.size()) +
                                          "],\"data_offsets\":[0," + size + "]}}",
                                      std::string(reinterpret_cast<const char*>(bits.data()), 2 * bits.size())));
        const io::safetensors_file file = io::read_safetensors(folder / "w");
        const auto found = file.tensors.at(0).f32();
        return std::vector<float>(found.begin(), found.end());
    };
    constexpr float infinity = std::numeric_limits<float>::infinity();
    CHECK(read("F16", {0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8001, 0x7c00, 0xfc00}) ==
          std::vector<float>{1, -2, 0x1.554p-2F, 65504, 0x1p-14F, 0x1.ff8p-15F, 0x1p-24F, -0x1p-24F, infinity,
                             -infinity});
    CHECK(read("BF16", {0x3f80, 0xc000, 0x3eab, 0x7f7f, 0x0001, 0x7f80, 0xff80}) ==
          std::vector<float>{1, -2, 0x1.56p-2F, 0x1.fep127F, 0x1p-133F, infinity, -infinity});
    for (const char* type : {"F16", "BF16"}) {
        const auto odd = read(type, {0x8000, 0x7fff, 0xffff});
        CHECK((odd[0] == 0 && std::signbit(odd[0])));
        CHECK((std::isnan(odd[1]) && std::isnan(odd[2]) && !std::signbit(odd[1]) && std::signbit(odd[2])));
    }
    std::vector<std::uint16_t> all(65536); // every number of half precision lies between its neighbours
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
    const auto values = read("F16", all);
    for (std::size_t i = 0; i + 1 < 0x7c00; ++i) {
        CHECK(values[i] < values[i + 1]);
        CHECK(values[i + 0x8000] == -values[i]);
        const int exponent = std::max(1, static_cast<int>(i >> 10)) - 15;
        CHECK(values[i + 1] - values[i] == std::ldexp(1.0F, exponent - 10));
    }
}

TEST_CASE("tensors that hold no weights are left out and reported") {
    const temporary_folder folder;
    const auto described = [](const char* name, const char* type, const char* shape, int begin, int end) {
        return "\"" + std::string(name) + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
               std::to_string(begin) + "," + std::to_string(end) + "]}";
    };
    std::string data(19, '\1');
    const float value = 7;
    std::memcpy(data.data() + 14, &value, 4);
    put(folder / "w",
        with_length("{" + described("count", "I64", "[]", 0, 8) + "," + described("w", "F32", "[1]", 14, 18) + "," +
                        described("six", "F6_E2M3", "[4]", 11, 14) + "," + described("mask", "BOOL", "[3]", 8, 11) +
                        "," + described("small", "F8_E4M3", "[1,1]", 18, 19) + "}",
                    data));
    const io::safetensors_file file = io::read_safetensors(folder / "w");
    REQUIRE(file.tensors.size() == 1);
    CHECK(file.find("w")->f32()[0] == 7);
    REQUIRE(file.left_out.size() == 4);
    CHECK(file.left_out[0].name == "count");
    CHECK(file.left_out[0].dtype == "I64");
    CHECK(file.left_out[0].shape.empty());
    CHECK(file.left_out[1].dtype == "BOOL");
    CHECK(file.left_out[2].dtype == "F6_E2M3");
    CHECK(file.left_out[3].shape == std::vector<std::int64_t>{1, 1});
    CHECK(complaint(one("\"I64\"", "[2]", "[0,8]", 8)) ==
          "tensor \"a\": expected the bytes of 2 values of I64 (shape [2]), found 8 between its offsets");
    CHECK(complaint(one("\"F4\"", "[3]", "[0,1]", 1)) ==
          "tensor \"a\": expected the bytes of 3 values of F4 (shape [3]), found 1 between its offsets");
}

TEST_CASE("a hundred thousand tensors come back") {
    const temporary_folder folder;
    std::vector<io::tensor_record> tensors;
    for (int i = 0; i < 100000; ++i)
        tensors.push_back({"layer." + std::to_string(i), {1}, std::vector<float>{static_cast<float>(i)}});
    io::write_safetensors(folder / "w", tensors);
    const auto file = io::read_safetensors(folder / "w");
    REQUIRE(file.tensors.size() == tensors.size());
    for (const auto& tensor : file.tensors)
        CHECK(tensor.name == "layer." + std::to_string(static_cast<int>(tensor.f32()[0])));
}

TEST_CASE("a wrong description of a tensor is refused in words") {
    CHECK(complaint(with_length("{\"a\":1}")) == "tensor \"a\": expected an object, found number");
    CHECK(complaint(with_length("{\"a\":{}}")) == "tensor \"a\": expected the field \"dtype\", found none");
    CHECK(complaint(with_length("{\"a\":{\"dtype\":\"F32\"}}")) ==
          "tensor \"a\": expected the field \"shape\", found none");
    CHECK(complaint(with_length("{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}")) ==
          "tensor \"a\": expected the field \"data_offsets\", found none");
    CHECK(complaint(with_length("{\"a\":{\"type\":1}}")) ==
          "tensor \"a\": expected dtype, shape and data_offsets, found \"type\"");
    CHECK(complaint(one("\"BF17\"", "[2]", "[0,4]", 4)) == "tensor \"a\": dtype: expected an element type of the "
                                                           "format, such as \"F32\", found \"BF17\"; convert the file "
                                                           "first");
    CHECK(complaint(one("32", "[2]", "[0,4]", 4)) == "tensor \"a\": dtype: expected a string, found number");
    CHECK(complaint(one("\"F32\"", "2", "[0,8]", 8)) == "tensor \"a\": shape: expected a list, found number");
    CHECK(complaint(one("\"F32\"", "[-2]", "[0,8]", 8)) ==
          "tensor \"a\": shape: expected a whole number from 0 to 2^63 - 1, found -2");
    CHECK(complaint(one("\"F32\"", "[2.0]", "[0,8]", 8)) ==
          "tensor \"a\": shape: expected a whole number from 0 to 2^63 - 1, found 2.0");
    CHECK(complaint(one("\"F32\"", "[9223372036854775808]", "[0,8]", 8)) ==
          "tensor \"a\": shape: expected a whole number from 0 to 2^63 - 1, found 9223372036854775808");
    CHECK(complaint(one("\"F32\"", "[2]", "[0]", 8)) ==
          "tensor \"a\": data_offsets: expected a list of 2 numbers, found 1");
    CHECK(complaint(one("\"F32\"", "[2]", "[0,8,8]", 8)) ==
          "tensor \"a\": data_offsets: expected a list of 2 numbers, found more");
    CHECK(complaint(one("\"F32\"", "[2]", "8", 8)) ==
          "tensor \"a\": data_offsets: expected a list of 2 numbers, found number");
    std::string many = "[1";
    for (int axis = 1; axis < 64; ++axis) many += ",1";
    CHECK(complaint(one("\"F32\"", many + ",1]", "[0,4]", 4)) ==
          "tensor \"a\": shape: expected at most 64 axes, found more");
    CHECK(
        complaint(one("\"F32\"", many + "]", "[0,8]", 8)).starts_with("tensor \"a\": expected the bytes of 1 values"));
    CHECK(complaint(one("\"F32\"", "[2]", "[0,\"8\"]", 8)) ==
          "tensor \"a\": data_offsets: expected a whole number from 0 to 2^63 - 1, found \"8\"");
    CHECK(complaint(one("\"F32\"", "[2]", "[8,0]", 8)) ==
          "tensor \"a\": data_offsets: expected begin <= end <= 8 (the bytes after the header), found [8, 0]");
    CHECK(complaint(one("\"F32\"", "[2]", "[0,8]", 7)) ==
          "tensor \"a\": data_offsets: expected begin <= end <= 7 (the bytes after the header), found [0, 8]");
    CHECK(complaint(one("\"F32\"", "[3]", "[0,8]", 8)) ==
          "tensor \"a\": expected the bytes of 3 values of F32 (shape [3]), found 8 between its offsets");
    CHECK(complaint(one("\"F64\"", "[2]", "[0,8]", 8)) ==
          "tensor \"a\": expected the bytes of 2 values of F64 (shape [2]), found 8 between its offsets");
    // Products that pass 64 bits, in values or in bytes, whose low bits would fit.
    CHECK(complaint(one("\"F32\"", "[4294967296,4294967296]", "[0,0]", 0)) ==
          "tensor \"a\": expected the bytes of more than 2^63 values of F32 (shape [4294967296, 4294967296]), found 0 "
          "between "
          "its offsets");
    CHECK(
        complaint(one("\"F32\"", "[4611686018427387904]", "[0,0]", 0)) ==
        "tensor \"a\": expected the bytes of 4611686018427387904 values of F32 (shape [4611686018427387904]), found 0 "
        "between its offsets");
}

TEST_CASE("data with holes, overlaps or leftovers is refused in words") {
    CHECK(complaint(two("[0,8]", "[4,12]", 12)) ==
          "tensor \"b\": data_offsets: expected to begin at 8, where the one before ends, found 4: the data overlaps");
    CHECK(complaint(two("[0,8]", "[0,8]", 8)) ==
          "tensor \"b\": data_offsets: expected to begin at 8, where the one before ends, found 0: the data overlaps");
    CHECK(
        complaint(two("[0,8]", "[12,20]", 20)) ==
        "tensor \"b\": data_offsets: expected to begin at 8, where the one before ends, found 12: the data has a hole");
    CHECK(
        complaint(two("[4,12]", "[12,20]", 20)) ==
        "tensor \"a\": data_offsets: expected to begin at 0, where the one before ends, found 4: the data has a hole");
    CHECK(complaint(two("[0,8]", "[8,16]", 17)) ==
          "data: expected 16 bytes, the end of the last tensor, found 17: there is trailing data");
    CHECK(complaint(with_length("{}", "x")) ==
          "data: expected 0 bytes, the end of the last tensor, found 1: there is trailing data");
}

TEST_CASE("every truncation and every changed byte of the header is an error or a file of the same size") {
    const temporary_folder folder;
    io::write_safetensors(folder / "w", std::vector<io::tensor_record>{{"a", {2}, std::vector<float>{1, 2}},
                                                                       {"b", {1}, std::vector<double>{3}}});
    const std::string good = get(folder / "w");
    for (std::size_t size = 0; size < good.size(); ++size) {
        put(folder / "cut", good.substr(0, size));
        CAPTURE(size);
        CHECK_THROWS_AS(io::read_safetensors(folder / "cut"), io::error);
    }
    for (std::size_t at = 0; at < good.size() - 16; ++at)
        for (const unsigned flip : {1U, 2U, 16U, 128U}) {
            std::string bad = good;
            bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ flip);
            put(folder / "bad", bad);
            try {
                std::size_t bytes = 0;
                for (const auto& tensor : io::read_safetensors(folder / "bad").tensors)
                    bytes += tensor.type() == io::dtype::f32 ? tensor.f32().size_bytes() : tensor.f64().size_bytes();
                CHECK(bytes == 16);
            } catch (const io::error&) {
                // refused in words; any other exception would end the test
            }
        }
}
