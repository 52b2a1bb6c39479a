// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How well intents are recognised, measured on public development data (CLINC150, CC-BY-3.0, Larson et al. 2019) and on
// ordinary chat. The data is not part of the repository; without it the test is skipped and says so.
#include "server/assistant/intentmatcher.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRandomGenerator>
#include <QtCore/QSet>
#include <QtTest/QTest>

#include <algorithm>

using namespace Atom;
using namespace Atom::Assistant;
using namespace Qt::StringLiterals;

namespace {
const QString folder = QStringLiteral(ATOM_SOURCE_DIR "/../shared/eval/intent/");
constexpr double threshold = 0.5; // the default of the configuration

struct Line
{
    QString text;
    QString intent;
};

QList<QByteArray> rawLines(const QString &path)
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

QList<Line> labelled(const QString &name)
{
    QList<Line> list;
    for (const QByteArray &line : rawLines(folder + name)) {
        const QJsonObject json = QJsonDocument::fromJson(line).object();
        list.append(Line{json.value("text"_L1).toString(), json.value("intent"_L1).toString()});
    }
    return list;
}

QStringList plain(const QString &path)
{
    QStringList list;
    for (const QByteArray &line : rawLines(path)) {
        if (!line.startsWith('#'))
            list.append(QString::fromUtf8(line));
    }
    return list;
}

//! Intents of the first `perIntent` examples each, without those of `left`.
QList<IntentDefinition> intentsOf(const QList<Line> &lines, qsizetype perIntent, const QSet<QString> &left = {})
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

IntentScore bestNamed(const IntentMatcher &matcher, const QString &text)
{
    for (const IntentScore &score : matcher.rank(text, 2)) {
        if (!score.name.isEmpty())
            return score;
    }
    return {};
}

struct Figures
{
    double accuracy = 0;       //!< the best intent is right, whatever its confidence
    double triggeredRight = 0; //!< right and above the threshold
    double unrelatedKept = 0;  //!< out of scope and triggers nothing
    double auroc = 0;
    qint64 trainMs = 0;
    double classifyUs = 0;
};

class Quality : public QObject
{
    Q_OBJECT
private:
    QList<Line> m_train, m_val, m_oos;
    QStringList m_chat, m_background;

    static double share(qsizetype part, qsizetype whole) { return whole ? double(part) / double(whole) : 0; }

    static IntentMatcher trained(const QList<IntentDefinition> &intents, const QStringList &background, qint64 *ms)
    {
        QElapsedTimer timer;
        timer.start();
        Result<IntentMatcher> matcher = IntentMatcher::train(intents, background);
        *ms = timer.elapsed();
        if (!matcher)
            qFatal("%s", qPrintable(matcher.error().detail));
        return std::move(matcher.value());
    }

    Figures measure(const char *name, const QList<IntentDefinition> &intents) const
    {
        Figures figures;
        const IntentMatcher matcher = trained(intents, m_background, &figures.trainMs);
        QElapsedTimer timer;
        timer.start();
        QList<double> inside, outside;
        qsizetype right = 0, triggered = 0, quiet = 0;
        for (const Line &line : m_val) {
            const IntentScore best = bestNamed(matcher, line.text);
            right += best.name == line.intent;
            triggered += best.name == line.intent && best.confidence >= threshold;
            inside.append(best.confidence);
        }
        figures.classifyUs = double(timer.nsecsElapsed()) / 1000 / double(m_val.size());
        for (const Line &line : m_oos) {
            outside.append(bestNamed(matcher, line.text).confidence);
            quiet += outside.last() < threshold;
        }
        double above = 0;
        for (const double in : inside) {
            for (const double out : outside)
                above += in > out ? 1 : in == out ? 0.5 : 0;
        }
        figures.accuracy = share(right, m_val.size());
        figures.triggeredRight = share(triggered, m_val.size());
        figures.unrelatedKept = share(quiet, m_oos.size());
        figures.auroc = above / double(inside.size() * outside.size());
        qInfo("%s: accuracy %.4f, triggered right %.4f, out of scope kept quiet %.3f, AUROC %.4f; train %lld ms, "
              "classify %.0f us",
              name, figures.accuracy, figures.triggeredRight, figures.unrelatedKept, figures.auroc,
              qlonglong(figures.trainMs), figures.classifyUs);
        const IntentReport &report = matcher.report();
        qInfo("%s: its own report says accuracy %.3f of %d, understood %.3f, %.0f false triggers in 1,000", name,
              report.accuracy, report.judgedExamples, report.understood, report.falseTriggersPerThousand);
        return figures;
    }

