//! A field as the templates draw it.

/// How a field is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A line.
    Text { autocomplete: &'static str, inputmode: &'static str, width: &'static str },
    /// A day, with the browser's own calendar: for professionals.
    Day,
    /// Some words.
    Words,
    /// A line, with suggestions.
    Suggested,
    /// A file to choose.
    File,
    /// A list to unfold.
    Select,
    /// A date in three fields.
    Date,
    /// Radio buttons, or boxes to tick.
    Choices { many: bool },
}

/// A field.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) error: Option<String>,
    pub(super) value: String,
    /// What a list to unfold says when nothing is chosen.
    pub(super) none: &'static str,
    pub(super) kind: Shape,
    pub(super) options: Vec<Choice>,
    pub(super) parts: Vec<Part>,
}

/// One of the choices of a field.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// One of the three fields of a date.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) width: &'static str,
    pub(super) autocomplete: &'static str,
}

impl Field {
    pub(super) fn new(name: &str, label: &str, kind: Shape) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            error: None,
            value: String::new(),
            none: "Choisissez",
            kind,
            options: Vec::new(),
            parts: Vec::new(),
        }
    }

    pub(super) fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    pub(super) fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    pub(super) fn value(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }

    pub(super) fn none(mut self, none: &'static str) -> Self {
        self.none = none;
        self
    }

    /// The choices, and those that are chosen.
    pub(super) fn options(
        mut self,
        options: impl IntoIterator<Item = (String, String)>,
        chosen: impl Fn(&str) -> bool,
    ) -> Self {
        self.options = options
            .into_iter()
            .enumerate()
            .map(|(index, (value, label))| Choice {
                id: format!("{}-{}", self.name, index + 1),
                chosen: chosen(&value),
                value,
                label,
            })
            .collect();
        self
    }

    /// The three fields of a date; `birth` lets the browser fill in the person's own.
    pub(super) fn parts(mut self, birth: bool, value: impl Fn(&str) -> String) -> Self {
        let fill = |known| if birth { known } else { "" };
        self.parts = [
            ("jour", "Jour", "bref", fill("bday-day")),
            ("mois", "Mois", "bref", fill("bday-month")),
            ("annee", "Année", "court", fill("bday-year")),
        ]
        .into_iter()
        .map(|(suffix, label, width, autocomplete)| {
            let name = format!("{}_{suffix}", self.name);
            Part { id: name.clone(), value: value(&name), name, label, width, autocomplete }
        })
        .collect();
        self
    }

    /// What a screen reader tells with the field.
    pub(super) fn described_by(&self) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-aide", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-faute", self.name));
        match (hint, error) {
            (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
            (hint, error) => hint.or(error),
        }
    }
}
