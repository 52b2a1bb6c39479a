// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Drives the whole console with clicks and keys against a fake server.
#include "console/models/alertmodel.h"
#include "console/models/eventmodel.h"
#include "console/pages/timechart.h"
#include "console/widgets/commandpalette.h"
#include "console/widgets/figuretile.h"
#include "console/widgets/keysheet.h"
#include "console/widgets/navigationlist.h"
#include "console/widgets/pill.h"
#include "console/widgets/statestack.h"
#include "console/widgets/waterfallview.h"
#include "shared/protocol/restcodec.h"
#include "tests/console/consolesetup.h"

#include <QtGui/QClipboard>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QTableView>
#include <QtWidgets/QToolButton>

using namespace Atom;
using namespace Atom::Console;
using namespace Atom::Test;
using namespace Qt::StringLiterals;

class ConsoleTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { failOnWarnings(); }

    void refusesWrongPassword()
    {
        ConsoleSetup s(false);
        auto *problem = s.find<QLabel>(u"problem"_s);
        QVERIFY(s.find<QLineEdit>(u"password"_s)->hasFocus() || !s.window().isActiveWindow());
        QTest::keyClicks(s.find<QLineEdit>(u"password"_s), u"wrong"_s);
        QTest::mouseClick(s.find<QPushButton>(u"signIn"_s), Qt::LeftButton);
        QTRY_VERIFY(problem->text().contains(u"wrong"_s));
        QVERIFY(problem->isVisible());
        QVERIFY(!s.window().workspace());
        keep(s.window().grab().toImage(), u"signin-wrong"_s);
    }

    void saysThatNobodyAnswers()
    {
        ConsoleSetup s(false);
        s.server.stop();
        s.find<QLineEdit>(u"password"_s)->setText(u"correct horse"_s);
        QTest::keyClick(s.find<QLineEdit>(u"password"_s), Qt::Key_Return);
        QTRY_VERIFY(s.find<QLabel>(u"problem"_s)->text().contains(s.server.url().toString()));
    }

    void countsDownWhenThrottled()
    {
        ConsoleSetup s(false);
        s.server.answer("POST /api/v1/auth/sign-in", [](const QJsonObject &) {
            return FakeServer::problem(429, u"rate_limited"_s, "Retry-After: 30\r\n");
        });
        s.find<QLineEdit>(u"password"_s)->setText(u"x"_s);
        QTest::mouseClick(s.find<QPushButton>(u"signIn"_s), Qt::LeftButton);
        QTRY_COMPARE(s.app->connection().phase(), ConnectionController::Phase::Throttled);
        QVERIFY(s.find<QLabel>(u"problem"_s)->text().contains(u"30 s"_s));
        QVERIFY(!s.find<QPushButton>(u"signIn"_s)->isEnabled());
    }

    void asksForAOneTimeCode()
    {
        ConsoleSetup s(false);
        s.server.answer("POST /api/v1/auth/sign-in", [](const QJsonObject &) {
            return FakeServer::Reply{202,
                                     {{u"totp_required"_s, true},
                                      {u"enrolment_required"_s, false},
                                      {u"challenge"_s, u"atc_1"_s},
                                      {u"expires_in"_s, 300}},
                                     {}};
        });
        QStringList codes;
        s.server.answer("POST /api/v1/auth/sign-in/totp", [&codes, now = s.now](const QJsonObject &body) {
            codes.append(body.value("code"_L1).toString());
            if (body.value("challenge"_L1).toString() != "atc_1"_L1)
                return FakeServer::problem(422, u"validation_failed"_s);
            if (codes.last() == "123456"_L1)
                return FakeServer::Reply{200, demoSession(now), {}};
            FakeServer::Reply reply = FakeServer::problem(401, u"unauthenticated"_s);
            const QString pointer = codes.last() == "000000"_L1 ? u"/challenge"_s : u"/code"_s;
            reply.body.insert(u"errors"_s, QJsonArray{QJsonObject{{u"pointer"_s, pointer}, {u"detail"_s, u"no"_s}}});
            return reply;
        });
        auto *password = s.find<QLineEdit>(u"password"_s);
        auto *code = s.find<QLineEdit>(u"code"_s);
        auto *problem = s.find<QLabel>(u"problem"_s);
        QVERIFY(!code->isVisible());
        const auto enterPassword = [&] {
            password->setText(u"correct horse"_s);
            QTest::mouseClick(s.find<QPushButton>(u"signIn"_s), Qt::LeftButton);
            QTRY_VERIFY(code->isVisible());
        };
        enterPassword();
        QVERIFY(!password->isVisible());
        QVERIFY(!problem->isVisible());
        keep(s.window().grab().toImage(), u"signin-code"_s);

        QTest::keyClicks(code, u"999 999"_s);
        QTest::keyClick(code, Qt::Key_Return);
        QTRY_VERIFY(problem->text().contains(u"code"_s));
        QVERIFY(code->isVisible());

        QTest::mouseClick(s.find<QPushButton>(u"back"_s), Qt::LeftButton);
        QVERIFY(password->isVisible());
        QVERIFY(!code->isVisible());
        QCOMPARE(code->text(), QString());

        enterPassword();
        code->setText(u"000000"_s); // the server has had enough
        QTest::keyClick(code, Qt::Key_Return);
        QTRY_VERIFY(problem->text().contains(u"Begin again"_s));
        QVERIFY(password->isVisible());

        enterPassword();
        QTest::keyClicks(code, u"123 456"_s);
        QTest::mouseClick(s.find<QPushButton>(u"signIn"_s), Qt::LeftButton);
        QTRY_VERIFY(s.isOnline());
        QCOMPARE(codes, (QStringList{u"999999"_s, u"000000"_s, u"123456"_s}));
    }

    void saysThatCodesAreToBeSetUp()
    {
        ConsoleSetup s(false);
        s.server.answer("POST /api/v1/auth/sign-in", [](const QJsonObject &) {
            return FakeServer::Reply{202,
                                     {{u"totp_required"_s, true},
                                      {u"enrolment_required"_s, true},
                                      {u"challenge"_s, u"atc_1"_s},
                                      {u"expires_in"_s, 300}},
                                     {}};
        });
        s.find<QLineEdit>(u"password"_s)->setText(u"correct horse"_s);
        QTest::mouseClick(s.find<QPushButton>(u"signIn"_s), Qt::LeftButton);
        QTRY_VERIFY(s.find<QLabel>(u"problem"_s)->text().contains(u"one-time codes"_s));
        QVERIFY(s.find<QLineEdit>(u"password"_s)->isVisible());
        keep(s.window().grab().toImage(), u"signin-enrol"_s);
    }

    void signsInAndShowsFigures()
    {
        ConsoleSetup s(false);
        QTest::keyClicks(s.find<QLineEdit>(u"password"_s), u"correct horse"_s);
        QTest::mouseClick(s.find<QPushButton>(u"signIn"_s), Qt::LeftButton);
        QTRY_VERIFY(s.isOnline());
        QCOMPARE(s.find<QLineEdit>(u"password"_s)->text(), QString());
        auto *messages = s.find<FigureTile>(u"tile_messages_per_second"_s);
        QTRY_VERIFY(messages->figure() != u"–"_s);

        MetricSample sample = demoSample(s.now + seconds(5), 5);
        sample.messagesPerSecond = 777;
        sample.connections = 4'321;
        s.server.publish("metrics", Protocol::toJson(sample));
        QTRY_COMPARE(messages->figure(), u"777"_s);
        QCOMPARE(s.find<FigureTile>(u"tile_connections"_s)->figure(), u"4,321"_s);
        QCOMPARE(s.find<Pill>(u"link"_s)->text(), u"Online"_s);
        // The last minute by default; more when asked.
        auto *chart = s.find<TimeChart>(u"chartMessages"_s);
        QVERIFY2(chart->pointCount() >= 50 && chart->pointCount() <= 63,
                 qPrintable(QString::number(chart->pointCount())));
        QTest::mouseClick(s.find<QToolButton>(u"range5"_s), Qt::LeftButton);
        QVERIFY2(chart->pointCount() > 140 && chart->pointCount() < 155,
                 qPrintable(QString::number(chart->pointCount())));
        QCOMPARE(s.app->settings().overviewRangeSeconds(), 300);
    }

    void pauseFreezesOnlyTheDisplay()
    {
        ConsoleSetup s;
        auto *messages = s.find<FigureTile>(u"tile_messages_per_second"_s);
        QTRY_VERIFY(messages->figure() != u"–"_s);
        QTRY_COMPARE(s.find<NavigationList>()->badge(Workspace::AlertsIndex), 1);
        const QString before = messages->figure();
        s.key(Qt::Key_Space);
        QVERIFY(s.find<QPushButton>(u"pause"_s)->isChecked());
        MetricSample sample = demoSample(s.now + seconds(5), 5);
        sample.messagesPerSecond = 12'345;
        s.server.publish("metrics", Protocol::toJson(sample));
        // The next answer of the server comes after the sample on the same loop: wait for something it causes.
        s.server.publish("alerts",
                         Protocol::toJson(demoAlert("p1", AlertState::Firing, AlertSeverity::Warning, s.now)));
        QTRY_COMPARE(s.find<NavigationList>()->badge(Workspace::AlertsIndex), 2);
        QCOMPARE(messages->figure(), before);
        s.key(Qt::Key_Space);
        QTRY_COMPARE(messages->figure(), u"12,345"_s);
    }

    void acknowledgesAnAlertByKey()
    {
        ConsoleSetup s;
        auto *navigation = s.find<NavigationList>();
        QTRY_COMPARE(navigation->badge(Workspace::AlertsIndex), 1);
        s.key(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(s.workspace().currentPage(), Workspace::AlertsIndex);
        auto *table = s.accessible<QTableView>(u"Alerts"_s);
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QCOMPARE(table->model()->index(0, AlertModel::State).data().toString(), u"Firing"_s);
        table->setFocus();
        table->setCurrentIndex(table->model()->index(0, 0));
        s.key(Qt::Key_A);
        QTRY_VERIFY(s.server.requests().contains("POST /api/v1/alerts/a3/acknowledge"));
        QTRY_COMPARE(navigation->badge(Workspace::AlertsIndex), 0);
        QVERIFY(!s.find<QPushButton>(u"acknowledge"_s)->isEnabled());
    }

    void roomLeadsToTrace()
    {
        ConsoleSetup s;
        s.key(Qt::Key_3, Qt::ControlModifier);
        auto *rooms = s.accessible<QListView>(u"Rooms"_s);
        QTRY_COMPARE(rooms->model()->rowCount(), 7);
        // By filter: one room is left, the arrow goes to it.
        s.key(Qt::Key_Slash);
        auto *filter = s.accessible<QLineEdit>(u"Filter rooms"_s);
        QTRY_VERIFY(filter->hasFocus());
        QTest::keyClicks(filter, u"gener"_s);
        QTRY_COMPARE(rooms->model()->rowCount(), 1);
        QTest::keyClick(filter, Qt::Key_Down);
        s.key(Qt::Key_J);
        auto *tail = s.accessible<QTableView>(u"Events of the room"_s);
        QTRY_COMPARE(tail->model()->rowCount(), 4);
        QVERIFY(rooms->selectionModel()->isSelected(rooms->currentIndex()));

        s.server.publish("activity", Protocol::toJson(demoMessage("general", 5, "linus", u"and now live"_s, s.now)));
        QTRY_COMPARE(tail->model()->rowCount(), 5);
        QCOMPARE(tail->model()->index(4, EventModel::What).data().toString(), u"and now live"_s);
        keep(s.window().grab().toImage(), u"room-light"_s);

        QTest::mouseClick(tail->viewport(), Qt::LeftButton, {},
                          tail->visualRect(tail->model()->index(1, EventModel::What)).center());
        QCOMPARE(s.workspace().currentPage(), Workspace::TracesIndex);
        auto *waterfall = s.find<WaterfallView>();
        QTRY_COMPARE(waterfall->model()->rowCount(), 1);
        QTRY_VERIFY(waterfall->isVisible());
        auto *story = s.accessible<QListWidget>(u"Why it was answered so"_s);
        QVERIFY(story->count() >= 8);
        QVERIFY(story->item(2)->text().contains(u"order_status"_s));

        // A sentence selects its stage, and its attributes are shown.
        story->setCurrentRow(2);
        QCOMPARE(waterfall->currentIndex().data().toString().left(6), u"intent"_s);
        auto *attributes = s.accessible<QTableView>(u"Attributes of the stage"_s);
        bool threshold = false;
        for (int row = 0; row < attributes->model()->rowCount(); ++row)
            threshold = threshold || attributes->model()->index(row, 0).data().toString() == u"threshold"_s;
        QVERIFY(threshold);

        // J in the waterfall goes on to the next stage.
        waterfall->setFocus();
        const QModelIndex before = waterfall->currentIndex();
        s.key(Qt::Key_J);
        QCOMPARE(waterfall->currentIndex(), waterfall->indexBelow(before));

        s.find<QTabWidget>()->setCurrentIndex(1);
        QVERIFY(s.find<QPlainTextEdit>(u"rawJson"_s)->toPlainText().contains(QString::fromLatin1(demoTraceId)));
        QTest::mouseClick(s.find<QPushButton>(u"copyJson"_s), Qt::LeftButton);
        QVERIFY(QApplication::clipboard()->text().contains(u"connector.call"_s));
    }

    void hidesWhatNonMembersMayNotRead()
    {
        ConsoleSetup s;
        QTRY_COMPARE(s.accessible<QListView>(u"Rooms"_s)->model()->rowCount(), 7);
        s.key(Qt::Key_K, Qt::ControlModifier);
        auto *palette = s.find<CommandPalette>();
        QTRY_VERIFY(palette->isVisible());
        QTRY_VERIFY(palette->shownEntries() > 7);
        QTest::keyClicks(palette->findChild<QLineEdit *>(), u"support"_s);
        keep(s.window().grab().toImage(), u"palette"_s);
        QTest::keyClick(palette->findChild<QLineEdit *>(), Qt::Key_Return);
        QCOMPARE(s.workspace().currentPage(), Workspace::RoomsIndex);
        QJsonObject hidden = Protocol::toJson(demoMessage("support", 813, "eve", {}, s.now));
        hidden.remove(u"message"_s);
        hidden.insert(u"content_hidden"_s, true);
        QTRY_VERIFY(s.server.requests().contains("GET /api/v1/rooms/support/messages"));
        s.server.publish("activity", hidden);
        auto *tail = s.accessible<QTableView>(u"Events of the room"_s);
        QTRY_COMPARE(tail->model()->rowCount(), 1);
        const QModelIndex what = tail->model()->index(0, EventModel::What);
        QCOMPARE(what.data().toString(), u"content hidden: you are not a member"_s);
        QVERIFY(what.data(Qt::FontRole).value<QFont>().italic());
        keep(s.window().grab().toImage(), u"room-hidden"_s);
    }

    void opensATraceByMessageId()
    {
        ConsoleSetup s;
        s.key(Qt::Key_4, Qt::ControlModifier);
        auto *open = s.find<QLineEdit>(u"openId"_s);
        open->setFocus();
        QTest::keyClicks(open, QString::fromLatin1(demoMessageId));
        QTest::keyClick(open, Qt::Key_Return);
        auto *waterfall = s.find<WaterfallView>();
        QTRY_COMPARE(waterfall->model()->rowCount(), 1);
        QVERIFY(s.server.requests().contains("GET /api/v1/messages/" + demoMessageId + "/trace"));
        // Bars: inside the viewport, the failed call later than the first stage.
        const QModelIndex root = waterfall->model()->index(0, 0);
        QTRY_VERIFY(waterfall->barRect(root).width() > 100);
        const QModelIndex workflow = waterfall->model()->index(5, 0, root);
        QVERIFY(waterfall->barRect(workflow).left() >= waterfall->barRect(root).left());
        QVERIFY(waterfall->barRect(workflow).right() <= waterfall->barRect(root).right() + 1);

        open->clear();
        QTest::keyClicks(open, u"no such thing"_s);
        QTest::keyClick(open, Qt::Key_Return);
        bool told = false;
        for (const StateStack *stack : s.window().findChildren<StateStack *>())
            told = told || stack->stateText().contains(u"neither"_s);
        QVERIFY(told);
    }

    void losesAndRegainsTheServer()
    {
        ConsoleSetup s;
        auto *link = s.find<Pill>(u"link"_s);
        QTRY_VERIFY(s.find<FigureTile>(u"tile_connections"_s)->figure() != u"–"_s);
        const qsizetype before = s.server.requests().count("GET /api/v1/metrics/history");
        s.server.stop();
        QTRY_VERIFY(link->text().startsWith(u"Reconnecting"_s) || link->text() == u"Connecting…"_s);
        QVERIFY(link->tone() == Tone::Warning);
        // What was there stays readable.
        QVERIFY(s.find<FigureTile>(u"tile_connections"_s)->figure() != u"–"_s);
        keep(s.window().grab().toImage(), u"reconnecting"_s);
        s.server.start();
        QTRY_COMPARE_WITH_TIMEOUT(link->text(), u"Online"_s, 20'000);
        QTRY_VERIFY(s.server.requests().count("GET /api/v1/metrics/history") > before);
        QTRY_COMPARE(s.server.subscribers("alerts"), 1);
    }

    void saysForbiddenInWords()
    {
        ConsoleSetup s(false);
        s.server.answer("GET /api/v1/alerts",
                        [](const QJsonObject &) { return FakeServer::problem(403, u"forbidden"_s); });
        s.find<QLineEdit>(u"password"_s)->setText(u"correct horse"_s);
        QTest::mouseClick(s.find<QPushButton>(u"signIn"_s), Qt::LeftButton);
        QTRY_VERIFY(s.isOnline());
        s.key(Qt::Key_2, Qt::ControlModifier);
        const auto *table = s.accessible<QTableView>(u"Alerts"_s);
        auto *stack = qobject_cast<StateStack *>(table->parentWidget());
        QVERIFY(stack);
        QTRY_COMPARE(stack->stateTitle(), u"Not allowed"_s);
        QVERIFY(!stack->isShowingContent());
        keep(s.window().grab().toImage(), u"forbidden"_s);
    }

    void signsOut()
    {
        ConsoleSetup s;
        QTest::mouseClick(s.find<QToolButton>(u"signOut"_s), Qt::LeftButton);
        QTRY_VERIFY(!s.window().workspace());
        QTRY_VERIFY(s.server.requests().contains("POST /api/v1/auth/sign-out"));
        QVERIFY(s.find<QPushButton>(u"signIn"_s)->isVisible());
    }

    void showsTheKeys()
    {
        ConsoleSetup s;
        s.key(Qt::Key_Question);
        auto *sheet = s.find<KeySheet>();
        QTRY_VERIFY(sheet && sheet->isVisible());
        keep(sheet->grab().toImage(), u"keys"_s);
        QTest::keyClick(sheet, Qt::Key_Question);
        QTRY_VERIFY(!s.find<KeySheet>() || !s.find<KeySheet>()->isVisible());
    }
};

QTEST_MAIN(ConsoleTest)
#include "tst_console.moc"
