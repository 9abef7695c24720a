//! What a template's fields are filled in with: plain values on the command line, and secrets from a prompt that does not echo, standard
//! input, or files. A secret is never an argument, which every user of the machine could read in the list of processes, and which the
//! shell's history would keep.

use crate::cli::{Failure, input};
use purser_engine::{Secret, Secrets, TemplateField};
use purser_model::FieldName;
use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

/// The largest file that is read as a secret. Keys and tokens are shorter.
const AT_MOST: u64 = 64 << 10;

/// What was given on the command line.
#[derive(Debug, clap::Args)]
pub(super) struct Given {
    /// Give a field of the template its value; not for secrets
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = pair)]
    fields: Vec<(FieldName, String)>,
    /// Read the secret from standard input instead of asking for it
    #[arg(long)]
    secret_stdin: bool,
    /// Read a secret from a file instead of asking for it; with several, say for which field
    #[arg(long, value_name = "[FIELD=]FILE", value_parser = file)]
    secret_file: Vec<SecretFile>,
}

/// A file with a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SecretFile {
    field: Option<FieldName>,
    path: PathBuf,
}

impl Given {
    /// The plain fields.
    pub(super) fn fields(&self) -> Result<BTreeMap<FieldName, String>, Failure> {
        let mut fields = BTreeMap::new();
        for (name, value) in &self.fields {
            if fields.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::input(
                    format!("the field {name} is given twice"),
                    "give it once",
                ));
            }
        }
        Ok(fields)
    }

    /// Whether there is any secret among what was given.
    pub(super) fn has_secrets(&self) -> bool {
        self.secret_stdin || !self.secret_file.is_empty()
    }

    /// The secret fields: those that were given, and the others from a prompt.
    pub(super) fn secrets(&self, fields: &[TemplateField]) -> Result<Secrets, Failure> {
        let mut left: Vec<_> = fields.iter().filter(|field| field.secret).collect();
        let mut secrets = Secrets::new();
        let named = |file: &&SecretFile| file.field.is_some();
        let unnamed = self.secret_file.iter().filter(|file| !named(file));
        for file in self.secret_file.iter().filter(named).chain(unnamed) {
            let field = meant(file.field.as_ref(), &mut left, "--secret-file")?;
            secrets.insert(
                field.name.clone(),
                secret(input::read_text(&file.path, AT_MOST)?, field)?,
            );
        }
        if self.secret_stdin {
            let field = meant(None, &mut left, "--secret-stdin")?;
            secrets.insert(
                field.name.clone(),
                secret(input::read_text(Path::new("-"), AT_MOST)?, field)?,
            );
        }
        for field in left {
            if let Some(text) = ask(field, self.has_secrets())? {
                secrets.insert(field.name.clone(), secret(text, field)?);
            }
        }
        Ok(secrets)
    }
}

/// Which of the secret fields that are left something is for: the one it names; else the only one that must be given, or the only one.
fn meant<'a>(
    name: Option<&FieldName>,
    left: &mut Vec<&'a TemplateField>,
    option: &str,
) -> Result<&'a TemplateField, Failure> {
    let required: Vec<_> = left
        .iter()
        .filter(|field| field.required)
        .copied()
        .collect();
    // Of those that need not be given, a key is told from a password by being named.
    let words: Vec<_> = left
        .iter()
        .filter(|field| !field.is_private_key())
        .copied()
        .collect();
    let found = match name {
        Some(name) => left.iter().find(|field| field.name == *name).copied(),
        None => [required.as_slice(), words.as_slice(), left.as_slice()]
            .into_iter()
            .find(|fields| !fields.is_empty())
            .and_then(|fields| {
                if let [only] = fields {
                    Some(*only)
                } else {
                    None
                }
            }),
    };
    let Some(found) = found else {
        let names: Vec<_> = left.iter().map(|field| field.name.as_str()).collect();
        return Err(match (name, names.as_slice()) {
            (Some(name), _) if names.is_empty() => Failure::input(
                format!("the template has no secret field {name} left to give"),
                "leave it out",
            ),
            (Some(name), names) => Failure::input(
                format!("the template has no secret field {name}"),
                format!("its secret fields are: {}", names.join(", ")),
            ),
            (None, []) => Failure::input(
                format!("there is no secret left for {option}"),
                "leave it out",
            ),
            (None, names) => Failure::input(
                format!("it is not clear which secret {option} is for"),
                format!(
                    "say it, as in --secret-file {}=FILE",
                    names.join("=FILE --secret-file ")
                ),
            ),
        });
    };
    left.retain(|field| field.name != found.name);
    Ok(found)
}

/// A secret, without the line break that editors and `echo` leave at its end.
fn secret(mut text: String, field: &TemplateField) -> Result<Secret, Failure> {
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    if text.is_empty() {
        let what = format!("the {} is empty", in_words(field));
        return Err(Failure::input(what, "give it again; nothing was stored"));
    }
    Ok(Secret::new(text))
}

