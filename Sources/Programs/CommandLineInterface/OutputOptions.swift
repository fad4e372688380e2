import ArgumentParser

/// How a command answers.
package struct OutputOptions: ParsableArguments {
  @Flag(help: "JSON for machines instead of text for people.")
  package var json = false

  package init() {}
}
