//! Values of the WIT package in a guest's memory (component model, canonical ABI: "Storing").

/// Content of a guest's memory from [`Image::BASE`] on.
#[derive(Default)]
pub(crate) struct Image {
    bytes: Vec<u8>,
}

impl Image {
    /// Address of the first byte. Results of imports go below it.
    pub(crate) const BASE: u32 = 4096;

    /// Places a value, aligned to 8, and returns its address.
    pub(crate) fn place(&mut self, value: &[u8]) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let address = Self::BASE + u32::try_from(self.bytes.len()).unwrap();
        self.bytes.extend_from_slice(value);
        address
    }

    /// Places a string and returns its address and length.
    pub(crate) fn string(&mut self, text: &str) -> Vec<u8> {
        let length = u32::try_from(text.len()).unwrap();
        [self.place(text.as_bytes()), length]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// Places a list of values of one size, and returns its address and length.
    pub(crate) fn list(&mut self, items: &[Vec<u8>]) -> Vec<u8> {
        let length = u32::try_from(items.len()).unwrap();
        [self.place(&items.concat()), length]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// Returns a present `option<string>`.
    pub(crate) fn some(&mut self, text: &str) -> Vec<u8> {
        [vec![1, 0, 0, 0], self.string(text)].concat()
    }

    /// Returns an `account` with nothing but an id.
    pub(crate) fn account(&mut self, id: &str) -> Vec<u8> {
        let mut account = self.string(id);
        account.resize(136, 0);
        account
    }

    /// Places `ok(page)` with these accounts and no cursor.
    pub(crate) fn page(&mut self, accounts: &[Vec<u8>]) -> u32 {
        let records = [vec![0; 4], self.list(accounts)].concat();
        self.place(&[vec![0; 8], records, vec![0; 8], vec![0; 44]].concat())
    }

    /// Places the `description` of a connector with one stream of accounts, `users`. Every list has
    /// one element, with its texts from `texts`.
    pub(crate) fn description(&mut self, texts: &Texts<'_>) -> u32 {
        let mut fields = Vec::new();
        for text in ["example", "1.2.3", texts[0], texts[1], texts[2]] {
            fields.extend(self.string(text));
        }

        let template = self.string(texts[3]);
        let setting = self.setting(texts);
        let stream = [self.string("users"), self.string(texts[8]), vec![0; 4]].concat();
        let offer = [vec![1, 0, 0, 0], self.string(texts[9]), vec![0; 16]].concat();
        let methods = self.list(&[vec![0]]);
        let path = self.string("/users");

        let reason = self.string(texts[10]);

        let wanted = [vec![0; 12], methods, vec![0; 12], path, reason].concat();
        for list in [template, setting, stream, offer, wanted] {
            fields.extend(self.list(&[list]));
        }

        fields.resize(112, 0);
        self.place(&fields)
    }

    /// Returns a `setting-field` with a choice of one value, its default.
    fn setting(&mut self, texts: &Texts<'_>) -> Vec<u8> {
        let name = self.string("site");
        let title = self.string(texts[4]);
        let help = self.string(texts[5]);
        let value = self.string(texts[6]);
        let choice = [vec![3, 0, 0, 0], self.list(&[value])].concat();

        // The required flag; then the option's case, the variant's case, and the text, each aligned
        // to 8.
        let default = [
            vec![0; 4],
            vec![1],
            vec![0; 7],
            vec![0; 8],
            self.string(texts[7]),
        ]
        .concat();

        [name, title, help, choice, default].concat()
    }

    /// Returns the image as a data segment in the text format.
    pub(crate) fn segment(&self) -> String {
        let bytes: String = self
            .bytes
            .iter()
            .map(|byte| format!("\\{byte:02x}"))
            .collect();
        format!("(data (i32.const {}) \"{bytes}\")", Self::BASE)
    }
}

/// Texts of a description for people: publisher, application, summary, template; title, help, value
/// and default of a setting; title of a stream; summary of a reclaim offer; reason of a requested
/// access.
pub(crate) type Texts<'a> = [&'a str; 11];

/// Texts of the honest connector.
pub(crate) const TEXTS: Texts<'static> = [
    "Example Ltd",
    "Example",
    "An example.",
    "bearer",
    "Site",
    "Which site.",
    "main",
    "main",
    "Users",
    "Suspends.",
    "To list.",
];
