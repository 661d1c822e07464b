"""An answer told: numbers, definitions, findings and citations in words."""
