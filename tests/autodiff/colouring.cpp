// Colourings of sparse matrices: from the products with their directions each element can be read, and colours are
// given greedily, the first that is allowed, as a slow search by the definition gives them.
#include <hourglass/autodiff/colouring.hpp>

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <vector>

namespace hg = hourglass;

namespace {

using matrix = std::vector<std::vector<bool>>;

hg::sparse_pattern pattern_of(const matrix& of) {
    hg::sparse_pattern p;
    p.rows = static_cast<int>(of.size());
    p.columns = static_cast<int>(of[0].size());
    p.row_starts.push(0);
    for (const std::vector<bool>& row : of) {
        for (int j = 0; j < p.columns; ++j)
            if (row[static_cast<std::size_t>(j)]) p.column_of.push(j);
        p.row_starts.push(p.column_of.size());
    }
    return p;
}
matrix random_matrix(int rows, int columns, int of_hundred, unsigned seed) {
    std::mt19937 random(seed);
    matrix m(static_cast<std::size_t>(rows), std::vector<bool>(static_cast<std::size_t>(columns)));
    for (std::vector<bool>& row : m)
        for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<int>(random() % 100) < of_hundred;
    return m;
}
matrix symmetric(matrix m) {
    for (std::size_t i = 0; i < m.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) m[i][j] = m[j][i];
    return m;
}

// Whether column j may have a colour, where those before it have theirs: no row has two of one colour.
bool fits_apart(const matrix& m, const std::vector<int>& colours, std::size_t j, int colour) {
    for (const std::vector<bool>& row : m)
        for (std::size_t k = 0; k < j; ++k)
            if (row[j] && row[k] && colours[k] == colour) return false;
    return true;
}
// The same where either of two mirrored elements is enough: neighbours differ, and no path of four has two colours.
bool fits_star(const matrix& m, std::vector<int> colours, std::size_t j, int colour) {
    colours[j] = colour;
    const std::size_t n = m.size();
    const auto are_neighbours = [&](std::size_t a, std::size_t b) { return a != b && m[a][b]; };
    const auto is_path = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
        return are_neighbours(a, b) && are_neighbours(b, c) && are_neighbours(c, d) && a != c && b != d && a != d;
    };
    for (std::size_t a = 0; a < n; ++a) {
        if (are_neighbours(a, j) && colours[a] == colour) return false;
        for (std::size_t b = 0; b < n; ++b)
            for (std::size_t c = 0; c < n && are_neighbours(a, b); ++c)
                for (std::size_t d = 0; d < n && are_neighbours(b, c); ++d) {
                    const bool has_j = a == j || b == j || c == j || d == j;
                    if (has_j && is_path(a, b, c, d) && colours[a] >= 0 && colours[b] >= 0 &&
                        colours[a] == colours[c] && colours[b] == colours[d])
                        return false;
                }
    }
    return true;
}
std::vector<int> slowly(const matrix& m, auto fits) {
    std::vector<int> colours(m[0].size(), -1);
    for (std::size_t j = 0; j < colours.size(); ++j) {
        int colour = 0;
        while (!fits(m, colours, j, colour)) ++colour;
        colours[j] = colour;
    }
    return colours;
}
std::vector<int> greedily(const matrix& m, bool star) {
    const hg::sparse_pattern p = pattern_of(m), turned = hg::transposed(p);
    const hg::colouring c = hg::greedy_colouring(p, turned).run(star, hg::natural_order(p.columns));
    std::vector<int> colours(c.of.begin(), c.of.end());
    CHECK(c.count == static_cast<int>(std::set<int>(colours.begin(), colours.end()).size()));
    return colours;
}

}

TEST_CASE("columns that share no row, as by the definition") {
    for (const int of_hundred : {0, 3, 10, 40, 100})
        for (unsigned seed = 0; seed < 4; ++seed) {
            CAPTURE(of_hundred);
            CAPTURE(seed);
            const matrix m = random_matrix(30, 25, of_hundred, seed);
            CHECK(greedily(m, false) == slowly(m, fits_apart));
        }
}
TEST_CASE("more colours than a word has bits") {
    const matrix m = random_matrix(12, 220, 60, 7);
    const std::vector<int> colours = greedily(m, false);
    CHECK(std::set<int>(colours.begin(), colours.end()).size() > 128);
    CHECK(colours == slowly(m, fits_apart));
    // A matrix whose first row and column, and diagonal, are full.
    matrix arrow(150, std::vector<bool>(150));
    for (std::size_t i = 0; i < arrow.size(); ++i) arrow[0][i] = arrow[i][0] = arrow[i][i] = true;
    const std::vector<int> apart = greedily(arrow, false), star = greedily(arrow, true);
    CHECK(std::set<int>(apart.begin(), apart.end()).size() == 150);
    CHECK(std::set<int>(star.begin(), star.end()).size() == 2);
}
TEST_CASE("of symmetric matrices, as by the definition") {
    for (const int of_hundred : {0, 5, 15, 40, 100})
        for (unsigned seed = 0; seed < 3; ++seed) {
            CAPTURE(of_hundred);
            CAPTURE(seed);
            const matrix m = symmetric(random_matrix(18, 18, of_hundred, seed));
            CHECK(greedily(m, true) == slowly(m, fits_star));
        }
}
