//! Values for a template's fields.
//!
//! Plain values come from the command line; secrets from a prompt without echo, standard input, or
//! files. A secret is never an argument: every user of the machine could read it in the list of
//! processes, and the shell's history would keep it.

use crate::cli::{Failure, input};
use purser_engine::{Secret, Secrets, TemplateField};
use purser_model::FieldName;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

/// Largest file that is read as a secret. Keys and tokens are shorter.
const MAX_SECRET_BYTES: u64 = 64 << 10;

/// Values from the command line.
#[derive(Debug, clap::Args)]
pub(super) struct FieldValues {
    /// Set a field of the template; not for secrets
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = parse_field)]
    fields: Vec<(FieldName, String)>,
    /// Read the secret from standard input instead of a prompt
    #[arg(long)]
    secret_stdin: bool,
    /// Read a secret from a file instead of a prompt; name its field if there are several
    #[arg(long, value_name = "[FIELD=]FILE", value_parser = parse_secret_file)]
    secret_file: Vec<SecretFile>,
}

/// File that holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SecretFile {
    /// Field that the secret is for; absent if the template has only one to fill.
    field: Option<FieldName>,
    path: PathBuf,
}

impl FieldValues {
    /// Returns the plain fields.
    pub(super) fn fields(&self) -> Result<BTreeMap<FieldName, String>, Failure> {
        let mut fields = BTreeMap::new();
        for (name, value) in &self.fields {
            if fields.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::input(
                    format!("the field {name} is set twice"),
                    "set it once",
                ));
            }
        }

        Ok(fields)
    }

    /// Returns true if a secret is given without a prompt.
    pub(super) fn has_secrets(&self) -> bool {
        self.secret_stdin || !self.secret_file.is_empty()
    }

    /// Returns the secret fields: from files and standard input, and the others from a prompt.
    pub(super) fn secrets(&self, fields: &[TemplateField]) -> Result<Secrets, Failure> {
        let mut missing: Vec<_> = fields.iter().filter(|field| field.secret).collect();
        let mut secrets = Secrets::new();

        // Files that name their field come first, so that the others find one field less.
        let is_named = |file: &&SecretFile| file.field.is_some();
        let unnamed = self.secret_file.iter().filter(|file| !is_named(file));
        for file in self.secret_file.iter().filter(is_named).chain(unnamed) {
            let field = take_field(file.field.as_ref(), &mut missing, "--secret-file")?;
            let text = input::read_text(&file.path, MAX_SECRET_BYTES)?;
            secrets.insert(field.name.clone(), to_secret(text, field)?);
        }
        if self.secret_stdin {
            let field = take_field(None, &mut missing, "--secret-stdin")?;
            let text = input::read_text(Path::new("-"), MAX_SECRET_BYTES)?;
            secrets.insert(field.name.clone(), to_secret(text, field)?);
        }
        for field in missing {
            if let Some(text) = prompt(field, self.has_secrets())? {
                secrets.insert(field.name.clone(), to_secret(text, field)?);
            }
        }

        Ok(secrets)
    }
}

/// Takes the field that a secret is for out of the missing ones.
///
/// Without a name it is the only required field; or the only one that is not a private key; or the
/// only one.
fn take_field<'a>(
    name: Option<&FieldName>,
    missing: &mut Vec<&'a TemplateField>,
    option: &str,
) -> Result<&'a TemplateField, Failure> {
    let found = match name {
        Some(name) => missing.iter().find(|field| field.name == *name).copied(),
        None => only_field(missing),
    };
    let Some(found) = found else {
        return Err(no_such_field(name, missing, option));
    };

    missing.retain(|field| field.name != found.name);
    Ok(found)
}

fn only_field<'a>(missing: &[&'a TemplateField]) -> Option<&'a TemplateField> {
    let required: Vec<_> = missing.iter().filter(|field| field.required).collect();
    // Among optional secrets, a private key must be named; a password need not be.
    let passwords: Vec<_> = missing
        .iter()
        .filter(|field| !field.is_private_key())
        .collect();
    let all: Vec<_> = missing.iter().collect();

    let candidates = [required, passwords, all]
        .into_iter()
        .find(|fields| !fields.is_empty())?;
    match candidates.as_slice() {
        [only] => Some(**only),
        _ => None,
    }
}

