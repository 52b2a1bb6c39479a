// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/core/result.h"

#include <QtCore/QByteArrayView>

#include <memory>
#include <optional>

namespace Atom::Identity {

//! \brief Seals small secrets at rest with XChaCha20-Poly1305 under keys derived from the server's master key
//! (crypto_kdf, one key for each purpose). The place where a sealed text is kept is authenticated with it, so that a
//! text moved to another row or column does not open. Any thread; the keys are wiped at the end.
class SecretBox
{
public:
    static constexpr int keyBytes = 32;
    static constexpr int purposeBytes = 8;

    //! \brief Takes and wipes `masterKey`, which must have keyBytes.
    explicit SecretBox(QByteArray &masterKey);
    ~SecretBox();
    Q_DISABLE_COPY_MOVE(SecretBox)

    //! \brief Reads the master key from a file of 64 hexadecimal digits that only its owner may read. Blocks
    //! (start-up). With `mayMake` a missing file is made (mode 0600) with a new key. \return NotFound when it is
    //! missing and may not be made; Forbidden when others may read it; Internal when it cannot be read, or is not a
    //! key.
    static Result<std::unique_ptr<SecretBox>> openBlocking(const QString &file, bool mayMake);
    //! \brief With a new random key that nobody keeps: for tests and tools.
    static std::unique_ptr<SecretBox> withRandomKey();

    //! \brief `purpose`: purposeBytes characters; `place`: for example "users|ada|totp".
    QByteArray seal(QByteArrayView purpose, QByteArrayView place, QByteArrayView plain) const;
    //! \brief The plain text; nullopt for anything this box did not seal for this purpose and place.
    std::optional<QByteArray> unseal(QByteArrayView purpose, QByteArrayView place, QByteArrayView sealedText) const;
    //! \brief Whether this has the form of a sealed text, of whatever key.
    static bool isSealed(QByteArrayView text);
    //! \brief The master key was made by openBlocking() just now: nothing sealed before can be opened.
    bool isNew() const { return m_isNew; }

private:
    QByteArray keyFor(QByteArrayView purpose) const;
    QByteArray associated(QByteArrayView place) const;
    QByteArray m_masterKey;
    QByteArray m_keyId; //!< 8 bytes that name the master key
    bool m_isNew = false;
};

} // namespace Atom::Identity
