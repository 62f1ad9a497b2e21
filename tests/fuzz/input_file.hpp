// A file in memory that holds a fuzzer's input: the readers take names of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace hourglass_fuzz {

class input_file {
public:
    explicit input_file(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {
        require(descriptor_ >= 0);
    }
    input_file(const input_file&) = delete;
    input_file& operator=(const input_file&) = delete;
    ~input_file() { ::close(descriptor_); }

    void put(const std::uint8_t* bytes, std::size_t size) {
        require(::ftruncate(descriptor_, 0) == 0);
        require(::pwrite(descriptor_, bytes, size, 0) == static_cast<ssize_t>(size));
    }
    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    static void require(bool done) {
        if (!done) std::abort();
    }
    int descriptor_;
};

// What must hold whatever the input is.
inline void expect(bool holds) {
    if (!holds) __builtin_trap();
}

}
