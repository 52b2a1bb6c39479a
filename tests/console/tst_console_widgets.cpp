// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/widgets/colours.h"
#include "console/widgets/commandpalette.h"
#include "console/widgets/elidedlabel.h"
#include "console/widgets/nicescale.h"
#include "console/widgets/waterfallview.h"

#include <QtTest/QTest>

#include <cmath>

using namespace Atom::Console;
using namespace Qt::StringLiterals;

namespace {
double luminance(const QColor &colour)
{
    const auto part = [](double v) { return v <= 0.03928 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
}
//! WCAG 2 contrast.
double contrast(const QColor &a, const QColor &b)
{
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}
} // namespace

class ConsoleWidgetsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void coloursAreReadable()
    {
        for (const Colours *c : {&Colours::light(), &Colours::night()}) {
            for (const QColor &ground : {c->window, c->surface, c->hover, c->selection}) {
                QVERIFY(contrast(c->text, ground) >= 7);
                QVERIFY2(contrast(c->muted, ground) >= 4.5, qPrintable(ground.name()));
            }
            for (const Tone tone : {Tone::Neutral, Tone::Accent, Tone::Good, Tone::Warning, Tone::Critical})
                QVERIFY2(contrast(c->of(tone), c->tint(tone)) >= 4.5, qPrintable(c->of(tone).name()));
            for (const QColor &line : c->series)
                QVERIFY(contrast(line, c->surface) >= 3);
            QVERIFY(contrast(c->onAccent, c->accent) >= 4.5);
            QCOMPARE(&Colours::of(c->palette()), c);
        }
    }

    void scaleIsRoundAndCalm()
    {
        QCOMPARE(NiceScale::roundUp(0.9), 1.0);
        QCOMPARE(NiceScale::roundUp(1.2), 1.5);
        QCOMPARE(NiceScale::roundUp(9.1), 10.0);
        QCOMPARE(NiceScale::roundUp(430), 500.0);
        QCOMPARE(NiceScale::roundUp(0.021), 0.025);
        QCOMPARE(NiceScale::roundUp(-1), 1.0);
        NiceScale scale(5, 10);
        QCOMPARE(scale.max(), 5.0);
        QVERIFY(scale.fit(70)); // grows at once
        QCOMPARE(scale.max(), 80.0);
        for (int i = 0; i < 50; ++i)
            QVERIFY(!scale.fit(i % 2 ? 79 : 40)); // does not follow every sample
        for (int i = 0; i < 9; ++i)
            QVERIFY(!scale.fit(10));
        QVERIFY(scale.fit(10)); // small for long enough
        QCOMPARE(scale.max(), 15.0);
        QVERIFY(!scale.fit(std::nan("")));
        QVERIFY(scale.refit(0));
        QCOMPARE(scale.max(), 5.0);
    }

    void paletteRanks()
    {
        QCOMPARE(CommandPalette::rank(u"Overview"_s, u"over"_s), 0);
        QCOMPARE(CommandPalette::rank(u"Customer support"_s, u"supp"_s), 1);
        QCOMPARE(CommandPalette::rank(u"General"_s, u"nera"_s), 2);
        QCOMPARE(CommandPalette::rank(u"Customer support"_s, u"csu"_s), 3);
        QVERIFY(CommandPalette::rank(u"General"_s, u"xyz"_s) < 0);
    }

    void ticksAreRound()
    {
        QCOMPARE(WaterfallView::tickStep(1'482'000, 4), 200'000);
        QCOMPARE(WaterfallView::tickStep(1, 4), 1);
        QCOMPARE(WaterfallView::tickStep(0, 0), 1);
        for (const qint64 span : {1LL, 7LL, 999LL, 123'456'789LL})
            QVERIFY(span / WaterfallView::tickStep(span, 4) <= 12);
    }

    void labelsNeverReadMarkup()
    {
        ElidedLabel plain, markup;
        plain.setText(QString(36, u'x'));
        markup.setText(u"<font size='7' color='red'>x</font>"_s);
        markup.resize(400, 30);
        const QImage image = markup.grab().toImage();
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor c = image.pixelColor(x, y);
                QVERIFY(c.red() < 200 || c.green() > 100); // nothing red
            }
        }
    }
};

QTEST_MAIN(ConsoleWidgetsTest)
#include "tst_console_widgets.moc"
