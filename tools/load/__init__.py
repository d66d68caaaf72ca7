"""Many users of many tenants at once."""
