// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/app/logsink.h"

#include "server/app/standarderror.h"
#include "shared/core/clock.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLoggingCategory>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace Atom::App {
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype messageLimit = 16'384;

const char *levelText(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return "DEBUG";
    case QtInfoMsg:
        return "INFO";
    case QtWarningMsg:
        return "WARN";
    case QtCriticalMsg:
        return "ERROR";
    case QtFatalMsg:
        return "FATAL";
    }
    return "INFO";
}

//! The sink whose handler is installed. Qt's handler is a bare function, so it needs a way to its object.
std::atomic<LogSink *> installed{nullptr};

//! Filter rules for Qt: less specific categories first, because later rules win.
QString rulesFor(const QMap<QString, QString> &levels)
{
    QStringList rules;
    const QStringList levelNames = LogSink::levelNames();
    for (auto it = levels.cbegin(); it != levels.cend(); ++it) { // a QMap sorts "atom.server" before "atom.server.http"
        const qsizetype least = levelNames.indexOf(it.value());
        for (qsizetype i = 0; i < levelNames.size(); ++i) {
            const QString enabled = i >= least ? u"true"_s : u"false"_s;
            rules.append(u"%1.%2=%3"_s.arg(it.key(), levelNames.at(i), enabled));
            if (!it.key().endsWith(u'*'))
                rules.append(u"%1.*.%2=%3"_s.arg(it.key(), levelNames.at(i), enabled));
        }
    }
    return rules.join(u'\n');
}

Result<void> checkLevel(const QString &category, const QString &level)
{
    if (!LogSink::isValidCategory(category))
        return Error::invalid(u"/category"_s, u"A category looks like \"atom.server.http\"."_s);
    if (!LogSink::levelNames().contains(level))
        return Error::invalid(u"/level"_s, u"A level is one of %1."_s.arg(LogSink::levelNames().join(u", "_s)));
    return {};
}

} // namespace

QString maskSecrets(const QString &text)
{
    // Cheap look first: nearly no line holds a secret, and seven expressions over each would cost more than writing it.
    static const QRegularExpression suspicious(
        u"eyJ|bearer|basic|atr_|pass|pwd|secret|token|api[-_ ]?key|private[-_ ]?key|authorization|cookie|://[^/\\s]*@"_s,
        QRegularExpression::CaseInsensitiveOption);
    if (!suspicious.match(text).hasMatch())
        return text;
    static const std::pair<QRegularExpression, QString> filters[] = {
        {QRegularExpression(u"eyJ[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]*)+"_s), u"***"_s},
        {QRegularExpression(u"atr_[A-Za-z0-9_-]+"_s), u"***"_s},
        {QRegularExpression(u"\\b(bearer)(?:\\s+|%20)[A-Za-z0-9._~+/=-]+"_s, QRegularExpression::CaseInsensitiveOption),
         u"\\1 ***"_s},
        {QRegularExpression(u"\\b([Bb]asic)\\s+(?=[a-z]*[A-Z0-9+/=])[A-Za-z0-9+/]{6,}=*"_s), u"\\1 ***"_s},
        {QRegularExpression(u"\\b((?:set-)?cookie|authorization)(\\\\*[\"']?\\s*[:=]\\s*)(?!\\w+ \\*\\*\\*).+"_s,
                            QRegularExpression::CaseInsensitiveOption),
         u"\\1\\2***"_s},
        // name=value, name: value, "name":"value", and the same escaped any number of times: a quote with n backslashes
        // is closed by the next quote with n backslashes. Without a closing quote everything to the end goes.
        {QRegularExpression(
             u"([A-Za-z0-9_-]{0,40}(?:passw(?:or)?d|passphrase|pwd|secret|token|api[-_]?key|private[-_]?key))"
             "(\\\\*[\"']?\\s*[:=]\\s*)"
             "(?:(\\\\*)\"(?:.*?(?<!\\\\)\\3\"|.*$)|'[^']*(?:'|$)|[^\\s,;&\"'}\\])]+)"_s,
             QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption),
         u"\\1\\2***"_s},
        {QRegularExpression(u"(://)[^/\\s@]*@"_s), u"\\1***@"_s},
    };
    QString masked = text;
    for (const auto &[expression, replacement] : filters)
        masked.replace(expression, replacement);
    return masked;
}

QString escapeControls(const QString &text)
{
    const auto isUnsafe = [](QChar c) {
        const char16_t u = c.unicode();
        return u < 0x20 || (u >= 0x7f && u <= 0x9f) || u == 0x2028 || u == 0x2029 || (u >= 0x202a && u <= 0x202e) ||
               (u >= 0x2066 && u <= 0x2069) || u == 0x200e || u == 0x200f || u == 0xfeff;
    };
    if (std::none_of(text.begin(), text.end(), isUnsafe))
        return text;
    QString result;
    result.reserve(text.size() + 16);
    for (const QChar c : text) {
        const char16_t u = c.unicode();
        if (!isUnsafe(c))
            result += c;
        else if (u == u'\n')
            result += u"\\n"_s;
        else if (u == u'\r')
            result += u"\\r"_s;
        else if (u == u'\t')
            result += u"\\t"_s;
        else if (u <= 0xff)
            result += u"\\x%1"_s.arg(int(u), 2, 16, QLatin1Char('0'));
        else
            result += u"\\u%1"_s.arg(int(u), 4, 16, QLatin1Char('0'));
    }
    return result;
}

