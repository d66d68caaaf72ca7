//! The lanes of the ledger as one sequence in order.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

use futures::future::try_join_all;
use shared::{
    aws::{
        AwsError,
        ledger::{Lane, LedgerPage, LedgerQuery, LedgerTable},
    },
    items::ledger::{Item, SORT},
};

/// Where pages come from.
pub trait Pages: Sync {
    /// The next page of a lane, from its beginning or from where the page before ended.
    fn page(
        &self,
        lane: usize,
        start: Option<Item>,
    ) -> impl Future<Output = Result<LedgerPage, AwsError>> + Send;
}

/// A query over lanes of the ledger.
pub struct LedgerPages<'a> {
    pub table: &'a LedgerTable,
    pub lanes: &'a [Lane],
    pub query: &'a LedgerQuery,
}

impl Pages for LedgerPages<'_> {
    async fn page(&self, lane: usize, start: Option<Item>) -> Result<LedgerPage, AwsError> {
        self.table.page(&self.lanes[lane], self.query, start).await
    }
}

/// Merges lanes that are each in order of their sort keys. One page a lane is held.
pub struct Merge<'a, P> {
    pages: &'a P,
    lanes: Vec<LaneState>,
    /// The first record of every lane that has one at hand.
    heads: BinaryHeap<Reverse<(String, usize)>>,
    /// Lanes that must be read before the order is known again.
    hungry: Vec<usize>,
}

struct LaneState {
    items: VecDeque<Item>,
    next: Next,
}

enum Next {
    First,
    At(Item),
    End,
}

impl<'a, P: Pages> Merge<'a, P> {
    pub fn new(pages: &'a P, lanes: usize) -> Self {
        Self {
            pages,
            lanes: (0..lanes)
                .map(|_| LaneState {
                    items: VecDeque::new(),
                    next: Next::First,
                })
                .collect(),
            heads: BinaryHeap::with_capacity(lanes),
            hungry: (0..lanes).collect(),
        }
    }

    /// The next record of all lanes; none after the last.
    pub async fn next(&mut self) -> Result<Option<Item>, AwsError> {
        self.feed().await?;
        let Some(Reverse((_, lane))) = self.heads.pop() else {
            return Ok(None);
        };
        let item = self.lanes[lane].items.pop_front();
        self.offer(lane)?;
        Ok(item)
    }

    /// Reads, side by side, until no lane's next record is unknown. A page may be empty and not be the last: its
    /// records were filtered out.
    async fn feed(&mut self) -> Result<(), AwsError> {
        while !self.hungry.is_empty() {
            let hungry = std::mem::take(&mut self.hungry);
            let pages = hungry.iter().map(|&lane| {
                let start = match std::mem::replace(&mut self.lanes[lane].next, Next::End) {
                    Next::At(key) => Some(key),
                    Next::First | Next::End => None,
                };
                self.pages.page(lane, start)
            });
            for (lane, page) in hungry.iter().copied().zip(try_join_all(pages).await?) {
                let state = &mut self.lanes[lane];
                state.items = page.items.into();
                state.next = page.next.map_or(Next::End, Next::At);
                self.offer(lane)?;
            }
        }
        Ok(())
    }

    fn offer(&mut self, lane: usize) -> Result<(), AwsError> {
        let state = &self.lanes[lane];
        match state.items.front() {
            Some(item) => {
                let sort = item
                    .get(SORT)
                    .and_then(|sort| sort.as_s().ok())
                    .ok_or_else(|| {
                        AwsError::unexpected("reading the ledger", "a record without its sort key")
                    })?;
                self.heads.push(Reverse((sort.clone(), lane)));
            }
            None if !matches!(state.next, Next::End) => self.hungry.push(lane),
            None => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    /// Lanes of pages of sort keys.
    struct Fake(Vec<Vec<Vec<&'static str>>>);

    fn item(sort: &str) -> Item {
        Item::from([(SORT.to_owned(), AttributeValue::S(sort.to_owned()))])
    }

    impl Pages for Fake {
        async fn page(&self, lane: usize, start: Option<Item>) -> Result<LedgerPage, AwsError> {
            let number: usize =
                start.map_or(0, |start| start[SORT].as_s().unwrap().parse().unwrap());
            let pages = &self.0[lane];
            Ok(LedgerPage {
                items: pages
                    .get(number)
                    .into_iter()
                    .flatten()
                    .map(|sort| item(sort))
                    .collect(),
                next: (number + 1 < pages.len()).then(|| item(&(number + 1).to_string())),
            })
        }
    }

    async fn merged(lanes: Vec<Vec<Vec<&'static str>>>) -> Vec<String> {
        let count = lanes.len();
        let pages = Fake(lanes);
        let mut merge = Merge::new(&pages, count);
        let mut sorts = Vec::new();
        while let Some(item) = merge.next().await.unwrap() {
            sorts.push(item[SORT].as_s().unwrap().clone());
        }
        sorts
    }

    #[tokio::test]
    async fn lanes_come_together_in_order() {
        let lanes = vec![
            vec![vec!["a", "d"], vec!["e", "h"]],
            vec![vec!["b"], vec!["c", "g"]],
            vec![vec!["f"]],
        ];
        assert_eq!(
            merged(lanes).await,
            ["a", "b", "c", "d", "e", "f", "g", "h"]
        );
    }

    #[tokio::test]
    async fn pages_that_were_filtered_to_nothing_do_not_end_a_lane() {
        let lanes = vec![
            vec![vec![], vec![], vec!["b"], vec![]],
            vec![vec![], vec!["a"]],
            vec![vec![]],
            vec![],
        ];
        assert_eq!(merged(lanes).await, ["a", "b"]);
    }

    #[tokio::test]
    async fn no_lanes_have_no_records() {
        assert!(merged(vec![]).await.is_empty());
    }
}
