//! Refuses copies that a tenant's rule does not let be sent. Whoever asks is told at once; a mail that nobody waits for leaves
//! such addresses out ([`MailRules`](crate::domain::sending::MailRules)).

use crate::{
    aws::exports::ExportsTable,
    domain::{address::EmailAddress, caller::Caller},
    wire::{problem::Problem, trigger_request::refuse_domains},
};

/// Refuses copies whose domains the caller's tenant does not let copies go to. Where none is named, nothing is read.
pub async fn require_domains(
    exports: &ExportsTable,
    caller: &Caller,
    cc: &[EmailAddress],
) -> Result<(), Problem> {
    if cc.is_empty() {
        return Ok(());
    }
    let allowed = exports.cc_domains(&caller.tenant_id).await?;
    let errors = refuse_domains(allowed.as_ref(), &caller.email, cc);
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Problem::InvalidRequest(errors))
    }
}
