//! One block of a file, an element and what it holds: checked against the structure while it is read, then kept as a tree.
//!
//! A fault is noted and the reading goes on, so that all the faults of a household are told at once.

use contracts::border::code as border;

use super::error::{Findings, code};
use super::structure::{Content, Element, MOST_PARTS, UNKNOWN};
use super::tree::{Cursor, Tree};
use super::values::{NotADay, day, flag, quoted, shown, time};

/// The longest value, in bytes: far more than any of a flow.
pub const MAX_VALUE: usize = 4 * 1024;

/// Where a block is checked and kept, one after the other.
#[derive(Default)]
pub(super) struct Shape {
    tree: Tree,
    frames: Vec<Frame>,
    /// How many elements are open in one that nothing is known of.
    skipped: usize,
    findings: Findings,
}

/// An element that is open.
struct Frame {
    element: &'static Element,
    node: usize,
    /// The place of the last part read in the list of the structure.
    last: usize,
    /// How many of each part were read.
    counts: [u16; MOST_PARTS],
    /// Whether something was already said of its words.
    told: bool,
}

impl Shape {
    /// A block opens.
    pub(super) fn start(&mut self, element: &'static Element) {
        self.tree.clear();
        self.frames.clear();
        self.skipped = 0;
        self.findings = Findings::default();
        let node = self.tree.open(0, element.name, None);
        self.frames.push(Frame::new(element, node));
    }

    /// An element opens in it.
    pub(super) fn open(&mut self, name: &str) {
        let Some(frame) = self.frames.last_mut().filter(|_| self.skipped == 0) else {
            self.skipped += 1;
            return;
        };
        let parent = frame.node;
        let (element, ordinal) = match frame.element.content {
            Content::Free => (&UNKNOWN, None),
            Content::Parts(parts) => match frame.part(parts, name) {
                Ok(found) => found,
                Err(fault) => {
                    self.findings.refuse(
                        self.tree.at(parent).path_to(&[shown(name).unwrap_or("(masqué)")]),
                        fault.0,
                        fault.1,
                    );
                    self.skipped = 1;
                    return;
                }
            },
            Content::Text | Content::Date | Content::Time | Content::Flag => {
                let detail = format!("L’élément {} se trouve dans une valeur.", quoted(name));
                self.findings.refuse(self.tree.at(parent).path(), border::UNKNOWN_FIELD, detail);
                self.skipped = 1;
                return;
            }
        };
        let node = self.tree.open(parent, name, ordinal);
        self.frames.push(Frame::new(element, node));
    }

    /// Words, or a part of them.
    pub(super) fn words(&mut self, words: &str) {
        let Some(frame) = self.frames.last_mut().filter(|it| self.skipped == 0 && !it.told) else { return };
        if matches!(frame.element.content, Content::Parts(_)) {
            if !words.trim().is_empty() {
                frame.told = true;
                let detail = "Du texte se trouve là où seuls des éléments sont attendus.";
                self.findings.refuse(self.tree.at(frame.node).path(), code::STRAY_TEXT, detail);
            }
        } else if self.tree.length(frame.node) + words.len() > MAX_VALUE {
            frame.told = true;
            let detail = format!("Cette valeur dépasse {MAX_VALUE} octets.");
            self.findings.refuse(self.tree.at(frame.node).path(), border::TOO_LONG, detail);
        } else {
            self.tree.write(frame.node, words);
        }
    }

    /// The last element opened closes; tells whether it was the block.
    pub(super) fn close(&mut self) -> bool {
        if self.skipped > 0 {
            self.skipped -= 1;
            return false;
        }
        if let Some(frame) = self.frames.pop() {
            self.tree.close(frame.node);
            frame.check(self.tree.at(frame.node), &mut self.findings);
        }
        self.frames.is_empty()
    }

    /// The block, and what was found wrong in it.
    pub(super) fn finish(&mut self) -> (Cursor<'_>, Findings) {
        (self.tree.at(0), std::mem::take(&mut self.findings))
    }
}

impl Frame {
    fn new(element: &'static Element, node: usize) -> Self {
        Self { element, node, last: 0, counts: [0; MOST_PARTS], told: false }
    }

    /// The part that bears a name, if it may be here, and which one it is when there may be several.
    fn part(
        &mut self,
        parts: &'static [Element],
        name: &str,
    ) -> Result<(&'static Element, Option<u16>), (&'static str, String)> {
        let Some(place) = parts.iter().position(|it| it.name == name) else {
            let detail = "La structure VRSB0801 n’a pas cet élément à cette place.";
            return Err((border::UNKNOWN_FIELD, detail.to_owned()));
        };
        let part = &parts[place];
        self.counts[place] = self.counts[place].saturating_add(1);
        if place < self.last {
            return Err((
                code::ORDER,
                "Cet élément vient après un élément qu’il devrait précéder.".to_owned(),
            ));
        }
        self.last = place;
        let count = self.counts[place];
        if count > part.max {
            let detail = format!("Cet élément ne peut pas être là plus de {} fois.", part.max);
            return Err((code::TOO_MANY, detail));
        }
        Ok((part, part.repeats().then_some(count)))
    }

    /// What can only be said of an element once it is whole.
    fn check(&self, at: Cursor<'_>, findings: &mut Findings) {
        match self.element.content {
            Content::Parts(parts) => {
                for (part, count) in parts.iter().zip(self.counts).filter(|(part, count)| *count < part.min) {
                    let (path, min) = (at.path_to(&[part.name]), part.min);
                    findings.refuse(path, border::MISSING, missing(count, min));
                }
            }
            Content::Date | Content::Time | Content::Flag if at.words().is_empty() => {
                if self.element.min > 0 {
                    findings.refuse(at.path(), border::EMPTY, "Cette valeur est obligatoire.");
                }
            }
            Content::Date => match day(at.words()) {
                Ok(_) => {}
                Err(NotADay::Form) => {
                    findings.refuse(at.path(), border::FORMAT, "Une date est attendue, comme 2026-01-31.");
                }
                Err(NotADay::Impossible) => {
                    findings.refuse(at.path(), border::IMPOSSIBLE_DATE, "Cette date n’existe pas.");
                }
            },
            Content::Time if time(at.words()).is_none() => {
                findings.refuse(at.path(), border::FORMAT, "Une heure est attendue, comme 03:00:00.");
            }
            Content::Flag if flag(at.words()).is_none() => {
                findings.refuse(at.path(), border::FORMAT, "0 ou 1 est attendu.");
            }
            Content::Text | Content::Time | Content::Flag | Content::Free => {}
        }
    }
}

fn missing(count: u16, min: u16) -> String {
    if min == 1 {
        "Cet élément est obligatoire.".to_owned()
    } else {
        format!("Cet élément est attendu {min} fois et n’est là que {count} fois.")
    }
}

#[cfg(test)]
mod tests;
