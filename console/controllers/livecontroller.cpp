// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/livecontroller.h"

namespace Atom::Console {

LiveController::LiveController(Client::ApiClient &api, Client::RealtimeClient &realtime, QByteArray topic,
                               QObject *parent)
    : QObject(parent), m_api(api), m_realtime(realtime), m_topic(std::move(topic))
{
    m_state = {PageState::Kind::Loading, tr("Asking the server…")};
    connect(&realtime, &Client::RealtimeClient::topic, this, [this](const QByteArray &name, const QJsonObject &data) {
        if (name != m_topic)
            return;
        onTopic(data);
        Q_EMIT dataArrived();
    });
    connect(&realtime, &Client::RealtimeClient::stateChanged, this, [this](Client::ConnectionState state) {
        if (state == Client::ConnectionState::Online)
            refresh();
    });
    realtime.subscribe(m_topic);
}

LiveController::~LiveController()
{
    m_realtime.unsubscribe(m_topic);
}

void LiveController::refresh()
{
    if (m_loading) {
        m_again = true;
        return;
    }
    m_loading = true;
    if (!m_answered && m_state.kind != PageState::Kind::Loading)
        setState({PageState::Kind::Loading, tr("Asking the server…")});
    load();
}

void LiveController::loaded()
{
    m_answered = true;
    m_stale.clear();
    dataChanged();
    Q_EMIT stateChanged();
    Q_EMIT dataArrived();
    finishLoading();
}

void LiveController::loadFailed(const Error &error)
{
    // What is already on the screen stays, with a remark, unless the server took the permission away.
    const PageState state = stateOf(error);
    if (hasData() && state.kind != PageState::Kind::Forbidden) {
        m_stale = state.text;
        Q_EMIT stateChanged();
    } else {
        m_answered = false;
        setState(state);
    }
    finishLoading();
}

void LiveController::finishLoading()
{
    m_loading = false;
    if (std::exchange(m_again, false))
        refresh();
}

void LiveController::dataChanged()
{
    if (hasData())
        setState({PageState::Kind::Ready, {}});
    else if (m_answered)
        setState({PageState::Kind::Empty, emptyText()});
}

void LiveController::setState(PageState state)
{
    if (state == m_state)
        return;
    m_state = std::move(state);
    Q_EMIT stateChanged();
}

} // namespace Atom::Console
