// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/wire.h"

#include <QtCore/QCryptographicHash>

#include <charconv>
#include <cstring>

namespace Atom::Bench {

namespace {

//! The length of the head and of the payload; 0 when the head is not whole.
size_t readHead(const uint8_t *bytes, size_t size, uint64_t *payload)
{
    if (size < 2)
        return 0;
    const size_t mask = bytes[1] & 0x80 ? 4 : 0;
    const uint8_t length = bytes[1] & 0x7f;
    if (length < 126) {
        *payload = length;
        return size < 2 + mask ? 0 : 2 + mask;
    }
    const size_t extra = length == 126 ? 2 : 8;
    if (size < 2 + extra + mask)
        return 0;
    *payload = 0;
    for (size_t i = 0; i < extra; ++i)
        *payload = *payload << 8 | bytes[2 + i];
    return 2 + extra + mask;
}

void appendHead(std::string &out, int opcode, size_t size, bool isMasked)
{
    const int mask = isMasked ? 0x80 : 0;
    out += char(0x80 | opcode);
    if (size < 126) {
        out += char(mask | int(size));
    } else if (size < 65'536) {
        out += char(mask | 126);
        out += char(size >> 8);
        out += char(size & 0xff);
    } else {
        out += char(mask | 127);
        for (int shift = 56; shift >= 0; shift -= 8)
            out += char(size >> shift & 0xff);
    }
}

} // namespace

bool nextClientFrame(char **cursor, char *end, ClientFrameView *frame)
{
    const auto *bytes = reinterpret_cast<const uint8_t *>(*cursor);
    const auto size = size_t(end - *cursor);
    uint64_t length = 0;
    const size_t head = readHead(bytes, size, &length);
    if (head == 0 || size < head + length)
        return false;
    char *payload = *cursor + head;
    char key[4];
    std::memcpy(key, payload - 4, 4);
    size_t i = 0;
    uint32_t key32 = 0;
    std::memcpy(&key32, key, 4);
    const uint64_t key64 = uint64_t(key32) << 32 | key32;
    for (; i + 8 <= length; i += 8) {
        uint64_t word = 0;
        std::memcpy(&word, payload + i, 8);
        word ^= key64;
        std::memcpy(payload + i, &word, 8);
    }
    for (; i < length; ++i)
        payload[i] = char(payload[i] ^ key[i % 4]);
    frame->opcode = bytes[0] & 0x0f;
    frame->payload = std::string_view(payload, size_t(length));
    *cursor = payload + length;
    return true;
}

bool nextServerFrame(const char **cursor, const char *end, ServerFrameView *frame)
{
    const auto *bytes = reinterpret_cast<const uint8_t *>(*cursor);
    const auto size = size_t(end - *cursor);
    uint64_t length = 0;
    const size_t head = readHead(bytes, size, &length);
    if (head == 0 || size < head + length)
        return false;
    frame->opcode = bytes[0] & 0x0f;
    frame->payload = std::string_view(*cursor + head, size_t(length));
    *cursor += head + length;
    return true;
}

std::string serverFrame(std::string_view text)
{
    std::string out;
    out.reserve(text.size() + 10);
    appendHead(out, 1, text.size(), false);
    out += text;
    return out;
}

void appendClientFrame(std::string &out, std::string_view payload, int opcode)
{
    static constexpr uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};
    appendHead(out, opcode, payload.size(), true);
    out.append(reinterpret_cast<const char *>(key), 4);
    for (size_t i = 0; i < payload.size(); ++i)
        out += char(uint8_t(payload[i]) ^ key[i % 4]);
}

std::string openingRequest(const std::string &user)
{
    return "GET /ws/" + user +
           " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

std::string acceptAnswer(std::string_view head)
{
    constexpr std::string_view name("Sec-WebSocket-Key: ");
    const size_t at = head.find(name) + name.size();
    const std::string key =
        std::string(head.substr(at, head.find('\r', at) - at)) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const QByteArray hash =
        QCryptographicHash::hash(QByteArrayView(key.data(), qsizetype(key.size())), QCryptographicHash::Sha1);
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
           hash.toBase64().toStdString() + "\r\n\r\n";
}

std::string_view memberOf(std::string_view json, std::string_view key)
{
    const size_t at = json.find(key);
    if (at == std::string_view::npos)
        return {};
    const size_t begin = at + key.size();
    return json.substr(begin, json.find('"', begin) - begin);
}

int64_t numberOf(std::string_view json, std::string_view key)
{
    const size_t at = json.find(key);
    if (at == std::string_view::npos)
        return -1;
    int64_t value = -1;
    std::from_chars(json.data() + at + key.size(), json.data() + json.size(), value);
    return value;
}

} // namespace Atom::Bench
