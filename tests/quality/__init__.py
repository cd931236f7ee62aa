"""The answer-quality gate: our own questions against the starter handbook, with thresholds that block."""
