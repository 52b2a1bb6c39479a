// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/entities/patternparser.h"

#include <memory>
#include <optional>
#include <utility>

namespace Atom::Entities {
using namespace Qt::StringLiterals;

namespace {
constexpr int mostRepeats = 100;
constexpr int deepest = 40;

struct Node
{
    enum class Type { Empty, Set, Place, Sequence, Choice, Repeat } type = Type::Empty;
    int set = 0;                                        //!< of Set
    Instruction::Op place = Instruction::Op::TextStart; //!< of Place
    int least = 0, most = 0;                            //!< of Repeat; most < 0: any number
    std::vector<std::unique_ptr<Node>> children;
};
using NodePtr = std::unique_ptr<Node>;

class Parser
{
public:
    Parser(QStringView expression, int mostInstructions) : m_expression(expression), m_most(mostInstructions) {}

    Result<PatternProgram> run()
    {
        NodePtr root = choice(0);
        if (root && m_at < m_expression.size())
            fail(m_at, u"a \")\" without a \"(\""_s);
        if (m_error)
            return *m_error;
        emitNode(*root);
        add({Instruction::Op::Match, 0, 0});
        if (m_error)
            return *m_error;
        return std::move(m_program);
    }

private:
    bool atEnd() const { return m_at >= m_expression.size(); }
    char16_t peek() const { return atEnd() ? u'\0' : m_expression.at(m_at).unicode(); }
    bool take(char16_t c)
    {
        if (atEnd() || peek() != c)
            return false;
        ++m_at;
        return true;
    }
    char32_t takePoint()
    {
        const QChar c = m_expression.at(m_at++);
        if (c.isHighSurrogate() && !atEnd() && m_expression.at(m_at).isLowSurrogate())
            return QChar::surrogateToUcs4(c, m_expression.at(m_at++));
        return c.unicode();
    }
    NodePtr fail(qsizetype at, const QString &what)
    {
        if (!m_error)
            m_error = Error(Errc::ValidationFailed, u"position %1: %2"_s.arg(at).arg(what));
        return nullptr;
    }

    NodePtr choice(int depth)
    {
        if (depth > deepest)
            return fail(m_at, u"groups are nested too deeply"_s);
        NodePtr first = sequence(depth);
        if (!first || peek() != u'|' || atEnd())
            return first;
        auto node = std::make_unique<Node>();
        node->type = Node::Type::Choice;
        node->children.push_back(std::move(first));
        while (take(u'|')) {
            NodePtr next = sequence(depth);
            if (!next)
                return nullptr;
            node->children.push_back(std::move(next));
        }
        return node;
    }

    NodePtr sequence(int depth)
    {
        auto node = std::make_unique<Node>();
        node->type = Node::Type::Sequence;
        while (!atEnd() && peek() != u'|' && peek() != u')') {
            NodePtr item = atom(depth);
            if (item)
                item = repeats(std::move(item));
            if (!item)
                return nullptr;
            node->children.push_back(std::move(item));
        }
        return node;
    }

    NodePtr repeats(NodePtr item)
    {
        const qsizetype at = m_at;
        int least = 0;
        int most = -1;
        if (take(u'*')) {
        } else if (take(u'+')) {
            least = 1;
        } else if (take(u'?')) {
            most = 1;
        } else if (take(u'{')) {
            const std::optional<int> low = count();
            if (!low)
                return fail(at, u"{} needs numbers up to %1, as in {2,5}"_s.arg(mostRepeats));
            least = most = *low;
            if (take(u',')) {
                most = -1;
                if (peek() != u'}') {
                    const std::optional<int> high = count();
                    if (!high || *high < least)
                        return fail(at, u"{} needs numbers up to %1, the larger one last"_s.arg(mostRepeats));
                    most = *high;
                }
            }
            if (!take(u'}'))
                return fail(at, u"\"{\" without \"}\""_s);
        } else {
            return item;
        }
        if (item->type == Node::Type::Place)
            return fail(at, u"a place cannot be repeated"_s);
        if (!atEnd() && (peek() == u'*' || peek() == u'+' || peek() == u'?' || peek() == u'{'))
            return fail(m_at, u"two repetitions in a row (the longest match counts anyway)"_s);
        auto node = std::make_unique<Node>();
        node->type = Node::Type::Repeat;
        node->least = least;
        node->most = most;
        node->children.push_back(std::move(item));
        return node;
    }

