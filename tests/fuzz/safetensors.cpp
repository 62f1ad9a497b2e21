// read_safetensors on any bytes: io::error with a short message, or tensors that are written and read again to the bit.
#include "input_file.hpp"

#include "hourglass/io/safetensors.hpp"

#include <cstring>
#include <set>
#include <string_view>

using namespace hourglass_fuzz;
namespace io = hourglass::io;

namespace {

std::string bits_of(const io::tensor_record& tensor) {
    return std::visit(
        [](const auto& values) {
            const auto bytes = std::as_bytes(std::span(values));
            return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        },
        tensor.values);
}

void check(const io::safetensors_file& file, const std::filesystem::path& scratch) {
    std::set<std::string_view> names;
    for (const io::tensor_record& tensor : file.tensors) expect(names.insert(tensor.name).second);
    for (const io::left_out_tensor& tensor : file.left_out) expect(names.insert(tensor.name).second);
    io::write_safetensors(scratch, file.tensors, file.metadata);
    const io::safetensors_file again = io::read_safetensors(scratch);
    expect(again.metadata == file.metadata && again.tensors.size() == file.tensors.size());
    for (const io::tensor_record& tensor : again.tensors) {
        const io::tensor_record* before = file.find(tensor.name);
        expect(before != nullptr && before->shape == tensor.shape && bits_of(*before) == bits_of(tensor));
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static input_file input("input");
    static const std::filesystem::path scratch =
        std::filesystem::temp_directory_path() / ("hourglass-fuzz-" + std::to_string(::getpid()));
    input.put(bytes, size);
    io::safetensors_file file;
    try {
        file = io::read_safetensors(input.path());
    } catch (const io::error& refused) {
        expect(std::strlen(refused.what()) < 2000); // a shape of 64 axes is the longest that is quoted
        return 0;
    }
    check(file, scratch);
    std::filesystem::remove(scratch);
    return 0;
}
