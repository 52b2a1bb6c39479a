// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/identity/passwordrules.h"

#include <QtCore/QSet>

#include <algorithm>
#include <array>

namespace Atom::Identity {
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype minimum = 12;
constexpr qsizetype maximum = 128;
constexpr qsizetype inputLimit = 1024; //!< UTF-16 units before normalisation, so that NFKC has little to chew

//! What people choose first, written down by us: with a minimum of 12 characters these words matter as the building
//! blocks of longer passwords ("Password1234!", "adminadmin2024"), so each stands here once, in lower case letters.
constexpr const char *commonWords =
    "password passwort passwd passphrase passcode pass pwd parola motdepasse contrasena senha wachtwoord kennwort "
    "admin administrator root toor user username guest login logon signin signup welcome willkommen hello hallo hola "
    "letmein letme open opensesame secret geheim private topsecret changeme change changeit default temp temporary "
    "test "
    "testing tester demo sample example master access system server computer laptop internet office windows linux "
    "ubuntu "
    "debian google facebook amazon apple microsoft twitter instagram youtube github gitlab netflix minecraft pokemon "
    "starwars superman batman spiderman ironman naruto matrix trustno trustnoone whatever nothing anything something "
    "iloveyou ilove loveme love lovely lover mylove babygirl baby angel princess prince queen king sweetheart sweetie "
    "honey darling sunshine moonlight rainbow flower butterfly summer winter spring autumn january february march "
    "april "
    "may june july august september october november december monday tuesday wednesday thursday friday saturday sunday "
    "football baseball basketball soccer hockey tennis liverpool chelsea arsenal barcelona realmadrid yankees dolphins "
    "monkey dragon tiger lion eagle shadow ninja hunter ranger killer gamer player winner warrior wizard freedom "
    "forever friends family mother father brother sister daniel michael jordan jessica ashley michelle charlie thomas "
    "robert andrew joshua matthew jennifer nicole george london berlin paris newyork america canada germany france "
    "chocolate cookie banana orange cheese coffee pepper ginger buster maggie bailey harley mustang ferrari porsche "
    "mercedes corvette yamaha phoenix diamond silver golden purple yellow chat atom atomchat company business manager "
    "service support database backup security secure money lucky jesus christ blessed heaven god";

//! Rows that fingers walk along; matched forwards and backwards, three characters or more.
constexpr std::array<const char *, 10> walks{"abcdefghijklmnopqrstuvwxyz",
                                             "01234567890123456789",
                                             "qwertyuiop",
                                             "asdfghjkl",
                                             "zxcvbnm",
                                             "qwertzuiop",
                                             "azertyuiop",
                                             "qazwsxedcrfvtgbyhnujmikolp",
                                             "1q2w3e4r5t6z7u8i9o0p",
                                             "1q2w3e4r5t6y7u8i9o0p"};

const QSet<QByteArray> &words()
{
    static const QSet<QByteArray> set = [] {
        const QList<QByteArray> list = QByteArray(commonWords).split(' ');
        return QSet<QByteArray>(list.begin(), list.end());
    }();
    return set;
}

constexpr qsizetype longestWord = 13;

//! Lower-case letters and digits only, '?' for letters beyond ASCII; with `lookAlikes` the usual digits and signs
//! become the letters they stand for, except in what follows the last letter ("Passw0rd2024!").
QByteArray folded(const QString &password, bool lookAlikes)
{
    QByteArray result;
    const QString lower = password.toLower();
    qsizetype wordsEnd = lower.size();
    while (wordsEnd > 0 && !lower.at(wordsEnd - 1).isLetter())
        --wordsEnd;
    for (qsizetype i = 0; i < lower.size(); ++i) {
        const QChar ch = lower.at(i);
        char c = ch.unicode() < 0x80 ? char(ch.unicode()) : ch.isLetterOrNumber() ? '?' : ' ';
        if (lookAlikes && i < wordsEnd) {
            constexpr QByteArrayView from("0134578@$!|+");
            constexpr QByteArrayView to("oieastbasiit");
            if (const qsizetype at = from.indexOf(c); at >= 0)
                c = to[at];
        }
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '?')
            result.append(c);
    }
    return result;
}

