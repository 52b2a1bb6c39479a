// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/controllers/displaypause.h"
#include "console/controllers/livecontroller.h"
#include "console/models/spanmodel.h"
#include "console/models/tracelistmodel.h"
#include "console/models/tracestory.h"

namespace Atom::Console {

//! \brief Recent traces (topic "traces" adds finished ones) and the one that is open.
class TracesController : public LiveController
{
    Q_OBJECT
public:
    TracesController(Client::ApiClient &api, Client::RealtimeClient &realtime, DisplayPause &pause,
                     QObject *parent = nullptr);

    TraceListModel &list() { return m_list; }
    SpanModel &spans() { return m_spans; }
    const QList<StoryLine> &story() const { return m_story; }
    QString rawJson() const; //!< of the open trace, as the server sent it, indented; empty when none is open

    void openTrace(const TraceId &id);
    void openMessage(const MessageId &id);
    //! \brief A trace id (32 hex digits) or a message id, as a person pasted it. Bad input becomes traceState().
    void openText(const QString &id);
    void reopen(); //!< asks again for the open trace
    const TraceId &openId() const { return m_spans.trace().id; }
    //! \brief Of the open trace.
    const PageState &traceState() const { return m_traceState; }

Q_SIGNALS:
    void traceChanged(); //!< spans(), story() and rawJson() are another trace's or newer
    void traceStateChanged();

protected:
    void load() override;
    bool hasData() const override { return m_list.rowCount() > 0; }
    QString emptyText() const override;
    void onTopic(const QJsonObject &data) override;

private:
    void fetch(const QString &path);
    void show(const QJsonObject &answer);
    static void markHidden(Trace &trace, const QJsonObject &answer);
    void setTraceState(PageState state);
    DisplayPause &m_pause;
    TraceListModel m_list;
    SpanModel m_spans;
    QJsonObject m_raw; //!< the answer that m_spans shows
    QList<StoryLine> m_story;
    PageState m_traceState;
    TraceId m_wantedTrace; //!< what reopen() asks for: one of these two
    MessageId m_wantedMessage;
    quint64 m_request = 0;
    QList<TraceSummary> m_heldBack;
};

} // namespace Atom::Console
