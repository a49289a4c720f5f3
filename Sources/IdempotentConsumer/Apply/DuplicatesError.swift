/// Events that were taken for new have been applied before: again, this time prepared for that.
struct DuplicatesError: Error {}
