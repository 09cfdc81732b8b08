//! The blocks of a file, as the bytes that a reader asks for: the reader waits in its own thread.

use std::io::{self, Read};

use engine::imports::{Import, file_block};
use engine::{PortError, World};
use tokio::sync::mpsc;

/// How many blocks wait to be read.
const AHEAD: usize = 2;

/// The end at which a reader asks for bytes.
pub(crate) struct Bytes {
    blocks: mpsc::Receiver<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
}

/// The end at which blocks come.
pub(crate) struct Blocks(mpsc::Sender<Vec<u8>>);

/// A pipe between the two.
pub(crate) fn pipe() -> (Blocks, Bytes) {
    let (sender, blocks) = mpsc::channel(AHEAD);
    (Blocks(sender), Bytes { blocks, block: Vec::new(), at: 0 })
}

impl Blocks {
    /// Brings every block of an import's file, until the reader has had enough. An error leaves the reader with the end
    /// of a file: whoever called must look at the error first.
    pub(crate) async fn bring<W: World>(self, world: &W, import: &Import) -> Result<(), PortError> {
        for index in 0..import.row.blocs.len() {
            let block = file_block(world, import, index).await?;
            let block = block.ok_or_else(|| PortError::new("read a file", "a block of it is missing"))?;
            if self.0.send(block).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.block.len() {
            match self.blocks.blocking_recv() {
                Some(block) => (self.block, self.at) = (block, 0),
                None => return Ok(0),
            }
        }
        let rest = &self.block[self.at..];
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        self.at += read;
        Ok(read)
    }
}
