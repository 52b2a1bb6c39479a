// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace Atom::Bench {

// The least of RFC 6455 that both ends of a benchmark need, written apart from the product's codec so that neither
// hides a mistake of the other.

//! \brief A whole frame of a client, unmasked in place; valid as long as the buffer.
struct ClientFrameView
{
    int opcode = 0;
    std::string_view payload;
};
//! \brief Takes one frame from `*cursor`; false when no whole frame is there.
bool nextClientFrame(char **cursor, char *end, ClientFrameView *frame);

//! \brief A whole frame of a server.
struct ServerFrameView
{
    int opcode = 0;
    std::string_view payload;
};
bool nextServerFrame(const char **cursor, const char *end, ServerFrameView *frame);

//! \brief One final text frame of a server.
std::string serverFrame(std::string_view text);
//! \brief Appends one final, masked frame of a client.
void appendClientFrame(std::string &out, std::string_view payload, int opcode = 1);

//! \brief The request that opens a connection for the user.
std::string openingRequest(const std::string &user);
//! \brief The 101 answer to an opening request.
std::string acceptAnswer(std::string_view head);

//! \brief The text behind `key` (with its colon and quote) up to the next quote; empty when it is not there.
std::string_view memberOf(std::string_view json, std::string_view key);
//! \brief The number behind `key`; -1 when it is not there.
int64_t numberOf(std::string_view json, std::string_view key);

} // namespace Atom::Bench
