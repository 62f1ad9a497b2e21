// What bench/gradients_ddx_functions.cpp computes, so many times: the last value; the gradient goes to g. Of numbers
// and pointers alone, as the file may be compiled with another standard library.
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
