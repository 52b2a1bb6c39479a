// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/workflowcommand.h"

#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace Atom::App;
using namespace Qt::StringLiterals;

class TestWorkflowCommand : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_out, m_err;

    int run(const QStringList &arguments)
    {
        m_out.clear();
        m_err.clear();
        QTextStream out(&m_out);
        QTextStream err(&m_err);
        return runWorkflowCommand(arguments, out, err);
    }
    QString write(const QString &name, const QByteArray &text)
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("the temporary folder takes no file");
        return file.fileName();
    }

private Q_SLOTS:
    void saysGood()
    {
        const QString weather = QStringLiteral(ATOM_SOURCE_DIR "/resources/workflows/weather.yaml");
        const QString ticket = QStringLiteral(ATOM_SOURCE_DIR "/resources/workflows/ticket.yaml");
        QCOMPARE(run({u"validate"_s, weather, ticket}), 0);
        QCOMPARE(m_out, u"%1: good\n%2: good\n"_s.arg(weather, ticket));
        QCOMPARE(m_err, QString());
    }
    void namesEachMistake()
    {
        const QString good = QStringLiteral(ATOM_SOURCE_DIR "/resources/workflows/weather.yaml");
        const QString bad = write(u"bad.yaml"_s, "document: {dsl: 1.0.0, namespace: t, name: n, version: 1.0.0}\n"
                                                 "do:\n  - a:\n      set: {x: '${ .y | }'}\n      thne: end\n");
        QCOMPARE(run({u"validate"_s, bad, good}), 1);
        const QStringList lines = m_out.split(u'\n');
        QCOMPARE(lines.size(), 4);
        QVERIFY2(lines[0].startsWith(bad + u":4:25: the expression ends too early"_s), qPrintable(m_out));
        QCOMPARE(lines[1], bad + u":5:7: Unknown property `thne`. Did you mean `then`?"_s);
        QCOMPARE(lines[2], good + u": good"_s);
    }
    void refusesWhatIsNoDefinition()
    {
        QCOMPARE(run({u"validate"_s, m_folder.filePath(u"nothing.yaml"_s)}), 1);
        QVERIFY(m_err.contains(u"nothing.yaml: cannot be read"));
        QCOMPARE(run({u"validate"_s, m_folder.path()}), 1);
        QCOMPARE(run({u"validate"_s, write(u"empty.yaml"_s, {})}), 1);
        QVERIFY(m_out.contains(u"empty.yaml:1:1: The definition is empty."));
        QCOMPARE(run({u"validate"_s, write(u"large.yaml"_s, QByteArray(300'000, '#'))}), 1);
        QVERIFY(m_out.contains(u"larger than 262144 bytes"));
    }
    void hasAUsage()
    {
        for (const QStringList &arguments : {QStringList{}, QStringList{u"validate"_s}, QStringList{u"run"_s, u"x"_s},
                                             QStringList{u"validate"_s, u"--fix"_s, u"x"_s}}) {
            QCOMPARE(run(arguments), 2);
            QVERIFY(m_err.startsWith(u"Usage: "));
        }
    }
};

QTEST_GUILESS_MAIN(TestWorkflowCommand)
#include "tst_workflowcommand.moc"
