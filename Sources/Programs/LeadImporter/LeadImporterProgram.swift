import Bootstrap
import LeadImporter

@main
struct LeadImporterProgram {
  static func main() async {
    await WorkerProgram.run { _ in LeadImporterStage() }
  }
}
