//! Lines of CSV that a spreadsheet can't be tricked with.

/// One line with its end, quoted where needed (RFC 4180).
pub(crate) fn line<const N: usize>(cells: [String; N]) -> String {
    cells.map(|cell| quoted(&harmless(cell))).join(",") + "\r\n"
}

/// A spreadsheet takes a cell that begins like a formula for one. An apostrophe in front makes it text; a number may
/// begin with a sign.
fn harmless(cell: String) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().map_or(true, |number| !number.is_finite());
    if is_formula { format!("'{cell}") } else { cell }
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
            ("\r=x", "\"'\r=x\""),
            ("-inf", "'-inf"),
            ("-12.5", "-12.5"),
            ("+3", "+3"),
            ("a=b", "a=b"),
            ("Müller, \"Jan\"", "\"Müller, \"\"Jan\"\"\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("", ""),
        ] {
            assert_eq!(line([cell.to_owned()]), format!("{written}\r\n"));
        }
    }
}
