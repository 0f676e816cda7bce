"""The package: from declarations to what an org holds. Planned as a value, printed, then applied all or nothing."""
