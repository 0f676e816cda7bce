"""SOQL: a grammar, its tree, and an evaluator over the rows of the org."""
