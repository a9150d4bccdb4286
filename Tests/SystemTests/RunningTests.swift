import Testing

/// What runs real processes, one test after the other: two cores have no room for more at once.
@Suite("Running services", .serialized, .timeLimit(.minutes(10)))
enum RunningTests {}
