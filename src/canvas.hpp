// The drawing primitives of the pictures in this folder: rectangles, strokes, text, and axes with ticks. line_plot.cpp,
// scatter.cpp, histogram.cpp, loss_curves.cpp and image_grid.cpp compose pictures from them.
#pragma once

#include "hourglass/io/png.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace hourglass::io {

using colour = std::array<std::uint8_t, 3>;
inline constexpr colour ink{60, 60, 60}, pale_ink{200, 200, 200};

// A rectangle of pixels; right and bottom are exclusive.
struct box {
    int left = 0, top = 0, right = 0, bottom = 0;

    int width() const { return right - left; }
    int height() const { return bottom - top; }
};

struct point {
    double x = 0, y = 0;
};

// Draws on a picture, which must outlive the canvas, and clips to it. On a grey picture, the first channel of a colour
// counts.
class canvas {
public:
    explicit canvas(picture& page) : page_(page) {}

    void blend(int x, int y, const colour& with, double share);
    void fill(const box& where, const colour& with);
    // A line one pixel thick along the inner edge.
    void frame(const box& where, const colour& with);

    // All points within half the thickness of the line from a to b, antialiased, clipped to `within`; a disc if a
    // equals b. The coordinates and their squares must be finite.
    void stroke(point a, point b, double thick, const colour& with, double opacity, const box& within);

    // Text with its top left corner at (x, y). Non-ASCII characters are drawn as question marks.
    void text(int x, int y, std::string_view what, const colour& with = ink);

    const picture& page() const { return page_; }

private:
    picture& page_;
};

inline constexpr int text_height = 14; // of capitals and digits, in pixels
inline constexpr int line_height = 24; // from one line of text to the next
int text_width(std::string_view what);

// The whole picture as a box.
inline box extent_of(const picture& page) { return {0, 0, page.width, page.height}; }

// Bounds of an axis. `place` is the pixel of a value if the axis spans the pixels from `from` to `to`.
struct range {
    double least = 0, most = 1;

    double place(double value, int from, int to) const { return from + (value - least) / (most - least) * (to - from); }
};

// Bounds of the finite values that were added, plus a margin of this fraction on both sides, which changes numbers of
// any magnitude; around 0 without values.
class range_of_values {
public:
    void add(double value);
    range with_margin(double share) const;

private:
    bool any_ = false;
    double least_ = 0, most_ = 0;
};

// A frame around `inside` with four to ten ticks and their numbers on the left and below. whole_numbers is for an x
// that counts; powers_of_ten is for an x that is a decimal logarithm, and labels the original numbers. `inside_of_axes`
// subtracts the margins that frame and numbers need.
enum class ticks { anywhere, whole_numbers, powers_of_ten };
void draw_axes(canvas& on, const box& inside, const range& x, const range& y, ticks of_x = ticks::anywhere);
box inside_of_axes(const box& outside, const range& y);

}
