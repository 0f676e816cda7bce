"""Formulas of validation rules: a documented part of the language, the rest refused by name when deployed."""
