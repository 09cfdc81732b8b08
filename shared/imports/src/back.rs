//! The file that is given back: a list with what is wrong beside each row, or what is wrong household by household.

use std::io::Cursor;

use contracts::api::ImportNature;
use contracts::imports::RemarqueV1;
use engine::imports::{Import, PartResult, read_results, return_file};
use engine::{PortError, StepError, World};
use files::list::annotate::{CsvFile, Unwritten, XlsxFile};
use files::list::{Cell, Format, Head, List, Row};

use crate::blocks::{Bytes, pipe};

/// Ends an import whose parts were all applied: writes the file that is given back, then the counts.
pub(crate) async fn end<W: World>(world: &W, mut import: Import) -> Result<(), StepError> {
    let mut remarks = PartResult::default();
    for part in 1..=import.row.tranches {
        remarks.lignes.extend(read_results(world, &import, part).await?.lignes);
    }
    let file = match import.row.nature {
        ImportNature::Flux => report(&remarks),
        ImportNature::Liste => annotated(world, &import, remarks).await?,
    };
    let file = file.map_err(|it| PortError::new("write the annotated file", it))?;
    return_file(world, &mut import, Some(&file)).await
}

/// What is to be told of a flow: its households are too many to be given back, and are not ours to write.
fn report(remarks: &PartResult) -> Result<Vec<u8>, Unwritten> {
    let cell = |text: &str| Cell::Text(text.into());
    let headings = ["Foyer n°", "Refusé", "Où"].map(str::to_owned).to_vec();
    let epoch = files::list::Epoch::Y1900;
    let head = Head { above: Vec::new(), number: 1, headings, counted: true, epoch };
    let mut file = CsvFile::start(Vec::new(), &head)?;
    let mut number = 1;
    for (rank, (refused, told)) in &remarks.lignes {
        for remark in told {
            number += 1;
            let refused = if *refused { "oui" } else { "non" };
            let cells = vec![cell(&rank.to_string()), cell(refused), cell(&remark.ou)];
            file.write(&Row::new(number, cells), &remark.detail)?;
        }
    }
    file.finish()
}

/// The list with its remarks, in the form in which it came.
async fn annotated<W: World>(
    world: &W,
    import: &Import,
    remarks: PartResult,
) -> Result<Result<Vec<u8>, Unwritten>, StepError> {
    let (blocks, bytes) = pipe();
    let writer = tokio::task::spawn_blocking(move || write(bytes, &remarks));
    blocks.bring(world, import).await?;
    writer.await.map_err(|_| StepError::Panicked)
}

fn write(bytes: Bytes, remarks: &PartResult) -> Result<Vec<u8>, Unwritten> {
    // The list was read to its end before anything of it was applied.
    let unreadable = |_| Unwritten::Io(std::io::Error::other("the list cannot be read again"));
    let list = List::open(bytes, None).map_err(unreadable)?;
    let of = |row: &Row| remarks.lignes.get(&row.number).map(|it| text(&it.1)).unwrap_or_default();
    match list.format() {
        Format::Csv { .. } => {
            let mut file = CsvFile::start(Vec::new(), list.head())?;
            for row in list {
                let row = row.map_err(unreadable)?;
                file.write(&row, &of(&row))?;
            }
            file.finish()
        }
        Format::Xlsx => {
            let mut file = XlsxFile::start(list.head())?;
            for row in list {
                let row = row.map_err(unreadable)?;
                file.write(&row, &of(&row))?;
            }
            let mut bytes = Cursor::new(Vec::new());
            file.finish(&mut bytes)?;
            Ok(bytes.into_inner())
        }
    }
}

fn text(remarks: &[RemarqueV1]) -> String {
    remarks.iter().map(|it| it.detail.as_str()).collect::<Vec<_>>().join(" | ")
}
