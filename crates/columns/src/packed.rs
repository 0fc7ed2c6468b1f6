//! One column of a part: whole numbers in as few bytes as each chunk needs.

use crate::disk::{Bytes, Damaged, Reader, Writer};
use crate::stored::{Stored, Width};

/// "No value" among decoded whole numbers. The packed form keeps it apart from every number.
pub const NULL_INT: i64 = i64::MIN;

/// Where one chunk's values are and how to read them.
#[derive(Debug, Clone, Copy, Default)]
struct Chunk {
    start: u32,
    /// Bytes of one value; 0 when all rows have the same.
    width: u8,
    /// Whether some row has no value. Such a chunk stores 0 for it and everything else one higher.
    nulls: bool,
    /// Whether no row has a value.
    empty: bool,
    base: i64,
    span: u64,
}

/// Whole numbers of a part, chunk by chunk: `base` and the difference to it. Without chunks no row has a value.
#[derive(Debug, Default)]
pub struct Packed {
    bytes: Bytes,
    chunks: Vec<Chunk>,
}

/// Extends `$out` by the stored numbers of a chunk, each through `$map`. One loop a width, so that each is a plain one.
macro_rules! extend {
    ($self:ident, $chunk:ident, $rows:expr, $sel:ident, $out:ident, $map:expr) => {{
        let bytes = &$self.bytes[$chunk.start as usize..][..$rows * $chunk.width as usize];
        match ($chunk.width, $sel) {
            (1, None) => $out.extend(bytes.iter().map(|b| $map(u64::from(*b)))),
            (2, None) => $out.extend(bytes.as_chunks::<2>().0.iter().map(|b| $map(u64::from(u16::from_le_bytes(*b))))),
            (4, None) => $out.extend(bytes.as_chunks::<4>().0.iter().map(|b| $map(u64::from(u32::from_le_bytes(*b))))),
            (_, None) => $out.extend(bytes.as_chunks::<8>().0.iter().map(|b| $map(u64::from_le_bytes(*b)))),
            (1, Some(sel)) => $out.extend(sel.iter().map(|at| $map(u64::from(bytes[*at as usize])))),
            (2, Some(sel)) => {
                let values = bytes.as_chunks::<2>().0;
                $out.extend(sel.iter().map(|at| $map(u64::from(u16::from_le_bytes(values[*at as usize])))))
            }
            (4, Some(sel)) => {
                let values = bytes.as_chunks::<4>().0;
                $out.extend(sel.iter().map(|at| $map(u64::from(u32::from_le_bytes(values[*at as usize])))))
            }
            (_, Some(sel)) => {
                let values = bytes.as_chunks::<8>().0;
                $out.extend(sel.iter().map(|at| $map(u64::from_le_bytes(values[*at as usize]))))
            }
        }
    }};
}

impl Packed {
    /// Packs values (row order of the part) in chunks that begin at `starts` (the last entry is the number of rows).
    /// Gives nothing when numbers lie too far apart to be told from "no value", or when the part is too large.
    pub fn new(values: &[i64], starts: &[u32]) -> Option<Self> {
        let (mut bytes, mut chunks) = (Vec::new(), Vec::with_capacity(starts.len().saturating_sub(1)));
        for range in starts.windows(2) {
            push(&values[range[0] as usize..range[1] as usize], &mut bytes, &mut chunks)?;
        }
        bytes.shrink_to_fit();
        Some(Self { bytes: bytes.into(), chunks })
    }

    /// A column in which no row has a value.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Smallest and largest value of a chunk; nothing when no row has one.
    pub fn bounds(&self, chunk: usize) -> Option<(i64, i64)> {
        let c = self.chunks.get(chunk)?;
        (!c.empty).then(|| (c.base, c.base.wrapping_add(c.span as i64)))
    }
    /// Whether some row of a chunk has no value.
    pub fn has_nulls(&self, chunk: usize) -> bool {
        self.chunks.get(chunk).is_none_or(|c| c.nulls)
    }
    /// The one value of all rows of a chunk ([`NULL_INT`] when none has one), if that is so.
    pub fn constant(&self, chunk: usize) -> Option<i64> {
        let Some(c) = self.chunks.get(chunk) else { return Some(NULL_INT) };
        if c.empty { Some(NULL_INT) } else { (c.width == 0).then_some(c.base) }
    }
    /// Bytes in memory: all, and those of them that are mapped from a file, so that the system can drop and read them again.
    pub fn bytes(&self) -> (usize, usize) {
        let mapped = if self.bytes.is_mapped() { self.bytes.len() } else { 0 };
        (self.bytes.len() + self.chunks.capacity() * size_of::<Chunk>(), mapped)
    }

