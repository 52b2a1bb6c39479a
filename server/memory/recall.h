// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/recallquestion.h"

namespace Atom::Memory {

//! \brief Why a message was found: the parts of its score, which is their sum.
struct RecallReason
{
    struct Term
    {
        QString word; //!< as it was asked
        double score = 0;
        bool operator==(const Term &) const = default;
    };
    QList<Term> terms;     //!< the asked words that the message has, in the order of the question
    double words = 0;      //!< the sum of `terms`
    double neighbours = 0; //!< what was said right before and after, and replies
    MessageId neighbour{}; //!< the one that counts most; empty: none
    double session = 0;    //!< what the conversation around it is about
    double person = 0;     //!< the speaker is named
    double date = 0;       //!< of a day that is named
    double time = 0;       //!< tells a time, where one is asked for
    bool operator==(const RecallReason &) const = default;
};

struct RecallHit
{
    MessageId message;
    RoomId room;
    qint64 seq = 0;
    UserId speaker;
    QString speakerName;
    Timestamp at{};
    double score = 0;
    RecallReason reason;
    bool operator==(const RecallHit &) const = default;
};

//! \brief Hits that stand close to each other, with what was said around them.
struct RecallWindow
{
    struct Line
    {
        MessageId message;
        qint64 seq = 0;
        UserId speaker;
        QString speakerName;
        Timestamp at{};
        double score = 0; //!< 0: no hit
    };
    RoomId room;
    QList<Line> lines; //!< by seq
    double score = 0;  //!< of its best hit
};

//! \brief Finds past messages for a question: BM25 of the message's words, of its neighbours in the session and of the
//! session as a whole, the person, the day and the time that are asked for. No model.
//!
//! All counts that scores depend on (messages, document frequencies, mean lengths, namesakes) are those of the rooms in
//! scope, counted anew for each query: a room outside changes neither result nor score. It may change the time a query
//! takes: lists of postings are read as a whole.
//! Bounded work: at most 32 words, each list read three times. A word that more than commonWord messages in scope have
//! finds no message by itself where the question has a rarer word, it only adds to the score of those found. Neighbours
//! are looked at for the best candidates, days and sessions give some thousand candidates at most. Not thread-safe;
//! keeps working memory of 4 bytes per message between queries. Method: Robertson and Zaragoza, "The Probabilistic
//! Relevance Framework: BM25 and Beyond" (2009); the structural weights were measured on long conversations.
class Recall
{
public:
    static constexpr quint32 commonWord = 20'000;
    static constexpr size_t mostCandidates = 2'000; //!< by their own words

    explicit Recall(const MessageIndex &index) : m_index(index), m_documents(index.documents()) {}

    //! \brief The best messages, best first; of equal ones the newer. Empty when nothing in scope has to do with it.
    QList<RecallHit> find(const RecallQuery &query);
    //! \brief The hits with up to `around` messages before and after in the same session, overlapping ones as one; the
    //! best first. The index must not have changed since find(): hits that are gone are left out.
    QList<RecallWindow> windows(const QList<RecallHit> &hits, int around = 2) const;

private:
    struct ScoredTerm
    {
        quint32 number = 0;
        qsizetype asked = 0;  //!< place in the question
        quint32 messages = 0; //!< in scope
        double weight = 0;    //!< inverse document frequency
    };
    struct Statistics
    {
        double messages = 0, meanLength = 1;
        double sessions = 0, meanSessionLength = 1;
    };
    struct Candidate
    {
        quint32 document = 0;
        double score = 0;
    };
    void prepare(const RecallQuery &query, const RecallQuestion &question);
    void clear();
    void count(const RecallQuery &query);
    void scoreTerm(const ScoredTerm &term, const RoomScope &scope, bool findsByItself);
    void scoreSessions(bool findsByItself);
    bool isExcluded(quint32 document) const { return m_own[document] < 0; }
    double wordsScore(const ScoredTerm &term, quint32 document, quint32 count) const;

    std::vector<quint32> candidates(const RecallQuery &query, const RecallQuestion &question);
    void addBestByWords(const RecallQuestion &question, std::vector<quint32> &to);
    void addNeighbours(std::vector<quint32> &to) const;
    void addBestSessions(std::vector<quint32> &to);
    void addDays(const RecallQuery &query, const RecallQuestion &question, std::vector<quint32> &to) const;
    void addSpeakers(const RecallQuery &query, const RecallQuestion &question, std::vector<quint32> &to) const;
    //! `strongest` becomes the neighbour that adds most, when one adds anything.
    RecallReason reasonOf(quint32 document, const RecallQuestion &question, quint32 *strongest = nullptr) const;
    std::vector<quint32> neighboursOf(quint32 document, int direction) const;
    void explainTerms(QList<RecallHit> &hits, const std::vector<Candidate> &found,
                      const RecallQuestion &question) const;
    RecallHit hitOf(quint32 document) const;

    const MessageIndex &m_index;
    const Documents &m_documents;
    Statistics m_statistics;
    std::vector<ScoredTerm> m_terms; //!< rarest first
    std::vector<float> m_own;        //!< by document: score of its words; negative: excluded
    std::vector<float> m_sessions;   //!< by session: score of its words
    std::vector<quint32> m_counts;   //!< by session: of the term at hand
    std::vector<quint32> m_touched, m_touchedSessions, m_termSessions, m_excluded;
    std::vector<quint32> m_sessionMember; //!< by session: one of its messages
};

} // namespace Atom::Memory
