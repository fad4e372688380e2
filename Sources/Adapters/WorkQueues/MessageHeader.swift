/// The names of our message headers.
enum MessageHeader {
  static let integration = "x-integration"
  /// How many times the message is being tried, from 1.
  static let attempt = "x-attempt"
  /// Waits that counted no attempt.
  static let deferrals = "x-deferrals"
  /// Milliseconds since 1970.
  static let arrivedAt = "x-arrived-at"
  /// Why the last attempt failed, as a code.
  static let cause = "x-cause"
  static let notePrefix = "x-note-"
  /// Why the message was parked: the code, and the sentence.
  static let reasonCode = "x-reason-code"
  static let reasonSentence = "x-reason"
}
