// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/textspans.h"

#include <QtCore/QHash>

#include <algorithm>
#include <array>

namespace Atom::Entities {

namespace {
constexpr qsizetype longestName = 64;
constexpr qsizetype longestHost = 255;

bool isAsciiLetter(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z');
}
bool isAsciiDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}
bool isWordChar(QChar c)
{
    return c == u'_' || isAsciiLetter(c) || isAsciiDigit(c) ||
           (c.unicode() >= 0x80 && (c.isLetterOrNumber() || c.isSurrogate()));
}
bool isHostChar(QChar c)
{
    return isAsciiLetter(c) || isAsciiDigit(c) || c == u'.' || c == u'-';
}

//! Endings of names that are links without a path too. With a path any ending will do.
bool isCommonEnding(QStringView ending)
{
    static constexpr std::array endings{u"com", u"net", u"org", u"edu", u"gov", u"io", u"dev", u"app", u"info",
                                        u"biz", u"de",  u"uk",  u"fr",  u"eu",  u"ch", u"nl",  u"ai",  u"se"};
    return std::any_of(endings.begin(), endings.end(), [&](const char16_t *e) { return ending == QStringView(e); });
}

class Scanner
{
public:
    explicit Scanner(QStringView text) : m_text(text) {}
    std::vector<TextSpan> run()
    {
        findCode();
        findQuotes();
        size_t code = 0;
        for (qsizetype i = 0; i < m_text.size();) {
            while (code < m_code.size() && m_code[code].end <= i)
                ++code;
            if (code < m_code.size() && m_code[code].start <= i) {
                i = m_code[code].end;
                continue;
            }
            i = std::max(i + 1, scanAt(i));
        }
        m_spans.insert(m_spans.end(), m_code.begin(), m_code.end());
        return std::move(m_spans);
    }

private:
    QChar at(qsizetype i) const { return i >= 0 && i < m_text.size() ? m_text.at(i) : QChar(u' '); }

    //! A run of backquotes is closed by the next run of the same length.
    void findCode()
    {
        struct Run
        {
            qsizetype start, length;
        };
        std::vector<Run> runs;
        for (qsizetype i = 0; i < m_text.size(); ++i) {
            if (m_text.at(i) != u'`')
                continue;
            const qsizetype start = i;
            while (at(i) == u'`')
                ++i;
            runs.push_back({start, i - start});
        }
        std::vector<size_t> closing(runs.size(), 0);
        QHash<qsizetype, size_t> nextOfLength;
        for (size_t k = runs.size(); k-- > 0;) {
            closing[k] = nextOfLength.value(runs[k].length, 0); // 0 closes nothing
            nextOfLength.insert(runs[k].length, k);
        }
        for (size_t k = 0; k < runs.size(); ++k) {
            const size_t close = closing[k];
            if (close == 0)
                continue;
            const qsizetype innerStart = runs[k].start + runs[k].length;
            m_code.push_back(
                {Kind::Code, runs[k].start, runs[close].start + runs[close].length, innerStart, runs[close].start});
            k = close;
        }
    }

    //! One pass for each pair of marks; a quote ends with its line.
    void findQuotes()
    {
        static constexpr char16_t pairs[][2]{
            {u'"', u'"'}, {u'\u201C', u'\u201D'}, {u'\u201E', u'\u201C'}, {u'\u00AB', u'\u00BB'}};
        for (const auto &pair : pairs) {
            qsizetype open = -1;
            size_t code = 0;
            for (qsizetype i = 0; i < m_text.size(); ++i) {
                while (code < m_code.size() && m_code[code].end <= i)
                    ++code;
                if (code < m_code.size() && m_code[code].start <= i) {
                    i = m_code[code].end - 1;
                    continue;
                }
                const QChar c = m_text.at(i);
                if (c == u'\n') {
                    open = -1;
                } else if (open >= 0 && c == pair[1] && !isWordChar(at(i + 1)) && i > open + 1) {
                    m_spans.push_back({Kind::Quote, open, i + 1, open + 1, i});
                    open = -1;
                } else if (c == pair[0] && !isWordChar(at(i - 1)) && !at(i + 1).isSpace()) {
                    open = i;
                }
            }
        }
    }

    qsizetype scanAt(qsizetype i)
    {
        const QChar c = m_text.at(i);
        if (c == u'@')
            return mentionAt(i);
        if (c == u'#')
            return channelAt(i);
        if (!isWordChar(c) || (i > 0 && isWordChar(at(i - 1))))
            return i + 1;
        return wordAt(i);
    }

    qsizetype add(Kind kind, qsizetype start, qsizetype end, qsizetype innerStart)
    {
        m_spans.push_back({kind, start, end, innerStart, end});
        return end;
    }

    qsizetype nameEnd(qsizetype i) const
    {
        qsizetype end = i;
        while (end < m_text.size() && end - i < longestName &&
               (isWordChar(at(end)) || at(end) == u'-' || at(end) == u'.'))
            ++end;
        while (end > i && (at(end - 1) == u'-' || at(end - 1) == u'.'))
            --end;
        return end;
    }

