// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/currencies.h"

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QStringList>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
//! ISO 4217, without funds, metals and test codes.
const QSet<QString> &isoCodes()
{
    static const QSet<QString> codes = [] {
        const QStringList list =
            u"AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN BWP BYN BZD "
            u"CAD "
            "CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
            "GYD "
            "HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR "
            "LRD "
            "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
            "PHP "
            "PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT "
            "TND "
            "TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW"_s.split(u' ');
        return QSet<QString>(list.begin(), list.end());
    }();
    return codes;
}

const QHash<QString, QString> &names()
{
    static const QHash<QString, QString> table{{u"dollar"_s, u"USD"_s},
                                               {u"dollars"_s, u"USD"_s},
                                               {u"buck"_s, u"USD"_s},
                                               {u"bucks"_s, u"USD"_s},
                                               {u"euro"_s, u"EUR"_s},
                                               {u"euros"_s, u"EUR"_s},
                                               {u"pound"_s, u"Pound"_s},
                                               {u"pounds"_s, u"Pound"_s},
                                               {u"quid"_s, u"GBP"_s},
                                               {u"sterling"_s, u"GBP"_s},
                                               {u"rupee"_s, u"INR"_s},
                                               {u"rupees"_s, u"INR"_s},
                                               {u"rs"_s, u"INR"_s},
                                               {u"yen"_s, u"JPY"_s},
                                               {u"yuan"_s, u"CNY"_s},
                                               {u"yuans"_s, u"CNY"_s},
                                               {u"renminbi"_s, u"CNY"_s},
                                               {u"rmb"_s, u"CNY"_s},
                                               {u"franc"_s, u"CHF"_s},
                                               {u"francs"_s, u"CHF"_s},
                                               {u"ringgit"_s, u"MYR"_s},
                                               {u"ringgits"_s, u"MYR"_s},
                                               {u"rm"_s, u"MYR"_s},
                                               {u"dinar"_s, u"Dinar"_s},
                                               {u"dinars"_s, u"Dinar"_s},
                                               {u"riyal"_s, u"Riyal"_s},
                                               {u"riyals"_s, u"Riyal"_s},
                                               {u"rial"_s, u"Rial"_s},
                                               {u"rials"_s, u"Rial"_s},
                                               {u"dirham"_s, u"AED"_s},
                                               {u"dirhams"_s, u"AED"_s},
                                               {u"shekel"_s, u"ILS"_s},
                                               {u"shekels"_s, u"ILS"_s},
                                               {u"tugrik"_s, u"MNT"_s},
                                               {u"tugriks"_s, u"MNT"_s},
                                               {u"hryvnia"_s, u"UAH"_s},
                                               {u"hryvnias"_s, u"UAH"_s},
                                               {u"ruble"_s, u"RUB"_s},
                                               {u"rubles"_s, u"RUB"_s},
                                               {u"rouble"_s, u"RUB"_s},
                                               {u"roubles"_s, u"RUB"_s},
                                               {u"zloty"_s, u"PLN"_s},
                                               {u"zlotys"_s, u"PLN"_s},
                                               {u"forint"_s, u"HUF"_s},
                                               {u"forints"_s, u"HUF"_s},
                                               {u"lira"_s, u"TRY"_s},
                                               {u"liras"_s, u"TRY"_s},
                                               {u"won"_s, u"KRW"_s},
                                               {u"rand"_s, u"ZAR"_s},
                                               {u"peso"_s, u"MXN"_s},
                                               {u"pesos"_s, u"MXN"_s},
                                               {u"baht"_s, u"THB"_s},
                                               {u"lari"_s, u"GEL"_s},
                                               {u"lev"_s, u"BGN"_s},
                                               {u"leva"_s, u"BGN"_s},
                                               {u"naira"_s, u"NGN"_s},
                                               {u"kuna"_s, u"HRK"_s},
                                               {u"koruna"_s, u"CZK"_s},
                                               {u"rupiah"_s, u"IDR"_s},
                                               {u"rupiahs"_s, u"IDR"_s},
                                               {u"taka"_s, u"BDT"_s},
                                               {u"dong"_s, u"VND"_s},
                                               {u"bitcoin"_s, u"BTC"_s},
                                               {u"bitcoins"_s, u"BTC"_s},
                                               {u"geneh"_s, u"EGP"_s},
                                               {u"genihat"_s, u"EGP"_s},
                                               {u"tenge"_s, u"KZT"_s},
                                               {u"kronor"_s, u"SEK"_s},
                                               {u"egyptianpound"_s, u"EGP"_s},
                                               {u"egyptianpounds"_s, u"EGP"_s},
                                               {u"kroner"_s, u"NOK"_s},
                                               {u"real"_s, u"BRL"_s},
                                               {u"reais"_s, u"BRL"_s},
                                               {u"saudiriyal"_s, u"SAR"_s},
                                               {u"saudiriyals"_s, u"SAR"_s}};
    return table;
}

