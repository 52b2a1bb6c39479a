// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/net/requesthead.h"

namespace Atom::Net {

//! \brief Reads one request body, by Content-Length or chunked (RFC 9112 section 7.1), bounded. Pure.
//!
//! Chunk extensions and trailers are checked, bounded and dropped: no handler may take a trailer for a header.
class BodyReader
{
public:
    enum class State { NeedMore, Done, Rejected };

    BodyReader(const RequestHead &head, qint64 limitBytes);

    //! \brief Takes what belongs to the body from the front of `bytes`; `consumed` says how much that was.
    State feed(QByteArrayView bytes, qsizetype &consumed);
    //! \brief Bytes held by now.
    qsizetype size() const { return m_body.size(); }
    QByteArray takeBody() { return std::move(m_body); }
    //! \brief After Rejected.
    const HeadRejection &rejection() const { return m_rejection; }

private:
    enum class Part { Fixed, SizeLine, Data, DataEnd, Trailer };
    State reject(int status, const char *reason);
    State takeSizeLine();
    State takeTrailerLine(bool &last);

    QByteArray m_body;
    QByteArray m_line; //!< of the chunked framing, without CR LF, bounded
    HeadRejection m_rejection;
    qint64 m_left; //!< of the body or of the chunk
    qint64 m_limit;
    qsizetype m_extensionBytes = 0;
    qsizetype m_trailerBytes = 0;
    Part m_part;
    bool m_cr = false;
};

} // namespace Atom::Net
