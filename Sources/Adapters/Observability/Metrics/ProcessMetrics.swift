private import Glibc

/// What the kernel says of this process, under the names that every Prometheus client uses.
package struct ProcessMetrics: Sendable, Hashable {
  /// Seconds of processor time, of the program and of the kernel for it.
  package let cpuSeconds: Double
  package let residentBytes: Int
  /// Seconds since 1970.
  package let startTime: Double
  package let openDescriptors: Int

  /// Nil where the kernel has no `/proc` or it cannot be read.
  package static func current() -> ProcessMetrics? {
    guard let stat = contents("/proc/self/stat"), let memory = contents("/proc/self/statm"),
      let system = contents("/proc/stat"), let descriptors = entries("/proc/self/fd")
    else { return nil }
    // The program's name, in parentheses, may hold spaces: count from its end. The fields after it
    // begin with the third, so field n of proc(5) has the index n - 3.
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
      .dropFirst().map { Double($0) ?? 0 }
    let pages = memory.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    let boot = system.split(separator: "\n").first { $0.hasPrefix("btime ") }
      .flatMap { Double($0.dropFirst(6)) }
    guard fields.count > 19, let pages, let boot else { return nil }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    return ProcessMetrics(
      cpuSeconds: (fields[11] + fields[12]) / ticks,
      residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)),
      startTime: boot + fields[19] / ticks,
      // Reading the directory opens it.
      openDescriptors: max(0, descriptors - 1)
    )
  }

  /// In Prometheus' text format.
  package var text: String {
    """
    # TYPE process_cpu_seconds_total counter
    process_cpu_seconds_total \(metricNumber(cpuSeconds))
    # TYPE process_open_fds gauge
    process_open_fds \(openDescriptors)
    # TYPE process_resident_memory_bytes gauge
    process_resident_memory_bytes \(residentBytes)
    # TYPE process_start_time_seconds gauge
    process_start_time_seconds \(metricNumber(startTime))

    """
  }
}

private func contents(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
    bytes.append(contentsOf: chunk[..<count])
  }
}

/// The number of entries of a directory, without `.` and `..`.
private func entries(_ path: String) -> Int? {
  guard let directory = opendir(path) else { return nil }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  return max(0, count - 2)
}
