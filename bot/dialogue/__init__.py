"""From a citizen's message to replies."""
