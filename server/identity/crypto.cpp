// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/crypto.h"

#include <algorithm>
#include <sodium.h>

namespace Atom::Identity::Crypto {

namespace {
const unsigned char *in(QByteArrayView bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes.data());
}
unsigned char *out(QByteArray &bytes)
{
    return reinterpret_cast<unsigned char *>(bytes.data());
}
constexpr int base64Variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr qsizetype nonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr qsizetype tagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
} // namespace

void initialise()
{
    if (sodium_init() < 0)
        qFatal("libsodium could not be started");
}

QByteArray random(int count)
{
    QByteArray bytes(count, Qt::Uninitialized);
    randombytes_buf(bytes.data(), size_t(count));
    return bytes;
}

QByteArray toBase64Url(QByteArrayView bytes)
{
    const size_t size = sodium_base64_encoded_len(size_t(bytes.size()), base64Variant); // with the final NUL
    QByteArray text(qsizetype(size), Qt::Uninitialized);
    sodium_bin2base64(text.data(), size, in(bytes), size_t(bytes.size()), base64Variant);
    text.chop(1);
    return text;
}

std::optional<QByteArray> fromBase64Url(QByteArrayView text)
{
    // libsodium 1.0.18 takes some bytes above 0x7f for letters where char is signed, so the alphabet is checked here.
    const auto isOfAlphabet = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    if (!std::all_of(text.begin(), text.end(), isOfAlphabet))
        return std::nullopt;
    QByteArray bytes(text.size() / 4 * 3 + 3, Qt::Uninitialized);
    size_t size = 0;
    // Without an end pointer libsodium refuses anything that is not consumed to the last character.
    if (sodium_base642bin(out(bytes), size_t(bytes.size()), text.data(), size_t(text.size()), nullptr, &size, nullptr,
                          base64Variant) != 0) {
        return std::nullopt;
    }
    bytes.truncate(qsizetype(size));
    return bytes;
}

bool equal(QByteArrayView a, QByteArrayView b)
{
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), size_t(a.size())) == 0;
}

QByteArray sha256(QByteArrayView bytes)
{
    QByteArray hash(crypto_hash_sha256_BYTES, Qt::Uninitialized);
    crypto_hash_sha256(out(hash), in(bytes), static_cast<unsigned long long>(bytes.size()));
    return hash;
}

QByteArray keyedHash(QByteArrayView key, QByteArrayView bytes, int size)
{
    QByteArray hash(size, Qt::Uninitialized);
    const int rc = crypto_generichash(out(hash), size_t(size), in(bytes), static_cast<unsigned long long>(bytes.size()),
                                      in(key), size_t(key.size()));
    Q_ASSERT(rc == 0);
    return rc == 0 ? hash : QByteArray();
}

bool verifyEd25519(QByteArrayView signature, QByteArrayView message, QByteArrayView publicKey)
{
    return signature.size() == crypto_sign_BYTES && publicKey.size() == crypto_sign_PUBLICKEYBYTES &&
           crypto_sign_verify_detached(in(signature), in(message), static_cast<unsigned long long>(message.size()),
                                       in(publicKey)) == 0;
}

QByteArray seal(QByteArrayView key, QByteArrayView plain, QByteArrayView associated)
{
    Q_ASSERT(key.size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
    QByteArray result = random(int(nonceBytes));
    result.resize(nonceBytes + plain.size() + tagBytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out(result) + nonceBytes, nullptr, in(plain), static_cast<unsigned long long>(plain.size()), in(associated),
        static_cast<unsigned long long>(associated.size()), nullptr, in(result), in(key));
    return result;
}

std::optional<QByteArray> unseal(QByteArrayView key, QByteArrayView sealedBytes, QByteArrayView associated)
{
    if (key.size() != crypto_aead_xchacha20poly1305_ietf_KEYBYTES || sealedBytes.size() < nonceBytes + tagBytes)
        return std::nullopt;
    QByteArray plain(sealedBytes.size() - nonceBytes - tagBytes, Qt::Uninitialized);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out(plain), nullptr, nullptr, in(sealedBytes) + nonceBytes,
                                                   static_cast<unsigned long long>(sealedBytes.size() - nonceBytes),
                                                   in(associated), static_cast<unsigned long long>(associated.size()),
                                                   in(sealedBytes), in(key)) != 0) {
        return std::nullopt;
    }
    return plain;
}

void wipe(QByteArray &secret)
{
    if (!secret.isEmpty())
        sodium_memzero(secret.data(), size_t(secret.size()));
    secret.clear();
}

} // namespace Atom::Identity::Crypto
