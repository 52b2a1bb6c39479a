// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/connectors/addresspolicy.h"

#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::Connectors;
using namespace Qt::StringLiterals;

class TestAddressPolicy : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void knowsSpecialRanges_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("range"); // empty: global unicast
        const auto row = [](const char *address, const char *range) {
            QTest::newRow(address) << QString::fromLatin1(address) << QString::fromLatin1(range);
        };
        row("8.8.8.8", "");
        row("1.1.1.1", "");
        row("9.255.255.255", "");
        row("11.0.0.0", "");
        row("100.63.255.255", "");
        row("100.128.0.0", "");
        row("126.255.255.255", "");
        row("128.0.0.1", "");
        row("169.253.255.255", "");
        row("169.255.0.0", "");
        row("172.15.255.255", "");
        row("172.32.0.0", "");
        row("192.167.255.255", "");
        row("192.169.0.0", "");
        row("198.17.255.255", "");
        row("198.20.0.0", "");
        row("223.255.255.255", "");
        row("0.0.0.0", "this network");
        row("0.1.2.3", "this network");
        row("10.0.0.1", "private");
        row("10.255.255.255", "private");
        row("100.64.0.1", "carrier-grade NAT");
        row("100.127.255.255", "carrier-grade NAT");
        row("100.100.100.200", "cloud metadata");
        row("127.0.0.1", "loopback");
        row("127.255.255.255", "loopback");
        row("168.63.129.16", "cloud metadata");
        row("169.254.169.254", "cloud metadata");
        row("169.254.0.1", "link-local");
        row("172.16.0.1", "private");
        row("172.31.255.255", "private");
        row("192.0.0.8", "protocol assignments");
        row("192.0.2.1", "documentation");
        row("192.88.99.1", "6to4 relay");
        row("192.168.1.1", "private");
        row("198.18.0.1", "benchmarking");
        row("198.19.255.255", "benchmarking");
        row("198.51.100.7", "documentation");
        row("203.0.113.9", "documentation");
        row("224.0.0.1", "multicast");
        row("239.255.255.255", "multicast");
        row("240.0.0.1", "reserved");
        row("255.255.255.255", "broadcast");
        row("2606:4700:4700::1111", "");
        row("2a00:1450:4001::1", "");
        row("2001:4860:4860::8888", "");
        row("2003::1", "");
        row("::", "unspecified");
        row("::1", "loopback");
        row("::7f00:1", "IPv4-compatible");
        row("::ffff:127.0.0.1", "loopback");
        row("::ffff:10.1.2.3", "private");
        row("::ffff:169.254.169.254", "cloud metadata");
        row("::ffff:8.8.8.8", "");
        row("::ffff:0:10.0.0.1", "not global unicast");
        row("64:ff9b::a00:1", "NAT64");
        row("64:ff9b::808:808", "NAT64");
        row("64:ff9b:1::1", "NAT64");
        row("100::1", "discard");
        row("2001::1", "Teredo");
        row("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo");
        row("2001:10::1", "protocol assignments");
        row("2001:1ff::1", "protocol assignments");
        row("2001:db8::1", "documentation");
        row("2002:7f00:1::", "6to4");
        row("2002:808:808::1", "6to4");
        row("3fff::1", "documentation");
        row("5f00::1", "segment routing");
        row("fc00::1", "unique local");
        row("fd00:ec2::254", "cloud metadata");
        row("fdff:ffff::1", "unique local");
        row("fe80::1", "link-local");
        row("febf::1", "link-local");
        row("fec0::1", "site-local");
        row("ff02::1", "multicast");
        row("4000::1", "not global unicast");
        row("1::1", "not global unicast");
        row("", "not an IP address");
    }
    void knowsSpecialRanges()
    {
        QFETCH(QString, address);
        QFETCH(QString, range);
        QCOMPARE(AddressPolicy::specialRange(QHostAddress(address)).value_or(QString()), range);
        const Result<void> checked = AddressPolicy().check(QHostAddress(address), u"name"_s, 80);
        QCOMPARE(checked.isOk(), range.isEmpty());
        if (!checked)
            QCOMPARE(checked.error().code, Errc::Forbidden);
    }

    void allowsWhatIsListed()
    {
        const Result<AddressPolicy> policy = AddressPolicy::create(
            {u"127.0.0.1:5061"_s, u"Hub.Local:8123"_s, u"10.1.0.0/16"_s, u"[::1]:80"_s, u"fd12::/16"_s});
        QVERIFY(policy.isOk());
        const auto allowed = [&](const char *address, const char *host, quint16 port) {
            return policy->check(QHostAddress(QString::fromLatin1(address)), QString::fromLatin1(host), port).isOk();
        };
        QVERIFY(allowed("127.0.0.1", "127.0.0.1", 5061));
        QVERIFY(!allowed("127.0.0.1", "127.0.0.1", 5060));
        QVERIFY(allowed("127.0.0.1", "localhost", 5061));  // the address itself is listed
        QVERIFY(!allowed("127.0.0.2", "127.0.0.1", 5061)); // a literal never resolves elsewhere, but be strict
        QVERIFY(allowed("192.168.7.7", "hub.local", 8123));
        QVERIFY(allowed("192.168.7.7", "HUB.local.", 8123));
        QVERIFY(!allowed("192.168.7.7", "hub.local", 80));
        QVERIFY(!allowed("192.168.7.7", "other.local", 8123));
        QVERIFY(allowed("10.1.200.3", "x", 1));
        QVERIFY(allowed("::ffff:10.1.200.3", "x", 1));
        QVERIFY(!allowed("10.2.0.1", "x", 1));
        QVERIFY(allowed("::1", "[0:0::1]", 80));
        QVERIFY(allowed("fd12::5", "x", 9));
        QVERIFY(allowed("93.184.216.34", "example.org", 443));
    }

    void refusesBadEntries()
    {
        const QStringList bad{u"localhost"_s,   u"h:0"_s,  u"h:65536"_s, u"h:x"_s, u":80"_s,      u"::1:80"_s,
                              u"10.0.0.0/33"_s, u"10/8"_s, u"x/8"_s,     u""_s,    u"10.0.0.0/"_s};
        const Result<AddressPolicy> policy = AddressPolicy::create(bad);
        QVERIFY(!policy.isOk());
        QCOMPARE(policy.error().code, Errc::ValidationFailed);
        QCOMPARE(policy.error().fields.size(), bad.size());
        QCOMPARE(policy.error().fields.last().pointer, u"/10"_s);
    }
};

QTEST_GUILESS_MAIN(TestAddressPolicy)
#include "tst_addresspolicy.moc"