    std::optional<int> count()
    {
        int value = 0;
        const qsizetype begin = m_at;
        while (!atEnd() && peek() >= u'0' && peek() <= u'9' && m_at - begin < 4)
            value = value * 10 + (m_expression.at(m_at++).unicode() - u'0');
        return m_at > begin && value <= mostRepeats ? std::optional(value) : std::nullopt;
    }

    NodePtr setNode(CharacterSet set)
    {
        auto node = std::make_unique<Node>();
        node->type = Node::Type::Set;
        node->set = int(m_program.sets.size());
        m_program.sets.push_back(std::move(set));
        return node;
    }
    NodePtr placeNode(Instruction::Op place)
    {
        auto node = std::make_unique<Node>();
        node->type = Node::Type::Place;
        node->place = place;
        return node;
    }

    NodePtr atom(int depth)
    {
        const qsizetype at = m_at;
        switch (peek()) {
        case u'(': {
            ++m_at;
            if (take(u'?') && !take(u':'))
                return fail(at, u"of \"(?\" only \"(?:\" is known"_s);
            NodePtr inner = choice(depth + 1);
            if (inner && !take(u')'))
                return fail(at, u"\"(\" without \")\""_s);
            return inner;
        }
        case u'[':
            return characterClass();
        case u'.': {
            ++m_at;
            CharacterSet set;
            set.ranges.push_back({U'\n', U'\n'});
            set.negated = true;
            return setNode(std::move(set));
        }
        case u'^':
            ++m_at;
            return placeNode(Instruction::Op::TextStart);
        case u'$':
            ++m_at;
            return placeNode(Instruction::Op::TextEnd);
        case u'*':
        case u'+':
        case u'?':
        case u'{':
            return fail(at, u"nothing before it to repeat"_s);
        case u'\\':
            return escape();
        default:
            break;
        }
        CharacterSet set;
        const char32_t c = takePoint();
        set.ranges.push_back({c, c});
        return setNode(std::move(set));
    }

