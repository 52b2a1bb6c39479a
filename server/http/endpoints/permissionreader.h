// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/jsonreader.h"
#include "server/identity/roleservice.h"
#include "server/rooms/roompermissions.h"

#include <QtCore/QJsonArray>

//! How roles, overrides and drafts of them are written in requests.
namespace Atom::HttpEndpoints {

QJsonArray namesOf(const Identity::ActionSet &actions);
QJsonObject toJson(const Identity::Override &override);

//! \brief {id, name, base, allow?, deny?} \return ValidationFailed.
Result<Identity::RoleDraft> readRoleDraft(const QJsonObject &body);
//! \brief {name?, allow?, deny?} \return ValidationFailed, also when nothing is given.
Result<Identity::RoleDraft> readRoleChange(const QJsonObject &body, const RoleId &id);
//! \brief Member `changes` of a request: [{kind, subject, action, effect}], 1..100. Mistakes go to the reader, with
//! pointers /changes/N/….
QList<Identity::Override> readOverrides(JsonReader &reader, QList<FieldError> &mistakes);

//! \brief A draft of any kind: {role: {id, name?, base?, allow?, deny?}?, room_id?, changes?, user_id?, give?}. `give`
//! is the id of the role, predefined or custom, that the user would get.
struct DraftRequest
{
    std::optional<Identity::RoleDraft> role;
    RoomId room;
    QList<Identity::Override> changes;
    UserId user;
    QString give;
};
Result<DraftRequest> readDraft(const QJsonObject &body);

} // namespace Atom::HttpEndpoints
