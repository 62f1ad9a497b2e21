// The built-in table `machines`: simulated measurements of machines that work, a few of which have a fault.
#pragma once

#include "hourglass/data/table.hpp"

#include <cstdint>

namespace hourglass::data {

// A row is a measurement of one machine: its kind (pump, fan, compressor) and its site (north, south), its load from
// 0.2 to 1, and what follows from kind and load: speed (turns a minute), temperature (degrees Celsius, 6 lower in the
// north), vibration (mm/s), pressure (bar) and power (kW), each with some noise, and with two decimals at most.
// `faulty` is 1 in about 3 of 100 rows: too hot, out of balance, leaking, or with the measurements of another kind of
// machine. Nearly all of their values are usual ones; what is unusual is that they come together. Row n is a pure
// function of (seed, first + n). Throws `error` for less than 1 row.
table make_machines(int rows = 4000, std::uint64_t seed = 1, std::uint64_t first = 0);

}
