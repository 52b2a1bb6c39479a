// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state of RunMachine as JSON: saved and restored.
#include "server/workflows/runmachine.h"

#include <algorithm>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;

namespace {
constexpr int cursorVersion = 2;
constexpr int deepest = 200; // positions inside of each other; a definition allows far fewer

Error misfit()
{
    return Error(Errc::ValidationFailed, u"The stored position of the run does not fit its definition."_s);
}

// Only what differs from a new node is written: most positions are few words.
void put(QJsonObject &out, const QString &key, qint64 value, qint64 usual = 0)
{
    if (value != usual)
        out.insert(key, value);
}
void put(QJsonObject &out, const QString &key, const QJsonObject &value)
{
    if (!value.isEmpty())
        out.insert(key, value);
}
void put(QJsonObject &out, const QString &key, const QJsonArray &value)
{
    if (!value.isEmpty())
        out.insert(key, value);
}
} // namespace

QJsonObject RunMachine::nodeToJson(const Node &node) const
{
    QJsonObject out;
    put(out, u"phase"_s, int(node.phase));
    put(out, u"place"_s, node.place);
    put(out, u"branch"_s, node.branch);
    put(out, u"index"_s, node.index);
    out.insert(u"data"_s, node.data);
    if (node.input != node.data)
        out.insert(u"input"_s, node.input);
    if (node.raw != node.input)
        out.insert(u"raw"_s, node.raw);
    if (node.isEffect() && node.context != m_context)
        out.insert(u"context"_s, node.context);
    if (!node.path.isEmpty())
        out.insert(u"path"_s, node.path);
    put(out, u"entered"_s, node.entered);
    put(out, u"attempt"_s, node.attempt, 1);
    put(out, u"startedAt"_s, node.startedAt);
    put(out, u"deadline"_s, node.deadline);
    put(out, u"attemptDeadline"_s, node.attemptDeadline);
    put(out, u"dueAt"_s, node.dueAt);
    put(out, u"retries"_s, node.retries);
    put(out, u"error"_s, node.error);
    put(out, u"items"_s, node.items);
    put(out, u"item"_s, node.item, -1);
    put(out, u"open"_s, node.open);
    put(out, u"queue"_s, node.queue);
    put(out, u"taken"_s, node.taken);
    put(out, u"takenUntil"_s, node.takenUntil);
    put(out, u"correlations"_s, node.correlations);
    if (node.event.isObject())
        out.insert(u"event"_s, node.event);
    put(out, u"closing"_s, node.closing);
    QJsonArray children;
    for (const auto &child : node.children)
        children.append(nodeToJson(*child));
    put(out, u"children"_s, children);
    return out;
}

QJsonObject RunMachine::cursor() const
{
    QJsonObject out{{u"version"_s, cursorVersion},
                    {u"begun"_s, m_begun},
                    {u"context"_s, m_context},
                    {u"attempts"_s, m_attempts},
                    {u"steps"_s, m_steps}};
    put(out, u"suspendedAt"_s, m_suspendedAt);
    // A crash between the last transition and what follows it must not lose the outcome.
    if (isTerminal(m_status)) {
        out.insert(u"end"_s,
                   QJsonObject{{u"status"_s, runStatusName(m_status)}, {u"output"_s, m_output}, {u"error"_s, m_error}});
    } else if (m_root) {
        out.insert(u"root"_s, nodeToJson(*m_root));
    }
    return m_mask.isEmpty() ? out : m_mask.hidden(out).toObject();
}

