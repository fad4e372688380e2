import Leads
import Testing

/// What tries the fleet out is no part of what ships.
struct ShippingTests {
  private let repository = Repository()

  private var shipped: [String] {
    ["esteira", "esteira-ingress"] + Flow.allCases.map(\.program)
  }

  @Test func `no program that ships links anything of the lab`() throws {
    let manifest = Manifest(try repository.text("Package.swift"))
    let lab = Set(manifest.targets.filter(\.value.isOfTheLab).keys)
    #expect(lab == ["Lab", "LabBooks", "Chaos", "Sandbox", "SandboxLeads"])
    for program in shipped {
      let target = try #require(manifest.products.first { $0.product == program }?.target)
      let linked = manifest.linked(target)
      // Else the manifest is written in another way than this test reads.
      #expect(linked.contains("Bootstrap"), "\(program)")
      #expect(linked.isDisjoint(with: lab.union(["TestKit"])), "\(program)")
    }
  }

  @Test func `the image that ships takes nothing from the lab's`() throws {
    let file = try repository.text("deploy/Dockerfile")
    let last = try #require(file.ranges(of: "\nFROM ").last)
    #expect(!file[last.upperBound...].contains("lab"))
    let built = Lists.products(ofDockerfile: file)
    #expect(Set(built.first ?? []) == Set(shipped))
  }

  @Test func `what is put around a stage hands on every step, also one with a default`() throws {
    func steps(_ path: String, from begin: String, to end: String) throws -> [String] {
      let text = try repository.text(path)
      let start = try #require(text.firstRange(of: begin)).upperBound
      let stop = try #require(text[start...].firstRange(of: end)).lowerBound
      return text[start..<stop].matches(of: /\bfunc (\w+)|\bstatic var (\w+)/)
        .map { String($0.1 ?? $0.2 ?? "") }.sorted()
    }
    let stage = try steps(
      "Sources/Adapters/BeltStorage/Running/Stage.swift",
      from: "protocol Stage",
      to: "\n}"
    )
    let faulty = try steps(
      "Sources/Adapters/Bootstrap/Faults/FaultyStage.swift",
      from: "struct FaultyStage",
      to: "\n  }"
    )
    #expect(stage.count >= 10)
    #expect(faulty == stage)
  }

  @Test func `no source that ships names the lab's modules`() throws {
    for file in try repository.swiftFiles(below: "Sources") where !file.path.contains("/Lab/") {
      for line in file.code {
        for module in ["Sandbox", "SandboxLeads", "Chaos", "Lab", "LabBooks", "TestKit"] {
          #expect(!line.hasSuffix("import \(module)"), "\(file.path)")
        }
      }
    }
  }
}

struct ManifestReadingTests {
  @Test func `what a target links is followed through others`() {
    let manifest = Manifest(
      """
      products: [ .executable(name: "one", targets: ["One"]), ],
      .core("Base"),
      .adapter("Disk", ["Base", .logging]),
      .main("Stage", ["Disk"]),
      .stage("Stage", []),
      .target(
        name: "Toys",
        dependencies: ["Base"],
        path: "Sources/Lab/Toys",
      ),
      .program("One", [
        "Disk", .x,
      ]),
      .tests("One", ["Toys"]),
      static func core(_ name: String) { .target(name: name) }
      """
    )
    #expect(manifest.linked("One") == ["One", "Disk", "Base"])
    #expect(manifest.linked("StageProgram") == ["StageProgram", "Stage", "Disk", "Base"])
    #expect(manifest.targets.filter(\.value.isOfTheLab).map(\.key) == ["Toys"])
  }
}
