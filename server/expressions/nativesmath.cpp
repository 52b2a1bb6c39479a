// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Natives about numbers. Integers stay exact where the function allows it.
#include "server/expressions/arithmetic.h"
#include "server/expressions/natives.h"

#include <cmath>
#include <limits>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
Value number(Work &work, const Value &v, double *out)
{
    if (!v.isNumber())
        return work.fail(u"%1 number required"_s.arg(described(v)));
    *out = v.toDouble();
    return {};
}

template <double (*F)(double)> Value unary(Work &work, Value &input, Value *)
{
    double x = 0;
    number(work, input, &x);
    return work.failed ? Value() : Value::number(F(x));
}
// Rounding leaves integers as they are, also those no double can hold.
template <double (*F)(double)> Value rounding(Work &work, Value &input, Value *args)
{
    return input.isInteger() ? input : unary<F>(work, input, args);
}
template <double (*F)(double, double)> Value binary(Work &work, Value &, Value *args)
{
    double x = 0;
    double y = 0;
    number(work, args[0], &x);
    if (!work.failed)
        number(work, args[1], &y);
    return work.failed ? Value() : Value::number(F(x, y));
}

double gammaOf(double x)
{
    int sign = 0;
    return ::lgamma_r(x, &sign); // lgamma() writes a global, which threads must not share
}
double exp10Of(double x)
{
    return std::pow(10.0, x);
}
double significandOf(double x)
{
    if (x == 0 || !std::isfinite(x))
        return x;
    return std::scalbn(x, -std::ilogb(x));
}
double dremOf(double x, double y)
{
    return std::remainder(x, y);
}
double scaled(double x, double e)
{
    return std::isnan(e) ? e : std::ldexp(x, int(std::clamp(e, -100'000.0, 100'000.0)));
}
double absOf(double x)
{
    return std::fabs(x);
}
double nearest(double x)
{
    return std::nearbyint(x);
}

#define ATOM_MATH(name)                                                                                                \
    double name##Of(double x)                                                                                          \
    {                                                                                                                  \
        return std::name(x);                                                                                           \
    }
ATOM_MATH(floor)
ATOM_MATH(ceil)
ATOM_MATH(round)
ATOM_MATH(trunc)
ATOM_MATH(sqrt)
ATOM_MATH(cbrt)
ATOM_MATH(exp)
ATOM_MATH(exp2)
ATOM_MATH(expm1)
ATOM_MATH(log)
ATOM_MATH(log2)
ATOM_MATH(log10)
ATOM_MATH(log1p)
ATOM_MATH(logb)
ATOM_MATH(sin)
ATOM_MATH(cos)
ATOM_MATH(tan)
ATOM_MATH(asin)
ATOM_MATH(acos)
ATOM_MATH(atan)
ATOM_MATH(sinh)
ATOM_MATH(cosh)
ATOM_MATH(tanh)
ATOM_MATH(asinh)
ATOM_MATH(acosh)
ATOM_MATH(atanh)
ATOM_MATH(tgamma)
#undef ATOM_MATH

#define ATOM_MATH(name)                                                                                                \
    double name##Of(double x, double y)                                                                                \
    {                                                                                                                  \
        return std::name(x, y);                                                                                        \
    }
ATOM_MATH(pow)
ATOM_MATH(atan2)
ATOM_MATH(fmin)
ATOM_MATH(fmax)
ATOM_MATH(fmod)
ATOM_MATH(fdim)
ATOM_MATH(hypot)
ATOM_MATH(copysign)
ATOM_MATH(nextafter)
#undef ATOM_MATH

