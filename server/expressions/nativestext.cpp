// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Natives about text.
#include "server/expressions/access.h"
#include "server/expressions/arithmetic.h"
#include "server/expressions/codepoints.h"
#include "server/expressions/jsontext.h"
#include "server/expressions/natives.h"

#include <cmath>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
// Pays for one pass over the input, which must be text.
bool isText(Work &work, const Value &input, QStringView problem)
{
    if (!input.isString()) {
        work.fail(u"%1 %2"_s.arg(described(input), problem));
        return false;
    }
    return work.charge(input.text().size() / 64) && work.reserve(2.0 * double(input.text().size()));
}

Value tostringF(Work &work, Value &input, Value *)
{
    return input.isString() ? std::move(input) : work.text(asText(work, input));
}
Value tojsonF(Work &work, Value &input, Value *)
{
    return work.text(jsonText(work, input));
}
Value fromjsonF(Work &work, Value &input, Value *)
{
    return isText(work, input, u"cannot be parsed as JSON") ? parseJson(work, input.text()) : Value();
}

Value tonumberF(Work &work, Value &input, Value *)
{
    if (input.isNumber())
        return input;
    Value v;
    if (input.isString() && parseNumber(QStringView(input.text()).trimmed(), &v))
        return v;
    return work.fail(u"%1 cannot be parsed as a number"_s.arg(described(input)));
}

Value utf8lengthF(Work &work, Value &input, Value *)
{
    return isText(work, input, u"only strings have UTF-8 byte length") ? Value::integer(input.text().toUtf8().size())
                                                                       : Value();
}

Value splitF(Work &work, Value &input, Value *args)
{
    if (!input.isString() || !args[0].isString())
        return work.fail(u"split input and separator must be strings"_s);
    return splitText(work, input.text(), args[0].text());
}

Value joinF(Work &work, Value &input, Value *args)
{
    if (!input.isArray() && !input.isObject())
        return work.fail(u"Cannot iterate over %1"_s.arg(described(input)));
    QString out;
    bool isFirst = true;
    const auto one = [&](const Value &item) {
        if (work.failed || !work.charge() || !work.reserve(4.0 * double(out.size())))
            return;
        if (!isFirst && !args[0].isString()) {
            // As jq says it: the separator is added to what there is.
            operate(work, Operator::Add, work.text(out), args[0]);
            if (work.failed || !args[0].isNull())
                return;
        }
        if (!isFirst && args[0].isString())
            out += args[0].text();
        isFirst = false;
        if (item.isArray() || item.isObject())
            operate(work, Operator::Add, work.text(out), item);
        else if (!item.isNull())
            out += asText(work, item);
    };
    if (input.isArray())
        std::for_each(input.items().begin(), input.items().end(), one);
    else
        std::for_each(input.members().begin(), input.members().end(), [&](const auto &m) { one(m.second); });
    if (!work.reserve(2.0 * double(out.size())))
        return {};
    return work.text(std::move(out));
}

Value startswithF(Work &work, Value &input, Value *args)
{
    if (!input.isString() || !args[0].isString())
        return work.fail(u"startswith() requires string inputs"_s);
    return Value::boolean(input.text().startsWith(args[0].text()));
}
Value endswithF(Work &work, Value &input, Value *args)
{
    if (!input.isString() || !args[0].isString())
        return work.fail(u"endswith() requires string inputs"_s);
    return Value::boolean(input.text().endsWith(args[0].text()));
}
Value ltrimstrF(Work &work, Value &input, Value *args)
{
    if (!input.isString() || !args[0].isString() || !input.text().startsWith(args[0].text()))
        return std::move(input);
    return work.text(input.text().mid(args[0].text().size()));
}
Value rtrimstrF(Work &work, Value &input, Value *args)
{
    if (!input.isString() || !args[0].isString() || !input.text().endsWith(args[0].text()))
        return std::move(input);
    return work.text(input.text().chopped(args[0].text().size()));
}

