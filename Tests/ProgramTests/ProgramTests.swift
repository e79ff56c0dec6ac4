import Testing

/// Tests of the programs as a user meets them: real processes, files and sockets. One after the other, since each of
/// them keeps several processes busy.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ProgramTests {}
