// The functions of bench/gradients_ddx_functions.cpp: each runs several times, returns the last value and writes the
// gradient to g. Only numbers and pointers, since that file may be compiled with another standard library.
#pragma once

namespace ddx_functions {

double f1(const double* at, double* g, long times);
double f2(const double* at, double* g, long times);
double f3(const double* at, double* g, long times);
double f4(const double* at, double* g, long times);
double chain_energy_8(const double* at, double* g, long times);
double chain_energy_32(const double* at, double* g, long times);
double rosenbrock_2(const double* at, double* g, long times);
double black_scholes(const double* at, double* g, long times);

}
