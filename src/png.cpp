#include "hourglass/io/png.hpp"

#include "hourglass/io/atomic_file.hpp"
#include "quote.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>
#include <png.h>
#include <zlib.h>

namespace hourglass::io {
namespace {

constexpr int largest_extent = 32768;

std::size_t size_of(int width, int height, int channels) {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels);
}

// Explains why these cannot be the extents of a picture; empty if they can.
std::string wrong_extents(int width, int height, int channels) {
    if (width < 1 || height < 1 || width > largest_extent || height > largest_extent)
        return fmt::format("expected a picture of 1 x 1 to {} x {} pixels, found {} x {}", largest_extent,
                           largest_extent, width, height);
    if (channels != 1 && channels != 3)
        return fmt::format("expected 1 channel (grey) or 3 (red, green, blue), found {}", channels);
    return {};
}

std::string wrong_picture(const picture& image) {
    std::string wrong = wrong_extents(image.width, image.height, image.channels);
    const std::size_t expected = wrong.empty() ? size_of(image.width, image.height, image.channels) : 0;
    if (wrong.empty() && image.pixels.size() != expected)
        wrong = fmt::format("expected {} bytes for {} x {} pixels in {} channels, found {}", expected, image.width,
                            image.height, image.channels, image.pixels.size());
    return wrong;
}

}

picture make_picture(int width, int height, int channels, std::uint8_t level) {
    if (const std::string wrong = wrong_extents(width, height, channels); !wrong.empty())
        throw error("make_picture: " + wrong);
    return {width, height, channels, std::vector<std::uint8_t>(size_of(width, height, channels), level)};
}

picture upscale(const picture& small, int factor) {
    if (const std::string wrong = wrong_picture(small); !wrong.empty()) throw error("upscale: " + wrong);
    if (factor < 1 || factor > 64) throw error(fmt::format("upscale: expected a factor of 1 to 64, found {}", factor));
    picture large = make_picture(small.width * factor, small.height * factor, small.channels);
    const auto channels = static_cast<std::size_t>(small.channels);
    const std::size_t line = static_cast<std::size_t>(large.width) * channels;
    const auto repeat = static_cast<std::size_t>(factor);
    auto from = small.pixels.cbegin();
    for (std::size_t y = 0; y < static_cast<std::size_t>(small.height); ++y) {
        std::uint8_t* first = large.pixels.data() + y * repeat * line;
        std::uint8_t* to = first;
        for (int x = 0; x < small.width; ++x, from += small.channels)
            for (std::size_t i = 0; i < repeat; ++i) to = std::copy_n(from, channels, to);
        for (std::size_t i = 1; i < repeat; ++i) std::copy_n(first, line, first + i * line);
    }
    return large;
}

void write_png(const std::filesystem::path& file, const picture& image) {
    if (const std::string wrong = wrong_picture(image); !wrong.empty())
        throw error(fmt::format("{}: {}", shown(file), wrong));
    // Uses libpng's simplified interface, which reports errors without longjmp; longjmp must not skip destructors.
    png_image header;
    std::memset(&header, 0, sizeof header);
    header.version = PNG_IMAGE_VERSION;
    header.width = static_cast<png_uint_32>(image.width);
    header.height = static_cast<png_uint_32>(image.height);
    header.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
    std::vector<std::byte> encoded(size);
    if (png_image_write_to_memory(&header, encoded.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0) {
        const std::string reason = header.message;
        png_image_free(&header);
        throw error(fmt::format("{}: cannot be encoded as PNG: {}", shown(file), reason));
    }
    write_file(file, std::span(encoded).first(size));
}

// A chunk has a length, a type, data and a checksum, big-endian: https://www.w3.org/TR/png-3, section 5.
void label_png(const std::filesystem::path& file, const std::map<std::string, std::string>& texts) {
    constexpr std::size_t header = 8 + 4 + 4 + 13 + 4; // the signature and the first chunk, IHDR
    std::ifstream in(file, std::ios::binary);
    const std::string old{std::istreambuf_iterator<char>(in), {}};
    if (!old.starts_with("\x89PNG\r\n\x1a\n") || old.size() < header)
        throw error(fmt::format("{}: expected a PNG file, found something else", file.string()));
    std::string labelled = old.substr(0, header);
    const auto append = [&](std::size_t number) {
        for (const unsigned shift : {24U, 16U, 8U, 0U}) labelled += static_cast<char>(number >> shift & 0xffU);
    };
    for (const auto& [keyword, text] : texts) {
        const std::string chunk = "tEXt" + keyword + '\0' + text;
        append(chunk.size() - 4);
        labelled += chunk;
        append(::crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size())));
    }
    write_file(file, labelled + old.substr(header));
}

}
