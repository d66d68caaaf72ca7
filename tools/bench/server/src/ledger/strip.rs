//! The contents of one lane after another, laid out so that any page is one piece of it.

use super::content::{CONTENTS, Template, template};

/// Where in the strip an item is, and what to write into it.
#[derive(Clone, Copy)]
pub struct Slot {
    pub start: usize,
    pub id: usize,
    pub time: usize,
    pub sort: usize,
}

/// All contents in the order in which a lane passes through them, and after the last as many again as a page has.
///
/// Every lane of a ledger passes through them in this order, each from a place of its own.
pub struct Strip {
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    /// By content: its place in the order.
    places: Vec<usize>,
}

impl Strip {
    pub fn new(shards: u64, page_items: usize) -> Self {
        let step = shards as usize % CONTENTS;
        let mut strip = Self {
            bytes: Vec::new(),
            slots: Vec::new(),
            places: vec![0; CONTENTS],
        };
        for place in 0..CONTENTS + page_items {
            let content = place * step % CONTENTS;
            if place < CONTENTS {
                strip.places[content] = place;
            }
            strip.push(&template(content));
        }
        strip
    }

    /// The place of a record's content.
    pub fn place(&self, number: u64) -> usize {
        self.places[(number % CONTENTS as u64) as usize]
    }

    /// The items at some places, each with a comma behind it.
    pub fn items(&self, place: usize, count: usize) -> (&[u8], &[Slot]) {
        let slots = &self.slots[place..place + count];
        let start = self.start(place);
        (&self.bytes[start..self.start(place + count)], slots)
    }

    fn start(&self, place: usize) -> usize {
        self.slots
            .get(place)
            .map_or(self.bytes.len(), |slot| slot.start)
    }

    fn push(&mut self, template: &Template) {
        let start = self.bytes.len();
        self.slots.push(Slot {
            start,
            id: start + template.id,
            time: start + template.time,
            sort: start + template.sort,
        });
        self.bytes.extend_from_slice(&template.json);
        self.bytes.push(b',');
    }
}
