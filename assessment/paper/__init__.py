"""Papers as bytes: content in, a tagged, accessible and sealed PDF out, without a database."""
