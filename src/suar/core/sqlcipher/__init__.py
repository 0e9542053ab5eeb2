"""SQLite in one encrypted file (SQLCipher) as a Django database backend."""
