"""Pages of the case store: the citizen's case and rating link, the officers' desk, promises, bulk steps."""
