// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/million.h"

#include "tests/benchmarks/histogram.h"
#include "tests/benchmarks/httpclient.h"
#include "tests/benchmarks/milliondata.h"
#include "tests/benchmarks/serverrun.h"
#include "tests/benchmarks/target.h"
#include "tests/benchmarks/wire.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>

#include <cstdio>
#include <functional>
#include <random>
#include <stdexcept>
#include <thread>

namespace Atom::Bench {

namespace {
using namespace std::chrono_literals;

constexpr const char *widePassword = "wide-reader-of-many-rooms";

QJsonObject parsed(const std::string &json)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(json)).object();
}

std::string signIn(uint16_t port, const std::string &user, const std::string &password)
{
    HttpClient client(port);
    const QJsonObject login{{QStringLiteral("user"), QString::fromStdString(user)},
                            {QStringLiteral("password"), QString::fromStdString(password)}};
    return parsed(client.post("/api/v1/auth/sign-in", QJsonDocument(login).toJson(QJsonDocument::Compact).toStdString()))
        .value(QStringLiteral("access_token"))
        .toString()
        .toStdString();
}

//! The folder with the data, made when it is not there; the owner's password lies beside it.
class Data
{
public:
    explicit Data(const Setting &setting)
        : m_folder(setting.data.empty() ? m_temporary.path().toStdString() : setting.data)
    {
        m_plan.messages = std::max(10'000, int(m_plan.messages * setting.scale));
    }
    const MillionPlan &plan() const { return m_plan; }
    std::string folder() const { return m_folder; }
    std::string password() const { return m_password; }
    void provide(const std::string &binary)
    {
        QDir().mkpath(QString::fromStdString(m_folder));
        QFile note(QString::fromStdString(m_folder + "/million.json"));
        if (note.open(QIODevice::ReadOnly)) {
            const QJsonObject kept = QJsonDocument::fromJson(note.readAll()).object();
            if (kept.value(QStringLiteral("messages")).toInt() != m_plan.messages)
                throw std::runtime_error(m_folder + " holds another number of messages");
            m_password = kept.value(QStringLiteral("password")).toString().toStdString();
            return;
        }
        std::printf("million: making the database in %s\n", m_folder.c_str());
        std::fflush(stdout);
        {
            ServerRun first(binary, m_folder);
            m_password = first.ownerPassword();
            HttpClient client(first.httpPort());
            client.setToken(signIn(first.httpPort(), "owner", m_password));
            client.post("/api/v1/users", std::string(R"({"id":"wide","display_name":"Wide","role":"member","password":")") +
                                             widePassword + "\"}");
            first.terminate();
        }
        fillDatabase(m_folder + "/data/atom.db", m_plan);
        const QJsonObject kept{{QStringLiteral("messages"), m_plan.messages},
                               {QStringLiteral("password"), QString::fromStdString(m_password)}};
        if (!note.open(QIODevice::WriteOnly) || note.write(QJsonDocument(kept).toJson()) < 0)
            throw std::runtime_error("cannot write " + note.fileName().toStdString());
    }

private:
    QTemporaryDir m_temporary;
    MillionPlan m_plan;
    std::string m_folder;
    std::string m_password;
};

//! Waits until everything is found; seconds.
double waitForIndex(uint16_t port, const std::string &token)
{
    HttpClient client(port);
    client.setToken(token);
    const int64_t began = nowNanos();
    while (!parsed(client.get("/api/v1/search?q=needle0&limit=1")).value(QStringLiteral("complete")).toBool()) {
        if (nowNanos() - began > 600'000'000'000)
            throw std::runtime_error("the search index does not get ready");
        std::this_thread::sleep_for(100ms);
    }
    return double(nowNanos() - began) / 1e9;
}

Row timesRow(const std::string &scenario, const LatencyHistogram &times)
{
    Row row{scenario, "atom-server", {}, {}};
    row.figures["count"] = double(times.count());
    row.figures["p50_ms"] = times.percentileMillis(0.5);
    row.figures["p95_ms"] = times.percentileMillis(0.95);
    row.figures["p99_ms"] = times.percentileMillis(0.99);
    row.figures["max_ms"] = times.maxMillis();
    return row;
}

void timed(LatencyHistogram &times, const std::function<void()> &call)
{
    const int64_t began = nowNanos();
    call();
    times.record(nowNanos() - began);
}

struct QueryKind
{
    const char *name;
    std::function<std::string(std::mt19937 &)> make;
};

std::vector<QueryKind> queryKinds(const MillionPlan &plan)
{
    const auto rank = [](std::mt19937 &random, int from, int to) {
        return wordOf(from + int(random() % uint32_t(to - from)));
    };
    return {
        {"common word", [rank](std::mt19937 &r) { return rank(r, 0, 20); }},
        {"four common words",
         [rank](std::mt19937 &r) {
             return rank(r, 0, 15) + ' ' + rank(r, 15, 40) + ' ' + rank(r, 0, 30) + ' ' + rank(r, 0, 40);
         }},
        {"usual words", [rank](std::mt19937 &r) { return rank(r, 100, 2'000) + ' ' + rank(r, 0, 100); }},
        {"rare word", [rank](std::mt19937 &r) { return rank(r, 10'000, 40'000); }},
        {"unknown word", [](std::mt19937 &r) { return "qqq" + std::to_string(r() % 1'000); }},
        {"phrase", [rank](std::mt19937 &r) { return '"' + rank(r, 0, 15) + ' ' + rank(r, 0, 15) + '"'; }},
        {"beginning", [rank](std::mt19937 &r) { return rank(r, 20, 400).substr(0, 3) + '*'; }},
        {"without", [rank](std::mt19937 &r) { return rank(r, 0, 20) + " -" + rank(r, 0, 20); }},
        {"only without", [rank](std::mt19937 &r) { return '-' + rank(r, 0, 20); }},
        {"operators",
         [rank](std::mt19937 &r) {
             return rank(r, 0, 50) + " from:user" + std::to_string(r() % 2'000) + " after:2025-03 before:2025-11-15";
         }},
        {"traits", [rank](std::mt19937 &r) { return rank(r, 0, 50) + (r() % 2 ? " has:link" : " mentions:me"); }},
        {"one room",
         [rank, plan](std::mt19937 &r) {
             const int step = plan.rooms / plan.roomsOfOne;
             return rank(r, 0, 20) + " in:" + plan.roomId(7 + int(r() % uint32_t(plan.roomsOfOne)) * step);
         }},
        {"CJK",
         [](std::mt19937 &r) {
             static const char *const words[] = {"東京", "会議", "予算報告", "です", "北京问题", "회의", "明日"};
             return std::string(words[r() % 7]);
         }},
        {"accents", [rank](std::mt19937 &r) { return rank(r, 0, 100) + " caf\u00e9"; }},
    };
}

void measureSearch(const Data &data, uint16_t port, const std::string &token, const std::string &who, double seconds,
                   Report &report)
{
    HttpClient client(port);
    client.setToken(token);
    std::mt19937 random(99);
    const std::vector<QueryKind> kinds = queryKinds(data.plan());
    std::vector<LatencyHistogram> times(kinds.size());
    LatencyHistogram all;
    const char *const sorts[] = {"relevance", "newest", "oldest"};
    const int64_t end = nowNanos() + int64_t(seconds * 1e9);
    for (size_t n = 0; nowNanos() < end || n < kinds.size() * 10; ++n) {
        const size_t kind = n % kinds.size();
        const std::string target = "/api/v1/search?q=" + percentEncoded(kinds[kind].make(random)) +
                                   "&sort=" + sorts[random() % 3];
        const int64_t began = nowNanos();
        client.get(target);
        const int64_t took = nowNanos() - began;
        times[kind].record(took);
        all.record(took);
    }
    report.add(timesRow("search, mixed (" + who + ')', all));
    for (size_t kind = 0; kind < kinds.size(); ++kind)
        report.add(timesRow("search, " + std::string(kinds[kind].name) + " (" + who + ')', times[kind]));
}

void measureHistory(const Data &data, uint16_t port, const std::string &token, double seconds, Report &report)
{
    HttpClient client(port);
    client.setToken(token);
    std::mt19937 random(7);
    LatencyHistogram times;
    const MillionPlan &plan = data.plan();
    const int step = plan.rooms / plan.roomsOfMany;
    const int64_t end = nowNanos() + int64_t(seconds * 1e9);
    while (nowNanos() < end) {
        const std::string room = plan.roomId(1 + int(random() % uint32_t(plan.roomsOfMany)) * step);
        const std::string before = random() % 3 == 0 ? "" : "&before=" + std::to_string(2 + random() % 150);
        timed(times, [&] { client.get("/api/v1/rooms/" + room + "/messages?limit=50" + before); });
    }
    report.add(timesRow("history page", times));
}

void measureFirstScreen(const ServerRun &server, const std::string &token, double seconds, Report &report)
{
    LatencyHistogram hello, list, both;
    const int64_t end = nowNanos() + int64_t(seconds * 1e9);
    size_t rooms = 0;
    while (nowNanos() < end || both.count() < 20) {
        const int64_t began = nowNanos();
        helloWelcome(server.realtimePort(), token);
        const int64_t welcomed = nowNanos();
        HttpClient client(server.httpPort()); // a new client: connections included
        client.setToken(token);
        const std::string page = client.get("/api/v1/rooms?member=true&limit=1000");
        const int64_t listed = nowNanos();
        rooms = size_t(parsed(page).value(QStringLiteral("items")).toArray().size());
        hello.record(welcomed - began);
        list.record(listed - welcomed);
        both.record(listed - began);
    }
    Row row = timesRow("first screen", both);
    row.figures["rooms"] = double(rooms);
    report.add(row);
    report.add(timesRow("first screen: hello", hello));
    report.add(timesRow("first screen: rooms", list));
}

void measureStart(const Setting &setting, const Data &data, Report &report)
{
    LatencyHistogram times;
    for (int i = 0; i < 3; ++i) {
        const int64_t began = nowNanos();
        ServerRun server(setting.binary, data.folder());
        times.record(nowNanos() - began);
        server.terminate();
    }
    report.add(timesRow("start to ready", times));
}
} // namespace

void million(const Setting &setting, Report &report)
{
    Data data(setting);
    data.provide(setting.binary);
    {
        // Migrations and the index of a database that was just made; not part of the figures below.
        ServerRun server(setting.binary, data.folder());
        const std::string token = signIn(server.httpPort(), "owner", data.password());
        Row row{"index made", "atom-server", {}, {}};
        row.figures["seconds"] = waitForIndex(server.httpPort(), token);
        if (row.figures["seconds"] > 1)
            report.add(row);
        server.terminate();
    }
    if (setting.prepareOnly)
        return;
    measureStart(setting, data, report);
    ServerRun server(setting.binary, data.folder());
    LatencyHistogram signIns;
    std::string token;
    for (int i = 0; i < 5; ++i)
        timed(signIns, [&] { token = signIn(server.httpPort(), "owner", data.password()); });
    report.add(timesRow("sign-in (password hash)", signIns));
    const std::string wide = signIn(server.httpPort(), "wide", widePassword);
    waitForIndex(server.httpPort(), token);
    measureFirstScreen(server, token, setting.seconds, report);
    measureHistory(data, server.httpPort(), wide, setting.seconds, report);
    measureSearch(data, server.httpPort(), token, "200 rooms", setting.seconds, report);
    measureSearch(data, server.httpPort(), wide, "5,000 rooms", setting.seconds, report);
    Row memory{"memory", "atom-server", {}, {}};
    memory.figures["rss_mb"] = double(residentBytes(server.pid())) / 1e6;
    report.add(memory);
    server.terminate();
}

} // namespace Atom::Bench
