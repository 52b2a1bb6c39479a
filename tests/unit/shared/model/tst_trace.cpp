// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/model/trace.h"

#include <QtTest/QTest>

using namespace Atom;

namespace {
Span span(const char *id, const char *parent, qint64 start)
{
    Span s;
    s.id = SpanId(id);
    s.parent = SpanId(parent);
    s.startMicros = start;
    return s;
}

QByteArrayList ids(const QList<Span> &spans)
{
    QByteArrayList list;
    for (const Span &s : spans)
        list.append(s.id.bytes());
    return list;
}
} // namespace

class TestTrace : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void spansOfOneMomentStandBehindWhatEnclosesThem()
    {
        QList<Span> spans{span("leaf", "inner", 5), span("inner", "root", 5), span("later", "root", 6),
                          span("root", "", 5), span("first", "root", 4)};
        sortByStart(spans);
        QCOMPARE(ids(spans), (QByteArrayList{"first", "root", "inner", "leaf", "later"}));
    }
    void spansThatNameEachOtherEnd()
    {
        QList<Span> spans{span("a", "b", 1), span("b", "a", 1), span("c", "c", 1), span("d", "unknown", 0)};
        sortByStart(spans);
        QCOMPARE(spans.size(), 4);
        QCOMPARE(spans.first().id.bytes(), QByteArray("d"));
    }
};

QTEST_GUILESS_MAIN(TestTrace)
#include "tst_trace.moc"
