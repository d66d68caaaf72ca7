//! `GET /v1/suppliers`.

use http::StatusCode;
use serde::Serialize;
use shared::{
    aws::ledger::{FoundSupplier, LedgerTable},
    http::{Answer, Request},
    wire::{problem::Problem, supplier_query},
};

/// The client of this function.
pub struct Suppliers {
    pub ledger: LedgerTable,
}

#[derive(Serialize)]
struct SupplierList {
    items: Vec<SupplierObject>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SupplierObject {
    supplier_id: String,
    name: Option<String>,
}

impl Suppliers {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let caller = request.caller()?;
        if !caller.may_see_suppliers() {
            return Err(Problem::Forbidden("Your key may not see suppliers."));
        }
        let query = supplier_query::parse(&request.query).map_err(Problem::InvalidRequest)?;
        let found = self
            .ledger
            .find_suppliers(&caller.tenant_id, &query.search, query.limit)
            .await?;
        let items = found.into_iter().map(SupplierObject::from).collect();
        Answer::json(StatusCode::OK, &SupplierList { items })
    }
}

impl From<FoundSupplier> for SupplierObject {
    fn from(supplier: FoundSupplier) -> Self {
        Self {
            supplier_id: supplier.id,
            name: supplier.name,
        }
    }
}
