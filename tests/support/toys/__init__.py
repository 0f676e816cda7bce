"""Small systems of three shapes, and a small CRM, for engine tests: state in memory, a virtual clock, a log of what
really changed, and faults before or after the effect."""
