// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads JSON texts inside programs (fromjson): QJsonDocument knows no scalars, no NaN, and rounds large integers late.
#include "server/expressions/jsontext.h"

#include <limits>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
class JsonReader
{
public:
    JsonReader(Work &work, const QString &text) : m_work(work), m_text(text) {}

    Value document()
    {
        Value v = value(0);
        skipSpace();
        if (m_ok && m_at < m_text.size())
            return bad(u"Unexpected extra JSON values");
        return m_ok ? v : Value();
    }

private:
    Value bad(QStringView what)
    {
        if (m_ok && !m_work.failed)
            m_work.fail(u"%1 at character %2 (while parsing '%3')"_s.arg(what).arg(m_at + 1).arg(m_text.left(64)));
        m_ok = false;
        return {};
    }
    void skipSpace()
    {
        while (m_at < m_text.size() && (m_text[m_at] == u' ' || m_text[m_at] == u'\n' || m_text[m_at] == u'\t' ||
                                        m_text[m_at] == u'\r' || (m_at == 0 && m_text[m_at] == QChar(0xfeff))))
            ++m_at;
    }
    bool accept(QChar c)
    {
        skipSpace();
        if (m_at >= m_text.size() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }

    Value value(quint32 depth)
    {
        if (depth >= Heap::maxDepth)
            return bad(u"Exceeds depth limit for parsing");
        if (!m_work.charge()) {
            m_ok = false;
            return {};
        }
        skipSpace();
        if (m_at >= m_text.size())
            return bad(u"Unfinished JSON term");
        const QChar c = m_text[m_at];
        if (c == u'"') {
            QString text;
            return string(text) ? m_work.text(std::move(text)) : Value();
        }
        if (accept(u'['))
            return array(depth);
        if (accept(u'{'))
            return object(depth);
        qsizetype end = m_at;
        while (end < m_text.size() && (m_text[end].isLetterOrNumber() || QStringView(u"+-.").contains(m_text[end])))
            ++end;
        const QStringView word = QStringView(m_text).mid(m_at, end - m_at);
        Value v;
        if (word == u"true" || word == u"false")
            v = Value::boolean(word == u"true");
        else if (word != u"null" && !parseNumber(word, &v))
            return bad(u"Invalid literal");
        m_at = end;
        return v;
    }

    Value array(quint32 depth)
    {
        Value out = Value::array(m_work.heap);
        if (accept(u']'))
            return out;
        do {
            Value item = value(depth + 1);
            if (!m_ok)
                return {};
            out.append(m_work.heap, std::move(item));
        } while (accept(u','));
        return accept(u']') ? out : bad(u"Expected separator between values");
    }

    Value object(quint32 depth)
    {
        Value out = Value::object(m_work.heap);
        if (accept(u'}'))
            return out;
        do {
            skipSpace();
            QString key;
            if (m_at >= m_text.size() || m_text[m_at] != u'"')
                return bad(u"Object keys must be strings");
            if (!string(key))
                return {};
            if (!accept(u':'))
                return bad(u"Objects must consist of key:value pairs");
            Value item = value(depth + 1);
            if (!m_ok)
                return {};
            out.insert(m_work.heap, key, std::move(item));
        } while (accept(u','));
        return accept(u'}') ? out : bad(u"Expected separator between values");
    }

    bool string(QString &out)
    {
        ++m_at;
        while (m_at < m_text.size()) {
            const QChar c = m_text[m_at++];
            if (c == u'"') {
                out = QString::fromUtf8(out.toUtf8()); // halves of surrogate pairs become U+FFFD
                m_work.charge(out.size() / 64);
                return true;
            }
            if (c != u'\\') {
                out += c;
                continue;
            }
            const QChar e = m_at < m_text.size() ? m_text[m_at++] : QChar();
            const qsizetype simple = QStringView(u"\"\\/bfnrt").indexOf(e);
            if (simple >= 0) {
                out += QStringView(u"\"\\/\b\f\n\r\t")[simple];
                continue;
            }
            bool ok = false;
            const ushort unit = QStringView(m_text).mid(m_at, 4).toUShort(&ok, 16);
            if (e != u'u' || !ok || m_at + 4 > m_text.size())
                break;
            m_at += 4;
            out += QChar(unit);
        }
        bad(u"Invalid string");
        return false;
    }

    Work &m_work;
    const QString &m_text;
    qsizetype m_at = 0;
    bool m_ok = true;
};
} // namespace

Value parseJson(Work &work, const QString &text)
{
    return JsonReader(work, text).document();
}

bool parseNumber(QStringView text, Value *out)
{
    QStringView digits = text;
    if (digits.startsWith(u'-') || digits.startsWith(u'+'))
        digits = digits.mid(1);
    if (digits.startsWith(u"nan")) {
        for (const QChar c : digits.mid(3)) {
            if (c < u'0' || c > u'9')
                return false;
        }
        *out = Value::number(std::numeric_limits<double>::quiet_NaN());
        return true;
    }
    if (digits.isEmpty() || !(digits[0] == u'.' || (digits[0] >= u'0' && digits[0] <= u'9')))
        return false;
    bool hasDigit = false;
    for (const QChar c : digits) {
        hasDigit = hasDigit || (c >= u'0' && c <= u'9');
        if ((c < u'0' || c > u'9') && !QStringView(u".eE+-").contains(c))
            return false;
    }
    if (!hasDigit)
        return false;
    bool ok = false;
    if (const qint64 whole = text.toLongLong(&ok); ok && !(whole == 0 && text.startsWith(u'-'))) {
        *out = Value::integer(whole);
        return true;
    }
    // 1e1000 is infinite and meant; toDouble() calls it an error, so the form is checked by hand.
    const qsizetype exponent = digits.indexOf(u'e', 0, Qt::CaseInsensitive);
    const QStringView mantissa = exponent < 0 ? digits : digits.left(exponent);
    bool mantissaOk = false;
    (void)mantissa.toDouble(&mantissaOk);
    const double d = text.toDouble(&ok);
    if (!ok) {
        QStringView power = exponent < 0 ? QStringView(u"0") : digits.mid(exponent + 1);
        const bool isNegativePower = power.startsWith(u'-');
        if (isNegativePower || power.startsWith(u'+'))
            power = power.mid(1);
        const bool onlyDigits = std::all_of(power.begin(), power.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
        if (!mantissaOk || power.isEmpty() || !onlyDigits)
            return false;
        const double size = isNegativePower ? 0.0 : std::numeric_limits<double>::infinity();
        *out = Value::number(text.startsWith(u'-') ? -size : size);
        return true;
    }
    *out = Value::number(d);
    return true;
}

} // namespace Atom::Expressions