fn no_such_field(name: Option<&FieldName>, missing: &[&TemplateField], option: &str) -> Failure {
    let names: Vec<_> = missing.iter().map(|field| field.name.as_str()).collect();

    match (name, names.as_slice()) {
        (Some(name), []) => Failure::input(
            format!("no secret field {name} of the template is missing a value"),
            "leave it out",
        ),
        (Some(name), names) => Failure::input(
            format!("the template has no secret field {name}"),
            format!("its secret fields are: {}", names.join(", ")),
        ),
        (None, []) => Failure::input(
            format!("{option} is not needed: no secret is missing"),
            "leave it out",
        ),
        (None, names) => Failure::input(
            format!("{option} does not name its field, and several secrets are missing"),
            format!(
                "name the field, as in --secret-file {}=FILE",
                names.join("=FILE --secret-file ")
            ),
        ),
    }
}

/// Returns a secret without the line break that editors and `echo` add at its end.
fn to_secret(mut text: String, field: &TemplateField) -> Result<Secret, Failure> {
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    if text.is_empty() {
        return Err(Failure::input(
            format!("the {} is empty", label(field)),
            "give it again; nothing was stored",
        ));
    }

    Ok(Secret::new(text))
}

/// Asks for a secret at the terminal.
///
/// Asks for an optional secret only if a user can decline: at a terminal, and if no other secret
/// was given by an option.
fn prompt(field: &TemplateField, has_other_secrets: bool) -> Result<Option<String>, Failure> {
    let label = label(field);
    let is_interactive = !has_other_secrets && io::stdin().is_terminal();
    if !field.required && (!is_interactive || field.is_private_key()) {
        return Ok(None);
    }
    // A private key has several lines, which a prompt cannot read.
    if field.is_private_key() {
        return Err(Failure::input(
            format!("the {label} is missing"),
            format!("give it with --secret-file {}=FILE", field.name),
        ));
    }

    let hint = if field.required {
        "hidden"
    } else {
        "hidden; leave empty if there is none"
    };
    let text = rpassword::prompt_password(format!("{label} ({hint}): ")).map_err(|error| {
        Failure::input(
            format!("there is no terminal to ask for the {label}: {error}"),
            "give it with --secret-stdin or --secret-file",
        )
    })?;
    Ok((field.required || !text.is_empty()).then_some(text))
}

/// Returns a field's name in words, such as `client secret`.
fn label(field: &TemplateField) -> String {
    field.name.as_str().replace('-', " ")
}

/// Parses `FIELD=VALUE`.
fn parse_field(text: &str) -> Result<(FieldName, String), String> {
    let (name, value) = text.split_once('=').ok_or("use FIELD=VALUE")?;
    let name = name.parse().map_err(|error| format!("{error}"))?;

    Ok((name, value.to_owned()))
}

