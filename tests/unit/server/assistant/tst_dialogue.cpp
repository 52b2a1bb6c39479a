// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/dialogue.h"
#include "server/assistant/replytemplate.h"
#include "server/assistant/slotextractor.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Assistant;
using namespace Qt::StringLiterals;

namespace {
IntentDefinition shipped(const QString &name)
{
    QFile file(QStringLiteral(ATOM_SOURCE_DIR "/resources/intents/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("no %s", qPrintable(name));
    return *readIntent(file.readAll());
}

//! Wednesday, 25 November 2026, 10:00 in Berlin.
Entities::Context inBerlin()
{
    const QTimeZone zone("Europe/Berlin");
    return Entities::Context{QDateTime(QDate(2026, 11, 25), QTime(10, 0), zone), zone, true};
}

Understanding heard(const QString &text, const QString &intent, double confidence, bool addressed = true)
{
    return Understanding{text, addressed, {IntentScore{intent, confidence}}, inBerlin()};
}
} // namespace

class DialogueTest : public QObject
{
    Q_OBJECT
private:
    const Dialogue m_dialogue{{shipped(u"weather.yaml"_s), shipped(u"ticket.yaml"_s), shipped(u"help.yaml"_s)}, 0.55};

private Q_SLOTS:
    void numbersMayBeWords()
    {
        IntentDefinition intent;
        SlotDefinition people;
        people.name = u"people"_s;
        people.type = SlotType::Number;
        intent.slotList = {people};
        intent.examples = {u"book a table for {people}"_s};
        QCOMPARE(slotFromAnswer(intent, people, u"17 of us"_s, inBerlin()), u"17"_s);
        QCOMPARE(slotFromAnswer(intent, people, u"just two, please"_s, inBerlin()), u"2"_s);
        QCOMPARE(slotFromAnswer(intent, people, u"1.5k"_s, inBerlin()), u"1500"_s);
        QCOMPARE(slotFromAnswer(intent, people, u"I do not know"_s, inBerlin()), QString());
        QCOMPARE(extractSlots(intent, u"book a table for twenty-one"_s, inBerlin()).value(u"people"_s), u"21"_s);
    }

    void slotsByExample_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("slot");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *file, const char *text, const char *slot, const char *value) {
            QTest::newRow(text) << QString::fromLatin1(file) << QString::fromUtf8(text) << QString::fromLatin1(slot)
                                << QString::fromUtf8(value);
        };
        row("weather.yaml", "What is the weather in Paris?", "city", "Paris");
        row("weather.yaml", "what's the weather like in New York today", "city", "New York");
        row("weather.yaml", "is it raining in São Paulo right now?", "city", "São Paulo");
        row("weather.yaml", "weather berlin", "city", "berlin");
        row("weather.yaml", "weather forecast for Aix-en-Provence, please", "city", "Aix-en-Provence");
        row("weather.yaml", "what is the weather in Rome tomorrow at 5pm", "city", "Rome");
        row("weather.yaml", "how is the weather", "city", "");
        row("weather.yaml", "what is the weather in", "city", "");
        row("ticket.yaml", "create a ticket about the broken printer", "title", "the broken printer");
        row("ticket.yaml", "open a ticket for login: it fails about once a day", "title",
            "login: it fails about once a day");
        row("ticket.yaml", "create a high priority ticket", "priority", "high");
        row("ticket.yaml", "create a ticket", "title", "");
        row("remind.yaml", "remind me to call mum tomorrow at 5pm", "what", "call mum");
        row("remind.yaml", "remind me to call mum tomorrow at 5pm", "when", "2026-11-26T17:00:00+01:00");
        row("remind.yaml", "remind me in 2 hours to stretch", "what", "stretch");
        row("remind.yaml", "remind me in 2 hours to stretch", "when", "2026-11-25T12:00:00+01:00");
        row("remind.yaml", "Remind me on Friday to pay the rent", "what", "pay the rent");
        row("remind.yaml", "Remind me on Friday to pay the rent", "when", "2026-11-27T09:00:00+01:00");
        row("remind.yaml", "set a reminder for the dentist on 3/12 at 14:30", "when", "2026-12-03T14:30:00+01:00");
        row("remind.yaml", "set a reminder for the dentist on 3/12 at 14:30", "what", "the dentist");
        row("remind.yaml", "remind me tomorrow morning", "what", "");
        row("remind.yaml", "remind me to send 5 invoices at noon", "what", "send 5 invoices");
        row("room.yaml", "create a public room called Release 1.4", "name", "Release 1.4");
        row("room.yaml", "create a public room called Release 1.4", "visibility", "public");
        row("search.yaml", "search for invoice from:ann", "query", "invoice from:ann");
        row("search.yaml", "where did we talk about the release on Friday", "query", "the release on Friday");
    }
    void slotsByExample()
    {
        QFETCH(QString, file);
        QFETCH(QString, text);
        QFETCH(QString, slot);
        QTEST(extractSlots(shipped(file), text, inBerlin()).value(slot), "value");
    }

