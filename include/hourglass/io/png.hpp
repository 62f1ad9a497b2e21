// Pictures of 8 bits a channel and their PNG files. What is drawn on a picture is the business of image_grid.hpp,
// scatter.hpp, line_plot.hpp, histogram.hpp and loss_curves.hpp; reading the pixels of PNG files is not here.
#pragma once

#include "hourglass/io/error.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hourglass::io {

struct picture {
    int width = 0;
    int height = 0;
    int channels = 1;                 // 1: grey, 3: red, green, blue
    std::vector<std::uint8_t> pixels; // height x width x channels, rows from the top
};

// A picture filled with one level in every channel. Throws `error` for an extent below 1 or above 32768 and for
// channels other than 1 and 3.
picture make_picture(int width, int height, int channels, std::uint8_t level = 0);

// Every pixel repeated factor x factor times, 1 <= factor <= 64, so that a small picture is comfortable to look at.
// Throws `error` where the result would be too large.
picture upscale(const picture& small, int factor);

// Writes atomically (see atomic_file.hpp). Throws `error` for a picture whose pixels are not height x width x channels
// and where the file cannot be written.
void write_png(const std::filesystem::path& file, const picture& image);

// Adds texts to a PNG file, by keyword, for whoever asks later where it comes from; keywords have 1 to 79 characters.
// Throws `error` for a file that is no PNG.
void label_png(const std::filesystem::path& file, const std::map<std::string, std::string>& texts);

}
