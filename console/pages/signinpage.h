// SPDX-FileCopyrightText: 2026 Atom Chat contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtWidgets/QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace Atom::Console {

class ConnectionController;

//! \brief Asks for server, user and password, then for a one-time code where the account has a second factor, and says
//! in words why it did not work.
class SignInPage : public QWidget
{
    Q_OBJECT
public:
    explicit SignInPage(ConnectionController &controller, QWidget *parent = nullptr);
    //! \brief Fills the fields; the focus goes to the first empty one.
    void prefill(const QString &server, const QString &user);

protected:
    void changeEvent(QEvent *event) override;

private:
    void submit();
    void showPhase();
    void showCode(bool wanted);
    void showExposure();

    ConnectionController &m_controller;
    QLineEdit *m_server;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QLineEdit *m_code;
    QHash<QLineEdit *, QLabel *> m_labels;
    QLabel *m_exposed;
    QLabel *m_codeWanted;
    QLabel *m_problem;
    QPushButton *m_button;
    QPushButton *m_back;
};

} // namespace Atom::Console
