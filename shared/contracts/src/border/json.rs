//! From bytes to JSON: duplicate fields and absurd depths are errors, not surprises.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Errors, MAX_DEPTH, Rejected, child, code, shown};

/// Why bytes are not a body.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// Not JSON at all: 400.
    #[error("the body is not json")]
    NotJson,
    /// JSON that says something twice, or is nested too deeply: 422.
    #[error("the body is ambiguous or nested too deeply")]
    Rejected(#[source] Rejected),
}

/// Reads a body. A field there twice is refused: whichever is kept, somebody meant the other.
pub fn read_json(body: &[u8]) -> Result<Value, Unread> {
    let errors = Errors::default();
    let mut reader = serde_json::Deserializer::from_slice(body);
    let strict = Strict { pointer: String::new(), depth: 0, errors: &errors };
    let value = strict.deserialize(&mut reader).map_err(|_| Unread::NotJson)?;
    reader.end().map_err(|_| Unread::NotJson)?;
    errors.finish(Some(value)).map_err(Unread::Rejected)
}

struct Strict<'e> {
    pointer: String,
    depth: usize,
    errors: &'e Errors,
}

impl Strict<'_> {
    fn below(&self, name: &str) -> Self {
        Self { pointer: child(&self.pointer, name), depth: self.depth + 1, errors: self.errors }
    }

    fn too_deep(&self) -> bool {
        let too_deep = self.depth >= MAX_DEPTH;
        if too_deep {
            // The names on the way down are somebody else's: only the top one is repeated.
            let top = self.pointer.split('/').nth(1).and_then(shown).map(|it| format!("/{it}"));
            let detail = "Ce contenu a trop de niveaux imbriqués : suivez la structure publiée.";
            self.errors.push(&top.unwrap_or_default(), code::TOO_DEEP, detail);
        }
        too_deep
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("json")
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(it.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        if self.too_deep() {
            while elements.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Null);
        }
        while let Some(element) = elements.next_element_seed(self.below(&list.len().to_string()))? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        if self.too_deep() {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Null);
        }
        while let Some(name) = members.next_key::<String>()? {
            if map.contains_key(&name) {
                members.next_value::<IgnoredAny>()?;
                let pointer =
                    shown(&name).map_or_else(|| self.pointer.clone(), |it| child(&self.pointer, it));
                let detail = "Ce champ est présent deux fois : gardez une seule valeur.";
                self.errors.push(&pointer, code::DUPLICATE_FIELD, detail);
            } else {
                let value = members.next_value_seed(self.below(shown(&name).unwrap_or_default()))?;
                map.insert(name, value);
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(body: &str) -> Vec<(String, &'static str)> {
        match read_json(body.as_bytes()) {
            Err(Unread::Rejected(it)) => it.errors.into_iter().map(|it| (it.pointer, it.code)).collect(),
            Ok(_) | Err(Unread::NotJson) => Vec::new(),
        }
    }

    #[test]
    fn json_is_read_as_it_is() {
        let body = r#"{"a":[1,-2,0.5,"é",null,true],"b":{}}"#;
        assert_eq!(read_json(body.as_bytes()).unwrap(), serde_json::from_str::<Value>(body).unwrap());
    }

    #[test]
    fn what_is_not_json_is_not_read() {
        let deep = "[".repeat(100_000);
        for body in ["", "{", "a=b", "{} {}", "\u{feff}{}", r#""\ud800""#, "nul", &deep] {
            assert!(matches!(read_json(body.as_bytes()), Err(Unread::NotJson)), "{body:.20}");
        }
        assert!(matches!(read_json(b"\"\xff\""), Err(Unread::NotJson)));
    }

    #[test]
    fn a_field_there_twice_is_refused_wherever_it_is() {
        assert_eq!(errors(r#"{"a":1,"a":1}"#), [("/a".into(), "champ_en_double")]);
        assert_eq!(errors(r#"{"p":{"n":"x"},"l":[{"n":1,"n":2}]}"#), [("/l/0/n".into(), "champ_en_double")]);
    }

    #[test]
    fn a_depth_that_nobody_needs_is_refused_without_repeating_it() {
        let nested = |levels: usize| format!("{}{}", r#"{"x":"#.repeat(levels), "1") + &"}".repeat(levels);
        assert_eq!(errors(&nested(MAX_DEPTH)), []);
        assert_eq!(errors(&nested(MAX_DEPTH + 1)), [("/x".into(), "trop_profond")]);
    }
}
