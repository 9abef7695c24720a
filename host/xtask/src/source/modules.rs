//! The modules of a crate, and which of its files import which.

use super::File;
use super::items::{self, Definition};
use super::lexer::Token;
use super::paths::{self, Origin, Path};
use super::product::Product;
use std::collections::{BTreeMap, BTreeSet};

/// Re-exports that are followed from one to the next, at most.
const MAX_REEXPORTS: usize = 8;

/// A product file of a crate, read.
pub(crate) struct Module<'a> {
    pub(crate) file: &'a File,
    /// Its path in the crate: `run`, `page` for `src/run/page.rs`, and none for `src/lib.rs`.
    pub(crate) path: Vec<String>,
    /// Its tokens, comments included.
    pub(crate) tokens: Vec<Token<'a>>,
    /// Its tokens without comments.
    pub(crate) code: Vec<Token<'a>>,
    /// Names that it defines.
    pub(crate) definitions: Vec<Definition<'a>>,
    /// Paths that it names within the crate.
    pub(crate) paths: Vec<Path>,
}

impl Module<'_> {
    /// Path of the file below `src`.
    pub(crate) fn name(&self) -> &str {
        self.file.in_src().unwrap_or(&self.file.path)
    }

    /// True for the root of the crate.
    pub(crate) fn is_root(&self) -> bool {
        self.path.is_empty()
    }
}

/// The product files of one crate.
pub(crate) struct Crate<'a> {
    /// Folder of the manifest, such as `host/engine`.
    pub(crate) package: &'a str,
    pub(crate) modules: Vec<Module<'a>>,
}

/// An import of one file by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    /// Index of the importing module.
    pub(crate) from: usize,
    /// Index of the imported module.
    pub(crate) to: usize,
    /// Line of the first path that leads there.
    pub(crate) line: usize,
}

/// Returns the crates among files, in the order of their folders.
pub(crate) fn crates(files: &[File]) -> Vec<Crate<'_>> {
    let mut packages: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.in_src().is_some()) {
        packages.entry(&file.package).or_default().push(file);
    }
    packages
        .into_iter()
        .map(|(package, files)| Crate::new(package, &files))
        .collect()
}

impl<'a> Crate<'a> {
    fn new(package: &'a str, files: &[&'a File]) -> Self {
        let products: Vec<_> = files
            .iter()
            .map(|file| (*file, module_path(file), Product::of_text(&file.text)))
            .collect();
        let tests: Vec<Vec<String>> = products
            .iter()
            .flat_map(|(_, path, product)| {
                product.test_modules.iter().map(|name| child(path, name))
            })
            .collect();

        let paths: Vec<_> = products.iter().map(|(_, path, _)| path.clone()).collect();
        let modules = products
            .into_iter()
            .filter(|(_, path, _)| !tests.iter().any(|test| path.starts_with(test)))
            .map(|(file, path, product)| Module::new(file, path, product, &paths))
            .collect();
        Self { package, modules }
    }

    /// Returns the imports between its files, one for each pair. Re-exports of a module's own
    /// children are how a crate is wired, and left out.
    pub(crate) fn imports(&self) -> Vec<Import> {
        let mut found = BTreeMap::new();
        for (from, module) in self.modules.iter().enumerate() {
            for path in &module.paths {
                let wiring =
                    path.origin == Origin::Reexport && path.segments.starts_with(&module.path);
                let Some(to) = self.resolve(&path.segments, MAX_REEXPORTS) else {
                    continue;
                };
                if !wiring && to != from {
                    found.entry((from, to)).or_insert(path.line);
                }
            }
        }
        found
            .into_iter()
            .map(|((from, to), line)| Import { from, to, line })
            .collect()
    }

    /// Returns the groups of files that import each other in circles, each in order. Modules for
    /// which `skip` is true take no part.
    pub(crate) fn circles(&self, skip: impl Fn(&Module<'_>) -> bool) -> Vec<Vec<usize>> {
        let mut reached = vec![BTreeSet::new(); self.modules.len()];
        for import in self.imports() {
            let skipped = [import.from, import.to]
                .iter()
                .filter_map(|index| self.modules.get(*index))
                .any(&skip);
            if !skipped && let Some(targets) = reached.get_mut(import.from) {
                targets.insert(import.to);
            }
        }
        close(&mut reached);

        let reaches = |a: usize, b: usize| reached.get(a).is_some_and(|all| all.contains(&b));
        let mut groups: BTreeSet<Vec<usize>> = BTreeSet::new();
        for a in (0..self.modules.len()).filter(|a| reaches(*a, *a)) {
            groups.insert(
                (0..self.modules.len())
                    .filter(|b| reaches(a, *b) && reaches(*b, a))
                    .collect(),
            );
        }
        groups.into_iter().collect()
    }

    /// Returns the index of the file that a path leads to: through re-exports and private imports
    /// to the file that defines the item.
    fn resolve(&self, segments: &[String], depth: usize) -> Option<usize> {
        let known = (0..=segments.len())
            .rev()
            .find_map(|length| Some((length, self.find(segments.get(..length)?)?)));
        let (length, index) = known?;
        let Some(name) = segments.get(length) else {
            return Some(index);
        };

        let module = self.modules.get(index)?;
        let defines = module
            .definitions
            .iter()
            .any(|definition| definition.name == name);
        if defines || depth == 0 {
            return Some(index);
        }
        let named = module
            .paths
            .iter()
            .find(|path| path.origin != Origin::Code && path.name == *name);
        if let Some(path) = named {
            return self.resolve(&path.segments, depth - 1);
        }
        self.resolve_in_globs(module, name, depth).or(Some(index))
    }

    /// Returns the file that a name comes from by a re-export of everything.
    fn resolve_in_globs(&self, module: &Module<'_>, name: &str, depth: usize) -> Option<usize> {
        let globs = module
            .paths
            .iter()
            .filter(|path| path.origin == Origin::Reexport && path.name == "*");
        globs
            .filter_map(|path| path.segments.split_last())
            .find_map(|(_, segments)| {
                let glob = self.find(segments)?;
                let found = self.resolve(&child(segments, name), depth - 1)?;
                let defines = self.modules.get(found)?.definitions.iter();
                let defined = defines.filter(|definition| definition.name == name).count() > 0;
                (defined || found != glob).then_some(found)
            })
    }

    /// Returns the index of the module with exactly this path.
    fn find(&self, path: &[String]) -> Option<usize> {
        self.modules.iter().position(|module| module.path == path)
    }
}

