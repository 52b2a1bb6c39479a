// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The pure steps of a message's way: what one of them costs without the kernel. Times are of this machine; compare two
// runs of the same machine only.
#include "server/realtime/framecodec.h"
#include "server/realtime/framejoiner.h"
#include "server/rooms/messagerules.h"
#include "shared/core/uuid.h"
#include "shared/protocol/realtimeframes.h"

#include <benchmark/benchmark.h>

using namespace Atom;
using namespace Qt::StringLiterals;

namespace {

const QByteArray clientText = R"({"type":"chat_message","room_id":"lobby","message":")" + QByteArray(200, 'x') +
                              R"(","client_id":"0198c5a2-7d1e-7000-8000-000000000001"})";

RoomEvent message()
{
    RoomEvent event;
    event.room = RoomId("lobby");
    event.seq = 123'456;
    event.actor = UserId("ann");
    event.at = fromMillis(1'767'225'600'000);
    event.message = MessageId(newUuidV7(event.at));
    event.text = QString(200, u'x');
    event.messageType = u"text"_s;
    event.clientId = "0198c5a2-7d1e-7000-8000-000000000001";
    event.trace = TraceId(QByteArray(32, 'a'));
    return event;
}

QByteArray masked(const QByteArray &text)
{
    QByteArray frame("\x81\xfe", 2);
    frame += char(text.size() >> 8);
    frame += char(text.size() & 0xff);
    const uchar key[4] = {1, 2, 3, 4};
    frame += QByteArray(reinterpret_cast<const char *>(key), 4);
    QByteArray payload = text;
    Realtime::FrameCodec::unmask(payload.data(), payload.size(), key, 0);
    return frame + payload;
}

void parseMessage(benchmark::State &state)
{
    Protocol::ClientFrameParser parser;
    for (auto _ : state) {
        const auto frame = parser.parse(clientText);
        benchmark::DoNotOptimize(frame->message.size());
    }
}
BENCHMARK(parseMessage);

void decodeFrame(benchmark::State &state)
{
    const QByteArray wire = masked(clientText);
    Realtime::FrameCodec codec({});
    for (auto _ : state) {
        QByteArray input(wire.constData(), wire.size()); // unmasked in place
        char *cursor = input.data();
        benchmark::DoNotOptimize(codec.next(&cursor, input.data() + input.size()).payload.size());
    }
}
BENCHMARK(decodeFrame);

void encodeEvent(benchmark::State &state)
{
    const RoomEvent event = message();
    for (auto _ : state)
        benchmark::DoNotOptimize(Realtime::FrameCodec::encodeText(Protocol::encodeRoomEvent(event)).size());
}
BENCHMARK(encodeEvent);

void encodeAck(benchmark::State &state)
{
    const RoomEvent event = message();
    for (auto _ : state)
        benchmark::DoNotOptimize(Realtime::FrameCodec::encodeText(Protocol::encodeAck(event, false, {})).size());
}
BENCHMARK(encodeAck);

//! What a tick of a room costs for one of its listeners, without the write: collect the frames, join them.
void joinFrames(benchmark::State &state)
{
    QList<QByteArray> frames;
    for (int i = 0; i < state.range(0); ++i)
        frames.append(Realtime::FrameCodec::encodeText(Protocol::encodeRoomEvent(message())));
    qsizetype size = 0;
    for (const QByteArray &frame : std::as_const(frames))
        size += frame.size();
    Realtime::FrameJoiner joiner;
    QList<QByteArray> due;
    for (auto _ : state) {
        for (const QByteArray &frame : std::as_const(frames))
            due.append(frame);
        benchmark::DoNotOptimize(joiner.join(due, size).size());
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(joinFrames)->Arg(1)->Arg(8)->Arg(64);

void findMention(benchmark::State &state)
{
    const QString text = QString(100, u'x') + u" mail@example.org "_s + QString(100, u'y');
    for (auto _ : state)
        benchmark::DoNotOptimize(Rooms::mentionsAssistant(text));
}
BENCHMARK(findMention);

void makeId(benchmark::State &state)
{
    const Timestamp at = fromMillis(1'767'225'600'000);
    for (auto _ : state)
        benchmark::DoNotOptimize(newUuidV7(at).size());
}
BENCHMARK(makeId);

} // namespace

BENCHMARK_MAIN();
