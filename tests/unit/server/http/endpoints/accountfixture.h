// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/http/endpoints/accountadminendpoint.h"
#include "server/http/endpoints/authendpoint.h"
#include "server/http/endpoints/myaccountendpoint.h"
#include "server/http/endpoints/usersendpoint.h"
#include "server/identity/totp.h"
#include "tests/unit/server/http/endpoints/roomfixture.h"

namespace Atom::Test {

//! \brief The endpoints of accounts over a real database. Besides the people of RoomFixture: adam (admin), mia
//! (member).
struct AccountFixture : RoomFixture
{
    HttpEndpoints::AuthEndpoint auth{*sessions, *users, *accounts};
    HttpEndpoints::MyAccountEndpoint mine{*users, *sessions, *accounts, clock};
    HttpEndpoints::AccountAdminEndpoint others{*users, *sessions, *accounts};
    HttpEndpoints::UsersEndpoint manage{*users, *sessions, permissions};
    RouteCaller api{auth.routes() + mine.routes() + others.routes() + manage.routes(), &permissions};
    const QString password = QStringLiteral("xkcd-Tulip pot 7");

    explicit AccountFixture(Identity::Accounts::Settings settings = {}, seconds stepUp = seconds(0))
        : RoomFixture(Identity::GuestPolicy::Off, std::move(settings), stepUp)
    {
        must(QCoro::waitFor(users->create(UserId("adam"), QStringLiteral("adam"), Role::Admin, password)));
        must(QCoro::waitFor(users->create(UserId("mia"), QStringLiteral("mia"), Role::Member, password)));
    }
    Http::Response trySignIn(const QString &user, const QString &with)
    {
        const QJsonObject body{{QStringLiteral("user"), user},
                               {QStringLiteral("password"), with},
                               {QStringLiteral("device"), QStringLiteral("laptop")}};
        return api.anonymous().post(QStringLiteral("/api/v1/auth/sign-in"), body);
    }
    //! The next calls come from this bearer; false when it is not valid.
    bool use(const QString &bearer)
    {
        const Result<Actor> actor = sessions->verify(bearer.toLatin1());
        api.setActor(actor.valueOr(Actor{}));
        return actor.isOk();
    }
    //! Signs in without a second factor and acts with that session. \return its access token.
    QString actAs(const QString &user)
    {
        const QString token = jsonOf(trySignIn(user, password)).value(QStringLiteral("access_token")).toString();
        if (!use(token))
            qFatal("%s cannot sign in", qPrintable(user));
        return token;
    }
    static QByteArray fromBase32(const QByteArray &text)
    {
        QByteArray bytes;
        quint32 buffer = 0;
        int bits = 0;
        for (const char c : text) {
            buffer = (buffer << 5) | quint32(c >= 'A' ? c - 'A' : c - '2' + 26);
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes += char((buffer >> bits) & 0xff);
            }
        }
        return bytes;
    }
    QString codeOf(const QString &base32, int stepsAway = 0) const
    {
        const qint64 step = Identity::Totp::stepAt(clock.now()) + stepsAway;
        return QString::fromLatin1(Identity::Totp::code(fromBase32(base32.toLatin1()), step));
    }
};

} // namespace Atom::Test
