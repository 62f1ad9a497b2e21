// Describes in messages what was found instead of a plain file. Internal to src/.
#pragma once

#include <filesystem>

namespace hourglass {

inline const char* kind_of(std::filesystem::file_type type) {
    return type == std::filesystem::file_type::directory ? "a folder" : "a device, pipe or socket";
}

}
