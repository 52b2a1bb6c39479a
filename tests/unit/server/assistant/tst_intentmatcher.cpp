// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped intents on phrasings that are in no example, and on ordinary talk that is in no background line.
#include "server/assistant/intentmatcher.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtTest/QTest>

using namespace Atom::Assistant;
using namespace Qt::StringLiterals;

namespace
{
constexpr double threshold = 0.55; // the default of the configuration
const QString folder = QStringLiteral(ATOM_SOURCE_DIR "/resources/intents");
} // namespace

class IntentMatcherTest : public QObject
{
    Q_OBJECT
private:
    QList<IntentDefinition> m_intents;
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
        QStringList background;
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (!line.trimmed().isEmpty() && !line.startsWith('#'))
                background.append(QString::fromUtf8(line));
        }
        m_matcher = IntentMatcher::train(m_intents, background);
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

    void otherPhrasings_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("intent");
        const auto row = [](const char *text, const char *intent) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromLatin1(intent);
        };
        row("What is the weather in Paris?", "weather");
        row("could you tell me the weather in Rio de Janeiro", "weather");
        row("hey, how's the weather in Oslo today?", "weather");
        row("weather berlin please", "weather");
        row("is it raining in London right now", "weather");
        row("what's the temperature in Madrid", "weather");
        row("please create a ticket about the login page", "create-ticket");
        row("open a new ticket for the broken projector", "create-ticket");
        row("can you open a ticket about my keyboard", "create-ticket");
        row("I'd like to report a problem with the heating", "create-ticket");
        row("what can you do for us", "help");
        row("show me what you are able to do", "help");
        row("who are you?", "who-are-you");
        row("Hello assistant!", "greeting");
    }
    void otherPhrasings()
    {
        QFETCH(QString, text);
        QTEST(chosen(text), "intent");
    }

    void ordinaryTalkTriggersNothing_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"the whether or not question is still open", "Can we postpone the review to Thursday?",
              "I bought tickets for the game on Saturday", "My flight to Paris leaves at six",
              "he is in Paris this week", "we should create a plan for the launch",
              "open your laptops please", "the temperature of the coffee is perfect", "asdf qwer zxcv",
              "Does anybody know who broke the build?", "I can't find my keys", "the new office is very nice",
              "what is the deadline for the proposal", "report is attached", "you can do it!",
              "let's rent a car in Rome", "42", "?", "🙂"}) {
            QTest::newRow(text) << QString::fromUtf8(text);
        }
    }
    void ordinaryTalkTriggersNothing()
    {
        QFETCH(QString, text);
        QCOMPARE(chosen(text), QString());
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
