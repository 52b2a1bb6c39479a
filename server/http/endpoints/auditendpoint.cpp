// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/auditendpoint.h"

#include <QtCore/QJsonDocument>

namespace Atom::HttpEndpoints {
using namespace Qt::StringLiterals;
using Audit::Query;
using Audit::Record;

namespace {
constexpr int mostExported = 10'000;

QJsonValue orNull(const QByteArray &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(QString::fromUtf8(text));
}

QJsonObject toJson(const Record &record)
{
    QJsonObject object{{u"kind"_s, QString::fromUtf8(record.objectKind)}, {u"id"_s, orNull(record.objectId)}};
    return QJsonObject{
        {u"seq"_s, record.seq},
        {u"at"_s, toIso(record.at)},
        {u"actor"_s, orNull(record.actor.bytes())},
        {u"session_id"_s, orNull(record.session.bytes())},
        {u"address"_s, orNull(record.address)},
        {u"action"_s, QString::fromLatin1(record.action)},
        {u"object"_s, object},
        {u"outcome"_s, QString::fromLatin1(Audit::outcomeName(record.outcome))},
        {u"count"_s, record.count},
        {u"before"_s, record.before.isEmpty() ? QJsonValue() : QJsonValue(record.before)},
        {u"after"_s, record.after.isEmpty() ? QJsonValue() : QJsonValue(record.after)},
        {u"reason"_s, record.reason.isEmpty() ? QJsonValue() : QJsonValue(record.reason)},
        {u"erased"_s, record.isErased},
        {u"hash"_s, QString::fromLatin1(record.hash.toHex())},
    };
}

//! RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe instead.
QByteArray cell(QByteArray text)
{
    if (!text.isEmpty() && QByteArrayView("=+-@\t\r").contains(text.front()))
        text.prepend('\'');
    if (!text.contains('"') && !text.contains(',') && !text.contains('\n') && !text.contains('\r'))
        return text;
    return '"' + text.replace('"', "\"\"") + '"';
}

QByteArray toCsv(const Record &record)
{
    const auto json = [](const QJsonObject &object) {
        return object.isEmpty() ? QByteArray() : QJsonDocument(object).toJson(QJsonDocument::Compact);
    };
    const QByteArrayList cells{
        QByteArray::number(record.seq),   toIsoBytes(record.at),     cell(record.actor.bytes()),
        cell(record.session.bytes()),     cell(record.address),      cell(record.action),
        cell(record.objectKind),          cell(record.objectId),     Audit::outcomeName(record.outcome),
        QByteArray::number(record.count), cell(json(record.before)), cell(json(record.after)),
        cell(record.reason.toUtf8()),     record.hash.toHex()};
    return cells.join(',') + "\r\n";
}

constexpr QByteArrayView csvHead("seq,at,actor,session_id,address,action,object_kind,object_id,outcome,count,before,"
                                 "after,reason,hash\r\n");

Error invalid(const QString &name, const QString &text)
{
    return Error::invalid(u'/' + name, name + u' ' + text);
}

Result<std::optional<Timestamp>> queryTime(const Request &request, const QString &name)
{
    const QString text = request.query.queryItemValue(name, QUrl::FullyDecoded);
    if (text.isEmpty())
        return std::optional<Timestamp>();
    // A plus in a query may have been meant as one or as a space: the zone of a time is "Z" or "+01:00".
    const std::optional<Timestamp> time = fromIso(QString(text).replace(u' ', u'+'));
    if (!time)
        return invalid(name, u"must be a time with its zone, such as 2026-01-31T09:00:00Z."_s);
    return time;
}

//! The filters that lists and files share; `limit` aside.
Result<Query> readQuery(const Request &request)
{
    Query query;
    const Result<UserId> actor = queryId<UserId>(request, u"actor"_s);
    if (!actor)
        return actor.error();
    query.actor = *actor;
    query.action = request.query.queryItemValue(u"action"_s, QUrl::FullyDecoded).toUtf8();
    query.objectKind = request.query.queryItemValue(u"object_kind"_s, QUrl::FullyDecoded).toUtf8();
    query.objectId = request.query.queryItemValue(u"object_id"_s, QUrl::FullyDecoded).toUtf8();
    const QByteArray outcome = request.query.queryItemValue(u"outcome"_s, QUrl::FullyDecoded).toUtf8();
    if (!outcome.isEmpty()) {
        query.outcome = Audit::outcomeFromName(outcome);
        if (!query.outcome)
            return invalid(u"outcome"_s, u"must be one of: done, refused"_s);
    }
    const Result<std::optional<Timestamp>> from = queryTime(request, u"from"_s);
    const Result<std::optional<Timestamp>> to = queryTime(request, u"to"_s);
    if (!from || !to)
        return from ? to.error() : from.error();
    query.from = *from;
    query.to = *to;
    const Result<QStringList> cursor = queryCursor(request, 1);
    if (!cursor)
        return cursor.error();
    if (!cursor->isEmpty()) {
        query.before = cursor->constFirst().toLongLong();
        if (query.before <= 0)
            return invalid(u"cursor"_s, u"is not one that this list gave."_s);
    }
    return query;
}

QString nextOf(const Audit::RecordPage &page)
{
    return page.hasMore ? encodeCursor({QString::number(page.records.constLast().seq)}) : QString();
}

//! What was asked for, as the record of the reading tells it.
QJsonObject describe(const Query &query)
{
    QJsonObject json;
    const auto put = [&json](const QString &name, const QByteArray &value) {
        if (!value.isEmpty())
            json.insert(name, QString::fromUtf8(value));
    };
    put(u"actor"_s, query.actor.bytes());
    put(u"action"_s, query.action);
    put(u"object_kind"_s, query.objectKind);
    put(u"object_id"_s, query.objectId);
    if (query.from)
        json.insert(u"from"_s, toIso(*query.from));
    if (query.to)
        json.insert(u"to"_s, toIso(*query.to));
    return json;
}
} // namespace

AuditEndpoint::AuditEndpoint(Audit::AuditLog &log, const Clock &clock) : m_log(log), m_clock(clock) {}

QList<Route> AuditEndpoint::routes()
{
    return {
        checkedRoute("GET", u"/api/v1/audit"_s, Action::AuditRead, bind(this, &AuditEndpoint::list)),
        checkedRoute("GET", u"/api/v1/audit/export"_s, Action::AuditRead, bind(this, &AuditEndpoint::exportFile)),
        checkedRoute("POST", u"/api/v1/audit/verify"_s, Action::AuditRead, bind(this, &AuditEndpoint::verify)),
    };
}

QCoro::Task<Response> AuditEndpoint::list(Request request, Actor actor)
{
    Result<Query> query = readQuery(request);
    const Result<qint64> limit = request.queryInt(u"limit"_s, 50, 1, 200);
    if (!query || !limit)
        co_return Response::problem(query ? limit.error() : query.error(), request);
    query->limit = int(*limit);
    // The first page says who looks for what; its continuations would only repeat it.
    if (query->before == 0) {
        Audit::Draft act = Audit::draftFor(actor, "audit.read", "audit", {}, m_clock.now());
        act.after = describe(*query);
        if (const Result<void> recorded = co_await m_log.record(act); !recorded)
            co_return Response::problem(recorded.error(), request);
    }
    const Result<Audit::RecordPage> page = co_await m_log.list(*query);
    if (!page)
        co_return Response::problem(page.error(), request);
    QJsonArray items;
    for (const Record &record : page->records)
        items.append(toJson(record));
    co_return Response::json(listOf(items, nextOf(*page)));
}

QCoro::Task<Response> AuditEndpoint::exportFile(Request request, Actor actor)
{
    Result<Query> query = readQuery(request);
    const QString format = request.query.queryItemValue(u"format"_s, QUrl::FullyDecoded);
    const bool asCsv = format == "csv"_L1;
    if (query && !asCsv && format != "jsonl"_L1)
        query = invalid(u"format"_s, u"must be one of: jsonl, csv"_s);
    const Result<qint64> limit = request.queryInt(u"limit"_s, mostExported, 1, mostExported);
    if (!query || !limit)
        co_return Response::problem(query ? limit.error() : query.error(), request);
    query->limit = int(*limit);
    Audit::Draft act = Audit::draftFor(actor, "audit.exported", "audit", {}, m_clock.now());
    act.after = describe(*query);
    if (const Result<void> recorded = co_await m_log.record(act); !recorded)
        co_return Response::problem(recorded.error(), request);
    const Result<Audit::RecordPage> page = co_await m_log.list(*query);
    if (!page)
        co_return Response::problem(page.error(), request);
    Response response;
    response.contentType = asCsv ? "text/csv; charset=utf-8" : "application/jsonl";
    if (asCsv)
        response.body = csvHead.toByteArray();
    for (const Record &record : page->records) {
        if (asCsv)
            response.body += toCsv(record);
        else
            response.body += QJsonDocument(toJson(record)).toJson(QJsonDocument::Compact) + '\n';
    }
    response.headers.emplaceBack("Content-Disposition",
                                 asCsv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.jsonl\"");
    if (page->hasMore)
        response.headers.emplaceBack("X-Next-Cursor", nextOf(*page).toLatin1());
    co_return std::move(response);
}

QCoro::Task<Response> AuditEndpoint::verify(Request request, Actor actor)
{
    if (const Result<void> read = requireNoFields(request); !read)
        co_return Response::problem(read.error(), request);
    const Result<Audit::Report> report = co_await m_log.verify();
    if (!report)
        co_return Response::problem(report.error(), request);
    Audit::Draft act = Audit::draftFor(actor, "audit.verified", "audit", {}, m_clock.now());
    act.after.insert(u"intact"_s, report->isIntact());
    if (const Result<void> recorded = co_await m_log.record(act); !recorded)
        co_return Response::problem(recorded.error(), request);
    const bool isIntact = report->isIntact();
    const QJsonObject json{
        {u"intact"_s, isIntact},
        {u"flaw"_s, isIntact ? QJsonValue() : QJsonValue(QString::fromLatin1(Audit::flawName(report->flaw)))},
        {u"first_bad_record"_s, isIntact ? QJsonValue() : QJsonValue(report->badSeq)},
        {u"explanation"_s, isIntact ? QJsonValue() : QJsonValue(report->explanation)},
        {u"records"_s, report->rows},
        {u"last_record"_s, report->head.seq},
        {u"last_hash"_s, QString::fromLatin1(report->head.hash.toHex())},
        {u"checkpoints"_s, report->checkpoints},
        {u"last_checkpoint"_s, report->lastCheckpoint},
        {u"public_key"_s, QString::fromLatin1(m_log.publicKey().toHex())},
    };
    co_return Response::json(json);
}

} // namespace Atom::HttpEndpoints
