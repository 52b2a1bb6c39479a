// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How the console looks, and what looking costs, against a fake server. With ATOM_GRAB_DIR set, each view is kept
// there.
#include "console/models/alertmodel.h"
#include "console/pages/timechart.h"
#include "console/widgets/banner.h"
#include "console/widgets/figuretile.h"
#include "console/widgets/navigationlist.h"
#include "console/widgets/waterfallview.h"
#include "shared/protocol/restcodec.h"
#include "tests/console/consolesetup.h"

#include <QtCharts/QChart>
#include <QtCharts/QChartView>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGraphicsScene>
#include <QtWidgets/QGraphicsTextItem>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableView>
#include <QtWidgets/QToolButton>

#include <array>

using namespace Atom;
using namespace Atom::Console;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class ConsoleLooksTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void bannerTellsOfANewAlert()
    {
        ConsoleSetup s;
        QTRY_VERIFY(s.find<FigureTile>(u"tile_connections"_s)->figure() != u"–"_s);
        auto *banner = s.find<Banner>();
        QVERIFY(!banner->isVisible());
        s.server.publish("alerts",
                         Protocol::toJson(demoAlert("n1", AlertState::Firing, AlertSeverity::Critical, s.now)));
        QTRY_VERIFY(banner->isVisible());
        QVERIFY(banner->text().contains(u"storage-queue-long"_s));
        QCOMPARE(QApplication::activeModalWidget(), nullptr);
        QCoreApplication::processEvents(); // the charts lay themselves out
        const QImage image = s.window().grab().toImage();
        keep(image, u"banner"_s);
        // The charts became smaller: their labels still stand beside their values.
        auto *view = s.find<TimeChart>(u"chartConnections"_s)->findChild<QChartView *>();
        bool zero = false;
        for (QGraphicsItem *item : view->scene()->items()) {
            const auto *label = qgraphicsitem_cast<QGraphicsTextItem *>(item);
            if (!label || label->toPlainText() != u"0"_s)
                continue;
            zero = true;
            const double middle = label->sceneBoundingRect().center().y();
            const double bottom = view->chart()->plotArea().bottom();
            QVERIFY2(std::abs(middle - bottom) < 4, qPrintable(u"%1 %2"_s.arg(middle).arg(bottom)));
        }
        QVERIFY(zero);
        QTest::mouseClick(banner->findChild<QPushButton *>(), Qt::LeftButton);
        QCOMPARE(s.workspace().currentPage(), Workspace::AlertsIndex);
    }

    void looksRightInBothThemes()
    {
        ConsoleSetup s;
        s.workspace().showPage(Workspace::TracesIndex);
        auto *open = s.find<QLineEdit>(u"openId"_s);
        open->setText(QString::fromLatin1(demoTraceId));
        QTest::keyClick(open, Qt::Key_Return);
        QTRY_COMPARE(s.find<WaterfallView>()->model()->rowCount(), 1);
        QTRY_COMPARE(s.find<NavigationList>()->badge(Workspace::AlertsIndex), 1);
        QTRY_VERIFY(s.accessible<QTableView>(u"Recent traces"_s)->model()->rowCount() > 10);
        s.workspace().showPage(Workspace::RoomsIndex);
        auto *rooms = s.accessible<QListView>(u"Rooms"_s);
        QTRY_COMPARE(rooms->model()->rowCount(), 7);
        for (int row = 0; row < 7; ++row) {
            if (rooms->model()->index(row, 0).data().toString() == u"General"_s)
                rooms->setCurrentIndex(rooms->model()->index(row, 0));
        }
        QTRY_COMPARE(s.accessible<QTableView>(u"Events of the room"_s)->model()->rowCount(), 4);

        const std::array pages{u"overview"_s, u"alerts"_s, u"rooms"_s, u"traces"_s};
        QImage light;
        for (const QString &theme : {u"light"_s, u"dark"_s}) {
            QTest::mouseClick(s.find<QToolButton>(u"settings"_s), Qt::LeftButton);
            auto *box = s.find<QComboBox>(u"theme"_s);
            QTRY_VERIFY(box && box->isVisible());
            box->setCurrentIndex(box->findData(int(theme == u"dark"_s ? ThemeChoice::Dark : ThemeChoice::Light)));
            keep(box->window()->grab().toImage(), u"settings-"_s + theme);
            QTest::keyClick(box->window(), Qt::Key_Escape);
            QTRY_VERIFY(!s.find<QComboBox>(u"theme"_s));
            for (int i = 0; i < int(pages.size()); ++i) {
                s.workspace().showPage(Workspace::PageIndex(i));
                QCoreApplication::processEvents();
                const QImage image = s.window().grab().toImage();
                QVERIFY(!isBlank(image));
                keep(image, pages.at(size_t(i)) + u'-' + theme);
                const int lightness = QColor(image.pixel(image.width() - 6, 6)).lightness();
                QVERIFY2(theme == u"dark"_s ? lightness < 80 : lightness > 175, qPrintable(QString::number(lightness)));
            }
        }
        QCOMPARE(s.app->settings().display().theme, ThemeChoice::Dark);
        // Small windows: nothing is cut off by force.
        s.window().resize(820, 560);
        s.workspace().showPage(Workspace::OverviewIndex);
        QCoreApplication::processEvents();
        keep(s.window().grab().toImage(), u"overview-small"_s);
    }

    void showsMarkupAsText()
    {
        ConsoleSetup s;
        for (const QLabel *label : s.window().findChildren<QLabel *>())
            QCOMPARE(label->textFormat(), Qt::PlainText);
        s.workspace().showPage(Workspace::RoomsIndex);
        auto *rooms = s.accessible<QListView>(u"Rooms"_s);
        QTRY_COMPARE(rooms->model()->rowCount(), 7);
        for (int row = 0; row < 7; ++row) {
            const QModelIndex room = rooms->model()->index(row, 0);
            QVERIFY(!room.data(Qt::ToolTipRole).toString().contains(u"<img"_s));
        }
    }
};

QTEST_MAIN(ConsoleLooksTest)
#include "tst_console_looks.moc"
