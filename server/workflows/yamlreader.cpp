// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/workflows/yamlreader.h"

#include "server/expressions/template.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

namespace Atom::Workflows {
using namespace Qt::StringLiterals;
using Expressions::pointerJoin;

namespace {
constexpr qsizetype mostBytes = 4 * SourceDocument::maxBytes;
} // namespace

YamlReader::~YamlReader() = default;

void YamlReader::read(const QByteArray &source)
{
    std::istringstream stream(source.toStdString());
    try {
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(*this))
            issue({1, 1}, {}, u"the definition is empty"_s);
        else
            (void)parser.HandleNextDocument(*this); // OnDocumentStart refuses it
    } catch (const Stop &) {
        // its issue is there
    } catch (const YAML::Exception &e) {
        issue(positionOf(e.mark), {}, u"not valid YAML: %1"_s.arg(QString::fromStdString(e.msg).left(200)));
    } catch (const std::exception &e) {
        issue({}, {}, u"not readable as YAML: %1"_s.arg(QString::fromUtf8(e.what()).left(200)));
    }
}

void YamlReader::issue(Position at, const QString &pointer, const QString &message)
{
    if (m_document.issues.size() < SourceDocument::maxIssues)
        m_document.issues.append({m_document.shown(at), pointer, message});
}

void YamlReader::stop(Position at, const QString &pointer, const QString &message)
{
    issue(at, pointer, message);
    throw Stop();
}

Position YamlReader::positionOf(const YAML::Mark &mark)
{
    return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

QString YamlReader::nextPointer() const
{
    if (m_open.empty())
        return {};
    const Frame &frame = m_open.back();
    return pointerJoin(frame.pointer, frame.isMap ? frame.key : QString::number(frame.list.size()));
}

void YamlReader::begin(const YAML::Mark &mark, const QString &pointer, int nodes, qsizetype bytes)
{
    const Position at = positionOf(mark);
    m_nodes += nodes;
    m_bytes += bytes;
    if (m_nodes > SourceDocument::maxNodes)
        stop(at, pointer, u"the document holds more than %1 values"_s.arg(SourceDocument::maxNodes));
    if (m_bytes > mostBytes)
        stop(at, pointer, u"the document holds more than %1 bytes of text"_s.arg(mostBytes));
    if (m_open.size() > std::size_t(SourceDocument::maxDepth))
        stop(at, pointer, u"the document is nested deeper than %1 levels"_s.arg(SourceDocument::maxDepth));
    keep(m_document.m_values, pointer, at);
}

// A long key comes again in the pointer of everything under it.
void YamlReader::keep(QHash<QString, Position> &places, const QString &pointer, Position at)
{
    m_placeUnits += pointer.size();
    if (m_placeUnits > SourceDocument::maxPlaceUnits)
        stop(at, {}, u"the keys of the document are too long for what is under them"_s);
    places.insert(pointer, at);
}

void YamlReader::OnDocumentStart(const YAML::Mark &mark)
{
    if (++m_documents > 1)
        stop(m_nodes > 0 ? positionOf(mark) : Position{1, 1}, {}, u"only one YAML document is possible"_s);
}

void YamlReader::OnNull(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    if (isKeyNext()) {
        loseKey(positionOf(mark));
        return;
    }
    begin(mark, nextPointer(), 1, 0);
    if (anchor != YAML::NullAnchor)
        m_anchors.insert(anchor, {QJsonValue(QJsonValue::Null), 1, 0});
    deliver(QJsonValue(QJsonValue::Null));
}

void YamlReader::OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor)
{
    const auto known = m_anchors.constFind(anchor);
    if (known == m_anchors.constEnd())
        stop(positionOf(mark), nextPointer(), u"an alias stands inside of what it stands for"_s);
    const Anchored meant = *known;
    if (isKeyNext()) {
        if (meant.value.isString())
            takeKey(positionOf(mark), meant.value.toString());
        else
            loseKey(positionOf(mark));
        return;
    }
    begin(mark, nextPointer(), meant.nodes, meant.bytes);
    deliver(meant.value);
}

