// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/tracescontroller.h"

#include "console/controllers/logging.h"
#include "shared/protocol/restcodec.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

namespace Atom::Console {

using namespace Qt::StringLiterals;

namespace {
constexpr int listed = 200;
constexpr qsizetype mostHeldBack = 1'000;
constexpr milliseconds budget{15'000};

bool isTraceId(const QByteArray &text)
{
    return text.size() == 32 && std::all_of(text.begin(), text.end(),
                                            [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
} // namespace

TracesController::TracesController(Client::ApiClient &api, Client::RealtimeClient &realtime, DisplayPause &pause,
                                   QObject *parent)
    : LiveController(api, realtime, QByteArrayLiteral("traces"), parent), m_pause(pause)
{
    m_traceState = {PageState::Kind::Empty, tr("Select a trace, or open one by its id or by the id of a message.")};
    connect(&pause, &DisplayPause::pausedChanged, this, [this](bool paused) {
        if (!paused)
            m_list.upsert(std::exchange(m_heldBack, {}));
    });
}

QString TracesController::rawJson() const
{
    if (m_raw.isEmpty())
        return {};
    return QString::fromUtf8(QJsonDocument(m_raw).toJson(QJsonDocument::Indented));
}

void TracesController::openTrace(const TraceId &id)
{
    m_wantedTrace = id;
    m_wantedMessage = {};
    reopen();
}

void TracesController::openMessage(const MessageId &id)
{
    m_wantedTrace = {};
    m_wantedMessage = id;
    reopen();
}

void TracesController::openText(const QString &id)
{
    const QByteArray text = id.trimmed().toUtf8();
    if (isTraceId(text.toLower()))
        openTrace(TraceId(text.toLower()));
    else if (isValidIdText(text))
        openMessage(MessageId(text));
    else
        setTraceState({PageState::Kind::Error, tr("That is neither the id of a trace nor of a message.")});
}

void TracesController::reopen()
{
    if (!m_wantedTrace.isEmpty())
        fetch(u"/api/v1/traces/%1"_s.arg(m_wantedTrace.toString()));
    else if (!m_wantedMessage.isEmpty())
        fetch(u"/api/v1/messages/%1/trace"_s.arg(m_wantedMessage.toString()));
}

// Not ApiClient::trace(): the inspector also shows the answer as it came.
void TracesController::fetch(const QString &path)
{
    const quint64 request = ++m_request;
    const bool same =
        !openId().isEmpty() &&
        (openId() == m_wantedTrace || (!m_wantedMessage.isEmpty() && m_spans.trace().message == m_wantedMessage));
    if (!same)
        setTraceState({PageState::Kind::Loading, tr("Asking the server…")});
    QCoro::connect(m_api.call("GET", path, QUrlQuery(), QJsonObject(), budget), this,
                   [this, request](Result<QJsonObject> answer) {
                       if (request != m_request)
                           return;
                       if (answer) {
                           show(*answer);
                           return;
                       }
                       PageState state = stateOf(answer.error());
                       if (answer.error().code == Errc::NotFound)
                           state.text = tr("The server has no trace for this, or not yet. Refresh in a moment.");
                       setTraceState(state);
                   });
}

void TracesController::show(const QJsonObject &answer)
{
    Result<Trace> trace = Protocol::traceFromJson(answer);
    if (!trace) {
        qCInfo(lcConsole) << "a trace cannot be read:" << trace.error().detail;
        setTraceState({PageState::Kind::Error, tr("The server's answer cannot be read.")});
        return;
    }
    if (answer != m_raw) {
        m_raw = answer;
        markHidden(*trace, answer);
        m_spans.setTrace(*trace);
        m_story = tellStory(m_spans.trace());
        Q_EMIT traceChanged();
    }
    setTraceState(trace->spans.isEmpty() ? PageState{PageState::Kind::Empty, tr("This trace has no stages yet.")}
                                         : PageState{PageState::Kind::Ready, {}});
}

//! What the server took out for readers who are not members is said where it would have stood.
void TracesController::markHidden(Trace &trace, const QJsonObject &answer)
{
    const QJsonArray spans = answer.value("spans"_L1).toArray();
    for (qsizetype i = 0; i < spans.size() && i < trace.spans.size(); ++i) {
        if (spans.at(i).toObject().value("content_hidden"_L1).toBool())
            trace.spans[i].attributes.insert(u"content"_s, tr("hidden: you are not a member of the room"));
    }
}

void TracesController::setTraceState(PageState state)
{
    if (state == m_traceState)
        return;
    m_traceState = std::move(state);
    Q_EMIT traceStateChanged();
}

void TracesController::load()
{
    QCoro::connect(m_api.traces(RoomId(), 0, listed), this, [this](Result<QList<TraceSummary>> answer) {
        if (!answer) {
            loadFailed(answer.error());
            return;
        }
        m_list.upsert(*answer);
        loaded();
    });
}

QString TracesController::emptyText() const
{
    return tr("No message has been traced yet. Traces appear when people talk.");
}

void TracesController::onTopic(const QJsonObject &data)
{
    const Result<TraceSummary> summary = Protocol::traceSummaryFromJson(data);
    if (!summary) {
        qCInfo(lcConsole) << "ignored a trace:" << summary.error().detail;
        return;
    }
    if (m_pause.isPaused()) {
        if (m_heldBack.size() >= mostHeldBack)
            m_heldBack.removeFirst();
        m_heldBack.append(*summary);
        return;
    }
    m_list.upsert({*summary});
    dataChanged();
    if (summary->id == openId() || summary->message == m_wantedMessage)
        reopen(); // it went on since it was loaded
}

} // namespace Atom::Console
