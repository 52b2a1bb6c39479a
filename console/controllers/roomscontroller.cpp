// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/controllers/roomscontroller.h"

#include "console/controllers/logging.h"

namespace Atom::Console {

namespace {
constexpr int historyPage = 100;
constexpr qsizetype mostHeldBack = 10'000;

QList<ObservedEvent> readable(const RoomEventPage &page)
{
    QList<ObservedEvent> events;
    events.reserve(page.events.size());
    for (const RoomEvent &event : page.events)
        events.append(ObservedEvent{event, false});
    return events;
}
} // namespace

RoomsController::RoomsController(Client::ApiClient &api, Client::RealtimeClient &realtime, DisplayPause &pause,
                                 QObject *parent)
    : LiveController(api, realtime, QByteArrayLiteral("activity"), parent), m_pause(pause)
{
    m_eventsState = {PageState::Kind::Empty, tr("Select a room to watch what happens in it.")};
    connect(&pause, &DisplayPause::pausedChanged, this, [this](bool paused) {
        if (paused)
            return;
        const QList<ObservedEvent> waiting = std::exchange(m_heldBack, {});
        if (!waiting.isEmpty()) {
            show(waiting);
            Q_EMIT heldBackChanged(0);
        }
    });
}

void RoomsController::select(const RoomId &room)
{
    if (room == m_selected)
        return;
    m_selected = room;
    ++m_selection;
    m_events.clear();
    m_heldBack.clear();
    m_notice.clear();
    m_moreBefore = false;
    m_loadingOlder = false;
    Q_EMIT selectedChanged();
    Q_EMIT heldBackChanged(0);
    loadHistory();
}

void RoomsController::loadHistory()
{
    m_loadingHistory = !m_selected.isEmpty();
    updateEventsState();
    if (m_selected.isEmpty())
        return;
    QCoro::connect(m_api.history(m_selected, 0, 0, historyPage), this,
                   [this, selection = m_selection](Result<RoomEventPage> page) {
                       if (selection != m_selection)
                           return;
                       m_loadingHistory = false;
                       m_notice.clear();
                       if (page) {
                           m_moreBefore = page->hasMoreBefore;
                           show(readable(*page));
                       } else if (page.error().code == Errc::Forbidden || page.error().code == Errc::NotFound) {
                           m_notice = tr("You are not a member of this room: you see that something happens, not what "
                                         "people say.");
                       } else {
                           m_notice = tr("Earlier events could not be loaded. %1").arg(errorText(page.error()));
                       }
                       updateEventsState();
                   });
}

void RoomsController::loadOlder()
{
    if (!canLoadOlder() || m_events.rowCount() == 0)
        return;
    m_loadingOlder = true;
    QCoro::connect(m_api.history(m_selected, m_events.firstSeq(), 0, historyPage), this,
                   [this, selection = m_selection](Result<RoomEventPage> page) {
                       if (selection != m_selection)
                           return;
                       m_loadingOlder = false;
                       if (!page) {
                           m_notice = tr("Earlier events could not be loaded. %1").arg(errorText(page.error()));
                       } else {
                           // A full model keeps its newest rows; asking again would load the same page for ever.
                           const qint64 first = m_events.firstSeq();
                           m_events.insert(readable(*page));
                           m_moreBefore = page->hasMoreBefore && m_events.firstSeq() < first;
                       }
                       updateEventsState();
                   });
}

void RoomsController::load()
{
    QCoro::connect(m_api.rooms(), this, [this](Result<QList<Room>> answer) {
        if (!answer) {
            loadFailed(answer.error());
            return;
        }
        m_rooms.setRooms(*answer);
        loaded();
        if (!m_selected.isEmpty() && !m_pause.isPaused())
            loadHistory(); // what was missed while away
    });
}

QString RoomsController::emptyText() const
{
    return tr("There are no rooms yet. They appear when people talk.");
}

void RoomsController::onTopic(const QJsonObject &data)
{
    const Result<ObservedEvent> observed = observedEventFromJson(data);
    if (!observed) {
        qCInfo(lcConsole) << "ignored an event:" << observed.error().detail;
        return;
    }
    const RoomId room = observed->event.room;
    if (!m_rooms.touch(room, observed->event.seq))
        refresh(); // a new room
    if (room != m_selected)
        return;
    if (m_pause.isPaused()) {
        if (m_heldBack.size() >= mostHeldBack)
            m_heldBack.removeFirst();
        m_heldBack.append(*observed);
        Q_EMIT heldBackChanged(heldBack());
        return;
    }
    show({*observed});
}

void RoomsController::show(const QList<ObservedEvent> &events)
{
    m_events.insert(events);
    updateEventsState();
}

void RoomsController::updateEventsState()
{
    PageState state{PageState::Kind::Ready, {}};
    if (m_selected.isEmpty())
        state = {PageState::Kind::Empty, tr("Select a room to watch what happens in it.")};
    else if (m_events.rowCount() == 0)
        state = m_loadingHistory ? PageState{PageState::Kind::Loading, tr("Asking the server…")}
                                 : PageState{PageState::Kind::Empty,
                                             tr("Nothing has happened here since you look. New events appear by "
                                                "themselves.")};
    m_eventsState = state;
    Q_EMIT eventsStateChanged();
}

} // namespace Atom::Console
