/// The partition's offset in the database is not where this consumer left it: another owner, or an operator, set it
/// back, or its row is gone.
struct OvertakenError: Error {}
