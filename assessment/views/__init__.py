"""The assessor's pages: the queue, the desk, signing, and the sheet for everybody who reads it."""
