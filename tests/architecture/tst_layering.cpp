// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Compares every #include of the product with the table of who may use whom (docs/architecture.md). Static libraries
// hide upward calls when the link order is lucky; this test and the `layers` preset do not.

#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

using namespace Qt::StringLiterals;

namespace {
const QStringList domainsLowestFirst{u"audit"_s,     u"identity"_s,  u"rooms"_s,       u"exports"_s,    u"search"_s,
                                     u"entities"_s,  u"memory"_s,    u"expressions"_s, u"connectors"_s, u"llm"_s,
                                     u"workflows"_s, u"assistant"_s, u"monitoring"_s};

//! Folder -> folders it may include from, besides itself.
QHash<QString, QStringList> permissions()
{
    QHash<QString, QStringList> may;
    may[u"shared/core"_s] = {};
    may[u"shared/model"_s] = {u"shared/core"_s};
    may[u"shared/protocol"_s] = {u"shared/core"_s, u"shared/model"_s};
    may[u"shared/client"_s] = {u"shared/core"_s, u"shared/model"_s, u"shared/protocol"_s};
    QStringList below{u"shared/core"_s, u"shared/model"_s};
    for (const QString &domain : domainsLowestFirst) {
        const QString folder = u"server/"_s + domain;
        may[folder] = below;
        below.append(folder);
    }
    const QStringList domains = below;
    may[u"server/net"_s] = {u"shared/core"_s};
    may[u"server/storage"_s] = domains;
    may[u"server/http"_s] = domains + QStringList{u"shared/protocol"_s, u"server/net"_s};
    // The REST resources also show what the realtime edge and the reports of the domain know.
    may[u"server/http/endpoints"_s] = may[u"server/http"_s] + QStringList{u"server/http"_s, u"server/realtime"_s};
    may[u"server/realtime"_s] = domains + QStringList{u"shared/protocol"_s, u"server/net"_s};
    may[u"server/app"_s] =
        domains + QStringList{u"shared/protocol"_s,       u"server/net"_s,     u"server/storage"_s, u"server/http"_s,
                              u"server/http/endpoints"_s, u"server/realtime"_s};
    may[u"server"_s] = {u"server/app"_s, u"shared/core"_s};
    const QStringList sharedAll{u"shared/core"_s, u"shared/model"_s, u"shared/protocol"_s, u"shared/client"_s};
    may[u"console/widgets"_s] = {};
    may[u"console/models"_s] = sharedAll;
    may[u"console/controllers"_s] = sharedAll + QStringList{u"console/models"_s};
    may[u"console/pages"_s] =
        sharedAll + QStringList{u"console/models"_s, u"console/controllers"_s, u"console/widgets"_s};
    may[u"console/app"_s] = may[u"console/pages"_s] + QStringList{u"console/pages"_s};
    may[u"console"_s] = may[u"console/app"_s] + QStringList{u"console/app"_s};
    return may;
}

struct Rule
{
    QString header;      //!< beginning of the included path
    QStringList folders; //!< the only ones that may include it
    QString why;
};
const QList<Rule> foreignHeaders{
    {u"sqlite3.h"_s, {u"server/storage"_s}, u"SQL stays in storage"_s},
    {u"QtHttpServer/"_s, {u"server/http"_s}, u"all Qt HTTP server code in one folder"_s},
    {u"QtWebSockets/"_s, {u"server/realtime"_s, u"shared/client"_s}, u"WebSockets belong to the realtime edge"_s},
    {u"QtWidgets/"_s,
     {u"console/widgets"_s, u"console/pages"_s, u"console/app"_s, u"console"_s},
     u"models, controllers and the server have no widgets"_s},
    {u"QtSql/"_s, {}, u"storage uses the SQLite C interface"_s},
    {u"QtNetwork/QNetworkAccessManager"_s,
     {u"shared/client"_s, u"server/connectors"_s},
     u"outgoing HTTP goes through the egress client"_s},
    {u"yaml-cpp/"_s,
     {u"server/workflows"_s, u"server/assistant"_s, u"server/http/endpoints"_s},
     u"YAML is a format of definitions"_s},
    {u"sys/epoll.h"_s, {u"server/net"_s}, u"platform code has its own files"_s},
};

QString folderOf(const QString &relativePath)
{
    return relativePath.left(relativePath.lastIndexOf(u'/'));
}
} // namespace

class LayeringTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyIncludeIsPermitted()
    {
        const QString root = QStringLiteral(ATOM_SOURCE_DIR);
        const QHash<QString, QStringList> may = permissions();
        static const QRegularExpression include(u"^\\s*#\\s*include\\s+([\"<])([^\">]+)[\">]"_s);
        QStringList violations;
        int includes = 0;
        for (const QString &top : {u"shared"_s, u"server"_s, u"console"_s}) {
            QDirIterator it(root + u'/' + top, {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                const QString path = it.next().mid(root.size() + 1);
                const QString folder = folderOf(path);
                if (!may.contains(folder)) {
                    violations.append(u"%1: folder %2 is not in the table"_s.arg(path, folder));
                    continue;
                }
                QFile file(root + u'/' + path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                for (const QByteArray &line : file.readAll().split('\n')) {
                    const QRegularExpressionMatch match = include.match(QString::fromUtf8(line));
                    if (!match.hasMatch())
                        continue;
                    ++includes;
                    const QString target = match.captured(2);
                    if (match.captured(1) == u"\""_s) {
                        if (target.endsWith(u".moc"_s) || target.startsWith(u"moc_"_s))
                            continue;
                        const QString from = folderOf(target);
                        if (!target.contains(u'/'))
                            violations.append(u"%1: \"%2\" does not name its path"_s.arg(path, target));
                        else if (from != folder && !may[folder].contains(from))
                            violations.append(u"%1 may not include \"%2\""_s.arg(path, target));
                        continue;
                    }
                    for (const Rule &rule : foreignHeaders) {
                        if (target.startsWith(rule.header) && !rule.folders.contains(folder))
                            violations.append(u"%1 may not include <%2>: %3"_s.arg(path, target, rule.why));
                    }
                }
            }
        }
        QVERIFY2(includes > 300, "the test looked at almost nothing: is ATOM_SOURCE_DIR right?");
        QVERIFY2(violations.isEmpty(), qPrintable(u'\n' + violations.join(u'\n')));
    }

    void everySourceFileHasItsLicence()
    {
        const QString root = QStringLiteral(ATOM_SOURCE_DIR);
        QStringList bare;
        for (const QString &top : {u"shared"_s, u"server"_s, u"console"_s, u"tests"_s}) {
            QDirIterator it(root + u'/' + top, {u"*.h"_s, u"*.cpp"_s, u"*.py"_s, u"*.mjs"_s}, QDir::Files,
                            QDirIterator::Subdirectories);
            while (it.hasNext()) {
                QFile file(it.next());
                QVERIFY(file.open(QIODevice::ReadOnly));
                if (!file.read(400).contains("SPDX-License-Identifier: GPL-3.0-or-later"))
                    bare.append(file.fileName());
            }
        }
        QVERIFY2(bare.isEmpty(), qPrintable(u'\n' + bare.join(u'\n')));
    }
};

QTEST_GUILESS_MAIN(LayeringTest)
#include "tst_layering.moc"
