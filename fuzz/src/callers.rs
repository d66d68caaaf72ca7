//! Who asks.

use jiff::Timestamp;
use shared::domain::{
    address::EmailAddress,
    caller::{Act, Caller, MANAGE_WEBHOOKS, Role},
    dataset,
};

/// An operator, or a supplier of the same tenant.
pub fn caller(is_supplier: bool) -> Caller {
    let everything = dataset::ALL
        .into_iter()
        .flat_map(|dataset| [Act::Create, Act::Read].map(|act| act.permission(dataset)));
    Caller {
        tenant_id: "northwind-market".to_owned(),
        tenant_name: "Northwind Market".to_owned(),
        user_id: "ana".to_owned(),
        email: EmailAddress::parse("ana@northwind.example").expect("it is an address"),
        role: if is_supplier {
            Role::Supplier {
                supplier_id: "SUP-1001".to_owned(),
            }
        } else {
            Role::Operator
        },
        permissions: everything.chain([MANAGE_WEBHOOKS.to_owned()]).collect(),
    }
}

/// When.
pub fn now() -> Timestamp {
    "2026-11-20T09:30:00Z".parse().expect("it is a time")
}
