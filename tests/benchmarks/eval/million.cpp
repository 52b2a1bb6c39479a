// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/recall.h"
#include "shared/core/uuid.h"
#include "tests/benchmarks/eval/evaluation.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <random>

namespace Atom::Evaluation {
using namespace Qt::StringLiterals;

namespace {
//! Of this thread: what else the machine does is not measured.
qint64 processorNs()
{
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return qint64(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

constexpr int messages = 1'000'000, rooms = 10'000, people = 2'000, vocabulary = 200'000;

//! Words as people use them: nearly half say how the sentence is built, the others follow Zipf's law, the most frequent
//! one being every hundredth.
class Talk
{
public:
    Talk()
    {
        double sum = 0;
        for (int i = 0; i < vocabulary; ++i)
            m_cumulative.push_back(sum += 1.0 / (i + 10));
        for (double &c : m_cumulative)
            c /= sum;
    }
    QString word(std::mt19937 &random)
    {
        const double at = std::uniform_real_distribution<>(0, 1)(random);
        return spelled(int(std::lower_bound(m_cumulative.begin(), m_cumulative.end(), at) - m_cumulative.begin()));
    }
    static QString spelled(int number)
    {
        static constexpr char16_t consonants[] = u"bdfgklmnprtvz", vowels[] = u"aeiou";
        QString word;
        for (int n = number + 1; n > 0; n /= 65) {
            word += consonants[n % 13];
            word += vowels[n % 65 / 13];
        }
        return word + u'n';
    }
    QString sentence(std::mt19937 &random, int words)
    {
        static const QStringList functionWords{u"the"_s, u"of"_s, u"and"_s, u"to"_s, u"I"_s,   u"you"_s,
                                               u"is"_s,  u"it"_s, u"in"_s,  u"a"_s,  u"not"_s, u"we"_s};
        QString text;
        for (int i = 0; i < words; ++i) {
            text += random() % 100 < 45 ? functionWords.at(qsizetype(random() % 12)) : word(random);
            text += u' ';
        }
        return text;
    }

private:
    std::vector<double> m_cumulative;
};

QByteArray roomId(int number)
{
    return "room-" + QByteArray::number(number);
}
} // namespace

void measureMillion(Table &table)
{
    table.section(u"memory: %L1 messages in %L2 rooms, synthetic, processor time"_s.arg(messages).arg(rooms));
    std::mt19937 random(4711);
    Talk talk;
    std::vector<qint64> seqs(rooms);
    std::vector<QString> names;
    for (int i = 0; i < people; ++i)
        names.push_back(u"Person "_s + Talk::spelled(vocabulary + i));
    std::lognormal_distribution<> lengths(2.2, 0.7);
    Memory::MessageIndex index;
    qint64 appendNs = 0;
    const qint64 begin = 1'700'000'000'000;
    int room = 0;
    for (int i = 0; i < messages; ++i) {
        // A tenth of the rooms has half of the talk, in bursts; each message is of one of five people of its room.
        if (random() % 8 == 0)
            room = int(random() % (random() % 2 == 0 ? rooms / 10 : rooms));
        const int person = int((size_t(room) * 31 + random() % 5) % people);
        Memory::IndexedMessage message;
        message.room = RoomId(roomId(room));
        message.seq = ++seqs[size_t(room)];
        message.at = fromMillis(begin + qint64(i) * 30'000);
        message.id = MessageId(newUuidV7(message.at));
        message.speaker = UserId("user" + QByteArray::number(person));
        message.speakerName = names[size_t(person)];
        message.text = talk.sentence(random, 1 + int(lengths(random)));
        const qint64 before = processorNs();
        if (!index.append(message))
            qFatal("a message was refused");
        appendNs += processorNs() - before;
    }
    table.line(u"build"_s, double(appendNs) / 1e9, u"s"_s, 2);
    table.line(u"append"_s, messages / (double(appendNs) / 1e9), u"messages/s"_s, 0);
    table.line(u"index"_s, double(index.bytes()) / 1e6, u"MB"_s, 1);
    table.line(u"of it postings"_s, double(index.postings().bytes()) / 1e6, u"MB"_s, 1);

    Memory::Recall recall(index);
    for (const int scopeRooms : {1, 20, 200, rooms}) {
        QList<double> plain, common, scoping;
        for (int i = 0; i < 400; ++i) {
            QList<RoomId> visible;
            for (int r = 0; r < scopeRooms; ++r)
                visible.append(RoomId(roomId(scopeRooms == rooms ? r : int(random() % rooms))));
            const bool isCommon = i % 4 == 3;
            Memory::RecallQuery query;
            query.now = fromMillis(begin + qint64(messages) * 30'000);
            query.text = isCommon ? u"What about "_s : u"When did person "_s;
            if (isCommon) {
                for (int w = 0; w < 6; ++w)
                    query.text += Talk::spelled(int(random() % 20)) + u' ';
            } else {
                query.text += talk.sentence(random, 9) + (i % 8 == 0 ? u"last week"_s : QString());
            }
            const qint64 before = processorNs();
            query.scope = index.scope(visible);
            const qint64 scoped = processorNs();
            scoping.append(double(scoped - before) / 1e6);
            recall.find(query);
            (isCommon ? common : plain).append(double(processorNs() - scoped) / 1e6);
        }
        const QString scope = scopeRooms == rooms ? u"all rooms"_s : u"%1 rooms"_s.arg(scopeRooms);
        table.line(u"the rooms looked up p95, %1"_s.arg(scope), percentile(scoping, 0.95), u"ms"_s, 2);
        table.line(u"query p50, %1"_s.arg(scope), percentile(plain, 0.5), u"ms"_s, 2);
        table.line(u"query p95, %1"_s.arg(scope), percentile(plain, 0.95), u"ms"_s, 2);
        table.line(u"six of the commonest words p95, %1"_s.arg(scope), percentile(common, 0.95), u"ms"_s, 2);
    }
    const qint64 before = processorNs();
    index.compact();
    table.line(u"compact()"_s, double(processorNs() - before) / 1e6, u"ms"_s, 0);
}

} // namespace Atom::Evaluation
