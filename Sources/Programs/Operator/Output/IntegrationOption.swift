import ArgumentParser

struct IntegrationOption: ParsableArguments {
  @Option(help: "Only this integration; otherwise all of them.")
  var integration: String?
}
