import ArgumentParser
package import StrictJSON

/// How a command answers.
package struct OutputOptions: ParsableArguments {
  @Flag(help: "JSON for machines instead of text for people.")
  package var json = false

  package init() {}

  /// Says the value to machines, or the text to people.
  package func say(_ value: JSON, _ text: @autoclosure () -> String) {
    json ? Terminal.say(value) : Terminal.say(text())
  }
}
