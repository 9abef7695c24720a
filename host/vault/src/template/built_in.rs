//! Templates that come with Purser.

use super::definition::Template;
use std::sync::LazyLock;

const FILES: [&str; 8] = [
    include_str!("../../templates/bearer.toml"),
    include_str!("../../templates/basic.toml"),
    include_str!("../../templates/basic-api-key.toml"),
    include_str!("../../templates/api-key-header.toml"),
    include_str!("../../templates/api-key-query.toml"),
    include_str!("../../templates/oauth-authorization-code.toml"),
    include_str!("../../templates/oauth-client-credentials.toml"),
    include_str!("../../templates/oauth-jwt-bearer.toml"),
];

/// Returns the templates that come with Purser, simplest first.
#[must_use]
pub fn built_in() -> &'static [Template] {
    // All of them parse: a test checks that none is missing here.
    static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
        FILES
            .into_iter()
            .filter_map(|toml| Template::parse(toml).ok())
            .collect()
    });

    &TEMPLATES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_file_is_a_template() {
        for toml in FILES {
            if let Err(error) = Template::parse(toml) {
                panic!("{error} in\n{toml}");
            }
        }

        assert_eq!(built_in().len(), FILES.len());

        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/templates")).unwrap();

        assert_eq!(files.count(), FILES.len(), "a file that is not built in");
    }
}
