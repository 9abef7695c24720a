//! Settings of the profile.
//!
//! The host validates them against the description, so a failure here means that the connector and
//! its description do not agree.

use crate::{Failure, Setting, SettingValue};

/// Access by name to the settings that come with every request:
/// `request.settings.text("product")?`.
pub trait Settings {
    /// Returns the value of a setting, or `None` if the profile does not set it and it has no
    /// default.
    fn value(&self, name: &str) -> Option<&SettingValue>;

    /// Returns a text or choice that has a default or is required.
    ///
    /// # Errors
    /// [`Failure::ConfigInvalid`] that names the setting, if it is absent or not a text.
    fn text(&self, name: &str) -> Result<&str, Failure> {
        self.optional_text(name)?.ok_or_else(|| absent(name))
    }

    /// Returns a text or choice, if it is set.
    ///
    /// # Errors
    /// [`Failure::ConfigInvalid`] that names the setting, if it is not a text.
    fn optional_text(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.value(name) {
            None => Ok(None),
            Some(SettingValue::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(name, "text")),
        }
    }

    /// Returns a whole number that has a default or is required.
    ///
    /// # Errors
    /// [`Failure::ConfigInvalid`] that names the setting, if it is absent or not a whole number.
    fn integer(&self, name: &str) -> Result<i64, Failure> {
        match self.value(name) {
            None => Err(absent(name)),
            Some(SettingValue::Integer(number)) => Ok(*number),
            Some(_) => Err(wrong_type(name, "a whole number")),
        }
    }

    /// Returns a boolean that has a default or is required.
    ///
    /// # Errors
    /// [`Failure::ConfigInvalid`] that names the setting, if it is absent or not a boolean.
    fn boolean(&self, name: &str) -> Result<bool, Failure> {
        match self.value(name) {
            None => Err(absent(name)),
            Some(SettingValue::Boolean(value)) => Ok(*value),
            Some(_) => Err(wrong_type(name, "true or false")),
        }
    }
}

impl Settings for [Setting] {
    fn value(&self, name: &str) -> Option<&SettingValue> {
        self.iter()
            .find(|setting| setting.name == name)
            .map(|setting| &setting.value)
    }
}

fn absent(name: &str) -> Failure {
    Failure::ConfigInvalid(format!("setting {name} is not set"))
}

fn wrong_type(name: &str, takes: &str) -> Failure {
    Failure::ConfigInvalid(format!("setting {name} takes {takes}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_or_mistyped_setting_is_named() {
        let settings = [
            Setting {
                name: "product".into(),
                value: "seat".into(),
            },
            Setting {
                name: "limit".into(),
                value: 50.into(),
            },
            Setting {
                name: "guests".into(),
                value: true.into(),
            },
        ];
        assert_eq!(settings.text("product"), Ok("seat"));
        assert_eq!(settings.integer("limit"), Ok(50));
        assert_eq!(settings.boolean("guests"), Ok(true));
        assert_eq!(settings.optional_text("group"), Ok(None));
        assert_eq!(
            settings.text("group"),
            Err(Failure::ConfigInvalid("setting group is not set".into()))
        );
        assert_eq!(
            settings.text("limit"),
            Err(Failure::ConfigInvalid("setting limit takes text".into()))
        );
        assert_eq!(
            settings.integer("product"),
            Err(Failure::ConfigInvalid(
                "setting product takes a whole number".into()
            ))
        );
        assert_eq!(
            settings.boolean("limit"),
            Err(Failure::ConfigInvalid(
                "setting limit takes true or false".into()
            ))
        );
    }
}