    //! The character that an escape stands for; nothing for letters and digits without a meaning.
    static std::optional<char32_t> literal(char32_t c)
    {
        switch (c) {
        case U'n':
            return U'\n';
        case U't':
            return U'\t';
        case U'r':
            return U'\r';
        default:
            break;
        }
        const bool plain = (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9');
        return plain ? std::nullopt : std::optional(c);
    }

    NodePtr escape()
    {
        const qsizetype at = m_at++;
        if (atEnd())
            return fail(at, u"\"\\\" at the end"_s);
        const char32_t c = takePoint();
        if (c == U'b' || c == U'B')
            return placeNode(c == U'b' ? Instruction::Op::WordEdge : Instruction::Op::NoWordEdge);
        CharacterSet set;
        if (addNamedSet(c, set)) {
            set.negated = c < U'a';
            return setNode(std::move(set));
        }
        const std::optional<char32_t> one = literal(c);
        if (!one)
            return fail(at, u"unknown \"\\%1\" (back references and look-around are not supported)"_s.arg(
                                QString::fromUcs4(&c, 1)));
        set.ranges.push_back({*one, *one});
        return setNode(std::move(set));
    }

    NodePtr characterClass()
    {
        const qsizetype at = m_at++;
        CharacterSet set;
        set.negated = take(u'^');
        for (bool first = true; first || peek() != u']'; first = false) {
            if (atEnd())
                return fail(at, u"\"[\" without \"]\""_s);
            if (first && peek() == u']')
                return fail(at, u"an empty class (write \"\\]\" for the character)"_s);
            const qsizetype itemAt = m_at;
            std::optional<char32_t> low = classCharacter(set);
            if (m_error)
                return nullptr;
            if (peek() == u'-' && m_at + 1 < m_expression.size() && m_expression.at(m_at + 1) != u']') {
                ++m_at;
                CharacterSet ignored;
                const std::optional<char32_t> high = classCharacter(ignored);
                if (m_error)
                    return nullptr;
                if (!low || !high || *high < *low)
                    return fail(itemAt, u"a range needs two characters in order"_s);
                set.ranges.push_back({*low, *high});
            } else if (low) {
                set.ranges.push_back({*low, *low});
            }
        }
        ++m_at;
        return setNode(std::move(set));
    }

    //! One character, or a named set, which is added to `set`.
    std::optional<char32_t> classCharacter(CharacterSet &set)
    {
        const qsizetype at = m_at;
        if (atEnd()) {
            fail(at, u"the class does not end"_s);
            return std::nullopt;
        }
        char32_t c = takePoint();
        if (c != U'\\')
            return c;
        if (atEnd()) {
            fail(at, u"\"\\\" at the end"_s);
            return std::nullopt;
        }
        c = takePoint();
        if (c < U'a' && (c == U'D' || c == U'W' || c == U'S')) {
            fail(at, u"negated sets cannot stand inside of a class"_s);
            return std::nullopt;
        }
        if (addNamedSet(c, set))
            return std::nullopt;
        const std::optional<char32_t> one = literal(c);
        if (!one)
            fail(at, u"unknown escape"_s);
        return one;
    }

    int add(Instruction instruction)
    {
        if (int(m_program.code.size()) >= m_most) {
            fail(m_expression.size(), u"the pattern is too large: repetitions count as often as they repeat"_s);
            return 0;
        }
        m_program.code.push_back(instruction);
        return int(m_program.code.size()) - 1;
    }
    int here() const { return int(m_program.code.size()); }

    void emitNode(const Node &node)
    {
        if (m_error)
            return;
        switch (node.type) {
        case Node::Type::Empty:
            break;
        case Node::Type::Set:
            add({Instruction::Op::Set, node.set, 0});
            break;
        case Node::Type::Place:
            add({node.place, 0, 0});
            break;
        case Node::Type::Sequence:
            for (const NodePtr &child : node.children)
                emitNode(*child);
            break;
        case Node::Type::Choice:
            emitChoice(node);
            break;
        case Node::Type::Repeat:
            emitRepeat(node);
            break;
        }
    }

    void emitChoice(const Node &node)
    {
        std::vector<int> jumps;
        for (size_t i = 0; i + 1 < node.children.size() && !m_error; ++i) {
            const int split = add({Instruction::Op::Split, 0, 0});
            emitNode(*node.children[i]);
            jumps.push_back(add({Instruction::Op::Jump, 0, 0}));
            m_program.code[size_t(split)] = {Instruction::Op::Split, split + 1, here()};
        }
        emitNode(*node.children.back());
        if (m_error)
            return;
        for (const int jump : jumps)
            m_program.code[size_t(jump)].x = here();
    }

    void emitRepeat(const Node &node)
    {
        const Node &child = *node.children.front();
        for (int i = 0; i < node.least && !m_error; ++i)
            emitNode(child);
        if (node.most < 0) {
            const int split = add({Instruction::Op::Split, 0, 0});
            emitNode(child);
            add({Instruction::Op::Jump, split, 0});
            if (!m_error)
                m_program.code[size_t(split)] = {Instruction::Op::Split, split + 1, here()};
            return;
        }
        std::vector<int> splits;
        for (int i = node.least; i < node.most && !m_error; ++i) {
            splits.push_back(add({Instruction::Op::Split, 0, 0}));
            emitNode(child);
        }
        if (m_error)
            return;
        for (const int split : splits)
            m_program.code[size_t(split)] = {Instruction::Op::Split, split + 1, here()};
    }

    QStringView m_expression;
    int m_most;
    qsizetype m_at = 0;
    PatternProgram m_program;
    std::optional<Error> m_error;
};
} // namespace

Result<PatternProgram> parsePattern(QStringView expression, int mostInstructions)
{
    return Parser(expression, mostInstructions).run();
}

} // namespace Atom::Entities