//! The longest walk or repetition at `at`, 0 when shorter than three.
qsizetype walkAt(QByteArrayView text, qsizetype at)
{
    if (text[at] == '?')
        return 0;
    qsizetype best = 1;
    while (at + best < text.size() && text[at + best] == text[at])
        ++best;
    for (const char *row : walks) {
        const QByteArrayView view(row);
        for (qsizetype start = 0; start < view.size(); ++start) {
            for (const int step : {1, -1}) {
                qsizetype n = 0;
                for (qsizetype r = start; r >= 0 && r < view.size() && at + n < text.size() && text[at + n] == view[r];
                     r += step)
                    ++n;
                best = std::max(best, n);
            }
        }
    }
    return best >= 3 ? best : 0;
}

//! True when the text is made of at most two different common words, walks, repetitions and digits, with no more than
//! three other characters; `others` of them were seen already.
bool isCommon(QByteArrayView text, qsizetype others)
{
    QSet<QByteArray> seen;
    for (qsizetype i = 0; i < text.size();) {
        qsizetype word = 0;
        for (qsizetype n = std::min(longestWord, text.size() - i); n >= 3 && word == 0; --n) {
            if (words().contains(text.sliced(i, n).toByteArray()))
                word = n;
        }
        const qsizetype walk = walkAt(text, i);
        if (word >= walk && word > 0) {
            seen.insert(text.sliced(i, word).toByteArray());
            i += word;
        } else if (walk > 0) {
            i += walk;
        } else {
            others += text[i] >= '0' && text[i] <= '9' ? 0 : 1;
            ++i;
        }
    }
    return seen.size() <= 2 && others <= 3;
}

//! Signs beyond a little decoration count as characters of their own.
qsizetype unusualSigns(const QString &password)
{
    QSet<QChar> signs;
    for (const QChar c : password) {
        if (!c.isLetterOrNumber())
            signs.insert(c);
    }
    return std::max<qsizetype>(0, signs.size() - 3);
}

//! "abcabcabcabc": a short piece said again and again.
bool isRepetition(const QString &text)
{
    for (qsizetype period = 1; period <= text.size() / 3; ++period) {
        bool repeats = true;
        for (qsizetype i = period; i < text.size() && repeats; ++i)
            repeats = text[i] == text[i - period];
        if (repeats)
            return true;
    }
    return false;
}

Result<void> refused(const QString &why)
{
    return Error::invalid(u"/password"_s, why);
}

} // namespace

Result<void> checkPassword(const QString &password, const UserId &user)
{
    if (password.size() > inputLimit)
        return refused(u"The password is longer than %1 characters."_s.arg(maximum));
    const QString normal = password.normalized(QString::NormalizationForm_KC);
    const QList<uint> characters = normal.toUcs4();
    const qsizetype length = characters.size();
    if (length < minimum)
        return refused(u"The password needs at least %1 characters; a few words make a good one."_s.arg(minimum));
    if (length > maximum)
        return refused(u"The password is longer than %1 characters."_s.arg(maximum));
    if (std::any_of(normal.begin(), normal.end(), [](QChar c) { return c.category() == QChar::Other_Control; }))
        return refused(u"The password contains control characters."_s);
    if (QSet<uint>(characters.begin(), characters.end()).size() < 5)
        return refused(u"The password repeats too few different characters."_s);
    if (isRepetition(normal.toLower()))
        return refused(u"The password repeats the same piece."_s);
    const QByteArray plain = folded(normal, false);
    const QByteArray lookAlike = folded(normal, true);
    const qsizetype signs = unusualSigns(normal);
    if (isCommon(plain, signs) || isCommon(lookAlike, signs))
        return refused(u"The password is made of what everybody tries first. Use unusual words."_s);
    const QByteArray name = folded(user.toString(), false);
    if (name.size() >= 3 && plain.contains(name) && QByteArray(plain).replace(name, QByteArray()).size() <= 4)
        return refused(u"The password is the user name with little added."_s);
    return {};
}

} // namespace Atom::Identity
