//! Packed parts as files: written once, whole, and mapped into memory from then on. The system reads what is asked and drops
//! what was not asked for long, column by column and page by page.
//!
//! A file is a head, a description with a checksum, and the bytes of the columns, each with a checksum of its own. It is never
//! changed after it has its name. Whatever is wrong with it is an error, and its rows are packed again from the lake.

use memmap2::Mmap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"parclcol";
/// Changes with every change of what a file looks like or means.
const VERSION: u32 = 1;
const HEAD: usize = 32;
/// Where bytes of a column may begin.
const ALIGN: usize = 64;
/// Bytes that are read at once when all of them are looked at.
const LOOKED_AT_ONCE: usize = 1 << 20;

/// Why a file is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damaged(pub &'static str);

impl From<Damaged> for io::Error {
    fn from(damaged: Damaged) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, damaged.0)
    }
}

/// Bytes of a column: in memory, or in a mapped file.
pub(crate) enum Bytes {
    Own(Vec<u8>),
    Mapped { map: Arc<Mmap>, from: usize, to: usize },
}

impl Bytes {
    pub fn is_mapped(&self) -> bool {
        matches!(self, Bytes::Mapped { .. })
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Bytes::Own(Vec::new())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(own: Vec<u8>) -> Self {
        Bytes::Own(own)
    }
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Own(own) => own,
            Bytes::Mapped { map, from, to } => &map[*from..*to],
        }
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes{}", self.len(), if self.is_mapped() { ", mapped" } else { "" })
    }
}

/// Collects a description, and the bytes that it is about.
#[derive(Default)]
pub(crate) struct Writer<'a> {
    meta: Vec<u8>,
    blobs: Vec<&'a [u8]>,
    place: u64,
}

impl<'a> Writer<'a> {
    pub fn u32(&mut self, value: u32) {
        self.meta.extend(value.to_le_bytes());
    }
    pub fn u64(&mut self, value: u64) {
        self.meta.extend(value.to_le_bytes());
    }
    /// A list of numbers, in the description itself.
    pub fn list(&mut self, values: &[u32]) {
        self.u32(values.len() as u32);
        values.iter().for_each(|v| self.u32(*v));
    }
    /// Bytes that are mapped later.
    pub fn bytes(&mut self, bytes: &'a [u8]) {
        self.u64(self.place);
        self.u64(bytes.len() as u64);
        self.u32(crc32fast::hash(bytes));
        self.blobs.push(bytes);
        self.place += bytes.len().next_multiple_of(ALIGN) as u64;
    }
    /// Writes the file under another name first, so that a file of this name is always whole. Readable by its owner only.
    pub fn save(self, path: &Path) -> io::Result<()> {
        let beside = path.with_extension("new");
        let mut file = io::BufWriter::with_capacity(1 << 20, private(&beside)?);
        file.write_all(MAGIC)?;
        file.write_all(&VERSION.to_le_bytes())?;
        file.write_all(&crc32fast::hash(&self.meta).to_le_bytes())?;
        file.write_all(&(self.meta.len() as u64).to_le_bytes())?;
        file.write_all(&[0; HEAD - 24])?;
        file.write_all(&self.meta)?;
        let fill = |size: usize| &[0_u8; ALIGN][..size.next_multiple_of(ALIGN) - size];
        file.write_all(fill(HEAD + self.meta.len()))?;
        for blob in &self.blobs {
            file.write_all(blob)?;
            file.write_all(fill(blob.len()))?;
        }
        file.into_inner().map_err(|error| error.into_error())?.sync_all()?;
        std::fs::rename(&beside, path)
    }
}

/// A new file that nobody else may read.
pub(crate) fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A mapped file.
#[derive(Debug)]
pub(crate) struct Opened {
    path: PathBuf,
    map: Arc<Mmap>,
    meta: (usize, usize),
    data: usize,
}

