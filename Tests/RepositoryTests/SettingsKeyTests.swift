import Testing

/// A setting is asked for in code, documented beside it, listed for operators, and offered in a file.
struct SettingsKeyTests {
  private static let tables = [
    "Sources/Adapters/Bootstrap/FleetSettings.swift",
    "Sources/Programs/Ingress/IngressSettings.swift",
    "Sources/Lab/Sandbox/SandboxConfiguration.swift",
  ]
  private static let readers = tables + ["Sources/Adapters/Bootstrap/SettingsReader.swift"]

  private let repository = Repository()

  private func documented() throws -> Set<SettingsKeys.Documented> {
    Set(try Self.tables.flatMap { SettingsKeys.documented(in: try repository.text($0)) })
  }

  private func variables() throws -> Set<String> { Set(try documented().map(\.variable)) }

  @Test func `every setting that is read is documented beside the code, and no other`() throws {
    let read = try Self.readers.map { SettingsKeys.read(in: try repository.text($0)) }
    #expect(try variables() == read.reduce(into: []) { $0.formUnion($1) })
  }

  @Test func `the operators' table has the same settings with the same defaults`() throws {
    let rows = Lists.table(under: "Settings", of: try repository.text("deploy/docs/operate.md"))
    let listed = rows.compactMap { row in
      row.count == 3 ? SettingsKeys.Documented(variable: row[0], default: row[2]) : nil
    }
    #expect(listed.count == rows.count && Set(listed).count == listed.count)
    let expected = try documented()
    #expect(Set(listed).subtracting(expected).isEmpty, "operate.md has others than the code")
    #expect(expected.subtracting(listed).isEmpty, "operate.md misses some of the code")
  }

  @Test func `the files of deploy/env hold known settings, and together all of them`() throws {
    var offered: Set<String> = []
    for name in repository.names(in: "deploy/env") {
      let names = SettingsKeys.names(inVariables: try repository.text("deploy/env/\(name)"))
      #expect(names.subtracting(try variables()).isEmpty, "deploy/env/\(name) has an unknown one")
      #expect(!names.isEmpty, "deploy/env/\(name) is empty")
      offered.formUnion(names)
    }
    // Where the file is named cannot stand in the file itself.
    #expect(try variables().subtracting(offered) == ["ESTEIRA_SETTINGS_FILE"])
  }

  @Test(arguments: ["docker-compose.yml", "deploy/lib/state.bash"])
  func `the fleet is started with settings that exist`(file: String) throws {
    let given = SettingsKeys.given(in: try repository.text(file))
    // Of the scripts, not of the programs.
    let ofScripts: Set = ["ESTEIRA_PORT_BASE", "ESTEIRA_STATE"]
    #expect(given.subtracting(try variables()).subtracting(ofScripts).isEmpty)
    #expect(given.contains("ESTEIRA_AMQP_URL"))
  }
}

struct SettingsKeyReadingTests {
  @Test func `documented rows are read with their defaults`() {
    let code = """
      /// | variable | is | default |
      /// | `ESTEIRA_A` | one, `x` or `y` | – |
      /// | `ESTEIRA_B_C` | two | `0.0.0.0:1` |
      /// words about `ESTEIRA_D`
      /// `ESTEIRA_E`, five; 5 when unset.
      /// `ESTEIRA_F`, a file; none when unset or empty.
      """
    #expect(
      SettingsKeys.documented(in: code) == [
        .init(variable: "ESTEIRA_A", default: "–"),
        .init(variable: "ESTEIRA_B_C", default: "0.0.0.0:1"),
        .init(variable: "ESTEIRA_E", default: "5"), .init(variable: "ESTEIRA_F", default: "–"),
      ]
    )
  }

  @Test func `asking for a setting is noticed in each of its forms`() {
    let code = """
      reader.number("a.b", in: 1...2)
      reader.address(
        "c.d.e",
      let key = "f.g"
      environment.get("ESTEIRA_H")
      other.number("i.j")
      """
    #expect(
      SettingsKeys.read(in: code) == ["ESTEIRA_A_B", "ESTEIRA_C_D_E", "ESTEIRA_F_G", "ESTEIRA_H"]
    )
  }

  @Test func `names of variables are read from files, scripts and compose`() {
    let file = "# words\nESTEIRA_A=1\n# ESTEIRA_B=\n# see ESTEIRA_C\n"
    #expect(SettingsKeys.names(inVariables: file) == ["ESTEIRA_A", "ESTEIRA_B"])
    #expect(
      SettingsKeys.given(in: "export ESTEIRA_A=1\n  ESTEIRA_B: x\nESTEIRA_C=local\n# ESTEIRA_D=1\n")
        == ["ESTEIRA_A", "ESTEIRA_B"]
    )
  }
}
