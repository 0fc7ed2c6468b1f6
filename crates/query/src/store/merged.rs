//! Files that were merged from others: while they are packed, the parts of those others stand in for them.

use super::{Store, Table, packed};
use parclose_columns::{Dictionaries, Part};
use parclose_lake::{LakeFile, LiveTable};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// A table's files that others stand in for.
#[derive(Default)]
pub(super) struct Waiting {
    files: Vec<LakeFile>,
    folder: PathBuf,
    units: Vec<usize>,
    /// Packed in the meantime: path and part.
    prepared: Vec<(String, Part)>,
    /// Could not be packed.
    failed: HashSet<String>,
}

/// What it takes to pack a file without holding the table.
struct Job {
    file: LakeFile,
    folder: PathBuf,
    units: Vec<usize>,
    dictionaries: Arc<Dictionaries>,
    kept: Option<PathBuf>,
}

impl Waiting {
    /// Whether other parts stand in for this file.
    pub fn waits(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path)
    }

    /// Nothing stands in for anything.
    pub fn clear(&mut self) {
        self.files.clear();
    }

    /// Finds the files, of these, that other parts can stand in for: notes them, and gives the paths of those parts.
    pub fn look<'a>(&mut self, now: &'a LiveTable, units: &[usize], of: &[&LakeFile], parts: &HashMap<String, Arc<Part>>) -> Vec<&'a str> {
        (self.folder, self.units) = (now.folder.clone(), units.to_vec());
        self.files.clear();
        self.failed.retain(|path| of.iter().any(|file| file.path == *path));
        let mut instead = Vec::new();
        for file in of.iter().filter(|file| !parts.contains_key(&file.path) && !self.failed.contains(&file.path)) {
            let found = now.merged.instead_of(&file.path, |path| parts.contains_key(path)).unwrap_or_default();
            // As many rows as it has, or there is a mistake somewhere, and it is packed like any other file.
            let rows: u64 = found.iter().filter_map(|path| parts.get(*path)).map(|part| part.rows() as u64).sum();
            if rows == file.rows && !found.is_empty() {
                self.files.push((*file).clone());
                instead.extend(found);
            }
        }
        instead
    }
}

impl Table {
    /// Takes what was packed in the meantime. True when there was something.
    pub fn take_prepared(&mut self) -> bool {
        let prepared = std::mem::take(&mut self.merged.prepared);
        let some = !prepared.is_empty();
        self.parts.extend(prepared.into_iter().map(|(path, part)| (path, Arc::new(part))));
        some
    }

    fn merged_job(&self) -> Option<Job> {
        let Waiting { files, folder, units, prepared, .. } = &self.merged;
        let file = files.iter().find(|file| prepared.iter().all(|(path, _)| *path != file.path))?.clone();
        let kept = self.folder.as_ref().map(|folder| folder.file(&file.path));
        Some(Job { file, folder: folder.clone(), units: units.clone(), dictionaries: self.dictionaries.clone(), kept })
    }
}

impl Store {
    /// Whether parts stand in for some file.
    pub fn has_merged(&self) -> bool {
        let tables = self.tables.lock().unwrap_or_else(|p| p.into_inner());
        tables.values().any(|table| !table.merged.files.is_empty())
    }

    /// Packs one of these files, for the next call of [`follow`](Self::follow). Blocks, but holds nothing up; one call at a time.
    pub fn prepare(&self) -> bool {
        let next = {
            let tables = self.tables.lock().unwrap_or_else(|p| p.into_inner());
            tables.iter().find_map(|(id, table)| Some((*id, table.merged_job()?)))
        };
        let Some((id, Job { file, folder, units, dictionaries, kept })) = next else { return false };
        let packed = packed(&folder, &file, &dictionaries, &units, kept);
        let mut tables = self.tables.lock().unwrap_or_else(|p| p.into_inner());
        let Some(table) = tables.get_mut(&id) else { return false };
        match packed {
            Ok(part) if table.merged.waits(&file.path) => table.merged.prepared.push((file.path, part)),
            // Merged once more meanwhile, or rows of it were replaced.
            Ok(_) => {
                if let Some(folder) = table.folder.as_mut().filter(|_| !table.parts.contains_key(&file.path)) {
                    folder.forget(&file.path);
                }
            }
            Err(error) => {
                tracing::warn!(name: "query.store.not_packed", %error, "a merged file of the lake was not packed");
                table.merged.failed.insert(file.path);
            }
        }
        true
    }
}
