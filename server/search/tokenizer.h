// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QVarLengthArray>

namespace Atom::Search {

//! \brief Cuts text into the words under which it is found. The same rules for messages and for what is searched.
//!
//! A word is a run of letters and digits; it is found without regard to case, accents and compatibility forms ("Café",
//! "cafe" and full-width "ＣＡＦＥ" are one word). Scripts that are written without spaces (Han, kana, Hangul, Thai, Lao,
//! Khmer, Myanmar) and emoji are cut into overlapping pairs, and single characters, so that any part of a run is found as a
//! phrase of pairs. Linear in the text, whatever it holds; a word keeps its first 64 characters.
class Tokenizer
{
public:
    enum class Use {
        Message, //!< runs of pairs give each character and each pair, both at the position of the first
        Query,   //!< runs of pairs give the pairs only, or the character when there is just one
    };
    explicit Tokenizer(QStringView text, Use use = Use::Message) : m_text(text), m_use(use) {}

    //! \brief Goes to the next word; false at the end.
    bool next();
    const QByteArray &term() const { return m_term; } //!< UTF-8, folded; valid until next()
    int position() const { return m_position; }       //!< of the word in the text, from 0
    qsizetype start() const { return m_start; }       //!< in UTF-16 units of the text
    qsizetype length() const { return m_length; }     //!< in UTF-16 units of the text

private:
    enum class Kind { Separator, Letter, Pair };
    //! A character with what follows and belongs to it, folded.
    struct Unit
    {
        Kind kind = Kind::Separator;
        QVarLengthArray<char32_t, 8> folded;
        qsizetype end = 0;
    };
    void read(qsizetype at, Unit &unit) const;
    //! Takes the plain letters that come next into the word, which has `letters` so far. \return how many it has then.
    int takeAscii(int letters);
    void setSpan(qsizetype start, qsizetype end);
    static void append(const Unit &unit, QByteArray &term);

    QStringView m_text;
    Use m_use;
    qsizetype m_at = 0;
    int m_nextPosition = 0;
    bool m_inRun = false;     //!< the character before m_at was of a run of pairs
    QByteArray m_pairTerm;    //!< the pair that is due after the single character
    qsizetype m_pairEnd = 0;
    QByteArray m_term;
    int m_position = 0;
    qsizetype m_start = 0;
    qsizetype m_length = 0;
};

//! \brief A word of a text and where it stands.
struct Token
{
    QByteArray term;
    int position = 0;
    qsizetype start = 0;
    qsizetype length = 0;
};
QList<Token> tokenize(QStringView text, Tokenizer::Use use = Tokenizer::Use::Message);

} // namespace Atom::Search
