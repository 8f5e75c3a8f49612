//! Shapes: the field lists that records of a table share.

use crate::engine::json::{quoted, string_of};
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashTable};
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

/// The shape of records that carry no field positions.
pub(crate) const GENERIC: u16 = 0;

/// Shapes of one table at most; records of further ones are generic.
const MAX_SHAPES: usize = 4096;

/// Fields of a shape at most.
const MAX_FIELDS: usize = 512;

/// Bytes of the names of a shape at most, so that shapes cost little whatever is stored.
const MAX_NAME_BYTES: usize = 16 << 10;

/// Above this, names are found by hash instead of one by one.
const FEW_FIELDS: usize = 8;

/// One field of a shape.
#[derive(Debug)]
pub(crate) struct Field {
    /// The name as it stands before a value: quotes and colon included.
    named: Box<[u8]>,
}

impl Field {
    /// The name as it stands in a record's text, quotes included.
    #[inline]
    pub(crate) fn quoted(&self) -> &[u8] {
        self.named.split_last().map_or(&[], |(_, quoted)| quoted)
    }

    /// The same and the colon behind it.
    #[inline]
    pub(crate) fn named(&self) -> &[u8] {
        &self.named
    }
}

/// A field list. Names are unique; the key field is among them.
#[derive(Debug)]
pub(crate) struct Shape {
    id: u16,
    fields: Box<[Field]>,
    by_name: HashMap<Box<[u8]>, u16, RandomState>,
    key: u16,
}

impl Shape {
    fn new(id: u16, names: &[&[u8]], key: &[u8]) -> Shape {
        let mut by_name = HashMap::with_hasher(RandomState::default());
        if names.len() > FEW_FIELDS {
            for (at, name) in names.iter().enumerate() {
                by_name.insert(Box::from(*name), at as u16);
            }
        }
        let fields = names
            .iter()
            .map(|name| Field {
                named: [*name, b":"].concat().into_boxed_slice(),
            })
            .collect();
        let mut shape = Shape {
            id,
            fields,
            by_name,
            key: 0,
        };
        shape.key = shape.position(key).unwrap_or(0);
        shape
    }

    #[inline]
    pub(crate) fn id(&self) -> u16 {
        self.id
    }

    #[inline]
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Position of the key field.
    #[inline]
    pub(crate) fn key(&self) -> u16 {
        self.key
    }

    /// Position of a field by its quoted name.
    pub(crate) fn position(&self, quoted: &[u8]) -> Option<u16> {
        if self.by_name.is_empty() {
            let at = self
                .fields
                .iter()
                .position(|field| field.quoted() == quoted);
            return at.map(|at| at as u16);
        }
        self.by_name.get(quoted).copied()
    }

    /// The names that the quotes stand for.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.fields
            .iter()
            .filter_map(|field| string_of(field.quoted()).map(|name| name.into_owned()))
    }

    fn is(&self, names: &[&[u8]]) -> bool {
        self.fields.len() == names.len()
            && self
                .fields
                .iter()
                .zip(names)
                .all(|(field, name)| field.quoted() == *name)
    }
}

/// The shapes of a table. They are only ever added.
#[derive(Debug, Clone)]
pub(crate) struct Shapes {
    key: Arc<[u8]>,
    list: Vec<Arc<Shape>>,
    by_names: HashTable<u16>,
    hasher: RandomState,
}

impl Shapes {
    pub(crate) fn new(key_field: &str) -> Shapes {
        let generic = Arc::new(Shape::new(GENERIC, &[], b""));
        Shapes {
            key: Arc::from(quoted(key_field)),
            list: vec![generic],
            by_names: HashTable::new(),
            hasher: RandomState::default(),
        }
    }

    /// The quoted name of the key field.
    #[inline]
    pub(crate) fn key_field(&self) -> &[u8] {
        &self.key
    }

    #[inline]
    pub(crate) fn get(&self, id: u16) -> Option<&Arc<Shape>> {
        self.list.get(usize::from(id))
    }

    /// The one that was added last: a good guess.
    pub(crate) fn latest(&self) -> Option<&Arc<Shape>> {
        self.list.last().filter(|shape| shape.id != GENERIC)
    }

    /// How many there are, the generic one not counted.
    pub(crate) fn count(&self) -> usize {
        self.list.len() - 1
    }

    /// The shape with these quoted names in this order.
    pub(crate) fn find(&self, names: &[&[u8]]) -> Option<&Arc<Shape>> {
        let found = self.by_names.find(self.hash(names), |&id| {
            self.get(id).is_some_and(|shape| shape.is(names))
        });
        found.and_then(|&id| self.get(id))
    }

    /// The shape of records without field positions.
    pub(crate) fn generic(&self) -> Option<&Arc<Shape>> {
        self.list.first()
    }

    /// Whether a record with so many fields, whose names have so many bytes, can have a shape of its own.
    pub(crate) fn can_have(fields: usize, bytes: usize) -> bool {
        fields <= MAX_FIELDS && bytes <= MAX_NAME_BYTES
    }

    /// Whether no more shapes are taken.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() > MAX_SHAPES
    }

    /// Adds a shape, or gives the generic one if there are too many or it has too many fields.
    pub(crate) fn add(&mut self, names: &[&[u8]]) -> Arc<Shape> {
        if let Some(shape) = self.find(names) {
            return shape.clone();
        }
        let bytes = names.iter().map(|name| name.len()).sum();
        if !Shapes::can_have(names.len(), bytes) || self.is_full() {
            if let Some(generic) = self.generic() {
                return generic.clone();
            }
        }
        let id = self.list.len() as u16;
        let shape = Arc::new(Shape::new(id, names, &self.key));
        let hash = self.hash(names);
        self.list.push(shape.clone());
        let (list, hasher) = (&self.list, &self.hasher);
        self.by_names.insert_unique(hash, id, |&id| {
            let fields = list.get(usize::from(id)).map(|shape| shape.fields());
            hash_names(hasher, fields.unwrap_or_default().iter().map(Field::quoted))
        });
        shape
    }

    fn hash(&self, names: &[&[u8]]) -> u64 {
        hash_names(&self.hasher, names.iter().copied())
    }
}

fn hash_names<'a>(hasher: &RandomState, names: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut state = hasher.build_hasher();
    names.for_each(|name| state.write(name));
    state.finish()
}