    void aMissingValueIsAskedForAndFilled()
    {
        const Decision asked = m_dialogue.decide(heard(u"how is the weather"_s, u"weather"_s, 0.9), {});
        QVERIFY(asked.action == Decision::Action::Ask);
        QVERIFY(asked.text.endsWith(u'?'));
        QCOMPARE(asked.next.asking, u"city"_s);
        // Through storage, as after a restart.
        const Conversation open = Conversation::fromJson(asked.next.toJson());
        const Decision filled = m_dialogue.decide(heard(u"in Paris, please"_s, QString(), 0.2), open);
        QVERIFY(filled.action == Decision::Action::Run);
        QCOMPARE(filled.slotValues.value(u"city"_s), u"Paris"_s);
        QCOMPARE(Dialogue::workflowInput(filled), (QJsonObject{{u"city"_s, u"Paris"_s}}));
        QVERIFY(filled.next.asking.isEmpty());
    }

    void anOpenQuestionCanBeDroppedLeftOrRepeated()
    {
        const Conversation open = m_dialogue.decide(heard(u"create a ticket"_s, u"create-ticket"_s, 1), {}).next;
        const Decision dropped = m_dialogue.decide(heard(u"Never mind!"_s, QString(), 0.1), open);
        QVERIFY(dropped.action == Decision::Action::Answer);
        QVERIFY(dropped.next.intent.isEmpty());
        const Decision left = m_dialogue.decide(heard(u"weather in Oslo"_s, u"weather"_s, 0.97), open);
        QVERIFY(left.action == Decision::Action::Run);
        QCOMPARE(left.intent->name, u"weather"_s);
        const Decision repeated = m_dialogue.decide(heard(u"?!"_s, QString(), 0.1), open);
        QVERIFY(repeated.action == Decision::Action::Ask);
    }

    void theLastValueCanBeCorrected()
    {
        const Decision first = m_dialogue.decide(heard(u"weather in Oslo"_s, u"weather"_s, 0.97), {});
        const Decision corrected = m_dialogue.decide(heard(u"no, Paris"_s, QString(), 0.1), first.next);
        QVERIFY(corrected.action == Decision::Action::Run);
        QCOMPARE(corrected.slotValues.value(u"city"_s), u"Paris"_s);
    }

    void theSameIsAskedAboutSomethingElse()
    {
        const Decision first = m_dialogue.decide(heard(u"weather in Oslo"_s, u"weather"_s, 0.97), {});
        Conversation after = first.next;
        after.lastOutput = QJsonObject{{u"id"_s, 1}};
        after = Conversation::fromJson(after.toJson());
        const Decision other = m_dialogue.decide(heard(u"and in Rome?"_s, {}, 0.1), after);
        QVERIFY(other.action == Decision::Action::Run);
        QCOMPARE(other.slotValues.value(u"city"_s), u"Rome"_s);
        QVERIFY(other.replaces.isEmpty());
        QCOMPARE(m_dialogue.decide(heard(u"what about Lisbon tomorrow"_s, {}, 0.1), after).slotValues.value(u"city"_s),
                 u"Lisbon"_s);
        QCOMPARE(m_dialogue.decide(heard(u"no, Rome"_s, {}, 0.1), after).replaces, after.lastOutput);
    }

