import Testing

/// The acceptance list, the tests that are tied to it, and what no test can show.
struct BehaviourListTests {
  private let repository = Repository()

  private func rows(_ path: String) throws -> [[Substring]] {
    try repository.text(path).split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false)
    }
  }

  @Test func `the list is whole and each line has its four parts`() throws {
    let rows = try rows("Tests/behaviours.tsv")
    #expect(rows.allSatisfy { $0.count == 4 })
    let numbers = rows.compactMap { $0.first.flatMap { Int($0.dropFirst()) } }
    #expect(numbers == Array(1...225))
  }

  private func tied() throws -> Set<String> {
    try repository.swiftFiles(below: "Tests").reduce(into: []) { tied, file in
      tied.formUnion(BehaviourTraits.ids(in: file.lines.joined(separator: "\n")))
    }
  }

  @Test func `tests are tied to lines that exist`() throws {
    let known = Set(try rows("Tests/behaviours.tsv").compactMap { $0.first.map(String.init) })
    let tied = try tied()
    #expect(tied.count > 40)
    #expect(tied.subtracting(known) == [])
  }

  @Test func `traits are read, also when they fill several lines`() {
    let code = "@Test(.behaviour(\"B901\", \"B902\"))\n@Suite(\n.behaviour(\n\"B903\"\n), \"B904\")"
    #expect(BehaviourTraits.ids(in: code) == ["B901", "B902", "B903"])
  }

  @Test func `an exemption names a line that exists, once, with a reason`() throws {
    let known = Set(try rows("Tests/behaviours.tsv").compactMap { $0.first.map(String.init) })
    let exempt = try rows("Tests/behaviour-exemptions.tsv")
    #expect(exempt.allSatisfy { $0.count == 2 && $0[1].count > 20 })
    let ids = exempt.compactMap { $0.first.map(String.init) }
    #expect(known.isSuperset(of: ids))
    #expect(Set(ids).count == ids.count)
    #expect(try tied().isDisjoint(with: ids), "a line with a test needs no exemption")
  }
}
