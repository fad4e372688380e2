/// The targets of the manifest, read from its text.
struct Manifest {
  struct Target {
    /// The other targets that it names.
    var needs: Set<String> = []
    var isOfTheLab = false
  }

  let targets: [String: Target]
  let products: [(product: String, target: String)]

  init(_ text: String) {
    products = Lists.products(ofManifest: text)
    let calls = text.matches(
      of: /\.(core|adapter|c|stage|main|program|target|executableTarget)\(\s*(?:name: )?"(\w+)"/
    )
    let tests = text.firstRange(of: ".tests(")?.lowerBound ?? text.endIndex
    var targets: [String: Target] = [:]
    for (place, call) in calls.enumerated() where call.range.lowerBound < tests {
      let end = place + 1 < calls.count ? calls[place + 1].range.lowerBound : tests
      let block = text[call.range.upperBound..<min(max(end, call.range.upperBound), tests)]
      var target = Target()
      target.needs = Set(block.matches(of: /"(\w+)"/).map { String($0.1) })
      target.isOfTheLab = block.contains("path: \"Sources/Lab")
      // What the manifest's own functions add.
      if ["stage", "main", "program"].contains(call.1) { target.needs.insert("BeltStorage") }
      if ["main", "program"].contains(call.1) { target.needs.insert("Bootstrap") }
      if call.1 == "main" {
        target.needs.insert(String(call.2))
        targets["\(call.2)Program"] = target
      } else {
        targets[String(call.2)] = target
      }
    }
    self.targets = targets
  }

  /// A target and everything that is linked with it.
  func linked(_ name: String) -> Set<String> {
    var found: Set<String> = []
    var left = [name]
    while let next = left.popLast() {
      guard let target = targets[next], found.insert(next).inserted else { continue }
      left += target.needs
    }
    return found
  }
}
