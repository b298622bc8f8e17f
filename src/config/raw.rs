//! `config.toml` as it is written: every key optional, every value with its place in the file.
//!
//! Only shape is checked here; what the values mean is checked in [`super::check`]. No error made here holds a
//! value of the file, since a password may stand anywhere by mistake.

use super::mistake::Source;
use crate::domain::problem::Result;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use toml::Spanned;

/// A value with its place in the file.
pub type At<T> = Option<Spanned<T>>;

/// The whole file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// `[me]`
    pub me: Option<Me>,
    /// `[[account]]`
    #[serde(default)]
    pub account: Vec<Spanned<Account>>,
    /// `[sending]`
    pub sending: Option<Sending>,
    /// `[sync]`
    pub sync: Option<Sync>,
    /// `[notices]`
    pub notices: Option<Notices>,
    /// `[screen]`
    pub screen: Option<Screen>,
    /// `[work]`
    pub work: Option<Work>,
    /// `[[pipeline]]`
    #[serde(default)]
    pub pipeline: Vec<Spanned<Pipeline>>,
    /// `[[field]]`
    #[serde(default)]
    pub field: Vec<Spanned<Field>>,
    /// `[deals]`
    pub deals: Option<Deals>,
    /// `[[order_form]]`
    #[serde(default)]
    pub order_form: Vec<Spanned<OrderForm>>,
}

/// `[deals]`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Deals {
    /// `ask_next`
    pub ask_next: Option<bool>,
    /// `lost_reasons`
    pub lost_reasons: Option<Vec<String>>,
    /// `currency`
    pub currency: Option<Spanned<String>>,
}

/// `[me]`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Me {
    /// `name`
    pub name: Option<String>,
    /// `company`
    pub company: Option<String>,
    /// `requisites`
    pub requisites: Option<String>,
    /// `address`
    pub address: Option<String>,
    /// `phone`
    pub phone: Option<String>,
    /// `languages`
    pub languages: Option<Vec<Spanned<String>>>,
}

/// `[[account]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// `name`
    pub name: At<String>,
    /// `email`
    pub email: At<String>,
    /// `kind`
    pub kind: At<String>,
    /// `read_only`
    pub read_only: Option<bool>,
    /// `signature`
    pub signature: At<String>,
    /// `signature_html`
    pub signature_html: At<String>,
    /// `signature_photo`
    pub signature_photo: At<String>,
    /// `signature_place`
    pub signature_place: At<String>,
    /// `quote`
    pub quote: Option<bool>,
    /// `answer`
    pub answer: At<String>,
    /// `html`
    pub html: Option<bool>,
    /// `[account.imap]`
    pub imap: At<Server>,
    /// `[account.smtp]`
    pub smtp: At<Server>,
    /// `[account.oauth]`
    pub oauth: At<OAuth>,
}

/// `[account.imap]` and `[account.smtp]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// `host`
    pub host: At<String>,
    /// `port`
    pub port: At<u16>,
    /// `security`
    pub security: At<String>,
    /// `auth`
    pub auth: At<String>,
    /// `user`
    pub user: At<String>,
    /// `password`
    pub password: At<Password>,
    /// `token`
    pub token: At<Password>,
    /// `ca_file`
    pub ca_file: At<String>,
    /// `certificate`
    pub certificate: At<String>,
}

/// `[account.oauth]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// `provider`
    pub provider: At<String>,
    /// `client_id`
    pub client_id: At<String>,
    /// `client_secret`
    pub client_secret: At<Password>,
    /// `auth_url`
    pub auth_url: At<String>,
    /// `token_url`
    pub token_url: At<String>,
    /// `device_url`
    pub device_url: At<String>,
    /// `scopes`
    pub scopes: At<Vec<String>>,
    /// `security`
    pub security: At<String>,
    /// `ca_file`
    pub ca_file: At<String>,
}

/// `password`, `token`, `client_secret`: where to get it.
pub enum Password {
    /// The password itself stands in the file. It is dropped at once.
    Written,
    /// A table that says where it is.
    Where(Sources),
}

/// The table of `password`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// `keyring = true`
    pub keyring: At<bool>,
    /// `command = "…"`
    pub command: At<String>,
    /// `env = "…"`
    pub env: At<String>,
}

/// `[sending]`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// `undo_seconds`
    pub undo_seconds: At<u64>,
    /// `mailing_per_minute`
    pub mailing_per_minute: At<u64>,
    /// `mailing_per_day`
    pub mailing_per_day: At<u64>,
}

/// `[sync]`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Sync {
    /// `every_seconds`
    pub every_seconds: At<u64>,
    /// `large_attachments`
    pub large_attachments: At<String>,
}

/// `[notices]`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// `desktop`
    pub desktop: Option<bool>,
    /// `bell`
    pub bell: Option<bool>,
    /// `command`
    pub command: At<String>,
    /// `quiet_hours`
    pub quiet_hours: At<String>,
    /// `weekdays`
    pub weekdays: Option<Vec<Spanned<String>>>,
}

/// `[screen]`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// `theme`
    pub theme: At<String>,
    /// `zone`
    pub zone: At<String>,
}

/// `[work]`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// `hours`
    pub hours: At<String>,
    /// `weekdays`
    pub weekdays: Option<Vec<Spanned<String>>>,
    /// `holidays`
    pub holidays: Option<Vec<Spanned<String>>>,
    /// `answer_within_hours`
    pub answer_within_hours: At<u64>,
    /// `follow_up_days`
    pub follow_up_days: At<u64>,
}

/// `[[pipeline]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// `name`
    pub name: At<String>,
    /// `stages`
    pub stages: At<Vec<Spanned<Stage>>>,
    /// `stale_days`
    pub stale_days: At<u64>,
}

/// An entry of `stages`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// `name`
    pub name: At<String>,
    /// `probability`
    pub probability: At<u64>,
}

/// `[[field]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// `of`
    pub of: At<String>,
    /// `name`
    pub name: At<String>,
    /// `type`
    pub r#type: At<String>,
    /// `choices`
    pub choices: Option<Vec<String>>,
}

/// `[[order_form]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderForm {
    /// `from`
    pub from: At<String>,
    /// `subject`
    pub subject: At<String>,
    /// `fields`
    pub fields: At<std::collections::BTreeMap<String, Spanned<String>>>,
}

/// Reads the file's shape.
///
/// # Errors
/// Not TOML, an unknown key, a value of the wrong type: each with its line.
pub fn read(source: &Source<'_>) -> Result<File> {
    toml::from_str(source.text).map_err(|error| source.shape(&error))
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Password;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table")
            }
            // The default of each of these would put the value, which is a password, into the error.
            fn visit_str<E: de::Error>(self, _: &str) -> std::result::Result<Password, E> {
                Ok(Password::Written)
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> std::result::Result<Password, E> {
                Ok(Password::Written)
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> std::result::Result<Password, E> {
                Ok(Password::Written)
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> std::result::Result<Password, E> {
                Ok(Password::Written)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> std::result::Result<Password, A::Error> {
                Sources::deserialize(MapAccessDeserializer::new(map)).map(Password::Where)
            }
        }
        deserializer.deserialize_any(Either)
    }
}