// What a node is follows from its place; its kind and phase must agree.
bool RunMachine::nodeFromJson(Node &node, const QJsonObject &json, int depth)
{
    const int phase = json.value(u"phase").toInt();
    if (depth > deepest || phase < 0 || phase > int(RunNode::lastPhase))
        return false;
    node.phase = Phase(phase);
    node.index = json.value(u"index").toInt();
    node.data = json.value(u"data");
    node.input = json.contains(u"input") ? json.value(u"input") : node.data;
    node.raw = json.contains(u"raw") ? json.value(u"raw") : node.input;
    node.context = json.contains(u"context") ? json.value(u"context") : m_context;
    node.path = json.value(u"path").toString();
    node.entered = json.value(u"entered").toObject();
    node.attempt = json.value(u"attempt").toInt(1);
    node.startedAt = json.value(u"startedAt").toInteger();
    node.deadline = json.value(u"deadline").toInteger();
    node.attemptDeadline = json.value(u"attemptDeadline").toInteger();
    node.dueAt = json.value(u"dueAt").toInteger();
    node.retries = json.value(u"retries").toInt();
    node.error = json.value(u"error").toObject();
    node.items = json.value(u"items").toArray();
    node.item = json.value(u"item").toInt(-1);
    node.open = json.value(u"open").toInt();
    node.queue = json.value(u"queue").toArray();
    node.taken = json.value(u"taken").toArray();
    node.takenUntil = json.value(u"takenUntil").toArray();
    node.correlations = json.value(u"correlations").toObject();
    node.event = json.value(u"event");
    node.closing = json.value(u"closing").toInt() != 0;
    if (node.index < 0 || !fitsKind(node))
        return false;
    const QJsonArray children = json.value(u"children").toArray();
    const bool isFork = node.task && node.task->kind == TaskKind::Fork && !node.branch;
    if (!isFork && children.size() > 1)
        return false;
    for (const QJsonValue value : children) {
        const QJsonObject o = value.toObject();
        auto child = std::make_unique<Node>();
        child->parent = &node;
        child->place = o.value(u"place").toInt();
        child->branch = o.value(u"branch").toInt() != 0;
        const TaskList &list = node.list(*m_definition);
        if (child->branch != isFork || child->place < 0 || child->place >= int(list.size()))
            return false;
        const Task &task = list[size_t(child->place)];
        child->task = isFork ? node.task : &task;
        child->reference = isFork ? node.reference : referenceBelow(node, task);
        if (isFork && child->place >= node.items.size())
            return false;
        if (!nodeFromJson(*child, o, depth + 1))
            return false;
        node.children.push_back(std::move(child));
    }
    if (node.isEffect())
        m_effects.insert(keyOf(node), &node);
    // A position with nothing inside and nothing to wait for goes on by itself.
    const bool works = node.phase == Phase::Body || node.phase == Phase::Catch || node.event.isObject();
    if (works && !isFork && node.children.empty())
        makeReady(node);
    return true;
}

bool RunMachine::fitsKind(const Node &node) const
{
    if (!node.task || node.branch)
        return node.phase == Phase::Body;
    switch (node.task->kind) {
    case TaskKind::Do:
    case TaskKind::Fork:
        return node.phase == Phase::Body;
    case TaskKind::For:
        return node.phase == Phase::Body && node.item >= 0 && node.item < node.items.size();
    case TaskKind::Try:
        return node.phase == Phase::Body || node.phase == Phase::Catch ||
               (node.phase == Phase::RetryWait && node.task->caught.retry);
    case TaskKind::Wait:
        return node.phase == Phase::Timer;
    case TaskKind::Listen:
        return node.phase == Phase::Listen && (!node.event.isObject() || node.task->listen.each);
    case TaskKind::CallHttp:
    case TaskKind::RunWorkflow:
        return node.isEffect();
    case TaskKind::CallFunction: {
        const bool own = node.task->function.catalog.isEmpty() && !node.task->tasks.empty();
        return own ? node.phase == Phase::Body : node.isEffect();
    }
    case TaskKind::Set:
    case TaskKind::Switch:
    case TaskKind::Raise:
    case TaskKind::Emit:
    case TaskKind::Unsupported:
        break;
    }
    return false;
}

