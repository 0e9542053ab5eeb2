"""All cryptography, and nothing else; formats in docs/decisions/crypto-formats.md."""