impl Opened {
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the file was written by `Writer::save` under another name and is not changed after; only its name is taken
        // away. Who cuts it meanwhile has the rights of this program, and could as well stop it.
        #[allow(unsafe_code)]
        let map = unsafe { Mmap::map(&file)? };
        let number = |at: usize| map.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        if map.get(..8) != Some(MAGIC) || number(8) != VERSION {
            return Err(Damaged("not a file of packed columns of this version").into());
        }
        let size = u64::from(number(16)) | u64::from(number(20)) << 32;
        let end = usize::try_from(size).ok().and_then(|size| size.checked_add(HEAD)).filter(|end| *end <= map.len());
        let Some(end) = end else { return Err(Damaged("the file ends early").into()) };
        if crc32fast::hash(&map[HEAD..end]) != number(12) {
            return Err(Damaged("the description is damaged").into());
        }
        Ok(Self { path: path.to_owned(), map: Arc::new(map), meta: (HEAD, end), data: end.next_multiple_of(ALIGN) })
    }
    pub fn reader(&self) -> Reader<'_> {
        Reader { opened: self, at: self.meta.0, blobs: Vec::new() }
    }
}

/// Reads a description. Its checksum was right, so lengths in it are those that were written.
pub(crate) struct Reader<'a> {
    opened: &'a Opened,
    at: usize,
    blobs: Vec<Blob>,
}

/// Where a column's bytes lie in the mapped file, and their checksum.
#[derive(Debug, Clone, Copy)]
struct Blob {
    from: usize,
    to: usize,
    crc: u32,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let end = self.at + N;
        let own = self.opened.map.get(self.at..end).filter(|_| end <= self.opened.meta.1);
        self.at = end;
        own.and_then(|b| b.try_into().ok()).ok_or(Damaged("the description ends early"))
    }
    pub fn u32(&mut self) -> Result<u32, Damaged> {
        self.take().map(u32::from_le_bytes)
    }
    pub fn u64(&mut self) -> Result<u64, Damaged> {
        self.take().map(u64::from_le_bytes)
    }
    pub fn list(&mut self) -> Result<Vec<u32>, Damaged> {
        let count = self.u32()? as usize;
        (0..count).map(|_| self.u32()).collect()
    }
    pub fn bytes(&mut self) -> Result<Bytes, Damaged> {
        let (place, size, crc) = (self.u64()?, self.u64()?, self.u32()?);
        let range = || {
            let from = usize::try_from(place).ok()?.checked_add(self.opened.data)?;
            let to = from.checked_add(usize::try_from(size).ok()?)?;
            (to <= self.opened.map.len()).then_some((from, to))
        };
        let (from, to) = range().ok_or(Damaged("bytes of a column are outside of the file"))?;
        self.blobs.push(Blob { from, to, crc });
        Ok(Bytes::Mapped { map: self.opened.map.clone(), from, to })
    }
    /// What has to be looked at before every byte is believed.
    pub fn finish(self) -> Unverified {
        Unverified { path: self.opened.path.clone(), blobs: self.blobs }
    }
}

/// The bytes of a file whose checksums nobody has looked at yet: reading all of them takes longer than a first answer may.
#[derive(Debug)]
pub struct Unverified {
    path: PathBuf,
    blobs: Vec<Blob>,
}

impl Unverified {
    /// Reads everything; false when something is not as it was written, or not there any more.
    ///
    /// Not through the map: what is read there belongs to this program's memory until the system is short of it, and ids,
    /// which are more bytes than all other columns, would stay although nobody asks for most of them.
    pub fn is_whole(&self) -> bool {
        self.look().unwrap_or(false)
    }

    fn look(&self) -> io::Result<bool> {
        let mut file = File::open(&self.path)?;
        let mut buffer = vec![0; LOOKED_AT_ONCE];
        for blob in &self.blobs {
            file.seek(SeekFrom::Start(blob.from as u64))?;
            let (mut left, mut sum) = (blob.to - blob.from, crc32fast::Hasher::new());
            while left > 0 {
                let some = &mut buffer[..left.min(LOOKED_AT_ONCE)];
                file.read_exact(some)?;
                sum.update(some);
                left -= some.len();
            }
            if sum.finalize() != blob.crc {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Numbers of four bytes.
pub(crate) fn of_u32(values: &[u32]) -> Bytes {
    values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>().into()
}

/// One of them. The caller keeps to the length.
pub(crate) fn get_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes.as_chunks::<4>().0[at])
}
