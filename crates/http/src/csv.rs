//! Lines of CSV that a spreadsheet can't be tricked with.

/// One line with its end, quoted where needed (RFC 4180).
pub(crate) fn line<const N: usize>(cells: [String; N]) -> String {
    cells.map(|cell| quoted(&harmless(cell))).join(",") + "\r\n"
}

/// A spreadsheet takes a cell that begins like a formula for one. An apostrophe in front makes it text; a number may
/// begin with a sign. Where lists are separated by a semicolon or a tab, a cell may begin in the middle of ours: there too.
fn harmless(cell: String) -> String {
    if cell.parse::<f64>().is_ok_and(f64::is_finite) {
        return cell;
    }
    let mut safe = String::with_capacity(cell.len() + 1);
    let mut begins = true;
    for c in cell.chars() {
        if begins && matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r') {
            safe.push('\'');
        }
        begins = matches!(c, ';' | ',' | '\t' | '\r' | '\n');
        safe.push(c);
    }
    safe
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\r=x", "\"'\r'=x\""),
            ("-inf", "'-inf"),
            ("-12.5", "-12.5"),
            ("+3", "+3"),
            ("a=b", "a=b"),
            ("Müller, \"Jan\"", "\"Müller, \"\"Jan\"\"\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("x;=1+1;y", "x;'=1+1;y"),
            ("x\t@y", "x\t'@y"),
            ("a;b", "a;b"),
            ("", ""),
        ] {
            assert_eq!(line([cell.to_owned()]), format!("{written}\r\n"));
        }
    }
}
