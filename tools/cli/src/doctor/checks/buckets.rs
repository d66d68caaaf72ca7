//! Whether the buckets are closed to the public.

use crate::doctor::{
    finding::{Finding, each},
    look::Observed,
};

const CHECK: &str = "publicAccess";

/// What a bucket blocks of public access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublicAccessBlock {
    pub blocks_acls: bool,
    pub ignores_acls: bool,
    pub blocks_policies: bool,
    pub restricts: bool,
}

pub fn check(buckets: &[Observed<PublicAccessBlock>]) -> Vec<Finding> {
    let all_good = format!("Public access to all {} buckets is blocked.", buckets.len());
    each(CHECK, buckets, all_good, |one, block| {
        let is_closed =
            block.blocks_acls && block.ignores_acls && block.blocks_policies && block.restricts;
        (!is_closed).then(|| {
            Finding::wrong(
                CHECK,
                format!("Public access to {} is not wholly blocked.", one.resource.logical),
                format!(
                    "aws s3api put-public-access-block --bucket {} --public-access-block-configuration \
                     BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
                    one.resource.physical
                ),
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::checks::testing::{seen, told};

    const CLOSED: PublicAccessBlock = PublicAccessBlock {
        blocks_acls: true,
        ignores_acls: true,
        blocks_policies: true,
        restricts: true,
    };

    #[test]
    fn each_of_the_four_settings_counts() {
        assert_eq!(
            told(&check(&[seen("ExportsBucket", CLOSED)])),
            ["Good: Public access to all 1 buckets is blocked."]
        );
        let open = [
            PublicAccessBlock {
                blocks_acls: false,
                ..CLOSED
            },
            PublicAccessBlock {
                ignores_acls: false,
                ..CLOSED
            },
            PublicAccessBlock {
                blocks_policies: false,
                ..CLOSED
            },
            PublicAccessBlock {
                restricts: false,
                ..CLOSED
            },
            PublicAccessBlock::default(),
        ];
        for block in open {
            assert_eq!(
                told(&check(&[seen("ExportsBucket", block)])),
                ["Wrong: Public access to ExportsBucket is not wholly blocked."]
            );
        }
    }
}
