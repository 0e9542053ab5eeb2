"""Respondent-driven sampling: shares of a hidden population whose members recruited each other."""
