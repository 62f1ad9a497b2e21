// Pictures with 8 bits per channel, and their PNG files. image_grid.hpp, scatter.hpp, line_plot.hpp, histogram.hpp and
// loss_curves.hpp draw them. Does not read the pixels of PNG files.
#pragma once

#include "hourglass/io/error.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hourglass::io {

/// A picture with 8 bits per channel.
struct picture {
    int width = 0;                    ///< pixels
    int height = 0;                   ///< pixels
    int channels = 1;                 ///< 1: grey; 3: red, green, blue
    std::vector<std::uint8_t> pixels; ///< height x width x channels, rows from the top
};

/// Returns a picture filled with one level in every channel. Throws `error` for an extent below 1 or above 32768 and
/// for channels other than 1 and 3.
picture make_picture(int width, int height, int channels, std::uint8_t level = 0);

/// Returns a picture in which each pixel is repeated factor x factor times, 1 <= factor <= 64, to make a small picture
/// comfortable to view. Throws `error` if the result would be too large.
picture upscale(const picture& small, int factor);

/// Writes a picture atomically (see atomic_file.hpp). Throws `error` if it does not have height x width x channels
/// pixels, or the file cannot be written.
void write_png(const std::filesystem::path& file, const picture& image);

/// Adds texts to a PNG file, by keyword, to record where it came from. Keywords have 1 to 79 characters. Throws `error`
/// if the file is not a PNG.
void label_png(const std::filesystem::path& file, const std::map<std::string, std::string>& texts);

}
