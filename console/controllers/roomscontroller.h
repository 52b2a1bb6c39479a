// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/controllers/displaypause.h"
#include "console/controllers/livecontroller.h"
#include "console/models/eventmodel.h"
#include "console/models/roommodel.h"

namespace Atom::Console {

//! \brief The rooms of the server and the events of the selected one: history by REST when the reader is a member, and
//! what happens by topic "activity". Contents of rooms the reader is not a member of never arrive here.
class RoomsController : public LiveController
{
    Q_OBJECT
public:
    RoomsController(Client::ApiClient &api, Client::RealtimeClient &realtime, DisplayPause &pause,
                    QObject *parent = nullptr);

    RoomModel &rooms() { return m_rooms; }
    EventModel &events() { return m_events; }
    void select(const RoomId &room);
    const RoomId &selected() const { return m_selected; }
    //! \brief Of the events of the selected room.
    const PageState &eventsState() const { return m_eventsState; }
    //! \brief A remark about what is shown, such as that contents are hidden; empty: none.
    const QString &notice() const { return m_notice; }
    int heldBack() const { return int(m_heldBack.size()); } //!< events collected while the display is paused
    bool canLoadOlder() const { return m_moreBefore && !m_loadingOlder && !m_pause.isPaused(); }
    void loadOlder();

Q_SIGNALS:
    void selectedChanged();
    void eventsStateChanged();
    void heldBackChanged(int count);

protected:
    void load() override;
    bool hasData() const override { return m_rooms.rowCount() > 0; }
    QString emptyText() const override;
    void onTopic(const QJsonObject &data) override;

private:
    void loadHistory();
    void show(const QList<ObservedEvent> &events);
    void updateEventsState();
    DisplayPause &m_pause;
    RoomModel m_rooms;
    EventModel m_events;
    RoomId m_selected;
    quint64 m_selection = 0; //!< tells answers for an earlier selection
    PageState m_eventsState;
    QString m_notice;
    QList<ObservedEvent> m_heldBack;
    bool m_loadingHistory = false;
    bool m_loadingOlder = false;
    bool m_moreBefore = false;
};

} // namespace Atom::Console
