// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/assistant/intentcatalog.h"

#include "server/assistant/conversation.h"
#include "server/assistant/intentmatcher.h"
#include "server/assistant/logging.h"
#include "server/assistant/ordinarytalk.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

#include <algorithm>

namespace Atom::Assistant {
using namespace Qt::StringLiterals;
using Identity::Action;

namespace {
constexpr int rejectedKept = 300;
constexpr int talkKept = 700;
constexpr qsizetype reasonLength = 500;
constexpr seconds soon{2};           // several people may press a thumb at once
constexpr seconds daily{24 * 3'600}; // people talk about other things after a while

//! What an administrator changed, for the audit log.
QJsonObject shown(const QByteArray &source)
{
    return QJsonObject{{u"source"_s, QString::fromUtf8(source.left(4'000))}};
}
} // namespace

std::optional<Verdict> verdictFromName(QStringView name)
{
    for (const Verdict verdict : {Verdict::Up, Verdict::Down, Verdict::NotThis}) {
        if (name == verdictName(verdict))
            return verdict;
    }
    return std::nullopt;
}

IntentCatalog::IntentCatalog(IntentRepository &repository, Rooms::RoomService &rooms,
                             const Identity::Permissions &permissions, Clock &clock)
    : m_repository(repository), m_rooms(rooms), m_permissions(permissions), m_clock(clock)
{
}

IntentCatalog::~IntentCatalog() = default;

QCoro::Task<Result<QStringList>> IntentCatalog::load(QString directory)
{
    QStringList mistakes;
    m_entries.clear();
    m_files.clear();
    if (!directory.isEmpty())
        readFolder(directory, mistakes);
    m_entries = m_files;
    const Result<QList<StoredIntent>> stored = co_await m_repository.intents();
    if (!stored)
        co_return stored.error();
    for (const StoredIntent &one : *stored) {
        const Result<IntentDefinition> definition = readIntent(one.source);
        if (!definition) { // written by a newer server, or for an action that is gone
            mistakes.append(u"the stored intent %1: %2"_s.arg(one.name, definition.error().detail));
            continue;
        }
        put(IntentEntry{*definition, one.source, true, false, one.changedBy, one.changedAt});
    }
    const Result<void> talk = co_await readTalk();
    if (!talk)
        co_return talk.error();
    scheduleRefresh(daily);
    co_return Result<QStringList>(mistakes);
}

void IntentCatalog::readFolder(const QString &directory, QStringList &mistakes)
{
    const QDir folder(directory);
    if (!folder.exists())
        mistakes.append(u"%1: there is no such folder"_s.arg(directory));
    for (const QString &name : folder.entryList({u"*.yaml"_s, u"*.yml"_s}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) {
            mistakes.append(u"%1: %2"_s.arg(name, file.errorString()));
            continue;
        }
        const QByteArray source = file.readAll();
        const Result<IntentDefinition> intent = readIntent(source);
        if (intent) {
            const auto same = std::find_if(m_files.cbegin(), m_files.cend(), [&intent](const IntentEntry &other) {
                return !intent->command.isEmpty() && other.definition.command == intent->command;
            });
            if (same != m_files.cend())
                mistakes.append(u"%1: the command \"/%2\" is that of \"%3\" already"_s.arg(name, intent->command,
                                                                                           same->definition.name));
            m_files.append(IntentEntry{*intent, source, false, false, {}, {}});
            continue;
        }
        for (const FieldError &field : intent.error().fields)
            mistakes.append(u"%1: %2 %3"_s.arg(name, field.pointer, field.detail));
    }
    std::sort(m_files.begin(), m_files.end(),
              [](const IntentEntry &a, const IntentEntry &b) { return a.definition.name < b.definition.name; });
    m_background = readOrdinaryTalk(folder.filePath(u"background.txt"_s));
}

QCoro::Task<void> IntentCatalog::close()
{
    if (m_timer)
        m_clock.cancel(m_timer);
    m_timer = 0;
    co_await m_scope.close();
}

void IntentCatalog::put(IntentEntry entry)
{
    const auto at =
        std::lower_bound(m_entries.begin(), m_entries.end(), entry.definition.name,
                         [](const IntentEntry &a, const QString &name) { return a.definition.name < name; });
    const bool isThere = at != m_entries.end() && at->definition.name == entry.definition.name;
    entry.hidesFile = std::any_of(m_files.begin(), m_files.end(), [&entry](const IntentEntry &file) {
        return file.definition.name == entry.definition.name;
    });
    if (isThere)
        *at = std::move(entry);
    else
        m_entries.insert(at, std::move(entry));
}

QList<IntentDefinition> IntentCatalog::definitions() const
{
    QList<IntentDefinition> list;
    for (const IntentEntry &entry : m_entries) {
        if (entry.definition.enabled)
            list.append(entry.definition);
    }
    return list;
}

QStringList IntentCatalog::ordinaryTalk() const
{
    return (m_rejected + m_background + m_talk).mid(0, IntentMatcher::maxBackground);
}

QCoro::Task<Result<void>> IntentCatalog::readTalk()
{
    const Result<QStringList> rejected = co_await m_repository.rejectedTexts(rejectedKept);
    if (!rejected)
        co_return rejected.error();
    const Result<QStringList> talk = co_await m_repository.ordinaryTexts(talkKept);
    if (!talk)
        co_return talk.error();
    m_rejected.clear();
    for (const QString &text : *rejected) {
        bool mentioned = false;
        m_rejected.append(withoutMention(text, &mentioned));
    }
    m_talk = *talk;
    co_return Result<void>();
}

void IntentCatalog::scheduleRefresh(seconds after)
{
    // Who keeps judging must not keep it from learning.
    if (m_scope.isClosing() || (m_timer && m_due <= m_clock.now() + after))
        return;
    if (m_timer)
        m_clock.cancel(m_timer);
    m_due = m_clock.now() + after;
    m_timer = m_clock.callAfter(after, this, [this] {
        m_timer = 0;
        m_scope.spawn(refreshTalk(), "ordinary talk");
    });
}

QCoro::Task<void> IntentCatalog::refreshTalk()
{
    const Result<void> read = co_await readTalk();
    if (!read)
        qCWarning(lcAssistant) << "what people talk about cannot be read:" << read.error().detail;
    else
        Q_EMIT changed();
    scheduleRefresh(daily);
}

QCoro::Task<Result<IntentEntry>> IntentCatalog::save(Actor actor, QString name, QByteArray source)
{
    if (Result<void> allowed = m_permissions.require(actor, Action::WorkflowManage, Identity::Object::none()); !allowed)
        co_return std::move(allowed.error());
    if (source.size() > sourceBytes)
        co_return Error(Errc::PayloadTooLarge, u"An intent may have %1 bytes."_s.arg(sourceBytes));
    const Result<IntentDefinition> definition = readIntent(source);
    if (!definition)
        co_return definition.error();
    if (definition->name != name)
        co_return Error::invalid(u"/name"_s,
                                 u"The definition is named \"%1\", the address \"%2\"."_s.arg(definition->name, name));
    IntentEntry entry{*definition, source, true, false, actor.user, m_clock.now()};
    QByteArray former;
    QList<IntentDefinition> all{entry.definition};
    for (const IntentEntry &present : std::as_const(m_entries)) {
        if (present.definition.name != name)
            all.append(present.definition);
        else
            former = present.source;
        if (present.definition.name != name && !definition->command.isEmpty() &&
            present.definition.command == definition->command)
            co_return Error::invalid(u"/command"_s, u"The command \"/%1\" is that of the intent \"%2\" already."_s.arg(
                                                        definition->command, present.definition.name));
    }
    if (const Result<void> few = IntentMatcher::checkLimits(all); !few)
        co_return few.error();
    Audit::Draft audit = Audit::draftFor(actor, "intent.saved", "intent", name.toUtf8(), m_clock.now());
    if (!former.isEmpty())
        audit.before = shown(former);
    audit.after = shown(source);
    // No temporary aggregate inside of co_await: the compiler (GCC 12) destroys such twice.
    StoredIntent written{name, source, actor.user, entry.changedAt};
    const Result<void> stored = co_await m_repository.saveIntent(std::move(written), std::move(audit));
    if (!stored)
        co_return stored.error();
    put(std::move(entry));
    // A copy that is const: co_return of what a reference names moves it away.
    const IntentEntry saved = *std::find_if(m_entries.cbegin(), m_entries.cend(),
                                            [&name](const IntentEntry &e) { return e.definition.name == name; });
    Q_EMIT changed();
    co_return saved;
}

QCoro::Task<Result<void>> IntentCatalog::remove(Actor actor, QString name)
{
    if (Result<void> allowed = m_permissions.require(actor, Action::WorkflowManage, Identity::Object::none()); !allowed)
        co_return std::move(allowed.error());
    const auto isNamed = [&name](const IntentEntry &e) { return e.definition.name == name; };
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), isNamed);
    if (found == m_entries.end())
        co_return Error(Errc::NotFound, u"There is no such intent."_s);
    if (!found->isStored)
        co_return Error(Errc::Conflict,
                        u"This intent is a file of the server. To turn it off, save one of the same name"
                        u" with \"enabled: false\"."_s);
    Audit::Draft audit = Audit::draftFor(actor, "intent.removed", "intent", name.toUtf8(), m_clock.now());
    audit.before = shown(found->source);
    const Result<void> removed = co_await m_repository.removeIntent(name, std::move(audit));
    if (!removed)
        co_return removed.error();
    m_entries.removeIf(isNamed);
    const auto file = std::find_if(m_files.begin(), m_files.end(), isNamed);
    if (file != m_files.end())
        put(*file);
    Q_EMIT changed();
    co_return Result<void>();
}

QCoro::Task<Result<Feedback>> IntentCatalog::judge(Actor actor, MessageId message, Verdict verdict, QString reason)
{
    if (reason.size() > reasonLength)
        co_return Error::invalid(u"/reason"_s, u"A reason is at most %1 characters."_s.arg(reasonLength));
    if (Result<void> allowed = m_permissions.require(actor, Action::ChatWithAssistant, Identity::Object::none());
        !allowed)
        co_return std::move(allowed.error());
    const Result<RoomEvent> found = co_await m_rooms.locate(actor, message);
    if (!found)
        co_return found.error();
    if (found->actor != assistantUser() || found->replyTo.isEmpty())
        co_return Error::invalid(u"/message_id"_s, u"Only answers of the assistant are judged."_s);
    const QString intent = found->metadata.value("intent"_L1).toString();
    Feedback feedback{found->replyTo, actor.user, verdict, intent, reason, m_clock.now()};
    const Result<void> stored = co_await m_repository.saveFeedback(feedback);
    if (!stored)
        co_return stored.error();
    scheduleRefresh(soon);
    co_return feedback;
}

QCoro::Task<Result<void>> IntentCatalog::rejectQuestion(UserId user, MessageId question, QString intent)
{
    Feedback feedback{question, user, Verdict::NotThis, intent, {}, m_clock.now()};
    const Result<void> stored = co_await m_repository.saveFeedback(std::move(feedback));
    if (stored)
        scheduleRefresh(soon);
    co_return stored;
}

QCoro::Task<Result<QList<FeedbackCount>>> IntentCatalog::feedbackCounts()
{
    return m_repository.feedbackCounts();
}

} // namespace Atom::Assistant
