//! Local files that survive the loss of power. A file has its name only after its content is on the disk, and
//! whoever wrote it hears so only after its folder is: a Delta commit can neither be cut nor name a file that is.

use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions,
    PutPayload, PutResult, RenameOptions, Result, UploadPart,
};
use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

/// How a file or folder is brought to the disk: a test looks over its shoulder.
pub(crate) type Sync = fn(&File) -> io::Result<()>;

/// Reads like the file system; writes durably.
#[derive(Clone)]
pub(crate) struct DurableFiles {
    inner: Arc<LocalFileSystem>,
    sync: Sync,
}

impl DurableFiles {
    pub fn new(sync: Sync) -> Self {
        Self { inner: Arc::new(LocalFileSystem::new()), sync }
    }

    async fn write(&self, location: &Path, payload: PutPayload, may_exist: bool) -> Result<PutResult> {
        let (path, sync) = (self.inner.path_to_filesystem(location)?, self.sync);
        let writing = tokio::task::spawn_blocking(move || {
            let done = place(&path, &payload, may_exist, sync);
            done.map_err(|source| match source.kind() {
                ErrorKind::AlreadyExists => Error::AlreadyExists { path: path.display().to_string(), source: source.into() },
                _ => Error::Generic { store: "durable files", source: source.into() },
            })
        });
        writing.await.map_err(|source| Error::JoinError { source })??;
        Ok(PutResult { e_tag: None, version: None })
    }
}

/// Writes beside the place, brings it to the disk, gives it its name, and brings the name to the disk.
fn place(path: &FilePath, payload: &PutPayload, may_exist: bool, sync: Sync) -> io::Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    let mut beside = path.as_os_str().to_owned();
    // A name that listings leave out: `#` and digits.
    beside.push(format!("#{}", uuid::Uuid::now_v7().as_u128()));
    let beside = PathBuf::from(beside);
    let made = make_folders(folder)?;
    let done = write_and_sync(&beside, payload, sync).and_then(|()| match may_exist {
        true => std::fs::rename(&beside, path),
        // Unlike a rename, a link refuses a name that is taken: of two writers of a version one loses.
        false => std::fs::hard_link(&beside, path),
    });
    if !may_exist || done.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    done?;
    sync(&File::open(folder)?)?;
    made.iter().try_for_each(|above| sync(&File::open(above)?))
}

fn write_and_sync(path: &FilePath, payload: &PutPayload, sync: Sync) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    payload.iter().try_for_each(|part| file.write_all(part))?;
    sync(&file)
}

/// Makes what is missing; gives the folders in which something new appeared.
fn make_folders(folder: &FilePath) -> io::Result<Vec<PathBuf>> {
    let missing = folder.ancestors().take_while(|above| !above.exists());
    let changed = missing.filter_map(|above| above.parent().map(PathBuf::from)).collect();
    std::fs::create_dir_all(folder)?;
    Ok(changed)
}

impl fmt::Display for DurableFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DurableFiles")
    }
}
impl fmt::Debug for DurableFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DurableFiles")
    }
}

#[async_trait::async_trait]
impl ObjectStore for DurableFiles {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        match opts.mode {
            PutMode::Overwrite => self.write(location, payload, true).await,
            PutMode::Create => self.write(location, payload, false).await,
            // Not known to a file system: it says so.
            PutMode::Update(_) => self.inner.put_opts(location, payload, opts).await,
        }
    }
    async fn put_multipart_opts(&self, location: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        // Delta writes its checkpoints in parts. They are small enough to be held until they are whole.
        Ok(Box::new(Upload { files: self.clone(), location: location.clone(), parts: Vec::new() }))
    }
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }
    async fn get_ranges(&self, location: &Path, ranges: &[std::ops::Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }
    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }
    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await
    }
}

/// A file that comes in parts.
#[derive(Debug)]
struct Upload {
    files: DurableFiles,
    location: Path,
    parts: Vec<Bytes>,
}

#[async_trait::async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.parts.extend(data);
        Box::pin(std::future::ready(Ok(())))
    }
    async fn complete(&mut self) -> Result<PutResult> {
        let whole: PutPayload = std::mem::take(&mut self.parts).into_iter().collect();
        self.files.write(&self.location, whole, true).await
    }
    async fn abort(&mut self) -> Result<()> {
        self.parts.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::ObjectStoreExt;

    fn names(folder: &FilePath) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_version_is_written_once_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = DurableFiles::new(File::sync_all);
        let at = Path::from_absolute_path(folder.path()).unwrap().join("a").join("b");
        let create = || PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        files.put_opts(&at, "first".into(), create()).await.unwrap();
        let again = files.put_opts(&at, "second".into(), create()).await;
        assert!(matches!(again, Err(Error::AlreadyExists { .. })));
        assert_eq!(files.get(&at).await.unwrap().bytes().await.unwrap(), "first");
        files.put(&at, "third".into()).await.unwrap();
        let other = Path::from_absolute_path(folder.path()).unwrap().join("a").join("c");
        let mut upload = files.put_multipart(&other).await.unwrap();
        upload.put_part("in ".into()).await.unwrap();
        upload.put_part("parts".into()).await.unwrap();
        upload.complete().await.unwrap();
        assert_eq!(files.get(&at).await.unwrap().bytes().await.unwrap(), "third");
        assert_eq!(files.get(&other).await.unwrap().bytes().await.unwrap(), "in parts");
        assert_eq!(names(&folder.path().join("a")), ["b", "c"]);
    }

    #[tokio::test]
    async fn a_file_that_does_not_reach_the_disk_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let files = DurableFiles::new(|_| Err(ErrorKind::StorageFull.into()));
        let at = Path::from_absolute_path(folder.path()).unwrap().join("b");
        assert!(files.put(&at, "text".into()).await.is_err());
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }
}
