/// A number for people: whole from 100 on, else with one or two decimals.
func figure(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  let size = abs(value)
  if size >= 99.95 { return "\(Int(value.rounded()))" }
  return decimal(value, places: size >= 9.995 ? 1 : 2)
}

/// Rounded to so many decimals, 1 or more.
func decimal(_ value: Double, places: Int) -> String {
  let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
  let number = Int((value * Double(scale)).rounded())
  let digits = String(abs(number) % scale)
  let zeros = String(repeating: "0", count: places - digits.count)
  return "\(number < 0 ? "-" : "")\(abs(number) / scale).\(zeros)\(digits)"
}