//! "Lebanese pounds": the country says which.
const QHash<QString, QString> &qualified()
{
    static const QHash<QString, QString> table{
        {u"lebanese pound"_s, u"LBP"_s},  {u"egyptian pound"_s, u"EGP"_s},    {u"british pound"_s, u"GBP"_s},
        {u"syrian pound"_s, u"SYP"_s},    {u"sudanese pound"_s, u"SDG"_s},    {u"kuwaiti dinar"_s, u"KWD"_s},
        {u"jordanian dinar"_s, u"JOD"_s}, {u"iraqi dinar"_s, u"IQD"_s},       {u"bahraini dinar"_s, u"BHD"_s},
        {u"algerian dinar"_s, u"DZD"_s},  {u"tunisian dinar"_s, u"TND"_s},    {u"libyan dinar"_s, u"LYD"_s},
        {u"serbian dinar"_s, u"RSD"_s},   {u"qatari riyal"_s, u"QAR"_s},      {u"saudi riyal"_s, u"SAR"_s},
        {u"omani rial"_s, u"OMR"_s},      {u"omani riyal"_s, u"OMR"_s},       {u"yemeni rial"_s, u"YER"_s},
        {u"yemeni riyal"_s, u"YER"_s},    {u"iranian rial"_s, u"IRR"_s},      {u"emirati dirham"_s, u"AED"_s},
        {u"moroccan dirham"_s, u"MAD"_s}, {u"us dollar"_s, u"USD"_s},         {u"american dollar"_s, u"USD"_s},
        {u"canadian dollar"_s, u"CAD"_s}, {u"australian dollar"_s, u"AUD"_s}, {u"singapore dollar"_s, u"SGD"_s},
        {u"swiss franc"_s, u"CHF"_s},     {u"indian rupee"_s, u"INR"_s},      {u"pakistani rupee"_s, u"PKR"_s},
        {u"turkish lira"_s, u"TRY"_s},    {u"danish kroner"_s, u"DKK"_s},     {u"malaysian ringgit"_s, u"MYR"_s},
        {u"chinese yuan"_s, u"CNY"_s},    {u"japanese yen"_s, u"JPY"_s},      {u"israeli shekel"_s, u"ILS"_s}};
    return table;
}

QString symbolUnit(char16_t c)
{
    switch (c) {
    case u'$':
        return u"USD"_s;
    case u'€':
        return u"EUR"_s;
    case u'£':
        return u"GBP"_s;
    case u'¥':
        return u"JPY"_s;
    case u'₹':
        return u"INR"_s;
    case u'₽':
        return u"RUB"_s;
    case u'₪':
        return u"ILS"_s;
    case u'₩':
        return u"KRW"_s;
    case u'₴':
        return u"UAH"_s;
    case u'₺':
        return u"TRY"_s;
    case u'₿':
        return u"BTC"_s;
    case u'₮':
        return u"MNT"_s;
    case u'₫':
        return u"VND"_s;
    case u'₦':
        return u"NGN"_s;
    case u'₾':
        return u"GEL"_s;
    default:
        return {};
    }
}
} // namespace

std::optional<CurrencyMatch> matchCurrency(const Tokens &t, int at)
{
    CurrencyMatch m;
    m.next = at + 1;
    const Token &token = t[at];
    if (token.type == Token::Type::Symbol) {
        if (token.isSymbol(u'¢')) {
            m.cent = true;
            m.unit = u"Cent"_s;
            return m;
        }
        m.unit = symbolUnit(token.text.front().unicode());
        m.symbol = true;
        return m.unit.isEmpty() ? std::nullopt : std::optional(m);
    }
    if (!token.isWord() || token.size() > 20)
        return std::nullopt;
    if (token.isAny({u"cent", u"cents", u"penny", u"pennies", u"pence", u"sen", u"sens", u"paise", u"c", u"p"})) {
        m.cent = true;
        m.weak = token.size() == 1;
        m.unit = u"Cent"_s;
        return m;
    }
    if (token.size() == 3) {
        const QString upper = token.text.toString().toUpper();
        // "all", "top", "try", "mad": as a word it is not a code.
        if (isoCodes().contains(upper) &&
            (token.raw == upper ||
             !token.isAny({u"all", u"top", u"try", u"mad", u"cop", u"gel", u"bob", u"pen", u"lev", u"sos"}))) {
            m.unit = upper;
            m.symbol = true;
            m.weak = token.raw != upper;
            return m;
        }
    }
    // "42 LE", "42 L.E."
    if (token.is(u"le") || (token.is(u"l") && t[at + 1].isSymbol(u'.') && t[at + 2].is(u"e") && t[at + 2].glued)) {
        m.unit = u"EGP"_s;
        m.weak = true;
        m.next = token.is(u"le") ? at + 1 : at + 3;
        if (m.next == at + 3 && t[m.next].isSymbol(u'.') && t[m.next].glued)
            ++m.next;
        return m;
    }
    const Token &second = t[at + 1];
    if (second.isWord() && second.size() <= 10 && token.size() >= 2) {
        QString pair = token.text.toString() + u' ' + second.text.toString();
        if (pair.endsWith(u's'))
            pair.chop(1);
        const auto it = qualified().constFind(pair);
        if (it != qualified().constEnd()) {
            m.unit = *it;
            m.next = at + 2;
            return m;
        }
    }
    const auto it = names().constFind(QString::fromRawData(token.text.data(), token.text.size()));
    if (it == names().constEnd())
        return std::nullopt;
    m.unit = *it;
    m.symbol = token.isAny({u"rs", u"rm", u"rmb"});
    m.weak = m.symbol || token.isAny({u"real", u"won", u"rand", u"lev", u"dong"});
    if (token.isAny({u"rs", u"rm"}) && t[m.next].isSymbol(u'.'))
        ++m.next;
    if (token.is(u"genihat") && t[m.next].is(u"masriya"))
        ++m.next;
    if (token.isAny({u"pound", u"pounds"}) && t[m.next].is(u"sterling")) {
        m.unit = u"GBP"_s;
        ++m.next;
    }
    return m;
}

} // namespace Atom::Entities
