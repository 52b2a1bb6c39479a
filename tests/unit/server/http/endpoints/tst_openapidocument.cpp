// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/endpoints/openapidocument.h"
#include "server/http/endpoints/pages.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

using namespace Atom;
using namespace Atom::HttpEndpoints;
using namespace Qt::StringLiterals;

namespace {
//! Whether `value` fits the parts of JSON Schema that the document uses; the mistake, or empty.
QString mismatch(const OpenApiDocument &document, const QJsonObject &unresolved, const QJsonValue &value)
{
    const QJsonObject schema = document.resolved(unresolved);
    const QJsonValue type = schema.value(u"type"_s);
    if (!type.isUndefined()) {
        const QJsonArray types = type.isArray() ? type.toArray() : QJsonArray{type};
        const QString is = value.isObject()   ? u"object"_s
                           : value.isArray()  ? u"array"_s
                           : value.isString() ? u"string"_s
                           : value.isBool()   ? u"boolean"_s
                           : value.isNull()   ? u"null"_s
                                              : u"number"_s;
        const bool integer = is == u"number"_s && types.contains(u"integer"_s) && value.toDouble() == value.toInteger();
        if (!types.contains(is) && !integer)
            return u"is a "_s + is;
    }
    if (schema.contains(u"enum"_s) && !schema.value(u"enum"_s).toArray().contains(value))
        return u"is not one of the choices"_s;
    if (schema.contains(u"pattern"_s) &&
        !QRegularExpression(schema.value(u"pattern"_s).toString()).match(value.toString()).hasMatch())
        return u"does not fit the pattern"_s;
    const qsizetype length = value.toString().size();
    if (value.isString() &&
        (length < schema.value(u"minLength"_s).toInt() || length > schema.value(u"maxLength"_s).toInt(1 << 30)))
        return u"has the wrong length"_s;
    if (value.isArray()) {
        for (const QJsonValue &item : value.toArray()) {
            const QString wrong = mismatch(document, schema.value(u"items"_s).toObject(), item);
            if (!wrong.isEmpty())
                return u"/* "_s + wrong;
        }
    }
    if (!value.isObject())
        return {};
    const QJsonObject object = value.toObject();
    const QJsonObject properties = schema.value(u"properties"_s).toObject();
    for (const QJsonValue &required : schema.value(u"required"_s).toArray()) {
        if (!object.contains(required.toString()))
            return u"has no "_s + required.toString();
    }
    for (auto it = object.constBegin(); it != object.constEnd(); ++it) {
        QJsonObject property = properties.value(it.key()).toObject();
        if (!properties.contains(it.key())) {
            const QJsonValue additional = schema.value(u"additionalProperties"_s);
            if (additional.isObject())
                property = additional.toObject();
            else if (!properties.isEmpty())
                return u"has the unknown "_s + it.key();
        }
        const QString wrong = mismatch(document, property, *it);
        if (!wrong.isEmpty())
            return it.key() + u": "_s + wrong;
    }
    return {};
}

//! Calls f(where, media type object) for each `content` entry anywhere below `value`.
template <typename F> void eachMedia(const QJsonValue &value, const QString &where, F f)
{
    if (value.isArray()) {
        for (qsizetype i = 0; i < value.toArray().size(); ++i)
            eachMedia(value.toArray().at(i), where + u'/' + QString::number(i), f);
    }
    const QJsonObject object = value.toObject();
    for (auto it = object.constBegin(); it != object.constEnd(); ++it) {
        if (it.key() == u"content"_s) {
            const QJsonObject content = it->toObject();
            for (auto media = content.constBegin(); media != content.constEnd(); ++media)
                f(where + u' ' + media.key(), media->toObject());
        } else if (it.key() != u"schemas"_s) {
            eachMedia(*it, where + u'/' + it.key(), f);
        }
    }
}

void eachReference(const QJsonValue &value, const std::function<void(QString)> &f)
{
    if (value.isArray()) {
        for (const QJsonValue &item : value.toArray())
            eachReference(item, f);
    }
    const QJsonObject object = value.toObject();
    for (auto it = object.constBegin(); it != object.constEnd(); ++it) {
        if (it.key() == u"$ref"_s)
            f(it->toString());
        eachReference(*it, f);
    }
}
} // namespace

