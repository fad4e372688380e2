/// What strangers wrote, made safe to look at.
extension String {
  /// The text on one line: whatever ends a line, moves a terminal's cursor, or turns the order of the
  /// letters around, stands there as a code such as `\u{1B}`.
  package var shown: String { visible { _ in false } }

  /// The same for a text of several lines.
  package var shownInLines: String { visible { $0 == "\n" } }

  /// The same for a text that is JSON: it means what it meant.
  package var shownAsJSON: String {
    visible(by: { "\\u" + String(String($0.value + 0x10000, radix: 16).dropFirst()) }) { _ in false
    }
  }

  private func visible(
    by code: (Unicode.Scalar) -> String = {
      "\\u{\(String($0.value, radix: 16, uppercase: true))}"
    },
    except isKept: (Unicode.Scalar) -> Bool
  ) -> String {
    guard unicodeScalars.contains(where: { $0.isTreacherous && !isKept($0) }) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isTreacherous, !isKept(scalar) {
        text += code(scalar)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Control characters, line and paragraph separators, the overrides of writing direction, and marks
  /// that show nothing.
  fileprivate var isTreacherous: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFF9...0xFFFB:
      true
    default: false
    }
  }
}
