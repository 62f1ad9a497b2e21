// hg::load of any bytes into a trainer and into parameters: io::error and nothing has changed, or the file's content is
// there and is saved again as it is.
#include "input_file.hpp"

#include <hourglass/nn/dense.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/probability/likelihoods.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/storage/save.hpp>

#include <cstring>

using namespace hourglass_fuzz;
namespace hg = hourglass;

namespace {

inline constexpr hg::input<"x", 2> x;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::state<"m"> m{0.5};

inline constexpr hg::graph model{
    y = hg::dense<1>(x) * m,
    next(m) = 0.5 * m,
    loss = sum(square(y)),
};

// All bits that a file can change.
std::string content(const auto& theta, const auto& train) {
    std::string bits = std::to_string(train.steps()) + " " + std::to_string(train.noise_seed());
    const auto add = [&](const std::string&, const auto& view, bool) {
        bits.append(reinterpret_cast<const char*>(view.data()), view.size() * sizeof(float));
    };
    theta.for_each(add);
    train.state().for_each(add);
    return bits;
}

// Calls `load`, and says whether it was done; a refusal must have changed nothing.
bool loads(auto&& load, auto&& content_now) {
    const std::string before = content_now();
    try {
        load();
        return true;
    } catch (const hg::io::error& refused) {
        expect(std::strlen(refused.what()) < 20000); // twenty lines, each with at most two shapes of 64 axes
        expect(content_now() == before);
        return false;
    }
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static input_file input("input");
    static hg::parameters<model> theta{hg::seed = 1};
    static hg::trainer<model, loss, hg::momentum_sgd> train{theta, hg::seed = 1, hg::threads = 1};
    const auto now = [] { return content(theta, train); };
    input.put(bytes, size);
    if (loads([&] { hg::load(input.path(), train); }, now)) {
        static hg::parameters<model> other;
        static hg::trainer<model, loss, hg::momentum_sgd> again{other, hg::threads = 1};
        static const std::filesystem::path scratch =
            std::filesystem::temp_directory_path() / ("hourglass-fuzz-" + std::to_string(::getpid()));
        hg::save(scratch, train);
        hg::load(scratch, again);
        std::filesystem::remove(scratch);
        expect(content(other, again) == now());
    }
    loads([&] { hg::load(input.path(), theta); }, now);
    try {
        hg::load(input.path(), theta, hg::matching_only);
    } catch (const hg::io::error&) {
        // no safetensors file
    }
    return 0;
}
