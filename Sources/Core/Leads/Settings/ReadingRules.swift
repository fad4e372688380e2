/// How what RD Station's bodies leave open is understood.
package struct ReadingRules: Sendable, Hashable {
  package var fillers: Fillers
  /// Where the profile letters begin in the newer body's number; nil leaves it to our own reading.
  package var fitLetters: FitLetters?

  package init(fillers: Fillers = Fillers(), fitLetters: FitLetters? = nil) {
    self.fillers = fillers
    self.fitLetters = fitLetters
  }

  var letters: FitLetters { fitLetters ?? .ours }
}

/// Where RD's profile letters begin in its number `fit`; the rest is D.
package struct FitLetters: Sendable, Hashable {
  package let a: Int
  package let b: Int
  package let c: Int

  /// RD Station publishes the letters and the number, and no table between them.
  package static let ours = FitLetters(a: 75, b: 50, c: 25)

  package init(a: Int, b: Int, c: Int) {
    self.a = a
    self.b = b
    self.c = c
  }

  package var words: String { "A from \(a), B from \(b), C from \(c)" }

  func letter(of fit: Int) -> String {
    fit >= a ? "A" : fit >= b ? "B" : fit >= c ? "C" : "D"
  }
}
