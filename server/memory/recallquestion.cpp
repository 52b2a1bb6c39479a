// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/memory/recallquestion.h"

#include "server/entities/recognizer.h"
#include "server/memory/words.h"

#include <algorithm>

namespace Atom::Memory {
using namespace Qt::StringLiterals;
using Entities::Grain;
using Entities::TimeValue;

namespace {
constexpr qsizetype mostCharacters = 2'000;
constexpr qsizetype mostTerms = 32;
constexpr qsizetype mostNamesakes = 8;
constexpr qsizetype mostSpans = 4;

bool speaksIn(const Speakers::Speaker &speaker, const RoomScope &scope)
{
    return std::any_of(speaker.rooms.keyBegin(), speaker.rooms.keyEnd(),
                       [&scope](quint32 room) { return scope.has(room); });
}

//! Stops at one more than may share a name.
QList<quint32> calledInScope(const QByteArray &word, const Speakers &speakers, const RoomScope &scope)
{
    QList<quint32> found;
    for (const quint32 speaker : speakers.called(word)) {
        if (found.size() > mostNamesakes)
            break;
        if (speaksIn(speakers.at(speaker), scope))
            found.append(speaker);
    }
    return found;
}

bool isFirstPerson(const QByteArray &word)
{
    return word == "my" || word == "me" || word == "mine" || word == "myself";
}

//! "When", "what date", "which day", "how long ago", "since which year".
bool asksWhen(QStringView text)
{
    QByteArray before;
    for (Search::Tokenizer tokens(text); tokens.next(); before = tokens.term()) {
        const QByteArray &word = tokens.term();
        if (word == "when")
            return true;
        if ((before == "what" || before == "which") &&
            (word == "date" || word == "day" || word == "month" || word == "year" || word == "time" || word == "week"))
            return true;
        if (before == "how" && (word == "long" || word == "recently"))
            return true;
    }
    return false;
}

//! Messages are of the past: "on Monday" is the last one, "in May" the last May.
void moveIntoPast(QDateTime &from, QDateTime &to, Grain grain, const QDateTime &now)
{
    if (from <= now)
        return;
    const bool isWeekday = from.date() < now.date().addDays(8) && grain <= Grain::Day;
    if (isWeekday) {
        from = from.addDays(-7);
        to = to.addDays(-7);
    } else {
        from = from.addYears(-1);
        to = to.addYears(-1);
    }
}

QList<RecallQuestion::Span> spansOf(const QString &text, const RecallQuery &query)
{
    QList<RecallQuestion::Span> spans;
    Entities::Context context;
    context.zone = query.zone;
    context.now = QDateTime::fromMSecsSinceEpoch(toMillis(query.now), query.zone);
    static const Entities::Recognizer recognizer;
    for (const Entities::Entity &entity : recognizer.find(text, context)) {
        const TimeValue *time = std::get_if<TimeValue>(&entity.value);
        if (!time || !time->from.isValid() || !time->to.isValid() || spans.size() == mostSpans)
            continue;
        QDateTime from = time->from;
        QDateTime to = time->to;
        moveIntoPast(from, to, time->grain, context.now);
        const QDate lastDay = to.addMSecs(-1).date();
        if (from > context.now || !lastDay.isValid() || lastDay < from.date())
            continue;
        spans.append({from.date().startOfDay(query.zone).toMSecsSinceEpoch(),
                      lastDay.addDays(1).startOfDay(query.zone).toMSecsSinceEpoch()});
    }
    return spans;
}
} // namespace

RecallQuestion RecallQuestion::read(const RecallQuery &query, const Speakers &speakers)
{
    RecallQuestion question;
    const QString text = query.text.left(mostCharacters);
    bool saysMy = false;
    for (WordReader words(text, WordReader::Use::Query); words.next() && question.terms.size() < mostTerms;) {
        saysMy = saysMy || isFirstPerson(words.word());
        if (words.isFunctionWord())
            continue;
        const QList<quint32> called = calledInScope(words.word(), speakers, query.scope);
        if (!called.isEmpty() && called.size() <= mostNamesakes) {
            for (const quint32 speaker : called) {
                if (!question.speakers.contains(speaker))
                    question.speakers.append(speaker);
            }
            continue;
        }
        const bool isKnown = std::any_of(question.terms.cbegin(), question.terms.cend(),
                                         [&words](const Term &t) { return t.term == words.term(); });
        if (!isKnown)
            question.terms.append({words.term(), QString::fromUtf8(words.word())});
    }
    if (question.speakers.isEmpty() && saysMy) {
        const quint32 asker = speakers.find(query.asker);
        if (asker != ~0U && speaksIn(speakers.at(asker), query.scope))
            question.speakers.append(asker);
    }
    question.asksWhen = Memory::asksWhen(text);
    question.spans = spansOf(text, query);
    return question;
}

} // namespace Atom::Memory
