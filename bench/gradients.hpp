// The parts of the gradient benchmark: problems, which are the same numbers for every library, and contestants, each of
// which computes a value and its whole gradient. bench/gradients.cpp times and reports them. Hourglass and the
// hand-written code have one file per family of functions, other libraries one file each.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gradients {

enum class function_id {
    sum,
    sum_iterated,
    product,
    product_iterated,
    log_sum_exp,
    log_sum_exp_stable,
    matrix_product,
    matrix_product_simplified,
    normal_log_density,
    regression,
    stochastic_volatility,
    rosenbrock,
    black_scholes,
    network,
    ddx_f1,
    ddx_f2,
    ddx_f3,
    ddx_f4,
    chain_energy,
};

struct problem {
    function_id id{};
    std::string name;
    long size = 0;                 // N, as in the table
    std::vector<double> x;         // the variables, in consecutive pieces
    std::vector<double> constants; // the regression's matrix (row by row), then its targets
};

// The first three are this project's.
enum class form { ours, ours_built_inside, hand, peer, peer_built_inside };

struct contestant {
    form kind{};
    std::string library;                           // a peer's name
    std::function<double(long)> run;               // takes the number of runs, returns the last value
    std::function<std::vector<double>()> gradient; // of the last run
};

// Makes a compiler assume that the value is needed and memory has changed, so that it hoists no run out of its loop.
inline void keep(const double& value) { asm volatile("" : : "g"(&value) : "memory"); }

// `once` computes the value and leaves the gradient where `gradient` finds it.
template <class Once, class Gradient>
contestant make_contestant(form kind, std::string library, Once once, Gradient gradient) {
    const auto shared = std::make_shared<Once>(std::move(once));
    return {kind, std::move(library),
            [shared](long times) {
                Once& run = *shared;
                double value = 0;
                for (; times > 0; --times) {
                    value = run();
                    keep(value);
                }
                return value;
            },
            std::move(gradient)};
}

// A hand-written gradient: hand(gradient) returns the value. It writes whole cache lines that are half a page away from
// x modulo the page size: otherwise a load may wait for an earlier store that seems to overlap it, judging by its
// lowest address bits.
template <class Hand> contestant by_hand(const problem& p, Hand hand) {
    const std::size_t count = p.x.size();
    const auto memory = std::make_shared<std::vector<double>>(count + 1024);
    const auto address = [](const double* at) { return reinterpret_cast<std::uintptr_t>(at); };
    const std::uintptr_t wanted = (address(p.x.data()) / 64 * 64 + 2048) % 4096, has = address(memory->data()) % 4096;
    double* const to = memory->data() + (wanted + 4096 - has) % 4096 / sizeof(double);
    return make_contestant(
        form::hand, "", [hand, to, memory] { return hand(to); },
        [to, memory, count] { return std::vector<double>(to, to + count); });
}

// Takes problems one at a time, each with this project's contestants, and times and reports them.
class suite {
public:
    virtual ~suite() = default;
    virtual bool wants(const problem& p) const = 0;
    virtual void race(const problem& p, std::vector<contestant> contestants) = 0;
};

// The families of functions.
void race_reductions(suite& s);
void race_products(suite& s);
void race_models(suite& s);
void race_scalars(suite& s);
void race_recurrences(suite& s);

// Uniform numbers between two bounds, the same in every run.
class dice {
    unsigned long state_;

public:
    explicit dice(unsigned long seed) : state_(seed * 2 + 1) {}
    double between(double low, double high) {
        state_ = state_ * 6364136223846793005UL + 1442695040888963407UL;
        return low + (high - low) * static_cast<double>(state_ >> 11) * 0x1p-53;
    }
    void fill(std::span<double> to, double low, double high) {
        for (double& x : to) x = between(low, high);
    }
};

// mu and sigma of the normal log-density, which are constants.
inline constexpr double density_mu = -0.56, density_sigma = 1.37, log_density_sigma = 0.31481073984003358;
inline constexpr double chain_stiffness = 0.5;

}
