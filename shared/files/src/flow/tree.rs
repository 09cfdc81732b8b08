//! One household as it was read: its elements in the order of the file, with their words. Filled anew for each.

use std::ops::Range;

use super::values::shown;

/// The elements of one household. What it holds is a person’s: it has no `Debug`.
#[derive(Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Names and words, one after the other.
    text: String,
}

struct Node {
    parent: usize,
    /// Where what is below it ends.
    end: usize,
    name: Range<usize>,
    words: Range<usize>,
    /// Which of those of its name, from 1, when the structure says that there may be several.
    ordinal: Option<u16>,
}

impl Tree {
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.text.clear();
    }

    /// An element opens under another; the first one is its own parent.
    pub(super) fn open(&mut self, parent: usize, name: &str, ordinal: Option<u16>) -> usize {
        let start = self.text.len();
        self.text.push_str(name);
        let end = self.text.len();
        let index = self.nodes.len();
        self.nodes.push(Node { parent, end: index + 1, name: start..end, words: end..end, ordinal });
        index
    }

    /// More words of the last element opened.
    pub(super) fn write(&mut self, index: usize, words: &str) {
        // Words after an inner element are not those of a value.
        if index + 1 == self.nodes.len() {
            self.text.push_str(words);
            self.nodes[index].words.end = self.text.len();
        }
    }

    /// How many bytes of words an element has.
    pub(super) fn length(&self, index: usize) -> usize {
        self.nodes[index].words.len()
    }

    pub(super) fn close(&mut self, index: usize) {
        self.nodes[index].end = self.nodes.len();
    }

    pub(super) fn at(&self, index: usize) -> Cursor<'_> {
        Cursor { tree: self, index }
    }
}

/// An element of a household.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    tree: &'a Tree,
    index: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn name(self) -> &'a str {
        &self.tree.text[self.node().name.clone()]
    }

    /// Its words, without the blanks around.
    pub(super) fn words(self) -> &'a str {
        self.tree.text[self.node().words.clone()].trim()
    }

    /// The elements right below.
    pub(super) fn children(self) -> impl Iterator<Item = Cursor<'a>> {
        let (tree, end) = (self.tree, self.node().end);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let index = next;
            (index < end).then(|| {
                next = tree.nodes[index].end;
                Cursor { tree, index }
            })
        })
    }

    /// The elements below, however deep, in the order of the file.
    pub(super) fn descendants(self) -> impl Iterator<Item = Cursor<'a>> {
        let tree = self.tree;
        (self.index + 1..self.node().end).map(move |index| Cursor { tree, index })
    }

    /// The elements right below that bear a name.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = Cursor<'a>> {
        self.children().filter(move |it| it.name() == name)
    }

    /// The first element at the end of these names: `["DemandeRSA", "DTDEMRSA"]`.
    pub(super) fn find(self, names: &[&str]) -> Option<Cursor<'a>> {
        names.iter().try_fold(self, |it, name| it.all(name).next())
    }

    /// The words at the end of these names, unless they are blank.
    pub(super) fn value(self, names: &[&str]) -> Option<&'a str> {
        self.find(names).map(Cursor::words).filter(|it| !it.is_empty())
    }

    /// Whether no element is below.
    pub(super) fn is_leaf(self) -> bool {
        self.node().end == self.index + 1
    }

    /// Where it is, from below the household: `Personne[2]/Identification/NIR`. The household itself has its own name.
    pub(super) fn path(self) -> String {
        let steps = self.steps();
        if steps.is_empty() { self.name().to_owned() } else { steps }
    }

    fn steps(self) -> String {
        let mut steps = Vec::new();
        let mut index = self.index;
        while self.tree.nodes[index].parent != index {
            let node = &self.tree.nodes[index];
            let at = Cursor { tree: self.tree, index };
            let name = shown(at.name()).unwrap_or("(masqué)");
            let ordinal = node.ordinal.map(usize::from).or_else(|| at.later());
            steps.push(ordinal.map_or_else(|| name.to_owned(), |ordinal| format!("{name}[{ordinal}]")));
            index = node.parent;
        }
        steps.reverse();
        steps.join("/")
    }

    /// Where an element is, or would be, below this one.
    pub(super) fn path_to(self, names: &[&str]) -> String {
        let path = self.steps();
        let steps = (!path.is_empty()).then_some(path.as_str()).into_iter().chain(names.iter().copied());
        steps.collect::<Vec<_>>().join("/")
    }

    /// Which of those of its name it is, when it is not the first.
    fn later(self) -> Option<usize> {
        let parent = Cursor { tree: self.tree, index: self.node().parent };
        let before = parent.all(self.name()).take_while(|it| it.index < self.index).count();
        (before > 0).then_some(before + 1)
    }

    fn node(self) -> &'a Node {
        &self.tree.nodes[self.index]
    }
}
