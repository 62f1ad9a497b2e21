// Standard output and standard error of a program that may be started with either closed, or sent where nothing more
// fits. What is written to them is the caller's business.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace hourglass::io {

// Takes the numbers of the standard streams that are closed, so that no file gets one of them and what is meant for a
// stream. Writing to such a stream goes on to fail.
void open_standard_streams() noexcept;

// Writes, never throws. What cannot be written is remembered by the stream.
void say(std::FILE* stream, std::string_view text) noexcept;

// Writes what is still held back of both streams; answers why some of what was written to them is lost, or an empty
// string.
std::string lost_output();

}