    void timesAreAskedForAnsweredAndCorrected()
    {
        const Dialogue dialogue{{shipped(u"remind.yaml"_s)}, 0.5};
        const Decision asked = dialogue.decide(heard(u"remind me"_s, u"remind-me"_s, 1), {});
        QCOMPARE(asked.next.asking, u"what"_s);
        // What and when in one answer.
        const Decision both = dialogue.decide(heard(u"call Ana tomorrow at 8"_s, {}, 0), asked.next);
        QVERIFY(both.action == Decision::Action::Act);
        QCOMPARE(both.slotValues.value(u"what"_s), u"call Ana"_s);
        QCOMPARE(both.slotValues.value(u"when"_s), u"2026-11-26T08:00:00+01:00"_s);
        const Decision later = dialogue.decide(heard(u"no, at 9:15 tomorrow"_s, {}, 0), both.next);
        QVERIFY(later.action == Decision::Action::Act);
        QCOMPARE(later.slotValues.value(u"what"_s), u"call Ana"_s);
        QCOMPARE(later.slotValues.value(u"when"_s), u"2026-11-26T09:15:00+01:00"_s);
        const Decision other = dialogue.decide(heard(u"I meant call Ben"_s, {}, 0), later.next);
        QCOMPARE(other.slotValues.value(u"what"_s), u"call Ben"_s);
        const Decision what = dialogue.decide(heard(u"remind me to call Ana"_s, u"remind-me"_s, 1), {});
        QCOMPARE(what.next.asking, u"when"_s);
        QVERIFY(dialogue.decide(heard(u"whenever"_s, {}, 0), what.next).action == Decision::Action::Ask);
        QVERIFY(dialogue.decide(heard(u"at noon"_s, {}, 0), what.next).action == Decision::Action::Act);
    }

    void commandsMeanTheirIntent()
    {
        const Dialogue dialogue({shipped(u"remind.yaml"_s), shipped(u"ticket.yaml"_s), shipped(u"help.yaml"_s)}, 0.55);
        const auto said = [&](const QString &text, bool addressed = true) {
            return dialogue.decide(heard(text, QString(), 0.99, addressed), {});
        };
        const Decision whole = said(u"/remind call Ana tomorrow at 9"_s);
        QCOMPARE(whole.action, Decision::Action::Act);
        QCOMPARE(whole.slotValues.value(u"what"_s), u"call Ana"_s);
        QCOMPARE(whole.slotValues.value(u"when"_s), u"2026-11-26T09:00:00+01:00"_s);
        QCOMPARE(said(u"  /REMIND"_s).text, u"What shall I remind you of?"_s);
        QCOMPARE(said(u"/remind water the plants"_s).text, u"When shall I remind you?"_s);
        QCOMPARE(said(u"/ticket The printer is broken"_s, false).slotValues.value(u"title"_s),
                 u"The printer is broken"_s);
        const Decision unknown = said(u"/frobnicate now"_s);
        QVERIFY(unknown.text.contains(u"/remind"_s) && !unknown.isUnknown);
        QCOMPARE(said(u"/frobnicate now"_s, false).action, Decision::Action::Silent);
        QVERIFY(!dialogue.triggerOf(u"/etc/passwd is a file"_s));
        QVERIFY(!dialogue.triggerOf(u"either /remind or not"_s));
        // An open question is left by a command, and one that is not known leaves it open.
        Conversation open;
        open.intent = u"create-ticket"_s;
        open.asking = u"title"_s;
        QVERIFY(dialogue.decide(heard(u"/help"_s, {}, 0), open).text.startsWith(u"I can:"_s));
        QCOMPARE(dialogue.decide(heard(u"/helpp"_s, {}, 0), open).next.asking, u"title"_s);
    }

