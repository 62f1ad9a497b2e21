// What stands under a name where a plain file should, for messages. For src/ only.
#pragma once

#include <filesystem>

namespace hourglass {

inline const char* kind_of(std::filesystem::file_type type) {
    return type == std::filesystem::file_type::directory ? "a folder" : "a device, pipe or socket";
}

}
