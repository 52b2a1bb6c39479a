// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/natives.h"

#include "server/expressions/jsontext.h"

#include <QtCore/QHash>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
using Table = QHash<QString, const NativeFunction *>;

const Table &table()
{
    static const Table all = [] {
        Table t;
        for (const auto &group : {textFunctions(), collectionFunctions(), sortFunctions(), mathFunctions(),
                                  dateFunctions(), regexFunctions()}) {
            for (const NativeFunction &f : group)
                t.insert(u"%1/%2"_s.arg(QLatin1StringView(f.name)).arg(f.arity), &f);
        }
        return t;
    }();
    return all;
}
} // namespace

const NativeFunction *findNative(const QString &name, qsizetype arity)
{
    return table().value(u"%1/%2"_s.arg(name).arg(arity));
}

QStringList nativeNames()
{
    QStringList names;
    for (auto it = table().begin(); it != table().end(); ++it) {
        if (!it.key().startsWith(u'_'))
            names.append(it.key());
    }
    return names;
}

QString described(const Value &value)
{
    return u"%1 (%2)"_s.arg(value.typeName(), shortJson(value, 15));
}

} // namespace Atom::Expressions
