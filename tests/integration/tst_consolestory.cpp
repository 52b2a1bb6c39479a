// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The administrator's side of the story, with the real console and the shipped server: sign in, watch figures and a
// room, be alerted, lose the server and get it back, open a message and read why it was answered so.
#include "console/app/consoleapp.h"
#include "console/app/mainwindow.h"
#include "console/app/workspace.h"
#include "console/models/eventmodel.h"
#include "console/widgets/figuretile.h"
#include "console/widgets/navigationlist.h"
#include "console/widgets/pill.h"
#include "console/widgets/waterfallview.h"
#include "shared/client/apiclient.h"
#include "tests/integration/servicecopy.h"
#include "tests/support/httpservice.h"
#include "tests/support/serverprocess.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableView>

using namespace Atom;
using namespace Atom::Console;
using namespace Qt::StringLiterals;

namespace {
constexpr int patienceMs = 30'000;
}

class ConsoleStoryTest : public QObject
{
    Q_OBJECT
private:
    std::unique_ptr<Test::HttpService> m_service;
    std::unique_ptr<Test::ServerProcess> m_server;
    std::unique_ptr<ConsoleApp> m_console;
    SystemClock m_clock;

    template <typename T> T *find(const QString &name = {}) const { return m_console->window().findChild<T *>(name); }
    template <typename T> T *accessible(const QString &name) const
    {
        for (T *widget : m_console->window().findChildren<T *>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }
    void key(Qt::Key which, Qt::KeyboardModifiers modifiers = {}) const
    {
        QWidget *focus = QApplication::focusWidget();
        QTest::keyClick(focus ? focus : &m_console->window(), which, modifiers);
    }
    void keep(const QString &name) const
    {
        const QString folder = qEnvironmentVariable("ATOM_GRAB_DIR");
        if (!folder.isEmpty())
            m_console->window().grab().save(folder + u'/' + name + u".png"_s);
    }

private Q_SLOTS:
    void theAdministratorSeesItAll()
    {
        m_service = std::make_unique<Test::HttpService>([](const Test::HttpService::Request &, int before) {
            if (before < 2)
                return Test::HttpService::Answer{503, R"({"error":"not yet"})"};
            return Test::HttpService::Answer{200, R"({"city":"Paris","temperature_c":18,"condition":"sunny"})"};
        });
        m_server = std::make_unique<Test::ServerProcess>();
        Test::useService(*m_server, m_service->serverPort());
        // Fires as soon as anybody is connected: the console itself.
        m_server->configure(u"alerts.rules"_s,
                            u"[{name = \"somebody-is-here\", metric = \"connections\", above = 0, "
                            "for_seconds = 0, severity = \"warning\", summary = \"Somebody is here\"}]"_s);
        QVERIFY2(m_server->start(), qPrintable(m_server->error()));
        m_server->configure(u"http.port"_s, QString::number(m_server->http().port()));
        m_server->configure(u"realtime.port"_s, QString::number(m_server->realtime().port()));

        Client::ApiClient owner(m_server->http(), m_clock);
        QVERIFY(QCoro::waitFor(owner.signIn(u"owner"_s, m_server->ownerPassword(), u"test"_s)).isOk());
        QJsonObject account{{u"id"_s, u"ada"_s}, {u"display_name"_s, u"Ada"_s}, {u"role"_s, u"member"_s}};
        account.insert(u"password"_s, u"a quiet harbour 7"_s);
        QVERIFY(QCoro::waitFor(owner.call("POST", u"/api/v1/users"_s, {}, account, seconds(20))).isOk());
        Client::ApiClient ada(m_server->http(), m_clock);
        QVERIFY(QCoro::waitFor(ada.signIn(u"ada"_s, u"a quiet harbour 7"_s, u"test"_s)).isOk());
        QJsonObject draft{{u"id"_s, u"support"_s}, {u"name"_s, u"Support"_s}, {u"assistant_enabled"_s, true}};
        QVERIFY(QCoro::waitFor(ada.createRoom(draft)).isOk());

        // Sign in, as a person does.
        ConsoleApp::Options options;
        options.server = m_server->http().toString();
        options.user = u"owner"_s;
        options.settingsFile = m_server->folder() + u"/console.ini"_s;
        m_console = std::make_unique<ConsoleApp>(std::move(options));
        m_console->start();
        m_console->window().resize(1360, 860);
        QTest::keyClicks(find<QLineEdit>(u"password"_s), m_server->ownerPassword());
        QTest::mouseClick(find<QPushButton>(u"signIn"_s), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(m_console->window().workspace(), patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(find<Pill>(u"link"_s)->text(), u"Online"_s, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(find<FigureTile>(u"tile_connections"_s)->figure() == u"1"_s, patienceMs);

        // The alert shows, and is acknowledged by a key.
        auto *navigation = find<NavigationList>();
        QTRY_COMPARE_WITH_TIMEOUT(navigation->badge(Workspace::AlertsIndex), 1, patienceMs);
        key(Qt::Key_2, Qt::ControlModifier);
        auto *alerts = accessible<QTableView>(u"Alerts"_s);
        QTRY_VERIFY_WITH_TIMEOUT(alerts->model()->rowCount() >= 1, patienceMs);
        alerts->setFocus();
        alerts->setCurrentIndex(alerts->model()->index(0, 0));
        key(Qt::Key_A);
        QTRY_COMPARE_WITH_TIMEOUT(navigation->badge(Workspace::AlertsIndex), 0, patienceMs);

        // The room, live. The owner is no member: that something is said is seen, not what.
        key(Qt::Key_3, Qt::ControlModifier);
        auto *rooms = accessible<QListView>(u"Rooms"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rooms->model()->rowCount(), 1, patienceMs);
        rooms->setCurrentIndex(rooms->model()->index(0, 0));
        auto *tail = accessible<QTableView>(u"Events of the room"_s);
        const auto sent = QCoro::waitFor(ada.sendMessage(RoomId("support"), u"what is the weather in Paris?"_s, "q1"));
        QVERIFY(sent.isOk());
        const auto rowOf = [tail](const QString &who) {
            for (int row = tail->model()->rowCount() - 1; row >= 0; --row) {
                for (int column = 0; column < tail->model()->columnCount(); ++column) {
                    if (tail->model()->index(row, column).data().toString().contains(who))
                        return row;
                }
            }
            return -1;
        };
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(u"ada"_s) >= 0, patienceMs);

        // The machine dies between the service's failures; the console comes back by itself.
        QTRY_VERIFY_WITH_TIMEOUT(!m_service->requests().isEmpty(), patienceMs);
        m_server->kill();
        QTRY_VERIFY_WITH_TIMEOUT(find<Pill>(u"link"_s)->text() != u"Online"_s, patienceMs);
        QVERIFY2(m_server->restart(), qPrintable(m_server->error()));
        QTRY_COMPARE_WITH_TIMEOUT(find<Pill>(u"link"_s)->text(), u"Online"_s, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(m_service->requests().size() >= 3, patienceMs);
        keep(u"story-room"_s);

        // From the question to why it was answered so.
        QTRY_VERIFY_WITH_TIMEOUT(rowOf(u"ada"_s) >= 0, patienceMs);
        QTest::mouseClick(tail->viewport(), Qt::LeftButton, {},
                          tail->visualRect(tail->model()->index(rowOf(u"ada"_s), EventModel::What)).center());
        QCOMPARE(m_console->window().workspace()->currentPage(), Workspace::TracesIndex);
        auto *story = accessible<QListWidget>(u"Why it was answered so"_s);
        const auto tells = [story](const QString &text) {
            for (int i = 0; i < story->count(); ++i) {
                if (story->item(i)->text().contains(text, Qt::CaseInsensitive))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(tells(u"weather"_s), patienceMs);
        // The reply, and the last spans, may still be on their way when the trace was opened first.
        QTRY_VERIFY_WITH_TIMEOUT(((tells(u"repl"_s) && tells(u"demo.weather"_s)) || (key(Qt::Key_F5), false)),
                                 patienceMs);
        QVERIFY(find<WaterfallView>()->model()->rowCount() >= 1);
        keep(u"story-trace"_s);
        m_console.reset();
        QCOMPARE(m_server->terminate(), 0);
    }
};

QTEST_MAIN(ConsoleStoryTest)
#include "tst_consolestory.moc"
