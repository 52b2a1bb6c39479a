// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace Atom::Bench {

//! \brief What a large server holds: always the same for the same sizes.
struct MillionPlan
{
    int messages = 1'000'000;
    int rooms = 10'000;
    int publicRooms = 1'000;   //!< of the rooms, the first ones
    int roomsOfOne = 200;      //!< of the account `owner`
    int roomsOfMany = 5'000;   //!< of the account `wide`
    int words = 40'000;        //!< known words, used as people do: a few all the time, most hardly ever
    uint32_t seed = 4711;
    std::string roomId(int room) const { return "room-" + std::to_string(room); }
    bool isOwners(int room) const { return room % (rooms / roomsOfOne) == 7; }
    bool isWides(int room) const { return room % (rooms / roomsOfMany) == 1; }
};

//! \brief The word of that rank, 0 being the most frequent.
std::string wordOf(int rank);

//! \brief Fills the database of a server that was started once and stopped: rooms, members and messages, by SQL with
//! the schema as it is there. Throws std::runtime_error.
void fillDatabase(const std::string &file, const MillionPlan &plan);

} // namespace Atom::Bench
