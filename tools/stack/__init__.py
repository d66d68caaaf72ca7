"""The local stack: builds, deploys, seeds, shows and tests payout-exports on this machine."""