    void listsAndPatternsOfOnesOwn()
    {
        const Result<IntentDefinition> intent = readIntent(
            "name: deploy\ndescription: deploy\nexamples: [deploy it]\nreply: ok\npatterns: ['deploy .+ to .+']\n"
            "slots:\n  place:\n    type: list\n    prompt: Where?\n"
            "    entries: {Frankfurt: [FRA, the main site], Dublin: []}\n"
            "  ticket:\n    type: pattern\n    prompt: Which?\n    pattern: '[A-Z]{2,5}-\\d+'\n");
        QVERIFY2(intent.isOk(), intent ? "" : qPrintable(intent.error().detail));
        const auto values = [&](const QString &text) { return extractSlots(*intent, text, inBerlin()); };
        QCOMPARE(values(u"please deploy OPS-117 to the main site"_s).value(u"place"_s), u"Frankfurt"_s);
        QCOMPARE(values(u"please deploy OPS-117 to the main site"_s).value(u"ticket"_s), u"OPS-117"_s);
        QCOMPARE(values(u"to dublim then"_s).value(u"place"_s), u"Dublin"_s); // a typing error
        QVERIFY(values(u"to Berlin then"_s).isEmpty());
        const Dialogue dialogue({*intent}, 0.55);
        QCOMPARE(dialogue.decide(heard(u"Deploy OPS-1 to fra"_s, {}, 0, false), {}).slotValues.size(), 2);
        QVERIFY(!dialogue.triggerOf(u"did you deploy it?"_s));
        QCOMPARE(dialogue.decide(heard(u"deploy OPS-1 to there"_s, {}, 0), {}).text, u"Where?"_s);
    }

    void typesAndActionsOfFilesAreChecked_data()
    {
        QTest::addColumn<QByteArray>("change");
        QTest::addColumn<QString>("pointer");
        QTest::newRow("command") << QByteArray("action: search\ncommand: /Find") << u"/command"_s;
        QTest::newRow("pattern") << QByteArray("action: search\npatterns: ['(']") << u"/patterns"_s;
        QTest::newRow("no entries") << QByteArray("action: search\nslots: {query: {type: list, prompt: a}}")
                                    << u"/slots/query/entries"_s;
        QTest::newRow("bad entries") << QByteArray(
                                            "action: search\nslots: {query: {type: list, prompt: a, entries: 3}}")
                                     << u"/slots/query/entries"_s;
        QTest::newRow("bad pattern of a slot")
            << QByteArray("action: search\nslots: {query: {type: pattern, prompt: a, pattern: '[z-a]'}}")
            << u"/slots/query/pattern"_s;
        QTest::newRow("no action") << QByteArray("action: fly") << u"/action"_s;
        QTest::newRow("workflow too") << QByteArray("action: search\nworkflow: demo.weather") << u"/action"_s;
        QTest::newRow("slot missing") << QByteArray("action: remind") << u"/slots"_s;
        QTest::newRow("no type") << QByteArray("action: search\nslots: {query: {type: colour, prompt: a}}")
                                 << u"/slots/query/type"_s;
        QTest::newRow("no time") << QByteArray("action: remind\nslots: {what: {prompt: a}, when: {prompt: b}}")
                                 << u"/slots/when/type"_s;
    }
    void typesAndActionsOfFilesAreChecked()
    {
        QFETCH(QByteArray, change);
        QFETCH(QString, pointer);
        const auto read = readIntent("name: x\ndescription: y\nexamples: [z]\n" + change + "\n");
        QVERIFY(!read);
        QStringList pointers;
        for (const FieldError &field : read.error().fields)
            pointers.append(field.pointer);
        QVERIFY2(pointers.contains(pointer), qPrintable(pointers.join(u' ')));
    }

    void notUnderstoodIsSaidOnlyToWhoAsked()
    {
        QVERIFY(m_dialogue.decide(heard(u"lunch?"_s, QString(), 0.1, false), {}).action == Decision::Action::Silent);
        const Decision answer = m_dialogue.decide(heard(u"lunch?"_s, QString(), 0.1, true), {});
        QVERIFY(answer.action == Decision::Action::Answer);
        QVERIFY(!answer.suggestions.isEmpty());
        const Decision help = m_dialogue.decide(heard(u"help"_s, u"help"_s, 1), {});
        QVERIFY2(help.text.contains(u"weather"_s), qPrintable(help.text));
    }

