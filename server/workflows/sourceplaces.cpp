// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a character of a text stands in the YAML or JSON source: the parser only tells where the text begins. The text
// and its source are walked side by side; what the source has more (escapes, line breaks, indentation) is skipped.
#include "server/workflows/sourcedocument.h"

#include <algorithm>

namespace Atom::Workflows {

namespace {
class TextPlaces
{
public:
    TextPlaces(QByteArrayView source, qsizetype at) : m_source(source), m_at(at)
    {
        const char c = peek();
        if (c == '|' || c == '>')
            beginBlock();
        else if (c == '"' || c == '\'')
            m_quote = m_source[m_at++];
    }

    //! The byte that makes the character at `offset` of `text`; -1 when the two do not go together.
    qsizetype find(QStringView text, qsizetype offset)
    {
        qsizetype done = 0;
        while (done < offset) {
            const qsizetype step = advance(text.sliced(done));
            if (step < 0)
                return -1;
            done += step;
        }
        skipFold(done < text.size() ? text[done] : QChar());
        return m_at <= m_source.size() ? m_at : -1;
    }

private:
    char peek(qsizetype ahead = 0) const { return m_at + ahead < m_source.size() ? m_source[m_at + ahead] : '\0'; }
    static bool isSpace(char c) { return c == ' ' || c == '\t'; }
    bool isBreak(qsizetype ahead = 0) const
    {
        return peek(ahead) == '\n' || (peek(ahead) == '\r' && peek(ahead + 1) == '\n');
    }

    void beginBlock()
    {
        m_isFolded = peek() == '>';
        m_isBlock = true;
        while (m_at < m_source.size() && m_source[m_at] != '\n')
            ++m_at;
        ++m_at;
        // The first line that is not empty has the indentation of all, unless the header says a number.
        qsizetype line = m_at;
        while (line < m_source.size()) {
            qsizetype i = line;
            while (i < m_source.size() && m_source[i] == ' ')
                ++i;
            if (i < m_source.size() && m_source[i] != '\n' && m_source[i] != '\r') {
                m_indent = i - line;
                break;
            }
            line = m_source.indexOf('\n', i) + 1;
            if (line == 0)
                break;
        }
        skipIndent();
    }
    void skipIndent()
    {
        for (qsizetype i = 0; i < m_indent && peek() == ' '; ++i)
            ++m_at;
    }

    // Only spaces until the end of the line: folded away in flow scalars.
    bool endsLine() const
    {
        qsizetype i = 0;
        while (isSpace(peek(i)))
            ++i;
        return isBreak(i);
    }
    //! Takes line breaks and what surrounds them; the number of breaks.
    int skipBreaks()
    {
        int breaks = 0;
        while (true) {
            while (!m_isBlock && isSpace(peek()))
                ++m_at;
            if (!isBreak())
                return breaks;
            m_at += peek() == '\r' ? 2 : 1;
            ++breaks;
            if (m_isBlock)
                skipIndent();
        }
    }
    //! A position at the end of a line means the character that follows the break.
    void skipFold(QChar next)
    {
        if (m_isBlock ? isBreak() && next != u'\n' && !next.isSpace() : endsLine() && !next.isSpace())
            skipBreaks();
    }

    //! One character of the text, or the white space a folded break became; how many units it was, -1: lost.
    qsizetype advance(QStringView text)
    {
        if (m_at >= m_source.size())
            return -1;
        if (m_quote == '"' && peek() == '\\')
            return escape(text);
        const bool atBreak = m_isBlock ? isBreak() : endsLine();
        if (atBreak)
            return lineBreak(text);
        if (m_quote == '\'' && peek() == '\'' && peek(1) == '\'')
            ++m_at;
        return plain(text);
    }
    qsizetype lineBreak(QStringView text)
    {
        if (m_isBlock && !m_isFolded) {
            m_at += peek() == '\r' ? 2 : 1;
            skipIndent();
            return text[0] == u'\n' ? 1 : -1;
        }
        skipBreaks();
        // One break is a space; of several the first is gone. Lines that are indented further keep them all.
        qsizetype units = 0;
        if (text[0] == u' ')
            return 1;
        while (units < text.size() && text[units] == u'\n')
            ++units;
        return units > 0 ? units : -1;
    }
    qsizetype plain(QStringView text)
    {
        const auto lead = static_cast<unsigned char>(peek());
        const qsizetype bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (lead < 0x80 && text[0] != QLatin1Char(char(lead)))
            return -1;
        m_at += bytes;
        return bytes == 4 ? 2 : 1;
    }
    qsizetype escape(QStringView text)
    {
        if (isBreak(1)) { // the line goes on, nothing comes between
            ++m_at;
            skipBreaks();
            return 0;
        }
        const char kind = peek(1);
        m_at += kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
        return kind == 'U' && text.size() > 1 && text[0].isHighSurrogate() ? 2 : 1;
    }

    QByteArrayView m_source;
    qsizetype m_at;
    char m_quote = 0;
    bool m_isBlock = false;
    bool m_isFolded = false;
    qsizetype m_indent = 0;
};
} // namespace

Position SourceDocument::positionInside(const QString &pointer, const QString &text, qsizetype offset) const
{
    const auto at = m_values.constFind(pointer);
    if (at == m_values.constEnd() || at->line < 1)
        return positionOf(pointer);
    const qsizetype begin = lineStart(at->line) + at->column - 1;
    if (begin < 0 || begin >= m_source.size() || offset < 0 || offset > text.size())
        return positionOf(pointer);
    const qsizetype found = TextPlaces(m_source, begin).find(text, offset);
    if (found < 0)
        return positionOf(pointer);
    const auto line = std::upper_bound(m_lines.begin(), m_lines.end(), found) - m_lines.begin();
    return shown({int(line), int(found - lineStart(int(line))) + 1});
}

} // namespace Atom::Workflows
