//! My answer to an invitation (RFC 5546), in words and in the word of calendars.

use super::language::Language;

/// What I say to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// I come.
    Accept,
    /// I may come.
    Maybe,
    /// I do not come.
    Decline,
}

impl Answer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Accept, Self::Maybe, Self::Decline];

    /// The participation status of RFC 5545, 3.2.12.
    #[must_use]
    pub fn status(self) -> &'static str {
        match self {
            Self::Accept => "ACCEPTED",
            Self::Maybe => "TENTATIVE",
            Self::Decline => "DECLINED",
        }
    }

    /// The answer of that status, in whatever case it is written.
    #[must_use]
    pub fn of_status(status: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.status().eq_ignore_ascii_case(status.trim()))
    }

    /// What somebody answered, behind a colon.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accept => "accepted",
            Self::Maybe => "perhaps",
            Self::Decline => "declined",
        }
    }

    /// The line of a menu.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Accept => "Accept",
            Self::Maybe => "Perhaps",
            Self::Decline => "Decline",
        }
    }

    /// How the subject of the answer begins, as calendars write it.
    #[must_use]
    pub fn subject(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Accept, Language::English) => "Accepted",
            (Self::Maybe, Language::English) => "Tentative",
            (Self::Decline, Language::English) => "Declined",
            (Self::Accept, Language::Polish) => "Zaakceptowano",
            (Self::Maybe, Language::Polish) => "Wstępnie zaakceptowano",
            (Self::Decline, Language::Polish) => "Odrzucono",
            (Self::Accept, Language::Russian) => "Принято",
            (Self::Maybe, Language::Russian) => "Под вопросом",
            (Self::Decline, Language::Russian) => "Отклонено",
            (Self::Accept, Language::Ukrainian) => "Прийнято",
            (Self::Maybe, Language::Ukrainian) => "Під питанням",
            (Self::Decline, Language::Ukrainian) => "Відхилено",
        }
    }

    /// What I write; I may say more before it leaves.
    #[must_use]
    pub fn sentence(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Accept, Language::English) => "Thank you for the invitation, I will be there.",
            (Self::Maybe, Language::English) => "Thank you for the invitation. I am not sure yet whether I can come.",
            (Self::Decline, Language::English) => "Thank you for the invitation. Unfortunately I cannot come.",
            (Self::Accept, Language::Polish) => "Dziękuję za zaproszenie, będę na spotkaniu.",
            (Self::Maybe, Language::Polish) => {
                "Dziękuję za zaproszenie. Nie mam jeszcze pewności, czy będę na spotkaniu."
            }
            (Self::Decline, Language::Polish) => "Dziękuję za zaproszenie. Niestety nie będę na spotkaniu.",
            (Self::Accept, Language::Russian) => "Спасибо за приглашение, буду на встрече.",
            (Self::Maybe, Language::Russian) => {
                "Спасибо за приглашение. Пока не могу сказать точно, буду ли на встрече."
            }
            (Self::Decline, Language::Russian) => "Спасибо за приглашение. К сожалению, быть на встрече не смогу.",
            (Self::Accept, Language::Ukrainian) => "Дякую за запрошення, буду на зустрічі.",
            (Self::Maybe, Language::Ukrainian) => {
                "Дякую за запрошення. Поки не можу сказати точно, чи буду на зустрічі."
            }
            (Self::Decline, Language::Ukrainian) => "Дякую за запрошення. На жаль, бути на зустрічі не зможу.",
        }
    }
}
