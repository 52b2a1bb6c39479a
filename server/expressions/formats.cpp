// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The formats behind `@`.
#include "server/expressions/arithmetic.h"
#include "server/expressions/jsontext.h"
#include "server/expressions/natives.h"

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
QString row(Work &work, const Value &value, bool isCsv)
{
    QString out;
    if (!value.isArray()) {
        work.fail(u"%1 cannot be %2-formatted, only an array can be"_s.arg(described(value), isCsv ? u"csv" : u"tsv"));
        return out;
    }
    for (qsizetype i = 0; i < value.size() && work.charge() && work.reserve(4.0 * double(out.size())); ++i) {
        if (i > 0)
            out += isCsv ? u',' : u'\t';
        const Value item = value.at(i);
        if (item.isString() && isCsv) {
            out += u'"' + QString(item.text()).replace(u'"', u"\"\""_s) + u'"';
        } else if (item.isString()) {
            QString text = item.text();
            out += text.replace(u'\\', u"\\\\"_s)
                       .replace(u'\t', u"\\t"_s)
                       .replace(u'\n', u"\\n"_s)
                       .replace(u'\r', u"\\r"_s);
        } else if (item.isNumber() || item.isBool()) {
            out += asText(work, item);
        } else if (!item.isNull()) {
            work.fail(u"%1 is not valid in a csv row"_s.arg(described(item)));
        }
    }
    return out;
}

QString shellWords(Work &work, const Value &value)
{
    QString out;
    const qsizetype count = value.isArray() ? value.size() : 1;
    for (qsizetype i = 0; i < count && work.charge(); ++i) {
        const Value item = value.isArray() ? value.at(i) : value;
        if (i > 0)
            out += u' ';
        if (item.isArray() || item.isObject())
            work.fail(u"%1 can not be escaped for shell"_s.arg(described(item)));
        else if (item.isString())
            out += u'\'' + QString(item.text()).replace(u'\'', u"'\\''"_s) + u'\'';
        else
            out += asText(work, item);
    }
    return out;
}

QString html(const QString &text)
{
    QString out;
    for (const QChar c : text) {
        switch (c.unicode()) {
        case '<':
            out += u"&lt;";
            break;
        case '>':
            out += u"&gt;";
            break;
        case '&':
            out += u"&amp;";
            break;
        case '\'':
            out += u"&apos;";
            break;
        case '"':
            out += u"&quot;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

Value base64d(Work &work, const Value &value, const QString &text)
{
    const QByteArray in = text.toUtf8();
    QByteArray clean = in;
    while (clean.endsWith('='))
        clean.chop(1);
    const auto decoded = QByteArray::fromBase64Encoding(clean, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return work.fail(u"%1 is not valid base64 data"_s.arg(described(value)));
    if (clean.size() % 4 == 1)
        return work.fail(u"%1 trailing base64 byte found"_s.arg(described(value)));
    return work.text(QString::fromUtf8(*decoded));
}

constexpr char base32Alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

QString base32(const QByteArray &bytes)
{
    QString out;
    quint32 bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = (bits << 8) | quint8(c);
        for (count += 8; count >= 5; count -= 5)
            out += QLatin1Char(base32Alphabet[(bits >> (count - 5)) & 31]);
    }
    if (count > 0)
        out += QLatin1Char(base32Alphabet[(bits << (5 - count)) & 31]);
    while (out.size() % 8 != 0)
        out += u'=';
    return out;
}

Value base32d(Work &work, const Value &value, const QString &text)
{
    QByteArray out;
    quint32 bits = 0;
    int count = 0;
    QByteArray in = text.toUtf8();
    while (in.endsWith('='))
        in.chop(1);
    for (const char c : in) {
        const qsizetype digit = QByteArrayView(base32Alphabet).indexOf(c);
        if (digit < 0)
            return work.fail(u"%1 is not valid base32 data"_s.arg(described(value)));
        bits = (bits << 5) | quint32(digit);
        count += 5;
        if (count >= 8) {
            count -= 8;
            out += char((bits >> count) & 0xff);
        }
    }
    return work.text(QString::fromUtf8(out));
}

QString percent(const QString &text)
{
    return QString::fromLatin1(text.toUtf8().toPercentEncoding("-_.~"));
}
} // namespace

QString asText(Work &work, const Value &value)
{
    if (value.isString())
        return value.text();
    return value.isNumber() ? numberText(value) : jsonText(work, value);
}

Value formatted(Work &work, const QString &format, const Value &value)
{
    if (format == u"json")
        return work.text(jsonText(work, value));
    if (format == u"csv" || format == u"tsv")
        return work.text(row(work, value, format == u"csv"));
    if (format == u"sh")
        return work.text(shellWords(work, value));
    const QString text = asText(work, value);
    // The longest of them makes six units of one.
    if (work.failed || !work.charge(text.size() / 16) || !work.reserve(12.0 * double(text.size())))
        return {};
    if (format == u"html")
        return work.text(html(text));
    if (format == u"uri")
        return work.text(percent(text));
    if (format == u"base64")
        return work.text(QString::fromLatin1(text.toUtf8().toBase64()));
    if (format == u"base64d")
        return base64d(work, value, text);
    if (format == u"base32")
        return work.text(base32(text.toUtf8()));
    if (format == u"base32d")
        return base32d(work, value, text);
    return work.text(text);
}

} // namespace Atom::Expressions