/// Asks for a secret. What need not be given is asked for only where somebody can say no.
fn ask(field: &TemplateField, others_given: bool) -> Result<Option<String>, Failure> {
    let what = in_words(field);
    if !field.required && (others_given || field.is_private_key() || !io::stdin().is_terminal()) {
        return Ok(None);
    }
    if field.is_private_key() {
        let next = format!("give it with --secret-file {}=FILE", field.name);
        return Err(Failure::input(format!("the {what} is missing"), next));
    }
    let or_none = if field.required {
        ""
    } else {
        "; nothing if there is none"
    };
    let text = rpassword::prompt_password(format!("The {what} (not shown{or_none}): ")).map_err(
        |error| {
            let what = format!("there is no terminal to ask for the {what}: {error}");
            Failure::input(what, "give it with --secret-stdin or --secret-file")
        },
    )?;
    Ok((field.required || !text.is_empty()).then_some(text))
}

/// `client-secret` as people say it.
fn in_words(field: &TemplateField) -> String {
    field.name.as_str().replace('-', " ")
}

fn pair(text: &str) -> Result<(FieldName, String), String> {
    let (name, value) = text.split_once('=').ok_or("use FIELD=VALUE")?;
    Ok((
        name.parse().map_err(|error| format!("{error}"))?,
        value.to_owned(),
    ))
}

/// A path may hold an equals sign: what stands before the first one is a field only if it could be one.
fn file(text: &str) -> Result<SecretFile, String> {
    let (field, path) = match text.split_once('=') {
        Some((name, path)) => match name.parse() {
            Ok(field) => (Some(field), path),
            Err(_) => (None, text),
        },
        None => (None, text),
    };
    if path.is_empty() {
        Err("name a file".into())
    } else {
        Ok(SecretFile {
            field,
            path: path.into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use purser_engine::Template;

    /// The fields of a template that signs with these secrets.
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

    /// Those of a client that need not have a secret.
    fn public_client() -> Vec<TemplateField> {
        let toml = "name = 'x'\ntitle = 'X'\nsummary = 'X.'\n\
            [[fields]]\nname = 'client-secret'\ntitle = 'T'\nhelp = 'H.'\nsecret = true\nrequired = false\n\
            [[fields]]\nname = 'private-key'\ntitle = 'T'\nhelp = 'H.'\nsecret = true\nrequired = false\ntype = 'private-key'\n\
            [oauth]\ngrant = 'authorization-code'\nauthorization-url = 'https://a.example/a'\ntoken-url = 'https://a.example/t'\n\
            client-id = 'me'\nclient-secret = '{client-secret}'\nprivate-key = '{private-key}'\n";
        Template::parse(toml).unwrap().fields().to_vec()
    }

    fn given(stdin: bool, files: &[&str]) -> Given {
        let secret_file = files.iter().map(|text| file(text).unwrap()).collect();
        Given {
            fields: Vec::new(),
            secret_stdin: stdin,
            secret_file,
        }
    }

    fn read(given: &Given, fields: &[TemplateField]) -> Result<Vec<(String, String)>, u8> {
        let secrets = given
            .secrets(fields)
            .map_err(|failure| failure.exit_code())?;
        Ok(secrets
            .iter()
            .map(|(name, secret)| (name.to_string(), secret.expose().to_owned()))
            .collect())
    }

    #[test]
    fn the_line_break_at_the_end_is_no_part_of_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let given = given(false, &[path.to_str().unwrap()]);
        let fields = fields(&["token"]);
        for (written, secret) in [
            ("t0ken\n", "t0ken"),
            ("t0ken\r\n", "t0ken"),
            ("t0ken", "t0ken"),
            (" t \n", " t "),
        ] {
            std::fs::write(&path, written).unwrap();
            assert_eq!(
                read(&given, &fields),
                Ok(vec![("token".into(), secret.into())])
            );
        }
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(read(&given, &fields), Err(3));
    }

    #[test]
    fn each_file_goes_to_the_field_it_is_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, name).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (one, two) = (path("one"), path("two"));
        let both = fields(&["client-secret", "webhook"]);
        let pairs = |pairs: &[(&str, &str)]| {
            Ok(pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<Vec<_>>())
        };
        let named = given(false, &[&two, &format!("client-secret={one}")]);
        assert_eq!(
            read(&named, &both),
            pairs(&[("client-secret", "one"), ("webhook", "two")])
        );
        assert_eq!(
            read(&given(false, &[&one]), &both),
            Err(3),
            "which of the two?"
        );
        assert_eq!(
            read(&given(false, &[&format!("password={one}")]), &both),
            Err(3),
            "no such field"
        );
        let public = public_client();
        assert_eq!(
            read(&given(false, &[&one]), &public),
            pairs(&[("client-secret", "one")])
        );
        assert_eq!(
            read(&given(false, &[]), &public),
            pairs(&[]),
            "neither need be given"
        );
    }

    #[test]
    fn a_field_is_told_from_a_path() {
        assert_eq!(
            file("key=/tmp/a=b").unwrap(),
            SecretFile {
                field: "key".parse().ok(),
                path: "/tmp/a=b".into()
            }
        );
        assert_eq!(
            file("/tmp/a=b").unwrap(),
            SecretFile {
                field: None,
                path: "/tmp/a=b".into()
            }
        );
        assert!(file("key=").is_err());
        assert_eq!(pair("filter=a=b").unwrap().1, "a=b");
        assert!(pair("filter").is_err() && pair("No=x").is_err());
    }
}
