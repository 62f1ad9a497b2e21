// expect: "hg::element<long double> is no type to compute in: programs and their parameters take
// max-lines: 30
#include "small_model.hpp"

namespace model {

void use([[maybe_unused]] hg::parameters<net>& theta, [[maybe_unused]] const numbers& images,
         [[maybe_unused]] const numbers& targets) {
#ifndef FIXED
    hg::parameters<net, hg::element<long double>> longer;
    hg::trainer<net, loss, hg::adam, hg::element<long double>> train{longer};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#else
    hg::parameters<net, hg::element<float>> longer;
    hg::trainer<net, loss, hg::adam, hg::element<float>> train{longer};
    auto out = train(x = images, y = targets);
    static_cast<void>(0 + out[loss]);
#endif
}

}
