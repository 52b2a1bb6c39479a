// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/memory/recall.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

namespace Atom::Evaluation {

//! \brief How well the evidence of questions about conversations is found. Recall is the mean over the questions of the
//! share of evidence in the first k; reciprocal rank is that of the first evidence.
struct RecallFigures
{
    int questions = 0;
    double recall5 = 0, recall10 = 0, hit10 = 0, reciprocalRank = 0;
    QList<double> microseconds;
    QList<QJsonObject> misses; //!< questions without evidence among the first 10
};

//! \brief Messages `{conv, id, ts, speaker, text}`, each conversation a room, indexed under their order in the file.
inline bool fillIndex(Memory::MessageIndex &index, const QList<QJsonObject> &messages, QHash<QString, QDateTime> &ends)
{
    using namespace Qt::StringLiterals;
    QHash<QString, qint64> seqs;
    for (const QJsonObject &line : messages) {
        Memory::IndexedMessage message;
        const QString room = line[u"conv"_s].toString();
        const QString speaker = line[u"speaker"_s].toString();
        QDateTime at = QDateTime::fromString(line[u"ts"_s].toString(), Qt::ISODate);
        at.setTimeSpec(Qt::UTC);
        message.room = RoomId::fromString(room);
        message.id = MessageId::fromString(line[u"id"_s].toString());
        message.seq = ++seqs[room];
        message.speaker = UserId("user-" + QByteArray::number(qHash(speaker, 0), 16));
        message.speakerName = speaker;
        message.at = fromMillis(at.toMSecsSinceEpoch());
        message.text = line[u"text"_s].toString();
        if (!index.append(message))
            return false;
        ends[room] = at;
    }
    return !messages.isEmpty();
}

//! \brief Asks each of `{conv, question, evidence}`, in its conversation, a day after its last message.
inline RecallFigures askAll(const Memory::MessageIndex &index, const QList<QJsonObject> &questions,
                            const QHash<QString, QDateTime> &ends)
{
    using namespace Qt::StringLiterals;
    RecallFigures figures;
    Memory::Recall recall(index);
    for (const QJsonObject &line : questions) {
        const QString room = line[u"conv"_s].toString();
        const QJsonArray evidence = line[u"evidence"_s].toArray();
        if (evidence.isEmpty())
            continue;
        Memory::RecallQuery query;
        query.text = line[u"question"_s].toString();
        query.scope = index.scope({RoomId::fromString(room)});
        query.now = fromMillis(ends.value(room).addDays(1).toMSecsSinceEpoch());
        QElapsedTimer timer;
        timer.start();
        const QList<Memory::RecallHit> hits = recall.find(query);
        figures.microseconds.append(double(timer.nsecsElapsed()) / 1e3);
        int in5 = 0, in10 = 0;
        double first = 0;
        for (qsizetype rank = 0; rank < hits.size(); ++rank) {
            if (!evidence.contains(hits.at(rank).message.toString()))
                continue;
            in5 += rank < 5;
            in10 += rank < 10;
            if (first == 0)
                first = 1.0 / double(rank + 1);
        }
        ++figures.questions;
        figures.recall5 += double(in5) / double(evidence.size());
        figures.recall10 += double(in10) / double(evidence.size());
        figures.hit10 += in10 > 0;
        figures.reciprocalRank += first;
        if (in10 == 0)
            figures.misses.append(line);
    }
    const double n = qMax(1, figures.questions);
    figures.recall5 /= n;
    figures.recall10 /= n;
    figures.hit10 /= n;
    figures.reciprocalRank /= n;
    return figures;
}

} // namespace Atom::Evaluation
