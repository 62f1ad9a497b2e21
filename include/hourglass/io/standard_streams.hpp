// Standard output and standard error of a program that may be started with either one closed, or redirected to where no
// more text fits.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace hourglass::io {

/// Occupies the descriptors of closed standard streams, so that no file opened later gets one, and with it text meant
/// for the stream. Writing to such a stream still fails.
void open_standard_streams() noexcept;

/// Writes text; never throws. The stream remembers failures.
void say(std::FILE* stream, std::string_view text) noexcept;

/// Flushes both streams. Returns why part of their text is lost, or an empty string.
std::string lost_output();

}