/// Parses `[FIELD=]FILE`.
///
/// A path may hold an equals sign: the text before the first one is a field only if it is a valid
/// name.
fn parse_secret_file(text: &str) -> Result<SecretFile, String> {
    let named = text
        .split_once('=')
        .and_then(|(name, path)| Some((name.parse().ok()?, path)));
    let (field, path) = match named {
        Some((field, path)) => (Some(field), path),
        None => (None, text),
    };

    if path.is_empty() {
        return Err("name a file".into());
    }
    Ok(SecretFile {
        field,
        path: path.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_engine::Template;

    /// Returns the fields of a template with these secrets.
    fn fields(secrets: &[&str]) -> Vec<TemplateField> {
        let mut toml = String::from("name = 'x'\ntitle = 'X'\nsummary = 'X.'\n");
        for name in secrets {
            toml +=
                &format!("[[fields]]\nname = '{name}'\ntitle = 'T'\nhelp = 'H.'\nsecret = true\n");
        }
        for name in secrets {
            toml += &format!("[[sign.headers]]\nname = 'x-{name}'\nvalue = '{{{name}}}'\n");
        }
        Template::parse(&toml).unwrap().fields().to_vec()
    }

    /// Returns the fields of a client with optional secrets.
    fn public_client() -> Vec<TemplateField> {
        let toml = "name = 'x'\ntitle = 'X'\nsummary = 'X.'\n\
            [[fields]]\nname = 'client-secret'\ntitle = 'T'\nhelp = 'H.'\nsecret = true\nrequired = false\n\
            [[fields]]\nname = 'private-key'\ntitle = 'T'\nhelp = 'H.'\nsecret = true\nrequired = false\ntype = 'private-key'\n\
            [oauth]\ngrant = 'authorization-code'\nauthorization-url = 'https://a.example/a'\ntoken-url = 'https://a.example/t'\n\
            client-id = 'me'\nclient-secret = '{client-secret}'\nprivate-key = '{private-key}'\n";
        Template::parse(toml).unwrap().fields().to_vec()
    }

    fn values(stdin: bool, files: &[&str]) -> FieldValues {
        let secret_file = files
            .iter()
            .map(|text| parse_secret_file(text).unwrap())
            .collect();

        FieldValues {
            fields: Vec::new(),
            secret_stdin: stdin,
            secret_file,
        }
    }

    fn read(values: &FieldValues, fields: &[TemplateField]) -> Result<Vec<(String, String)>, u8> {
        let secrets = values
            .secrets(fields)
            .map_err(|failure| failure.exit_code())?;
        Ok(secrets
            .iter()
            .map(|(name, secret)| (name.to_string(), secret.expose().to_owned()))
            .collect())
    }

    #[test]
    fn secret_from_file_has_no_trailing_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let values = values(false, &[path.to_str().unwrap()]);
        let fields = fields(&["token"]);
        for (written, secret) in [
            ("t0ken\n", "t0ken"),
            ("t0ken\r\n", "t0ken"),
            ("t0ken", "t0ken"),
            (" t \n", " t "),
        ] {
            std::fs::write(&path, written).unwrap();
            assert_eq!(
                read(&values, &fields),
                Ok(vec![("token".into(), secret.into())])
            );
        }
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(read(&values, &fields), Err(3));
    }

    #[test]
    fn secret_file_is_assigned_to_its_field() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, name).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let one = path("one");
        let two = path("two");
        let both = fields(&["client-secret", "webhook"]);
        let pairs = |pairs: &[(&str, &str)]| {
            Ok(pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<Vec<_>>())
        };
        let named = values(false, &[&two, &format!("client-secret={one}")]);
        assert_eq!(
            read(&named, &both),
            pairs(&[("client-secret", "one"), ("webhook", "two")])
        );
        assert_eq!(
            read(&values(false, &[&one]), &both),
            Err(3),
            "ambiguous field"
        );
        assert_eq!(
            read(&values(false, &[&format!("password={one}")]), &both),
            Err(3),
            "no such field"
        );
        let public = public_client();
        assert_eq!(
            read(&values(false, &[&one]), &public),
            pairs(&[("client-secret", "one")])
        );
        assert_eq!(
            read(&values(false, &[]), &public),
            pairs(&[]),
            "both are optional"
        );
    }

    #[test]
    fn text_before_equals_sign_is_a_field_only_if_it_is_a_name() {
        assert_eq!(
            parse_secret_file("key=/tmp/a=b").unwrap(),
            SecretFile {
                field: "key".parse().ok(),
                path: "/tmp/a=b".into()
            }
        );
        assert_eq!(
            parse_secret_file("/tmp/a=b").unwrap(),
            SecretFile {
                field: None,
                path: "/tmp/a=b".into()
            }
        );
        assert!(parse_secret_file("key=").is_err());
        assert_eq!(parse_field("filter=a=b").unwrap().1, "a=b");
        assert!(parse_field("filter").is_err() && parse_field("No=x").is_err());
    }
}
