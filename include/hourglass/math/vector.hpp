// The elementary functions in vectors of float and double, over the whole range: within 4 units in the last place where
// the result is a normal number (docs/operations.md has the errors measured at each width). They require of the vector
// type V only what xsimd's batches offer, found by argument-dependent lookup.
//
// Nothing here relies on fused multiply-add: a product that must be exact has few enough bits. Nor does it rely on sums
// keeping the order in which they are written. Clang does not tell whether it may reassociate (hourglass/config.hpp),
// so values that reassociation would break pass through `opaque`.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include <hourglass/config.hpp>

HOURGLASS_BEGIN
namespace math {

/// Returns x, a number or a compiler's own vector, while hiding from the compiler where it comes from.
template <class T> T hidden(T x) {
#if defined(__clang__) && defined(__AVX512F__)
    asm("" : "+v"(x));
#elif defined(__clang__) && defined(__x86_64__)
    asm("" : "+x"(x));
#elif defined(__clang__) && defined(__aarch64__)
    asm("" : "+w"(x));
#endif
    return x;
}

// The sine (Quarter 0) or cosine (1) of one number, by the C library. For doubles far from zero it uses long double:
// there glibc's function of double has too few digits of pi, and near a multiple of pi/2 loses 8 units.
template <int Quarter> HOURGLASS_COLD double wave_far_from_zero(double x) {
    const auto exact = static_cast<long double>(x);
    return static_cast<double>(Quarter == 0 ? std::sin(exact) : std::cos(exact));
}
template <int Quarter, class T> T wave_of_number(T x) {
    if constexpr (std::is_same_v<T, double>)
        if (std::abs(x) > 1e8) [[unlikely]]
            return wave_far_from_zero<Quarter>(x);
    return Quarter == 0 ? std::sin(x) : std::cos(x);
}

}
namespace math::in_vectors {

template <class V> using element = typename V::value_type;
template <class V> inline constexpr bool is_single = std::is_same_v<element<V>, float>;
// All lanes are the first number in vectors of float, the second in vectors of double.
template <class V> V either(double of_float, double of_double) {
    return V(static_cast<element<V>>(is_single<V> ? of_float : of_double));
}
template <class V> V number(double x) { return V(static_cast<element<V>>(x)); }

// The bits of a V, as unsigned integers of its size.
template <class V> struct words;
template <template <class, class> class Batch, class T, class A> struct words<Batch<T, A>> {
    using type = Batch<std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>, A>;
};
template <class V> using words_t = typename words<V>::type;
template <class V> inline constexpr int mantissa_bits = std::numeric_limits<element<V>>::digits - 1;
template <class V> inline constexpr int exponent_bias = std::numeric_limits<element<V>>::max_exponent - 1;

template <class V> words_t<V> bits_of(const V& x) { return bitwise_cast<words_t<V>>(x); }
template <class V> V from_bits(const words_t<V>& x) { return bitwise_cast<V>(x); }
template <class V> words_t<V> word(std::uint64_t x) {
    return words_t<V>(static_cast<typename words_t<V>::value_type>(x));
}
template <class V> V sign_of(const V& x) { return x & number<V>(-0.0); }

template <class V> V opaque(const V& x) { return V(math::hidden(typename V::register_type(x))); }

// a b + c. Written with the compiler's own vector type, which both compilers fuse where allowed: xsimd 8.1 has no fused
// form on AVX-512.
template <class V> [[gnu::always_inline]] inline V fused(const V& a, const V& b, const V& c) {
    using vector = typename V::register_type;
    const vector x = a, y = b, z = c;
    return V(vector(x * y + z));
}
template <class V, class... More> [[gnu::always_inline]] inline V horner(const V& x, double highest, More... more) {
    V sum = number<V>(highest);
    ((sum = fused(sum, x, number<V>(more))), ...);
    return sum;
}

// x = n ln 2 + r, |r| <= 0.35, with n in the lowest bits of `shifted`. The method of Cody and Waite (Software Manual
// for the Elementary Functions, 1980): the high part of ln 2 has so few bits that its product with n is exact.
template <class V> struct by_log_2 {
    V shifted, n, r;
    [[gnu::always_inline]] explicit by_log_2(const V& x) {
        const V shift = either<V>(0x1.8p23, 0x1.8p52);
        shifted = opaque(fused(x, number<V>(1.4426950408889634), shift));
        n = shifted - shift;
        const V near = opaque(fused(n, either<V>(-0x1.62e4p-1, -0x1.62e42feep-1), x));
        r = fused(n, either<V>(-0x1.7f7d1cf79abcap-20, -0x1.a39ef35793c76p-33), near);
    }
    // e^r - 1
    [[gnu::always_inline]] V expm1() const {
        const V r2 = r * r;
        if constexpr (is_single<V>) { // Cephes' expf (Moshier 1989)
            const V q = horner(r, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
                               5.0000001201e-1);
            return fused(r2, q, r);
        } else { // interpolated at Chebyshev points, within 1e-17
            const auto pair = [&](double low, double high) { return fused(r, number<V>(high), number<V>(low)); };
            const V r4 = r2 * r2;
            const V low = fused(r2, pair(0.04166666666662399, 0.008333333333330051),
                                pair(0.5000000000000001, 0.16666666666666669));
            const V high = fused(r2, pair(2.480152119021773e-05, 2.7557268378684192e-06),
                                 pair(0.0013888888917281794, 0.00019841269863105968));
            const V top = pair(2.7620138719733994e-07, 2.5100424157005067e-08);
            return fused(r2, fused(r4, fused(r4, top, high), low), r);
        }
    }
    // 2^(n + Offset), if that is a normal number.
    template <int Offset> V power() const {
        const words_t<V> biased = bits_of(shifted) + word<V>(static_cast<std::uint64_t>(exponent_bias<V> + Offset));
        return from_bits<V>(biased << mantissa_bits<V>);
    }
};

// e^x = 2^n e^r; zero where that would be subnormal, and `beyond` above the largest number and for NaN.
template <class V>
[[gnu::always_inline]] inline V exp_of_reduced(const V& x, const by_log_2<V>& reduced, const V& beyond) {
    const V y = number<V>(1) + reduced.expm1();
    // Added to the exponent's bits, because 2^n by itself may be too large.
    const V scaled = from_bits<V>(bits_of(y) + (bits_of(reduced.shifted) << mantissa_bits<V>));
    const V finite = select(x < either<V>(-87.33654022216797, -708.39641853226408), number<V>(0), scaled);
    return select(x <= either<V>(88.72283172607422, 709.78271289338397), finite, beyond);
}
template <class V> [[gnu::always_inline]] inline V exp_of_reduced(const V& x, const by_log_2<V>& reduced) {
    return exp_of_reduced(x, reduced, V(x + number<V>(std::numeric_limits<double>::infinity())));
}
// Always inlined: a call would cost a fused group its registers.
template <class V> [[gnu::always_inline]] inline V exp(const V& x) { return exp_of_reduced(x, by_log_2<V>(x)); }
// The same, but 1 beyond the largest number, at no extra cost.
template <class V> [[gnu::always_inline]] inline V exp_or_one(const V& x) {
    return exp_of_reduced(x, by_log_2<V>(x), V(min(number<V>(1), x)));
}
// e^(x + rest), |rest| < 0.03 and x + rest <= 0
template <class V> V exp_of_sum(const V& x, const V& rest) {
    by_log_2<V> reduced(x);
    reduced.r = reduced.r + rest;
    return exp_of_reduced(x + rest, reduced);
}

// e^x - 1 = 2^n (e^r - 1) + (2^n - 1), halved so that nothing overflows before the result does.
template <class V> V expm1(const V& x) {
    const V low = either<V>(-20, -40), high = either<V>(89, 710); // beyond these the result does not change
    const by_log_2<V> reduced(select(x < low, low, select(x > high, high, x)));
    const V p = reduced.expm1(), power = reduced.template power<-1>();
    const V half = fused(power, p, opaque(power - number<V>(0.5)));
    return select(reduced.n == number<V>(0), p, half + half) | sign_of(x); // x = -0
}

// log u + rest, where u = 2^(k + offset) m with m between the roots of 1/2 and 2: (k + offset) ln 2 + log(1 + f), f = m
// - 1. Uses the series of log((1 + s) / (1 - s)), s = f / (2 + f), as in FreeBSD's e_log.c and e_logf.c (Sun 1993). For
// normal u > 0; `bias` is the exponent's bias minus the offset.
template <class V> V log_of_normal(const V& u, const V& bias, const V& rest) {
    constexpr std::uint64_t one = static_cast<std::uint64_t>(exponent_bias<V>) << mantissa_bits<V>;
    constexpr std::uint64_t root_of_half = is_single<V> ? 0x3f3504f3u : 0x3fe6a09e667f3bcdu;
    constexpr std::uint64_t mantissa = (std::uint64_t{1} << mantissa_bits<V>)-1;
    const words_t<V> bits = bits_of(u) + word<V>(one - root_of_half);
    const V m = from_bits<V>((bits & word<V>(mantissa)) + word<V>(root_of_half));
    // Turns the exponent into a number by writing it into the mantissa of a number whose last bit counts ones.
    const V counter = either<V>(0x1p23, 0x1p52);
    const V k = from_bits<V>((bits >> mantissa_bits<V>) | bits_of(counter)) - opaque(counter + bias);
    const V f = m - number<V>(1), s = f / (number<V>(2) + f), z = s * s, half_square = number<V>(0.5) * f * f;
    V series;
    if constexpr (is_single<V>)
        series = horner(z, 0.24279078841, 0.28498786688, 0.40000972152, 0.66666662693);
    else
        series =
            horner(z, 1.479819860511658591e-1, 1.531383769920937332e-1, 1.818357216161805012e-1,
                   2.222219843214978396e-1, 2.857142874366239149e-1, 3.999999999940941908e-1, 6.666666666666735130e-1);
    const V low = fused(k, either<V>(9.0580006145e-6, 1.90821492927058770002e-10), rest);
    const V tail = half_square - fused(s, fused(z, series, half_square), low);
    return fused(k, either<V>(6.9313812256e-1, 6.93147180369123816490e-1), f - tail);
}
// The logarithm of u: `value` where u is positive and finite, and the limits elsewhere.
template <class V> V log_at_limits(const V& u, const V& value) {
    using limits = std::numeric_limits<element<V>>;
    const V at_most_zero = select(u == number<V>(0), V(-limits::infinity()), V(limits::quiet_NaN()));
    return select(u > number<V>(0), select(u > V(limits::max()), u, value), at_most_zero);
}
template <class V> V log(const V& x) {
    const V bias = number<V>(exponent_bias<V>);
    const auto denormal = x < V(std::numeric_limits<element<V>>::min());
    const V normal = select(denormal, x * number<V>(0x1p54), x);
    const V of_normal = select(denormal, bias + number<V>(54), bias);
    return log_at_limits(x, log_of_normal(normal, of_normal, number<V>(0)));
}
// log(1 + x), of the rounded u = 1 + x, with the rounding error (Knuth's sum) as a part of u.
template <class V> V log1p(const V& x) {
    const V one = number<V>(1), u = opaque(one + x), above = opaque(u - one);
    const V rounded_off = opaque(one - opaque(u - above)) + opaque(x - above);
    const V value = log_of_normal(u, number<V>(exponent_bias<V>), rounded_off / u);
    return log_at_limits(u, value) | sign_of(x); // x = -0
}

// Lane by lane, because the C library reduces any argument (Payne and Hanek).
template <int Quarter, class V> HOURGLASS_COLD V wave_far_out(const V& x) {
    element<V> lanes[V::size];
    x.store_unaligned(lanes);
    for (std::size_t i = 0; i < V::size; ++i) lanes[i] = wave_of_number<Quarter>(lanes[i]);
    return V::load_unaligned(lanes);
}
// x = n pi/2 + r, |r| <= pi/4, after Cody and Waite. All parts of pi/2 but the last have so few bits that their
// products with n are exact. Together they have so many that r keeps its digits near multiples of pi/2, where |r| may
// be as small as 2^-30 in float and 2^-61 in double. The polynomials are those of Cephes' sinf.c (Moshier 1989) and
// FreeBSD's k_sin.c and k_cos.c (Sun 1993).
template <int Quarter, class V> V wave(const V& x) {
    const V size = abs(x), shift = either<V>(0x1.8p23, 0x1.8p52);
    const V shifted = opaque(fused(size, number<V>(0.63661977236758134308), shift)), n = shifted - shift;
    V r, sine, cosine;
    if constexpr (is_single<V>) {
        r = opaque(fused(n, number<V>(-0x1.922p+0), size));
        r = opaque(fused(n, number<V>(0x1.2afp-18), r));
        r = opaque(fused(n, number<V>(-0x1.0b4p-34), r));
        r = fused(n, number<V>(-0x1.84698ap-48), r);
        const V z = r * r;
        sine = fused(r * z, horner(z, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1), r);
        cosine = horner(z, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
        cosine = number<V>(1) - fused(number<V>(0.5), z, -(z * z * cosine));
    } else {
        r = opaque(fused(n, number<V>(-0x1.921fb54440000p+0), size));
        r = opaque(fused(n, number<V>(-0x1.68c234c4c0000p-39), r));
        r = fused(n, number<V>(-0x1.98a2e03707345p-77), r);
        const V z = r * r;
        sine = horner(z, 1.58969099521155010221e-10, -2.50507602534068634195e-8, 2.75573137070700676789e-6,
                      -1.98412698298579493134e-4, 8.33333333332248946124e-3, -1.66666666666666324348e-1);
        sine = fused(r * z, sine, r);
        cosine = horner(z, -1.13596475577881948265e-11, 2.08757232129817482790e-9, -2.75573143513906633035e-7,
                        2.48015872894767294178e-5, -1.38888888888741095749e-3, 4.16666666666666019037e-2);
        cosine = number<V>(1) - fused(number<V>(0.5), z, -(z * z * cosine));
    }
    const words_t<V> quarter = bits_of(shifted) + word<V>(Quarter);
    // Whether it is odd, as a normal number or zero: 2^(1 - bias) or 0.
    const V odd = from_bits<V>((quarter & word<V>(1)) << mantissa_bits<V>);
    const V value = select(odd == number<V>(0), sine, cosine);
    constexpr int to_sign = is_single<V> ? 30 : 62;
    const V turn = from_bits<V>((quarter & word<V>(2)) << to_sign);
    const V near = value ^ (Quarter == 0 ? turn ^ sign_of(x) : turn);
    const auto is_near = size <= either<V>(3000, 40000);
    if (all(is_near)) [[likely]]
        return near;
    return select(is_near, near, wave_far_out<Quarter>(x));
}

}
HOURGLASS_END
