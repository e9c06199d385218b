//! [`Engine`]: what the functions of one rendering share: the budget, the time, randomness, and the values that were made.

use crate::error::Result;
use crate::input::{Outside, Random};
use crate::limits::Budget;
use crate::packages::regexp::RegexpCache;
use crate::text::Buffer;
use crate::text::Text;
use crate::value::{Elem, List, Map, TEXT, Value};
use jiff::Timestamp;
use std::cell::{Cell, RefCell};

/// One rendering.
pub(crate) struct Engine<'a> {
    budget: &'a Budget,
    now: Timestamp,
    drew: Cell<bool>,
    random: RefCell<&'a mut dyn Random>,
    lists: RefCell<Vec<List>>,
    maps: RefCell<Vec<Map>>,
    regexps: RegexpCache,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(budget: &'a Budget, outside: Outside<'a>) -> Self {
        let Outside { now, random } = outside;
        Self {
            budget,
            now,
            drew: Cell::new(false),
            random: RefCell::new(random),
            lists: RefCell::default(),
            maps: RefCell::default(),
            regexps: RegexpCache::default(),
        }
    }

    pub(crate) fn budget(&self) -> &Budget {
        self.budget
    }

    pub(crate) fn regexps(&self) -> &RegexpCache {
        &self.regexps
    }

    /// The time of the rendering.
    pub(crate) fn now(&self) -> Timestamp {
        self.draw();
        self.now
    }

    /// Records that the template uses the time, randomness or a new key, so that the next rendering may give something else.
    pub(crate) fn draw(&self) {
        self.drew.set(true);
    }

    /// Whether the template used the time, randomness or a new key.
    pub(crate) fn drew(&self) -> bool {
        self.drew.get()
    }

    pub(crate) fn random(&self, bytes: &mut [u8]) {
        self.draw();
        self.random.borrow_mut().fill(bytes);
    }

    /// A random number below `bound`, evenly distributed. Zero if the bound is zero.
    pub(crate) fn random_below(&self, bound: u64) -> u64 {
        let Some(excess) = (u64::MAX % bound.max(1)).checked_add(1).map(|rest| rest % bound.max(1)) else {
            return 0;
        };
        loop {
            let mut bytes = [0; 8];
            self.random(&mut bytes);
            let number = u64::from_le_bytes(bytes);
            // The last, incomplete run of `bound` numbers would favour the small ones.
            if number <= u64::MAX - excess {
                return number % bound.max(1);
            }
        }
    }

    pub(crate) fn buffer(&self) -> Buffer<'_> {
        Buffer::new(self.budget)
    }

    /// A string of these bytes, which are paid for before they are copied.
    pub(crate) fn text(&self, bytes: impl AsRef<[u8]> + Into<Vec<u8>>) -> Result<Value> {
        Value::text(self.budget, bytes)
    }

    /// A string from a buffer, which has paid for its bytes.
    pub(crate) fn finish(&self, buffer: Buffer<'_>) -> Result<Value> {
        self.budget.memory(TEXT)?;
        Ok(Value::Text(Text::new(buffer.into_bytes())))
    }

    /// Pays for a collection of `count` values, before it is made.
    pub(crate) fn collects(&self, count: usize) -> Result<()> {
        self.budget.memory(count.saturating_mul(size_of::<Value>()))
    }

    /// A new list.
    pub(crate) fn list(&self, elem: Elem, items: Vec<Value>) -> Result<Value> {
        self.budget.memory(items.len() * size_of::<Value>() + 64)?;
        self.budget.steps(items.len() / 16)?;
        let list = List::new(elem, items);
        self.lists.borrow_mut().push(list.clone());
        Ok(Value::List(list))
    }

    /// A new list of strings.
    pub(crate) fn texts<T: AsRef<[u8]> + Into<Vec<u8>>>(
        &self,
        items: impl IntoIterator<Item = T>,
    ) -> Result<Value> {
        let items = items.into_iter().map(|item| self.text(item)).collect::<Result<Vec<_>>>()?;
        self.list(Elem::Text, items)
    }

    /// A new, empty map.
    pub(crate) fn map(&self, elem: Elem) -> Result<Map> {
        self.budget.memory(128)?;
        let map = Map::new(elem);
        self.maps.borrow_mut().push(map.clone());
        Ok(map)
    }

    /// Puts a value into a map.
    pub(crate) fn put(&self, map: &Map, key: Text, value: Value) -> Result<()> {
        map.put(self.budget, key, value)
    }
}

impl Drop for Engine<'_> {
    /// Empties every list and map on its own: values may nest as deep as the template built them, or in circles,
    /// and to drop them from within each other would take as much stack, or never happen.
    fn drop(&mut self) {
        for list in self.lists.borrow_mut().drain(..) {
            list.clear();
        }
        for map in self.maps.borrow_mut().drain(..) {
            if let Some(items) = map.items() {
                items.borrow_mut().clear();
            }
        }
    }
}