struct LogSink::Private
{
    mutable std::mutex mutex;
    Settings settings;
    QMap<QString, QString> levels;
    std::mutex rulesMutex; //!< orders changes of Qt's filter rules; never taken while holding `mutex`
    StandardError standardError;
    QFile file;
    qint64 size = 0;
    std::atomic<quint64> dropped{0};
    QtMessageHandler previous = nullptr;

    bool open()
    {
        file.setFileName(settings.file);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered))
            return false;
        size = file.size();
        return true;
    }
    QString numbered(int n) const { return settings.file + u'.' + QString::number(n); }
    void rotate()
    {
        file.close();
        QFile::remove(settings.keep > 0 ? numbered(settings.keep) : settings.file);
        for (int n = settings.keep - 1; n >= 1; --n)
            QFile::rename(numbered(n), numbered(n + 1));
        if (settings.keep > 0)
            QFile::rename(settings.file, numbered(1));
        open(); // if that fails, write() drops and tries again with the next line
    }
    void write(const QByteArray &line)
    {
        const std::lock_guard lock(mutex);
        if (settings.file.isEmpty()) {
            if (!standardError.write(line))
                ++dropped;
            return;
        }
        if (file.isOpen() && size > 0 && size + line.size() > settings.maxBytes)
            rotate();
        if (!file.isOpen() && !open()) {
            ++dropped;
            return;
        }
        const qint64 written = file.write(line);
        size += std::max<qint64>(0, written);
        if (written != line.size())
            ++dropped;
    }
};

bool LogSink::isValidCategory(const QString &category)
{
    static const QRegularExpression form(u"^(?:\\*|[a-z0-9]+(?:[._-][a-z0-9]+)*(?:\\.\\*)?)$"_s);
    return category.size() <= 128 && form.match(category).hasMatch();
}

QStringList LogSink::levelNames()
{
    return {u"debug"_s, u"info"_s, u"warning"_s, u"critical"_s};
}

LogSink::LogSink() : d(std::make_unique<Private>()) {}

Result<std::unique_ptr<LogSink>> LogSink::create(const Settings &settings)
{
    std::unique_ptr<LogSink> sink(new LogSink);
    sink->d->settings = settings;
    if (!settings.file.isEmpty() && !sink->d->open()) {
        return Error(Errc::Unavailable,
                     u"The log file %1 cannot be written: %2"_s.arg(settings.file, sink->d->file.errorString()));
    }
    for (auto it = settings.levels.cbegin(); it != settings.levels.cend(); ++it) {
        if (const Result<void> valid = checkLevel(it.key(), it.value()); !valid)
            return valid.error();
    }
    sink->d->levels = settings.levels;
    QLoggingCategory::setFilterRules(rulesFor(sink->d->levels));
    installed = sink.get();
    sink->d->previous = qInstallMessageHandler(&LogSink::handle);
    return Result<std::unique_ptr<LogSink>>(std::move(sink));
}

LogSink::~LogSink()
{
    LogSink *self = this;
    if (installed.compare_exchange_strong(self, nullptr)) {
        qInstallMessageHandler(d->previous);
        QLoggingCategory::setFilterRules(QString());
    }
}

void LogSink::handle(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    LogSink *sink = installed;
    if (!sink)
        return;
    const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    const QString category = QString::fromUtf8(context.category ? context.category : "default");
    sink->d->write(format(sink->d->settings.json, toIso(now), type, category, message) + '\n');
}

QByteArray LogSink::format(bool json, const QString &time, QtMsgType type, const QString &category,
                           const QString &message)
{
    QString safe = maskSecrets(message.left(messageLimit));
    if (message.size() > messageLimit)
        safe += u" ... (%1 more characters)"_s.arg(message.size() - messageLimit);
    if (json) {
        const QJsonObject line{{u"time"_s, time},
                               {u"level"_s, QString::fromLatin1(levelText(type)).toLower()},
                               {u"category"_s, category},
                               {u"message"_s, safe}};
        return QJsonDocument(line).toJson(QJsonDocument::Compact);
    }
    return u"%1 %2 %3  %4"_s
        .arg(time, QString::fromLatin1(levelText(type)).leftJustified(5), escapeControls(category),
             escapeControls(safe))
        .toUtf8();
}

Result<void> LogSink::setLevel(const QString &category, const QString &level)
{
    if (const Result<void> valid = checkLevel(category, level); !valid)
        return valid.error();
    const std::lock_guard order(d->rulesMutex);
    QString rules;
    {
        const std::lock_guard lock(d->mutex);
        if (d->levels.size() >= 1'000 && !d->levels.contains(category))
            return Error::invalid(u"/category"_s, u"There are too many categories with a level of their own."_s);
        d->levels.insert(category, level);
        rules = rulesFor(d->levels);
    }
    QLoggingCategory::setFilterRules(rules); // takes a lock of Qt's: not while others wait to write
    return {};
}

QMap<QString, QString> LogSink::levels() const
{
    const std::lock_guard lock(d->mutex);
    return d->levels;
}

void LogSink::reopen()
{
    const std::lock_guard lock(d->mutex);
    d->file.close(); // the next line opens it
}

quint64 LogSink::dropped() const
{
    return d->dropped;
}

} // namespace Atom::App
