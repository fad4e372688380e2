import ArgumentParser

struct OutputOptions: ParsableArguments {
  @Flag(help: "JSON for machines instead of text for people.")
  var json = false
}