impl<'a> Module<'a> {
    fn new(file: &'a File, path: Vec<String>, product: Product<'a>, all: &[Vec<String>]) -> Self {
        let children: Vec<String> = all
            .iter()
            .filter_map(|other| match other.split_last() {
                Some((name, parent)) if parent == path => Some(name.clone()),
                _ => None,
            })
            .collect();
        let code: Vec<_> = product
            .tokens
            .iter()
            .filter(|token| !token.is_comment())
            .copied()
            .collect();
        Self {
            file,
            definitions: items::definitions(&code),
            paths: paths::paths(&code, &path, &children),
            path,
            tokens: product.tokens,
            code,
        }
    }
}

/// Extends what each index reaches by what that reaches in turn.
fn close(reached: &mut [BTreeSet<usize>]) {
    for middle in 0..reached.len() {
        let further = reached.get(middle).cloned().unwrap_or_default();
        for targets in reached
            .iter_mut()
            .filter(|targets| targets.contains(&middle))
        {
            targets.extend(&further);
        }
    }
}

fn child(path: &[String], name: &str) -> Vec<String> {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

/// Returns the path of a file's module in its crate.
fn module_path(file: &File) -> Vec<String> {
    let path = file.in_src().unwrap_or_default();
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut segments: Vec<_> = path.split('/').map(str::to_owned).collect();
    let is_root = matches!(path, "lib" | "main");
    let is_folder = segments.last().is_some_and(|last| last == "mod");
    if is_root || is_folder {
        segments.pop();
    }
    segments
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Files of a crate `host/a`, by their paths below `src`.
    pub(crate) fn files_of(sources: &[(&str, &str)]) -> Vec<File> {
        sources
            .iter()
            .map(|(path, text)| File {
                path: format!("host/a/src/{path}"),
                package: "host/a".to_owned(),
                text: (*text).to_owned(),
            })
            .collect()
    }

    fn imports(sources: &[(&str, &str)]) -> Vec<(String, String)> {
        let files = files_of(sources);
        let all = crates(&files);
        let [found] = all.as_slice() else {
            panic!("one crate")
        };
        let name = |index: usize| found.modules[index].name().to_owned();
        found
            .imports()
            .iter()
            .map(|import| (name(import.from), name(import.to)))
            .collect()
    }

    #[test]
    fn modules_imports_follow_reexports_to_the_definition() {
        let mut found = imports(&[
            (
                "lib.rs",
                "mod run; mod error; pub use run::Run; pub use error::*;",
            ),
            (
                "run/mod.rs",
                "mod page; pub use page::Page as Sheet; pub struct Run;",
            ),
            ("run/page.rs", "use crate::Error; pub struct Page;"),
            (
                "error.rs",
                "pub enum Error {} fn f(s: crate::run::Sheet, r: crate::Run) {}",
            ),
        ]);
        found.sort();
        let expected = [
            ("error.rs", "run/mod.rs"),
            ("error.rs", "run/page.rs"),
            ("run/page.rs", "error.rs"),
        ];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn modules_circles_are_found_and_tests_take_no_part() {
        let files = files_of(&[
            ("lib.rs", "mod a; mod b; mod c; #[cfg(test)] mod tests;"),
            ("a.rs", "use crate::b::B; #[cfg(test)] use crate::c::C;"),
            ("b.rs", "pub struct B; fn f() { crate::c::g() }"),
            ("c.rs", "pub fn g() { super::a::h() }"),
            ("tests.rs", "use crate::a;"),
        ]);
        let all = crates(&files);
        let [found] = all.as_slice() else {
            panic!("one crate")
        };
        let circles = found.circles(|_| false);
        let [circle] = circles.as_slice() else {
            panic!("one circle: {circles:?}")
        };
        let names: Vec<_> = circle
            .iter()
            .map(|index| found.modules[*index].name())
            .collect();
        assert_eq!(names, ["a.rs", "b.rs", "c.rs"]);
        assert!(found.circles(|module| module.name() == "b.rs").is_empty());
    }
}