Value trimmed(Work &work, const Value &input, bool left, bool right)
{
    if (!input.isString())
        return work.fail(u"%1 cannot be trimmed"_s.arg(described(input)));
    QStringView text = input.text();
    while (left && !text.isEmpty() && text.front().isSpace())
        text = text.mid(1);
    while (right && !text.isEmpty() && text.back().isSpace())
        text.chop(1);
    work.charge(input.text().size() / 64);
    return work.text(text.toString());
}
Value trimF(Work &work, Value &input, Value *)
{
    return trimmed(work, input, true, true);
}
Value ltrimF(Work &work, Value &input, Value *)
{
    return trimmed(work, input, true, false);
}
Value rtrimF(Work &work, Value &input, Value *)
{
    return trimmed(work, input, false, true);
}

Value asciiCase(Work &work, const Value &input, bool up)
{
    if (!isText(work, input, up ? u"cannot be upcased" : u"cannot be downcased"))
        return {};
    QString text = input.text();
    for (QChar &c : text) {
        const ushort u = c.unicode();
        if (up ? u >= 'a' && u <= 'z' : u >= 'A' && u <= 'Z')
            c = QChar(ushort(u ^ 0x20));
    }
    return work.text(std::move(text));
}
Value upcaseF(Work &work, Value &input, Value *)
{
    return asciiCase(work, input, true);
}
Value downcaseF(Work &work, Value &input, Value *)
{
    return asciiCase(work, input, false);
}

Value explodeF(Work &work, Value &input, Value *)
{
    if (!isText(work, input, u"cannot be exploded") || !work.reserve(16.0 * double(input.text().size())))
        return {};
    work.charge(input.text().size() / 4);
    Value::Items out;
    for (qsizetype at = 0; at < input.text().size(); at += isPair(input.text(), at) ? 2 : 1)
        out.push_back(Value::integer(codePointAt(input.text(), at)));
    return Value::array(work.heap, std::move(out));
}

Value implodeF(Work &work, Value &input, Value *)
{
    if (!input.isArray())
        return work.fail(u"implode input must be an array"_s);
    if (!work.charge(input.size() / 4) || !work.reserve(4.0 * double(input.size())))
        return {};
    QString out;
    for (const Value &item : input.items()) {
        if (!item.isNumber() || item.isNan())
            return work.fail(u"%1 can't be imploded, unicode codepoint needs to be numeric"_s.arg(described(item)));
        const double d = std::floor(item.toDouble());
        const bool isPoint = d >= 0 && d <= 0x10ffff && !(d >= 0xd800 && d <= 0xdfff);
        appendCodePoint(out, isPoint ? char32_t(d) : U'\ufffd');
    }
    return work.text(std::move(out));
}

Value insideF(Work &work, Value &input, Value *args)
{
    return findNative(u"contains"_s, 1)->run(work, args[0], &input);
}

constexpr NativeFunction functions[] = {
    {"tostring", 0, tostringF},
    {"tojson", 0, tojsonF},
    {"fromjson", 0, fromjsonF},
    {"tonumber", 0, tonumberF},
    {"utf8bytelength", 0, utf8lengthF},
    {"split", 1, splitF},
    {"join", 1, joinF},
    {"startswith", 1, startswithF},
    {"endswith", 1, endswithF},
    {"ltrimstr", 1, ltrimstrF},
    {"rtrimstr", 1, rtrimstrF},
    {"trim", 0, trimF},
    {"ltrim", 0, ltrimF},
    {"rtrim", 0, rtrimF},
    {"ascii_upcase", 0, upcaseF},
    {"ascii_downcase", 0, downcaseF},
    {"explode", 0, explodeF},
    {"implode", 0, implodeF},
    {"inside", 1, insideF},
};
} // namespace

Value splitText(Work &work, const QString &text, const QString &separator)
{
    Value out = Value::array(work.heap);
    if (text.isEmpty())
        return out;
    qsizetype at = 0;
    while (work.charge() && work.reserve(200)) {
        if (separator.isEmpty()) {
            if (at >= text.size())
                return out;
            const qsizetype units = isPair(text, at) ? 2 : 1;
            out.append(work.heap, work.text(text.mid(at, units)));
            at += units;
            continue;
        }
        const qsizetype found = text.indexOf(separator, at);
        out.append(work.heap, work.text(text.mid(at, found < 0 ? -1 : found - at)));
        if (found < 0)
            return out;
        at = found + separator.size();
    }
    return {};
}

std::span<const NativeFunction> textFunctions()
{
    return functions;
}

} // namespace Atom::Expressions
