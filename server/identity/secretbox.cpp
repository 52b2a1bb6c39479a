// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/secretbox.h"

#include "server/identity/crypto.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>

#include <sodium.h>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {
constexpr QByteArrayView mark("atom-sealed-1:");
constexpr qsizetype keyIdBytes = 8;
constexpr QFile::Permissions foreign =
    QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;

Result<void> writeKeyBlocking(const QString &file, const QByteArray &key)
{
    QSaveFile out(file); // synced before it gets its name: a key that is in use is never half there
    if (!out.open(QIODevice::WriteOnly))
        return Error(Errc::Internal, u"The master key %1 cannot be made: %2."_s.arg(file, out.errorString()));
    out.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    QByteArray text = key.toHex() + '\n';
    const bool isWritten = out.write(text) == text.size() && out.commit();
    Crypto::wipe(text);
    if (!isWritten)
        return Error(Errc::Internal, u"The master key %1 cannot be written: %2."_s.arg(file, out.errorString()));
    return {};
}
} // namespace

SecretBox::SecretBox(QByteArray &masterKey)
{
    Crypto::initialise();
    Q_ASSERT(masterKey.size() == keyBytes);
    m_masterKey = QByteArray(masterKey.constData(), masterKey.size()); // a copy of our own: others are wiped
    Crypto::wipe(masterKey);
    QByteArray named = keyFor("keyname_");
    m_keyId = Crypto::sha256(named).first(keyIdBytes);
    Crypto::wipe(named);
}

SecretBox::~SecretBox()
{
    Crypto::wipe(m_masterKey);
}

std::unique_ptr<SecretBox> SecretBox::withRandomKey()
{
    Crypto::initialise();
    QByteArray key = Crypto::random(keyBytes);
    return std::make_unique<SecretBox>(key);
}

Result<std::unique_ptr<SecretBox>> SecretBox::openBlocking(const QString &file, bool mayMake)
{
    Crypto::initialise();
    bool isNew = false;
    if (!QFileInfo::exists(file)) {
        if (!mayMake)
            return Error(Errc::NotFound, u"The master key file %1 does not exist."_s.arg(file));
        QByteArray key = Crypto::random(keyBytes);
        const Result<void> written = writeKeyBlocking(file, key);
        Crypto::wipe(key);
        if (!written)
            return written.error();
        isNew = true;
    }
    QFile in(file);
    if (in.permissions() & foreign) {
        return Error(Errc::Forbidden, u"The master key file %1 may be read or written by others than its owner. Run:"
                                      " chmod 600 %1"_s.arg(file));
    }
    if (!in.open(QIODevice::ReadOnly))
        return Error(Errc::Internal, u"The master key file %1 cannot be read: %2."_s.arg(file, in.errorString()));
    QByteArray text = in.read(256);
    QByteArray key;
    const QByteArrayView digits = QByteArrayView(text).trimmed();
    const bool isHex = digits.size() == 2 * keyBytes && std::all_of(digits.begin(), digits.end(), [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                       });
    if (isHex)
        key = QByteArray::fromHex(digits.toByteArray());
    Crypto::wipe(text);
    if (key.size() != keyBytes) {
        return Error(Errc::Internal,
                     u"The master key file %1 must hold 64 hexadecimal digits. Restore it from where you"
                     " keep it apart from the data."_s.arg(file));
    }
    auto box = std::make_unique<SecretBox>(key);
    box->m_isNew = isNew;
    return box;
}

QByteArray SecretBox::keyFor(QByteArrayView purpose) const
{
    Q_ASSERT(purpose.size() == purposeBytes && purposeBytes == crypto_kdf_CONTEXTBYTES);
    QByteArray key(crypto_aead_xchacha20poly1305_ietf_KEYBYTES, Qt::Uninitialized);
    crypto_kdf_derive_from_key(reinterpret_cast<unsigned char *>(key.data()), size_t(key.size()), 1, purpose.data(),
                               reinterpret_cast<const unsigned char *>(m_masterKey.constData()));
    return key;
}

QByteArray SecretBox::associated(QByteArrayView place) const
{
    return place.toByteArray() + '|' + m_keyId.toHex();
}

QByteArray SecretBox::seal(QByteArrayView purpose, QByteArrayView place, QByteArrayView plain) const
{
    QByteArray key = keyFor(purpose);
    const QByteArray text = mark.toByteArray() + m_keyId + Crypto::seal(key, plain, associated(place));
    Crypto::wipe(key);
    return text;
}

std::optional<QByteArray> SecretBox::unseal(QByteArrayView purpose, QByteArrayView place,
                                            QByteArrayView sealedText) const
{
    if (!isSealed(sealedText) || sealedText.sliced(mark.size(), keyIdBytes) != m_keyId)
        return std::nullopt;
    QByteArray key = keyFor(purpose);
    std::optional<QByteArray> plain =
        Crypto::unseal(key, sealedText.sliced(mark.size() + keyIdBytes), associated(place));
    Crypto::wipe(key);
    return plain;
}

bool SecretBox::isSealed(QByteArrayView text)
{
    return text.size() > mark.size() + keyIdBytes && text.startsWith(mark);
}

} // namespace Atom::Identity
