import FoundationEssentials
import Operations

/// The processes that deploy/up recorded.
struct FleetProcesses: Sendable {
  private struct Process: Sendable {
    /// The program, which may have several processes.
    let name: String
    let pid: Int
    /// host:port, of a program of the fleet.
    let health: String?
  }

  private let processes: [Process]

  /// - Throws: ``Refusal`` when there is no such folder, or nothing in it runs.
  init(runDirectory: String) throws {
    let table = ProcessTable.current()
    do {
      processes = try FileManager.default.contentsOfDirectory(atPath: runDirectory).sorted()
        .filter { $0.hasSuffix(".pid") && !$0.hasPrefix("epmd") }
        .compactMap { try Self.read($0, in: runDirectory, table) }
    } catch {
      throw Refusal(
        .invalid,
        "records_missing",
        "the records of the fleet in \(runDirectory) cannot be read; deploy/up writes them, "
          + "--run-directory says where"
      )
    }
    for name in ["postgresql", "rabbitmq", "esteira-ingress"]
    where !processes.contains(where: { $0.name == name }) {
      throw Refusal(
        .failed,
        "program_down",
        "\(name) does not run by the records in \(runDirectory). Run: deploy/up"
      )
    }
  }

  /// A pid file has the pid, then the start in clock ticks and the machine's boot; a number that the
  /// kernel gave to another process since then does not match.
  private static func read(_ file: String, in folder: String, _ table: ProcessTable) throws
    -> Process?
  {
    let record = String(file.dropLast(4))
    let words = try text("\(folder)/\(file)").split(whereSeparator: \.isWhitespace)
    guard words.count >= 2, let pid = Int(words[0]), table[pid]?.startedAt == Int(words[1])
    else { return nil }
    guard let dot = record.lastIndex(of: "."), Int(record[record.index(after: dot)...]) != nil
    else { return Process(name: record, pid: pid, health: nil) }
    let health = try text("\(folder)/\(record).health")
      .split(whereSeparator: \.isWhitespace).first.map(String.init)
    return Process(name: String(record[..<dot]), pid: pid, health: health)
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  /// What one program has used so far, all its processes together.
  struct Usage: Sendable, Hashable {
    var cpuSeconds = 0.0
    /// Of its largest process; nil for PostgreSQL, whose processes share most of theirs.
    var residentBytes: Int?
  }

  /// By the program's name; the bench itself is among them.
  func usage() -> [String: Usage] {
    let table = ProcessTable.current()
    var usage: [String: Usage] = [:]
    for process in processes + [Process(name: Self.bench, pid: ProcessTable.own, health: nil)] {
      let ticks = table.ticks(ofTree: process.pid)
      usage[process.name, default: Usage()].cpuSeconds +=
        Double(ticks) / ProcessTable.ticksPerSecond
      guard process.name != "postgresql" else { continue }
      let resident = (table[process.pid]?.residentPages ?? 0) * ProcessTable.bytesPerPage
      usage[process.name, default: Usage()].residentBytes =
        max(usage[process.name]?.residentBytes ?? 0, resident)
    }
    return usage
  }

  static let bench = "bench"

  /// The metrics of every process of a program.
  func metrics(of program: String) async throws -> [MetricPage] {
    var pages: [MetricPage] = []
    for process in processes where process.name == program {
      if let health = process.health { pages.append(try await .read(from: health)) }
    }
    return pages
  }
}