Result<RunMachine> RunMachine::restore(std::shared_ptr<const Definition> definition, RunId id, QJsonValue input,
                                       Timestamp startedAt, const QJsonObject &stored, QJsonObject secrets)
{
    if (stored.value(u"version").toInt() != cursorVersion)
        return misfit();
    RunMachine machine(std::move(definition), std::move(id), std::move(input), startedAt);
    machine.setSecrets(std::move(secrets));
    const QJsonObject cursor = machine.m_mask.isEmpty() ? stored : machine.m_mask.revealed(stored).toObject();
    machine.m_begun = cursor.value(u"begun").toBool();
    machine.m_context = cursor.value(u"context");
    machine.m_attempts = cursor.value(u"attempts").toObject();
    machine.m_steps = cursor.value(u"steps").toInt();
    machine.m_suspendedAt = cursor.value(u"suspendedAt").toInteger();
    if (const QJsonObject end = cursor.value(u"end").toObject(); !end.isEmpty()) {
        machine.m_status = runStatusFromName(end.value(u"status").toString()).value_or(RunStatus::Faulted);
        if (!isTerminal(machine.m_status))
            return misfit();
        machine.m_output = end.value(u"output");
        machine.m_error = end.value(u"error").toObject();
        return machine;
    }
    if (machine.m_begun) {
        machine.m_root = std::make_unique<Node>();
        if (!cursor.value(u"root").isObject() ||
            !machine.nodeFromJson(*machine.m_root, cursor.value(u"root").toObject(), 0))
            return misfit();
    }
    machine.settle();
    return machine;
}

Result<QJsonObject> RunMachine::withInput(const QJsonObject &cursor, const QJsonValue &input)
{
    // The innermost position has the task that failed as its next one.
    const auto edited = [&input](const auto &self, QJsonObject node) -> std::optional<QJsonObject> {
        QJsonArray children = node.value(u"children").toArray();
        if (children.size() > 1)
            return std::nullopt;
        if (children.isEmpty()) {
            const QJsonValue own = node.contains(u"input") ? node.value(u"input") : node.value(u"data");
            const QJsonValue raw = node.contains(u"raw") ? node.value(u"raw") : own;
            node.insert(u"input"_s, own); // they follow from `data` when they are not there
            node.insert(u"raw"_s, raw);
            node.insert(u"data"_s, input);
            return node;
        }
        const std::optional<QJsonObject> child = self(self, children.first().toObject());
        if (!child)
            return std::nullopt;
        children[0] = *child;
        node.insert(u"children"_s, children);
        return node;
    };
    const std::optional<QJsonObject> root = edited(edited, cursor.value(u"root").toObject());
    if (!root)
        return Error(Errc::Conflict, u"The run failed in one of several branches: its input cannot be changed."_s);
    QJsonObject out = cursor;
    out.insert(u"root"_s, *root);
    return out;
}

Result<QJsonObject> RunMachine::cursorAt(const Definition &definition, const QString &reference,
                                         const QJsonValue &input, Timestamp now)
{
    RunMachine machine(std::make_shared<const Definition>(definition), RunId("new"), input, now);
    machine.m_begun = true;
    machine.m_root = std::make_unique<Node>();
    machine.m_root->startedAt = toMillis(now);
    machine.m_root->data = machine.m_root->input = input;
    Node *node = machine.m_root.get();
    while (true) {
        const TaskList &list = node->list(*machine.m_definition);
        const auto around = std::find_if(list.begin(), list.end(), [&](const Task &t) {
            return reference == t.reference || reference.startsWith(t.reference + u'/');
        });
        if (around == list.end())
            return Error(Errc::NotFound, u"The definition has no such task."_s);
        node->index = int(around - list.begin());
        node->data = input;
        if (reference == around->reference)
            return machine.cursor();
        const bool plain = around->kind == TaskKind::Do || around->kind == TaskKind::Try;
        const bool inCatch = around->kind == TaskKind::Try && !reference.startsWith(around->reference + u"/try/"_s);
        if (!plain || inCatch) {
            return Error(Errc::Conflict,
                         u"A run cannot begin inside of a loop, fork, listener, function or catch block."_s);
        }
        auto child = std::make_unique<Node>();
        child->task = &*around;
        child->parent = node;
        child->place = node->index;
        child->reference = around->reference;
        child->path = machine.pathBelow(*node, 1);
        child->data = child->input = child->raw = input;
        child->startedAt = toMillis(now);
        node->children.push_back(std::move(child));
        node = node->children.back().get();
    }
}

} // namespace Atom::Workflows