class OpenApiDocumentTest : public QObject
{
    Q_OBJECT
    OpenApiDocument m_document;

private Q_SLOTS:
    void initTestCase()
    {
        const Result<OpenApiDocument> loaded = OpenApiDocument::load();
        QVERIFY(loaded.isOk());
        m_document = *loaded;
    }

    void yamlScalarsKeepTheirTypes_data()
    {
        QTest::addColumn<QByteArray>("yaml");
        QTest::addColumn<QJsonValue>("json");
        QTest::newRow("text") << QByteArray("hello") << QJsonValue(u"hello"_s);
        QTest::newRow("integer") << QByteArray("12") << QJsonValue(12);
        QTest::newRow("large integer") << QByteArray("9007199254740993") << QJsonValue(Q_INT64_C(9007199254740993));
        QTest::newRow("number") << QByteArray("-1.5e3") << QJsonValue(-1500.0);
        QTest::newRow("version") << QByteArray("3.1.0") << QJsonValue(u"3.1.0"_s);
        QTest::newRow("true") << QByteArray("true") << QJsonValue(true);
        QTest::newRow("yes is text") << QByteArray("yes") << QJsonValue(u"yes"_s);
        QTest::newRow("null") << QByteArray("null") << QJsonValue();
        QTest::newRow("quoted number") << QByteArray("'200'") << QJsonValue(u"200"_s);
        QTest::newRow("quoted true") << QByteArray("\"true\"") << QJsonValue(u"true"_s);
        QTest::newRow("number as key") << QByteArray("{200: ok}") << QJsonValue(QJsonObject{{u"200"_s, u"ok"_s}});
        QTest::newRow("list") << QByteArray("[1, a]") << QJsonValue(QJsonArray{1, u"a"_s});
    }
    void yamlScalarsKeepTheirTypes()
    {
        QFETCH(QByteArray, yaml);
        QFETCH(QJsonValue, json);
        const Result<QJsonValue> result = jsonFromYaml(yaml);
        QVERIFY(result.isOk());
        QCOMPARE(*result, json);
    }

    void brokenYamlIsAnError()
    {
        QVERIFY(jsonFromYaml("a: [1").error().code == Errc::MalformedRequest);
        QVERIFY(jsonFromYaml("a: 1\nb: 2\na: 3").error().detail.contains(u"again"_s));
        QVERIFY(!jsonFromYaml(QByteArray(200, '[') + QByteArray(200, ']')));
    }

    void isOpenApi31()
    {
        QCOMPARE(m_document.object().value(u"openapi"_s).toString(), u"3.1.0"_s);
        QCOMPARE(QJsonDocument::fromJson(m_document.json()).object(), m_document.object());
    }

    void everyReferenceLeadsSomewhere()
    {
        int references = 0;
        eachReference(m_document.object(), [&](const QString &reference) {
            ++references;
            const QJsonObject value{{u"$ref"_s, reference}};
            QVERIFY2(!m_document.resolved(value).isEmpty(), qPrintable(reference));
        });
        QVERIFY(references > 100);
    }