    /// Smallest and largest value of all; nothing when no row has one.
    pub fn all_bounds(&self) -> Option<(i64, i64)> {
        (0..self.chunks.len()).filter_map(|chunk| self.bounds(chunk)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    fn chunk(&self, chunk: usize) -> Chunk {
        self.chunks.get(chunk).copied().unwrap_or(Chunk { nulls: true, empty: true, ..Chunk::default() })
    }

    /// Decodes a chunk of `rows` rows, or the rows in `sel` of it, as numbers.
    pub fn ints(&self, chunk: usize, rows: usize, sel: Option<&[u32]>, out: &mut Vec<i64>) {
        out.clear();
        let c = self.chunk(chunk);
        let count = sel.map_or(rows, <[u32]>::len);
        if c.empty || c.width == 0 {
            out.resize(count, if c.empty { NULL_INT } else { c.base });
            return;
        }
        out.reserve(count);
        if c.nulls {
            let base = c.base.wrapping_sub(1);
            extend!(self, c, rows, sel, out, |v: u64| if v == 0 { NULL_INT } else { base.wrapping_add(v as i64) });
        } else {
            extend!(self, c, rows, sel, out, |v: u64| c.base.wrapping_add(v as i64));
        }
    }

    /// The numbers of a chunk of so many rows as they are stored.
    pub(crate) fn stored(&self, chunk: usize, rows: usize) -> Stored<'_> {
        let c = self.chunk(chunk);
        let bytes = || &self.bytes[c.start as usize..][..rows * c.width as usize];
        let values = match c.width {
            _ if c.empty => Width::Same,
            0 => Width::Same,
            1 => Width::One(bytes()),
            2 => Width::Two(bytes().as_chunks().0),
            4 => Width::Four(bytes().as_chunks().0),
            _ => Width::Eight(bytes().as_chunks().0),
        };
        let base = if c.empty { NULL_INT } else { c.base.wrapping_sub(i64::from(c.nulls)) };
        Stored { values, base, nulls: c.nulls }
    }

    /// The stored bytes of a chunk of codes that take one byte each, and for each byte what `of` says of the code that it stands
    /// for ("no value" is 0). Nothing for other chunks.
    pub fn by_byte(&self, chunk: usize, rows: usize, of: impl Fn(u32) -> u8) -> Option<(&[u8], [u8; 256])> {
        let c = self.chunks.get(chunk).filter(|c| c.width == 1)?;
        let base = if c.nulls { (c.base as u32).wrapping_sub(1) } else { c.base as u32 };
        let code = |stored: u32| if c.nulls && stored == 0 { 0 } else { base.wrapping_add(stored) };
        Some((&self.bytes[c.start as usize..][..rows], std::array::from_fn(|stored| of(code(stored as u32)))))
    }

    /// Decodes a chunk of codes, "no value" as 0. Values must be codes, so below 2^32.
    pub fn codes(&self, chunk: usize, rows: usize, sel: Option<&[u32]>, out: &mut Vec<u32>) {
        self.codes_after(0, chunk, rows, sel, out);
    }

    /// The same, each code so many higher; "no value" stays 0.
    pub fn codes_after(&self, more: u32, chunk: usize, rows: usize, sel: Option<&[u32]>, out: &mut Vec<u32>) {
        out.clear();
        let c = self.chunk(chunk);
        let count = sel.map_or(rows, <[u32]>::len);
        let base = (c.base as u32).wrapping_add(more);
        if c.empty || c.width == 0 {
            out.resize(count, if c.empty { 0 } else { base });
            return;
        }
        out.reserve(count);
        if c.nulls {
            let base = base.wrapping_sub(1);
            extend!(self, c, rows, sel, out, |v: u64| if v == 0 { 0 } else { base.wrapping_add(v as u32) });
        } else {
            extend!(self, c, rows, sel, out, |v: u64| base.wrapping_add(v as u32));
        }
    }
}

fn push(values: &[i64], bytes: &mut Vec<u8>, chunks: &mut Vec<Chunk>) -> Option<()> {
    let known = || values.iter().copied().filter(|v| *v != NULL_INT);
    let start = u32::try_from(bytes.len()).ok()?;
    let (Some(base), Some(most)) = (known().min(), known().max()) else {
        chunks.push(Chunk { start, nulls: true, empty: true, ..Chunk::default() });
        return Some(());
    };
    let span = u64::try_from(i128::from(most) - i128::from(base)).ok().filter(|span| *span < i64::MAX as u64)?;
    let nulls = values.contains(&NULL_INT);
    let shift = u64::from(nulls);
    let width = match span + shift {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    };
    chunks.push(Chunk { start, width, nulls, empty: false, base, span });
    let stored = values.iter().map(|v| if *v == NULL_INT { 0 } else { v.wrapping_sub(base) as u64 + shift });
    match width {
        0 => {}
        1 => bytes.extend(stored.map(|v| v as u8)),
        2 => stored.for_each(|v| bytes.extend((v as u16).to_le_bytes())),
        4 => stored.for_each(|v| bytes.extend((v as u32).to_le_bytes())),
        _ => stored.for_each(|v| bytes.extend(v.to_le_bytes())),
    }
    Some(())
}

// How a column lies in a file: its chunks in the description, its bytes mapped.
impl Packed {
    pub(crate) fn write<'a>(&'a self, out: &mut Writer<'a>) {
        out.u32(self.chunks.len() as u32);
        for c in &self.chunks {
            out.u32(c.start);
            out.u32(u32::from(c.width) | u32::from(c.nulls) << 8 | u32::from(c.empty) << 9);
            out.u64(c.base as u64);
            out.u64(c.span);
        }
        out.bytes(&self.bytes);
    }
    /// `rows` gives the number of rows of each chunk.
    pub(crate) fn read(from: &mut Reader<'_>, rows: &dyn Fn(usize) -> usize, count: usize) -> Result<Self, Damaged> {
        let chunks = from.u32()? as usize;
        if chunks != 0 && chunks != count {
            return Err(Damaged("a column has another number of chunks"));
        }
        let mut all = Vec::with_capacity(chunks);
        for _ in 0..chunks {
            let (start, bits) = (from.u32()?, from.u32()?);
            let (base, span) = (from.u64()? as i64, from.u64()?);
            all.push(Chunk { start, width: bits as u8, nulls: bits & 0x100 != 0, empty: bits & 0x200 != 0, base, span });
        }
        let bytes = from.bytes()?;
        // What decodes a chunk trusts this.
        for (nth, c) in all.iter().enumerate() {
            let whole = matches!(c.width, 0 | 1 | 2 | 4 | 8) && c.start as usize + rows(nth) * c.width as usize <= bytes.len();
            if !whole {
                return Err(Damaged("a chunk is outside of its column"));
            }
        }
        Ok(Self { bytes, chunks: all })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(
            values in prop::collection::vec(prop_oneof![
                3 => (-3_i64..300).boxed(), 1 => any::<i32>().prop_map(i64::from).boxed(), 1 => Just(NULL_INT).boxed(),
            ], 1..300),
            cut in 0_usize..300,
        ) {
            let cut = cut.min(values.len()) as u32;
            let starts = [0, cut, values.len() as u32];
            let packed = Packed::new(&values, &starts).unwrap();
            let (mut all, mut out) = (Vec::new(), Vec::new());
            for chunk in 0..2 {
                let own = &values[starts[chunk] as usize..starts[chunk + 1] as usize];
                packed.ints(chunk, own.len(), None, &mut out);
                all.extend(out.iter().copied());
                let every_other: Vec<u32> = (0..own.len() as u32).step_by(2).collect();
                packed.ints(chunk, own.len(), Some(&every_other), &mut out);
                prop_assert_eq!(&out, &own.iter().copied().step_by(2).collect::<Vec<_>>());
                let known = || own.iter().copied().filter(|v| *v != NULL_INT);
                prop_assert_eq!(packed.bounds(chunk), known().min().zip(known().max()));
            }
            prop_assert_eq!(all, values);
        }
    }

    #[test]
    fn numbers_too_far_apart_are_refused() {
        assert!(Packed::new(&[i64::MIN + 1, i64::MAX], &[0, 2]).is_none());
    }
}
