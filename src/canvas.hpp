// What the pictures of this folder are drawn with: rectangles, strokes, text, and axes with ticks. Which picture is
// made of them is in line_plot.cpp, scatter.cpp, histogram.cpp, loss_curves.cpp and image_grid.cpp.
#pragma once

#include "hourglass/io/png.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hourglass::io {

using colour = std::array<std::uint8_t, 3>;
inline constexpr colour ink{60, 60, 60}, pale_ink{200, 200, 200};

// A rectangle of pixels: right and bottom are the first ones outside.
struct box {
    int left = 0, top = 0, right = 0, bottom = 0;

    int width() const { return right - left; }
    int height() const { return bottom - top; }
};

struct point {
    double x = 0, y = 0;
};

// Draws on a picture, which must outlive it. What lies outside the picture is cut off. On a grey picture colours are
// those of their first channel.
class canvas {
public:
    explicit canvas(picture& page) : page_(page) {}

    void blend(int x, int y, const colour& with, double share);
    void fill(const box& where, const colour& with);
    // A line one pixel thick along the inner edge.
    void frame(const box& where, const colour& with);

    // All within half the thickness of the line from a to b, antialiased, as far as it lies inside `within`. Where a is
    // b, this is a disc. The coordinates are finite, and so are their squares.
    void stroke(point a, point b, double thick, const colour& with, double opacity, const box& within);

    // Text, whose left upper corner is at (x, y). Of characters other than ASCII a question mark is drawn.
    void text(int x, int y, std::string_view what, const colour& with = ink);

    const picture& page() const { return page_; }

private:
    picture& page_;
};

inline constexpr int text_height = 14; // of capitals and digits, pixels
inline constexpr int line_height = 24; // from one line of text to the next
int text_width(std::string_view what);

// The whole picture as a box.
inline box extent_of(const picture& page) { return {0, 0, page.width, page.height}; }

// Bounds of an axis. `place` is the pixel of a value, where the axis reaches from pixel `from` to pixel `to`.
struct range {
    double least = 0, most = 1;

    double place(double value, int from, int to) const { return from + (value - least) / (most - least) * (to - from); }
};

// Bounds from values: the finite ones that were added and a margin of this share on either side, which changes a number
// of any magnitude; around 0 where there was none.
class range_of_values {
public:
    void add(double value);
    range with_margin(double share) const;

private:
    bool any_ = false;
    double least_ = 0, most_ = 0;
};

// A frame around `inside`, with four to ten ticks and their numbers on the left and below; of whole numbers only, where
// x counts something, and where x is a decimal logarithm, of the numbers that it is of. `inside_of_axes` leaves the
// margins that frame and numbers need.
enum class ticks { anywhere, whole_numbers, powers_of_ten };
void draw_axes(canvas& on, const box& inside, const range& x, const range& y, ticks of_x = ticks::anywhere);
box inside_of_axes(const box& outside, const range& y);

}
