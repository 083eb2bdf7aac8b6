"""The bytes of a streamed answer → Batch, for every provider we know of."""
