"""Pages that show questions (`pages`), asking by form (`asking`), asking and voting by JSON (`wire`)."""
