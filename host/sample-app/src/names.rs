//! Names of people, departments, groups and programs.
//!
//! Real companies employ people whose names are not ASCII, contain apostrophes and hyphens, have
//! one part or five, or look like code. So does this one.

/// A given or a family name, with its spelling in an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamePart {
    /// The name as the company spells it.
    pub(crate) text: &'static str,
    /// The name in an address: lower-case ASCII letters.
    pub(crate) slug: &'static str,
}

impl NamePart {
    /// An empty name.
    pub(crate) const EMPTY: Self = part("", "");
}

const fn part(text: &'static str, slug: &'static str) -> NamePart {
    NamePart { text, slug }
}

/// Given names.
pub(crate) const GIVEN: [NamePart; 32] = [
    part("Zoë", "zoe"),
    part("Anh Dũng", "anhdung"),
    part("Søren", "soren"),
    part("Amélie", "amelie"),
    part("Łukasz", "lukasz"),
    part("Νίκος", "nikos"),
    part("Ольга", "olga"),
    part("小龍", "xiaolong"),
    part("さくら", "sakura"),
    part("يوسف", "yusuf"),
    part("Jean-Luc", "jeanluc"),
    part("D'Arcy", "darcy"),
    part("Maria del Carmen", "mariadelcarmen"),
    part("Grace", "grace"),
    part("Hugo", "hugo"),
    part("Priya", "priya"),
    part("Tomasz", "tomasz"),
    part("Wei", "wei"),
    part("Ursula", "ursula"),
    part("Victor", "victor"),
    part("Amara", "amara"),
    part("Felipe", "felipe"),
    part("Ines", "ines"),
    part("Oscar", "oscar"),
    part("Rosa", "rosa"),
    part("Daniel", "daniel"),
    part("Elena", "elena"),
    part("Farid", "farid"),
    part("Katarzyna", "katarzyna"),
    part("Liam", "liam"),
    part("Nadia", "nadia"),
    part("Yusuf", "yusuf"),
];

/// Family names. One of them is empty, because some people have one name only.
pub(crate) const FAMILY: [NamePart; 32] = [
    part("O'Connor", "oconnor"),
    part("Müller-Lüdenscheidt", "muellerluedenscheidt"),
    part("García Márquez", "garciamarquez"),
    part("Nguyễn", "nguyen"),
    part("Παπαδόπουλος", "papadopoulos"),
    part("Иванова", "ivanova"),
    part("李", "li"),
    part("", "mono"),
    part("Null", "null"),
    part("Drop; Table--", "droptable"),
    part("Smith, Jr.", "smithjr"),
    part("\"Ace\" Okafor", "okafor"),
    part("van der Berg", "vanderberg"),
    part("Åström", "astrom"),
    part("Şahin", "sahin"),
    part("D’Angelo", "dangelo"),
    part("Andersen", "andersen"),
    part("Bianchi", "bianchi"),
    part("Castillo", "castillo"),
    part("Dubois", "dubois"),
    part("Fischer", "fischer"),
    part("Hoffmann", "hoffmann"),
    part("Johnson", "johnson"),
    part("Kowalski", "kowalski"),
    part("Nakamura", "nakamura"),
    part("Petrov", "petrov"),
    part("Quispe", "quispe"),
    part("Rossi", "rossi"),
    part("Tanaka", "tanaka"),
    part("Usman", "usman"),
    part("Williams", "williams"),
    part("Zhang", "zhang"),
];

/// Departments of the company.
pub(crate) const DEPARTMENTS: [&str; 8] = [
    "Engineering",
    "Sales",
    "Marketing",
    "Finance",
    "People & Culture",
    "Customer Success",
    "R&D, Applied",
    "Operations",
];

/// Groups of the application that pass seats on to their members.
pub(crate) const GROUPS: [&str; 3] = ["Design guild", "Übersetzer", "Project leads"];

/// Names of programs.
pub(crate) const BOTS: [&str; 4] = [
    "Deploy Bot",
    "Calendar Sync",
    "Build Status",
    "Nightly Export",
];
