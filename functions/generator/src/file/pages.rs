//! Where the pages of an export's records come from.

use shared::{
    aws::{
        AwsError,
        ledger::{LedgerPage, LedgerTable, Span},
        retry::with_back_off,
    },
    plan::Plan,
};

/// The lanes of an export's records, each of which is read page by page.
pub trait Pages: Sync {
    /// A page's JSON, as DynamoDB answers a query.
    type Page: AsRef<[u8]>;

    /// How many lanes there are.
    fn lanes(&self) -> usize;

    /// The page of a lane that begins with this sort key or the next greater one. The query looks at `limit` records at
    /// most. Fails if a retry cannot help.
    fn page(
        &self,
        lane: usize,
        least: String,
        limit: Option<i32>,
    ) -> impl Future<Output = Result<Self::Page, AwsError>> + Send;
}

/// The ledger's pages, as a plan asks for them.
pub struct LedgerPages<'a> {
    ledger: &'a LedgerTable,
    plan: &'a Plan,
}

impl<'a> LedgerPages<'a> {
    pub fn new(ledger: &'a LedgerTable, plan: &'a Plan) -> Self {
        Self { ledger, plan }
    }
}

impl Pages for LedgerPages<'_> {
    type Page = LedgerPage;

    fn lanes(&self) -> usize {
        self.plan.lanes.len()
    }

    async fn page(
        &self,
        lane: usize,
        least: String,
        limit: Option<i32>,
    ) -> Result<LedgerPage, AwsError> {
        let Plan { lanes, query, .. } = self.plan;
        let span = Span {
            least,
            ..query.span()
        };
        with_back_off(|| self.ledger.page(&lanes[lane], query, &span, limit)).await
    }
}
