private import Glibc

/// All processes of the machine at one moment, as the kernel counts them.
struct ProcessTable: Sendable {
  /// A line of `/proc/<pid>/stat`; times in clock ticks, memory in pages.
  struct Entry: Sendable, Hashable {
    let parent: Int
    /// Of the process and of its children that have ended.
    let ticks: Int
    let startedAt: Int
    let residentPages: Int

    /// Nil for a text of another form.
    init?(stat: String) {
      // The program's name, in parentheses, may hold spaces: count from its end. Field n of proc(5)
      // then has the index n - 3.
      guard let end = stat.lastIndex(of: ")") else { return nil }
      let fields = stat[end...].split(whereSeparator: \.isWhitespace).dropFirst().map { Int($0) }
      guard fields.count > 21, let parent = fields[1], let startedAt = fields[19],
        let residentPages = fields[21]
      else { return nil }
      self.parent = parent
      ticks = fields[11...14].reduce(0) { $0 + ($1 ?? 0) }
      self.startedAt = startedAt
      self.residentPages = residentPages
    }
  }

  private let entries: [Int: Entry]

  init(_ entries: [Int: Entry]) { self.entries = entries }

  static func current() -> ProcessTable {
    var entries: [Int: Entry] = [:]
    guard let directory = opendir("/proc") else { return ProcessTable([:]) }
    defer { closedir(directory) }
    while let item = readdir(directory) {
      let name = withUnsafePointer(to: &item.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      // One that ended meanwhile is no longer there.
      guard let pid = Int(name), let stat = contents("/proc/\(pid)/stat") else { continue }
      entries[pid] = Entry(stat: stat)
    }
    return ProcessTable(entries)
  }

  /// Nil when there is no such process.
  subscript(pid: Int) -> Entry? { entries[pid] }

  /// Processor time of a process and everything under it, in clock ticks.
  ///
  /// Only grows: what a child used is its parent's when the child has ended.
  func ticks(ofTree root: Int) -> Int {
    let children = Dictionary(grouping: entries.keys) { entries[$0]?.parent ?? 0 }
    var waiting = [root]
    var ticks = 0
    while let pid = waiting.popLast() {
      ticks += entries[pid]?.ticks ?? 0
      waiting += children[pid] ?? []
    }
    return ticks
  }

  static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))
  static let bytesPerPage = sysconf(Int32(_SC_PAGESIZE))
  static let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
  static var own: Int { Int(getpid()) }
}

private func contents(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = read(descriptor, &bytes, bytes.count)
  return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
}
