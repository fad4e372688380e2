import FoundationEssentials

/// A webhook body as people who do this job reported it, with made-up persons.
package enum CaseBody {
  /// `name`: of a file in `Tests/Cases`, without its ending.
  package static func bytes(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appending(path: "Cases/\(name).json")))
  }
}
