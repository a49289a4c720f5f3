import Testing

/// What opens ports, one test at a time: several try a port that was closed a moment ago, and would meet another test's
/// server there.
@Suite(.serialized) struct ServerTests {}
