//! Codes on paper, for a factor that is lost.

use crate::randomness::Randomness;
use crate::{Result, tokens};
use parclose_model::PersonId;

const CODES: usize = 10;
/// Without letters that look like digits on paper. 32 of them: five bits of a byte choose one, evenly.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 16;

/// Ten fresh codes, to be shown once, and what is kept of them. Each has 80 random bits, so that no slow hash is needed.
pub(super) fn fresh(randomness: &dyn Randomness, person: &PersonId) -> Result<(Vec<String>, Vec<String>)> {
    let mut shown = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let mut bytes = [0_u8; LENGTH];
        randomness.fill(&mut bytes)?;
        let letters: Vec<char> = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
        shown.push(letters.chunks(4).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-"));
    }
    let kept = shown.iter().filter_map(|code| kept(person, code)).collect();
    Ok((shown, kept))
}

/// What is kept of a code, however it is typed; none when this can't be one. Who reads an `o` meant a zero.
pub(super) fn kept(person: &PersonId, typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(read).take(LENGTH + 1).collect();
    (code.len() == LENGTH).then(|| tokens::hash(&format!("recovery:{}:{code}", person.as_str())))
}

fn read(letter: char) -> char {
    match letter.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ_and_are_read_however_they_are_typed() {
        let person = PersonId::new("p");
        let (shown, stored) = fresh(&crate::OsRandomness, &person).expect("made");
        assert_eq!((shown.len(), stored.len()), (10, 10));
        let different: std::collections::BTreeSet<_> = shown.iter().collect();
        assert_eq!(different.len(), 10);
        let typed = format!(" {} ", shown[3].to_uppercase().replace('-', " "));
        assert_eq!(kept(&person, &typed).as_ref(), Some(&stored[3]));
        assert_ne!(kept(&PersonId::new("q"), &shown[3]).as_ref(), Some(&stored[3]), "a code is one person's");
        for wrong in ["", "123456", "abcd-efgh-jkmn-pqr", "abcd-efgh-jkmn-pqrst"] {
            assert_eq!(kept(&person, wrong), None, "{wrong}");
        }
    }
}
