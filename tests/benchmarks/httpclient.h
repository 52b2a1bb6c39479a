// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace Atom::Bench {

//! \brief One connection over which requests go one after the other, blocking. Throws std::runtime_error when the
//! connection breaks or the answer is not a 2xx.
class HttpClient
{
public:
    explicit HttpClient(uint16_t port);
    ~HttpClient();
    HttpClient(const HttpClient &) = delete;
    HttpClient &operator=(const HttpClient &) = delete;

    void setToken(std::string token) { m_token = std::move(token); }
    //! \brief The body of the answer.
    std::string get(const std::string &target) { return call("GET", target, {}); }
    std::string post(const std::string &target, const std::string &json) { return call("POST", target, json); }
    std::string call(const std::string &method, const std::string &target, const std::string &json);

private:
    int m_fd = -1;
    std::string m_token;
    std::string m_buffer;
};

//! \brief "a b" -> "a%20b".
std::string percentEncoded(std::string_view text);

//! \brief Opens a realtime connection, says hello with the token and returns the welcome frame.
std::string helloWelcome(uint16_t port, const std::string &token);

} // namespace Atom::Bench