void YamlReader::OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                          const std::string &value)
{
    const Position at = positionOf(mark);
    const qsizetype bytes = qsizetype(value.size());
    if (isKeyNext()) {
        const QString key = QString::fromStdString(value);
        if (anchor != YAML::NullAnchor)
            m_anchors.insert(anchor, {key, 1, bytes});
        m_bytes += bytes;
        takeKey(at, key);
        return;
    }
    const QString pointer = nextPointer();
    begin(mark, pointer, 1, bytes);
    const QJsonValue made = scalar(value, tag, pointer, at);
    if (anchor != YAML::NullAnchor)
        m_anchors.insert(anchor, {made, 1, bytes});
    deliver(made);
}

void YamlReader::OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                                 YAML::EmitterStyle::value)
{
    open(false, mark, tag, anchor);
}

void YamlReader::OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                            YAML::EmitterStyle::value)
{
    open(true, mark, tag, anchor);
}

void YamlReader::open(bool isMap, const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor)
{
    const Position at = positionOf(mark);
    if (isKeyNext()) // nothing of it can be used, and what is inside would be reported at the wrong place
        stop(at, m_open.back().pointer, u"a key must be plain text"_s);
    Frame frame;
    frame.isMap = isMap;
    frame.pointer = nextPointer();
    frame.anchor = anchor;
    frame.nodesBefore = m_nodes;
    frame.bytesBefore = m_bytes;
    begin(mark, frame.pointer, 1, 0);
    if (!tag.empty() && tag != "?" && tag != "!" && tag != (isMap ? "tag:yaml.org,2002:map" : "tag:yaml.org,2002:seq"))
        badTag(tag, frame.pointer, at);
    m_open.push_back(std::move(frame));
}

void YamlReader::close()
{
    const Frame frame = std::move(m_open.back());
    m_open.pop_back();
    const QJsonValue value = frame.isMap ? QJsonValue(frame.map) : QJsonValue(frame.list);
    if (frame.anchor != YAML::NullAnchor)
        m_anchors.insert(frame.anchor, {value, m_nodes - frame.nodesBefore, m_bytes - frame.bytesBefore});
    deliver(value);
}

void YamlReader::takeKey(Position at, const QString &key)
{
    Frame &frame = m_open.back();
    const QString pointer = pointerJoin(frame.pointer, key);
    if (key == u"<<")
        issue(at, pointer, u"YAML merge keys (`<<`) are not supported"_s);
    if (frame.map.contains(key))
        issue(at, pointer, u"the key `%1` is there twice"_s.arg(key.left(64)));
    keep(m_document.m_keys, pointer, at);
    frame.key = key;
    frame.hasKey = true;
    frame.isLost = false;
}

void YamlReader::loseKey(Position at)
{
    Frame &frame = m_open.back();
    issue(at, frame.pointer, u"a key must be plain text"_s);
    frame.key.clear();
    frame.hasKey = true;
    frame.isLost = true;
}

void YamlReader::deliver(const QJsonValue &value)
{
    if (m_open.empty()) {
        m_document.value = value;
        return;
    }
    Frame &frame = m_open.back();
    if (!frame.isMap) {
        frame.list.append(value);
        return;
    }
    if (!frame.isLost)
        frame.map.insert(frame.key, value);
    frame.hasKey = false;
}

void YamlReader::badTag(const std::string &tag, const QString &pointer, Position at)
{
    issue(at, pointer, u"the YAML tag `%1` is not supported"_s.arg(QString::fromStdString(tag).left(64)));
}

QJsonValue YamlReader::scalar(const std::string &raw, const std::string &tag, const QString &pointer, Position at)
{
    const QString text = QString::fromUtf8(QByteArrayView(raw.data(), qsizetype(raw.size())));
    if (tag == "!" || tag == "tag:yaml.org,2002:str")
        return text;
    if (!tag.empty() && tag != "?") {
        badTag(tag, pointer, at);
        return text;
    }
    QString problem;
    const QJsonValue value = plainScalar(text, &problem);
    if (!problem.isEmpty())
        issue(at, pointer, problem);
    return value;
}

} // namespace Atom::Workflows
