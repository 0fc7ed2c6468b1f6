//! Which files took the place of which when small ones were merged.

use std::collections::HashMap;

/// Files of the last minutes that were merged from others, with those: one of them has exactly the rows that the others have
/// together. Whoever made something of the others' rows may go on using it.
#[derive(Debug, Clone, Default)]
pub struct Merged {
    /// When (epoch ms) and from which files, by path.
    made: HashMap<String, (i64, Vec<String>)>,
}

impl Merged {
    /// These and one more; without those made before an instant.
    pub(crate) fn with(&self, file: &str, of: Vec<String>, now_ms: i64, since_ms: i64) -> Self {
        let mut made = self.made.clone();
        made.retain(|_, (at, _)| *at >= since_ms);
        made.insert(file.to_owned(), (now_ms, of));
        Self { made }
    }

    /// Files that have the rows of this one, each row once, all of them among those that `has` says yes to. Nothing when there
    /// are none: the file was not merged, or too long ago.
    pub fn instead_of(&self, file: &str, has: impl Fn(&str) -> bool) -> Option<Vec<&str>> {
        let mut found = Vec::new();
        self.collect(file, &has, &mut found).then_some(found)
    }

    fn collect<'a>(&'a self, file: &str, has: &impl Fn(&str) -> bool, found: &mut Vec<&'a str>) -> bool {
        let Some((_, of)) = self.made.get(file) else { return false };
        of.iter().all(|one| {
            let is_there = has(one);
            if is_there {
                found.push(one);
            }
            // What was merged may have been merged itself a moment before.
            is_there || self.collect(one, has, found)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn merged_files_are_found_through_several_mergings_or_not_at_all() {
        let once = Merged::default().with("ab", names(&["a", "b"]), 1_000, 0);
        let twice = once.with("abc", names(&["ab", "c"]), 2_000, 0);
        assert_eq!(twice.instead_of("abc", |f| ["ab", "c"].contains(&f)), Some(vec!["ab", "c"]));
        assert_eq!(twice.instead_of("abc", |f| ["a", "b", "c"].contains(&f)), Some(vec!["a", "b", "c"]));
        assert_eq!(twice.instead_of("abc", |f| ["a", "b", "ab", "c"].contains(&f)), Some(vec!["ab", "c"]), "no row twice");
        assert_eq!(twice.instead_of("abc", |f| ["a", "c"].contains(&f)), None, "a part of the rows is not enough");
        assert_eq!(twice.instead_of("c", |f| ["a", "b", "c"].contains(&f)), None);
        let later = twice.with("de", names(&["d", "e"]), 9_000, 1_500);
        assert_eq!(later.instead_of("abc", |f| ["a", "b", "c"].contains(&f)), None, "long ago");
    }
}
