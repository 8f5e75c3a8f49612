//! Columns: what scans ask of many records, kept beside the pages of the row directory in the form in which it is asked.

mod codes;
mod encode;
mod filter;
mod mask;
mod page;
mod ready;
mod registry;
mod scan;
mod test;
#[cfg(test)]
#[cfg(not(loom))]
mod tests;
mod view;

pub(crate) use encode::exact;
pub(crate) use mask::Mask;
pub(crate) use page::{Encoding, PageColumns, Written};
pub(crate) use ready::Ready;
pub(crate) use registry::{Column, Columns};
pub(crate) use scan::{Count, Each, Found, Scan, Visit};
pub(crate) use view::View;
