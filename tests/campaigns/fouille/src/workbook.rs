//! A workbook made of the parts that the fuzzer wrote: bytes alone would hardly ever be an archive.

use std::io::{Cursor, Write};

use zip::CompressionMethod::{Deflated, Stored};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::violated;

/// What separates two parts of an input.
pub const BETWEEN: u8 = 0;

/// The parts that an input tells, in its order; those that it does not tell are these.
pub const PARTS: [(&str, &str); 5] = [
    ("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>"),
    ("xl/sharedStrings.xml", "<sst/>"),
    (
        "xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/></numFmts>\
         <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>",
    ),
    (
        "xl/workbook.xml",
        "<workbook><sheets><sheet name=\"Liste\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\"/></Relationships>",
    ),
];

const ROOT: (&str, &str) = (
    "_rels/.rels",
    "<Relationships><Relationship Id=\"rId1\" Target=\"xl/workbook.xml\" \
     Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\"/></Relationships>",
);

/// Folds the parts of an input into a workbook; `tight` as most programs do, else as they are.
pub fn folded(input: &[u8], tight: bool) -> Vec<u8> {
    let mut given = input.split(|it| *it == BETWEEN);
    let mut book = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(if tight { Deflated } else { Stored });
    let mut add = |name: &str, bytes: &[u8]| {
        let added = book.start_file(name, options).is_ok() && book.write_all(bytes).is_ok();
        if !added {
            violated("un classeur d’essai ne s’écrit pas");
        }
    };
    add(ROOT.0, ROOT.1.as_bytes());
    for (name, otherwise) in PARTS {
        let part = given.next().filter(|it| !it.is_empty()).unwrap_or(otherwise.as_bytes());
        add(name, part);
    }
    book.finish().unwrap_or_else(|_| violated("un classeur d’essai ne s’écrit pas")).into_inner()
}
