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
        QString
            found; //!< the term of the message, a stem; differs from that of `word` when it is a word of like meaning
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
//! Bounded work: at most 32 words and as many of like meaning, whose lists are read once. A word that more than
//! commonWord messages in scope have finds no message by itself where the question has a rarer word, it only adds to
//! the score of those found; of such words the four rarest count. Neighbours are looked at for the best candidates;
//! days and sessions give some thousand candidates at most. Not thread-safe; keeps working memory of 4 bytes per
//! message between queries. Method: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond"
//! (2009); the structural weights were measured on long conversations.
class Recall
{
public:
    static constexpr quint32 commonWord = 10'000;
    static constexpr int mostCommonWords = 4;
    static constexpr size_t mostCandidates = 400; //!< by their own words

    explicit Recall(const MessageIndex &index) : m_index(index), m_documents(index.documents()) {}

    //! \brief The best messages, best first; of equal ones the newer. Empty when nothing in scope has to do with it.
    QList<RecallHit> find(const RecallQuery &query);
    //! \brief The hits with up to `around` messages before and after in the same session, overlapping ones as one; the
    //! best first. The index must not have changed since find(): hits that are gone are left out.
    QList<RecallWindow> windows(const QList<RecallHit> &hits, int around = 2) const;

private:
    struct Match
    {
        quint32 document = 0;
        quint32 count = 0;
    };
    struct ScoredTerm
    {
        quint32 number = 0;
        qsizetype asked = 0;  //!< place in the question
        double weight = 1;    //!< of an asked word 1, of one of like meaning less; then times the inverse frequency
        quint32 messages = 0; //!< in scope
        std::vector<Match> matches; //!< in scope, by document; empty when there are more than commonWord
    };
    //! The parts of a score.
    struct Parts
    {
        double words = 0, neighbours = 0, session = 0, person = 0, date = 0, time = 0;
        quint32 strongest = Documents::none; //!< of the neighbours
        double sum() const { return words + neighbours + session + person + date + time; }
    };
    //! At most two messages.
    struct Near
    {
        std::array<quint32, 2> documents{};
        size_t size = 0;
        void add(quint32 document)
        {
            if (size < documents.size() && (size == 0 || documents[0] != document))
                documents[size++] = document;
        }
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
    void addTerms(const RecallQuestion &question);
    void count(const RoomScope &scope);
    void countTerm(ScoredTerm &term, const RoomScope &scope) const;
    template <typename Visit> void forEachMatch(const ScoredTerm &term, const RoomScope &scope, Visit &&visit) const;
    void scoreTerm(const ScoredTerm &term, const RoomScope &scope, bool findsByItself);
    void scoreSessions(double termWeight);
    bool isExcluded(quint32 document) const { return m_own[document] < 0; }
    double wordsScore(const ScoredTerm &term, quint32 document, quint32 count) const;

    std::vector<quint32> candidates(const RecallQuery &query, const RecallQuestion &question);
    void addBestByWords(const RecallQuestion &question, std::vector<quint32> &to);
    void addNeighbours(std::vector<quint32> &to) const;
    void addBestSessions(std::vector<quint32> &to);
    void addDays(const RecallQuery &query, const RecallQuestion &question, std::vector<quint32> &to) const;
    void addSpeakers(const RecallQuery &query, const RecallQuestion &question, std::vector<quint32> &to) const;
    Parts partsOf(quint32 document, const RecallQuestion &question) const;
    double neighbourWeight(quint32 document, int direction, quint32 neighbour, size_t distance) const;
    Near neighboursOf(quint32 document, qsizetype place, int direction) const;
    void explainTerms(QList<RecallHit> &hits, const std::vector<Candidate> &found, const RecallQuery &query,
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
