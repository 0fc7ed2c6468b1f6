//! Values as providers write them: repeated, as a JSON array in one text, as a list with commas.

use std::collections::BTreeMap;

const MAX_ATTRIBUTES: usize = 200;
const MAX_VALUES: usize = 500;
const MAX_BYTES: usize = 256;

/// The values of one attribute. A single text that is a JSON array of texts is that array: some providers can't repeat.
pub(crate) fn spread(values: &[String]) -> Vec<String> {
    if let [only] = values
        && only.trim_start().starts_with('[')
        && let Ok(list) = serde_json::from_str::<Vec<String>>(only)
    {
        return list;
    }
    values.to_vec()
}

/// Roles: as [`spread`], and lists with commas, which no role has in its name.
pub(crate) fn roles_of(values: &[String]) -> Vec<String> {
    let mut roles = Vec::new();
    for value in spread(values) {
        for role in value.split(',').map(str::trim).filter(|role| !role.is_empty()) {
            if !roles.iter().any(|known| known == role) {
                roles.push(role.to_owned());
            }
        }
    }
    roles
}

/// A text that can be kept: trimmed, not empty, not long, without control characters.
pub(crate) fn text(value: &str) -> Option<String> {
    let value = value.trim();
    let is_fine = !value.is_empty() && value.len() <= MAX_BYTES && !value.chars().any(char::is_control);
    is_fine.then(|| value.to_owned())
}

/// Attributes that can be kept, each value once, in order; and the names of those that lost something.
pub(crate) fn tidy(attributes: &BTreeMap<String, Vec<String>>) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
    let (mut kept, mut cut) = (BTreeMap::new(), Vec::new());
    for (name, values) in attributes {
        let values = spread(values);
        let Some(clean) = text(name).filter(|clean| kept.len() < MAX_ATTRIBUTES && !kept.contains_key(clean)) else {
            cut.push(name.chars().filter(|c| !c.is_control()).take(64).collect());
            continue;
        };
        let mut fine: Vec<String> = Vec::new();
        for value in values.iter().take(MAX_VALUES).filter_map(|value| text(value)) {
            if !fine.contains(&value) {
                fine.push(value);
            }
        }
        if values.len() > MAX_VALUES || values.iter().any(|value| !value.trim().is_empty() && text(value).is_none()) {
            cut.push(clean.clone());
        }
        if !fine.is_empty() {
            kept.insert(clean, fine);
        }
    }
    (kept, cut)
}
