//! Reads a JSON file to its end, and holds no more of it than a value.

use super::window::Window;
use crate::store::Result;
use std::io::{Read, Seek};
use std::path::Path;

/// Whether it is a JSON text that has tables, and says that it is a delta if it should be one.
pub(in crate::store) fn check(source: impl Read + Seek, path: &Path, is_delta: bool) -> Result<()> {
    let mut window = Window::new(source, path);
    let (mut has_tables, mut has_type) = (false, false);
    window.members(|window, name| match name.as_str() {
        "type" => {
            has_type = window.value()? == b"\"delta\"";
            Ok(())
        }
        "tables" => {
            has_tables = true;
            window.members(|window, name| {
                window.table = Some(name);
                window.members(|window, _| match window.peek()? {
                    Some(b'[') => window.elements(|window| window.value().map(|_| ())),
                    _ => window.value().map(|_| ()),
                })
            })
        }
        _ => window.value().map(|_| ()),
    })?;
    window.end()?;
    match has_tables && has_type == is_delta {
        true => Ok(()),
        false if is_delta => Err(window.wrong("this is no delta")),
        false => Err(window.wrong("this is no file of a database")),
    }
}
