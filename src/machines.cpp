// Each row has its own stream of random numbers.
#include "hourglass/data/machines.hpp"

#include "random_numbers.hpp"

#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

namespace hourglass::data {
namespace {

struct kind {
    const char* name;
    double speed, warming, vibration, pressure, power; // at full load
};
constexpr std::array<kind, 3> kinds{
    {{"pump", 1500, 35, 2.8, 6, 22}, {"fan", 1000, 20, 4.5, 1.2, 11}, {"compressor", 3000, 60, 3.6, 8, 45}}};
constexpr std::array<const char*, 2> sites{"north", "south"};
constexpr double share_of_faults = 0.03;

// Two decimals hide the last bits of sin and log, which differ between libraries.
double rounded(double value) { return std::round(100 * value) / 100; }

struct measurement {
    int kind_of = 0, site = 0, faulty = 0;
    double load = 0, speed = 0, temperature = 0, vibration = 0, pressure = 0, power = 0;
};

measurement measure(random_stream& random) {
    measurement m;
    m.kind_of = static_cast<int>(random.below(kinds.size()));
    m.site = static_cast<int>(random.below(sites.size()));
    m.faulty = uniform(random, 0, 1) < share_of_faults ? 1 : 0;
    const std::uint32_t fault = random.below(4), other = 1 + random.below(kinds.size() - 1);
    const bool is_other = m.faulty == 1 && fault == 3;
    const kind& of = kinds[(static_cast<std::size_t>(m.kind_of) + (is_other ? other : 0)) % kinds.size()];
    const auto noisy = [&](double value, double share) { return value * (1 + share * normal(random)); };
    m.load = uniform(random, 0.2, 1);
    m.speed = noisy(of.speed * (0.7 + 0.3 * m.load), 0.01);
    const double turning = m.speed / of.speed;
    m.temperature = (m.site == 0 ? 18 : 24) + of.warming * m.load + normal(random);
    m.vibration = noisy(of.vibration * turning * turning, 0.04);
    m.pressure = noisy(of.pressure * (0.4 + 0.6 * m.load), 0.02);
    m.power = noisy(of.power * (0.15 + 0.85 * m.load) * turning, 0.02);
    if (m.faulty == 1 && fault == 0) m.temperature += uniform(random, 10, 25);
    if (m.faulty == 1 && fault == 1) m.vibration *= uniform(random, 1.4, 2.2);
    if (m.faulty == 1 && fault == 2) m.pressure *= uniform(random, 0.5, 0.75);
    return m;
}

}

table make_machines(int rows, std::uint64_t seed, std::uint64_t first) {
    if (rows < 1) throw error(fmt::format("machines: expected at least 1 row, found {}", rows));
    column kind_of{"kind", column_kind::categories}, site{"site", column_kind::categories};
    for (const kind& k : kinds) kind_of.categories.emplace_back(k.name);
    site.categories.assign(sites.begin(), sites.end());
    column load{"load"}, speed{"speed"}, temperature{"temperature"}, vibration{"vibration"}, pressure{"pressure"},
        power{"power"}, faulty{"faulty"};
    for (int n = 0; n < rows; ++n) {
        random_stream random(seed, first + static_cast<std::uint64_t>(n));
        const measurement m = measure(random);
        kind_of.codes.push_back(m.kind_of);
        site.codes.push_back(m.site);
        load.numbers.push_back(rounded(m.load));
        speed.numbers.push_back(std::round(m.speed));
        temperature.numbers.push_back(rounded(m.temperature));
        vibration.numbers.push_back(rounded(m.vibration));
        pressure.numbers.push_back(rounded(m.pressure));
        power.numbers.push_back(rounded(m.power));
        faulty.numbers.push_back(m.faulty);
    }
    return {"machines", {kind_of, site, load, speed, temperature, vibration, pressure, power, faulty}, {}};
}

}
