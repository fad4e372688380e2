/// What a text may hold beyond the grammar; a text that holds more is refused, never cut.
package enum JSONLimits {
  /// Digits of a number that is written out without an exponent.
  ///
  /// PostgreSQL writes `1e400` as 401 digits and refuses what has more than 131,072; what is stored must
  /// be readable again.
  package static let digitsMax = 1_000
  /// Combining marks in a row.
  ///
  /// Swift brings texts into a normal form to compare them, in time that grows with the square of such
  /// a run: 320,000 marks, 640 kB, take half a minute. No language writes more than thirty.
  package static let marksMax = 256
}
