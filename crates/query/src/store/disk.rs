//! Packed columns on disk, beside the lake: a folder for each table, a file for each part, and the dictionaries. A cache: it can
//! be deleted while the program does not run, and is made again.

use parclose_columns::{Dictionaries, Part, Unverified};
use parclose_lake::LiveTable;
use parclose_model::TableId;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

const DICTIONARIES: &str = "dictionaries";
const ENDING: &str = "columns";

/// The folder of one table.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Whether the files of an earlier start were looked for.
    opened: bool,
    /// Lake files that have a file here.
    files: HashSet<String>,
}

impl Folder {
    /// Opens the folder and its dictionaries; what can't be read is deleted. Nothing when there can be no folder: then the
    /// columns are kept in memory alone.
    pub fn open(path: PathBuf, table: TableId, keys: (u64, u64)) -> Option<(Self, Dictionaries)> {
        let once = || -> io::Result<Dictionaries> {
            create(&path)?;
            Dictionaries::at(&path.join(DICTIONARIES), table, keys)
        };
        let again = |error: io::Error| {
            tracing::warn!(name: "query.store.made_anew", folder = %path.display(), %error, "packed columns on disk are made anew");
            std::fs::remove_dir_all(&path).and_then(|()| once())
        };
        match once().or_else(again) {
            Ok(dictionaries) => Some((Self { path, opened: false, files: HashSet::new() }, dictionaries)),
            Err(error) => {
                tracing::warn!(name: "query.store.no_folder", folder = %path.display(), %error, "packed columns are kept in memory alone");
                None
            }
        }
    }

    /// The parts of the lake's files that are here. All other files are deleted: what does not fit the dictionaries as they are
    /// now could seem to fit later ones.
    pub fn open_all(&mut self, now: &LiveTable, dictionaries: &Dictionaries, units: &[usize]) -> Vec<(String, Part, Unverified)> {
        if std::mem::replace(&mut self.opened, true) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for file in &now.files {
            let path = self.file(&file.path);
            match Part::open(&path, dictionaries) {
                Ok((part, unverified)) if part.cluster().eq(units.iter().copied()) && part.rows() as u64 == file.rows => {
                    self.files.insert(file.path.clone());
                    found.push((file.path.clone(), part, unverified));
                }
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    tracing::warn!(name: "query.store.not_opened", file = %path.display(), %error, "packed columns are packed again");
                }
            }
        }
        let kept: HashSet<PathBuf> = self.files.iter().map(|file| self.file(file)).collect();
        for entry in std::fs::read_dir(&self.path).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.file_name().is_some_and(|name| name != DICTIONARIES) && !kept.contains(&path) {
                remove(&path);
            }
        }
        found
    }

    /// Deletes the files of parts that are not among these.
    pub fn keep_only(&mut self, files: &HashSet<&str>) {
        let gone: Vec<String> = self.files.iter().filter(|file| !files.contains(file.as_str())).cloned().collect();
        gone.iter().for_each(|file| self.forget(file));
        self.files.extend(files.iter().map(|file| (*file).to_owned()));
    }

    /// Deletes the file of a part.
    pub fn forget(&mut self, file: &str) {
        self.files.remove(file);
        remove(&self.file(file));
    }

    /// Where the part of a lake file is kept.
    pub fn file(&self, lake_file: &str) -> PathBuf {
        let name: String = lake_file.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' }).collect();
        self.path.join(name).with_extension(ENDING)
    }
}

/// Writes a part and gives it back mapped. When that does not work it stays in memory.
pub(super) fn save(path: &Path, part: Part, dictionaries: &Dictionaries) -> Part {
    let saved = part.save(path, dictionaries).and_then(|()| Part::open(path, dictionaries));
    match saved {
        Ok((mapped, _)) => mapped,
        Err(error) => {
            tracing::warn!(name: "query.store.not_saved", file = %path.display(), %error, "packed columns stay in memory");
            remove(path);
            part
        }
    }
}

/// A folder that its owner alone can look into: what lies there are rows.
fn create(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(name: "query.store.not_removed", file = %path.display(), %error, "a file of packed columns could not be removed");
    }
}
