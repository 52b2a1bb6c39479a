// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/error.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QStringView>

#include <vector>

namespace Atom::Entities {

//! \brief A list of the workspace: products, teams, places.
struct WordList
{
    struct Entry
    {
        QString value; //!< the canonical value; found under itself too
        QStringList synonyms;
    };
    QString name;
    QList<Entry> entries;
};

//! \brief Finds the entries of lists in a text: whole words, without regard to case, accents and what stands between
//! the words ("front-end", "Front End"). One typing error (a letter too many, missing, wrong, or two exchanged) is
//! forgiven in words of five letters or more, unless the word as written is a word of some list.
class WordLists
{
public:
    static constexpr int mostWords = 8;        //!< of one entry
    static constexpr int longestWord = 40;     //!< letters; longer ones are compared by their beginning
    static constexpr int mostEntries = 20'000; //!< of all lists, synonyms included

    struct Match
    {
        qsizetype start = 0, length = 0; //!< UTF-16 units
        QString list, value;
        bool corrected = false;
    };

    //! \brief Adds lists. \return the mistakes, empty when there are none. O(letters · word length).
    QList<FieldError> add(const QList<WordList> &lists);
    //! \brief At each word the longest entry that begins there. O(text) for lists of a given size.
    QList<Match> find(QStringView text) const;

private:
    struct Node
    {
        QHash<int, int> next; //!< word to node
        int entry = -1;
    };
    struct Entry
    {
        QString list, value;
    };
    int wordId(const QString &word);
    QList<int> similar(const QString &word) const;

    std::vector<Entry> m_entries;
    std::vector<Node> m_nodes;
    QHash<QString, int> m_words;
    std::vector<QString> m_spelling;            //!< by word
    QHash<QString, QList<int>> m_withoutLetter; //!< words by what is left without one of their letters
};

} // namespace Atom::Entities
