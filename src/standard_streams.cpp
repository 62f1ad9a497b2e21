#include "hourglass/io/standard_streams.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

// The first error of each stream.
int output_fault = 0, error_fault = 0;

int& fault_of(std::FILE* stream) { return stream == stdout ? output_fault : error_fault; }

bool is_standard(std::FILE* stream) { return stream == stdout || stream == stderr; }

}

void open_standard_streams() noexcept {
    for (int number = 0; number < 3; ++number)
        if (::fcntl(number, F_GETFD) < 0 && errno == EBADF) static_cast<void>(::open("/dev/null", O_RDONLY));
}

void say(std::FILE* stream, std::string_view text) noexcept {
    errno = 0;
    const bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
    if ((std::fflush(stream) != 0 || !written) && is_standard(stream) && fault_of(stream) == 0)
        fault_of(stream) = errno ? errno : EIO;
}

std::string lost_output() {
    say(stdout, "");
    say(stderr, "");
    for (std::FILE* stream : {stdout, stderr})
        if (const int fault = fault_of(stream); fault != 0 || std::ferror(stream))
            return fmt::format("{}: cannot be written to: {}; some of what the program said is lost",
                               stream == stdout ? "standard output" : "standard error",
                               std::strerror(fault ? fault : EIO));
    return {};
}

}