Value fabsF(Work &work, Value &input, Value *)
{
    if (input.isInteger())
        return input.toInteger() < 0 ? negate(work, input) : input;
    return unary<absOf>(work, input, nullptr);
}
Value fmaF(Work &work, Value &, Value *args)
{
    double x[3] = {};
    for (int i = 0; i < 3 && !work.failed; ++i)
        number(work, args[i], &x[i]);
    return work.failed ? Value() : Value::number(std::fma(x[0], x[1], x[2]));
}
Value pair(Work &work, double a, double b)
{
    return Value::array(work.heap, {Value::number(a), Value::number(b)});
}
Value frexpF(Work &work, Value &input, Value *)
{
    double x = 0;
    int exponent = 0;
    number(work, input, &x);
    if (work.failed)
        return {};
    const double mantissa = std::frexp(x, &exponent);
    return pair(work, mantissa, std::isfinite(x) ? exponent : 0);
}
Value modfF(Work &work, Value &input, Value *)
{
    double x = 0;
    double whole = 0;
    number(work, input, &x);
    if (work.failed)
        return {};
    const double fraction = std::modf(x, &whole);
    return pair(work, fraction, whole);
}
Value lgammaRF(Work &work, Value &input, Value *)
{
    double x = 0;
    int sign = 0;
    number(work, input, &x);
    if (work.failed)
        return {};
    const double value = ::lgamma_r(x, &sign);
    return pair(work, value, sign);
}
Value infiniteF(Work &, Value &, Value *)
{
    return Value::number(std::numeric_limits<double>::infinity());
}
Value nanF(Work &, Value &, Value *)
{
    return Value::number(std::numeric_limits<double>::quiet_NaN());
}
Value isnanF(Work &work, Value &input, Value *)
{
    return input.isNumber() ? Value::boolean(input.isNan()) : work.fail(u"%1 number required"_s.arg(described(input)));
}
Value isinfiniteF(Work &work, Value &input, Value *)
{
    return input.isNumber() ? Value::boolean(std::isinf(input.toDouble()))
                            : work.fail(u"%1 number required"_s.arg(described(input)));
}
Value isnormalF(Work &work, Value &input, Value *)
{
    return input.isNumber() ? Value::boolean(std::isnormal(input.toDouble()))
                            : work.fail(u"%1 number required"_s.arg(described(input)));
}

constexpr NativeFunction functions[] = {
    {"floor", 0, rounding<floorOf>},
    {"ceil", 0, rounding<ceilOf>},
    {"round", 0, rounding<roundOf>},
    {"trunc", 0, rounding<truncOf>},
    {"rint", 0, rounding<nearest>},
    {"nearbyint", 0, rounding<nearest>},
    {"sqrt", 0, unary<sqrtOf>},
    {"cbrt", 0, unary<cbrtOf>},
    {"exp", 0, unary<expOf>},
    {"exp2", 0, unary<exp2Of>},
    {"exp10", 0, unary<exp10Of>},
    {"pow10", 0, unary<exp10Of>},
    {"expm1", 0, unary<expm1Of>},
    {"log", 0, unary<logOf>},
    {"log2", 0, unary<log2Of>},
    {"log10", 0, unary<log10Of>},
    {"log1p", 0, unary<log1pOf>},
    {"logb", 0, unary<logbOf>},
    {"sin", 0, unary<sinOf>},
    {"cos", 0, unary<cosOf>},
    {"tan", 0, unary<tanOf>},
    {"asin", 0, unary<asinOf>},
    {"acos", 0, unary<acosOf>},
    {"atan", 0, unary<atanOf>},
    {"sinh", 0, unary<sinhOf>},
    {"cosh", 0, unary<coshOf>},
    {"tanh", 0, unary<tanhOf>},
    {"asinh", 0, unary<asinhOf>},
    {"acosh", 0, unary<acoshOf>},
    {"atanh", 0, unary<atanhOf>},
    {"tgamma", 0, unary<tgammaOf>},
    {"gamma", 0, unary<gammaOf>},
    {"lgamma", 0, unary<gammaOf>},
    {"fabs", 0, fabsF},
    {"significand", 0, unary<significandOf>},
    {"pow", 2, binary<powOf>},
    {"atan2", 2, binary<atan2Of>},
    {"fmin", 2, binary<fminOf>},
    {"fmax", 2, binary<fmaxOf>},
    {"fmod", 2, binary<fmodOf>},
    {"fdim", 2, binary<fdimOf>},
    {"hypot", 2, binary<hypotOf>},
    {"copysign", 2, binary<copysignOf>},
    {"nextafter", 2, binary<nextafterOf>},
    {"nexttoward", 2, binary<nextafterOf>},
    {"drem", 2, binary<dremOf>},
    {"ldexp", 2, binary<scaled>},
    {"scalb", 2, binary<scaled>},
    {"scalbln", 2, binary<scaled>},
    {"fma", 3, fmaF},
    {"frexp", 0, frexpF},
    {"modf", 0, modfF},
    {"lgamma_r", 0, lgammaRF},
    {"infinite", 0, infiniteF},
    {"nan", 0, nanF},
    {"isnan", 0, isnanF},
    {"isinfinite", 0, isinfiniteF},
    {"isnormal", 0, isnormalF},
};
} // namespace

std::span<const NativeFunction> mathFunctions()
{
    return functions;
}

} // namespace Atom::Expressions