    //! The file is sorted, so its first examples of an intent resemble each other: people write more different ones.
    //! Mean of three draws beside them.
    double meanOfDraws(const char *name, qsizetype perIntent) const
    {
        double sum = 0;
        for (quint32 draw = 1; draw <= 3; ++draw) {
            QList<Line> lines = m_train;
            QRandomGenerator random(draw);
            std::shuffle(lines.begin(), lines.end(), random);
            sum += measure(name, intentsOf(lines, perIntent)).accuracy;
        }
        qInfo("%s: mean accuracy %.4f", name, sum / 3);
        return sum / 3;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!QFile::exists(folder + u"clinc150_train.jsonl"_s))
            QSKIP("The development data is not there: the quality of intents is not measured.");
        m_train = labelled(u"clinc150_train.jsonl"_s);
        m_val = labelled(u"clinc150_val.jsonl"_s);
        m_oos = labelled(u"clinc150_oos_train.jsonl"_s) + labelled(u"clinc150_oos_val.jsonl"_s);
        m_chat = plain(folder + u"ordinary_chat.txt"_s);
        m_background = plain(QStringLiteral(ATOM_SOURCE_DIR "/resources/intents/background.txt"));
        QVERIFY(!m_train.isEmpty() && !m_val.isEmpty() && !m_oos.isEmpty() && !m_chat.isEmpty());
    }

    void allExamples()
    {
        const Figures f = measure("50 examples", intentsOf(m_train, 50));
        QVERIFY(f.accuracy >= 0.91);
        QVERIFY(f.triggeredRight >= 0.86);
        QVERIFY(f.unrelatedKept >= 0.78);
        QVERIFY(f.auroc >= 0.945);
    }

    void fewExamples()
    {
        QVERIFY(measure("first 10 examples", intentsOf(m_train, 10)).accuracy >= 0.765);
        QVERIFY(measure("first 5 examples", intentsOf(m_train, 5)).accuracy >= 0.68);
        QVERIFY(meanOfDraws("any 10 examples", 10) >= 0.815);
        QVERIFY(meanOfDraws("any 5 examples", 5) >= 0.74);
    }

    // People talk with each other in the rooms of the assistant. Requests without small talk as intents: those would
    // rightly take "morning all".
    void ordinaryChatTriggersNothing()
    {
        const QSet<QString> smallTalk{u"greeting"_s,
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
        for (const qsizetype perIntent : {50, 10, 5}) {
            for (const int half : {0, 1, 2}) { // 2: the shipped lines alone, all of the chat tested
                QStringList background = m_background;
                QStringList tested;
                for (qsizetype i = 0; i < m_chat.size(); ++i)
                    (i % 2 == half ? background : tested).append(m_chat[i]);
                qint64 ms = 0;
                const IntentMatcher matcher = trained(intentsOf(m_train, perIntent, smallTalk), background, &ms);
                QStringList wrong;
                for (const QString &text : std::as_const(tested)) {
                    const IntentScore best = bestNamed(matcher, text);
                    if (best.confidence >= threshold)
                        wrong.append(text + u" -> "_s + best.name + u' ' + QString::number(best.confidence, 'f', 2));
                }
                qInfo("chat, %d examples, part %d: %.2f %% of %d lines trigger: %s", int(perIntent), half,
                      100 * share(wrong.size(), tested.size()), int(tested.size()), qPrintable(wrong.join(u"; "_s)));
                QVERIFY(share(wrong.size(), tested.size()) <= (half == 2 ? 0.1 : 0.01));
            }
        }
    }
};
} // namespace

QTEST_GUILESS_MAIN(Quality)
#include "tst_intentquality.moc"
