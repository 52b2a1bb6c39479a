// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/expressions/parser.h"

#include "server/expressions/expression.h"

#include <optional>

namespace Atom::Expressions {
using namespace Qt::StringLiterals;

namespace {
bool isNameStart(QChar c)
{
    return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_';
}
bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}
bool isName(QChar c)
{
    return isNameStart(c) || isDigit(c);
}

class Parser
{
public:
    explicit Parser(const QString &text) : m_text(text) {}

    Result<Parsed> parse()
    {
        NodePtr root = pipe();
        skipSpace();
        if (root && m_at < m_text.size())
            root = unexpected();
        if (!root)
            return Error(Errc::ValidationFailed, m_error);
        return Parsed{std::shared_ptr<const Node>(std::move(root)), m_variables};
    }

private:
    // --- errors: the first one wins; every production returns null after it
    NodePtr fail(const QString &message, qsizetype at)
    {
        if (m_error.isEmpty())
            m_error = u"%1 at column %2"_s.arg(message).arg(at + 1);
        return nullptr;
    }
    NodePtr unsupported(const QString &what, qsizetype at)
    {
        return fail(u"`%1` is not supported yet"_s.arg(what), at);
    }
    NodePtr unexpected()
    {
        skipSpace();
        if (m_at >= m_text.size())
            return fail(u"the expression ends too early"_s, m_at);
        static const QStringList operators = {u"//="_s, u"?//"_s, u"+="_s, u"-="_s, u"*="_s, u"/="_s, u"%="_s, u"|="_s,
                                              u"//"_s,  u"+"_s,   u"-"_s,  u"*"_s,  u"/"_s,  u"%"_s,  u","_s,  u"="_s};
        for (const QString &op : operators) {
            if (QStringView(m_text).mid(m_at).startsWith(op))
                return unsupported(op, m_at);
        }
        if (const QString word = peekWord(); !word.isEmpty()) {
            static const QStringList keywords = {u"as"_s,    u"def"_s,   u"reduce"_s, u"foreach"_s, u"if"_s,
                                                 u"then"_s,  u"end"_s,   u"elif"_s,   u"else"_s,    u"try"_s,
                                                 u"catch"_s, u"label"_s, u"import"_s, u"include"_s};
            if (keywords.contains(word))
                return unsupported(word, m_at);
            return fail(u"unexpected `%1`"_s.arg(word), m_at);
        }
        return fail(u"unexpected `%1`"_s.arg(m_text.mid(m_at, m_text[m_at].isHighSurrogate() ? 2 : 1)), m_at);
    }

    // --- scanning
    void skipSpace()
    {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
    }
    QString peekWord() const
    {
        if (m_at >= m_text.size() || !isNameStart(m_text[m_at]))
            return {};
        qsizetype end = m_at;
        while (end < m_text.size() && isName(m_text[end]))
            ++end;
        return m_text.mid(m_at, end - m_at);
    }
    bool takeWord(QStringView word)
    {
        skipSpace();
        if (peekWord() != word)
            return false;
        m_at += word.size();
        return true;
    }
    bool atChar(QChar c) const { return m_at < m_text.size() && m_text[m_at] == c; }
    bool follows(QStringView text) const { return QStringView(m_text).mid(m_at).startsWith(text); }

    static std::unique_ptr<Node> node(Node::Kind kind, qsizetype at)
    {
        auto n = std::make_unique<Node>();
        n->kind = kind;
        n->column = int(at) + 1;
        return n;
    }
    static NodePtr binary(Node::Kind kind, qsizetype at, NodePtr left, NodePtr right)
    {
        auto n = node(kind, at);
        n->children.push_back(std::move(left));
        n->children.push_back(std::move(right));
        return n;
    }

    struct DepthGuard
    {
        explicit DepthGuard(int &depth) : m_depth(++depth) {}
        ~DepthGuard() { --m_depth; }
        Q_DISABLE_COPY_MOVE(DepthGuard)
        int &m_depth;
    };

    // --- grammar
    NodePtr pipe()
    {
        const DepthGuard guard(m_depth);
        if (m_depth > Budget::nesting)
            return fail(u"the expression is nested deeper than %1 levels"_s.arg(Budget::nesting), m_at);
        NodePtr left = disjunction();
        while (left) {
            skipSpace();
            if (!atChar(u'|') || follows(u"|="))
                return left;
            const qsizetype at = m_at++;
            NodePtr right = disjunction();
            if (!right || !countNode(at))
                return nullptr;
            left = binary(Node::Kind::Pipe, at, std::move(left), std::move(right));
        }
        return nullptr;
    }

    bool countNode(qsizetype at)
    {
        // Chains (a|b|c…) make a left-deep tree without nesting brackets; evaluation recurses over it.
        if (++m_chained <= Budget::chained)
            return true;
        fail(u"the expression has more than %1 operators"_s.arg(Budget::chained), at);
        return false;
    }

