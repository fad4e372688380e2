import Leads
import Testing

/// ``Flow`` is the one list of stages; every other list follows it.
struct FlowListTests {
  private static let ingress = "esteira-ingress"
  private static let sandbox = "esteira-sandbox"
  private static let stages = Flow.allCases.map(\.program)
  /// As the README and the manifest list them.
  private static let programs = [ingress] + stages + ["esteira", sandbox]

  private let repository = Repository()

  @Test func `the manifest has a product for every program`() throws {
    let products = Lists.products(ofManifest: try repository.text("Package.swift"))
    // These are no part of the flow: they only try it, and are never shipped.
    let found = products.map(\.product).filter { !["esteira-chaos", "esteira-lab"].contains($0) }
    #expect(Lists.complaints("Package.swift", has: found, needs: Self.programs) == [])
  }

  @Test(arguments: Flow.allCases)
  func `each stage has a folder whose program works at that stage`(stage: Flow) throws {
    let products = Lists.products(ofManifest: try repository.text("Package.swift"))
    let target = try #require(products.first { $0.product == stage.program }?.target)
    let folder = target.replacing("Program", with: "")
    let main = try repository.text("Sources/Programs/\(folder)/\(target).swift")
    let own = try repository.text("Sources/Stages/\(folder)/\(folder)Stage.swift")
    #expect(main.contains("WorkerProgram.run") && main.contains("\(folder)Stage("))
    #expect(own.contains("static let flow = Flow.\(stage)\n"))
  }

  @Test func `the compose file has a service for every program that runs`() throws {
    let services = Lists.services(ofCompose: try repository.text("docker-compose.yml"))
    let running = [Self.ingress] + Self.stages + [Self.sandbox]
    #expect(
      Lists.complaints("docker-compose.yml", has: services.map(\.program), needs: running) == []
    )
    for (service, program) in services { #expect(program == "esteira-\(service)") }
  }

  @Test func `the README's table has a row for every program`() throws {
    let rows = Lists.table(under: "Programs", of: try repository.text("README.md"))
    let programs = rows.compactMap { $0.first }
    #expect(Lists.complaints("README.md", has: programs, needs: Self.programs) == [])
  }

  @Test func `the image builds every program, and the lab has one of its own`() throws {
    let built = Lists.products(ofDockerfile: try repository.text("deploy/Dockerfile"))
    let needed = ["esteira", Self.ingress] + Self.stages
    #expect(Lists.complaints("deploy/Dockerfile", has: built.first ?? [], needs: needed) == [])
    #expect(Array(built.dropFirst()) == [[Self.sandbox, "esteira-lab"]])
  }

  @Test func `the deploy scripts start every program`() throws {
    let script = try repository.text("deploy/lib/fleet.bash")
    let workers = Lists.words(of: "workers", inScript: script)
    #expect(Lists.complaints("workers of fleet.bash", has: workers, needs: Self.stages) == [])
    let listeners = Lists.words(of: "listeners", inScript: script)
    #expect(Set(listeners) == [Self.ingress, Self.sandbox])
  }

  @Test func `every program has a file with its settings`() {
    let files = repository.names(in: "deploy/env")
    let needed = Self.programs.map { "\($0).env" }.sorted()
    #expect(Lists.complaints("deploy/env", has: files, needs: needed) == [])
  }
}

struct ListReadingTests {
  @Test func `a missing, an unknown and a misplaced program are told apart`() {
    #expect(Lists.complaints("it", has: ["a"], needs: ["a", "b"]) == ["it misses b"])
    #expect(
      Lists.complaints("it", has: ["a", "c"], needs: ["a"]) == ["it has c, which is no program"]
    )
    #expect(
      Lists.complaints("it", has: ["b", "a"], needs: ["a", "b"])
        == ["it has another order than Flow: b, a"]
    )
    #expect(Lists.complaints("it", has: ["a", "b"], needs: ["a", "b"]) == [])
  }

  @Test func `products are read from a manifest, libraries are not`() {
    let manifest = """
        .library(name: "x", targets: ["X"]),
        .executable(name: "one", targets: ["One"]),
        .executable(
          name: "two",
          targets: ["Two"]
        ),
      """
    #expect(Lists.products(ofManifest: manifest).map(\.product) == ["one", "two"])
    #expect(Lists.products(ofManifest: manifest).map(\.target) == ["One", "Two"])
  }

  @Test func `services are read with their programs, and only below services`() {
    let compose = """
      x-program:
        one:
          command: [esteira-one]
      services:
        two:
          command: [esteira-two]
        setup:
          command: [bash, -c, "esteira migrate"]
      volumes:
        three:
          command: [esteira-three]
      """
    let services = Lists.services(ofCompose: compose)
    #expect(services.map(\.service) == ["two"])
    #expect(services.map(\.program) == ["esteira-two"])
  }

  @Test func `only the table under its heading is read`() {
    let page = """
      ## Other
      | a | b |
      | --- | --- |
      | `x` | 1 |
      ## Programs
      words
      | a | b |
      | --- | --- |
      | `y` | 2 |
      """
    #expect(Lists.table(under: "Programs", of: page) == [["y", "2"]])
    #expect(Lists.table(under: "Missing", of: page) == [])
  }

  @Test func `words of a shell array and of the image's loop are read`() {
    #expect(Lists.words(of: "w", inScript: "x=1\nw=(\n  a b\n  c\n)\n") == ["a", "b", "c"])
    #expect(Lists.words(of: "v", inScript: "x=1\nw=(a)\n") == [])
    let image = "for product in a b \\\n  c; do x; done\nfor product in d; do y; done"
    #expect(Lists.products(ofDockerfile: image) == [["a", "b", "c"], ["d"]])
  }
}
