// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/intenttrainer.h"
#include "server/assistant/ordinarytalk.h"

#include <QCoro/QCoroTask>

#include <QtCore/QElapsedTimer>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Assistant;
using namespace Qt::StringLiterals;

namespace {
//! So many intents with as many examples each, all different.
QList<IntentDefinition> intentsLike(int count)
{
    QList<IntentDefinition> intents;
    for (int i = 0; i < count; ++i) {
        IntentDefinition intent;
        intent.name = u"intent-%1"_s.arg(i);
        for (int k = 0; k < count; ++k)
            intent.examples.append(u"please do %1 thing%2 for me"_s.arg(i * 7919).arg(k * 104729));
        intents.append(intent);
    }
    return intents;
}

QString best(const IntentTrainer &trainer, const QString &text)
{
    return trainer.rules().matcher->rank(text, 1).first().name;
}
} // namespace

class IntentTrainerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rulesAreThereFromTheBeginning()
    {
        IntentTrainer trainer(0.5);
        QCOMPARE(best(trainer, u"hello"_s), QString());
        QVERIFY(trainer.rules().dialogue->intents().isEmpty());
        QVERIFY(QCoro::waitFor(trainer.ready())); // nothing to wait for
        QCoro::waitFor(trainer.close());
    }

    void learnsBesideTheEventLoop()
    {
        IntentTrainer trainer(0.5);
        QElapsedTimer sinceLast;
        qint64 longest = 0;
        QTimer ticks;
        connect(&ticks, &QTimer::timeout, &ticks, [&] { longest = std::max(longest, sinceLast.restart()); });
        const QList<IntentDefinition> intents = intentsLike(30);
        sinceLast.start();
        ticks.start(1);
        QVERIFY(trainer.learn(intents, {}).isOk());
        QVERIFY(trainer.isTraining());
        QCOMPARE(trainer.intents().size(), 30);
        QVERIFY(trainer.rules().dialogue->intents().isEmpty()); // the old ones
        QVERIFY(QCoro::waitFor(trainer.ready()));
        QCOMPARE(trainer.rules().dialogue->intents().size(), 30);
        QCOMPARE(best(trainer, intents[4].examples[2]), u"intent-4"_s);
        QCOMPARE(trainer.rules().matcher->report().examples, 900);
        const qint64 training = trainer.rules().matcher->report().training.count();
        QVERIFY2(longest * 2 < std::max<qint64>(training, 100),
                 qPrintable(u"%1 of %2 ms"_s.arg(longest).arg(training)));
        QCoro::waitFor(trainer.close());
    }

    void aChangeMeanwhileIsLearnedToo()
    {
        IntentTrainer trainer(0.5);
        QVERIFY(trainer.learn(intentsLike(20), {}).isOk());
        QVERIFY(trainer.learn(intentsLike(3), {}).isOk());
        QVERIFY(trainer.learn(intentsLike(2), {}).isOk());
        QTRY_COMPARE(trainer.rules().dialogue->intents().size(), 2);
        QTRY_VERIFY(!trainer.isTraining());
        QCOMPARE(trainer.rules().matcher->report().intents, 2);
        QVERIFY(trainer.learn(intentsLike(4), {}).isOk()); // and again later
        QTRY_COMPARE(trainer.rules().matcher->report().intents, 4);
        QCoro::waitFor(trainer.close());
    }

    void closingEndsATraining()
    {
        IntentTrainer trainer(0.5);
        QVERIFY(trainer.learn(intentsLike(120), {}).isOk());
        bool isReady = true;
        QCoro::connect(trainer.ready(), this, [&isReady](bool ready) { isReady = ready; });
        QElapsedTimer timer;
        timer.start();
        QCoro::waitFor(trainer.close());
        QVERIFY(!isReady);
        QVERIFY(!trainer.isTraining());
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
        QVERIFY(!QCoro::waitFor(trainer.ready()));
    }

    void tooManyChangeNothing()
    {
        IntentTrainer trainer(0.5);
        QVERIFY(trainer.learn(intentsLike(2), {}).isOk());
        QVERIFY(QCoro::waitFor(trainer.ready()));
        const Result<void> refused =
            trainer.learn(QList<IntentDefinition>(IntentMatcher::maxIntents + 1), QStringList());
        QVERIFY(!refused.isOk());
        QCOMPARE(refused.error().code, Errc::ValidationFailed);
        QCOMPARE(trainer.intents().size(), 2);
        QVERIFY(!trainer.isTraining());
        QCoro::waitFor(trainer.close());
    }

    void ordinaryTalkComesFromTheFolderOrFromTheServer()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"background.txt"_s);
        QVERIFY(readOrdinaryTalk(path).size() > 100);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("# ours\n\n  see you at the harbour \n");
        file.close();
        QCOMPARE(readOrdinaryTalk(path), QStringList{u"see you at the harbour"_s});
    }
};

QTEST_GUILESS_MAIN(IntentTrainerTest)
#include "tst_intenttrainer.moc"
