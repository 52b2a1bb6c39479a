// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped intents on phrasings that are in no example, and on ordinary talk that is in no background line.
#include "server/assistant/intentmatcher.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Assistant;
using namespace Qt::StringLiterals;

namespace {
constexpr double threshold = 0.5; // the default of the configuration
const QString folder = QStringLiteral(ATOM_SOURCE_DIR "/resources/intents");
} // namespace

class IntentMatcherTest : public QObject
{
    Q_OBJECT
private:
    QList<IntentDefinition> m_intents;
    QStringList m_background;
    IntentMatcher m_matcher;

    QString chosen(const QString &text) const
    {
        const IntentScore best = m_matcher.rank(text, 1).first();
        return best.confidence >= threshold ? best.name : QString();
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const QString &name : QDir(folder).entryList({u"*.yaml"_s}, QDir::Files, QDir::Name)) {
            QFile file(folder + u'/' + name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto intent = readIntent(file.readAll());
            QVERIFY2(intent.isOk(), intent.isOk() ? "" : qPrintable(name + u": "_s + intent.error().detail));
            m_intents.append(*intent);
        }
        QFile file(folder + u"/background.txt"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (!line.trimmed().isEmpty() && !line.startsWith('#'))
                m_background.append(QString::fromUtf8(line));
        }
        auto trained = IntentMatcher::train(m_intents, m_background);
        QVERIFY(trained.isOk());
        m_matcher = std::move(trained.value());
    }

    void everyExampleTriggersItsIntent()
    {
        for (const IntentDefinition &intent : m_intents) {
            for (QString example : intent.examples) {
                example.replace(u"{city}"_s, u"Paris"_s).replace(u"{title}"_s, u"the broken door"_s);
                QVERIFY2(chosen(example) == intent.name, qPrintable(intent.name + u": "_s + example));
            }
        }
        QCOMPARE(m_matcher.rank(u"  WHAT can you do?! "_s, 1).first().confidence, 1.0);
    }

    // A matcher by examples is not always right; it must be right at least this often on what it never saw.
    void otherPhrasingsAreMostlyUnderstood()
    {
        const std::pair<const char *, const char *> lines[]{
            {"What is the weather in Paris?", "weather"},
            {"could you tell me the weather in Rio de Janeiro", "weather"},
            {"hey, how's the weather in Oslo today?", "weather"},
            {"weather berlin please", "weather"},
            {"is it raining in London right now", "weather"},
            {"what's the temperature in Madrid", "weather"},
            {"please create a ticket about the login page", "create-ticket"},
            {"open a new ticket for the broken projector", "create-ticket"},
            {"can you open a ticket about my keyboard", "create-ticket"},
            {"I'd like to report a problem with the heating", "create-ticket"},
            {"what can you do for us", "help"},
            {"show me what you are able to do", "help"},
            {"who are you?", "who-are-you"},
            {"Hello assistant!", "greeting"},
        };
        QStringList wrong;
        for (const auto &[text, intent] : lines) {
            if (chosen(QString::fromUtf8(text)) != QLatin1StringView(intent))
                wrong.append(QString::fromUtf8(text));
        }
        QVERIFY2(wrong.size() * 10 <= qsizetype(std::size(lines)), qPrintable(wrong.join(u"; "_s)));
    }

    void ordinaryTalkHardlyEverTriggers()
    {
        const char *const lines[]{"the whether or not question is still open",
                                  "Can we postpone the review to Thursday?",
                                  "I bought tickets for the game on Saturday",
                                  "My flight to Paris leaves at six",
                                  "he is in Paris this week",
                                  "we should create a plan for the launch",
                                  "open your laptops please",
                                  "the temperature of the coffee is perfect",
                                  "asdf qwer zxcv",
                                  "Does anybody know who broke the build?",
                                  "I can't find my keys",
                                  "the new office is very nice",
                                  "what is the deadline for the proposal",
                                  "report is attached",
                                  "you can do it!",
                                  "let's rent a car in Rome",
                                  "42",
                                  "?",
                                  "🙂"};
        QStringList wrong;
        for (const char *text : lines) {
            if (!chosen(QString::fromUtf8(text)).isEmpty())
                wrong.append(QString::fromUtf8(text));
        }
        QVERIFY2(wrong.size() * 10 <= qsizetype(std::size(lines)), qPrintable(wrong.join(u"; "_s)));
    }

