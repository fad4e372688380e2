import Leads
import Testing

/// Whose programs work in which part of deploy/rolling.
struct RehearsalScriptTests {
  private let bash = Bash(libraries: ["deploy/lib/fleet.bash", "deploy/lib/versions.bash"])
  private static let ingress = "esteira-ingress"

  /// The versions of each program in a part.
  private func versions(in part: String) throws -> [String: Set<Substring>] {
    let lines = try bash.run("versions_in \(part)").output.split(separator: "\n")
    return Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let words = line.split(separator: " ")
        return (String(words[0]), Set(words.dropFirst()))
      }
    )
  }

  private var parts: [String] {
    get throws {
      Lists.words(
        of: "rehearsal_parts",
        inScript: try Repository().text("deploy/lib/versions.bash")
      )
    }
  }

  @Test func `every program works in every part, and ingress in one version`() throws {
    #expect(try parts.first == "before" && parts.last == "back")
    for part in try parts {
      let cast = try versions(in: part)
      #expect(Set(cast.keys) == Set([Self.ingress] + Flow.allCases.map(\.program)))
      #expect(cast.values.allSatisfy { !$0.isEmpty }, "\(part)")
      #expect(cast[Self.ingress]?.count == 1, "\(part)")
    }
    #expect(try bash.run("versions_in nowhere").status != 0)
  }

  @Test func `whoever writes for a stage, each version has read what the other wrote`() throws {
    var writers = [(Self.ingress, Flow.entry), (Self.ingress, Flow.crmEntry)]
    for stage in Flow.allCases { writers += stage.gives.map { (stage.program, $0) } }
    let casts = try parts.map { try versions(in: $0) }
    for (writer, reader) in writers {
      for (from, to) in [("old", "new"), ("new", "old")] as [(Substring, Substring)] {
        let isRehearsed = casts.contains {
          $0[writer]?.contains(from) == true && $0[reader.program]?.contains(to) == true
        }
        #expect(isRehearsed, "\(from) \(writer) to \(to) \(reader)")
      }
    }
  }

  @Test func `a part in which a program did nothing has failed`() throws {
    let good = try bash.run("printf 'a old 3\\na new 0\\nb new 2\\n' | judge_work")
    #expect(good.status == 0)
    #expect(good.output.contains("old 3  new 0"))
    #expect(try bash.run("printf 'a old 3\\nb new 0\\n' | judge_work").status != 0)
    #expect(try bash.run("judge_work </dev/null").status != 0)
  }

  @Test(arguments: [("esteira-centralizer", "7"), (ingress, "40")])
  func `what a program has done is read from its metrics`(program: String, count: String) throws {
    let page = """
      deliveries_total{outcome="done",queue="centralizer"} 7
      deliveries_total{outcome="retry",queue="centralizer"} 2
      ingress_requests_total{route="rd",status="202"} 30
      ingress_requests_total{route="crm",status="202"} 10
      ingress_requests_total{route="rd",status="401"} 5
      """
    let output = try bash.run("handled_in \(program) <page", files: ["page": page]).output
    #expect(output == "\(count)\n")
  }
}
