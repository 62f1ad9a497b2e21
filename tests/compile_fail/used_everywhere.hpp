// What a user's code does with the graph `model::net` of ten equations: after a mistake in it, none of this may be an
// error of its own. Repaired, only the graph is checked, which is quicker, unless the test asks for the rest by
// COMPILE_ALL.
#pragma once

static_assert(hg::check<model::net>);

#if !defined(FIXED) || defined(COMPILE_ALL)
namespace model {

using trainer = hg::trainer<net, loss, hg::adam, hg::max_rows<32>>;
using encoder = hg::function<net, hg::from<x>, hg::to<mu, logvar>>;
using decoder = hg::function<net, hg::from<z>, hg::to<logits>>;

inline double use(const std::vector<float>& images, const std::vector<float>& codes) {
    hg::parameters<net> theta{hg::seed = 1};
    theta[hg::name<"h.weight">](0, 0) = 1;
    trainer train{theta, hg::seed = 1};
    double sum = 0;
    {
        auto out = train(x = images, beta = 0.5, hg::learning_rate = 1e-3);
        const float value = out[loss];
        sum += value + out[reconstruction] + static_cast<double>(out[divergence]);
    }
    encoder encode;
    decoder decode;
    auto found = encode(theta, x = images);
    std::vector<float> pictures(images.size());
    decode(theta, z = codes, hg::into(logits, pictures));
    auto pixels = decode(theta, z = codes)[logits];
    hg::gradient<net, loss> slope;
    auto down = slope(theta, x = images, beta = 2);
    for (float element : down.gradient(hg::name<"h.weight">)) sum += element;
    return sum + found[mu](0, 1) + found[logvar].row(0)(2) + pixels.span()[0] + static_cast<double>(pixels.size()) +
           down.gradient(hg::name<"mu.bias">)(2);
}

}
#endif