    NodePtr disjunction()
    {
        NodePtr left = conjunction();
        while (left) {
            skipSpace();
            const qsizetype at = m_at;
            if (!takeWord(u"or"))
                return left;
            NodePtr right = conjunction();
            if (!right || !countNode(at))
                return nullptr;
            left = binary(Node::Kind::Or, at, std::move(left), std::move(right));
        }
        return nullptr;
    }

    NodePtr conjunction()
    {
        NodePtr left = comparison();
        while (left) {
            skipSpace();
            const qsizetype at = m_at;
            if (!takeWord(u"and"))
                return left;
            NodePtr right = comparison();
            if (!right || !countNode(at))
                return nullptr;
            left = binary(Node::Kind::And, at, std::move(left), std::move(right));
        }
        return nullptr;
    }

    std::optional<Compare> takeComparison()
    {
        skipSpace();
        static const std::pair<QStringView, Compare> table[] = {
            {u"==", Compare::Equal},        {u"!=", Compare::NotEqual}, {u"<=", Compare::LessEqual},
            {u">=", Compare::GreaterEqual}, {u"<", Compare::Less},      {u">", Compare::Greater}};
        for (const auto &[text, op] : table) {
            if (follows(text)) {
                m_at += text.size();
                return op;
            }
        }
        return std::nullopt;
    }

    NodePtr comparison()
    {
        NodePtr left = postfix();
        if (!left)
            return nullptr;
        skipSpace();
        const qsizetype at = m_at;
        const std::optional<Compare> op = takeComparison();
        if (!op)
            return left;
        NodePtr right = postfix();
        if (!right)
            return nullptr;
        skipSpace();
        const qsizetype again = m_at;
        if (takeComparison())
            return fail(u"comparisons do not chain; use `and`"_s, again);
        auto n = node(Node::Kind::Compare, at);
        n->op = *op;
        n->children.push_back(std::move(left));
        n->children.push_back(std::move(right));
        return n;
    }

    NodePtr postfix()
    {
        NodePtr base = term();
        while (base) {
            skipSpace();
            const qsizetype at = m_at;
            if (atChar(u'?') && !follows(u"?//")) {
                ++m_at;
                auto n = node(Node::Kind::Try, at);
                n->children.push_back(std::move(base));
                base = std::move(n);
            } else if (atChar(u'[')) {
                base = subscript(std::move(base));
            } else if (atChar(u'.')) {
                if (follows(u".."))
                    return unsupported(u".."_s, at);
                ++m_at;
                base = atChar(u'[') ? subscript(std::move(base)) : field(std::move(base), at);
            } else {
                return base;
            }
            if (base && !countNode(at))
                return nullptr;
        }
        return nullptr;
    }

    // After a dot: a name or a string.
    NodePtr field(NodePtr base, qsizetype at)
    {
        if (const QString word = peekWord(); !word.isEmpty()) {
            m_at += word.size();
            auto n = node(Node::Kind::Field, at);
            n->text = word;
            n->children.push_back(std::move(base));
            return n;
        }
        if (atChar(u'"')) {
            NodePtr key = string();
            if (!key)
                return nullptr;
            return binary(Node::Kind::Index, at, std::move(base), std::move(key));
        }
        return fail(u"a field name must follow the dot"_s, m_at);
    }

    NodePtr subscript(NodePtr base)
    {
        const qsizetype at = m_at++;
        skipSpace();
        if (atChar(u']'))
            return unsupported(u".[]"_s, at);
        if (atChar(u':'))
            return unsupported(u".[a:b]"_s, at);
        NodePtr index = pipe();
        if (!index)
            return nullptr;
        skipSpace();
        if (atChar(u':'))
            return unsupported(u".[a:b]"_s, at);
        if (!atChar(u']'))
            return unexpected();
        ++m_at;
        return binary(Node::Kind::Index, at, std::move(base), std::move(index));
    }

    NodePtr term()
    {
        skipSpace();
        const qsizetype at = m_at;
        if (m_at >= m_text.size())
            return unexpected();
        const QChar c = m_text[m_at];
        if (c == u'.') {
            if (follows(u".."))
                return unsupported(u".."_s, at);
            const QChar next = m_at + 1 < m_text.size() ? m_text[m_at + 1] : QChar();
            if (isDigit(next))
                return number();
            ++m_at;
            NodePtr self = node(Node::Kind::Identity, at);
            return isNameStart(next) || next == u'"' ? field(std::move(self), at) : std::move(self);
        }
        if (c == u'"')
            return string();
        if (c == u'$')
            return variable();
        if (c == u'(') {
            ++m_at;
            NodePtr inner = pipe();
            if (!inner)
                return nullptr;
            skipSpace();
            if (!atChar(u')'))
                return unexpected();
            ++m_at;
            return inner;
        }
        if (isDigit(c))
            return number();
        if (c == u'-') {
            const QChar next = m_at + 1 < m_text.size() ? m_text[m_at + 1] : QChar();
            const QChar second = m_at + 2 < m_text.size() ? m_text[m_at + 2] : QChar();
            return isDigit(next) || (next == u'.' && isDigit(second)) ? number() : unsupported(u"-"_s, at);
        }
        if (c == u'[' || c == u'{')
            return unsupported(c == u'[' ? u"[ ]"_s : u"{ }"_s, at);
        if (c == u'@') {
            ++m_at;
            return unsupported(u"@"_s + peekWord(), at);
        }
        if (c == u'#')
            return unsupported(u"#"_s, at);
        return word();
    }

