//! Delimited text, record by record, with limits: a file from outside decides nothing about our memory.
//!
//! A general CSV reader grows a record for as long as a quote stays open. This one refuses such a record, and goes on
//! at the next line. Lines may end with LF, CRLF or (old) CR alone; a byte order mark is skipped.

use std::io::{BufRead, ErrorKind};

/// Longest record in bytes.
const RECORD_BYTES: usize = 256 * 1024;
/// Most columns of a record.
const COLUMNS: usize = 1_000;

/// How records are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub delimiter: u8,
    pub quote: Option<u8>,
}

/// One record, or why it is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// Its first line's number and its fields.
    Fields(u64, Vec<Vec<u8>>),
    /// Its first line's number and a reason.
    Refused(u64, &'static str),
}

/// Reads records.
pub(super) struct Table<R> {
    reader: R,
    form: Form,
    /// Lines begun so far.
    pub line: u64,
    /// Bytes consumed so far.
    pub bytes: u64,
    after_cr: bool,
    begun: bool,
}

#[derive(PartialEq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
    /// In a record that is refused already.
    Skipping,
}

impl<R: BufRead> Table<R> {
    pub fn new(reader: R, form: Form) -> Self {
        Self { reader, form, line: 0, bytes: 0, after_cr: false, begun: false }
    }

    /// The next record; empty lines are passed over.
    pub fn next(&mut self) -> std::io::Result<Option<Record>> {
        if !self.begun {
            self.begun = true;
            self.skip_mark()?;
        }
        let (mut fields, mut field) = (Vec::new(), Vec::new());
        let (mut place, mut refused, mut size, mut first_line) = (Place::FieldStart, None, 0usize, self.line + 1);
        loop {
            let Some(byte) = self.byte()? else {
                if refused.is_none() && fields.is_empty() && field.is_empty() && place == Place::FieldStart {
                    return Ok(None);
                }
                self.line += 1;
                if place == Place::Quoted {
                    refused = Some("a quote is never closed");
                }
                break;
            };
            // The second half of a CRLF belongs to the line before.
            if std::mem::take(&mut self.after_cr) && byte == b'\n' {
                continue;
            }
            let ends_line = byte == b'\n' || byte == b'\r';
            if ends_line {
                self.line += 1;
                self.after_cr = byte == b'\r';
                if place != Place::Quoted {
                    if refused.is_none() && fields.is_empty() && field.is_empty() && place == Place::FieldStart {
                        first_line = self.line + 1;
                        continue;
                    }
                    break;
                }
            }
            size += 1;
            if size > RECORD_BYTES && refused.is_none() {
                refused = Some("the line is too long");
                place = Place::Skipping;
                (fields, field) = (Vec::new(), Vec::new());
            }
            place = match place {
                Place::Skipping => Place::Skipping,
                Place::FieldStart if Some(byte) == self.form.quote => Place::Quoted,
                Place::QuoteInQuoted if Some(byte) == self.form.quote => {
                    field.push(byte);
                    Place::Quoted
                }
                Place::Quoted if Some(byte) == self.form.quote => Place::QuoteInQuoted,
                Place::Quoted => {
                    field.push(byte);
                    Place::Quoted
                }
                _ if byte == self.form.delimiter => {
                    if fields.len() + 1 >= COLUMNS {
                        refused = Some("the line has too many columns");
                        Place::Skipping
                    } else {
                        fields.push(std::mem::take(&mut field));
                        Place::FieldStart
                    }
                }
                Place::FieldStart | Place::Plain | Place::QuoteInQuoted => {
                    field.push(byte);
                    Place::Plain
                }
            };
        }
        if let Some(reason) = refused {
            return Ok(Some(Record::Refused(first_line, reason)));
        }
        fields.push(field);
        Ok(Some(Record::Fields(first_line, fields)))
    }

    fn byte(&mut self) -> std::io::Result<Option<u8>> {
        loop {
            match self.reader.fill_buf() {
                Ok(buffer) => {
                    let byte = buffer.first().copied();
                    if byte.is_some() {
                        self.reader.consume(1);
                        self.bytes += 1;
                    }
                    return Ok(byte);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn skip_mark(&mut self) -> std::io::Result<()> {
        // A reader may hand out its first bytes singly, so the mark is only looked for where it came whole.
        if self.reader.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            self.reader.consume(3);
            self.bytes += 3;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Record> {
        let mut table = Table::new(text, Form { delimiter: b',', quote: Some(b'"') });
        std::iter::from_fn(|| table.next().unwrap()).collect()
    }
    fn fields(line: u64, list: &[&str]) -> Record {
        Record::Fields(line, list.iter().map(|field| field.as_bytes().to_vec()).collect())
    }

    #[test]
    fn every_line_end_ends_a_line() {
        for text in ["a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "\u{feff}a,b\nc,d", "\na,b\n"] {
            let mut read = read(text.as_bytes());
            if text.starts_with('\n') {
                assert_eq!(read, [fields(2, &["a", "b"])]);
                continue;
            }
            assert_eq!(read.remove(0), fields(1, &["a", "b"]), "{text:?}");
            assert_eq!(read.remove(0), fields(2, &["c", "d"]), "{text:?}");
        }
    }

    #[test]
    fn quotes_hold_delimiters_quotes_and_lines() {
        assert_eq!(
            read(b"\"a,\"\"b\",c\n\"x\ny\",\nz"),
            [fields(1, &["a,\"b", "c"]), fields(2, &["x\ny", ""]), fields(4, &["z"]),]
        );
        assert_eq!(read(b"a,\"b\nc"), [Record::Refused(1, "a quote is never closed")]);
        assert!(read(b"").is_empty());
    }

    #[test]
    fn a_line_without_end_is_refused_and_the_next_one_read() {
        let mut text = vec![b'x'; RECORD_BYTES + 10];
        text.extend(b"\na\n\"");
        text.extend(vec![b'y'; RECORD_BYTES + 10]);
        text.extend(b"\nb\n");
        text.extend(vec![b','; COLUMNS + 1]);
        text.extend(b"\nc");
        assert_eq!(
            read(&text),
            [
                Record::Refused(1, "the line is too long"),
                fields(2, &["a"]),
                Record::Refused(3, "the line is too long"),
                fields(4, &["b"]),
                Record::Refused(5, "the line has too many columns"),
                fields(6, &["c"]),
            ]
        );
    }
}
