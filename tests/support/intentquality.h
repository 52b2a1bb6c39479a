// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How well intents are recognised on development data (CLINC150, CC-BY-3.0, Larson et al. 2019) and on ordinary chat:
// for the test that guards the figures and for the program that shows them.
#include "server/assistant/intentmatcher.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRandomGenerator>
#include <QtCore/QSet>

#include <algorithm>

namespace Atom::Test::IntentQuality {
using namespace Atom::Assistant;
using namespace Qt::StringLiterals;

constexpr double threshold = 0.5; // the default of the configuration

struct Line
{
    QString text;
    QString intent;
};

inline QList<QByteArray> rawLines(const QString &path)
{
    QFile file(path);
    QList<QByteArray> lines;
    if (file.open(QIODevice::ReadOnly)) {
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (!line.trimmed().isEmpty())
                lines.append(line.trimmed());
        }
    }
    return lines;
}

inline QList<Line> labelled(const QString &path)
{
    QList<Line> list;
    for (const QByteArray &line : rawLines(path)) {
        const QJsonObject json = QJsonDocument::fromJson(line).object();
        list.append(Line{json.value("text"_L1).toString(), json.value("intent"_L1).toString()});
    }
    return list;
}

inline QStringList plain(const QString &path)
{
    QStringList list;
    for (const QByteArray &line : rawLines(path)) {
        if (!line.startsWith('#'))
            list.append(QString::fromUtf8(line));
    }
    return list;
}

//! Intents of the first `perIntent` examples each, without those of `left`.
inline QList<IntentDefinition> intentsOf(const QList<Line> &lines, qsizetype perIntent, const QSet<QString> &left = {})
{
    QList<IntentDefinition> intents;
    QHash<QString, qsizetype> places;
    for (const Line &line : lines) {
        if (left.contains(line.intent))
            continue;
        if (!places.contains(line.intent)) {
            places.insert(line.intent, intents.size());
            IntentDefinition intent;
            intent.name = line.intent;
            intents.append(intent);
        }
        QStringList &examples = intents[places.value(line.intent)].examples;
        if (examples.size() < perIntent)
            examples.append(line.text);
    }
    return intents;
}

inline IntentScore bestNamed(const IntentMatcher &matcher, const QString &text)
{
    for (const IntentScore &score : matcher.rank(text, 2)) {
        if (!score.name.isEmpty())
            return score;
    }
    return {};
}

//! \brief Shares are 0 to 1.
struct Figures
{
    double accuracy = 0;       //!< the best intent is right, whatever its confidence
    double triggeredRight = 0; //!< right and above the threshold
    double unrelatedKept = 0;  //!< out of scope and triggers nothing
    double auroc = 0;
    qint64 trainMs = 0;
    double classifyUs = 0;
    IntentReport report; //!< what it says of itself
};

inline double share(qsizetype part, qsizetype whole)
{
    return whole ? double(part) / double(whole) : 0;
}

inline IntentMatcher trained(const QList<IntentDefinition> &intents, const QStringList &background, qint64 *ms)
{
    QElapsedTimer timer;
    timer.start();
    Result<IntentMatcher> matcher = IntentMatcher::train(intents, background);
    *ms = timer.elapsed();
    if (!matcher)
        qFatal("%s", qPrintable(matcher.error().detail));
    return std::move(matcher.value());
}

struct Data
{
    QList<Line> train, val, oos;
    QStringList chat, background;

    //! \brief `folder`: of the development data, with clinc150_train.jsonl. Empty `train`: it is not there.
    static Data load(const QString &folder)
    {
        Data data;
        data.train = labelled(folder + u"/clinc150_train.jsonl"_s);
        data.val = labelled(folder + u"/clinc150_val.jsonl"_s);
        data.oos = labelled(folder + u"/clinc150_oos_train.jsonl"_s) + labelled(folder + u"/clinc150_oos_val.jsonl"_s);
        data.chat = plain(folder + u"/ordinary_chat.txt"_s);
        data.background = plain(QStringLiteral(ATOM_SOURCE_DIR "/resources/intents/background.txt"));
        return data;
    }

