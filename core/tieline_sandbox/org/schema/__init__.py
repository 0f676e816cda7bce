"""What objects and fields an org has: the standard ones, and those that were deployed."""
