// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "server/workflows/sourcedocument.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <optional>
#include <vector>

namespace Atom::Workflows {

//! \brief The JSON value of a plain (not quoted) YAML scalar, by the core schema of YAML 1.2.2, section 10.3.2.
//! `problem` says why it has none.
QJsonValue plainScalar(const QString &text, QString *problem);

//! \brief Builds the value of a document from the parser's events, without the tree of yaml-cpp: YAML::LoadAll goes on
//! for ever with some broken texts (a bracket in the first column inside another one), and a tree is only bounded when
//! it is there. Each bound ends the parsing at once, by an exception that never leaves read().
class YamlReader final : private YAML::EventHandler
{
public:
    explicit YamlReader(SourceDocument &document) : m_document(document) {}
    ~YamlReader() override;

    //! \brief Parses `source` into the document; what is wrong goes to its issues.
    void read(const QByteArray &source);
    void issue(Position at, const QString &pointer, const QString &message);

private:
    //! A list or map that is open.
    struct Frame
    {
        bool isMap = false;
        QString pointer;
        std::size_t anchor = 0;
        int nodesBefore = 0;
        qsizetype bytesBefore = 0;
        QJsonArray list;
        QJsonObject map;
        QString key;
        bool hasKey = false; //!< map: a value is next
        bool isLost = false; //!< map: of a key that is none, so the value is dropped
    };
    struct Anchored
    {
        QJsonValue value;
        int nodes = 0;
        qsizetype bytes = 0;
    };
    struct Stop
    {
    };

    void OnDocumentStart(const YAML::Mark &mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  const std::string &value) override;
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override { close(); }

    static Position positionOf(const YAML::Mark &mark);
    bool isKeyNext() const { return !m_open.empty() && m_open.back().isMap && !m_open.back().hasKey; }
    QString nextPointer() const;
    void keep(QHash<QString, Position> &places, const QString &pointer, Position at);
    void begin(const YAML::Mark &mark, const QString &pointer, int nodes, qsizetype bytes);
    void open(bool isMap, const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor);
    void close();
    void takeKey(Position at, const QString &key);
    void loseKey(Position at);
    void deliver(const QJsonValue &value);
    QJsonValue scalar(const std::string &raw, const std::string &tag, const QString &pointer, Position at);
    void badTag(const std::string &tag, const QString &pointer, Position at);
    [[noreturn]] void stop(Position at, const QString &pointer, const QString &message);

    SourceDocument &m_document;
    std::vector<Frame> m_open;
    QHash<std::size_t, Anchored> m_anchors;
    int m_documents = 0;
    int m_nodes = 0;
    qsizetype m_bytes = 0;      //!< of texts and keys, aliases written out
    qsizetype m_placeUnits = 0; //!< of all pointers kept
};

} // namespace Atom::Workflows
