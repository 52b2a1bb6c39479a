// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/pages/signinpage.h"

#include "console/controllers/connectioncontroller.h"
#include "console/widgets/card.h"
#include "console/widgets/colours.h"

#include <QtCore/QEvent>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace Atom::Console {

using namespace Qt::StringLiterals;

SignInPage::SignInPage(ConnectionController &controller, QWidget *parent) : QWidget(parent), m_controller(controller)
{
    auto *card = new Card;
    card->setFixedWidth(400);
    auto *form = new QVBoxLayout(card);
    form->setContentsMargins(32, 28, 32, 28);
    form->setSpacing(6);
    auto *title = new QLabel(tr("Atom Chat console"));
    QFont large = title->font();
    large.setPointSizeF(large.pointSizeF() * 1.5);
    large.setWeight(QFont::DemiBold);
    title->setFont(large);
    form->addWidget(title);
    form->addSpacing(10);

    const auto field = [&](const QString &name, const QString &object) {
        auto *label = new QLabel(name);
        auto *edit = new QLineEdit;
        m_labels.insert(edit, label);
        edit->setObjectName(object);
        edit->setAccessibleName(name);
        edit->setMaxLength(1'000);
        label->setBuddy(edit);
        form->addWidget(label);
        form->addWidget(edit);
        form->addSpacing(6);
        connect(edit, &QLineEdit::returnPressed, this, &SignInPage::submit);
        return edit;
    };
    m_server = field(tr("Server"), u"server"_s);
    m_server->setPlaceholderText(u"http://127.0.0.1:5059"_s);
    m_exposed = new QLabel(tr("This connection is not encrypted: others on the way can read your password."));
    form->addWidget(m_exposed);
    m_user = field(tr("User"), u"user"_s);
    m_password = field(tr("Password"), u"password"_s);
    m_password->setEchoMode(QLineEdit::Password);
    m_codeWanted = new QLabel(tr("Enter the code of your authenticator program, or one of your recovery codes."));
    form->addWidget(m_codeWanted);
    m_code = field(tr("One-time code"), u"code"_s);
    m_code->setInputMethodHints(Qt::ImhNoPredictiveText | Qt::ImhSensitiveData);
    m_problem = new QLabel;
    m_problem->setObjectName(u"problem"_s);
    form->addWidget(m_problem);
    form->addSpacing(4);
    m_button = new QPushButton(tr("Sign in"));
    m_button->setObjectName(u"signIn"_s);
    m_button->setProperty("primary", true);
    m_button->setDefault(true);
    form->addWidget(m_button);
    m_back = new QPushButton(tr("Back"));
    m_back->setObjectName(u"back"_s);
    m_back->setFlat(true);
    form->addWidget(m_back);
    for (QLabel *label : card->findChildren<QLabel *>())
        label->setTextFormat(Qt::PlainText);
    for (QLabel *label : {m_exposed, m_codeWanted, m_problem})
        label->setWordWrap(true);

    auto *layout = new QVBoxLayout(this);
    layout->addStretch(2);
    // Not an alignment: it would not ask the card how high it is with wrapped words.
    auto *row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(card);
    row->addStretch();
    layout->addLayout(row);
    layout->addStretch(3);

    connect(m_button, &QPushButton::clicked, this, &SignInPage::submit);
    connect(m_back, &QPushButton::clicked, &controller, &ConnectionController::signOut);
    connect(m_server, &QLineEdit::textChanged, this, &SignInPage::showExposure);
    connect(&controller, &ConnectionController::phaseChanged, this, &SignInPage::showPhase);
    showPhase();
    showExposure();
}

void SignInPage::prefill(const QString &server, const QString &user)
{
    m_server->setText(server);
    m_user->setText(user);
    for (QLineEdit *edit : {m_server, m_user, m_password}) {
        if (edit->text().isEmpty()) {
            edit->setFocus();
            break;
        }
    }
}

void SignInPage::submit()
{
    if (m_controller.phase() == ConnectionController::Phase::CodeWanted)
        m_controller.sendCode(m_code->text());
    else
        m_controller.signIn(m_server->text().isEmpty() ? m_server->placeholderText() : m_server->text(), m_user->text(),
                            m_password->text());
}

void SignInPage::showPhase()
{
    using Phase = ConnectionController::Phase;
    const Phase phase = m_controller.phase();
    const bool busy = phase == Phase::SigningIn;
    if (!busy) // while a code is on its way, it stays what is shown
        showCode(phase == Phase::CodeWanted);
    for (QLineEdit *edit : {m_server, m_user, m_password, m_code})
        edit->setEnabled(!busy);
    m_button->setEnabled(!busy && phase != Phase::Throttled);
    m_button->setText(busy ? tr("Signing in…") : tr("Sign in"));
    m_problem->setText(m_controller.problem());
    m_problem->setVisible(!m_controller.problem().isEmpty());
    QPalette alarming = palette();
    alarming.setColor(QPalette::WindowText, Colours::of(palette()).critical);
    m_problem->setPalette(alarming);
    alarming.setColor(QPalette::WindowText, Colours::of(palette()).warning);
    m_exposed->setPalette(alarming);
    QLineEdit *const again = phase == Phase::CodeWanted ? m_code : m_password;
    if (phase == Phase::SignedIn) {
        m_password->clear(); // not kept in a hidden field
    } else if (phase == Phase::CodeWanted ||
               (phase == Phase::SignedOut && !m_controller.problem().isEmpty() && isVisible())) {
        again->setFocus();
        again->selectAll();
    }
}

void SignInPage::showCode(bool wanted)
{
    for (QLineEdit *edit : {m_server, m_user, m_password}) {
        edit->setVisible(!wanted);
        m_labels.value(edit)->setVisible(!wanted);
    }
    for (QWidget *widget : std::initializer_list<QWidget *>{m_codeWanted, m_code, m_labels.value(m_code), m_back})
        widget->setVisible(wanted);
    if (!wanted)
        m_code->clear();
    showExposure();
}

void SignInPage::showExposure()
{
    const Result<QUrl> url = ConnectionController::serverUrl(m_server->text());
    m_exposed->setVisible(!m_server->isHidden() && url.isOk() && ConnectionController::isExposed(*url));
}

void SignInPage::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        showPhase();
    QWidget::changeEvent(event);
}

} // namespace Atom::Console
