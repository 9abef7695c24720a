//! Values of the WIT package in a guest's memory (component model, canonical ABI: "Storing").

/// Part of a guest's memory, filled from [`Image::BASE`] on.
#[derive(Default)]
pub(crate) struct Image {
    bytes: Vec<u8>,
}

impl Image {
    /// The address of the first byte. Results of imports go below it.
    pub(crate) const BASE: u32 = 4096;

    /// Places a value, aligned to 8, and returns its address.
    pub(crate) fn place(&mut self, value: &[u8]) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let address = Self::BASE + self.bytes.len() as u32;
        self.bytes.extend_from_slice(value);
        address
    }

    /// Places a string, and returns its address and length.
    pub(crate) fn string(&mut self, text: &str) -> Vec<u8> {
        [self.place(text.as_bytes()), text.len() as u32]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// Places a list of values of one size, and returns its address and length.
    pub(crate) fn list(&mut self, items: &[Vec<u8>]) -> Vec<u8> {
        [self.place(&items.concat()), items.len() as u32]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// Returns an `option<string>`.
    pub(crate) fn optional(&mut self, text: Option<&str>) -> Vec<u8> {
        match text {
            Some(text) => [vec![1, 0, 0, 0], self.string(text)].concat(),
            None => vec![0; 12],
        }
    }

    /// Returns an `account` with nothing but an id.
    pub(crate) fn account(&mut self, id: &str) -> Vec<u8> {
        let mut account = self.string(id);
        account.resize(136, 0);
        account
    }

    /// Returns a `product`.
    pub(crate) fn product(&mut self, id: &str, name: &str) -> Vec<u8> {
        [self.string(id), self.string(name), vec![0; 16]].concat()
    }

    /// Returns a `rejected-row` with a text that was placed before.
    pub(crate) fn rejected(&mut self, text: &[u8]) -> Vec<u8> {
        [&[0; 12], text, text].concat()
    }

    /// Places `ok(page)`. `kind` is the case of `records`: accounts, activity, products.
    pub(crate) fn page(
        &mut self,
        kind: u8,
        rows: &[Vec<u8>],
        rejected: &[Vec<u8>],
        next: Option<&str>,
    ) -> u32 {
        let records = [vec![kind, 0, 0, 0], self.list(rows)].concat();
        let rejected = self.list(rejected);
        let next = self.optional(next);
        self.place(&[vec![0; 8], records, rejected, next, vec![0; 32]].concat())
    }

    /// Places `err(failure)` of a case with a text.
    pub(crate) fn failure(&mut self, case: u8, text: &str) -> u32 {
        let text = self.string(text);
        self.place(
            &[
                vec![1],
                vec![0; 7],
                vec![case],
                vec![0; 7],
                text,
                vec![0; 8],
            ]
            .concat(),
        )
    }

    /// Places the `description` of a connector with one stream of accounts, `users`.
    pub(crate) fn description(&mut self, name: &str, summary: &str) -> u32 {
        let stream = [self.string("users"), self.string("Users"), vec![0, 0, 0, 0]].concat();
        let mut fields = Vec::new();
        for text in [name, "1.2.3", "Example Ltd", "Example", summary] {
            fields.extend(self.string(text));
        }
        let template = self.string("bearer");
        fields.extend(self.list(&[template]));
        fields.extend(self.list(&[]));
        fields.extend(self.list(&[stream]));
        fields.extend(self.list(&[]));
        fields.extend(self.list(&[]));
        fields.resize(112, 0);
        self.place(&fields)
    }

    /// Returns the image as a data segment in text format.
    pub(crate) fn segment(&self) -> String {
        let bytes: String = self
            .bytes
            .iter()
            .map(|byte| format!("\\{byte:02x}"))
            .collect();
        format!("(data (i32.const {}) \"{bytes}\")", Self::BASE)
    }
}
