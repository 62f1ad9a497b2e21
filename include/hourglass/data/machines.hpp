// The built-in table `machines`: simulated measurements of working machines, a few of them faulty.
#pragma once

#include "hourglass/data/table.hpp"

#include <cstdint>

namespace hourglass::data {

/// Returns simulated measurements, one machine per row: kind (pump, fan, compressor), site (north, south), load from
/// 0.2 to 1, and quantities that follow from kind and load: speed (revolutions per minute), temperature (degrees
/// Celsius, 6 lower in the north), vibration (mm/s), pressure (bar) and power (kW), each with some noise and at most
/// two decimals. `faulty` is 1 in about 3 of 100 rows: overheating, unbalanced, leaking, or with measurements of
/// another kind of machine. Almost all of their values are common ones; only the combination is unusual. Row n is a
/// pure function of (seed, first + n). Throws `error` for less than 1 row.
table make_machines(int rows = 4000, std::uint64_t seed = 1, std::uint64_t first = 0);

}