    void anIntentMayHaveItsOwnThreshold()
    {
        IntentDefinition careful = shipped(u"ticket.yaml"_s);
        careful.threshold = 0.8;
        IntentDefinition eager = shipped(u"weather.yaml"_s);
        eager.threshold = 0.3;
        const Dialogue dialogue({careful, eager}, 0.5);
        const auto chosen = [&](const QList<IntentScore> &ranked) {
            const IntentDefinition *intent = dialogue.recognised(ranked);
            return intent ? intent->name : QString();
        };
        QCOMPARE(chosen({IntentScore{u"create-ticket"_s, 0.7}}), QString());
        QCOMPARE(chosen({IntentScore{u"create-ticket"_s, 0.9}}), u"create-ticket"_s);
        // Ordinary talk stands before it, which is what a threshold below one half asks for.
        QCOMPARE(chosen({IntentScore{QString(), 0.6}, IntentScore{u"weather"_s, 0.4}}), u"weather"_s);
        QCOMPARE(chosen({IntentScore{QString(), 0.8}, IntentScore{u"weather"_s, 0.2}}), QString());
        QCOMPARE(chosen({}), QString());
    }

    void optionalSlotsHaveTheirDefault()
    {
        const Decision run = m_dialogue.decide(heard(u"create a ticket about a door"_s, u"create-ticket"_s, 0.9), {});
        QVERIFY(run.action == Decision::Action::Run);
        QCOMPARE(run.slotValues.value(u"priority"_s), u"normal"_s);
    }

    void replies()
    {
        const auto reply = ReplyTemplate::compile(u"{{{slots.city}}}: {output.list[1]} {output.missing} {output.n}"_s);
        QVERIFY(reply.isOk());
        const QJsonObject output{{u"list"_s, QJsonArray{1, u"{slots.city}"_s}}, {u"n"_s, 1.5}};
        QCOMPARE(reply->render({{u"slots"_s, QJsonObject{{u"city"_s, u"Paris"_s}}}, {u"output"_s, output}}),
                 u"{Paris}: {slots.city} ? 1.5"_s);
        QVERIFY(!ReplyTemplate::compile(u"{slots.city"_s).isOk());
        QVERIFY(!ReplyTemplate::compile(u"a } b"_s).isOk());
        QVERIFY(!ReplyTemplate::compile(u"{output | keys}"_s).isOk());
    }

    void mistakesInAFileAreAllNamed()
    {
        const auto bad =
            readIntent("name: Bad Name\nexamples:\n  - go to {where}\nslots:\n  city: {type: place}\nreplay: x\n");
        QVERIFY(!bad.isOk());
        QStringList pointers;
        for (const FieldError &field : bad.error().fields)
            pointers.append(field.pointer);
        for (const QString &expected : {u"/name"_s, u"/description"_s, u"/examples"_s, u"/slots/city/type"_s,
                                        u"/slots/city/prompt"_s, u"/replay"_s, u"/reply"_s}) {
            QVERIFY2(pointers.contains(expected), qPrintable(expected + u" not in "_s + pointers.join(u' ')));
        }
        QCOMPARE(readIntent("{name: a, description: b, examples: [c], reply: d, threshold: 0.7}")->threshold, 0.7);
        QVERIFY(!readIntent("{name: a, description: b, examples: [c], reply: d, threshold: 7}").isOk());
        QVERIFY(!readIntent("{name: a, description: b, examples: [c], reply: d, threshold: x}").isOk());
        QVERIFY(!readIntent("{{{").isOk());
        QVERIFY(!readIntent("- 1").isOk());
        QVERIFY(!readIntent("").isOk());
    }

    void mentions()
    {
        bool found = false;
        QCOMPARE(withoutMention(u"@Assistant: what is the weather"_s, &found), u"what is the weather"_s);
        QVERIFY(found);
        QCOMPARE(withoutMention(u"mail me @assistants.example"_s, &found), u"mail me @assistants.example"_s);
        QVERIFY(!found);
    }
};

QTEST_GUILESS_MAIN(DialogueTest)
#include "tst_dialogue.moc"
