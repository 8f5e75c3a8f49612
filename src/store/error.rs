//! What can go wrong with files, told to the person who gets it.

use crate::engine;
use serde_json::{json, Map, Value};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Result of work with files.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why it failed.
#[derive(Debug)]
pub(crate) enum Error {
    /// The operating system refused something.
    Io {
        /// What was being done: `"write"`, `"rename"` and so on.
        operation: &'static str,
        /// To which file or directory.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// What stands at a path is not a regular file.
    Place {
        /// What was to be done with it.
        operation: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system would have said.
        errno: i32,
        /// What it is instead.
        reason: &'static str,
    },
    /// A file is not what it should be.
    Content {
        /// Which file.
        path: PathBuf,
        /// In which table of it, if that is known.
        table: Option<String>,
        /// What is wrong; a position is one of the file.
        error: Box<engine::Error>,
    },
    /// A binary file is damaged, or is none.
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// Where in it, in bytes from its start.
        position: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A delta continues a file that is not there.
    Gap {
        /// The delta.
        path: PathBuf,
        /// The name of the file that it continues.
        missing: String,
    },
    /// A directory has no backup that could be restored.
    Nothing {
        /// Which directory.
        path: PathBuf,
        /// What it lacks.
        reason: &'static str,
    },
    /// A line of a text file is not what it should be.
    Line {
        /// Which file.
        path: PathBuf,
        /// The line's number, from 1; of what takes several lines, that of the first.
        line: u64,
        /// The number of the line's cell, from 1, if it is about one.
        column: Option<u64>,
        /// What is wrong.
        fault: Box<Fault>,
    },
    /// The database itself refused.
    Engine(engine::Error),
}

/// What is wrong with a line.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The record that it is; a position is one of the file.
    Record(engine::Error),
    /// It is not UTF-8.
    NotUtf8,
    /// The file is not of its format there.
    Format(String),
}

impl From<engine::Error> for Fault {
    fn from(error: engine::Error) -> Fault {
        Fault::Record(error)
    }
}

impl From<engine::Error> for Error {
    fn from(error: engine::Error) -> Error {
        Error::Engine(error)
    }
}

impl Error {
    /// Says of what the system refused what it was.
    pub(crate) fn io(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_owned();
        move |error| Error::Io {
            operation,
            path,
            error,
        }
    }

    /// Says of which file an error is; some are of none.
    pub(crate) fn content(path: &Path, table: Option<&str>, error: engine::Error) -> Error {
        match error {
            engine::Error::OutOfMemory { .. }
            | engine::Error::Cancelled
            | engine::Error::Timeout { .. } => Error::Engine(error),
            error => Error::Content {
                path: path.to_owned(),
                table: table.map(str::to_owned),
                error: Box::new(error),
            },
        }
    }

    /// Says where in a text file something is wrong; what does not tell of the file is passed on.
    pub(crate) fn line(path: &Path, line: u64, column: Option<u64>, fault: Fault) -> Error {
        match fault {
            Fault::Record(
                error @ (engine::Error::OutOfMemory { .. }
                | engine::Error::Cancelled
                | engine::Error::Timeout { .. }),
            ) => Error::Engine(error),
            fault => Error::Line {
                path: path.to_owned(),
                line,
                column,
                fault: Box::new(fault),
            },
        }
    }

    /// The facts of the error, for programs.
    pub(crate) fn detail(&self) -> Value {
        let mut detail = Map::new();
        match self {
            Error::Io {
                operation,
                path,
                error,
            } => {
                detail.insert("operation".to_owned(), json!(operation));
                detail.insert("path".to_owned(), json!(path.to_string_lossy()));
                if let Some(code) = error.raw_os_error() {
                    detail.insert("errno".to_owned(), json!(code));
                }
            }
            Error::Place {
                operation,
                path,
                errno,
                ..
            } => {
                detail.insert("operation".to_owned(), json!(operation));
                detail.insert("path".to_owned(), json!(path.to_string_lossy()));
                detail.insert("errno".to_owned(), json!(errno));
            }
            Error::Content { path, table, error } => {
                detail.insert("path".to_owned(), json!(path.to_string_lossy()));
                if let Some(table) = table {
                    detail.insert("table".to_owned(), json!(table));
                }
                if let Value::Object(members) = error.detail() {
                    detail.extend(members);
                }
            }
            Error::Nothing { path, .. } => {
                detail.insert("path".to_owned(), json!(path.to_string_lossy()));
            }
            Error::Corrupt { path, position, .. } => {
                detail.insert("path".to_owned(), json!(path.to_string_lossy()));
                detail.insert("position".to_owned(), json!(position));
            }
            Error::Gap { path, missing } => {
                detail.insert("path".to_owned(), json!(path.to_string_lossy()));
                detail.insert("missing".to_owned(), json!(missing));
            }
            Error::Line {
                path,
                line,
                column,
                fault,
            } => {
                detail.insert("path".to_owned(), json!(path.to_string_lossy()));
                detail.insert("line".to_owned(), json!(line));
                if let Some(column) = column {
                    detail.insert("column".to_owned(), json!(column));
                }
                if let Fault::Record(error) = &**fault {
                    if let Value::Object(members) = error.detail() {
                        detail.extend(members);
                    }
                }
            }
            Error::Engine(error) => return error.detail(),
        }
        Value::Object(detail)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io {
                operation,
                path,
                error,
            } => write!(f, "{operation} {}: {error}", path.display()),
            Error::Place {
                operation,
                path,
                reason,
                ..
            } => write!(f, "{operation} {}: {reason}", path.display()),
            Error::Content {
                path,
                table: Some(table),
                error,
            } => write!(f, "{}, table {table:?}: {error}", path.display()),
            Error::Content { path, error, .. } => write!(f, "{}: {error}", path.display()),
            Error::Corrupt {
                path,
                position,
                reason,
            } => write!(f, "{}, byte {position}: {reason}", path.display()),
            Error::Nothing { path, reason } => write!(f, "{}: {reason}", path.display()),
            Error::Gap { path, missing } => write!(
                f,
                "{}: this delta continues {missing}, which is not the file before it",
                path.display()
            ),
            Error::Line {
                path,
                line,
                column,
                fault,
            } => {
                write!(f, "{}, line {line}", path.display())?;
                if let Some(column) = column {
                    write!(f, ", column {column}")?;
                }
                match &**fault {
                    Fault::Record(error) => write!(f, ": {error}"),
                    Fault::NotUtf8 => write!(f, ": this is not UTF-8"),
                    Fault::Format(reason) => write!(f, ": {reason}"),
                }
            }
            Error::Engine(error) => error.fmt(f),
        }
    }
}
