"""Judgement measured on labelled messages: figures, with gates where a promise is made."""
