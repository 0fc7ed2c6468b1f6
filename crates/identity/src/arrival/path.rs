//! Pages of our own.

/// The page, if it is one of ours: a path, and nothing that a browser could take for another site.
pub fn own_path(text: &str) -> Option<&str> {
    let is_path = text.starts_with('/') && !text.starts_with("//") && text.len() <= 1_500;
    let is_plain = !text.chars().any(|c| c == '\\' || c.is_control() || c.is_whitespace());
    // Decoded or not, and in whatever way a browser tidies it up, it must stay below our own root.
    let not_tidied = !text.split(['/', '?', '#']).any(|part| part == ".." || part == ".");
    let page = !["/api/", "/sso/", "/scim/", "/hooks/"].iter().any(|root| text.starts_with(root));
    (is_path && is_plain && not_tidied && page).then_some(text)
}

/// As it can stand in a header: what is not ASCII is written as browsers write it.
pub(crate) fn in_ascii(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            0x21..=0x7e => text.push(char::from(byte)),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{in_ascii, own_path};

    #[test]
    fn letters_of_any_alphabet_fit_into_a_header() {
        assert_eq!(in_ascii("/d/pilot?f=queue:Å&x=%20"), "/d/pilot?f=queue:%C3%85&x=%20");
    }

    #[test]
    fn only_pages_of_ours() {
        for fine in ["/", "/d/pilot?range=last_7_days#top", "/conversations/WT1", "/d/a%20b"] {
            assert_eq!(own_path(fine), Some(fine));
        }
        for bad in [
            "",
            "d",
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "/\\evil.example",
            "\\\\evil",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/ /evil",
            "/..//evil.example",
            "/./x",
            "/a\nb",
            "/api/v1/me",
            "/sso/x/login",
            " /d",
        ] {
            assert_eq!(own_path(bad), None, "{bad:?}");
        }
    }
}
