// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/scenarios.h"

#include "tests/benchmarks/million.h"
#include "tests/benchmarks/target.h"
#include "tests/benchmarks/wire.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace Atom::Bench {

namespace {

constexpr int tick = 20; // of the reference that coalesces; the product's own tick is at most as long

enum class Kind { Ephemeral, Durable };

int scaled(const Setting &s, int value)
{
    return std::max(1, int(std::lround(value * s.scale)));
}

//! Starts the server, makes the rooms and brings the clients in; measures after a second of warming up.
LoadResult measure(Target &target, const Layout &layout, const LoadPlan &plan, bool ephemeral)
{
    target.start();
    target.createRooms(layout.roomIds(), ephemeral);
    Crowd crowd(target.port(), layout);
    crowd.gather();
    LoadPlan warmUp = plan;
    warmUp.seconds = 1;
    crowd.run(warmUp, target.pid());
    LoadResult result = crowd.run(plan, target.pid());
    target.kill();
    return result;
}

void compareServers(const Setting &s, Report &report, const std::string &name, const Layout &layout,
                    const LoadPlan &plan)
{
    if (!s.onlyAtom) {
        for (const int ticks : {tick, -1}) {
            const auto reference = makeReferenceServer(ticks);
            report.add(rowOf(name, reference->name(), measure(*reference, layout, plan, false)));
        }
    }
    for (const Kind kind : {Kind::Ephemeral, Kind::Durable}) {
        const auto atom = makeAtomServer(s.binary);
        const std::string title = name + (kind == Kind::Ephemeral ? " ephemeral" : " durable");
        report.add(rowOf(title, atom->name(), measure(*atom, layout, plan, kind == Kind::Ephemeral)));
    }
}

void fanOut(const Setting &s, Report &report)
{
    Layout layout;
    layout.clientsPerRoom = scaled(s, 1'000);
    layout.sendersPerRoom = std::min(10, layout.clientsPerRoom);
    LoadPlan plan;
    plan.messagesPerSecond = 400;
    plan.seconds = s.seconds;
    compareServers(s, report, "fan-out", layout, plan);
}

void rooms(const Setting &s, Report &report)
{
    Layout layout;
    layout.rooms = scaled(s, 100);
    layout.clientsPerRoom = 10;
    layout.sendersPerRoom = 2;
    LoadPlan plan;
    plan.messagesPerSecond = 5'000 * s.scale;
    plan.seconds = s.seconds;
    compareServers(s, report, "rooms", layout, plan);
}

void tenThousand(const Setting &s, Report &report)
{
    Layout layout;
    layout.rooms = scaled(s, 1'000);
    layout.clientsPerRoom = 10;
    LoadPlan plan;
    plan.messagesPerSecond = 1'000 * s.scale;
    plan.seconds = 2 * s.seconds;
    compareServers(s, report, "ten-thousand", layout, plan);
}

void idle(const Setting &s, Report &report)
{
    Layout layout;
    layout.rooms = scaled(s, 1'000);
    layout.clientsPerRoom = 10;
    Layout active;
    active.prefix = "active";
    active.rooms = 10;
    active.clientsPerRoom = 10;
    std::vector<std::unique_ptr<Target>> targets;
    if (!s.onlyAtom)
        targets.push_back(makeReferenceServer(tick));
    targets.push_back(makeAtomServer(s.binary));
    for (const auto &target : targets) {
        target->start();
        target->createRooms(active.roomIds(), true);
        Crowd few(target->port(), active);
        few.gather();
        std::vector<std::string> ids = layout.roomIds();
        ids.resize(std::min<size_t>(ids.size(), 900)); // one owner has at most 1,000 rooms
        layout.rooms = int(ids.size());
        layout.clientsPerRoom = scaled(s, 10'000) / layout.rooms;
        target->createRooms(ids, false);
        LoadPlan plan;
        plan.messagesPerSecond = 500;
        plan.seconds = s.seconds;
        const LoadResult before = few.run(plan, target->pid());
        const int64_t resident = residentBytes(target->pid());
        Crowd many(target->port(), layout);
        many.gather();
        LoadPlan silence;
        silence.seconds = std::max(s.seconds, 5.0);
        few.onTurn = [&many] { many.swarm().poll(Nanos(0)); };
        silence.messagesPerSecond = 1e-3; // nobody says anything (but the first word)
        const LoadResult quiet = few.run(silence, target->pid());
        Row idleRow{"idle", target->name(), {}, {}};
        idleRow.figures["idle_connections"] = layout.clients();
        idleRow.figures["idle_cpu_percent"] = double(quiet.cpuNanos) / 1e7 / quiet.seconds;
        idleRow.figures["rss_bytes_per_connection"] =
            double(residentBytes(target->pid()) - resident) / layout.clients();
        report.add(idleRow);
        Row alone = rowOf("idle (100 active alone)", target->name(), before);
        report.add(alone);
        report.add(rowOf("idle (with 10,000 idle)", target->name(), few.run(plan, target->pid())));
        target->kill();
    }
}

void slowReaders(const Setting &s, Report &report)
{
    Layout layout;
    layout.rooms = std::max(10, scaled(s, 200));
    layout.clientsPerRoom = 50;
    layout.sendingRooms = 10;
    const auto atom = makeAtomServer(s.binary);
    atom->start();
    atom->createRooms(layout.roomIds(), true);
    Crowd crowd(atom->port(), layout);
    for (int i = 0; i < 50; ++i) // in the ten rooms where something is said, none of them the sender
        crowd.stopReading((i % layout.sendingRooms) * layout.clientsPerRoom + 49 - i / layout.sendingRooms);
    crowd.gather();
    const int64_t before = residentBytes(atom->pid());
    LoadPlan plan;
    plan.messagesPerSecond = 40 * layout.sendingRooms;
    plan.textBytes = 4'000;
    plan.seconds = std::max(18.0, 3 * s.seconds); // 160 kB a second for each: until a megabyte waits
    int64_t most = 0;
    crowd.onTurn = [&most, &atom, turns = 0]() mutable {
        if (++turns % 500 == 0)
            most = std::max(most, residentBytes(atom->pid()));
    };
    LoadResult result = crowd.run(plan, atom->pid());
    const auto closed = double(std::exchange(result.closed, 0)); // expected here: a figure of its own
    Row row = rowOf("slow-readers", atom->name(), result);
    row.figures["slow_closed"] = closed;
    row.figures["rss_growth_mb"] = double(std::max(most, residentBytes(atom->pid())) - before) / 1e6;
    report.add(row);
}

void storm(const Setting &s, Report &report)
{
    Layout layout;
    layout.rooms = scaled(s, 1'000);
    layout.clientsPerRoom = 10;
    layout.sendingRooms = std::max(1, layout.rooms / 10); // their clients stay: the healthy ones
    for (const bool serverDies : {false, true}) {
        const auto atom = makeAtomServer(s.binary);
        atom->start();
        atom->createRooms(layout.roomIds(), false);
        Crowd crowd(atom->port(), layout);
        crowd.gather();
        LoadPlan plan;
        plan.seconds = 5;
        plan.settleSeconds = 90;
        plan.messagesPerSecond = 200;
        const int64_t start = nowNanos();
        bool isDone = false;
        crowd.onTurn = [&] {
            if (isDone || nowNanos() - start < 2'000'000'000)
                return;
            isDone = true;
            if (serverDies) {
                atom->kill();
                atom->start();
            } else {
                crowd.cut(layout.clients() / 10, layout.clients(), 10);
            }
        };
        LoadResult result = crowd.run(plan, atom->pid());
        result.closed = 0; // that is the scenario
        Row row = rowOf(serverDies ? "storm (server killed)" : "storm (clients cut)", atom->name(), result);
        std::vector<int64_t> back = crowd.reconnectNanos();
        std::sort(back.begin(), back.end());
        row.figures["back_count"] = double(back.size());
        row.figures["back_p50_s"] = back.empty() ? 0 : double(back[back.size() / 2]) / 1e9;
        row.figures["back_last_s"] = back.empty() ? 0 : double(back.back()) / 1e9;
        if (crowd.missing() > 0)
            row.note += std::to_string(crowd.missing()) + " clients did not come back";
        report.add(row);
    }
}

void receivePath(const Setting &s, Report &report)
{
    Layout layout; // each alone in a room: nothing is delivered, only received, checked, sequenced and acknowledged
    layout.rooms = 100;
    LoadPlan plan;
    plan.messagesPerSecond = 20'000 * s.scale;
    plan.seconds = s.seconds;
    if (!s.onlyAtom) {
        const auto reference = makeReferenceServer(0);
        report.add(rowOf("receive", reference->name(), measure(*reference, layout, plan, false)));
    }
    const auto atom = makeAtomServer(s.binary);
    report.add(rowOf("receive ephemeral", atom->name(), measure(*atom, layout, plan, true)));
}

void durableSends(const Setting &s, Report &report)
{
    Layout layout;
    layout.rooms = 500;
    LoadPlan plan;
    plan.messagesPerSecond = 0;
    plan.seconds = s.seconds;
    for (const auto &[rooms, window] : {std::pair(500, 1), {500, 2}, {250, 4}}) { // each sender has so many under way
        const auto atom = makeAtomServer(s.binary);
        layout.rooms = rooms;
        plan.window = window;
        report.add(rowOf("durable-sends " + std::to_string(layout.rooms) + " x " + std::to_string(window), atom->name(),
                         measure(*atom, layout, plan, false)));
    }
    const auto paced = makeAtomServer(s.binary);
    plan.messagesPerSecond = 30'000 * s.scale;
    report.add(rowOf("durable-sends 30,000/s", paced->name(), measure(*paced, layout, plan, false)));
}

void resume(const Setting &s, Report &report)
{
    Layout layout;
    layout.rooms = scaled(s, 100);
    layout.clientsPerRoom = 11;
    const auto atom = makeAtomServer(s.binary);
    atom->start();
    atom->createRooms(layout.roomIds(), false);
    Crowd crowd(atom->port(), layout);
    crowd.gather();
    // Ten of eleven in each room are cut off; they return while and after the sender says a hundred things.
    LoadPlan plan;
    plan.messagesPerSecond = 100.0 * layout.rooms / 2;
    plan.seconds = 2;
    plan.settleSeconds = 60;
    bool isCut = false;
    crowd.onTurn = [&] {
        if (isCut)
            return;
        isCut = true;
        for (int room = 0; room < layout.rooms; ++room)
            crowd.cut(room * 11 + 1, room * 11 + 11, 4);
    };
    const LoadResult result = crowd.run(plan, atom->pid());
    report.add(rowOf("resume", atom->name(), result));
}

} // namespace

const std::vector<Scenario> &scenarios()
{
    static const std::vector<Scenario> all = {
        {"fan-out", "one room with 1,000 clients", &fanOut},
        {"rooms", "100 rooms with 10 clients each", &rooms},
        {"ten-thousand", "10,000 clients in 1,000 rooms, 1,000 messages/s", &tenThousand},
        {"idle", "10,000 clients that say nothing beside 100 that do", &idle},
        {"receive", "messages without a recipient", &receivePath},
        {"durable-sends", "as many stored messages as it takes", &durableSends},
        {"slow-readers", "50 of 10,000 clients do not read", &slowReaders},
        {"storm", "9,000 of 10,000 clients, then all, lose their connection at once", &storm},
        {"resume", "1,000 clients fetch what they missed", &resume},
        {"million", "start, first screen, search and history with 1,000,000 messages (only when named)", &million,
         true},
    };
    return all;
}

} // namespace Atom::Bench
