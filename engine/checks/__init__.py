"""What is checked of every text: drafts for tone, length, sensitive data and faithfulness; messages for secrets and steering."""

from engine.checks.drafts import added_words, check_comment, check_email
from engine.checks.essentials import essentials
from engine.checks.guard import guard, restore

__all__ = ["added_words", "check_comment", "check_email", "essentials", "guard", "restore"]
