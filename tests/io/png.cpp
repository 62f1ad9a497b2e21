#include "hourglass/io/png.hpp"

#include "support/folder.hpp"

#include <cstring>
#include <string>

#include <doctest/doctest.h>
#include <png.h>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

io::picture decode(const std::filesystem::path& file) {
    png_image header;
    std::memset(&header, 0, sizeof header);
    header.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_file(&header, file.c_str()) != 0);
    const int channels = (header.format & PNG_FORMAT_FLAG_COLOR) ? 3 : 1;
    CHECK((header.format & PNG_FORMAT_FLAG_ALPHA) == 0);
    header.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
    io::picture image{static_cast<int>(header.width), static_cast<int>(header.height), channels, {}};
    image.pixels.resize(PNG_IMAGE_SIZE(header));
    REQUIRE(png_image_finish_read(&header, nullptr, image.pixels.data(), 0, nullptr) != 0);
    return image;
}

io::picture pattern(int width, int height, int channels) {
    io::picture image = io::make_picture(width, height, channels);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
        image.pixels[i] = static_cast<std::uint8_t>(i * i * 31 + i * 7);
    return image;
}

}

TEST_CASE("pictures come back from PNG as they went in") {
    const temporary_folder folder;
    for (const int channels : {1, 3})
        for (const int width : {1, 7, 8, 255, 1000})
            for (const int height : {1, 3, 300}) {
                CAPTURE(channels);
                CAPTURE(width);
                CAPTURE(height);
                const io::picture image = pattern(width, height, channels);
                io::write_png(folder / "image.png", image);
                const io::picture back = decode(folder / "image.png");
                CHECK(back.width == width);
                CHECK(back.height == height);
                CHECK(back.channels == channels);
                CHECK(back.pixels == image.pixels);
                const std::string bytes = get(folder / "image.png");
                CHECK(bytes.substr(1, 3) == "PNG");
                CHECK(bytes[24] == 8);                       // bits a channel
                CHECK(bytes[25] == (channels == 1 ? 0 : 2)); // grey, or true colour
            }
    CHECK(folder.entries() == 1);
}

TEST_CASE("scaling up repeats pixels") {
    const io::picture small{2, 1, 3, {1, 2, 3, 4, 5, 6}};
    const io::picture large = io::upscale(small, 2);
    CHECK(large.width == 4);
    CHECK(large.height == 2);
    CHECK(large.pixels ==
          std::vector<std::uint8_t>{1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6});
    CHECK(io::upscale(small, 1).pixels == small.pixels);
}

TEST_CASE("what is no picture is refused in words, and nothing is written") {
    const temporary_folder folder;
    put(folder / "a.png", "good");
    const auto complaint = [&](const io::picture& image) {
        return message_of<io::error>([&] { io::write_png(folder / "a.png", image); })
            .substr((folder / "a.png").string().size());
    };
    CHECK(complaint({0, 5, 1, {}}) == ": expected a picture of 1 x 1 to 32768 x 32768 pixels, found 0 x 5");
    CHECK(complaint({5, 32769, 1, {}}) == ": expected a picture of 1 x 1 to 32768 x 32768 pixels, found 5 x 32769");
    CHECK(complaint({1, 1, 2, {0, 0}}) == ": expected 1 channel (grey) or 3 (red, green, blue), found 2");
    CHECK(complaint({2, 2, 3, {0}}) == ": expected 12 bytes for 2 x 2 pixels in 3 channels, found 1");
    CHECK(get(folder / "a.png") == "good");
    CHECK(message_of<io::error>([] { io::make_picture(-1, 2, 1); }) ==
          "make_picture: expected a picture of 1 x 1 to 32768 x 32768 pixels, found -1 x 2");
    CHECK(message_of<io::error>([] {
              io::upscale({1, 1, 1, {0}}, 65);
          }) == "upscale: expected a factor of 1 to 64, found 65");
    CHECK(message_of<io::error>([] {
              io::upscale({1, 1, 1, {}}, 2);
          }) == "upscale: expected 1 bytes for 1 x 1 pixels in 1 channels, found 0");
    CHECK(message_of<io::error>([] { io::upscale(io::make_picture(1000, 1, 1), 64); }) ==
          "make_picture: expected a picture of 1 x 1 to 32768 x 32768 pixels, found 64000 x 64");
    CHECK(message_of<io::error>([&] {
              io::write_png(folder / "none/a.png", io::make_picture(1, 1, 1));
          }).find("expected the folder") != std::string::npos);
}
