#include "hourglass/io/progress.hpp"

#include "hourglass/io/standard_streams.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

constexpr double between_updates = 0.1; // seconds
constexpr int full_bar = 20;
constexpr int shortest_bar = 5;
constexpr std::string_view bar_colour = "\x1b[36m";
constexpr std::string_view no_colour = "\x1b[0m";
constexpr std::string_view erase_line = "\r\x1b[K";

bool set_in_environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool moves(std::FILE* stream) {
    const char* term = std::getenv("TERM");
    return isatty(fileno(stream)) == 1 && term != nullptr && std::string_view(term) != "dumb" && *term != '\0';
}

// One column stays free: some terminals wrap when the last one is written.
int width_of(std::FILE* stream) {
    winsize size{};
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col - 1;
    return 79;
}

// Four decimals, or an exponent if those would be mostly zeros.
std::string number(double value) {
    return value != 0 && std::abs(value) < 1e-3 ? fmt::format("{:.3e}", value) : fmt::format("{:.4f}", value);
}

std::string list(std::span<const metric> metrics) {
    std::string text;
    for (const metric& m : metrics) text += fmt::format("{}{} {}", text.empty() ? "" : "  ", m.name, number(m.value));
    return text;
}

std::string rate_text(double per_second, std::string_view unit) {
    return per_second >= 10 ? fmt::format("{:.0f} {}/s", per_second, unit)
                            : fmt::format("{:.2f} {}/s", per_second, unit);
}

std::string head(int epoch, int epochs) {
    return fmt::format("epoch {:>{}}/{}", epoch, std::to_string(epochs).size(), epochs);
}

}

std::string clock_text(double seconds) {
    if (!(seconds >= 0)) return "-:--";
    const auto whole = static_cast<long long>(std::min(std::ceil(seconds), 1e9));
    const long long h = whole / 3600;
    const long long m = whole / 60 % 60;
    const long long s = whole % 60;
    return h > 0 ? fmt::format("{}:{:02}:{:02}", h, m, s) : fmt::format("{}:{:02}", m, s);
}

std::string progress_line(const progress_state& state, int width, bool colour) {
    const double share = state.total > 0
                             ? std::clamp(static_cast<double>(state.done) / static_cast<double>(state.total), 0.0, 1.0)
                             : 0.0;
    const std::string before =
        fmt::format("{}  {:>3}% ", head(state.epoch, state.epochs), static_cast<int>(share * 100));
    std::string after = fmt::format("{:>{}}/{}", state.done, std::to_string(state.total).size(), state.total);
    if (!state.losses.empty()) after += "  " + list(state.losses);
    if (state.examples_per_second >= 0) after += "  " + rate_text(state.examples_per_second, state.unit);
    if (state.seconds_left >= 0) after += fmt::format("  {} left", clock_text(state.seconds_left));

    const int room = width - static_cast<int>(before.size() + after.size()) - 3; // brackets and a space
    const int bar = std::min(full_bar, room);
    if (bar < shortest_bar) return (before + after).substr(0, static_cast<std::size_t>(std::max(width, 0)));
    const auto filled = static_cast<std::size_t>(share * bar);
    const std::string done(filled, '#');
    const std::string rest(static_cast<std::size_t>(bar) - filled, '-');
    return fmt::format("{}[{}{}{}{}] {}", before, colour ? bar_colour : "", done, colour ? no_colour : "", rest, after);
}

progress::progress(int epochs, std::int64_t examples, progress_options options)
    : epochs_(epochs), examples_(examples), options_(std::move(options)),
      terminal_(options_.output == progress_options::kind::terminal ||
                (options_.output == progress_options::kind::detect && moves(options_.stream))),
      colour_(terminal_ && !set_in_environment("NO_COLOR")), shown_(-std::numeric_limits<double>::infinity()) {}

progress::~progress() {
    if (open_) say(options_.stream, "\n");
}

double progress::now() const {
    if (options_.clock) return options_.clock();
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Estimates from everything this run has spent, evaluation and saving included, since the rest will need them too.
double progress::seconds_left(std::int64_t done, double at) const {
    const auto all = static_cast<double>(examples_);
    const double after = (epoch_ - first_epoch_) * all + static_cast<double>(done);
    const double ahead = (epochs_ - epoch_ + 1) * all - static_cast<double>(done);
    return after > 0 ? std::max(0.0, (at - start_) * ahead / after) : -1;
}

void progress::begin_epoch(int epoch) {
    epoch_ = epoch;
    epoch_start_ = now();
    if (first_epoch_ == 0) {
        first_epoch_ = epoch;
        start_ = epoch_start_;
    }
}

void progress::update(std::int64_t done, std::span<const metric> losses) {
    if (!terminal_) return;
    const double at = now();
    if (at - shown_ < between_updates) return;
    shown_ = at;
    const double passed = at - epoch_start_;
    const progress_state state{.epoch = epoch_,
                               .epochs = epochs_,
                               .done = done,
                               .total = examples_,
                               .losses = losses,
                               .examples_per_second = passed > 0 ? static_cast<double>(done) / passed : -1,
                               .seconds_left = seconds_left(done, at),
                               .unit = options_.unit.c_str()};
    const std::string line = std::string(erase_line) + progress_line(state, width_of(options_.stream), colour_);
    say(options_.stream, line); // in one piece, to avoid flicker
    open_ = true;
}

void progress::end_epoch(const epoch_metrics& result) {
    std::string line = head(epoch_, epochs_);
    if (!result.train.empty()) line += "  train " + list(result.train);
    if (!result.validation.empty()) line += "  validation " + list(result.validation);
    if (!result.test.empty()) line += "  test " + list(result.test);
    if (result.seconds > 0) line += "  " + rate_text(static_cast<double>(examples_) / result.seconds, options_.unit);
    line += fmt::format("  {:.1f} s", result.seconds);
    if (epoch_ < epochs_) line += fmt::format("  {} left", clock_text(seconds_left(examples_, now())));
    note(line);
}

void progress::note(const std::string& text) {
    erase();
    say(options_.stream, text + "\n");
}

void progress::erase() {
    if (open_) say(options_.stream, erase_line);
    open_ = false;
}

}