    NodePtr word()
    {
        const qsizetype at = m_at;
        const QString name = peekWord();
        if (name.isEmpty())
            return unexpected();
        m_at += name.size();
        if (name == u"null" || name == u"true" || name == u"false") {
            auto n = node(Node::Kind::Literal, at);
            n->value = name == u"null" ? QJsonValue(QJsonValue::Null) : QJsonValue(name == u"true");
            return n;
        }
        if (name == u"not")
            return node(Node::Kind::Not, at);
        if (name == u"and" || name == u"or")
            return fail(u"a value is missing before `%1`"_s.arg(name), at);
        return unsupported(name, at);
    }

    NodePtr variable()
    {
        const qsizetype at = m_at++;
        const QString name = peekWord();
        if (name.isEmpty())
            return fail(u"a variable name must follow `$`"_s, at);
        m_at += name.size();
        if (name == u"secrets" || name == u"ENV" || name == u"authorization" || name == u"__loc__" ||
            name == u"__prog_args")
            return unsupported(u'$' + name, at);
        if (follows(u"::"))
            return unsupported(u'$' + name + u"::"_s, at);
        if (!m_variables.contains(name))
            m_variables.append(name);
        auto n = node(Node::Kind::Variable, at);
        n->text = name;
        return n;
    }

    NodePtr number()
    {
        const qsizetype at = m_at;
        if (atChar(u'-'))
            ++m_at;
        bool whole = true;
        while (m_at < m_text.size()) {
            const QChar c = m_text[m_at];
            if (c == u'.' || c == u'e' || c == u'E')
                whole = false;
            else if ((c == u'+' || c == u'-') && (m_text[m_at - 1] == u'e' || m_text[m_at - 1] == u'E'))
                ;
            else if (!isDigit(c))
                break;
            ++m_at;
        }
        const QString text = m_text.mid(at, m_at - at);
        bool ok = false;
        auto n = node(Node::Kind::Literal, at);
        if (whole) {
            const qint64 integer = text.toLongLong(&ok);
            if (ok)
                n->value = QJsonValue(integer);
        }
        if (!ok)
            n->value = text.toDouble(&ok);
        if (!ok)
            return fail(u"`%1` is not a number"_s.arg(text), at);
        return n;
    }

    bool escape(QString &out)
    {
        const qsizetype at = m_at - 1;
        const QChar c = m_at < m_text.size() ? m_text[m_at] : QChar();
        static const QString from = u"\"\\/bfnrt"_s;
        static const QString to = u"\"\\/\b\f\n\r\t"_s;
        if (const qsizetype i = from.indexOf(c); i >= 0 && !c.isNull()) {
            ++m_at;
            out += to[i];
            return true;
        }
        bool ok = false;
        const QStringView hex = QStringView(m_text).mid(m_at + 1, 4);
        const ushort unit = c == u'u' && hex.size() == 4 && !hex.startsWith(u'-') && !hex.startsWith(u'+')
                                ? hex.toUShort(&ok, 16)
                                : ushort(0);
        if (!ok) {
            fail(u"unknown escape in the string"_s, at);
            return false;
        }
        m_at += 5;
        out += QChar(unit);
        return true;
    }

    NodePtr string()
    {
        const qsizetype at = m_at++;
        auto n = node(Node::Kind::Interpolation, at);
        QString part;
        const auto flush = [&] {
            auto literal = node(Node::Kind::Literal, at);
            literal->value = part;
            part.clear();
            return literal;
        };
        while (true) {
            if (m_at >= m_text.size())
                return fail(u"the string is not closed"_s, at);
            const QChar c = m_text[m_at++];
            if (c == u'"')
                break;
            if (c != u'\\') {
                part += c;
            } else if (atChar(u'(')) {
                ++m_at;
                if (!part.isEmpty())
                    n->children.push_back(flush());
                NodePtr inner = pipe();
                if (!inner)
                    return nullptr;
                skipSpace();
                if (!atChar(u')'))
                    return unexpected();
                ++m_at;
                n->children.push_back(std::move(inner));
            } else if (!escape(part)) {
                return nullptr;
            }
        }
        if (n->children.empty())
            return flush();
        if (!part.isEmpty())
            n->children.push_back(flush());
        return n;
    }

    const QString &m_text;
    qsizetype m_at = 0;
    int m_depth = 0;
    int m_chained = 0;
    QString m_error;
    QStringList m_variables;
};
} // namespace

Result<Parsed> parseExpression(const QString &text)
{
    if (text.size() > Budget::textUnits)
        return Error(Errc::ValidationFailed, u"the expression is longer than %1 characters"_s.arg(Budget::textUnits));
    return Parser(text).parse();
}

} // namespace Atom::Expressions
