// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/controllers/pagestate.h"
#include "shared/client/realtimeclient.h"

#include <QCoro/QCoroTask>

#include <QtCore/QObject>

namespace Atom::Console {

//! \brief What controllers of pages with live data have in common: the page's state, a topic that is subscribed while
//! they live, and loading again whenever the connection comes back (what was missed is only known by asking).
//! The clients must outlive the controller.
class LiveController : public QObject
{
    Q_OBJECT
public:
    LiveController(Client::ApiClient &api, Client::RealtimeClient &realtime, QByteArray topic,
                   QObject *parent = nullptr);
    ~LiveController() override;

    const PageState &state() const { return m_state; }
    //! \brief Why what is shown may be old: the last refresh failed. Empty when it did not.
    const QString &staleReason() const { return m_stale; }
    bool isLoading() const { return m_loading; }
    //! \brief Asks the server again. While an answer is on its way this is remembered and done after it.
    void refresh();

Q_SIGNALS:
    void stateChanged();
    //! \brief Data from the server arrived (an answer or a topic): the display is as old as this.
    void dataArrived();

protected:
    virtual void load() = 0; //!< starts loading; ends in loaded() or loadFailed()
    virtual bool hasData() const = 0;
    virtual QString emptyText() const = 0; //!< words for "the server answered: nothing"
    virtual void onTopic(const QJsonObject &data) = 0;

    void loaded();
    void loadFailed(const Error &error);
    //! \brief To be called when live data may have changed hasData().
    void dataChanged();

    Client::ApiClient &m_api;
    Client::RealtimeClient &m_realtime;

private:
    void finishLoading();
    void setState(PageState state);
    QByteArray m_topic;
    PageState m_state;
    QString m_stale;
    bool m_loading = false;
    bool m_again = false;
    bool m_answered = false;
};

} // namespace Atom::Console
