// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/metrics.h"

namespace Atom::Realtime {

//! \brief The metrics of this folder, registered once per server.
struct RealtimeMetrics
{
    explicit RealtimeMetrics(MetricRegistry &r)
        : connections(r.gauge("atom_realtime_connections", "Open realtime connections")),
          users(r.gauge("atom_realtime_users", "Users with at least one authenticated connection")),
          framesIn(r.counter("atom_realtime_frames_in_total", "Text frames received")),
          framesOut(r.counter("atom_realtime_frames_out_total", "Frames sent")),
          bytesIn(r.counter("atom_realtime_bytes_in_total", "Bytes received on realtime connections")),
          bytesOut(r.counter("atom_realtime_bytes_out_total", "Bytes of frames sent")),
          slowClosed(r.counter("atom_realtime_slow_closed_total", "Connections closed because they did not read")),
          errors(r.counter("atom_realtime_errors_total", "Error frames sent")),
          dropped(r.counter("atom_realtime_dropped_total", "Typing and presence frames not sent to slow readers")),
          upgraded(r.counter("atom_realtime_handshakes_total", "Opening handshakes", "result=\"upgraded\"")),
          refused(r.counter("atom_realtime_handshakes_total", "Opening handshakes", "result=\"refused\"")),
          deliveries(r.counter("atom_deliveries_total", "Room events given to devices"))
    {
    }

    Gauge &connections;
    Gauge &users;
    Counter &framesIn;
    Counter &framesOut;
    Counter &bytesIn;
    Counter &bytesOut;
    Counter &slowClosed;
    Counter &errors;
    Counter &dropped;
    Counter &upgraded;
    Counter &refused;
    Counter &deliveries;
};

} // namespace Atom::Realtime
