// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/tokens.h"

#include <algorithm>

namespace Atom::Entities {

namespace {
//! One unit for one unit, so that places in the folded text are places in the text.
char16_t folded(char16_t c)
{
    if (c >= u'A' && c <= u'Z')
        return char16_t(c + 32);
    return c == 0x2019 || c == 0x2018 ? u'\'' : c;
}

bool isDigit(char16_t c)
{
    return c >= u'0' && c <= u'9';
}

bool isLetter(char16_t c)
{
    if (c < 0x80)
        return (c >= u'a' && c <= u'z') || c == u'_';
    return QChar(c).isLetter() || QChar(c).isSurrogate() || QChar(c).isMark();
}
} // namespace

bool Token::isAny(std::initializer_list<QStringView> words) const
{
    return std::any_of(words.begin(), words.end(), [this](QStringView w) { return text == w; });
}

bool Token::isDash() const
{
    if (type != Type::Symbol)
        return false;
    const char16_t c = text.front().unicode();
    return c == u'-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

Tokens::Tokens(QStringView text) : m_text(text)
{
    m_folded.resize(text.size());
    QChar *const out = m_folded.data();
    for (qsizetype i = 0; i < text.size(); ++i)
        out[i] = QChar(folded(text.at(i).unicode()));
    const QStringView all(m_folded);
    m_tokens.reserve(size_t(text.size()) / 4 + 4);
    qsizetype at = 0;
    bool glued = false;
    while (at < all.size()) {
        const char16_t c = all.at(at).unicode();
        if (QChar(c).isSpace()) {
            glued = false;
            ++at;
            continue;
        }
        Token token;
        token.start = at;
        token.glued = glued;
        if (isDigit(c)) {
            token.type = Token::Type::Digits;
            for (; at < all.size() && isDigit(all.at(at).unicode()); ++at)
                token.number = token.number * 10 + (all.at(at).unicode() - u'0');
        } else if (isLetter(c)) {
            token.type = Token::Type::Word;
            while (at < all.size() && isLetter(all.at(at).unicode()))
                ++at;
        } else {
            token.type = Token::Type::Symbol;
            ++at;
        }
        token.end = at;
        token.text = all.mid(token.start, at - token.start);
        token.raw = text.mid(token.start, at - token.start);
        if (token.isWord())
            token.word = wordInfo(token.text);
        m_tokens.push_back(token);
        glued = true;
    }
    findConnectors();
}

void Tokens::findConnectors()
{
    m_nextConnector.resize(m_tokens.size());
    m_nextFor.resize(m_tokens.size());
    int connector = size();
    int forWord = size();
    for (int i = size() - 1; i >= 0; --i) {
        const Token &token = m_tokens[size_t(i)];
        if (token.isDash() || token.isSymbol(u'/') ||
            token.isAny({u"to", u"and", u"but", u"till", u"til", u"until", u"untill", u"thru", u"through"}))
            connector = i;
        if (token.is(u"for"))
            forWord = i;
        m_nextConnector[size_t(i)] = connector;
        m_nextFor[size_t(i)] = forWord;
    }
}

void Tokens::mask(qsizetype start, qsizetype end)
{
    auto it = std::lower_bound(m_tokens.begin(), m_tokens.end(), start,
                               [](const Token &token, qsizetype at) { return token.end <= at; });
    for (; it != m_tokens.end() && it->start < end; ++it) {
        it->masked = true;
        it->type = Token::Type::Symbol;
        it->word = nullptr;
        // Not a character that any rule asks for.
        static constexpr char16_t nothing = 0xFFFF;
        it->text = QStringView(&nothing, 1);
    }
}

} // namespace Atom::Entities
