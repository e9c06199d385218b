//! Lists and maps, which are shared as in Go: a change by `set` or `sortAlpha` is visible through every variable that holds them.

use super::types::Elem;
use crate::error::{Cause, Result};
use crate::limits::Budget;
use crate::text::Text;
use std::cell::{Ref, RefCell};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

/// An item of lists and maps.
pub(crate) trait Item: Clone {
    /// The item as a list or map of any values holds it.
    fn as_item(&self) -> Self;
}

/// A slice of shared values.
#[derive(Clone)]
pub(crate) struct List<V> {
    elem: Elem,
    nil: bool,
    start: usize,
    length: usize,
    items: Rc<RefCell<Vec<V>>>,
}

impl<V: Item> List<V> {
    fn of(elem: Elem, items: Vec<V>, nil: bool) -> Self {
        Self { elem, nil, start: 0, length: items.len(), items: Rc::new(RefCell::new(items)) }
    }

    /// A new list. Only the engine calls this, because it empties all lists at the end.
    pub(crate) fn new(elem: Elem, items: Vec<V>) -> Self {
        Self::of(elem, items, false)
    }

    /// Go's nil slice: like an empty one, but `null` in JSON.
    pub(crate) fn nil(elem: Elem) -> Self {
        Self::of(elem, Vec::new(), true)
    }

    pub(crate) fn elem(&self) -> Elem {
        self.elem
    }

    pub(crate) fn is_nil(&self) -> bool {
        self.nil
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The length that a slice of it may reach: beyond its own end, to the end of the list that it was cut from.
    pub(crate) fn capacity(&self) -> usize {
        self.items.borrow().len() - self.start
    }

    /// The items from `start` to `end`, which the caller has checked against the capacity.
    pub(crate) fn window(&self, start: usize, end: usize) -> Self {
        Self { start: self.start + start, length: end - start, ..self.clone() }
    }

    pub(crate) fn get(&self, index: usize) -> Option<V> {
        let item = (index < self.length).then(|| self.items.borrow().get(self.start + index).cloned())??;
        Some(if self.elem == Elem::Any { item.as_item() } else { item })
    }

    pub(crate) fn items(&self) -> Ref<'_, [V]> {
        Ref::map(self.items.borrow(), |items| {
            items.get(self.start..self.start + self.length).unwrap_or_default()
        })
    }

    /// Puts the items in order, in place.
    pub(crate) fn sort_by(&self, order: impl Fn(&V, &V) -> Ordering) {
        let mut items = self.items.borrow_mut();
        if let Some(window) = items.get_mut(self.start..self.start + self.length) {
            window.sort_by(order);
        }
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.items, &other.items) && self.start == other.start && self.length == other.length
    }

    pub(crate) fn clear(&self) {
        let items = std::mem::take(&mut *self.items.borrow_mut());
        drop(items);
    }
}

/// How often a string is compared when it is looked up among `count` strings.
pub(crate) fn comparisons(count: usize) -> usize {
    count.checked_ilog2().map_or(0, |bits| bits as usize + 1)
}

/// A map from strings. Access to a key costs by the key's length.
#[derive(Clone)]
pub(crate) struct Map<V> {
    elem: Elem,
    /// None is Go's nil map, which can be read but not written.
    items: Option<Rc<RefCell<BTreeMap<Text, V>>>>,
}

impl<V: Item> Map<V> {
    /// A new map. Only the engine calls this, because it empties all maps at the end.
    pub(crate) fn new(elem: Elem) -> Self {
        Self { elem, items: Some(Rc::default()) }
    }

    pub(crate) fn nil() -> Self {
        Self { elem: Elem::Any, items: None }
    }

    pub(crate) fn elem(&self) -> Elem {
        self.elem
    }

    pub(crate) fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.as_ref().map_or(0, |items| items.borrow().len())
    }

    pub(crate) fn items(&self) -> Option<&RefCell<BTreeMap<Text, V>>> {
        self.items.as_deref()
    }

    fn as_held(&self, value: &V) -> V {
        if self.elem == Elem::Any { value.as_item() } else { value.clone() }
    }

    pub(crate) fn get(&self, budget: &Budget, key: &[u8]) -> Result<Option<V>> {
        budget.read(key.len(), comparisons(self.len()))?;
        let Some(items) = &self.items else { return Ok(None) };
        Ok(items.borrow().get(key).map(|value| self.as_held(value)))
    }

    /// Adds or replaces a value. For a nil map this is an error, as in Go.
    pub(crate) fn put(&self, budget: &Budget, key: Text, value: V) -> Result<()> {
        budget.memory(96)?;
        budget.read(key.len(), comparisons(self.len()))?;
        let items = self.items.as_ref().ok_or_else(|| Cause::evaluation("the map is nil"))?;
        items.borrow_mut().insert(key, value);
        Ok(())
    }

    pub(crate) fn remove(&self, budget: &Budget, key: &[u8]) -> Result<()> {
        budget.read(key.len(), comparisons(self.len()))?;
        if let Some(items) = &self.items {
            items.borrow_mut().remove(key);
        }
        Ok(())
    }

    /// The entries as they are now, in the order of their keys.
    pub(crate) fn entries(&self, budget: &Budget) -> Result<Vec<(Text, V)>> {
        budget.steps(self.len() / 4)?;
        budget.memory(self.len().saturating_mul(size_of::<(Text, V)>()))?;
        let Some(items) = &self.items else { return Ok(Vec::new()) };
        Ok(items.borrow().iter().map(|(key, value)| (key.clone(), self.as_held(value))).collect())
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        match (&self.items, &other.items) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }
}
