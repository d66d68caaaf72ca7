//! Rows of one lane, ready for the file.

use std::ops::Range;

use crate::amount::Amount;

/// Rows in the form of the file, with the sort keys and amounts that the merge and the totals need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub(crate) file: Vec<u8>,
    pub(crate) sorts: Vec<u8>,
    pub(crate) currencies: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where its bytes end in `file`; they begin where the row before ended.
    pub file_end: u32,
    pub sort_end: u32,
    /// Its place in `currencies`, which are empty if the records have no amounts.
    pub currency: u32,
    /// `None` if the record has no plain decimal there.
    pub amount: Option<Amount>,
}

impl Rows {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of memory held.
    pub fn size(&self) -> usize {
        self.file.capacity() + self.sorts.capacity() + self.rows.capacity() * size_of::<Row>()
    }

    /// A row's bytes, its line's end included.
    #[inline]
    pub fn line(&self, index: usize) -> &[u8] {
        &self.file[self.span(index, |row| row.file_end)]
    }

    /// A row's sort key.
    #[inline]
    pub fn sort(&self, index: usize) -> &[u8] {
        &self.sorts[self.span(index, |row| row.sort_end)]
    }

    /// From where the row before ends to where this one does.
    #[inline]
    fn span(&self, index: usize, end: impl Fn(&Row) -> u32) -> Range<usize> {
        let start = index
            .checked_sub(1)
            .map_or(0, |before| end(&self.rows[before]));
        start as usize..end(&self.rows[index]) as usize
    }

    /// The place of a currency, of which there are few.
    pub(crate) fn place_of(&mut self, currency: &[u8]) -> Result<u32, &'static str> {
        let known = self
            .currencies
            .iter()
            .position(|known| known.as_bytes() == currency);
        let place = match known {
            Some(place) => place,
            None => {
                let currency =
                    String::from_utf8(currency.to_vec()).map_err(|_| "a page is not UTF-8")?;
                self.currencies.push(currency);
                self.currencies.len() - 1
            }
        };
        Ok(place as u32)
    }

    /// A row's currency and amount, unless the records have none. The amount is `None` if the record has no plain decimal
    /// there.
    #[inline]
    pub fn amount(&self, index: usize) -> Option<(&str, Option<Amount>)> {
        let row = &self.rows[index];
        let currency = self.currencies.get(row.currency as usize)?;
        Some((currency, row.amount))
    }
}