    qsizetype mentionAt(qsizetype i)
    {
        if (isWordChar(at(i - 1)) || !isWordChar(at(i + 1)) || isAsciiDigit(at(i + 1)))
            return i + 1;
        const qsizetype end = nameEnd(i + 1);
        return end > i + 1 ? add(Kind::Mention, i, end, i + 1) : i + 1;
    }

    qsizetype channelAt(qsizetype i)
    {
        if (isWordChar(at(i - 1)) || at(i - 1) == u'#' || at(i - 1) == u'/' || at(i - 1) == u'&')
            return i + 1;
        const qsizetype end = nameEnd(i + 1);
        // "#42" is a number of something.
        const QStringView name = m_text.mid(i + 1, end - i - 1);
        const bool letters = std::any_of(name.begin(), name.end(), [](QChar n) { return !isAsciiDigit(n); });
        return end > i + 1 && letters ? add(Kind::Channel, i, end, i + 1) : i + 1;
    }

    //! A word: a link with or without a scheme, an address, or just a word. \return where to go on.
    qsizetype wordAt(qsizetype i)
    {
        qsizetype end = i;
        while (end < m_text.size() && end - i < longestHost &&
               (isHostChar(at(end)) || at(end) == u'_' || at(end) == u'+' || at(end) == u'%'))
            ++end;
        if (end == i)
            return i + 1;
        if (at(end) == u'@') {
            const qsizetype address = addressEnd(i, end);
            return address > 0 ? add(Kind::Email, i, address, i) : end;
        }
        if (at(end) == u':' && at(end + 1) == u'/' && at(end + 2) == u'/' && end - i <= 16 && !at(end + 3).isSpace() &&
            isAsciiLetter(at(i)) && end + 3 < m_text.size())
            return add(Kind::Url, i, linkEnd(i, end + 3), i);
        if (m_text.mid(i, 7).compare(u"mailto:", Qt::CaseInsensitive) == 0)
            return i + 7;
        qsizetype host = i;
        while (host < end && isHostChar(at(host)))
            ++host;
        while (host > i && (at(host - 1) == u'.' || at(host - 1) == u'-'))
            --host;
        const QStringView name = m_text.mid(i, host - i);
        const qsizetype point = name.lastIndexOf(u'.');
        if (point <= 0 || name.contains(u".."))
            return end;
        const QString ending = name.mid(point + 1).toString().toLower();
        if (ending.size() < 2 || !std::all_of(ending.begin(), ending.end(), isAsciiLetter))
            return end;
        const bool www = name.startsWith(u"www.", Qt::CaseInsensitive) && point > 4;
        qsizetype after = host;
        if (at(after) == u':' && isAsciiDigit(at(after + 1))) {
            ++after;
            while (isAsciiDigit(at(after)) && after < host + 6)
                ++after;
        }
        const bool path = at(after) == u'/' && isWordChar(at(after + 1));
        if (!www && !isCommonEnding(ending) && !(path && isAsciiLetter(at(i)) && point > 1 && ending.size() <= 6))
            return end;
        if (after == host && host < end && !path)
            return end;
        const QChar next = at(after);
        return add(Kind::Url, i, next == u'/' || next == u'?' || next == u'#' ? linkEnd(i, after) : after, i);
    }

    //! The end of an address whose name is [start, sign), or 0.
    qsizetype addressEnd(qsizetype start, qsizetype sign) const
    {
        if (sign - start > longestName || at(start) == u'.')
            return 0;
        qsizetype end = sign + 1;
        while (end < m_text.size() && end - sign < longestHost && isHostChar(at(end)))
            ++end;
        while (end > sign + 1 && (at(end - 1) == u'.' || at(end - 1) == u'-'))
            --end;
        const QStringView host = m_text.mid(sign + 1, end - sign - 1);
        const qsizetype point = host.lastIndexOf(u'.');
        if (point <= 0 || host.contains(u"..") || host.size() - point < 3)
            return 0;
        const QStringView ending = host.mid(point + 1);
        return std::all_of(ending.begin(), ending.end(), isAsciiLetter) ? end : 0;
    }

    //! To the next space, without what ends the sentence around the link.
    qsizetype linkEnd(qsizetype start, qsizetype from) const
    {
        qsizetype end = from;
        int open = 0;
        int closed = 0;
        for (; end < m_text.size(); ++end) {
            const QChar c = at(end);
            if (c.isSpace() || c == u'<' || c == u'>' || c == u'"' || c == u'`' || c == u'\u201D' || c == u'\u00BB')
                break;
            open += c == u'(' ? 1 : 0;
            closed += c == u')' ? 1 : 0;
        }
        for (; end > std::max(start + 1, from); --end) {
            const QChar c = at(end - 1);
            if (c == u')' && closed > open)
                --closed;
            else if (!QStringView(u".,;:!?'*]}").contains(c))
                break;
        }
        return end;
    }

    QStringView m_text;
    std::vector<TextSpan> m_spans;
    std::vector<TextSpan> m_code;
};
} // namespace

std::vector<TextSpan> findTextSpans(QStringView text)
{
    return Scanner(text).run();
}

} // namespace Atom::Entities
