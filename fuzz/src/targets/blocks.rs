//! Binary files in pieces (`docs/file-format.md`): so that an input gets behind the checksums.

use xxhash_rust::xxh3::xxh3_64;

const HEAD: usize = 16;
const HEADER: usize = HEAD + 8;
const START: [u8; 8] = *b"\x89DDB\r\n\x1a\n";

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

/// Makes all checksums right, as far as the lengths lead.
pub fn seal(file: &mut [u8]) {
    if file.len() < HEADER {
        return;
    }
    let sum = xxh3_64(&file[..HEAD]);
    file[HEAD..HEADER].copy_from_slice(&sum.to_le_bytes());
    let mut at = HEADER;
    while file.len() - at >= HEADER {
        let left = file.len() - at - HEADER;
        let length = usize::try_from(word(file, at + 8))
            .unwrap_or(usize::MAX)
            .min(left);
        let payload = at + HEADER..at + HEADER + length;
        let sum = xxh3_64(&[&file[at..at + HEAD], &file[payload.clone()]].concat());
        file[at + HEAD..at + HEADER].copy_from_slice(&sum.to_le_bytes());
        at = payload.end;
    }
}

/// A file of blocks: of each its type (a byte), the length of its payload (two), and the payload.
pub fn assemble(mut parts: &[u8]) -> Vec<u8> {
    let mut file = [START.as_slice(), &1_u32.to_le_bytes(), &[0; 12]].concat();
    let mut number = 0_u32;
    while let [kind, low, high, rest @ ..] = parts {
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
        let (payload, others) = rest.split_at(length);
        file.extend_from_slice(&u32::from(*kind).to_le_bytes());
        file.extend_from_slice(&number.to_le_bytes());
        file.extend_from_slice(&(length as u64).to_le_bytes());
        file.extend_from_slice(&[0; 8]);
        file.extend_from_slice(payload);
        number += 1;
        parts = others;
    }
    seal(&mut file);
    file
}

/// A file with one table, whose records are of no shape: a line each, of any text.
pub fn unshaped(lines: &[u8]) -> Vec<u8> {
    let mut records = Vec::new();
    let mut count = 0_u64;
    for line in lines.split(|byte| *byte == b'\n') {
        records.extend_from_slice(&[0; 4]);
        // Four times its length, and the code of the narrowest ends.
        records.extend_from_slice(&(4 * line.len() as u32).to_le_bytes());
        records.extend_from_slice(line);
        count += 1;
    }
    let table = format!(
        r#"{{"name":"t","primary_key":"id","schema":null,"indexes":[],"largest_key":0,"records":{count}}}"#
    );
    let mut parts = Vec::new();
    let numbers = [count.to_le_bytes(), 1_u64.to_le_bytes()];
    for (kind, payload) in [
        (1, table.as_bytes()),
        (3, &records),
        (4, &numbers[0]),
        (5, &numbers[1]),
    ] {
        parts.push(kind);
        parts.extend_from_slice(&(payload.len() as u16).to_le_bytes());
        parts.extend_from_slice(payload);
    }
    assemble(&parts)
}

/// The pieces of a file that is in order: `assemble` makes it of them again.
pub fn take_apart(file: &[u8]) -> Vec<u8> {
    let mut parts = Vec::new();
    let mut at = HEADER;
    while file.len() - at >= HEADER {
        let length = word(file, at + 8) as usize;
        parts.push(file[at]);
        parts.extend_from_slice(&u16::try_from(length).expect("short blocks").to_le_bytes());
        parts.extend_from_slice(&file[at + HEADER..at + HEADER + length]);
        at += HEADER + length;
    }
    parts
}
