// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/llm/promptlibrary.h"

#include "shared/core/jsonlimits.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QRandomGenerator>
#include <QtCore/QRegularExpression>

#include <algorithm>

// Outside of namespaces, and asked for: the linker drops the resources of a static library otherwise.
static void initPrompts()
{
    Q_INIT_RESOURCE(atom_llm);
}

namespace Atom::Llm {
using namespace Qt::StringLiterals;

namespace {
constexpr qint64 fileBytes = 64 * 1024;
const QString boundaryWord = u"boundary"_s;

Error bad(const QString &why)
{
    return Error(Errc::ValidationFailed, why);
}
} // namespace

Result<PromptLibrary> PromptLibrary::loadBlocking(const QString &folder, Random random)
{
    initPrompts();
    PromptLibrary library;
    library.m_random = random ? std::move(random) : [] { return QRandomGenerator::system()->generate64(); };
    Error error(Errc::ValidationFailed, u"The prompts have mistakes."_s);
    const auto read = [&](const QDir &from, bool mustBeKnown) {
        const QStringList files = from.entryList({u"*.md"_s}, QDir::Files, QDir::Name);
        for (const QString &file : files) {
            const QString name = file.chopped(3);
            const QString pointer = u'/' + file;
            QFile source(from.filePath(file));
            if (mustBeKnown && !library.m_prompts.contains(name))
                error.fields.append({pointer, u"there is no prompt of this name"_s});
            else if (!source.open(QIODevice::ReadOnly))
                error.fields.append({pointer, source.errorString()});
            else if (Result<void> ok = library.add(name, source.read(fileBytes + 1)); !ok)
                error.fields.append({pointer, ok.error().detail});
        }
    };
    read(QDir(u":/atom/prompts"_s), false);
    if (!folder.isEmpty()) {
        if (QDir(folder).exists())
            read(QDir(folder), true);
        else
            error.fields.append({u"/"_s, u"the folder %1 does not exist"_s.arg(folder)});
    }
    if (!error.fields.isEmpty())
        return error;
    return library;
}

Result<void> PromptLibrary::add(const QString &name, const QByteArray &file)
{
    if (file.size() > fileBytes || !isValidUtf8(file))
        return bad(u"it is not UTF-8, or larger than 64 KiB"_s);
    QString text = QString::fromUtf8(file);
    text.replace(u"\r\n"_s, u"\n"_s);
    static const QRegularExpression head(u"\\Aname: ([a-z0-9-]{1,64})\\nversion: ([1-9][0-9]{0,5})\\n---\\n"_s);
    const QRegularExpressionMatch match = head.match(text);
    if (!match.hasMatch())
        return bad(u"it does not begin with \"name: x\", \"version: 1\" and \"---\""_s);
    if (match.captured(1) != name)
        return bad(u"its name is not that of the file"_s);
    Result<QList<Piece>> pieces = split(text.sliced(match.capturedEnd()).trimmed());
    if (!pieces)
        return std::move(pieces.error());
    const QByteArray digest = QCryptographicHash::hash(file, QCryptographicHash::Sha256).toHex().left(12);
    m_prompts.insert(name, Prompt{match.captured(2).toInt(), digest, std::move(*pieces)});
    return {};
}

Result<QList<PromptLibrary::Piece>> PromptLibrary::split(const QString &text)
{
    static const QRegularExpression word(u"\\A[a-z][a-z0-9_]{0,63}\\z"_s);
    QList<Piece> pieces;
    qsizetype from = 0;
    while (true) {
        const qsizetype open = text.indexOf(u"{{"_s, from);
        if (open < 0)
            break;
        const qsizetype close = text.indexOf(u"}}"_s, open);
        const QString name = close < 0 ? QString() : text.sliced(open + 2, close - open - 2);
        if (!word.match(name).hasMatch())
            return bad(u"a placeholder is not {{word}}, near \"%1\""_s.arg(text.mid(open, 30).simplified()));
        pieces.append(Piece{text.sliced(from, open - from), name});
        from = close + 2;
    }
    pieces.append(Piece{text.sliced(from), {}});
    return pieces;
}

Result<PromptText> PromptLibrary::render(const QString &name, const QMap<QString, QString> &values) const
{
    const auto found = m_prompts.constFind(name);
    if (found == m_prompts.constEnd())
        return Error(Errc::NotFound, u"There is no prompt \"%1\"."_s.arg(name));
    QMap<QString, QString> filled = values;
    if (values.contains(boundaryWord))
        return Error::invalid(u"/boundary"_s, u"The boundary is not for the caller to choose."_s);
    filled.insert(boundaryWord, boundary(values));
    QStringList unused = values.keys();
    PromptText out{name, found->version, found->digest, {}};
    for (const Piece &piece : found->pieces) {
        out.text += piece.text;
        if (piece.placeholder.isEmpty())
            continue;
        const auto value = filled.constFind(piece.placeholder);
        if (value == filled.constEnd())
            return Error::invalid(u'/' + piece.placeholder, u"The value is missing."_s);
        out.text += *value;
        unused.removeAll(piece.placeholder);
    }
    if (!unused.isEmpty())
        return Error::invalid(u'/' + unused.constFirst(), u"The prompt has no place for this value."_s);
    return out;
}

//! Not in any value: whoever writes data cannot close the section that it stands in.
QString PromptLibrary::boundary(const QMap<QString, QString> &values) const
{
    quint64 number = m_random();
    while (true) {
        const QString word = u"%1"_s.arg(number, 16, 16, QLatin1Char('0'));
        const bool occurs = std::any_of(values.begin(), values.end(), [&](const QString &value) {
            return value.contains(word, Qt::CaseInsensitive);
        });
        if (!occurs)
            return word;
        ++number; // ends: values are finite
    }
}

} // namespace Atom::Llm
