//! The suppliers whom records name.

use foldhash::HashMap;

use jiff::Timestamp;

use super::record::Record;

/// The column with a supplier's name.
pub const SUPPLIER_NAME: &str = "supplierName";

/// Suppliers that are remembered. Beyond them the memory starts anew, and what it had is written once more.
const MOST_KNOWN: usize = 50_000;

/// A supplier as a record names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supplier<'a> {
    /// The platform's own id of it.
    pub id: &'a str,
    pub name: Option<&'a str>,
    /// When the record was created. The beginning of time if it names nobody: what any other record says counts more.
    pub as_of: Timestamp,
}

/// What a process knows to be recorded of suppliers, by tenant and id, so that it records each of them once.
#[derive(Debug, Default)]
pub struct KnownSuppliers {
    tenants: HashMap<String, HashMap<String, Known>>,
    count: usize,
}

/// Of one tenant.
#[derive(Clone, Copy, Debug)]
pub struct KnownOfTenant<'a>(Option<&'a HashMap<String, Known>>);

#[derive(Debug)]
struct Known {
    name: Option<String>,
    as_of: Timestamp,
}

impl<'a> Supplier<'a> {
    /// The supplier of a record; `None` if the record has none.
    pub fn of(record: &'a Record) -> Option<Self> {
        let name = record.supplier_name();
        Some(Self {
            id: record.supplier()?,
            name,
            as_of: name.map_or(Timestamp::UNIX_EPOCH, |_| record.created_at()),
        })
    }

    /// What a search compares: id and name in lower case.
    pub fn words(&self) -> String {
        let name = self.name.unwrap_or_default();
        format!("{} {name}", self.id).to_lowercase()
    }
}

impl KnownSuppliers {
    /// What is known of a tenant's suppliers.
    pub fn of(&self, tenant_id: &str) -> KnownOfTenant<'_> {
        KnownOfTenant(self.tenants.get(tenant_id))
    }

    /// Remembers what is recorded.
    pub fn remember(&mut self, tenant_id: &str, supplier: &Supplier<'_>) {
        if self.count >= MOST_KNOWN {
            *self = Self::default();
        }
        let known = Known {
            name: supplier.name.map(str::to_owned),
            as_of: supplier.as_of,
        };
        let suppliers = self.tenants.entry(tenant_id.to_owned()).or_default();
        let is_new = suppliers.insert(supplier.id.to_owned(), known).is_none();
        self.count += usize::from(is_new);
    }
}

impl KnownOfTenant<'_> {
    /// Whether nothing is known of the supplier, or an older record gave it another name.
    pub fn is_news(&self, supplier: &Supplier<'_>) -> bool {
        let known = self.0.and_then(|known| known.get(supplier.id));
        known.is_none_or(|known| {
            supplier.as_of >= known.as_of && supplier.name != known.name.as_deref()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::export::examples::at;

    fn supplier<'a>(name: Option<&'a str>, day: &str) -> Supplier<'a> {
        Supplier {
            id: "SUP-1",
            name,
            as_of: at(&format!("{day}T00:00:00Z")),
        }
    }

    #[test]
    fn a_supplier_is_news_once_and_whenever_a_later_record_names_it_otherwise() {
        let mut known = KnownSuppliers::default();
        let first = supplier(Some("Old Mill"), "2026-02-01");
        assert!(known.of("a").is_news(&first));
        known.remember("a", &first);
        assert!(!known.of("a").is_news(&first));
        assert!(known.of("b").is_news(&first));
        assert!(!known.of("a").is_news(&supplier(Some("Mill"), "2026-01-01")));
        assert!(!known.of("a").is_news(&supplier(None, "1970-01-01")));
        assert!(
            known
                .of("a")
                .is_news(&supplier(Some("New Mill"), "2026-03-01"))
        );
    }

    #[test]
    fn a_record_that_names_nobody_takes_no_name_away() {
        let mut known = KnownSuppliers::default();
        let nameless = supplier(None, "1970-01-01");
        assert!(known.of("a").is_news(&nameless));
        known.remember("a", &nameless);
        assert!(!known.of("a").is_news(&nameless));
        assert!(
            known
                .of("a")
                .is_news(&supplier(Some("Old Mill"), "2020-01-01"))
        );
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut known = KnownSuppliers::default();
        for number in 0..=MOST_KNOWN {
            let id = number.to_string();
            let supplier = Supplier {
                id: &id,
                ..supplier(None, "2026-02-01")
            };
            known.remember("a", &supplier);
        }
        assert_eq!(known.tenants["a"].len(), 1);
    }
}