    void everyOperationIsComplete()
    {
        QSet<QString> ids;
        const QJsonObject paths = m_document.object().value(u"paths"_s).toObject();
        for (auto path = paths.constBegin(); path != paths.constEnd(); ++path) {
            const QJsonObject operations = path->toObject();
            for (auto it = operations.constBegin(); it != operations.constEnd(); ++it) {
                const QString where = it.key() + u' ' + path.key();
                const QJsonObject operation = it->toObject();
                QVERIFY2(!operation.value(u"summary"_s).toString().isEmpty(), qPrintable(where));
                const QString id = operation.value(u"operationId"_s).toString();
                QVERIFY2(!id.isEmpty() && !ids.contains(id), qPrintable(where));
                ids.insert(id);
                // Each {name} of the path is described, and no other.
                QStringList inPath;
                for (const QString &part : path.key().split(u'/')) {
                    if (part.startsWith(u'{'))
                        inPath.append(part.mid(1, part.size() - 2));
                }
                QStringList described;
                for (const QJsonValue &value : operation.value(u"parameters"_s).toArray()) {
                    const QJsonObject parameter = m_document.resolved(value.toObject());
                    if (parameter.value(u"in"_s) == u"path"_s)
                        described.append(parameter.value(u"name"_s).toString());
                }
                QVERIFY2(inPath == described, qPrintable(where));
                const QJsonObject responses = operation.value(u"responses"_s).toObject();
                const bool isUser = operation.value(u"x-atom-access"_s) == u"user"_s;
                QVERIFY2(!isUser || responses.contains(u"401"_s), qPrintable(where));
                const bool takesJson = operation.contains(u"requestBody"_s);
                QVERIFY2(!takesJson || (responses.contains(u"400"_s) && responses.contains(u"422"_s)),
                         qPrintable(where));
            }
        }
    }

    void everyExampleFitsItsSchema()
    {
        int examples = 0;
        eachMedia(m_document.object(), {}, [&](const QString &where, const QJsonObject &media) {
            if (!media.contains(u"example"_s))
                return;
            ++examples;
            const QString wrong = mismatch(m_document, media.value(u"schema"_s).toObject(), media.value(u"example"_s));
            QVERIFY2(wrong.isEmpty(), qPrintable(where + u": "_s + wrong));
        });
        QVERIFY(examples > 20);
    }

    void pageShowsEveryRouteAndEscapes()
    {
        const Result<Pages> pages = Pages::load();
        QVERIFY(pages.isOk());
        const Http::Response response = pages->api(m_document);
        const QString html = QString::fromUtf8(response.body);
        const QStringList paths = m_document.object().value(u"paths"_s).toObject().keys();
        for (const QString &path : paths)
            QVERIFY2(html.contains(u"</span> %1</h3>"_s.arg(path)), qPrintable(path));
        QVERIFY(!html.contains(u"{{"_s) && !html.contains(u"<script"_s) && !html.contains(u" style="_s));
        // An address in the text of an example is no load.
        static const QRegularExpression load(u"(src|href|action)\\s*=\\s*[\"']?\\s*(https?:)?//|url\\(|@import"_s);
        QVERIFY(!html.contains(u"src="_s) && !html.contains(load));
        QVERIFY(html.contains(u"${ &quot;Hello, &quot; + .name }"_s));

        const Http::Response landing = pages->landing(u"<script>alert(1)</script>"_s, u"1"_s);
        QVERIFY(!landing.body.contains("<script"));
        QVERIFY(landing.body.contains("&lt;script&gt;"));
    }

    void policyAllowsExactlyTheStyleOfThePage()
    {
        const Result<Pages> pages = Pages::load();
        QVERIFY(pages.isOk());
        for (const Http::Response &response : {pages->landing(u"n"_s, u"1"_s), pages->api(m_document)}) {
            const qsizetype begin = response.body.indexOf("<style>") + 7;
            const QByteArray style = response.body.mid(begin, response.body.indexOf("</style>") - begin);
            const QByteArray hash = QCryptographicHash::hash(style, QCryptographicHash::Sha256).toBase64();
            QCOMPARE(response.headers.size(), 1);
            QVERIFY(response.headers.constFirst().second.startsWith("default-src 'none'; style-src 'sha256-" + hash));
        }
    }
};

QTEST_GUILESS_MAIN(OpenApiDocumentTest)
#include "tst_openapidocument.moc"
