//! Parts as files beside the lake: saved when they were packed, mapped at the next start.

use crate::disk::{Damaged, Opened, Reader, Unverified, Writer};
use crate::part::{Column, Ids, Keys, Part};
use crate::packed::Packed;
use crate::dictionaries::Dictionaries;
use crate::texts::Texts;
use std::io;
use std::path::Path;

impl Part {
    /// Writes the part into a file that [`Part::open`] understands, with everything that the dictionaries hold by then on disk
    /// before it.
    pub fn save(&self, path: &Path, dictionaries: &Dictionaries) -> io::Result<()> {
        dictionaries.save()?;
        let mut out = Writer::default();
        out.u64(dictionaries.stamp());
        out.list(&self.cluster);
        out.list(&self.starts);
        out.u32(self.columns.len() as u32);
        for column in &self.columns {
            out.u32(u32::from(column.is_some()));
            let Some(column) = column else { continue };
            column.values.write(&mut out);
            out.u32(column.codes.len() as u32);
            for few in &column.codes {
                // One more than there are; 0 where they were too many.
                out.u32(few.as_ref().map_or(0, |few| few.len() as u32 + 1));
                few.iter().flatten().for_each(|code| out.u32(*code));
            }
        }
        self.conversation.write(&mut out);
        out.bytes(&self.keys.keys);
        out.bytes(&self.keys.numbers);
        out.u32(self.ids.len() as u32);
        for ids in &self.ids {
            out.u32(ids.column as u32);
            out.u32(u32::from(ids.by_conversation));
            ids.texts.write(&mut out);
        }
        out.save(path)
    }

    /// Maps a part that was saved with these dictionaries. Any error means: pack it again, and take the file away before any
    /// value is added to the dictionaries.
    pub fn open(path: &Path, dictionaries: &Dictionaries) -> io::Result<(Self, Unverified)> {
        let opened = Opened::open(path)?;
        let mut from = opened.reader();
        let part = read(&mut from, dictionaries)?;
        Ok((part, from.finish()))
    }
}

fn read(from: &mut Reader<'_>, dictionaries: &Dictionaries) -> Result<Part, Damaged> {
    let table = dictionaries.table();
    if from.u64()? != dictionaries.stamp() {
        return Err(Damaged("the file belongs to other dictionaries"));
    }
    let (cluster, starts) = (from.list()?, from.list()?);
    if !starts.is_sorted() || starts.first() != Some(&0) {
        return Err(Damaged("the chunks are not in order"));
    }
    let chunks = starts.len() - 1;
    let total = starts.last().copied().unwrap_or(0) as usize;
    let rows = |chunk: usize| (starts[chunk + 1] - starts[chunk]) as usize;
    if from.u32()? as usize != table.columns().len() {
        return Err(Damaged("the table has other columns"));
    }
    let mut columns = Vec::with_capacity(table.columns().len());
    for at in 0..table.columns().len() {
        if from.u32()? == 0 {
            columns.push(None);
            continue;
        }
        let values = Packed::read(from, &rows, chunks)?;
        let mut codes = Vec::new();
        for _ in 0..from.u32()? {
            codes.push(match from.u32()? {
                0 => None,
                more => Some((1..more).map(|_| from.u32()).collect::<Result<Box<[u32]>, Damaged>>()?),
            });
        }
        let known = dictionaries.column(at).read().codes() as i64;
        if dictionaries.is_text(at) && values.all_bounds().is_some_and(|(least, most)| least < 0 || most >= known) {
            return Err(Damaged("a value is not in the dictionary"));
        }
        columns.push(Some(Column::new(values, codes)));
    }
    let conversation = Packed::read(from, &rows, chunks)?;
    let keys = Keys { keys: from.bytes()?, numbers: from.bytes()? };
    let conversations = keys.len();
    let numbered = conversation.all_bounds().is_none_or(|(least, most)| least >= 0 && most < conversations as i64);
    if keys.keys.len() != conversations * 16 || keys.numbers.len() != conversations * 4 || !numbered {
        return Err(Damaged("the conversations don't fit together"));
    }
    let mut ids = Vec::new();
    for _ in 0..from.u32()? {
        let (column, by_conversation) = (from.u32()? as usize, from.u32()? != 0);
        let texts = Texts::read(from, if by_conversation { conversations } else { total })?;
        ids.push(Ids { column, by_conversation, texts });
    }
    let mut part = Part { starts, columns, conversation, keys, ids, range: None, cluster };
    part.range = part.find_range(table);
    Ok(part)
}
