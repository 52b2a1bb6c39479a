// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/search/tokenizer.h"

namespace Atom::Memory {

//! \brief Cuts a text into the terms under which memory keeps it: the words of Search::Tokenizer (no case, no accents,
//! no compatibility forms; pairs for scripts without spaces), irregular forms taken to their base, English stems.
//! Single letters are no words. Linear in the text.
class WordReader
{
public:
    using Use = Search::Tokenizer::Use;
    explicit WordReader(QStringView text, Use use = Use::Message) : m_tokens(text, use) {}

    //! \brief Goes to the next word; false at the end.
    bool next();
    const QByteArray &term() const { return m_term; }          //!< UTF-8, 1 to mostTermBytes; valid until next()
    const QByteArray &word() const { return m_tokens.term(); } //!< before stemming; valid until next()
    //! \brief One of the words that say how a sentence is built and not what it is about ("the", "did", "whose").
    bool isFunctionWord() const { return m_isFunctionWord; }
    //! \brief A word that tells or asks about time: "yesterday", "ago", "march", "2024".
    bool isTimeWord() const;

    static constexpr qsizetype mostTermBytes = 96;

private:
    Search::Tokenizer m_tokens;
    QByteArray m_term;
    bool m_isFunctionWord = false;
    bool m_isTimeWord = false;
};

} // namespace Atom::Memory
