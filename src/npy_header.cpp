#include "npy_header.hpp"

#include "hourglass/data/error.hpp"
#include "quote.hpp"

#include <bit>
#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

constexpr std::size_t most_axes = 64; // NumPy's own limit

[[noreturn]] void fail(const std::string& what) { throw error("header: " + what); }

// A cursor over the text.
class literal {
public:
    explicit literal(std::string_view text) : text_(text) {}

    bool accept(char c) {
        skip();
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) fail(fmt::format("expected '{}' at place {}, found {}", c, at_, found()));
    }
    std::string_view string() {
        skip();
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
        if (end == std::string_view::npos) fail(fmt::format("expected a string at place {}, found {}", at_, found()));
        const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return inside;
    }
    bool truth() {
        skip();
        for (const bool value : {true, false})
            if (const std::string_view word = value ? "True" : "False"; text_.substr(at_).starts_with(word)) {
                at_ += word.size();
                return value;
            }
        fail(fmt::format("expected True or False at place {}, found {}", at_, found()));
    }
    std::int64_t extent() {
        skip();
        std::int64_t value = 0;
        const char* begin = text_.data() + at_;
        const auto [end, fault] = std::from_chars(begin, text_.data() + text_.size(), value);
        if (fault != std::errc() || value < 0)
            fail(fmt::format("shape: expected a whole number from 0 to 2^63 - 1 at place {}, found {}", at_, found()));
        at_ += static_cast<std::size_t>(end - begin);
        if (at_ < text_.size() && text_[at_] == 'L') ++at_; // as Python 2 wrote long numbers
        return value;
    }
    void expect_end() {
        skip();
        if (at_ != text_.size()) fail(fmt::format("expected nothing after the '}}', found {}", found()));
    }
    // Whether a list rather than a string begins at the next character.
    bool is_list() {
        skip();
        return at_ < text_.size() && text_[at_] == '[';
    }

private:
    void skip() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t')) ++at_;
    }
    std::string found() const {
        return at_ == text_.size() ? "the end" : fmt::format("\"{}\"", shown(text_.substr(at_, 20), 40));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

// '<f8': byte order, kind, bytes.
void read_type(std::string_view name, npy_header& to) {
    const auto refuse = [&](std::string_view because) {
        fail(fmt::format("the elements are of type '{}', expected floats of 2, 4 or 8 bytes, integers or bool; {}",
                         shown(name, 40), because));
    };
    const bool has_order = !name.empty() && std::string_view("<>|=").find(name.front()) != std::string_view::npos;
    const char order = has_order ? name.front() : '=';
    const std::string_view rest = name.substr(has_order ? 1 : 0);
    const char kind = rest.empty() ? '?' : rest.front();
    if (kind == 'O')
        fail("the elements are Python objects, which are stored as a pickle, and reading one runs the code in it; save "
             "an array of numbers instead: numpy.save(file, array.astype(float))");
    if (kind == 'U' || kind == 'S') refuse("save texts as CSV");
    const std::string_view size = rest.substr(rest.empty() ? 0 : 1);
    const bool is_known =
        (kind == 'f' && (size == "2" || size == "4" || size == "8")) ||
        ((kind == 'i' || kind == 'u') && (size == "1" || size == "2" || size == "4" || size == "8")) ||
        (kind == 'b' && size == "1");
    if (!is_known) refuse("convert them first: array.astype(float)");
    to.kind = kind;
    to.size = size.front() - '0';
    if (order == '|' && to.size > 1) refuse("the byte order is not given");
    to.is_big_endian = order == '>' || (order == '=' && std::endian::native == std::endian::big);
}

void read_shape(literal& from, npy_header& to) {
    from.expect('(');
    while (!from.accept(')')) {
        if (to.shape.size() == most_axes) fail(fmt::format("shape: expected at most {} axes, found more", most_axes));
        to.shape.push_back(from.extent());
        if (from.accept(',')) continue;
        from.expect(')');
        break;
    }
}

}

npy_header parse_npy_header(std::string_view text) {
    text = text.substr(0, text.find_last_not_of(" \n") + 1); // without the padding
    npy_header header;
    literal from(text);
    bool has_type = false, has_order = false, has_shape = false;
    from.expect('{');
    while (!from.accept('}')) {
        const std::string_view key = from.string();
        from.expect(':');
        bool* seen = key == "descr"           ? &has_type
                     : key == "fortran_order" ? &has_order
                     : key == "shape"         ? &has_shape
                                              : nullptr;
        if (seen == nullptr)
            fail(fmt::format("expected 'descr', 'fortran_order' and 'shape', found '{}'", shown(key, 80)));
        if (*seen) fail(fmt::format("expected every name once, found '{}' twice", key));
        *seen = true;
        if (seen == &has_type && from.is_list())
            fail("the elements are records of several fields; save each field as an array of its own, or all as CSV");
        if (seen == &has_type) read_type(from.string(), header);
        if (seen == &has_order) header.is_fortran_order = from.truth();
        if (seen == &has_shape) read_shape(from, header);
        if (from.accept(',')) continue;
        from.expect('}');
        break;
    }
    from.expect_end();
    for (const auto& [is_there, name] :
         {std::pair{has_type, "descr"}, {has_order, "fortran_order"}, {has_shape, "shape"}})
        if (!is_there) fail(fmt::format("expected '{}', found none", name));
    return header;
}

std::string npy_header_text(const npy_header& header) {
    std::string shape;
    for (const std::int64_t extent : header.shape) shape += fmt::format("{}, ", extent);
    if (header.shape.size() > 1) shape.resize(shape.size() - 2);
    if (header.shape.size() == 1) shape.pop_back();
    return fmt::format("{{'descr': '{}{}{}', 'fortran_order': {}, 'shape': ({}), }}", header.is_big_endian ? '>' : '<',
                       header.kind, header.size, header.is_fortran_order ? "True" : "False", shape);
}

}