    void theSameInputGivesTheSameMatcher()
    {
        const auto one = IntentMatcher::train(m_intents, m_background, 1);
        const auto two = IntentMatcher::train(m_intents, m_background, 2);
        for (const QString &text : {u"weather in Oslo"_s, u"you can do it!"_s, u"log a bug"_s}) {
            const QList<IntentScore> a = one->rank(text, 9);
            const QList<IntentScore> b = two->rank(text, 9);
            QCOMPARE(a.size(), b.size());
            for (qsizetype i = 0; i < a.size(); ++i) {
                QCOMPARE(a[i].name, b[i].name);
                QVERIFY(a[i].confidence == b[i].confidence);
            }
        }
    }

    void tinySets()
    {
        QCOMPARE(IntentMatcher().rank(u"hello"_s, 3).size(), 1); // ordinary talk alone
        QCOMPARE(IntentMatcher().rank(u"hello"_s, 3).first().name, QString());
        const auto nothing = IntentMatcher::train({}, m_background);
        QVERIFY(nothing.isOk());
        QCOMPARE(nothing->rank(u"hello"_s, 3).first().name, QString());
        IntentDefinition lights;
        lights.name = u"lights"_s;
        lights.examples = QStringList{u"turn on the lights"_s};
        for (const QStringList &background : {QStringList(), m_background}) {
            const auto one = IntentMatcher::train({lights}, background);
            QVERIFY(one.isOk());
            QCOMPARE(one->report().judgedExamples, 0);
            QCOMPARE(one->rank(u"Turn on the lights!"_s, 1).first().confidence, 1.0);
            QCOMPARE(one->rank(u"zzz"_s, 1).first().name, QString());
        }
    }

    void theReportTellsWhatIsConfused()
    {
        IntentDefinition red{.name = u"red"_s}, blue{.name = u"blue"_s}, rain{.name = u"rain"_s};
        for (const char *what : {"one", "two", "three", "four", "five", "six", "seven", "eight"}) {
            const QString number = QString::fromLatin1(what);
            red.examples.append(u"paint the wall %1"_s.arg(number));
            blue.examples.append(u"paint the wall %1 please"_s.arg(number));
            rain.examples.append(u"does it rain in town %1"_s.arg(number));
        }
        const auto matcher = IntentMatcher::train({red, blue, rain}, m_background);
        const IntentReport &report = matcher->report();
        QCOMPARE(report.intents, 3);
        QCOMPARE(report.examples, 24);
        QCOMPARE(report.judgedExamples, 24);
        QCOMPARE(report.ordinaryLines, int(m_background.size()));
        QVERIFY(report.accuracy > 0.3 && report.understood <= report.accuracy);
        for (const IntentConfusion &confusion : report.confusions)
            QVERIFY2(confusion.intent != u"rain" || confusion.taken.isEmpty(), qPrintable(confusion.example));
    }

    void limits()
    {
        QList<IntentDefinition> many(IntentMatcher::maxIntents + 1);
        const auto tooMany = IntentMatcher::train(many, {});
        QVERIFY(!tooMany.isOk());
        QCOMPARE(tooMany.error().code, Errc::ValidationFailed);
        IntentDefinition wordy{.name = u"wordy"_s};
        wordy.examples = QStringList(IntentMatcher::maxExamples + 1, u"a"_s);
        QVERIFY(!IntentMatcher::train({wordy}, {}).isOk());
        const std::atomic<bool> stop = true;
        QCOMPARE(IntentMatcher::train(m_intents, m_background, 1, stop).error().code, Errc::Cancelled);
    }

    void hostileTextIsBounded()
    {
        QString text;
        for (int i = 0; i < 200'000; ++i)
            text.append(QChar(0x300 + i % 64));
        (void)m_matcher.rank(text, 3);
        (void)m_matcher.rank(QString(100'000, u'{'), 3);
        (void)m_matcher.rank(QString(), 3);
    }
};

QTEST_GUILESS_MAIN(IntentMatcherTest)
#include "tst_intentmatcher.moc"