    Figures measure(const QList<IntentDefinition> &intents) const
    {
        Figures figures;
        const IntentMatcher matcher = trained(intents, background, &figures.trainMs);
        QElapsedTimer timer;
        timer.start();
        QList<double> inside, outside;
        qsizetype right = 0, triggered = 0, quiet = 0;
        for (const Line &line : val) {
            const IntentScore best = bestNamed(matcher, line.text);
            right += best.name == line.intent;
            triggered += best.name == line.intent && best.confidence >= threshold;
            inside.append(best.confidence);
        }
        figures.classifyUs = double(timer.nsecsElapsed()) / 1000 / double(val.size());
        for (const Line &line : oos) {
            outside.append(bestNamed(matcher, line.text).confidence);
            quiet += outside.last() < threshold;
        }
        double above = 0;
        for (const double in : inside) {
            for (const double out : outside)
                above += in > out ? 1 : in == out ? 0.5 : 0;
        }
        figures.accuracy = share(right, val.size());
        figures.triggeredRight = share(triggered, val.size());
        figures.unrelatedKept = share(quiet, oos.size());
        figures.auroc = above / double(inside.size() * outside.size());
        figures.report = matcher.report();
        return figures;
    }

    //! \brief The file is sorted, so its first examples of an intent resemble each other: people write more different
    //! ones. Mean of three draws; the figures but for the accuracy are those of the last.
    Figures meanOfDraws(qsizetype perIntent) const
    {
        double sum = 0;
        Figures figures;
        for (quint32 draw = 1; draw <= 3; ++draw) {
            QList<Line> lines = train;
            QRandomGenerator random(draw);
            std::shuffle(lines.begin(), lines.end(), random);
            figures = measure(intentsOf(lines, perIntent));
            sum += figures.accuracy;
        }
        figures.accuracy = sum / 3;
        return figures;
    }

    //! \brief Lines of ordinary chat that trigger something, told for people. Trained without small talk as intents:
    //! those would rightly take "morning all". `half` 0 or 1: every second line is learned as background and not
    //! tested; 2: the lines that come with the server alone, all of the chat is tested.
    QStringList falseTriggers(qsizetype perIntent, int half, qsizetype *tested) const
    {
        static const QSet<QString> smallTalk{u"greeting"_s,
                                             u"goodbye"_s,
                                             u"thank_you"_s,
                                             u"yes"_s,
                                             u"no"_s,
                                             u"maybe"_s,
                                             u"what_are_your_hobbies"_s,
                                             u"how_old_are_you"_s,
                                             u"are_you_a_bot"_s,
                                             u"what_is_your_name"_s,
                                             u"who_made_you"_s,
                                             u"who_do_you_work_for"_s,
                                             u"where_are_you_from"_s,
                                             u"do_you_have_pets"_s,
                                             u"tell_joke"_s,
                                             u"meaning_of_life"_s,
                                             u"fun_fact"_s,
                                             u"what_can_i_ask_you"_s,
                                             u"repeat"_s,
                                             u"cancel"_s};
        QStringList learned = background, lines;
        for (qsizetype i = 0; i < chat.size(); ++i)
            (i % 2 == half ? learned : lines).append(chat[i]);
        qint64 ms = 0;
        const IntentMatcher matcher = trained(intentsOf(train, perIntent, smallTalk), learned, &ms);
        QStringList wrong;
        for (const QString &text : std::as_const(lines)) {
            const IntentScore best = bestNamed(matcher, text);
            if (best.confidence >= threshold)
                wrong.append(text + u" -> "_s + best.name + u' ' + QString::number(best.confidence, 'f', 2));
        }
        *tested = lines.size();
        return wrong;
    }
};

} // namespace Atom::Test::IntentQuality
