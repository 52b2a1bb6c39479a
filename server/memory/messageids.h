// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/id.h"

#include <QtCore/QHash>

#include <array>
#include <vector>

namespace Atom::Memory {

class Documents;
using PackedId = std::array<uchar, 16>;

//! \brief From the id of a message to its number, in 8 to 16 bytes per message: ids are kept as the 16 bytes of their
//! UUID beside the message, and this table has only numbers. Ids that are no UUID in lower case are kept as they are.
class MessageIds
{
public:
    //! \brief The 16 bytes of a UUID; zeros for any other id.
    static PackedId packed(const MessageId &id);
    quint32 find(const MessageId &id, const Documents &documents) const;
    //! \brief Adds an id that is not there.
    void insert(const MessageId &id, quint32 document, const Documents &documents);
    void remove(const MessageId &id, quint32 document);
    MessageId unpacked(const PackedId &id, quint32 document) const;
    size_t bytes() const;

private:
    static constexpr quint32 freeSlot = 0, removedSlot = ~0U;
    size_t begin(const PackedId &id) const;
    void rehash(const Documents &documents);

    std::vector<quint32> m_slots; //!< open addressing, a power of two; document + 1
    size_t m_used = 0;            //!< slots that are not free
    QHash<MessageId, quint32> m_others;
    QHash<quint32, MessageId> m_otherIds;
};

} // namespace Atom::Memory
