// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/jsontext.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
// Shortest digits, laid out as David Gay's g_fmt with jq's limits.
QString realText(double d)
{
    d = std::clamp(d, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::abs(d), std::chars_format::scientific).ptr;
    QByteArray digits;
    const char *at = buffer;
    for (; at < end && *at != 'e'; ++at) {
        if (*at != '.')
            digits += *at;
    }
    const int exponent = QByteArray(at + 1, end - at - 1).toInt();
    while (digits.size() > 1 && digits.endsWith('0'))
        digits.chop(1);
    const int point = exponent + 1; // digits before the decimal point
    QByteArray out = std::signbit(d) ? "-" : "";
    const auto count = int(digits.size());
    if (d == 0) {
        out += '0';
    } else if (point <= -4 || point > count + 15) {
        out += digits.left(1);
        if (count > 1)
            out += '.' + digits.mid(1);
        out += exponent < 0 ? "e-" : "e+";
        out += QByteArray::number(std::abs(exponent)).rightJustified(2, '0');
    } else if (point <= 0) {
        out += "0." + QByteArray(-point, '0') + digits;
    } else if (point >= count) {
        out += digits + QByteArray(point - count, '0');
    } else {
        out += digits.left(point) + '.' + digits.mid(point);
    }
    return QString::fromLatin1(out);
}

class Writer
{
public:
    explicit Writer(qsizetype limit) : m_limit(limit) {}
    bool isFull() const { return out.size() > m_limit; }
    void write(const Value &value)
    {
        ++parts;
        switch (value.type()) {
        case Value::Type::Null:
            out += u"null";
            break;
        case Value::Type::False:
            out += u"false";
            break;
        case Value::Type::True:
            out += u"true";
            break;
        case Value::Type::Integer:
        case Value::Type::Double:
            out += numberText(value);
            break;
        case Value::Type::String:
            quote(value.text());
            break;
        case Value::Type::Array: {
            out += u'[';
            bool isFirst = true;
            for (const Value &item : value.items()) {
                if (isFull())
                    return;
                if (!std::exchange(isFirst, false))
                    out += u',';
                write(item);
            }
            out += u']';
            break;
        }
        case Value::Type::Object: {
            out += u'{';
            bool isFirst = true;
            for (const auto &[key, item] : value.members()) {
                if (isFull())
                    return;
                if (!std::exchange(isFirst, false))
                    out += u',';
                quote(key);
                out += u':';
                write(item);
            }
            out += u'}';
            break;
        }
        }
    }
    QString out;
    qint64 parts = 0;

private:
    void quote(const QString &text)
    {
        out += u'"';
        for (const QChar c : text) {
            switch (c.unicode()) {
            case '"':
                out += u"\\\"";
                break;
            case '\\':
                out += u"\\\\";
                break;
            case '\n':
                out += u"\\n";
                break;
            case '\t':
                out += u"\\t";
                break;
            case '\r':
                out += u"\\r";
                break;
            case '\b':
                out += u"\\b";
                break;
            case '\f':
                out += u"\\f";
                break;
            default:
                if (c.unicode() < 0x20 || c.unicode() == 0x7f)
                    out += u"\\u%1"_s.arg(c.unicode(), 4, 16, QChar(u'0'));
                else
                    out += c;
            }
            if (isFull())
                return;
        }
        out += u'"';
    }
    qsizetype m_limit;
};
} // namespace

QString numberText(const Value &number)
{
    if (number.isInteger())
        return QString::number(number.toInteger());
    return number.isNan() ? u"null"_s : realText(number.toDouble());
}

QString jsonText(Work &work, const Value &value)
{
    const qint64 room = std::max<qint64>(0, work.heap.limit - work.heap.live) / 4;
    Writer writer(room);
    writer.write(value);
    if (writer.isFull())
        work.reserve(double(work.heap.limit) + 1);
    work.charge(writer.parts / 4 + writer.out.size() / 64);
    return std::move(writer.out);
}

QString shortJson(const Value &value, int limit)
{
    Writer writer(2 * limit); // then it is cut
    writer.write(value);
    QByteArray bytes = writer.out.toUtf8();
    if (bytes.size() <= limit - 1)
        return writer.out;
    bytes.truncate(limit - 4);
    while (!bytes.isEmpty() && QString::fromUtf8(bytes).endsWith(QChar::ReplacementCharacter))
        bytes.chop(1);
    return QString::fromUtf8(bytes) + u"..."_s;
}

} // namespace Atom::Expressions
