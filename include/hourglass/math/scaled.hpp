// Numbers with separate exponents, which neither over- nor underflow. Products and norms are computed with them where
// the ordinary way leaves the range of ordinary numbers.
#pragma once

#include <hourglass/math/gamma.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

HOURGLASS_BEGIN
namespace math {

/// Whether a result in this type is an ordinary number: finite, and as precise as the type allows. Always true for
/// types with more digits, which have more range.
template <class T> constexpr bool is_ordinary(const T& x) {
    if constexpr (is_plain<T>) {
        const T size = abs(x);
        return size >= std::numeric_limits<T>::min() && size <= std::numeric_limits<T>::max();
    } else {
        return true;
    }
}

/// Returns a fraction in [1/2, 1) with x = fraction times 2^exponent. Zeros, infinities, NaN and types with more range
/// are returned as they are.
template <class T> constexpr T split(const T& x, long& exponent) {
    exponent = 0;
    if constexpr (is_plain<T>) {
        if (x == 0 || x - x != 0) return x;
        if (!std::is_constant_evaluated()) {
            int e = 0;
            const T fraction = std::frexp(x, &e);
            exponent = e;
            return fraction;
        }
        T fraction = x;
        for (; fraction >= 1 || fraction <= -1; ++exponent) fraction *= T(0.5);
        for (; fraction < T(0.5) && fraction > T(-0.5); --exponent) fraction *= T(2);
        return fraction;
    }
    return x;
}
/// Returns x times 2^exponent, rounded once.
template <class T> constexpr T times_power_of_two(const T& x, long exponent) {
    if constexpr (is_plain<T>) {
        if (x == 0 || x - x != 0) return x;
        const int e = static_cast<int>(exponent < -9000 ? -9000 : exponent > 9000 ? 9000 : exponent);
        if (!std::is_constant_evaluated()) return std::ldexp(x, e);
        return narrowed<T>(constant::rounded(constant::scaled(static_cast<constant::wide>(x), e)));
    }
    return x;
}

/// A number with a separate exponent: fraction times 2^exponent.
template <class T> struct scaled_number {
    T fraction{};
    long exponent = 0;

    constexpr scaled_number() = default;
    constexpr explicit scaled_number(const T& x) { fraction = split(x, exponent); }
    constexpr T value() const { return times_power_of_two(fraction, exponent); }
    friend constexpr scaled_number operator*(const scaled_number& a, const scaled_number& b) {
        scaled_number result(a.fraction * b.fraction);
        result.exponent += a.exponent + b.exponent;
        return result;
    }
    friend constexpr scaled_number operator+(const scaled_number& a, const scaled_number& b) {
        if (a.fraction == 0) return b;
        if (b.fraction == 0) return a;
        const scaled_number& larger = a.exponent > b.exponent ? a : b;
        const scaled_number& smaller = a.exponent > b.exponent ? b : a;
        scaled_number result(larger.fraction +
                             times_power_of_two(smaller.fraction, smaller.exponent - larger.exponent));
        result.exponent += larger.exponent;
        return result;
    }
};
// The product of many numbers, as scaled_number would compute it, but by taking fractions and exponents from the
// numbers' bits. Zeros are counted and left out.
template <class T> class product_of_many {
    using word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    using exponents = std::make_signed_t<word>;
    static constexpr int digits = std::numeric_limits<T>::digits - 1, bias = std::numeric_limits<T>::max_exponent - 1;
    static constexpr word all_ones = 2 * bias + 1;
    static constexpr long most = 512, left = 8; // products of 64 fractions are at least 2^-64

    struct parts {
        T fraction; // in [1/2, 1), or 1 for zeros, with the signs
        exponents exponent;
        word is_zero, is_special; // subnormal, infinite or NaN
    };
    // Without branches, so that loops over it vectorise. Unless zeros are allowed for, they count as special.
    template <bool MayBeZero = true> static constexpr parts parts_of(const T& x) {
        const word bits = std::bit_cast<word>(x), e = bits >> digits & all_ones;
        const word zero = MayBeZero ? static_cast<word>((bits << 1) == 0) : word{0}, half = bias - 1;
        const word fraction = (bits & ~(all_ones << digits)) | ((half + zero) << digits);
        const word special = static_cast<word>(word(e - 1) >= all_ones - 1) ^ zero;
        return {std::bit_cast<T>(fraction), static_cast<exponents>(e + ((word{0} - zero) & half) - half), zero,
                special};
    }
    // For up to `most` numbers. Loops that do one thing to each number, and repeated halving, vectorise.
    template <bool MayBeZero> constexpr bool multiply(const T* x, long count, long stride) {
        T fraction[most];
        exponents exponent = 0, low = 0;
        word zero = 0, special = 0;
        for (long k = 0; k < count; ++k) {
            const parts p = parts_of<MayBeZero>(x[k * stride]);
            fraction[k] = p.fraction;
            exponent += p.exponent;
            low = p.exponent < low ? p.exponent : low;
            zero += p.is_zero;
            special |= p.is_special;
        }
        if (special != 0) return false;
        for (long k = count; k < most; ++k) fraction[k] = T(1);
        for (long half = most / 2; half >= left; half /= 2)
            for (long k = 0; k < half; ++k) fraction[k] *= fraction[k + half];
        for (long k = 0; k < left; ++k) {
            const parts p = parts_of(product.fraction * fraction[k]);
            product.fraction = p.fraction;
            product.exponent += p.exponent;
        }
        product.exponent += exponent;
        lowest = low < lowest ? low : lowest;
        zeros += static_cast<long>(zero);
        return true;
    }
    constexpr bool multiply(const T* x, long count, long stride) {
        return multiply<false>(x, count, stride) || multiply<true>(x, count, stride);
    }

public:
    scaled_number<T> product{T(1)}; // of all nonzero numbers
    long zeros = 0, lowest = 0;     // the lowest exponent, if below 0
    bool has_special = false;       // if so, the other members mean nothing

    constexpr product_of_many(const T* x, long count, long stride) {
        for (long k = 0; k < count && !has_special; k += most) {
            const long part = count - k < most ? count - k : most;
            has_special = !(stride == 1 ? multiply(x + k, part, 1) : multiply(x + k * stride, part, stride));
        }
    }
    constexpr T value() const { return zeros > 0 ? product.fraction * T(0) : product.value(); }
    // result[k] = the product of all others of the same numbers.
    constexpr void of_others(T* result, const T* x, long count, long stride) const {
        if (zeros > 0 || product.exponent - lowest < -(bias + digits + 2)) {
            const T zero = product.fraction * T(0);
            for (long k = 0; k < count; ++k) result[k * stride] = x[k * stride] * zero;
            for (long k = 0; zeros == 1 && k < count; ++k)
                if (x[k * stride] == T(0)) result[k * stride] = product.value() * parts_of(x[k * stride]).fraction;
            return;
        }
        // The first of two powers of two leaves an ordinary number, which is exact.
        constexpr exponents largest = bias - 2;
        const auto power = [](exponents e) { return std::bit_cast<T>(static_cast<word>(e + bias) << digits); };
        const auto within = [](exponents e) { return e < -largest ? exponents{-largest} : e > largest ? largest : e; };
        const auto exponent = static_cast<exponents>(product.exponent > 4 * largest ? 4 * largest : product.exponent);
        for (long k = 0; k < count; ++k) {
            const parts p = parts_of(x[k * stride]);
            const exponents e = exponent - p.exponent, first = within(e), second = within(e - first);
            result[k * stride] = product.fraction / p.fraction * power(first) * power(second);
        }
    }
};
template <class T> constexpr T value_of(const T& x) { return x; }
template <class T> constexpr T value_of(const scaled_number<T>& x) { return x.value(); }

// A product of numbers with m infinitesimal parts each, whose squares are zero: x_k + h_1k e_1 + ... + h_mk e_m. The
// coefficient of e_1 ... e_m in the product of all numbers but the j-th is the sum, over all ways to take each h from a
// different number, of those h times the x of the numbers left. This is the product's derivative of order m + 1 in the
// directions h, found without any division (nilpotent parts as in hyper-dual numbers, Fike and Alonso 2011). Bit i of a
// coefficient's index says whether it contains part i.
template <class Number> class product_with_parts {
    static constexpr int most = 32;
    Number of_[most]{};
    int count_ = 1;

public:
    static constexpr int most_parts = 5;

    constexpr explicit product_with_parts(int parts) : count_(1 << parts) { of_[0] = Number(1); }
    constexpr product_with_parts(const product_with_parts& other) : count_(other.count_) {
        for (int s = 0; s < count_; ++s) of_[s] = other.of_[s];
    }
    product_with_parts& operator=(const product_with_parts&) = delete;
    template <class X, class H> constexpr void multiply(const X& x, const H& part) {
        for (int s = count_ - 1; s >= 0; --s) {
            Number sum = of_[s] * Number(x);
            for (int a = 0; (1 << a) <= s; ++a)
                if ((s >> a & 1) != 0) sum = sum + of_[s - (1 << a)] * Number(part(a));
            of_[s] = sum;
        }
    }
    constexpr const Number& last() const { return of_[count_ - 1]; }
};

// Calls put(j, coefficient) for each j in [first, last); `outside` is the product of all numbers outside that range.
// Halves the range recursively, so each number is multiplied once per level.
template <class Number, class X, class H, class Put>
constexpr void products_without_one(const product_with_parts<Number>& outside, long first, long last, const X& x,
                                    const H& part, const Put& put) {
    if (last - first == 1) return put(first, value_of(outside.last()));
    const long middle = first + (last - first) / 2;
    const auto with = [&](long begin, long end) {
        product_with_parts<Number> all = outside;
        for (long k = begin; k < end; ++k) all.multiply(x(k), [&](int a) { return part(a, k); });
        return all;
    };
    products_without_one(with(middle, last), first, middle, x, part, put);
    products_without_one(with(first, middle), middle, last, x, part, put);
}

/// Whether every product of some of the numbers is ordinary, so that they can be multiplied in any order.
template <class T, class X> constexpr bool products_are_ordinary(long count, const X& x) {
    if constexpr (is_plain<T>) {
        long above = 0, below = 0;
        for (long k = 0; k < count; ++k) {
            long exponent = 0;
            const T fraction = split(x(k), exponent);
            if (fraction - fraction != 0) return false;
            (exponent > 0 ? above : below) += exponent;
        }
        return above < std::numeric_limits<T>::max_exponent / 2 && below > std::numeric_limits<T>::min_exponent / 2;
    } else {
        return true;
    }
}

/// Returns the root of the sum of squares of x(0), ... where that sum is not an ordinary number: from x, scaled.
template <class T, class X> constexpr T norm_of_extremes(long count, const X& x) {
    T largest(0);
    for (long k = 0; k < count; ++k) {
        const T size = abs(x(k));
        if (size > largest) largest = size;
    }
    if (largest == T(0) || largest - largest != T(0)) return largest;
    long exponent = 0;
    split(largest, exponent);
    T sum(0);
    for (long k = 0; k < count; ++k) {
        const T scaled = times_power_of_two(T(x(k)), -exponent);
        sum = sum + scaled * scaled;
    }
    return times_power_of_two(sqrt(sum), exponent);
}

/// Returns the derivative of x^p, n-th in x and m-th in p. With the falling factorial f(p) = p (p - 1) ... (p - n + 1)
/// it is x^(p - n) times the sum over k of m! / (m - k)! log(x)^(m - k) f^(k)(p) / k!. Where f(p) is zero, a polynomial
/// has no such derivative in x, whatever x^(p - n) is. At x = 0 derivatives in p are zero by convention.
template <class T> constexpr T pow_slope(int n, int m, const T& x, const T& p) {
    if (n < 0 || m < 0) return no_number_of<T>();
    T taylor[highest_order + 1]{};
    taylor[0] = T(1);
    for (int i = 0; i < n; ++i)
        for (int k = m; k >= 0; --k)
            taylor[k] = taylor[k] * (p - T(static_cast<double>(i))) + (k > 0 ? taylor[k - 1] : T(0));
    if (m == 0) return taylor[0] == T(0) ? T(0) : taylor[0] * pow(x, T(p - T(static_cast<double>(n))));
    if (x == T(0)) return p == p ? T(0) : p;
    const T power = pow(x, T(p - T(static_cast<double>(n))));
    if (power == T(0)) return power; // at infinity too: no logarithm outgrows the power
    const T l = log(x);
    T sum(0), factor(1); // m! / (m - k)!; powers of the logarithm from the highest down
    for (int k = 0; k <= m; ++k) {
        T term = factor * taylor[k];
        for (int j = 0; j < m - k; ++j) term = term * l;
        sum = sum + term;
        factor = factor * T(static_cast<double>(m - k));
    }
    return sum == T(0) ? sum : sum * power;
}

}
HOURGLASS_END
