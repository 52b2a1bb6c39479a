// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <memory>
#include <vector>

namespace Atom::Expressions {

struct NativeFunction;
struct Node;
using NodePtr = std::unique_ptr<const Node>;

enum class Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual
};

struct Parameter
{
    QString name;
    bool isValue = false; //!< `$name`: a variable besides the closure
};

//! \brief A node of a compiled program; immutable after parsing, shared by copies of the Expression and by threads, so
//! its constants are plain data, not Values. Names are resolved: `distance` is how many entries of the environment lie
//! above the one meant.
struct Node
{
    enum class Kind : quint8 {
        Identity, //!< .
        Null,
        False,
        True,
        Integer,
        Double,
        String,        //!< constants
        EmptyObject,   //!< $ENV, env
        Format,        //!< text = "base64": the input as text
        Variable,      //!< distance
        Global,        //!< text: a binding from outside
        Field,         //!< kids[0] . text
        Index,         //!< kids[0] [ kids[1] ]; the index sees the input of the whole term and is the outer loop
        Slice,         //!< kids[0] [ kids[1] : kids[2] ], absent bounds are Null nodes
        Iterate,       //!< kids[0] []
        Array,         //!< [ kids[0] ], without kids []
        Object,        //!< keys and values in turn
        Interpolation, //!< kids joined; text: the format, empty is text; integer bit i: kid i is literal text
        Negate,
        Binary,
        And,
        Or,
        Alternative, //!< kids[0] // kids[1]
        Pipe,
        Comma,
        If,         //!< condition, then, else
        Try,        //!< body, perhaps handler
        TryEach,    //!< `?//`: kids in turn until one does not fail
        As,         //!< kids[0] as one variable | kids[1]
        Reduce,     //!< source, start, update; the update ends in StoreState
        Foreach,    //!< the same, the update ends in StoreState | extract
        StoreState, //!< distance: the cell of the loop; integer 1: reduce, go on with the next item
        Label,
        Break,
        Function,          //!< a definition: body, rest; parameters
        Call,              //!< distance, kids are arguments
        CallClosure,       //!< distance: an argument of the enclosing function
        CallLibrary,       //!< library: a definition in jq; kids are arguments
        CallNative,        //!< native: kids are arguments
        Update,            //!< kids[0] |= kids[1]
        Assign,            //!< kids[0] = kids[1]
        UpdateOperator,    //!< kids[0] op= kids[1]
        UpdateAlternative, //!< kids[0] //= kids[1]
        Paths,             //!< path(kids[0])
        GetPath,           //!< getpath(kids[0])
        Limit,             //!< limit(kids[0]; kids[1])
        Last,              //!< last(kids[0])
        Range,             //!< range(from; to; step)
        Empty,
        Error, //!< error(kids[0])
    };
    Kind kind = Kind::Identity;
    Operator op = Operator::Add;
    bool isSimple = false;  //!< one result at most one error, no choices: evaluated by plain recursion
    bool movesPath = false; //!< gives another path than its input's
    quint16 height = 1;     //!< of the tree, saturated
    qint32 distance = 0;
    qint64 integer = 0;
    double real = 0;
    QString text;
    std::vector<NodePtr> kids;
    std::vector<Parameter> parameters;
    const NativeFunction *native = nullptr;
    const Node *library = nullptr; //!< a Function node that lives as long as the program
};

//! \brief Fills isSimple, movesPath and height from kind and kids.
void finishNode(Node &node);

} // namespace Atom::Expressions
